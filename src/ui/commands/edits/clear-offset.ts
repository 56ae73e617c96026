/** Where copies go: beside what is there, since a copy that lies on its original, or on a wire, hides it. */
import { type Graph, marksOf, type NodeId, type Point } from '../../../graph/document/document.ts'
import type { Fragment } from '../../../graph/edits/fragments.ts'
import type { Size } from '../../../graph/edits/marks.ts'
import { card } from './add-node.ts'

type Box = Point & Size

/** Between a copy and what lies beside it, canvas units. */
const gap = 16
/** By which a free place is sought, and how often: as far as two dozen cards. */
const step = 24
const tries = 160

const meet = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap

const moved = (box: Box, by: Point): Box => ({ ...box, x: box.x + by.x, y: box.y + by.y })

/** What holds all of them. */
function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  const [right, bottom] = [boxes.map((box) => box.x + box.width), boxes.map((box) => box.y + box.height)]
  return { x, y, width: Math.max(...right) - x, height: Math.max(...bottom) - y }
}

/**
 * By how much copies of a fragment move away from where it lies, so that they cover no node of the graph: by `first`,
 * or on from there to the nearest place below, else above or to the right; by `first` where there is no such place.
 * Places that cover no wire either come first.
 * Frames count where the fragment has some: a copied frame must not come to lie around the nodes of another.
 * `sizeOf`: of a card as it is drawn; the copy of a node is as large as the node. `wires`: places along those that are drawn.
 */
export function clearOffset(
  graph: Graph,
  fragment: Fragment,
  first: Point,
  sizeOf: (node: NodeId) => Size | undefined,
  wires: readonly Point[],
): Point {
  const boxesOf = (part: Graph | Fragment, withMarks: boolean): Box[] => [
    ...Object.values(part.nodes).map(({ id, position }) => ({ ...position, ...(sizeOf(id) ?? card) })),
    ...(withMarks ? marksOf(part).map(({ position, size }) => ({ ...position, ...size })) : []),
  ]
  const framed = marksOf(fragment).length > 0
  const obstacles = boxesOf(graph, framed)
  const copies = boxesOf(fragment, framed)
  const places = Array.from({ length: tries + 1 }, (_, n) => [
    { x: first.x, y: first.y + n * step },
    { x: first.x, y: first.y - n * step },
    { x: first.x + n * step, y: first.y },
  ]).flat()
  const isClear = (by: Point): boolean =>
    copies.every((box) => obstacles.every((other) => !meet(moved(box, by), other)))
  const onWires = wires.map((at) => ({ ...at, width: 0, height: 0 }))
  const all = around(copies)
  const coversWire = (by: Point): boolean => {
    const within = moved(all, by)
    return onWires.some((at) => meet(within, at) && copies.some((box) => meet(moved(box, by), at)))
  }
  const clear = places.filter(isClear)
  return clear.find((by) => !coversWire(by)) ?? clear[0] ?? first
}
