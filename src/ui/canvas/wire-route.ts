/** How a wire is drawn over the points that it runs through. */

import { getBezierPath, Position } from '@xyflow/react'
import type { Point } from '../../graph/document/document.ts'

/** The way over all stops, each stretch as a wire of its own, and where a label stands: in the middle stretch. */
export function routeOf(stops: readonly Point[]): { path: string; label: Point; room: number } {
  const stretches = stops.slice(1).map((to, n) => {
    const from = stops[n] ?? to
    const [path, x, y] = getBezierPath({
      sourceX: from.x,
      sourceY: from.y,
      targetX: to.x,
      targetY: to.y,
      sourcePosition: Position.Right,
      targetPosition: Position.Left,
      curvature: 0.35,
    })
    return { path, label: { x, y }, room: to.x - from.x }
  })
  const middle = stretches[Math.floor((stretches.length - 1) / 2)]
  // One line: where a stretch ends the next begins, so only the first moves to its start.
  const path = stretches.map((one, n) => (n === 0 ? one.path : one.path.slice(one.path.indexOf('C')))).join(' ')
  return { path, label: middle?.label ?? { x: 0, y: 0 }, room: middle?.room ?? 0 }
}
