/** Which frames of the clock an export asks for. */
import type { ExportRequest } from '../door/api.ts'
import type { Clock } from '../run/prepared-graph.ts'

/** Indices of the clock, both inclusive. */
export interface FrameRange {
  readonly first: number
  readonly last: number
}

export const frameCount = ({ first, last }: FrameRange): number => last - first + 1

/** `null`: none. */
export function frameRange(
  clock: Clock,
  request: Pick<ExportRequest, 'start' | 'duration' | 'frames'>,
): FrameRange | null {
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
