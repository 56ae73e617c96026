/** One node: what it is, what is wrong with it, its settings, and what each input reads. */
import { CircleOff, Power, Trash2 } from 'lucide-react'
import { Fragment, Suspense, useEffect, useId, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import type { NodeRecord } from '../../graph/document/document.ts'
import type { Json } from '../../graph/document/json.ts'
import { isSubgraph, sideOf, specOf } from '../../graph/document/subgraph.ts'
import { ownInputs } from '../../graph/node/driven-params.ts'
import type { NodeSpec } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { PortMark } from '../canvas/PortMark.tsx'
import { shortTitleOf } from '../commands/command-table.ts'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'
import { iconOf } from '../kit/categories.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { lazyPart } from '../kit/lazy-part.tsx'
import { summaryOf } from '../kit/node-summary.ts'
import { useOwnChoices } from '../open-level.ts'
import { ProblemCard } from '../problems/ProblemCard.tsx'
import { text } from '../text/text.ts'
import { InputChoice, wireInto } from './InputChoice.tsx'
import { ParamRow } from './ParamRow.tsx'
import { TextEntry } from './SimpleControls.tsx'
import { useSurroundings } from './surroundings.ts'

const words = text.inspector

/** For few nodes: fetched when one of them is looked at. */
const subgraphs = () => import('./SubgraphPanel.tsx')
const PortList = lazyPart(async () => (await subgraphs()).PortList)
const SubgraphParts = lazyPart(async () => (await subgraphs()).SubgraphParts)
const FixButtons = lazyPart(async () => (await import('../problems/FixButtons.tsx')).FixButtons)
const BarsButton = lazyPart(async () => (await import('./BarsButton.tsx')).BarsButton)
const BoxButton = lazyPart(async () => (await import('./BoxButton.tsx')).BoxButton)

export function NodePanel({ record }: { record: NodeRecord }) {
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
        <p className="inspector-summary">{summaryOf(spec)}</p>
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
  const choices = useOwnChoices(record, spec)
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
        <Fragment key={name}>
          <ParamRow node={record.id} name={name} param={param} values={values} />
          {choices
            .filter((choice) => choice.param === name)
            .map(({ sentence }) => (
              <p className="chosen" key={sentence}>
                {sentence}
              </p>
            ))}
        </Fragment>
      ))}
    </div>
  )
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
