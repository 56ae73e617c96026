/**
 * How a picture is cut into tiles of one fixed size (a new size makes the runtime compile anew) and put together
 * again without a seam. Neighbouring tiles share an overlap: its outer part, where a tile lacks context, is thrown
 * away, and over its inner part the one fades linearly into the other. The weights of all tiles sum to 1 everywhere.
 *
 *     tile 0   ├──────────────────────┤
 *     tile 1               ├──────────────────────┤
 *     weights  ████████████████▓▒░                     the fade lies in the middle of what the two share
 *                              ░▒▓████████████████
 */
import type { Region } from '../graph/plan/region.ts'
import { fadeOf, usableOverlap } from '../graph/plan/tiling.ts'
import type { Size } from './inspect.ts'

/** One tile along one axis, in input pixels. */
export interface Span {
  /** First pixel the tile reads; it reads `tile` pixels, those beyond the picture repeat its edge. */
  readonly start: number
  /** The weight rises from 0 to 1 between these. Before the picture for the first tile. */
  readonly rise: readonly [from: number, to: number]
  /** The weight falls from 1 to 0 between these. Behind the picture for the last tile. */
  readonly fall: readonly [from: number, to: number]
  /** The pixels the tile contributes to: from, inclusive, and to, exclusive. */
  readonly extent: readonly [from: number, to: number]
}

export interface Tile {
  readonly x: Span
  readonly y: Span
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step

/** Tiles of `tile` pixels along an axis of `length` pixels, spread evenly, any two neighbours sharing at least `overlap`. */
export function spans(length: number, tile: number, overlap: number): readonly Span[] {
  const sharedPixels = usableOverlap(overlap, tile)
  const count = length <= tile ? 1 : Math.ceil((length - sharedPixels) / (tile - sharedPixels))
  const starts = Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (length - tile)) / (count - 1)),
  )
  const fade = fadeOf(sharedPixels)
  const fades = starts.slice(1).map((start, i): readonly [number, number] => {
    const sharedHere = starts[i]! + tile - start
    const from = start + Math.floor((sharedHere - fade) / 2)
    return [from, from + fade]
  })
  return starts.map((start, i) => {
    const rise = fades[i - 1] ?? [-2, -1]
    const fall = fades[i] ?? [length + 1, length + 2]
    return { start, rise, fall, extent: [Math.max(0, rise[0]), Math.min(length, fall[1])] }
  })
}

/** All tiles of a picture, row by row. */
export function planTiles(picture: Size, tile: Size, overlap: number): readonly Tile[] {
  const columns = spans(picture.width, tile.width, overlap)
  return spans(picture.height, tile.height, overlap).flatMap((y) => columns.map((x) => ({ x, y })))
}

const moveSpan = ({ start, rise, fall, extent: drawn }: Span, by: number): Span => ({
  start: start + by,
  rise: [rise[0] + by, rise[1] + by],
  fall: [fall[0] + by, fall[1] + by],
  extent: [drawn[0] + by, drawn[1] + by],
})

/** The tiles of the window of a picture. */
export const planWindow = (window: Region, tile: Size, overlap: number): readonly Tile[] =>
  planTiles(window, tile, overlap).map(({ x, y }) => ({ x: moveSpan(x, window.x), y: moveSpan(y, window.y) }))

/**
 * The window of `picture` to run a model on so that `part` (input pixels) comes out as in the whole: `margin` pixels
 * around it, moved inwards at the edges so that boxes of one size have windows of one size.
 */
export function windowFor(part: Region, picture: Size, margin: number): Region {
  const axis = (start: number, length: number, side: number): readonly [number, number] => {
    const size = Math.min(side, roundUp(length + 1 + 2 * margin, 8))
    return [Math.max(0, Math.min(start - margin, side - size)), size]
  }
  const [x, width] = axis(part.x, part.width, picture.width)
  const [y, height] = axis(part.y, part.height, picture.height)
  return { x, y, width, height }
}

/** Of the tiles of a picture those that `part` (input pixels) is made of. */
export const tilesOf = (tiles: readonly Tile[], part: Region): readonly Tile[] =>
  tiles.filter(
    ({ x, y }) =>
      x.extent[0] < part.x + part.width &&
      x.extent[1] > part.x &&
      y.extent[0] < part.y + part.height &&
      y.extent[1] > part.y,
  )

/** The pixels of which the tile contributes the larger part: from, inclusive, and to, exclusive. Those of all tiles fill the picture, once. */
export function coreOf({ rise, fall, extent: [from, to] }: Span): readonly [number, number] {
  const middle = ([begin, end]: readonly [number, number]) => Math.floor((begin + end) / 2)
  return [Math.max(from, middle(rise)), Math.min(to, middle(fall))]
}

const ramp = (from: number, to: number, at: number): number =>
  Math.min(1, Math.max(0, (at - from) / Math.max(to - from, 1e-6)))

/** Weight in [0,1] of a tile at the point `at`, in input pixels; the same formula stands in the shader. */
export const spanWeight = ({ rise, fall }: Span, at: number): number =>
  ramp(rise[0], rise[1], at) * (1 - ramp(fall[0], fall[1], at))

export interface TileRequest {
  readonly picture: Size
  /** Longest side of a tile; 'off': one tile, however large. */
  readonly limit: number | 'off'
  readonly overlap: number
  readonly fixedSize: Size | null
  /** Sides must be multiples of this. */
  readonly sizeStep: number
}

/**
 * The one size that all tiles of a picture have. A side that fits is one tile; else the least side, a multiple
 * of 8 and of the step, that covers the picture with as few tiles as the limit allows.
 */
export function tileSize({ picture, limit, overlap, fixedSize, sizeStep }: TileRequest): Size {
  if (fixedSize) return fixedSize
  const side = (length: number): number => {
    const whole = roundUp(length, sizeStep)
    if (limit === 'off') return whole
    const maxSide = Math.max(sizeStep, Math.floor(limit / sizeStep) * sizeStep)
    if (whole <= maxSide) return whole
    const sharedPixels = usableOverlap(overlap, maxSide)
    const count = Math.ceil((length - sharedPixels) / (maxSide - sharedPixels))
    return Math.min(maxSide, roundUp(Math.ceil((length + (count - 1) * sharedPixels) / count), Math.max(8, sizeStep)))
  }
  return { width: side(picture.width), height: side(picture.height) }
}
