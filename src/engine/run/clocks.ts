/** When each frame is shown: of the source that sets the clock by its timeline, of what comes more or less often by what that says. */
import type { FlatId } from '../../graph/document/document.ts'
import type { Rate } from '../../graph/node/rate.ts'
import { rangeAt } from '../../graph/plan/frames-by-clock.ts'
import type { Timeline } from '../../media/types.ts'
import type { AnySource, Clock, Clocks } from './prepared-graph.ts'

/** A graph without a source has one moment only. */
const standingStill: Clock = {
  node: null,
  first: 0,
  last: 0,
  time: () => ({ index: 0, timestamp: 0, duration: 0 }),
}

/**
 * The moment in a medium, seconds, at which `index` of a clock of this rate begins: between a frame and the next as far as it lies
 * between their numbers, so that both fields of a frame last equally long whatever the others do.
 */
function momentIn({ count, timestamp, duration }: Timeline, index: number, { frames, of }: Rate): number {
  const place = index * of
  const frame = Math.min(count - 1, Math.floor(place / frames))
  const begin = timestamp(frame)
  const end = frame + 1 < count ? timestamp(frame + 1) : begin + duration(frame)
  return begin + (end - begin) * Math.min(1, (place - frame * frames) / frames)
}

/** @param node of the source that sets the clock; both are absent where there is none */
export function clocksOf(source: Pick<AnySource, 'timeline' | 'range'> | undefined, node: FlatId | null): Clocks {
  if (!source) return { source: { first: 0, last: 0 }, at: () => standingStill }
  const { timeline, range } = source
  const clocksByKey = new Map<string, Clock>()
  const estimated = timeline.estimated ? { estimated: true as const } : {}
  const ownClock: Clock = {
    node,
    ...range,
    ...estimated,
    time: (index) => ({ index, timestamp: timeline.timestamp(index), duration: timeline.duration(index) }),
  }
  const clockAt = (rate: Rate): Clock => ({
    node,
    ...rangeAt(rate, range),
    ...estimated,
    time(index) {
      // A trim may cut through its first frame.
      const timestamp = Math.max(timeline.timestamp(range.first), momentIn(timeline, index, rate))
      return { index, timestamp, duration: momentIn(timeline, index + 1, rate) - timestamp }
    },
  })
  return {
    source: range,
    at(rate) {
      const name = `${rate.frames}/${rate.of}`
      const clock = clocksByKey.get(name) ?? (name === '1/1' ? ownClock : clockAt(rate))
      clocksByKey.set(name, clock)
      return clock
    },
  }
}
