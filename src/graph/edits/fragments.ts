/** Parts of a graph that are copied: what the clipboard holds, and how it comes in again. */
import {
  type EdgeRecord,
  type Graph,
  type MarkId,
  markOf,
  marksOf,
  type NodeId,
  type NodeRecord,
  nodeOf,
  type Point,
} from '../document/document.ts'
import { freeEdgeId, nodeIds } from '../document/ids.ts'
import { sideOf } from '../document/subgraph.ts'
import type { Specs } from '../node/spec.ts'
import { leadOf } from './dots.ts'
import { connect, copy, edgesOf, freeIds, type GraphDraft, isPlace, movable, place, plain, shifted } from './edit.ts'

/** Some nodes, the wires between them, and marks. */
export type Fragment = Graph

/** The nodes `ids`, the wires between them, and `marks`; with `incoming`, also the wires that come from other nodes. */
export function fragmentOf(
  document: Graph,
  ids: Iterable<NodeId>,
  { incoming = false, marks = [] }: { readonly incoming?: boolean; readonly marks?: Iterable<MarkId> } = {},
): Fragment {
  const memberIds = movable(document, ids)
  const nodes = Object.fromEntries([...memberIds].map((id): [string, NodeRecord] => [id, document.nodes[id]!]))
  const inside = edgesOf(document).filter(
    ({ from, to }) => memberIds.has(to.node) && (incoming ? nodeOf(document, from.node) : memberIds.has(from.node)),
  )
  const edges = Object.fromEntries(inside.map((edge): [string, EdgeRecord] => [edge.id, edge]))
  const markRecords = [...marks].flatMap((id) => markOf(document, id) ?? [])
  if (markRecords.length === 0) return { nodes, edges }
  return { nodes, edges, marks: Object.fromEntries(markRecords.map((mark) => [mark.id, mark])) }
}

/** The top left corner of what a fragment holds, canvas units. */
export const cornerOf = (fragment: Fragment): Point =>
  [...Object.values<NodeRecord>(fragment.nodes), ...marksOf(fragment)].reduce(
    (low, { position }) => ({ x: Math.min(low.x, position.x), y: Math.min(low.y, position.y) }),
    { x: Number.POSITIVE_INFINITY, y: Number.POSITIVE_INFINITY },
  )

/**
 * Adds a fragment's nodes under new ids, with its wires; a wire that leads out of the fragment is left out, but
 * with `incoming` one that comes from a node which the document has too, and that may be, is kept.
 * `offset`: how far it is moved, canvas units; absent: where it was.
 * Returns the new id of each of the fragment's nodes.
 */
export function paste(
  draft: GraphDraft,
  fragment: Fragment,
  offset: Point = { x: 0, y: 0 },
  incoming?: Specs,
): Map<NodeId, NodeId> {
  const document = plain(draft)
  const records = Object.values<NodeRecord>(fragment.nodes).filter((record) => !sideOf(record))
  const nextId = freeIds(document)
  const ids = new Map(records.map((record) => [record.id, nextId(record.type)]))
  for (const record of records) {
    const id = ids.get(record.id)!
    const position = { x: record.position.x + offset.x, y: record.position.y + offset.y }
    draft.nodes[id] = { ...copy(record), id, position: isPlace(position) ? place(position) : { x: 0, y: 0 } }
  }
  const edgeIds = new Set(Object.keys(document.edges))
  for (const edge of edgesOf(fragment)) {
    const [from, to] = [ids.get(edge.from.node), ids.get(edge.to.node)]
    if (!from || !to) continue
    const end = { node: to, port: edge.to.port }
    const id = freeEdgeId(end, (name) => edgeIds.has(name))
    edgeIds.add(id)
    const via = edge.via && shifted(edge.via, offset).filter(isPlace).map(place)
    draft.edges[id] = { id, from: { node: from, port: edge.from.port }, to: end, ...(via?.length ? { via } : {}) }
  }
  pasteMarks(draft, fragment, offset)
  if (incoming)
    for (const { id, from, to, via = [] } of edgesOf(fragment)) {
      const node = ids.get(to.node)
      // It runs through the dots that others run through here, and has none of the original's bends.
      if (node && !ids.has(from.node))
        connect(draft, incoming, from, { node, port: to.port }, leadOf(document, from, via, id))
    }
  return ids
}

function pasteMarks(draft: GraphDraft, fragment: Fragment, shift: Point): void {
  const marks = marksOf(fragment)
  if (marks.length === 0) return
  const existing = plain(draft).marks ?? {}
  const nextId = nodeIds((id) => Object.hasOwn(existing, id))
  draft.marks ??= {}
  for (const mark of marks) {
    const name: string = nextId(mark.kind)
    const newPosition = { x: mark.position.x + shift.x, y: mark.position.y + shift.y }
    const position = isPlace(newPosition) ? place(newPosition) : { x: 0, y: 0 }
    draft.marks[name as MarkId] = { ...copy(mark), id: name as MarkId, position }
  }
}

/**
 * Copies nodes, and frames and notes (`marks`), beside themselves, with the wires between them; with `incoming`, the
 * copies also read what the originals read from other nodes. Returns the new id of each node.
 */
export function duplicate(
  draft: GraphDraft,
  ids: Iterable<NodeId>,
  options: { readonly incoming?: boolean; readonly offset?: Point; readonly marks?: Iterable<MarkId> } = {},
): Map<NodeId, NodeId> {
  const document = plain(draft)
  const { marks = [] } = options
  const copies = paste(draft, fragmentOf(document, ids, { marks }), options.offset)
  if (!options.incoming) return copies
  const edgeIds = new Set(Object.keys(plain(draft).edges))
  for (const edge of edgesOf(document)) {
    const to = copies.get(edge.to.node)
    if (!to || copies.has(edge.from.node) || !nodeOf(document, edge.from.node)) continue
    const end = { node: to, port: edge.to.port }
    const id = freeEdgeId(end, (name) => edgeIds.has(name))
    edgeIds.add(id)
    const via = leadOf(document, edge.from, edge.via ?? [], edge.id).map(place)
    draft.edges[id] = { id, from: { ...edge.from }, to: end, ...(via.length > 0 ? { via } : {}) }
  }
  return copies
}
