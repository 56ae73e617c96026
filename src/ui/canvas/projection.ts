/**
 * The document as React Flow wants it. One way only: nothing here is ever read back into the document. Objects
 * of nodes that did not change are kept, so that React Flow and the memoised cards skip them.
 */
import type { Edge, Node } from '@xyflow/react'
import {
  type EdgeId,
  type Graph,
  type MarkId,
  marksOf,
  type NodeId,
  type Point,
} from '../../graph/document/document.ts'
import { titleOf } from '../../graph/document/naming.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import type { PortType } from '../../graph/node/ports.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { text } from '../text/text.ts'

export type CardNode = Node<Record<string, never>, 'card'>
export type MarkNode = Node<Record<string, never>, 'mark'>
export type CanvasNode = CardNode | MarkNode

export interface WireData extends Record<string, unknown> {
  readonly type: PortType | undefined
  readonly via: readonly Point[] | undefined
}
export type WireEdge = Edge<WireData, 'wire'>

const noData: Record<string, never> = {}

/** Marks and nodes share the canvas's ids; no node's id has a colon. */
const markPrefix = 'mark:'
export const markFlowId = (id: MarkId): string => `${markPrefix}${id}`
export const markIdOf = (id: string): MarkId | undefined =>
  id.startsWith(markPrefix) ? (id.slice(markPrefix.length) as MarkId) : undefined

/** `moving`: nodes in the person's hand; they lie where the hand has them until it lets go. */
export function projectNodes(
  document: Graph,
  specs: Specs,
  selection: ReadonlySet<NodeId>,
  before: readonly CanvasNode[],
  moving: ReadonlySet<string>,
): CardNode[] {
  const earlier = new Map(before.flatMap((node) => (node.type === 'card' ? [[node.id, node] as const] : [])))
  return Object.values(document.nodes).map((record) => {
    const old = earlier.get(record.id)
    const selected = selection.has(record.id)
    const title = titleOf(document, specs, record.id)
    const isDragged = old !== undefined && moving.has(record.id)
    const still =
      old !== undefined && (isDragged || (old.position.x === record.position.x && old.position.y === record.position.y))
    const ariaLabel = text.canvas.node(title, record.bypass === true, record.mute === true)
    if (old && still && old.selected === selected && old.ariaLabel === ariaLabel) return old
    return {
      ...old,
      id: record.id,
      type: 'card',
      data: noData,
      position: isDragged ? old.position : { ...record.position },
      selected,
      ariaLabel,
      zIndex: selected ? 2 : 1,
    }
  })
}

/** Frames lie behind wires and cards, notes among the cards. */
export function projectMarks(
  document: Graph,
  selection: ReadonlySet<MarkId>,
  before: readonly CanvasNode[],
  moving: ReadonlySet<string>,
): MarkNode[] {
  const earlier = new Map(before.flatMap((node) => (node.type === 'mark' ? [[node.id, node] as const] : [])))
  return marksOf(document).map((record) => {
    const id = markFlowId(record.id)
    const old = earlier.get(id)
    const selected = selection.has(record.id)
    const { width, height } = record.size
    const { x, y } = old && moving.has(id) ? old.position : record.position
    const ariaLabel = (record.kind === 'frame' ? text.canvas.mark.frame : text.canvas.mark.noteOf)(record.text)
    const same =
      old?.selected === selected &&
      old.ariaLabel === ariaLabel &&
      old.position.x === x &&
      old.position.y === y &&
      old.width === width &&
      old.height === height
    if (old && same) return old
    return {
      ...old,
      id,
      type: 'mark',
      data: noData,
      position: { x, y },
      width,
      height,
      selected,
      ariaLabel,
      dragHandle: '.mark-grip',
      zIndex: record.kind === 'frame' ? -1 : 1,
      ...(record.kind === 'frame' && { style: { pointerEvents: 'none' } }),
    }
  })
}

export function projectEdges(
  document: Graph,
  specs: Specs,
  selectedEdges: ReadonlySet<EdgeId>,
  before: readonly WireEdge[],
): WireEdge[] {
  const earlier = new Map(before.map((edge) => [edge.id, edge]))
  return Object.values(document.edges).flatMap((record) => {
    const { from, to } = record
    const reader = document.nodes[to.node]
    const writer = document.nodes[from.node]
    // A wire to a node that is not there cannot be drawn; the list of problems tells of it.
    if (!reader || !writer) return []
    const type = specOf(specs, writer)?.outputs[from.port]?.type ?? specOf(specs, reader)?.inputs[to.port]?.type
    const old = earlier.get(record.id)
    if (
      old &&
      old.selected === selectedEdges.has(record.id) &&
      old.source === from.node &&
      old.sourceHandle === from.port &&
      old.target === to.node &&
      old.targetHandle === to.port &&
      old.data?.type === type &&
      old.data?.via === record.via
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
        selected: selectedEdges.has(record.id),
        data: { type, via: record.via },
        ariaLabel: text.canvas.wire(titleOf(document, specs, from.node), titleOf(document, specs, to.node)),
      },
    ]
  })
}
