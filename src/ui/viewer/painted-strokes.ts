/** From what a hand does over a picture to what is kept of it: strokes of a drawing, or a box. */
import { type Drawing, drawingFault, type Stroke } from '../../graph/node/drawing.ts'
import type { Params } from '../../graph/node/params.ts'
import type { Point, Size } from './viewport.ts'

/** Shares are kept to a ten-thousandth: half a pixel of a picture of 4K. */
const roundShare = (share: number): number => Math.round(share * 1e4) / 1e4

/** Beyond that, in sides of the picture, nothing is kept: a mask need not know how far a hand went out. */
const farthest = 1

const within = (share: number): number => roundShare(Math.min(1 + farthest, Math.max(-farthest, share)))

/** @param places in pixels of `picture` */
export const strokeOf = (
  places: readonly Point[],
  picture: Size,
  { tool, erase, radius }: Pick<Stroke, 'tool' | 'erase' | 'radius'>,
): Stroke => ({
  tool,
  erase,
  radius: Math.max(1e-4, roundShare(radius)),
  points: places.flatMap(({ x, y }) => [within(x / picture.width), within(y / picture.height)]),
})

/** Places that a hand left nearer to the last one than this share of the picture's height say nothing new. */
const nearest = 0.002

export function withPlace(places: readonly Point[], next: Point, picture: Size): readonly Point[] {
  const last = places.at(-1)
  if (last && Math.hypot(next.x - last.x, next.y - last.y) < nearest * picture.height) return places
  return [...places, next]
}

/** With a stroke more; `null`: there is no room for it. What was no drawing, or of a picture of another shape, is begun anew. */
export function withStroke(value: unknown, stroke: Stroke, picture: Size): Drawing | null {
  const before = drawingFault(value) === undefined ? (value as Drawing) : null
  const isSameShape = before && Math.abs((before.width * picture.height) / (before.height * picture.width) - 1) <= 0.02
  const drawing = isSameShape
    ? { ...before, strokes: [...before.strokes, stroke] }
    : { width: picture.width, height: picture.height, strokes: [stroke] }
  return drawingFault(drawing) === undefined ? drawing : null
}

/** Values of the params that a box between two places sets: its middle and sides, as shares of the picture. */
export function boxValues(params: Params, from: Point, to: Point, picture: Size): Readonly<Record<string, number>> {
  const box = {
    x: (from.x + to.x) / 2 / picture.width,
    y: (from.y + to.y) / 2 / picture.height,
    width: Math.abs(to.x - from.x) / picture.width,
    height: Math.abs(to.y - from.y) / picture.height,
  }
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, param]) =>
      param.kind === 'float' && param.draws
        ? [[name, roundShare(Math.min(param.max, Math.max(param.min, box[param.draws])))]]
        : [],
    ),
  )
}
