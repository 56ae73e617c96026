/** Frames and dots of wires while cards are laid out: frames keep what lies in them, dots keep room for themselves. */
import { type Graph, markOf, marksOf, type NodeId, type Point } from '../../../graph/document/document.ts'
import type { Card } from '../../../graph/edits/arrange.ts'
import type { LaidDot } from '../../../graph/edits/dots.ts'
import type { GraphDraft } from '../../../graph/edits/edit.ts'
import { around, membersOf, setMark } from '../../../graph/edits/marks.ts'
import { markFlowId } from '../../canvas/projection.ts'

/** What a layout keeps free for a dot, around its middle. */
export const dotSize = 16

/** Between a note and the border of the frame that it lies in. */
const margin = 12

export const cardOfDot = ({ id, dot: { at } }: LaidDot): Card => ({
  id,
  x: at.x - dotSize / 2,
  y: at.y - dotSize / 2,
  width: dotSize,
  height: dotSize,
})

/** The frames of a level and what lies in them; the smallest first, so that a frame within another comes before it. */
export const framesOf = (level: Graph) =>
  marksOf(level)
    .filter(({ kind }) => kind === 'frame')
    .sort((a, b) => a.size.width * a.size.height - b.size.width * b.size.height)
    .map((frame) => ({ frame, ...membersOf(level, frame.id) }))

export type Frames = ReturnType<typeof framesOf>

/** What lies in which frame, by ids that nodes and frames do not share. */
export function groupsOf(frames: Frames): Map<string, string> {
  const groups = new Map<string, string>()
  for (const { frame, nodes, marks } of frames)
    for (const member of [...nodes, ...marks.map(markFlowId)])
      if (!groups.has(member)) groups.set(member, markFlowId(frame.id))
  return groups
}

/** A dot lies in a frame if all ends of its wires do; between frames it lies in none. */
export function withDots(groups: ReadonlyMap<string, string>, dots: readonly Pick<LaidDot, 'id' | 'nodes'>[]) {
  const all = new Map(groups)
  for (const { id, nodes } of dots) {
    const [group, ...others] = new Set([...nodes].map((node) => groups.get(node)))
    if (group && others.length === 0) all.set(id, group)
  }
  return all
}

/**
 * Frames go around what they held before; the notes in them keep their place in the frame.
 * @param before the level as it was. @param places where cards lie now; the others stay.
 */
export function fitFrames(
  draft: GraphDraft,
  before: Graph,
  frames: Frames,
  cards: readonly Card[],
  places: Readonly<Record<NodeId, Point>>,
): void {
  const boxes = new Map<string, Point & { width: number; height: number }>()
  for (const { frame, nodes, marks } of frames) {
    const inner = [
      ...cards.flatMap((one) => (nodes.includes(one.id) ? [{ ...one, ...places[one.id] }] : [])),
      ...marks.flatMap((id) => boxes.get(id) ?? []),
    ]
    if (inner.length === 0) continue
    const box = around(inner)
    const [dx, dy] = [box.x - frame.position.x, box.y - frame.position.y]
    for (const id of marks) {
      const note = markOf(before, id)
      if (note?.kind !== 'note') continue
      const position = { x: note.position.x + dx, y: note.position.y + dy }
      setMark(draft, id, { position })
      box.width = Math.max(box.width, position.x + note.size.width + margin - box.x)
      box.height = Math.max(box.height, position.y + note.size.height + margin - box.y)
    }
    boxes.set(frame.id, box)
    setMark(draft, frame.id, { position: { x: box.x, y: box.y }, size: { width: box.width, height: box.height } })
  }
}
