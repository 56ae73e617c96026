/** Where copies go: beside what is there, since a copy that lies on its original hides it. */
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

/**
 * By how much copies of a fragment move away from where it lies, so that they cover no node of the graph: by `first`,
 * or on from there to the nearest place below, else above or to the right; by `first` where there is no such place.
 * Frames count where the fragment has some: a copied frame must not come to lie around the nodes of another.
 * `sizeOf`: of a card as it is drawn; the copy of a node is as large as the node.
 */
export function clearOffset(
  graph: Graph,
  fragment: Fragment,
  first: Point,
  sizeOf: (node: NodeId) => Size | undefined,
): Point {
  const boxesOf = (part: Graph | Fragment, withMarks: boolean): Box[] => [
    ...Object.values(part.nodes).map(({ id, position }) => ({ ...position, ...(sizeOf(id) ?? card) })),
    ...(withMarks ? marksOf(part).map(({ position, size }) => ({ ...position, ...size })) : []),
  ]
  const framed = marksOf(fragment).length > 0
  const obstacles = boxesOf(graph, framed)
  const copies = boxesOf(fragment, framed)
  const isClear = (by: Point): boolean =>
    copies.every((box) => obstacles.every((other) => !meet({ ...box, x: box.x + by.x, y: box.y + by.y }, other)))
  for (let n = 0; n <= tries; n += 1) {
    const away = n * step
    const places = [
      { x: first.x, y: first.y + away },
      { x: first.x, y: first.y - away },
      { x: first.x + away, y: first.y },
    ]
    const place = places.find(isClear)
    if (place) return place
  }
  return first
}
