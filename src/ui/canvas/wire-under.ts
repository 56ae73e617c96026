/** Where wires run, and which lies under a card in the hand: read off the drawn paths, since only they know. */
import type { EdgeId } from '../../graph/document/document.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Selects the wires in the element that holds the canvas. */
export const wirePaths = '.react-flow__edge-path.wire'

/** Canvas units between two points at which a wire is looked at. */
const stride = 12

/** By a path's text, which says all about its run; a drag asks about the same few wires over and over. */
const pathsByText = new Map<string, readonly { readonly x: number; readonly y: number }[]>()

/** Places along a wire, canvas units. */
export function pointsOf(path: SVGPathElement): readonly { readonly x: number; readonly y: number }[] {
  const text = path.getAttribute('d') ?? ''
  const knownPath = pathsByText.get(text)
  if (knownPath) return knownPath
  const length = path.getTotalLength()
  const count = Math.max(2, Math.ceil(length / stride))
  const points = Array.from({ length: count + 1 }, (_, n) => {
    const { x, y } = path.getPointAtLength((length * n) / count)
    return { x, y }
  })
  if (pathsByText.size > 500) pathsByText.clear()
  pathsByText.set(text, points)
  return points
}

/** The wire that crosses `box` (canvas units) nearest to its middle, of those that `fits` says yes to. */
export function wireUnder(host: Element, box: Box, fits: (edge: EdgeId) => boolean): EdgeId | null {
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  let nearest: EdgeId | null = null
  let leastDistance = Number.POSITIVE_INFINITY
  for (const path of host.querySelectorAll<SVGPathElement>(wirePaths)) {
    const edge = path.closest('.react-flow__edge')?.getAttribute('data-id') as EdgeId | null | undefined
    if (!edge) continue
    for (const { x, y } of pointsOf(path)) {
      if (x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) continue
      const distance = Math.hypot(x - middle.x, y - middle.y)
      if (distance >= leastDistance) continue
      if (nearest !== edge && !fits(edge)) break
      nearest = edge
      leastDistance = distance
    }
  }
  return nearest
}
