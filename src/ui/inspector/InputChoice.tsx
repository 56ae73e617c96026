/** Choosing what an input reads, or what drives a setting, from all that fits. */
import { useId } from 'react'
import { useStore } from 'zustand'
import { type EdgeRecord, type Endpoint, endpointKey, type Graph, type NodeId } from '../../graph/document/document.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import type { PortType } from '../../graph/node/ports.ts'
import type { NodeSpec, Specs } from '../../graph/node/spec.ts'
import { useEditor } from '../editor.ts'
import { describe } from '../kit/value-text.ts'
import { type DriveState, useNodeNames } from '../open-level.ts'
import { text } from '../text/text.ts'
import { Choice } from './Choice.tsx'
import { drivenNote } from './driven-note.ts'
import type { NumberParam } from './number-value.ts'

const words = text.inspector

const nothing = 'nothing'

/** How many outputs of this type a node has: the only one needs no name. */
const alike = (spec: NodeSpec | undefined, type: PortType): number =>
  Object.values(spec?.outputs ?? {}).filter((output) => output.type === type).length

const outputsOfType = (graph: Graph, specs: Specs, type: PortType): Endpoint[] =>
  Object.values(graph.nodes).flatMap((node) =>
    Object.entries(specOf(specs, node)?.outputs ?? {})
      .filter(([, output]) => output.type === type)
      .map(([port]) => ({ node: node.id, port })),
  )

/** The wire that ends on an input. */
export const wireInto = (edges: Graph['edges'], node: NodeId, name: string): EdgeRecord | undefined =>
  Object.values<EdgeRecord>(edges).find(({ to }) => to.node === node && to.port === name)

interface InputChoiceProps {
  readonly labelId: string
  readonly node: NodeId
  /** Of the input. */
  readonly name: string
  readonly type: PortType
  /** What reads nothing is called. */
  readonly none: string
}

export function InputChoice({ labelId, node, name, type, none }: InputChoiceProps) {
  const { document, specs, derived, commands } = useEditor()
  const graph = useStore(document, (state) => state.level)
  const descs = useStore(derived, (state) => state.inference.descs)
  const nodeNames = useNodeNames()
  const edge = wireInto(graph.edges, node, name)
  const label = (from: Endpoint) => {
    const desc = descs.get(endpointKey(from))
    const alone = alike(specOf(specs, graph.nodes[from.node]), type) === 1
    const which = alone ? '' : ` · ${nodeNames.output(from.node, from.port)}`
    return words.inputs.source(`${nodeNames.node(from.node)}${which}`, desc ? describe(desc) : '')
  }
  const current = edge && endpointKey(edge.from)
  const sources = () =>
    outputsOfType(graph, specs, type)
      .filter((from) => endpointKey(from) === current || commands.canConnect(from, { node, port: name }))
      .map((from) => ({ value: endpointKey(from), label: label(from) }))
  return (
    <Choice
      labelId={labelId}
      value={current ?? nothing}
      valueText={edge ? label(edge.from) : none}
      options={() => [{ value: nothing, label: none }, ...sources()]}
      onChange={(value) => {
        const [from, port] = value.split('.')
        if (value === nothing) {
          if (edge) commands.removeEdges([edge.id])
        } else if (from && port) commands.connect({ node: from as NodeId, port }, { node, port: name })
      }}
    />
  )
}

interface DrivenByProps {
  readonly node: NodeId
  readonly name: string
  readonly param: NumberParam
  readonly drive: DriveState | undefined
}

/** Under a setting, where something in the graph drives it or could. */
export function DrivenBy({ node, name, param, drive }: DrivenByProps) {
  const { document, specs } = useEditor()
  const offered = useStore(document, ({ level }) =>
    outputsOfType(level, specs, 'number').some((from) => from.node !== node),
  )
  const isWired = useStore(document, ({ level }) => wireInto(level.edges, node, name) !== undefined)
  const labelId = useId()
  const elsewhere = drive && drive.by !== 'here' ? words.driven[drive.by] : null
  if (!offered && !isWired && !drive) return null
  const note = drive ? drivenNote(param, drive) : isWired ? words.driven.silent : null
  return (
    <div className="driven-by" data-driven={isWired}>
      <span id={labelId} className="visually-hidden">
        {words.driven.label(param.label)}
      </span>
      {elsewhere ? (
        <p className="driven-note">{elsewhere}</p>
      ) : (
        <InputChoice labelId={labelId} node={node} name={name} type="number" none={words.driven.none} />
      )}
      {note && <p className="driven-note">{note}</p>}
    </div>
  )
}
