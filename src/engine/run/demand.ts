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
}

export interface Demand {
  /** In the order in which they run. */
  readonly tasks: readonly Task[]
  /** Places, ascending, of the steps that the frame needs, whether they run or their results are there. */
  readonly involved: readonly number[]
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
): readonly { readonly value: ValueId; readonly frame: number }[] {
  // By loops: asked several times for every step of every frame.
  const read: { value: ValueId; frame: number }[] = []
  for (const { value, frames } of reads)
    for (const offset of offsetsOf(frames))
      read.push({ value, frame: frameRead(frames, frame, offset, rate, values[value]!.rate, range) })
  return read
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
  /** Of each value the frames that are wanted, and by when at the latest. */
  const framesByValue = new Map<ValueId, Map<number, number>>()
  const want = (value: ValueId, ownFrame: number, by: number) => {
    const frames = framesByValue.get(value) ?? new Map<number, number>()
    const { period, rate: own } = values[value]!
    const frame = groupStart(period, ownFrame, rangeAt(own, range))
    framesByValue.set(value, frames.set(frame, Math.min(by, frames.get(frame) ?? by)))
  }
  for (const value of request.targets) want(value, frameAt(index, rate, values[value]!.rate), index)
  for (const value of request.inOrder ? values : []) {
    if (isHeldOver(value))
      for (const frame of framesAt(value, index, index, rate, range)) want(value.id, frame, Number.POSITIVE_INFINITY)
  }

  const tasks: Task[] = []
  const involved: number[] = []
  for (const [at, step] of [...steps.entries()].reverse()) {
    // Where a trim cuts through a slower frame, what that reads stands in for frames before, earlier than is its turn.
    const run = (frame: number, by: number) => {
      const moment = Math.min(by, momentOf(step, frame, rate))
      tasks.push({ at, frame, moment })
      for (const read of framesRead(step, values, frame, range)) want(read.value, read.frame, moment)
    }
    if (step.kind === 'sink') {
      if (!request.sinks) continue
      involved.unshift(at)
      run(index, index)
      continue
    }
    const frames = [...new Set(step.writes.flatMap((value) => [...(framesByValue.get(value)?.keys() ?? [])]))].sort(
      (a, b) => a - b,
    )
    if (frames.length === 0) continue
    involved.unshift(at)
    // A clip beside the clock may show one of its frames at several of the clock's.
    const madeNames = new Set<string>()
    for (const frame of frames) {
      const here = step.writes.filter((value) => framesByValue.get(value)?.has(frame))
      if (here.map((value) => request.isHere(value, frame)).every((there) => there)) continue
      const name = here.map((value) => request.nameOf(value, frame)).join()
      if (madeNames.has(name)) continue
      madeNames.add(name)
      run(frame, Math.min(...here.map((value) => framesByValue.get(value)!.get(frame)!)))
    }
  }
  tasks.sort((a, b) => a.moment - b.moment || a.at - b.at || a.frame - b.frame)
  return { tasks, involved }
}
