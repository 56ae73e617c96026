/** Black bars around a picture, as letterboxes and pillarboxes have them, found in several of its frames. */
import type { Side } from '../../graph/node/params.ts'

export type Bars = Readonly<Record<Side, number>>

export interface Pixels {
  readonly width: number
  readonly height: number
  /** 8-bit RGBA, row by row. */
  readonly pixels: ArrayLike<number>
}

/** Mean luma of a line up to which it is black, in codes of 255: what ffmpeg's cropdetect takes, since video black is no true black. */
const blackest = 24
/** A line of a bar has no more than this share of pixels brighter than `bright`: noise may be, a dark picture's edge is not. */
const [bright, share] = [48, 0.01] as const

function isBlack({ width, pixels }: Pixels, from: number, step: number, count: number): boolean {
  let [sum, shining] = [0, 0]
  for (let i = 0; i < count; i++) {
    const at = 4 * (from + i * step)
    const luma = 0.2126 * pixels[at]! + 0.7152 * pixels[at + 1]! + 0.0722 * pixels[at + 2]!
    sum += luma
    if (luma > bright) shining++
  }
  return width > 0 && sum <= blackest * count && shining <= share * count
}

/** Pixels of bar at each side of one frame; `null` where all of it is black, which says nothing. */
export function barsOf(picture: Pixels): Bars | null {
  const { width, height } = picture
  const rows = (y: number) => isBlack(picture, y * width, 1, width)
  const columns = (x: number) => isBlack(picture, x, width, height)
  const until = (end: number, black: (at: number) => boolean) => {
    let at = 0
    while (at < end && black(at)) at++
    return at
  }
  const top = until(height, rows)
  if (top === height) return null
  return {
    left: until(width, columns),
    right: until(width, (x) => columns(width - 1 - x)),
    top,
    bottom: until(height, (y) => rows(height - 1 - y)),
  }
}

/** What is bar in every frame that is not black as a whole; `null` where there is none at all. */
export function commonBars(frames: readonly (Bars | null)[]): Bars | null {
  const readable = frames.filter((bars) => bars !== null)
  if (readable.length === 0) return null
  const least = (side: Side) => Math.min(...readable.map((bars) => bars[side]))
  const bars = { left: least('left'), right: least('right'), top: least('top'), bottom: least('bottom') }
  return Object.values(bars).some((width) => width > 0) ? bars : null
}

/** Frames to look at, spread over the clip; the ends, which are often black, are left out where there are others. */
export function framesToLookAt(first: number, last: number, count = 5): readonly number[] {
  const at = Array.from({ length: count }, (_, i) => Math.round(first + ((i + 0.5) * (last - first)) / count))
  return [...new Set(at)]
}
