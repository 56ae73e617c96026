/** Where the pictures lie in the viewer, for what is laid over them: CSS pixels of the stage to picture pixels and back. */
import type { RegionShare } from '../../graph/plan/region.ts'
import { inField, type Point, type Size } from './viewport.ts'

export interface Placement {
  /** Of A, in its pixels. */
  readonly picture: Size
  /** What each picture has of the canvas, device pixels. */
  readonly field: Size
  /** How many fields there are. */
  readonly fields: number
  /** How many of them stand beside each other. */
  readonly columns: number
  /** Device pixels per picture pixel, and the picture pixel in the middle of each field. */
  readonly scale: number
  readonly centre: Point
}

export interface Box extends Size {
  readonly x: number
  readonly y: number
}

/** Of field `index`, CSS pixels. */
export function fieldBox({ field, columns }: Placement, index: number): Box {
  const ratio = devicePixelRatio
  const [column, row] = [index % columns, Math.floor(index / columns)]
  const [width, height] = [field.width / ratio, field.height / ratio]
  return { x: column * width, y: row * height, width, height }
}

/** A rectangle of the picture within its field, CSS pixels. */
export function onField({ field, scale, centre }: Placement, box: Box): Box {
  const ratio = devicePixelRatio
  return {
    x: ((box.x - centre.x) * scale + field.width / 2) / ratio,
    y: ((box.y - centre.y) * scale + field.height / 2) / ratio,
    width: (box.width * scale) / ratio,
    height: (box.height * scale) / ratio,
  }
}

/** The place in the picture under a point of the stage (CSS pixels); may lie outside the picture. */
export function inPicture({ field, scale, centre }: Placement, at: Point): Point {
  const within = inField({ x: at.x * devicePixelRatio, y: at.y * devicePixelRatio }, field)
  return {
    x: centre.x + (within.x - field.width / 2) / scale,
    y: centre.y + (within.y - field.height / 2) / scale,
  }
}

const clamp = (value: number, max: number) => Math.min(max, Math.max(0, value))

/** The whole pixels between two places, inside the picture; at least one. */
export function boxBetween(a: Point, b: Point, picture: Size): Box {
  const axis = (from: number, to: number, side: number): readonly [number, number] => {
    const start = Math.min(side - 1, Math.floor(clamp(Math.min(from, to), side)))
    return [start, Math.max(1, Math.ceil(clamp(Math.max(from, to), side)) - start)]
  }
  const [x, width] = axis(a.x, b.x, picture.width)
  const [y, height] = axis(a.y, b.y, picture.height)
  return { x, y, width, height }
}

/** Moves `box` by whole pixels; it keeps its size and stays inside. */
export const movedBox = (box: Box, dx: number, dy: number, picture: Size): Box => ({
  ...box,
  x: clamp(Math.round(box.x + dx), picture.width - box.width),
  y: clamp(Math.round(box.y + dy), picture.height - box.height),
})

export type Side = -1 | 0 | 1

/** Moves the sides of `box` that a handle holds (−1: left or top, 1: right or bottom) by whole pixels. */
export function resizedBox(
  box: Box,
  [across, down]: readonly [Side, Side],
  dx: number,
  dy: number,
  picture: Size,
): Box {
  const axis = (start: number, length: number, which: Side, by: number, side: number): readonly [number, number] => {
    const end = start + length
    if (which === -1) {
      const from = Math.min(end - 1, clamp(Math.round(start + by), side))
      return [from, end - from]
    }
    if (which === 1) return [start, Math.max(1, Math.min(side, Math.round(end + by)) - start)]
    return [start, length]
  }
  const [x, width] = axis(box.x, box.width, across, dx, picture.width)
  const [y, height] = axis(box.y, box.height, down, dy, picture.height)
  return { x, y, width, height }
}

export const shareOf = ({ x, y, width, height }: Box, picture: Size): RegionShare => ({
  x: x / picture.width,
  y: y / picture.height,
  width: width / picture.width,
  height: height / picture.height,
})
