/**
 * A drawing as a mask, worked out on the CPU: once for a drawing and a size, never for a frame. Its edges are one pixel soft.
 */
import type { Drawing, Stroke } from '../graph/node/drawing.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** Each pixel's share under a stroke is given to `cover`; pixels that it does not touch are not visited. */
type Cover = (index: number, share: number) => void

const range = (low: number, high: number, end: number): readonly [number, number] => [
  Math.max(0, Math.floor(low)),
  Math.min(end - 1, Math.ceil(high)),
]

/** By the distance of a pixel's middle from the line, which is all that a round brush is. */
function brush({ points, radius }: Stroke, { width, height }: Size, cover: Cover): void {
  const reach = radius * height
  const places = Array.from({ length: points.length / 2 }, (_, i) => [
    points[2 * i]! * width,
    points[2 * i + 1]! * height,
  ]) as [number, number][]
  for (const [i, [x0, y0]] of places.entries()) {
    const [x1, y1] = places[Math.min(i + 1, places.length - 1)]!
    if (i > 0 && i === places.length - 1) break
    const [left, right] = range(Math.min(x0, x1) - reach - 1, Math.max(x0, x1) + reach, width)
    const [top, bottom] = range(Math.min(y0, y1) - reach - 1, Math.max(y0, y1) + reach, height)
    const [dx, dy] = [x1 - x0, y1 - y0]
    const length = dx * dx + dy * dy
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) {
        const [px, py] = [x + 0.5 - x0, y + 0.5 - y0]
        const along = length > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0
        const share = reach - Math.hypot(px - along * dx, py - along * dy) + 0.5
        if (share > 0) cover(y * width + x, Math.min(1, share))
      }
  }
}

/** Places in a pixel along each axis at which an area is asked whether it is there. */
const samples = 4

/** Line by line: between its first and second crossing, its third and fourth… it is inside. */
function area({ points }: Stroke, { width, height }: Size, cover: Cover): void {
  const corners = points.length / 2
  const row = new Float32Array(width)
  for (let y = 0; y < height; y++) {
    row.fill(0)
    let touched = false
    for (let s = 0; s < samples; s++) {
      const level = y + (s + 0.5) / samples
      const crossings: number[] = []
      for (let i = 0; i < corners; i++) {
        const j = (i + 1) % corners
        const [y0, y1] = [points[2 * i + 1]! * height, points[2 * j + 1]! * height]
        if (y0 <= level === y1 <= level) continue
        const [x0, x1] = [points[2 * i]! * width, points[2 * j]! * width]
        crossings.push(x0 + ((level - y0) / (y1 - y0)) * (x1 - x0))
      }
      crossings.sort((a, b) => a - b)
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        const [from, to] = [crossings[k]!, crossings[k + 1]!]
        const [left, right] = range(from, to, width)
        for (let x = left; x <= right; x++) {
          const first = Math.max(0, Math.ceil((from - x) * samples - 0.5))
          const last = Math.min(samples, Math.ceil((to - x) * samples - 0.5))
          if (last > first) row[x]! += (last - first) / (samples * samples)
          touched = true
        }
      }
    }
    if (touched) for (let x = 0; x < width; x++) if (row[x]! > 0) cover(y * width + x, Math.min(1, row[x]!))
  }
}

/** Row by row, in [0,1]: 1 where it was painted. */
export function maskOf({ strokes }: Pick<Drawing, 'strokes'>, size: Size): Float32Array<ArrayBuffer> {
  const mask = new Float32Array(size.width * size.height)
  for (const stroke of strokes) {
    const fill = stroke.tool === 'brush' ? brush : area
    fill(stroke, size, (index, share) => {
      const under = mask[index]!
      mask[index] = stroke.erase ? Math.min(under, 1 - share) : Math.max(under, share)
    })
  }
  return mask
}
