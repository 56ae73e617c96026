/** Frames and notes: what can be done with them, and what a frame holds. */
import {
  type Graph,
  type MarkId,
  type MarkRecord,
  markOf,
  marksOf,
  type NodeId,
  type NodeRecord,
  type Point,
} from '../document/document.ts'
import { nodeIds } from '../document/ids.ts'
import { sameJson } from '../document/json.ts'
import { type GraphDraft, isPlace, place, plain } from './edit.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/** Canvas units; smaller ones could not be taken hold of again. */
export const minSize: Size = { width: 96, height: 48 }

const roundedSize = ({ width, height }: Size): Size => ({
  width: Number.isFinite(width) ? Math.max(minSize.width, width) : minSize.width,
  height: Number.isFinite(height) ? Math.max(minSize.height, height) : minSize.height,
})

export function addMark(draft: GraphDraft, mark: Omit<MarkRecord, 'id'>): MarkId {
  const existing = plain(draft).marks ?? {}
  const name: string = nodeIds((id) => Object.hasOwn(existing, id))(mark.kind)
  const id = name as MarkId
  draft.marks ??= {}
  draft.marks[id] = {
    ...mark,
    id,
    position: isPlace(mark.position) ? place(mark.position) : { x: 0, y: 0 },
    size: roundedSize(mark.size),
  }
  return id
}

/** The nodes inside a frame stay. */
export function removeMarks(draft: GraphDraft, ids: Iterable<MarkId>): void {
  const document = plain(draft)
  for (const id of ids) if (markOf(document, id)) delete draft.marks?.[id]
  if (draft.marks && Object.keys(draft.marks).length === 0) delete draft.marks
}

/** Whatever is given is set, where it differs. */
export function setMark(
  draft: GraphDraft,
  id: MarkId,
  change: Partial<Pick<MarkRecord, 'text' | 'colour' | 'position' | 'size'>>,
): void {
  const record = markOf(plain(draft), id)
  const mark = record && draft.marks?.[id]
  if (!mark) return
  if (change.text !== undefined && change.text !== record.text) mark.text = change.text
  if (change.colour !== undefined && change.colour !== record.colour) mark.colour = change.colour
  if (change.size !== undefined && !sameJson(roundedSize(change.size), record.size))
    mark.size = roundedSize(change.size)
  const { position } = change
  if (position && isPlace(position) && !sameJson(place(position), record.position)) mark.position = place(position)
}

/** Width of a card and the height of its head, canvas units: a node is where its head is. */
const head = { width: 200, height: 32 }

/** The box around some nodes whose sizes are known, with room for a frame's title above them. */
export function around(
  boxes: readonly (Point & Size)[],
  margin = 24,
  title = 32,
): { x: number; y: number; width: number; height: number } {
  const left = Math.min(...boxes.map(({ x }) => x)) - margin
  const top = Math.min(...boxes.map(({ y }) => y)) - margin - title
  return {
    x: left,
    y: top,
    width: Math.max(...boxes.map(({ x, width }) => x + width)) + margin - left,
    height: Math.max(...boxes.map(({ y, height }) => y + height)) + margin - top,
  }
}

const holds = (frame: MarkRecord, { x, y }: Point): boolean =>
  x >= frame.position.x &&
  y >= frame.position.y &&
  x <= frame.position.x + frame.size.width &&
  y <= frame.position.y + frame.size.height

const area = ({ size }: MarkRecord): number => size.width * size.height

/**
 * What a frame takes along: nodes the middle of whose head lies in it, and smaller marks that lie in it as a whole.
 * A note takes nothing along.
 */
export function membersOf(
  document: Graph,
  id: MarkId,
): { readonly nodes: readonly NodeId[]; readonly marks: readonly MarkId[] } {
  const frame = markOf(document, id)
  if (frame?.kind !== 'frame') return { nodes: [], marks: [] }
  const nodes = Object.values<NodeRecord>(document.nodes).filter(({ position }) =>
    holds(frame, { x: position.x + head.width / 2, y: position.y + head.height / 2 }),
  )
  const marks = marksOf(document).filter(
    (mark) =>
      mark.id !== id &&
      area(mark) < area(frame) &&
      holds(frame, mark.position) &&
      holds(frame, { x: mark.position.x + mark.size.width, y: mark.position.y + mark.size.height }),
  )
  return { nodes: nodes.map((node) => node.id), marks: marks.map((mark) => mark.id) }
}

/**
 * What goes with a selection when it is copied: the marks that are selected, the frames that hold selected nodes and
 * no others, and what marks those take along.
 */
export function marksWith(document: Graph, nodes: ReadonlySet<NodeId>, marks: ReadonlySet<MarkId>): readonly MarkId[] {
  const carriedMarks = new Set<MarkId>(marks)
  for (const { id } of marksOf(document)) {
    const members = membersOf(document, id)
    if (members.nodes.length === 0 || !members.nodes.every((node) => nodes.has(node))) continue
    for (const mark of [id, ...members.marks]) carriedMarks.add(mark)
  }
  return marksOf(document).flatMap(({ id }) => (carriedMarks.has(id) ? [id] : []))
}
