/** Which frames of the clock an export asks for. */
import type { Segment } from '../../media/segments.ts'
import type { SinkContext } from '../../nodes/kernel.ts'
import type { ExportRequest } from '../door/api.ts'
import type { Clock } from '../run/prepared-graph.ts'

/** Indices of the clock, both inclusive. */
export interface FrameRange {
  readonly first: number
  readonly last: number
}

export const frameCount = ({ first, last }: FrameRange): number => last - first + 1

/** The frames as they are numbered in the whole result, from 0. */
export const numbersIn = (clock: Pick<Clock, 'first'>, { first, last }: FrameRange): Segment => ({
  first: first - clock.first,
  next: last + 1 - clock.first,
})

/** The frame of that number in the whole result, and when it is shown there. */
export function frameOf(clock: Clock, number: number) {
  const { index, timestamp, duration } = clock.time(clock.first + number)
  return { index, time: { index: number, timestamp: timestamp - clock.time(clock.first).timestamp, duration } }
}

/** Where the files of a range begin: with its first frame, or with the whole's. */
export function beginOf(clock: Clock, range: FrameRange, keepTimestamps: boolean): SinkContext['begin'] {
  if (keepTimestamps) return { frame: 0, seconds: 0 }
  const { first } = numbersIn(clock, range)
  // Frames carry whole microseconds.
  return { frame: first, seconds: Math.round(frameOf(clock, first).time.timestamp * 1e6) / 1e6 }
}

/** `null`: none. */
export function frameRange(
  clock: Clock,
  request: Pick<ExportRequest, 'range' | 'start' | 'duration' | 'frames'>,
): FrameRange | null {
  if (request.range) {
    const first = clock.first + Math.max(0, request.range.first)
    const last = Math.min(clock.last, clock.first + request.range.next - 1)
    return last < first ? null : { first, last }
  }
  const origin = clock.time(clock.first).timestamp
  const from = origin + (request.start ?? 0)
  const until = request.duration === undefined ? Number.POSITIVE_INFINITY : from + request.duration
  let first = clock.first
  while (first <= clock.last) {
    const { timestamp, duration } = clock.time(first)
    if (timestamp + duration > from + 1e-6) break
    first++
  }
  let last = first - 1
  const maxLast = first + (request.frames ?? Number.POSITIVE_INFINITY) - 1
  while (last < clock.last && last < maxLast && clock.time(last + 1).timestamp < until - 1e-6) last++
  return last < first ? null : { first, last }
}
