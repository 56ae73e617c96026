/** What of a lane is drawn where, before any canvas. */
import type { MeasuredLane } from '../store/lanes.ts'

/** The scale of a number: what it is sure to lie within where that is known and filled, else what was measured. */
export function laneScale({
  values,
  desc,
}: Pick<MeasuredLane, 'values' | 'desc'>): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (low > high) return [desc.min ?? 0, desc.max ?? 1]
  if (desc.isMark) return [0, 1]
  // What cannot be below 0 is read by how far above it is.
  if (desc.min === 0 && desc.worst !== 'lowest') low = 0
  const room = high > low ? (high - low) * 0.08 : Math.abs(high) * 0.1 || 1
  return [low === 0 ? 0 : low - room, high + room]
}

/** Runs of frames without a number, as indices into `values`; the end exclusive. */
export function gapsOf(values: Float32Array): readonly (readonly [from: number, to: number])[] {
  const gaps: [number, number][] = []
  for (const [i, value] of values.entries()) {
    if (!Number.isNaN(value)) continue
    const last = gaps.at(-1)
    if (last && last[1] === i) last[1] = i + 1
    else gaps.push([i, i + 1])
  }
  return gaps
}
