import { describe, expect, it } from 'vitest'
import { clocksOf } from '../../../../src/engine/run/clocks.ts'
import type { FlatId } from '../../../../src/graph/document/document.ts'
import type { Timeline } from '../../../../src/media/types.ts'

/** Frames that begin at these moments; the last lasts a tenth of a second. */
function timelineOf(times: readonly number[]): Timeline {
  const timestamp = (index: number) => times[index]!
  return {
    count: times.length,
    timestamp,
    duration: (index) => (times[index + 1] ?? timestamp(index) + 0.1) - timestamp(index),
    indexAt: (seconds) =>
      Math.max(
        0,
        times.findLastIndex((time) => time <= seconds),
      ),
  }
}

const uneven = timelineOf([0.5, 0.6, 0.9, 1.0, 1.4])
const clockAt = (frames: number, of: number, range = { first: 0, last: 4 }) =>
  clocksOf({ timeline: uneven, range }, 'clip' as FlatId).at({ frames, of })
const times = ({ first, last, time }: ReturnType<typeof clockAt>) =>
  Array.from({ length: last - first + 1 }, (_, i) => Number(time(first + i).timestamp.toFixed(6)))

describe('clocks', () => {
  it('give the source’s own frames its own times', () => {
    expect(times(clockAt(1, 1))).toEqual([0.5, 0.6, 0.9, 1.0, 1.4])
  })

  it('show two frames for each, the second half-way to the next, however long each lasts', () => {
    const clock = clockAt(2, 1)
    expect(times(clock)).toEqual([0.5, 0.55, 0.6, 0.75, 0.9, 0.95, 1.0, 1.2, 1.4, 1.45])
    const durations = Array.from({ length: 10 }, (_, i) => Number(clock.time(i).duration.toFixed(6)))
    expect(durations).toEqual([0.05, 0.05, 0.15, 0.15, 0.05, 0.05, 0.2, 0.2, 0.05, 0.05])
  })

  it('spread four frames over five, and begin with the trim', () => {
    expect(times(clockAt(4, 5))).toEqual([0.5, 0.675, 0.95, 1.3])
    expect(times(clockAt(4, 5, { first: 3, last: 4 }))).toEqual([1.0, 1.3])
  })

  it('stand still without a source', () => {
    const clock = clocksOf(undefined, null).at({ frames: 2, of: 1 })
    expect([clock.node, clock.first, clock.last, clock.time(0)]).toEqual([
      null,
      0,
      0,
      { index: 0, timestamp: 0, duration: 0 },
    ])
  })
})
