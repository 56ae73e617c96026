/**
 * The document as React Flow wants it. One way only: nothing here is ever read back into the document. Objects
 * of nodes that did not change are kept, so that React Flow and the memoised cards skip them.
 */
import type { Edge, Node } from '@xyflow/react'
import type { EdgeId, GraphDocument, NodeId } from '../../graph/document.ts'
import { titleOf } from '../../graph/naming.ts'
import type { PortType } from '../../graph/ports.ts'
import type { Specs } from '../../graph/spec.ts'

export type CardNode = Node<Record<string, never>, 'card'>
export interface WireData extends Record<string, unknown> {
  readonly type: PortType | undefined
}
export type WireEdge = Edge<WireData, 'wire'>

const noData: Record<string, never> = {}

/** `moving`: nodes in the person's hand; they lie where the hand has them until it lets go. */
export function projectNodes(
  document: GraphDocument,
  specs: Specs,
  selection: ReadonlySet<NodeId>,
  before: readonly CardNode[],
  moving: ReadonlySet<string>,
): CardNode[] {
  const earlier = new Map(before.map((node) => [node.id, node]))
  return Object.values(document.nodes).map((record) => {
    const old = earlier.get(record.id)
    const selected = selection.has(record.id)
    const title = titleOf(document, specs, record.id)
    const held = old !== undefined && moving.has(record.id)
    const still =
      old !== undefined && (held || (old.position.x === record.position.x && old.position.y === record.position.y))
    const ariaLabel = `${title}${record.bypass ? ', bypassed' : ''}`
    if (old && still && old.selected === selected && old.ariaLabel === ariaLabel) return old
    return {
      ...old,
      id: record.id,
      type: 'card',
      data: noData,
      position: held ? old.position : { ...record.position },
      selected,
      ariaLabel,
    }
  })
}

export function projectEdges(
  document: GraphDocument,
  specs: Specs,
  selected: ReadonlySet<EdgeId>,
  before: readonly WireEdge[],
): WireEdge[] {
  const earlier = new Map(before.map((edge) => [edge.id, edge]))
  return Object.values(document.edges).flatMap((record) => {
    const { from, to } = record
    const reader = document.nodes[to.node]
    const writer = document.nodes[from.node]
    // A wire to a node that is not there cannot be drawn; the list of problems tells of it.
    if (!reader || !writer) return []
    const type = specs.get(writer.type)?.outputs[from.port]?.type ?? specs.get(reader.type)?.inputs[to.port]?.type
    const old = earlier.get(record.id)
    if (
      old &&
      old.selected === selected.has(record.id) &&
      old.source === from.node &&
      old.sourceHandle === from.port &&
      old.target === to.node &&
      old.targetHandle === to.port &&
      old.data?.type === type
    )
      return [old]
    return [
      {
        id: record.id,
        type: 'wire',
        source: from.node,
        sourceHandle: from.port,
        target: to.node,
        targetHandle: to.port,
        selected: selected.has(record.id),
        data: { type },
        ariaLabel: `Wire from ${titleOf(document, specs, from.node)} to ${titleOf(document, specs, to.node)}`,
      },
    ]
  })
}
