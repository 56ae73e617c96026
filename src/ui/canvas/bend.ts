/** The points that a wire runs through between its ends. */
import type { Point } from '../../graph/edit.ts'

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

/** `via` with one more point, where it makes the wire from `start` to `end` the least longer. */
export function withPoint(via: readonly Point[], at: Point, start: Point, end: Point): readonly Point[] {
  const stops = [start, ...via, end]
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let n = 0; n + 1 < stops.length; n += 1) {
    const [a, b] = [stops[n]!, stops[n + 1]!]
    const detour = distance(a, at) + distance(at, b) - distance(a, b)
    if (detour >= least) continue
    best = n
    least = detour
  }
  return [...via.slice(0, best), at, ...via.slice(best)]
}
