/**
 * One frame of a result while its tasks run: what each of them reads is there before it starts, and is given back at its
 * last use.
 */

import type { PassTimer } from '../../gpu/timing.ts'
import type {
  FrameRecorder,
  FrameTime,
  Gpu,
  GpuNumber,
  GpuPicture,
  GpuScalar,
  MadePicture,
  PictureView,
} from '../../gpu/types.ts'
import { NodeFailure } from '../../graph/document/node-failure.ts'
import { isNumberDesc } from '../../graph/node/ports.ts'
import { frameAt } from '../../graph/node/rate.ts'
import type { PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import type { RuntimeReport } from '../../models/types.ts'
import type { FrameCodeWatch } from './code-watch.ts'
import { type Demand, framesRead, type Task } from './demand.ts'
import type { FrameNumbers } from './frame-numbers.ts'
import type { FrameCache, FrameValues } from './frame-values.ts'
import type { FlyingFrame, FramesInFlight } from './frames-in-flight.ts'
import type { PreparedGraph, PreparedStep } from './prepared-graph.ts'
import { type FrameSinks, runStep, type StepFrame } from './run-step.ts'
import type { Windows } from './window-cache.ts'

export interface FrameRequest {
  /** Of the result. */
  readonly index: number
  /** Values to hand out; the caller disposes them. */
  readonly targets: readonly ValueId[]
  readonly signal: AbortSignal
  /** Where results are looked up; those for which `keep` holds stay there. */
  readonly cache?: FrameCache
  /** In place of a cache, where frames are made in order: what the next frames will read stays there. */
  readonly windows?: Windows
  readonly sinks?: FrameSinks
  /** Ask the GPU how long passes took; `reports` must then be called. */
  readonly timed: boolean
  /** Told of the steps that will run, in their order; what it returns, of the place of each there as it begins, and of their number at the end. */
  readonly follow?: (steps: readonly PlanStep[]) => (task: number) => void
}

export interface StepReport {
  readonly step: PlanStep
  /** Passes by the GPU's own clock where it has one, and what the CPU computed for it; else wall time of the step's calls. */
  readonly milliseconds: number
  /** Beyond the CPU's work, for what it awaited: the decoder, the GPU's queue, the encoder. 0 where the GPU has no clock. */
  readonly waiting: number
  readonly cached: boolean
  /** How often it ran: more than once where frames around the one asked for were made too. */
  readonly runs: number
  readonly runtime: RuntimeReport | undefined
}

interface Spent {
  /** Of the step's calls, by the wall clock. */
  readonly wall: number
  /** Of that the CPU computed. */
  readonly computing: number
  readonly runs: number
}

const nothingSpent: Spent = { wall: 0, computing: 0, runs: 0 }

interface FrameRunParts {
  readonly gpu: Gpu
  readonly preparedGraph: PreparedGraph
  readonly request: FrameRequest
  readonly recorder: FrameRecorder
  readonly timer: PassTimer | undefined
  /** What `noteFinding` and `recorder.foundLater` were told, until it is known of which step. */
  readonly findings: Promise<void>[]
  readonly noteFinding: (finding: Promise<void>) => void
  readonly values: FrameValues
  readonly numbers: FrameNumbers
  readonly code: FrameCodeWatch
  /** All frames of the graph that are under way, and this one among them. */
  readonly flight: FramesInFlight
  readonly inFlight: FlyingFrame
  /** What earlier frames under way are making for this one, by `keyOf`. */
  readonly upcomingValues: ReadonlyMap<string, Promise<void>>
  readonly demand: Demand
  /** See `StepFrame`. */
  readonly readable: (view: PictureView) => Promise<void>
}

export class FrameRun {
  readonly parts: FrameRunParts
  /** By step. */
  readonly #timesSpent = new Map<number, Spent>()
  /** What each task reads. */
  readonly #reads = new Map<Task, readonly Read[]>()
  /** How many tasks have yet to read each picture. */
  readonly #readers = new Map<string, number>()
  readonly #isTarget: ReadonlySet<string>
  #moment: number | undefined
  readonly #findings: Promise<void>[] = []

  constructor(parts: FrameRunParts) {
    this.parts = parts
    const { preparedGraph, demand, values, request } = parts
    for (const task of demand.tasks) {
      const reads = distinctReads(task, values)
      this.#reads.set(task, reads)
      for (const { key } of reads) this.#readers.set(key, (this.#readers.get(key) ?? 0) + 1)
    }
    this.#isTarget = new Set(
      request.targets.map((value) => values.keyOf(value, shownAt(preparedGraph, value, request.index))),
    )
  }

  /** Rejects with `NodeFailure`, or with the signal's reason. */
  async runTasks(): Promise<void> {
    const { demand, preparedGraph, request } = this.parts
    const begins = request.follow?.(demand.tasks.map(({ at }) => preparedGraph.steps[at]!.step))
    for (const [place, task] of demand.tasks.entries()) {
      begins?.(place)
      await this.#runTask(task)
    }
    begins?.(demand.tasks.length)
  }

  /** Takes hold of what earlier frames have made for this one. */
  async takeComing(reads: Iterable<Read>): Promise<void> {
    const { values, upcomingValues } = this.parts
    for (const { value, frame, key } of reads) {
      const arrival = upcomingValues.get(key)
      if (!arrival) continue
      await arrival
      if (!values.isHere(value, frame)) throw new Error(`value ${value} of frame ${frame} was let go of too early`)
    }
  }

  /** @param gpuTimes of the passes of each step, in milliseconds; `undefined`: the GPU has no clock */
  reports(gpuTimes: ReadonlyMap<number, number> | undefined): readonly StepReport[] {
    const { demand, preparedGraph } = this.parts
    return demand.stepsNeeded.map((at) => {
      const current = preparedGraph.steps[at]!
      const { wall, computing, runs } = this.#timesSpent.get(at) ?? nothingSpent
      const waits = current.kind === 'async' || current.kind === 'source' || current.kind === 'sink'
      const byClock = gpuTimes && (waits || gpuTimes.has(at))
      return {
        step: current.step,
        milliseconds: byClock ? (gpuTimes.get(at) ?? 0) + computing : wall,
        waiting: byClock && waits ? Math.max(0, wall - computing) : 0,
        cached: runs === 0,
        runs,
        runtime: 'slot' in current ? current.slot.instance.report : undefined,
      }
    })
  }

  /** Resolves once all is known that nodes find out of the frame later. Rejects with the `NodeFailure` of the first that was wrong. */
  async findings(): Promise<void> {
    await Promise.all(this.#findings)
  }

  #takeFindings(step: PlanStep): void {
    for (const finding of this.parts.findings.splice(0)) {
      const attributedFinding = finding.catch((error: unknown) => {
        throw error instanceof NodeFailure ? error : new NodeFailure(step.nodes[0]!, error)
      })
      // Whoever awaits `findings` hears of it; it may be wrong before anybody does.
      attributedFinding.catch(() => undefined)
      this.#findings.push(attributedFinding)
    }
  }

  async #runTask(task: Task): Promise<void> {
    const { preparedGraph, request, recorder, inFlight, upcomingValues } = this.parts
    const { at, frame } = task
    const current = preparedGraph.steps[at]!
    const { step } = current
    request.signal.throwIfAborted()
    const turn = inFlight.turn(at)
    if (turn) {
      await turn
      request.signal.throwIfAborted()
    }
    this.#arrive(task.moment)
    const reads = this.#reads.get(task)!
    if (upcomingValues.size > 0)
      await this.takeComing(step.kind === 'sink' ? reads.filter(({ value }) => !this.#isNumber(value)) : reads)
    const began = performance.now()
    let isPassed = false
    const pass = () => {
      isPassed = true
      inFlight.passed(task)
    }
    try {
      await this.#runStep(current, task, pass)
    } catch (error) {
      throw error instanceof NodeFailure || request.signal.aborted ? error : new NodeFailure(step.nodes[0]!, error)
    }
    const before = this.#timesSpent.get(at) ?? nothingSpent
    this.#timesSpent.set(at, {
      wall: before.wall + performance.now() - began,
      computing: before.computing + recorder.takeWorked(),
      runs: before.runs + 1,
    })
    this.#takeFindings(step)
    this.#keepResults(step, frame)
    if (!isPassed) pass()
    this.#giveBack(reads)
  }

  /** Lets go of what no frame under way reads from `moment` on. */
  #arrive(moment: number): void {
    if (moment === this.#moment) return
    this.#moment = moment
    const { request, flight, inFlight } = this.parts
    inFlight.moment = moment
    request.windows?.moveTo(...flight.moments)
  }

  async #runStep(current: PreparedStep, task: Task, begun: () => void): Promise<void> {
    const { gpu, preparedGraph, recorder, timer, values, numbers } = this.parts
    const { step } = current
    const { at, frame } = task
    for (const { value, frame: frameRead } of awaited(preparedGraph, current, frame))
      await numbers.now(preparedGraph.names.at(value, frameRead))
    // Of several outputs one may be there while another is not: all are made again.
    if (step.kind !== 'number') for (const value of step.writes) values.lease(value, frame)
    timer?.attribute(at)
    const time = preparedGraph.clocks.at(step.rate).time(frame)
    await runStep(gpu, recorder, current, new FrameOfStep(this.parts, this.#isTarget, time, begun))
  }

  /** Hands what a step has made to whoever will read it, and back what nobody will. */
  #keepResults(step: PlanStep, frame: number): void {
    const { values, inFlight } = this.parts
    for (const value of step.writes) {
      const key = values.keyOf(value, frame)
      values.keep(value, frame)
      // A number of the GPU's is there once it is read.
      if (step.kind === 'number' || !this.#isNumber(value)) inFlight.settle(key)
      if (!this.#readers.has(key) && !this.#isTarget.has(key)) values.release(value, frame)
    }
  }

  #giveBack(reads: readonly Read[]): void {
    for (const { value, frame, key } of reads) {
      const readersLeft = this.#readers.get(key)! - 1
      this.#readers.set(key, readersLeft)
      if (readersLeft === 0 && !this.#isTarget.has(key)) this.parts.values.release(value, frame)
    }
  }

  #isNumber(value: ValueId): boolean {
    return isNumberDesc(this.parts.preparedGraph.plan.values[value]!.desc)
  }
}

/** The frame of a value that is shown when frame `index` of the result begins. */
export const shownAt = ({ plan }: Pick<PreparedGraph, 'plan'>, value: ValueId, index: number): number =>
  frameAt(index, plan.rate, plan.values[value]!.rate)

/** The numbers that must have been read back before a step runs at `frame`: not a sink's, nor what a shader takes as it is on the GPU. */
function awaited({ plan, clocks }: PreparedGraph, current: PreparedStep, frame: number) {
  const { reads, rate, kind } = current.step
  if (kind === 'sink') return []
  const numbers = reads.filter(
    ({ as, value }) => as === 'number' && (current.kind !== 'pixel' || current.awaitedNumbers.has(value)),
  )
  return numbers.length > 0 ? framesRead({ reads: numbers, rate }, plan.values, frame, clocks.source) : []
}

interface Read {
  readonly value: ValueId
  readonly frame: number
  readonly key: string
}

/** What a task reads, each picture once: frames beyond the ends of the clip are those at the ends. */
function distinctReads({ reads: all }: Task, values: FrameValues): readonly Read[] {
  const reads: Read[] = []
  for (const { value, frame } of all) {
    const key = values.keyOf(value, frame)
    if (!reads.some((other) => other.key === key)) reads.push({ value, frame, key })
  }
  return reads
}

/** What one run of a step is given. A class, since there is one for every step of every frame. */
class FrameOfStep implements StepFrame {
  readonly #parts: FrameRunParts
  readonly #isTarget: ReadonlySet<string>
  readonly time: FrameTime
  readonly begun: () => void

  constructor(parts: FrameRunParts, isTarget: ReadonlySet<string>, time: FrameTime, begun: () => void) {
    this.#parts = parts
    this.#isTarget = isTarget
    this.time = time
    this.begun = begun
  }

  get preparedGraph(): PreparedGraph {
    return this.#parts.preparedGraph
  }

  get signal(): AbortSignal {
    return this.#parts.request.signal
  }

  get sinks(): FrameSinks | undefined {
    return this.#parts.request.sinks
  }

  get code(): FrameCodeWatch {
    return this.#parts.code
  }

  picture(value: ValueId, frame: number): GpuPicture {
    return this.#parts.values.picture(value, frame)
  }

  made(value: ValueId, frame: number): MadePicture {
    const { values, preparedGraph } = this.#parts
    const isViewable = preparedGraph.viewable.has(value) && !this.#isTarget.has(values.keyOf(value, frame))
    return values.made(value, frame, isViewable)
  }

  readable(view: PictureView): Promise<void> {
    return this.#parts.readable(view)
  }

  numberTexture(value: ValueId): GpuNumber {
    return this.#parts.values.numberTexture(value)
  }

  number(value: ValueId, frame: number): number {
    return this.#parts.numbers.get(this.preparedGraph.names.at(value, frame))
  }

  unread(value: ValueId, frame: number): GpuScalar | undefined {
    return this.#parts.numbers.unread(this.preparedGraph.names.at(value, frame))
  }

  noteFinding(finding: Promise<void>): void {
    this.#parts.noteFinding(finding)
  }

  later(value: ValueId, frame: number): Promise<number> {
    const { numbers, upcomingValues, values } = this.#parts
    const name = this.preparedGraph.names.at(value, frame)
    const arrival = numbers.has(name) ? undefined : upcomingValues.get(values.keyOf(value, frame))
    return arrival ? arrival.then(() => numbers.get(name)) : numbers.later(name)
  }

  give(value: ValueId, frame: number, number: number): void {
    this.#parts.numbers.set(this.preparedGraph.names.at(value, frame), number)
  }
}
