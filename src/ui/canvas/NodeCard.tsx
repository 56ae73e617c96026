/** A node on the canvas: what it is, its ports, what is wrong with it, and how long it takes. */

import { Handle, type NodeProps, Position, type ReactFlowState, useStore as useFlow } from '@xyflow/react'
import { ChevronDown, CircleAlert, Cpu, Eye, Maximize2, TriangleAlert, Zap } from 'lucide-react'
import { memo } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { FlatId, NodeId, NodeRecord } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { isSubgraph, sideOf, specOf } from '../../graph/document/subgraph.ts'
import type { PortSpec } from '../../graph/node/ports.ts'
import { isPictureType } from '../../graph/node/value-types.ts'
import { useEditor } from '../editor.ts'
import { iconOf } from '../kit/categories.ts'
import { personalityParts } from '../kit/personality.ts'
import { milliseconds } from '../kit/value-text.ts'
import { shownBy, useFlatId, useOwnChoices } from '../open-level.ts'
import { assetFacts } from '../store/facts-store.ts'
import type { PreviewState } from '../store/preview.ts'
import { text } from '../text/text.ts'
import { NodeThumbnail } from '../viewer/NodeThumbnail.tsx'
import { CardSettings } from './CardSettings.tsx'
import { PortMark } from './PortMark.tsx'
import type { CardNode } from './projection.ts'

const words = text.canvas.card

/** Zoomed out so far that nobody could read small print; it is not drawn then. */
export const isFar = (state: ReactFlowState): boolean => state.transform[2] < 0.4

const noPorts: readonly [string, PortSpec][] = []

const stop = (event: { stopPropagation(): void }) => event.stopPropagation()

export const NodeCard = memo(function NodeCard({ id: key, selected }: NodeProps<CardNode>) {
  const id = key as NodeId
  const { document, specs, derived } = useEditor()
  const record = useStore(document, (state) => state.level.nodes[id])
  const problems = useStore(derived, (state) => state.problemsOf.get(id))
  const wiredPorts = useStore(derived, (state) => state.wiredPorts.get(id))
  const resting = useStore(derived, (state) => state.inference.resting.has(id))
  const far = useFlow(isFar)
  if (!record) return null
  const spec = specOf(specs, record)
  const folds = isSubgraph(record)
  const boundary = sideOf(record)
  // A param is a port only while a number drives it.
  const inputs: readonly [string, PortSpec][] = spec
    ? Object.entries(spec.inputs).filter(([name, { drives }]) => !drives || wiredPorts?.inputs.includes(name))
    : noPorts
  const outputs: readonly [string, PortSpec][] = spec ? Object.entries(spec.outputs) : noPorts
  // A type that nobody knows keeps its wires: its ports are those that wires end on.
  const looseIn = spec ? [] : (wiredPorts?.inputs ?? [])
  const looseOut = spec ? [] : (wiredPorts?.outputs ?? [])
  const worst = problems?.some((problem) => problem.severity === 'error')
    ? 'error'
    : problems?.length
      ? 'warning'
      : undefined
  const Icon = iconOf(spec)
  const rows = Math.max(inputs.length, outputs.length, looseIn.length, looseOut.length)
  const wrong = new Set(problems?.flatMap((problem) => problem.port ?? []))
  return (
    <article
      className="node-card"
      data-selected={selected}
      data-bypass={record.bypass === true}
      data-mute={record.mute === true}
      data-resting={resting}
      data-collapsed={record.collapsed === true}
      data-category={spec?.category ?? 'unknown'}
      data-problem={worst}
      data-far={far}
      data-folds={folds}
      data-boundary={boundary}
    >
      <header className="node-head">
        <Icon size={14} aria-hidden />
        <div className="node-name">
          <h3>{record.title ?? spec?.title ?? record.type}</h3>
          <PersonalityTags record={record} />
        </div>
        {record.mute ? (
          <span className="node-tag">{words.muted}</span>
        ) : (
          record.bypass && <span className="node-tag">{words.bypassed}</span>
        )}
        {folds && <OpenButton id={id} />}
        <CollapseButton id={id} collapsed={record.collapsed === true} />
        {boundary !== 'outputs' && <EyeButton id={id} />}
      </header>
      <div className="node-ports">
        {Array.from({ length: rows }, (_, row) => {
          const input = inputs[row]
          const output = outputs[row]
          return (
            <div className="node-row" key={`${input?.[0] ?? ''}/${output?.[0] ?? ''}/${looseIn[row] ?? ''}`}>
              <span className="port-side in">
                {input && (
                  <Port
                    name={input[0]}
                    spec={input[1]}
                    side="in"
                    wired={wiredPorts?.inputs.includes(input[0])}
                    wrong={wrong.has(input[0])}
                  />
                )}
                {looseIn[row] !== undefined && <LoosePort name={looseIn[row]} side="in" />}
              </span>
              <span className="port-side out">
                {output && (
                  <Port
                    name={output[0]}
                    spec={output[1]}
                    side="out"
                    wired={wiredPorts?.outputs.includes(output[0])}
                    wrong={false}
                  />
                )}
                {looseOut[row] !== undefined && <LoosePort name={looseOut[row]} side="out" />}
              </span>
            </div>
          )
        })}
      </div>
      {rows === 0 && boundary && !record.collapsed && (
        <p className="node-empty">{boundary === 'inputs' ? words.noInputs : words.noOutputs}</p>
      )}
      {!far && !record.collapsed && !boundary && spec && <CardSettings record={record} spec={spec} />}
      {!far && !record.collapsed && !boundary && (
        <div className="node-foot">
          <ChosenByItself record={record} />
          <Report id={id} />
          <NodeThumbnail id={id} />
        </div>
      )}
      {!far && !record.collapsed && problems && problems.length > 0 && <Trouble problems={problems} />}
    </article>
  )
})

/** Of the model that the node runs: each stands whole beside the name, or not at all. */
function PersonalityTags({ record }: { record: NodeRecord }) {
  const { facts, specs } = useEditor()
  const parts = useStore(
    facts,
    useShallow((state) => {
      const spec = specs.get(record.type)
      return spec ? personalityParts(spec, record, (ref) => assetFacts(state).model(ref)) : []
    }),
  )
  return parts.map((part) => (
    <span className="node-tag personality" key={part}>
      {part}
    </span>
  ))
}

function Port({
  name,
  spec,
  side,
  wired = false,
  wrong,
}: {
  name: string
  spec: PortSpec
  side: 'in' | 'out'
  wired?: boolean | undefined
  wrong: boolean
}) {
  const optional = side === 'in' && spec.fallback !== undefined
  return (
    <>
      <Handle
        id={name}
        type={side === 'in' ? 'target' : 'source'}
        position={side === 'in' ? Position.Left : Position.Right}
        className="port"
        data-wrong={wrong}
        title={words.port(spec.label, spec.type, optional, spec.help ?? '')}
      >
        <PortMark type={spec.type} filled={wired} />
      </Handle>
      <span className="port-label" data-optional={optional}>
        {spec.label}
      </span>
    </>
  )
}

function LoosePort({ name, side }: { name: string; side: 'in' | 'out' }) {
  return (
    <>
      <Handle
        id={name}
        type={side === 'in' ? 'target' : 'source'}
        position={side === 'in' ? Position.Left : Position.Right}
        className="port loose"
        isConnectable={false}
      />
      <span className="port-label">{name}</span>
    </>
  )
}

function CollapseButton({ id, collapsed }: { id: NodeId; collapsed: boolean }) {
  const { commands } = useEditor()
  const label = collapsed ? words.open : words.collapse
  return (
    <button
      type="button"
      className="collapse nodrag"
      aria-label={label}
      title={label}
      aria-expanded={!collapsed}
      onDoubleClick={stop}
      onClick={(event) => {
        event.stopPropagation()
        commands.collapse(id, !collapsed)
      }}
    >
      <ChevronDown size={13} aria-hidden />
    </button>
  )
}

function OpenButton({ id }: { id: NodeId }) {
  const { commands } = useEditor()
  return (
    <button
      type="button"
      className="open nodrag"
      aria-label={words.openSubgraph}
      title={words.openSubgraphHint}
      onDoubleClick={stop}
      onClick={(event) => {
        event.stopPropagation()
        commands.subgraphs.open(id)
      }}
    >
      <Maximize2 size={12} aria-hidden />
    </button>
  )
}

function EyeButton({ id }: { id: NodeId }) {
  const { document, derived, preview, specs, commands } = useEditor()
  const flat = useFlatId(id)
  const isOnView = useStore(preview, (state) => state.chosenOutput?.node === flat)
  const shownOutput = useStore(
    derived,
    useShallow((state) => shownBy(state.expansion, document.getState().level, specs, id, flat)),
  )
  const viewed = useStore(preview, ({ view }) =>
    shownOutput ? view?.node === shownOutput.node && view.port === shownOutput.port : false,
  )
  const shows = useStore(document, (state) => {
    const spec = specOf(specs, state.level.nodes[id])
    return Object.values(spec?.outputs ?? {}).some((port) => isPictureType(port.type))
  })
  if (!shows) return null
  return (
    <button
      type="button"
      className="eye nodrag"
      aria-label={viewed ? words.shown : words.show}
      title={viewed ? words.shown : words.show}
      aria-pressed={viewed}
      onDoubleClick={stop}
      onClick={(event) => {
        event.stopPropagation()
        if (isOnView) preview.choose(null)
        else commands.view(id)
      }}
    >
      <Eye size={14} aria-hidden />
    </button>
  )
}

/** What a subgraph took is what the nodes within took; of those that ran as one, each its even share. */
function reportOf({ reports, result }: PreviewState, flat: FlatId, folds: boolean) {
  if (!folds) return reports[flat]
  const inside = Object.entries(reports).filter(([id]) => id.startsWith(`${flat}/`))
  if (inside.length === 0) return undefined
  // Above a result that was kept nothing is asked for: what the last frame tells nothing of did not run in it.
  const innerReports = inside.filter(([id]) => result?.nodes[id as FlatId])
  return {
    milliseconds: inside.reduce((sum, [, report]) => sum + report.milliseconds / report.fusedNodes, 0),
    cached: (innerReports.length > 0 ? innerReports : inside).every(([, report]) => report.cached),
    runtime: inside.map(([, report]) => report.runtime).find((runtime) => runtime !== undefined),
    note: inside.map(([, report]) => report.note).find((note) => note !== undefined),
  }
}

function ChosenByItself({ record }: { record: NodeRecord }) {
  const { specs } = useEditor()
  const choices = useOwnChoices(record, specs.get(record.type))
  return choices.map(({ sentence }) => (
    <p className="node-chosen" key={sentence}>
      {sentence}
    </p>
  ))
}

function Report({ id }: { id: NodeId }) {
  const { preview, document } = useEditor()
  const flat = useFlatId(id)
  const folds = useStore(document, (state) => isSubgraph(state.level.nodes[id]))
  const report = useStore(
    preview,
    useShallow((state) => {
      const current = reportOf(state, flat, folds)
      return { time: current?.milliseconds, cached: current?.cached, runtime: current?.runtime, note: current?.note }
    }),
  )
  if (report.time === undefined) return null
  return (
    <footer className="node-report">
      <span title={report.cached ? words.keptHint : words.time}>
        {report.cached && report.time === 0 ? words.kept : milliseconds(report.time)}
      </span>
      {report.cached && report.time > 0 && <span className="kept">{words.kept}</span>}
      {report.runtime && (
        <span className="runtime" title={words.runtimes[report.runtime]}>
          {report.runtime === 'wasm' ? <Cpu size={12} aria-hidden /> : <Zap size={12} aria-hidden />}
          {text.common.runtimes[report.runtime]}
        </span>
      )}
      {report.note && (
        <span className="note" title={report.note}>
          <TriangleAlert size={12} aria-label={report.note} />
        </span>
      )}
    </footer>
  )
}

function Trouble({ problems }: { problems: readonly Problem<NodeId>[] }) {
  const first = problems.find((problem) => problem.severity === 'error') ?? problems[0]
  if (!first) return null
  return (
    <p className="node-trouble" data-severity={first.severity} title={`${first.message} ${first.hint}`}>
      {first.severity === 'error' ? <CircleAlert size={13} aria-hidden /> : <TriangleAlert size={13} aria-hidden />}
      <span>{words.trouble(first.message, problems.length - 1)}</span>
    </p>
  )
}
