/** What of each frame is shown over time, and how the frames come to stand beside each other. */
import type { Picture8 } from '../../engine/door/api.ts'
import type { RegionShare } from '../../graph/plan/region.ts'
import type { TimeStrip } from '../store/viewer-settings.ts'
import { cropAround } from './frame-crops.tsx'
import type { Size } from './viewport.ts'

/** Frames of a slit scan at most, and of a strip. */
const maxFrames = { slit: 120, strip: 24 } as const

/** Pixels of each crop of a strip. */
export const stripSize = { width: 96, height: 96 }

/** Columns of a slit scan at most. */
export const maxSlit = 640

/** The frames that are shown: around `frame` where there are too many. */
export function framesOver(
  strip: TimeStrip,
  frame: number,
  range: { readonly first: number; readonly last: number },
): readonly number[] {
  const count = Math.min(maxFrames[strip], range.last - range.first + 1)
  const from = Math.max(range.first, Math.min(frame - Math.floor(count / 2), range.last - count + 1))
  return Array.from({ length: count }, (_, i) => from + i)
}

/** A row of pixels at `line` (a share of the height), or a crop around the spot that is looked at. */
export function partOf(
  strip: TimeStrip,
  picture: Size,
  line: number,
  spot: { readonly x: number; readonly y: number },
): RegionShare {
  if (strip === 'strip') return cropAround(spot, picture, stripSize)
  const row = Math.min(picture.height - 1, Math.floor(line * picture.height))
  return { x: 0, y: row / picture.height, width: 1, height: 1 / picture.height }
}

/** Mean of how much the colours of two pictures of one size differ, in codes of 255; `null` where they cannot be compared. */
export function meanDifference(a: Picture8 | undefined, b: Picture8 | undefined): number | null {
  if (!a || !b || a.width !== b.width || a.height !== b.height) return null
  let sum = 0
  for (let i = 0; i < a.pixels.length; i += 4)
    for (const channel of [0, 1, 2]) sum += Math.abs((a.pixels[i + channel] ?? 0) - (b.pixels[i + channel] ?? 0))
  return sum / ((a.pixels.length / 4) * 3)
}
