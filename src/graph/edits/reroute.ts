/** Recipes for the points of wires and the dots that wires share; what they come to is worked out in `dots.ts`. */
import type { EdgeId, Point } from '../document/document.ts'
import { freed, movedPoints, type Stop, type Ways, withoutPoints, withPoint } from './dots.ts'
import { type GraphDraft, isPlace, place, plain, setVia } from './edit.ts'

export function setWays(draft: GraphDraft, ways: Ways): void {
  for (const [edge, via] of ways) setVia(draft, edge, via)
}

/** Moves points, canvas units; they join the dot that other wires of their output have there. */
export function movePoints(draft: GraphDraft, stops: readonly Stop[], to: Point): void {
  if (isPlace(to)) setWays(draft, movedPoints(plain(draft), stops, place(to)))
}

export function removePoints(draft: GraphDraft, stops: readonly Stop[]): void {
  setWays(draft, withoutPoints(plain(draft), stops))
}

/** Puts a point on a wire, before the point `index` of its way, and on whichever wires lie over it there. */
export function addPoint(draft: GraphDraft, edge: EdgeId, index: number, at: Point): void {
  if (isPlace(at)) setWays(draft, withPoint(plain(draft), edge, index, place(at)))
}

/** Takes wires out of the dots that they share with others. */
export function freeWires(draft: GraphDraft, edges: Iterable<EdgeId>): void {
  setWays(draft, freed(plain(draft), edges))
}
