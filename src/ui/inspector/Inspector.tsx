/** The selected node: what it is, what it reads, and one control per parameter. */
import {
  ArrowUpFromLine,
  Boxes,
  CircleHelp,
  CircleOff,
  Columns3,
  Copy,
  Frame,
  Pin,
  Power,
  RotateCcw,
  Trash2,
} from 'lucide-react'
import { lazy, Suspense, useEffect, useId, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { NodeId, NodeRecord } from '../../graph/document/document.ts'
import { type Json, sameJson } from '../../graph/document/json.ts'
import { isSubgraph, sideOf, specOf } from '../../graph/document/subgraph.ts'
import { promotionOf } from '../../graph/edits/boundary.ts'
import { cardParams, fitsCard } from '../../graph/node/card-params.ts'
import { ownInputs } from '../../graph/node/driven-params.ts'
import type { ParamSpec } from '../../graph/node/params.ts'
import type { NodeSpec } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { PortMark } from '../canvas/PortMark.tsx'
import { keysOf } from '../commands/key-names.ts'
import { shortTitleOf } from '../commands/table.ts'
import { useEditor } from '../editor.ts'
import { iconOf } from '../kit/categories.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { innermostOf, isDrivable, useDriven } from '../open-level.ts'
import { ProblemCard } from '../problems/ProblemCard.tsx'
import { reaches } from '../store/view-request.ts'
import { text } from '../text/text.ts'
import { variantsOf } from '../viewer/variant-values.ts'
import type { ControlProps } from './control.ts'
import { DrivenBy, InputChoice, wireInto } from './InputChoice.tsx'
import { NumberControl } from './NumberControl.tsx'
import { BoolControl, ChoiceControl, SeedControl, TextControl, TextEntry } from './SimpleControls.tsx'
import { useSurroundings } from './surroundings.ts'

const words = text.inspector

/** For few nodes: fetched when one of them is looked at. */
const AssetControl = lazy(async () => ({ default: (await import('./AssetControl.tsx')).AssetControl }))
const KeysControl = lazy(async () => ({ default: (await import('./KeysControl.tsx')).KeysControl }))
const subgraphs = () => import('./SubgraphPanel.tsx')
const OpenSubgraphPanel = lazy(async () => ({ default: (await subgraphs()).OpenSubgraphPanel }))
const PortList = lazy(async () => ({ default: (await subgraphs()).PortList }))
const SubgraphParts = lazy(async () => ({ default: (await subgraphs()).SubgraphParts }))
const MarkPanel = lazy(async () => ({ default: (await import('./MarkPanel.tsx')).MarkPanel }))
const FixButtons = lazy(async () => ({ default: (await import('../problems/FixButtons.tsx')).FixButtons }))
const CodeControl = lazy(async () => ({ default: (await import('./CodeControl.tsx')).CodeControl }))
const DrawingControl = lazy(async () => ({ default: (await import('./DrawingControl.tsx')).DrawingControl }))
const BarsButton = lazy(async () => ({ default: (await import('./BarsButton.tsx')).BarsButton }))
const BoxButton = lazy(async () => ({ default: (await import('./BoxButton.tsx')).BoxButton }))

export function Inspector() {
  const { view, document } = useEditor()
  const only = useStore(view, (state) => (state.selection.size === 1 ? [...state.selection][0] : undefined))
  const count = useStore(view, (state) => state.selection.size)
  const record = useStore(document, (state) => (only ? state.level.nodes[only] : undefined))
  const mark = useStore(view, (state) => (state.selectedMarks.size === 1 ? [...state.selectedMarks][0] : undefined))
  const markRecord = useStore(document, (state) => (mark ? state.level.marks?.[mark] : undefined))
  const path = useStore(document, (state) => state.path)
  if (count === 0 && markRecord)
    return (
      <Suspense fallback={null}>
        <MarkPanel key={markRecord.id} record={markRecord} />
      </Suspense>
    )
  if (record) return <NodePanel key={record.id} record={record} />
  if (count > 1) return <Several count={count} />
  if (path.length === 0) return <GraphPanel />
  return (
    <Suspense fallback={null}>
      <OpenSubgraphPanel path={path} />
    </Suspense>
  )
}

function NodePanel({ record }: { record: NodeRecord }) {
  const { specs, derived, commands, document, view } = useEditor()
  const title = useRef<HTMLInputElement>(null)
  const renaming = useStore(view, (state) => state.renaming === record.id)
  useEffect(() => {
    if (!renaming) return
    title.current?.focus()
    title.current?.select()
    view.setState({ renaming: null })
  }, [renaming, view])
  const path = useStore(document, (state) => state.path)
  const body = useStore(document, (state) => state.level)
  const spec = specOf(specs, record)
  const side = sideOf(record)
  const problems = useStore(derived, (state) => state.problemsOf.get(record.id))
  const Icon = iconOf(spec)
  // A source has nothing to pass on, a sink nobody to pass it to.
  const passesOn = spec !== undefined && ownInputs(spec).length > 0 && Object.keys(spec.outputs).length > 0
  if (side && spec)
    return (
      <div className="inspector-body" data-node={record.id}>
        <header className="inspector-head">
          <Icon size={18} aria-hidden />
          <h2>{spec.title}</h2>
        </header>
        <p className="inspector-summary">{spec.summary}</p>
        <Suspense fallback={null}>
          <PortList body={body} path={path} side={side} />
        </Suspense>
      </div>
    )
  return (
    <div className="inspector-body" data-node={record.id}>
      <header className="inspector-head">
        <Icon size={18} aria-hidden />
        <TextEntry
          field={title}
          label={words.title}
          value={record.title ?? spec?.title ?? record.type}
          maxLength={80}
          accept={() => true}
          onChange={(title) => commands.setTitle(record.id, title.trim())}
        />
        {passesOn && (
          <IconButton
            label={shortTitleOf('edit.bypass')}
            tip={record.bypass ? words.bypassOff : words.bypassOn}
            keys={keysOf('edit.bypass')}
            aria-pressed={record.bypass === true}
            onClick={() => commands.run('edit.bypass')}
          >
            <Power size={15} aria-hidden />
          </IconButton>
        )}
        <IconButton
          label={shortTitleOf('edit.mute')}
          tip={record.mute ? words.muteOff : words.muteOn}
          keys={keysOf('edit.mute')}
          aria-pressed={record.mute === true}
          onClick={() => commands.run('edit.mute')}
        >
          <CircleOff size={15} aria-hidden />
        </IconButton>
        <IconButton
          label={shortTitleOf('edit.delete')}
          tip={words.deleteHint}
          keys={keysOf('edit.delete')}
          onClick={() => commands.run('edit.delete')}
        >
          <Trash2 size={15} aria-hidden />
        </IconButton>
      </header>
      {spec ? (
        <p className="inspector-summary">{spec.summary}</p>
      ) : (
        <p className="inspector-summary">{words.unknownType(record.type)}</p>
      )}
      {problems && problems.length > 0 && (
        <ul className="inspector-problems">
          {problems.map((problem) => (
            <li key={`${problem.code}${problem.port ?? ''}${problem.param ?? ''}`}>
              <ProblemCard problem={problem} />
              <Suspense fallback={null}>
                <FixButtons problem={problem} />
              </Suspense>
            </li>
          ))}
        </ul>
      )}
      {spec && !(isSubgraph(record) && Object.keys(spec.params).length === 0) && (
        <ParamList record={record} spec={spec} />
      )}
      {spec && ownInputs(spec).length > 0 && <Inputs record={record} spec={spec} />}
      {isSubgraph(record) && (
        <Suspense fallback={null}>
          <SubgraphParts body={record.body} path={[...path, record.id]} />
        </Suspense>
      )}
      {!spec && <pre className="raw-params">{JSON.stringify(record.params, null, 2)}</pre>}
    </div>
  )
}

/** Whether black bars say how much the node cuts off. */
const isCut = ({ params }: NodeSpec): boolean => Object.values(params).some((param) => 'cuts' in param)
/** Whether a box drawn over the picture says where the node acts. */
const isDrawn = ({ params }: NodeSpec): boolean => Object.values(params).some((param) => 'draws' in param)

function ParamList({ record, spec }: { record: NodeRecord; spec: NodeSpec }) {
  const values = useMemo(() => paramValues(spec, record) as Readonly<Record<string, Json>>, [spec, record])
  const around = useSurroundings(record.id)
  const visibleParams = Object.entries(spec.params).filter(([, param]) => param.visible?.(values, around) ?? true)
  if (visibleParams.length === 0) return <p className="inspector-none">{words.noSettings}</p>
  return (
    <div className="params">
      {isDrawn(spec) && (
        <Suspense fallback={null}>
          <BoxButton node={record.id} />
        </Suspense>
      )}
      {isCut(spec) && (
        <Suspense fallback={null}>
          <BarsButton node={record.id} spec={spec} />
        </Suspense>
      )}
      {visibleParams.map(([name, param]) => (
        <ParamRow key={name} node={record.id} name={name} param={param} values={values} />
      ))}
    </div>
  )
}

/** Wide controls stand below their label, small ones beside it, and a number beside it with its slider below both. */
const layoutOf = ({ kind }: ParamSpec): 'below' | 'number' | 'beside' => {
  if (kind === 'asset' || kind === 'keys' || kind === 'drawing' || kind === 'code') return 'below'
  return kind === 'float' || kind === 'int' ? 'number' : 'beside'
}

interface ParamRowProps {
  readonly node: NodeId
  readonly name: string
  readonly param: ParamSpec
  readonly values: Readonly<Record<string, Json>>
}

function ParamRow({ node, name, param, values }: ParamRowProps) {
  const value = values[name] ?? null
  const { commands } = useEditor()
  const labelId = useId()
  const drive = useDriven(node, name, param)
  const changed = !sameJson(value, param.default)
  return (
    <div
      className="param"
      data-param={name}
      data-drivable={isDrivable(param)}
      data-kind={param.kind}
      data-layout={layoutOf(param)}
    >
      <div className="param-label" data-changed={changed}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button beside it does the same. */}
        <span id={labelId} className="param-name" onDoubleClick={() => changed && commands.resetParam(node, name)}>
          {param.label}
          {'unit' in param && param.unit && <span className="unit"> {param.unit}</span>}
        </span>
        <span className="param-tools">
          {param.help && (
            <IconButton label={words.setting.about(param.label)} tip={param.help} side="left" look="setting">
              <CircleHelp size={13} aria-hidden />
            </IconButton>
          )}
          <PromoteButton node={node} name={name} param={param} />
          {fitsCard(param) && <PinButton node={node} name={name} param={param} />}
          {variantsOf(param, value) && <VariantsButton node={node} name={name} param={param} value={value} />}
        </span>
        {changed && (
          <IconButton
            label={words.setting.reset(param.label)}
            tip={words.setting.resetHint}
            side="left"
            look="setting"
            onClick={() => commands.resetParam(node, name)}
          >
            <RotateCcw size={12} aria-hidden />
          </IconButton>
        )}
      </div>
      <Control
        labelId={labelId}
        name={name}
        node={node}
        param={param}
        value={value}
        values={values}
        drive={drive}
        set={(next, beside) => commands.setParam(node, name, next, beside)}
        drag={(next) => commands.dragParam(node, name, next)}
        drop={commands.endDrag}
      />
      {param.kind === 'float' && isDrivable(param) && <DrivenBy node={node} name={name} param={param} drive={drive} />}
    </div>
  )
}

/** Shows the setting on the node's own card as well. */
function PinButton({ node, name, param }: { node: NodeId; name: string; param: ParamSpec }) {
  const { document, specs, commands } = useEditor()
  const on = useStore(document, ({ level }) => {
    const record = level.nodes[node]
    const spec = specOf(specs, record)
    return record && spec ? cardParams(spec, record).includes(name) : false
  })
  return (
    <IconButton
      label={words.setting.pin(param.label)}
      tip={on ? words.setting.unpinHint : words.setting.pinHint}
      side="left"
      look="setting"
      data-pin
      aria-pressed={on}
      onClick={() => commands.showOnCard(node, name, !on)}
    >
      <Pin size={13} aria-hidden />
    </IconButton>
  )
}

/** Within a subgraph: shows the setting on the subgraph's card as well. */
function PromoteButton({ node, name, param }: { node: NodeId; name: string; param: ParamSpec }) {
  const { document, commands } = useEditor()
  const inside = useStore(document, (state) => state.path.length > 0)
  const on = useStore(document, (state) => promotionOf(state.level, node, name) !== undefined)
  if (!inside) return null
  return (
    <IconButton
      label={text.subgraphs.panel.promote(param.label)}
      tip={on ? text.subgraphs.panel.demoteHint : text.subgraphs.panel.promoteHint}
      side="left"
      look="setting"
      aria-pressed={on}
      onClick={() => commands.subgraphs.promote(node, name, !on)}
    >
      <ArrowUpFromLine size={13} aria-hidden />
    </IconButton>
  )
}

function VariantsButton({
  node: own,
  name: ownName,
  param,
  value,
}: {
  node: NodeId
  name: string
  param: ParamSpec
  value: Json
}) {
  const { viewerSettings, document, derived, preview, view } = useEditor()
  // Of a setting of a subgraph, the node inside that has it.
  const path = useStore(document, (state) => state.path)
  const place = useStore(
    document,
    useShallow((state) => innermostOf(state.level, path, own, ownName)),
  )
  const { node, name } = place
  const on = useStore(viewerSettings, ({ variants }) => variants?.node === node && variants.param === name)
  const begin = () => {
    const values = variantsOf(param, value)
    const seen = preview.getState().view
    if (!values || !seen) return
    if (!reaches(derived.getState().expansion.document, node, seen)) {
      view.toast({
        tone: 'info',
        message: words.setting.notSeen(param.label),
        hint: words.setting.notSeenHint,
      })
      return
    }
    viewerSettings.setState({ variants: { node, param: name, values }, mode: 'side' })
  }
  return (
    <IconButton
      label={words.setting.compare(param.label)}
      tip={words.setting.compareHint}
      side="left"
      look="setting"
      aria-pressed={on}
      onClick={() => (on ? viewerSettings.setState({ variants: null, mode: 'single' }) : begin())}
    >
      <Columns3 size={13} aria-hidden />
    </IconButton>
  )
}

/** The map from a parameter's kind to its control. */
function Control(props: ControlProps<ParamSpec>) {
  const { param, ...rest } = props
  switch (param.kind) {
    case 'float':
    case 'int':
      return <NumberControl {...rest} param={param} />
    case 'seed':
      return <SeedControl {...rest} param={param} />
    case 'bool':
      return <BoolControl {...rest} param={param} />
    case 'choice':
      return <ChoiceControl {...rest} param={param} />
    case 'keys':
      return (
        <Suspense fallback={null}>
          <KeysControl {...rest} param={param} />
        </Suspense>
      )
    case 'code':
      return (
        <Suspense fallback={null}>
          <CodeControl {...rest} param={param} />
        </Suspense>
      )
    case 'drawing':
      return (
        <Suspense fallback={null}>
          <DrawingControl {...rest} param={param} />
        </Suspense>
      )
    case 'text':
      return <TextControl {...rest} param={param} />
    case 'asset':
      return (
        <Suspense fallback={null}>
          <AssetControl {...rest} param={param} />
        </Suspense>
      )
  }
}

/** What each input reads: also the way to wire without a mouse. */
function Inputs({ record, spec }: { record: NodeRecord; spec: NodeSpec }) {
  const labels = useId()
  const { document } = useEditor()
  const edges = useStore(document, (state) => state.level.edges)
  return (
    <section className="inputs">
      <h3>{words.inputs.title}</h3>
      {ownInputs(spec).map(([name, port]) => (
        <div className="param" key={name} data-input={name}>
          <div className="param-label">
            <PortMark type={port.type} filled={wireInto(edges, record.id, name) !== undefined} />
            <span id={`${labels}-${name}`}>{port.label}</span>
          </div>
          <InputChoice
            labelId={`${labels}-${name}`}
            node={record.id}
            name={name}
            type={port.type}
            none={port.fallback === undefined ? words.inputs.none : words.inputs.noneOptional}
          />
        </div>
      ))}
    </section>
  )
}

function Several({ count }: { count: number }) {
  const { commands } = useEditor()
  return (
    <div className="inspector-body">
      <header className="inspector-head">
        <h2>{words.several.title(count)}</h2>
      </header>
      <div className="several">
        <button type="button" className="button" onClick={() => commands.run('edit.duplicate')}>
          <Copy size={14} aria-hidden />
          {shortTitleOf('edit.duplicate')}
        </button>
        <button type="button" className="button" onClick={() => commands.run('edit.bypass')}>
          <Power size={14} aria-hidden />
          {shortTitleOf('edit.bypass')}
        </button>
        <button type="button" className="button" onClick={() => commands.run('edit.mute')}>
          <CircleOff size={14} aria-hidden />
          {shortTitleOf('edit.mute')}
        </button>
        <button type="button" className="button" onClick={() => commands.run('edit.fold')}>
          <Boxes size={14} aria-hidden />
          {words.several.fold}
        </button>
        <button type="button" className="button" onClick={() => commands.run('canvas.frame')}>
          <Frame size={14} aria-hidden />
          {words.several.frame}
        </button>
        <button type="button" className="button" onClick={() => commands.run('edit.delete')}>
          <Trash2 size={14} aria-hidden />
          {shortTitleOf('edit.delete')}
        </button>
      </div>
    </div>
  )
}

/** Nothing is selected: the graph itself. */
function GraphPanel() {
  const { document, commands } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const count = Object.keys(graph.nodes).length
  return (
    <div className="inspector-body">
      <header className="inspector-head">
        <TextEntry
          label={words.graph.title}
          value={graph.title}
          maxLength={120}
          accept={(title) => title.trim() !== ''}
          onChange={(title) => commands.describe({ title: title.trim() })}
        />
      </header>
      {graph.description && <p className="inspector-summary">{graph.description}</p>}
      <p className="inspector-none">{count === 0 ? words.graph.empty : words.graph.nodes(count)}</p>
    </div>
  )
}
