/** Which steps must run for a frame, at which frames and in which order: from the end back, leaving out what is there already. */
import { type FrameRange, groupStart, offsetsOf } from '../../graph/node/needs.ts'
import { frameAt } from '../../graph/node/rate.ts'
import type { ExecutionPlan, PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import { frameRead, rangeAt } from '../../graph/plan/frames-by-clock.ts'
import { framesAt, isHeldOver, momentOf } from '../../graph/plan/windows.ts'

/** One run of one step. */
export interface Task {
  /** Place of the step in the plan. */
  readonly at: number
  /** Of the step's clock. */
  readonly frame: number
  /** The frame of the result that then is being made. */
  readonly moment: number
  /** What the step reads then. */
  readonly reads: readonly FrameOfValue[]
}

export interface FrameOfValue {
  readonly value: ValueId
  readonly frame: number
}

export interface Demand {
  /** In the order in which they run. */
  readonly tasks: readonly Task[]
  /** Places, ascending, of the steps that the frame needs, whether they run or their results are there. */
  readonly stepsNeeded: readonly number[]
}

export interface DemandRequest {
  /** Frame of the result. */
  readonly index: number
  /** Values to hand out of that frame. */
  readonly targets: readonly ValueId[]
  /**
   * Whether frames are made in order. Then what is held for later frames is made when its time has come, though no
   * step asks for it now: a step that runs at some frames only would find it gone.
   */
  readonly inOrder?: boolean
  /** Whether sinks run. */
  readonly sinks: boolean
  /** Frames of the source that sets the clock. */
  readonly range: FrameRange
  /** Whether a frame of a value is there already; asked once for each that a step writes and somebody wants. */
  isHere(value: ValueId, frame: number): boolean
  /** The same name, the same picture. */
  nameOf(value: ValueId, frame: number): string
}

/**
 * Frames of values that a step reads when it runs at `frame`.
 * @param range frames of the source that sets the clock
 */
export function framesRead(
  { reads, rate }: Pick<PlanStep, 'reads' | 'rate'>,
  values: ExecutionPlan['values'],
  frame: number,
  range: FrameRange,
): readonly FrameOfValue[] {
  // By loops: asked for every step of every frame.
  const readFrames: FrameOfValue[] = []
  for (const { value, frames } of reads)
    for (const offset of offsetsOf(frames))
      readFrames.push({ value, frame: frameRead(frames, frame, offset, rate, values[value]!.rate, range) })
  return readFrames
}

/**
 * Tasks run in the order of what they are made for: a step that runs ahead makes a frame as many frames earlier. So a
 * single frame asked for alone and a whole export hold no more at once than the plan's windows.
 */
export function demandOf(
  { steps, values, rate }: Pick<ExecutionPlan, 'steps' | 'values' | 'rate'>,
  request: DemandRequest,
): Demand {
  const { index, range } = request
  // By loops and small arrays, since it is worked out for every frame: of each value the frames that are wanted, a few at most.
  const wantedByValue: (Wanted[] | undefined)[] = []
  const want = (value: ValueId, ownFrame: number, by: number) => {
    const { period, rate: ownRate } = values[value]!
    const frame = groupStart(period, ownFrame, rangeAt(ownRate, range))
    const demands = wantedByValue[value]
    const demand = demands?.find((one) => one.frame === frame)
    if (demand) demand.by = Math.min(by, demand.by)
    else if (demands) demands.push({ frame, by })
    else wantedByValue[value] = [{ frame, by }]
  }
  for (const value of request.targets) want(value, frameAt(index, rate, values[value]!.rate), index)
  for (const value of request.inOrder ? values : []) {
    if (isHeldOver(value))
      for (const frame of framesAt(value, index, index, rate, range)) want(value.id, frame, Number.POSITIVE_INFINITY)
  }

  const tasks: Task[] = []
  const stepsNeeded: number[] = []
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at]!
    // Where a trim cuts through a slower frame, what that reads stands in for frames before, earlier than is its turn.
    const run = (frame: number, by: number) => {
      const moment = Math.min(by, momentOf(step, frame, rate))
      const reads = framesRead(step, values, frame, range)
      tasks.push({ at, frame, moment, reads })
      for (const frameOfValue of reads) want(frameOfValue.value, frameOfValue.frame, moment)
    }
    if (step.kind === 'sink') {
      if (!request.sinks) continue
      stepsNeeded.push(at)
      run(index, index)
      continue
    }
    const frames = framesWanted(step, wantedByValue)
    if (frames.length === 0) continue
    stepsNeeded.push(at)
    // A clip beside the clock may show one of its frames at several of the clock's.
    const madeNames = frames.length > 1 ? new Set<string>() : undefined
    for (const frame of frames) {
      let [by, isMissing, name] = [Number.POSITIVE_INFINITY, false, '']
      for (const value of step.writes) {
        const demand = wantedByValue[value]?.find((one) => one.frame === frame)
        if (!demand) continue
        by = Math.min(by, demand.by)
        // All of them are asked for, whatever the first says.
        if (!request.isHere(value, frame)) isMissing = true
        if (madeNames) name += `${request.nameOf(value, frame)},`
      }
      if (!isMissing || madeNames?.has(name)) continue
      madeNames?.add(name)
      run(frame, by)
    }
  }
  tasks.sort((a, b) => a.moment - b.moment || a.at - b.at || a.frame - b.frame)
  return { tasks, stepsNeeded: stepsNeeded.reverse() }
}

/** A frame of a value, and the moment by which it is wanted at the latest. */
interface Wanted {
  readonly frame: number
  by: number
}

/** Those of what the step writes, ascending. */
function framesWanted({ writes }: Pick<PlanStep, 'writes'>, wantedByValue: readonly (Wanted[] | undefined)[]) {
  const frames: number[] = []
  for (const value of writes)
    for (const { frame } of wantedByValue[value] ?? []) if (!frames.includes(frame)) frames.push(frame)
  return frames.length > 1 ? frames.sort((a, b) => a - b) : frames
}
