/** When each frame of a medium is shown: a table of timestamps, in presentation order. */
import type { Timeline } from './types.ts'

/**
 * @param timestamps seconds, ascending, one a frame; at least one.
 * @param lastDuration seconds that the last frame is shown; every other is shown until the next begins.
 */
export function createTimeline(timestamps: Float64Array, lastDuration: number): Timeline {
  const count = timestamps.length
  const at = (index: number): number => {
    const value = timestamps[index]
    if (value === undefined) throw new RangeError(`There is no frame ${index}; frames run from 0 to ${count - 1}.`)
    return value
  }
  return {
    count,
    timestamp: at,
    duration: (index) => (index === count - 1 ? lastDuration : at(index + 1) - at(index)),
    indexAt(seconds) {
      let low = 0
      let high = count - 1
      while (low < high) {
        const middle = Math.ceil((low + high) / 2)
        // Half a microsecond of slack: timestamps that went through WebCodecs are whole microseconds.
        if (at(middle) <= seconds + 5e-7) low = middle
        else high = middle - 1
      }
      return low
    },
  }
}

/** A timeline of `count` frames at a steady `rate` (frames a second), from 0. */
export function steadyTimeline(count: number, rate: number): Timeline {
  return createTimeline(
    Float64Array.from({ length: count }, (_, index) => index / rate),
    1 / rate,
  )
}
