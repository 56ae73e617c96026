/**
 * Which frames of each value are there at once. Frames are made in order; a step that looks ahead has what it reads made
 * earlier, so every step runs a fixed number of frames ahead of the result, and each value is held from the moment
 * its frame is made until the last step that reads that frame has run. What export holds and what a preview holds while it
 * makes one frame from nothing are both within this.
 */
import { commonPeriod, type FrameRange, type FrameSpan, type Period } from '../node/needs.ts'
import { frameAt, isSameRate, quotient, type Rate } from '../node/rate.ts'
import {
  bytesOf,
  type PlannedRead,
  type PlannedValue,
  type PlanStep,
  type ValueId,
  type Window,
} from './execution-plan.ts'
import { rangeAt } from './frames-by-clock.ts'

type Untimed = Omit<PlanStep, 'ahead' | 'period'> & {
  /** Whether its results are others in each frame though what it reads is not. */
  readonly moves: boolean
}

/** How far the span reaches back and ahead, for a step whose own results stay the same for `period` frames. */
function reachOf(span: FrameSpan, period: Period): Window {
  if (!('every' in span)) return span
  // A step that stays the same as long runs at the very frame that it holds.
  return { before: period >= span.every ? 0 : span.every - 1, after: 0 }
}

function periodOf(step: Untimed, periodOfValue: (value: ValueId) => Period, rateOf: (value: ValueId) => Rate): Period {
  let period: Period = step.moves || step.kind === 'sink' ? 1 : Number.POSITIVE_INFINITY
  for (const { value, frames } of step.reads) {
    const ownPeriod = periodOfValue(value)
    // Groups of another clock's frames are none of its own.
    const isOwnClock = isSameRate(rateOf(value), step.rate)
    const readPeriod = isOwnClock || ownPeriod === Number.POSITIVE_INFINITY ? ownPeriod : 1
    const isOwn = 'every' in frames || (frames.before === 0 && frames.after === 0)
    // Around the end of a group both groups are seen.
    const ownPeriodHeld = isOwn ? readPeriod : readPeriod === Number.POSITIVE_INFINITY ? readPeriod : 1
    const isHeld = 'every' in frames && isOwnClock && ownPeriodHeld !== Number.POSITIVE_INFINITY
    period = commonPeriod(period, isHeld ? frames.every : ownPeriodHeld)
  }
  return period
}

/** Whether a step of period `reader` runs at frames within a group of `period` frames, and not only as one begins. */
const readsWithin = (period: Period, reader: Period): boolean =>
  reader < period || (period !== Number.POSITIVE_INFINITY && reader % period !== 0)

/**
 * When a step that runs `ahead` frames ahead has run at `frame`: the frame of the result that then is being made.
 * @param result its rate
 */
export function momentOf({ rate, ahead }: Pick<PlanStep, 'rate' | 'ahead'>, frame: number, result: Rate): number {
  if (isSameRate(rate, result)) return frame - ahead
  const { frames, of } = quotient(result, rate)
  return Math.ceil(((frame - ahead) * frames) / of)
}

/**
 * Which frames of a value a step reads while a frame of the result is made, counted from the value's that is shown when that
 * begins. Where clocks differ the bounds hold for each of the result's frames, and none need reach them.
 */
function framesAround(
  input: PlannedRead,
  of: Rate,
  step: Untimed,
  ahead: number,
  period: Period,
  result: Rate,
): Window {
  // Groups of another clock's frames are none of its own.
  const { before, after } = reachOf(input.frames, isSameRate(of, step.rate) ? period : 1)
  if (isSameRate(step.rate, result) && isSameRate(of, result)) return { before: before - ahead, after: ahead + after }
  // The step's frames for each of the result: so many run while one is made, and one begins so much before it.
  const runs = quotient(step.rate, result)
  const late = isSameRate(of, step.rate) ? 0 : (runs.of - 1) / runs.of
  const first = ahead - (Math.ceil(runs.frames / runs.of) - 1)
  const scale = quotient(of, step.rate)
  return {
    before: before - Math.floor(((first - late) * scale.frames) / scale.of),
    after: after + Math.ceil((ahead * scale.frames) / scale.of),
  }
}

/**
 * Says of each step when it runs, and of each value how long it is held. Steps are in the order in which they run.
 * @param result its rate
 */
export function withTimes(
  steps: readonly Untimed[],
  values: readonly Omit<PlannedValue, 'window' | 'period' | 'lasting'>[],
  targets: readonly ValueId[],
  result: Rate,
): { readonly steps: readonly PlanStep[]; readonly values: readonly PlannedValue[] } {
  const producers = new Map(steps.flatMap((step, i) => step.writes.map((value) => [value, i] as const)))
  const periods: Period[] = []
  const rateOf = (value: ValueId) => values[value]!.rate
  for (const step of steps) periods.push(periodOf(step, (value) => periods[producers.get(value)!]!, rateOf))

  const reads: { readonly input: PlannedRead; readonly reader: number }[][] = values.map(() => [])
  for (const [reader, step] of steps.entries())
    for (const input of step.reads) reads[input.value]!.push({ input, reader })
  const isTarget = new Set(targets)
  const ahead: number[] = steps.map(() => 0)
  const around = ({ input, reader }: { readonly input: PlannedRead; readonly reader: number }) =>
    framesAround(input, rateOf(input.value), steps[reader]!, ahead[reader]!, periods[reader]!, result)
  for (let i = steps.length - 1; i >= 0; i--)
    for (const value of steps[i]!.writes)
      for (const each of reads[value]!) ahead[i] = Math.max(ahead[i]!, around(each).after)

  return {
    steps: steps.map(({ moves: _, ...step }, i) => ({ ...step, ahead: ahead[i]!, period: periods[i]! })),
    values: values.map((value) => {
      const producer = producers.get(value.id)!
      const runs = quotient(value.rate, result)
      const before = Math.max(
        // All that its step makes while one frame of the result is made, since another output of it may be wanted.
        Math.ceil(runs.frames / runs.of) - 1 - ahead[producer]!,
        ...reads[value.id]!.map((each) => around(each).before),
        ...(isTarget.has(value.id) ? [0] : []),
      )
      const period = periods[producer]!
      const readers = reads[value.id]!.map(({ reader }) => reader)
      const outlives = isTarget.has(value.id) || readers.some((reader) => readsWithin(period, periods[reader]!))
      // What is counted by another clock may be there for several frames of those who read it.
      const isOfOtherClock =
        (isTarget.has(value.id) && !isSameRate(result, value.rate)) ||
        readers.some((reader) => !isSameRate(steps[reader]!.rate, value.rate))
      return {
        ...value,
        window: { before, after: ahead[producer]! },
        period,
        lasting: (period > 1 && outlives) || isOfOtherClock,
      }
    }),
  }
}

/**
 * The frames of a value that may be there while frames `from` to `to` of the result are made; some may lie outside the clip.
 * @param source frames of the source that sets the clock: where a trim cuts through a slower frame, the first one there is
 *   stands in for those before it
 */
export function framesAt(
  { window, rate }: Pick<PlannedValue, 'window' | 'rate'>,
  from: number,
  to: number,
  result: Rate,
  source: FrameRange,
): readonly number[] {
  const there = rangeAt(rate, source)
  const within = (frame: number) => Math.min(there.last, Math.max(there.first, frame))
  const first = within(frameAt(from, result, rate)) - window.before
  const last = within(frameAt(to, result, rate)) + window.after
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
}

/** How many frames of the value may be there at once. */
export function framesHeld({ window, period }: Pick<PlannedValue, 'window' | 'period'>): number {
  const wide = window.before + window.after
  return Math.min(wide + 1, Math.ceil(wide / period) + 1)
}

/** Whether the value is held from one frame of the result to the next. */
export const isHeldOver = (value: Pick<PlannedValue, 'window' | 'period' | 'lasting'>): boolean =>
  value.lasting || framesHeld(value) > 1

/**
 * The most bytes that are alive at once: of values, and of what a step borrows while it runs. What is held over goes when the next frame begins, everything else
 * after its last reader.
 */
export function peakBytesOf(
  steps: readonly PlanStep[],
  values: readonly PlannedValue[],
  targets: readonly ValueId[],
  scratchOf: (step: PlanStep) => number = () => 0,
): number {
  const isTarget = new Set(targets)
  const lastReader = new Map<ValueId, number>()
  for (const [i, step] of steps.entries()) for (const { value } of step.reads) lastReader.set(value, i)
  let live = 0
  for (const value of values)
    if (isHeldOver(value)) live += (framesHeld(value) - (value.lasting ? 0 : 1)) * bytesOf(value.desc)
  let peak = live
  for (const [i, step] of steps.entries()) {
    for (const id of step.writes) if (!values[id]!.lasting) live += bytesOf(values[id]!.desc)
    peak = Math.max(peak, live + scratchOf(step))
    for (const id of new Set(step.reads.map(({ value }) => value)))
      if (!isHeldOver(values[id]!) && lastReader.get(id) === i && !isTarget.has(id)) live -= bytesOf(values[id]!.desc)
  }
  return peak
}
