/** Which steps must run for a frame, at which frames and in which order: from the end back, leaving out what is there already. */
import { type FrameRange, frameIn, groupStart, offsetsOf, ownFrame } from '../../graph/node/needs.ts'
import type { ExecutionPlan, PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import { isHeldOver } from '../../graph/plan/windows.ts'

/** One run of one step. */
export interface Task {
  /** Place of the step in the plan. */
  readonly at: number
  /** Of the clock. */
  readonly frame: number
}

export interface Demand {
  /** In the order in which they run. */
  readonly tasks: readonly Task[]
  /** Places, ascending, of the steps that the frame needs, whether they run or their results are there. */
  readonly involved: readonly number[]
}

export interface Asked {
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
  readonly range: FrameRange
  /** Whether a frame of a value is there already; asked once for each that a step writes and somebody wants. */
  isHere(value: ValueId, frame: number): boolean
  /** The same name, the same picture. */
  nameOf(value: ValueId, frame: number): string
}

/** Frames of a value that a step reads when it runs at `frame`. */
export function framesRead(
  { reads }: Pick<PlanStep, 'reads'>,
  frame: number,
  range: FrameRange,
): readonly { readonly value: ValueId; readonly frame: number }[] {
  return reads.flatMap(({ value, frames }) =>
    offsetsOf(frames).map((offset) => ({ value, frame: frameIn(frames, frame, offset, range) })),
  )
}

/**
 * Tasks run in the order of what they are made for: a step that runs ahead makes a frame as many frames earlier. So a
 * single frame asked for alone and a whole export hold no more at once than the plan's windows.
 */
export function demandOf({ steps, values }: Pick<ExecutionPlan, 'steps' | 'values'>, asked: Asked): Demand {
  const { index, range } = asked
  const wanted = new Map<ValueId, Set<number>>()
  const want = (value: ValueId, frame: number) => {
    const frames = wanted.get(value) ?? new Set()
    wanted.set(value, frames.add(groupStart(values[value]!.period, frame, range)))
  }
  for (const value of asked.targets) want(value, index)
  for (const value of asked.inOrder ? values : []) {
    if (!isHeldOver(value)) continue
    for (let offset = -value.window.before; offset <= value.window.after; offset++)
      want(value.id, frameIn(ownFrame, index, offset, range))
  }

  const tasks: Task[] = []
  const involved: number[] = []
  for (const [at, step] of [...steps.entries()].reverse()) {
    const run = (frame: number) => {
      tasks.push({ at, frame })
      for (const read of framesRead(step, frame, range)) want(read.value, read.frame)
    }
    if (step.kind === 'sink') {
      if (!asked.sinks) continue
      involved.unshift(at)
      run(index)
      continue
    }
    const frames = [...new Set(step.writes.flatMap((value) => [...(wanted.get(value) ?? [])]))].sort((a, b) => a - b)
    if (frames.length === 0) continue
    involved.unshift(at)
    // A clip beside the clock may show one of its frames at several of the clock's.
    const made = new Set<string>()
    for (const frame of frames) {
      const here = step.writes.filter((value) => wanted.get(value)?.has(frame))
      if (here.map((value) => asked.isHere(value, frame)).every((there) => there)) continue
      const name = here.map((value) => asked.nameOf(value, frame)).join()
      if (made.has(name)) continue
      made.add(name)
      run(frame)
    }
  }
  const moment = ({ at, frame }: Task) => frame - steps[at]!.ahead
  tasks.sort((a, b) => moment(a) - moment(b) || a.at - b.at || a.frame - b.frame)
  return { tasks, involved }
}
