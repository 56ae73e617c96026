/**
 * Runs a prepared graph for frames of the result. It knows nothing of any node type.
 *
 *   wanted values ──▶ which steps must run, at which frames (from the end back, leaving out what is there already)
 *   each task     ──▶ lease outputs, record or await, give inputs back at their last use
 *
 * Preview and export run the same steps; they differ in what they ask for and in which results they keep. Frames may be made
 * side by side (see `FramesInFlight`): while one awaits its model or the decoder, others go on.
 */
import { createPassTimer, type PassTimer } from '../../gpu/timing.ts'
import type { FrameRecorder, FrameTime } from '../../gpu/types.ts'
import type { PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import type { RuntimeReport } from '../../models/types.ts'
import { type Demand, demandOf, framesRead } from './demand.ts'
import { NodeFailure } from './errors.ts'
import { FrameNumbers, KnownNumbers, NumberBuffers } from './frame-numbers.ts'
import { type FrameCache, FrameValues } from './frame-values.ts'
import { type FlyingFrame, FramesInFlight } from './frames-in-flight.ts'
import type { EngineParts } from './prepare-request.ts'
import type { Clock, PreparedGraph } from './prepared-graph.ts'
import type { Held } from './result-cache.ts'
import { type FrameSinks, runStep } from './run-step.ts'
import { namesOf } from './value-names.ts'
import type { Windows } from './window-cache.ts'

export interface FrameRequest {
  /** Of the clock's media. */
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

export interface FrameResult extends Disposable {
  readonly time: FrameTime
  /** The pictures among the targets. */
  readonly targets: ReadonlyMap<ValueId, Held>
  /** The numbers among the targets, once the GPU has given them. */
  numbers(): Promise<ReadonlyMap<ValueId, number>>
  /** Resolves once the GPU has said how long its passes took. */
  reports(): Promise<readonly StepReport[]>
}

export interface Executor extends Disposable {
  /**
   * May be called again before it has resolved, to make the next frame of the same graph side by side with this one. Rejects
   * with `NodeFailure`, or with the signal's reason; frames begun after it then reject likewise.
   */
  run(prepared: PreparedGraph, request: FrameRequest): Promise<FrameResult>
  /**
   * For each picture among the plan's targets at frame `index` the names that `cache` may know it by: of the part that is wanted,
   * and of the whole picture.
   */
  targetKeys(prepared: PreparedGraph, index: number): readonly (readonly string[])[]
  /** Submits so far; for tests and the bench. */
  readonly submits: number
}

interface Spent {
  /** Of the step's calls, by the wall clock. */
  readonly wall: number
  /** Of that the CPU computed. */
  readonly worked: number
  readonly runs: number
}

const nothingSpent: Spent = { wall: 0, worked: 0, runs: 0 }

/** A frame while its tasks run. */
interface Run {
  readonly prepared: PreparedGraph
  readonly request: FrameRequest
  readonly recorder: FrameRecorder
  readonly timer: PassTimer | undefined
  readonly values: FrameValues
  readonly numbers: FrameNumbers
  readonly flying: FlyingFrame
  /** What earlier frames under way are making for this one, by `keyOf`. */
  readonly coming: ReadonlyMap<string, Promise<void>>
  readonly demand: Demand
}

export function createExecutor({ gpu }: EngineParts): Executor {
  const idleTimers: PassTimer[] = []
  const known = new KnownNumbers()
  const buffers = new NumberBuffers(gpu.device)
  const flights = new WeakMap<PreparedGraph, FramesInFlight>()
  let submits = 0

  function flightOf(prepared: PreparedGraph): FramesInFlight {
    const flight = flights.get(prepared) ?? new FramesInFlight()
    flights.set(prepared, flight)
    return flight
  }

  function begin(prepared: PreparedGraph, request: FrameRequest): Run {
    const { index, targets, windows } = request
    const { clock, names } = prepared
    const nameOf = (value: ValueId, frame: number) => names.at(value, frame)
    const timer = request.timed ? (idleTimers.pop() ?? createPassTimer(gpu.device)) : undefined
    const recorder = gpu.recorder(() => timer?.timestampWrites())
    const numbers = new FrameNumbers(buffers, known, recorder)
    const cache = windows?.cache ?? request.cache
    const values = new FrameValues(prepared, { numbers, pool: gpu.pool, cache, nameOf })
    const flying = flightOf(prepared).begin(index)
    const coming = new Map<string, Promise<void>>()
    const demand = demandOf(prepared.plan, {
      index,
      targets,
      inOrder: windows !== undefined,
      sinks: request.sinks !== undefined,
      range: clock,
      isHere(value, frame) {
        if (values.isHere(value, frame)) return true
        const key = values.keyOf(value, frame)
        const made = flying.coming(key)
        if (made) coming.set(key, made)
        return made !== undefined
      },
      nameOf,
    })
    const { steps, plan } = prepared
    flying.moment = Math.min(index, ...demand.tasks.map(({ at, frame }) => frame - steps[at]!.step.ahead))
    flying.plan(demand.tasks, ({ at, frame }) =>
      steps[at]!.step.writes.filter(
        (value) => plan.values[value]!.desc.type === 'number' || windows?.cache.keep(value),
      ).map((value) => values.keyOf(value, frame)),
    )
    return { prepared, request, recorder, timer, values, numbers, flying, coming, demand }
  }

  /** Takes hold of what earlier frames have made for this one. */
  async function takeComing({ values, coming }: Run, reads: Iterable<Read>): Promise<void> {
    for (const { value, frame, key } of reads) {
      const made = coming.get(key)
      if (!made) continue
      await made
      if (!values.isHere(value, frame)) throw new Error(`value ${value} of frame ${frame} was let go of too early`)
    }
  }

  async function runTasks(run: Run): Promise<ReadonlyMap<number, Spent>> {
    const { prepared, request, recorder, timer, values, numbers, flying, coming } = run
    const { signal, sinks, windows, index } = request
    const { tasks } = run.demand
    const { clock, names, steps } = prepared
    const spent = new Map<number, Spent>()
    const readers = countReaders(prepared, tasks, values)
    const isTarget = new Set(request.targets.map((value) => values.keyOf(value, index)))
    const isNumber = (value: ValueId) => prepared.plan.values[value]!.desc.type === 'number'
    let moment: number | undefined
    for (const task of tasks) {
      const { at, frame } = task
      const current = steps[at]!
      const { step } = current
      signal.throwIfAborted()
      const turn = flying.turn(at)
      if (turn) {
        await turn
        signal.throwIfAborted()
      }
      if (moment !== frame - step.ahead) {
        moment = frame - step.ahead
        flying.moment = moment
        windows?.moveTo(...flightOf(prepared).moments)
      }
      const reads = distinctReads(prepared, step, frame, values)
      if (coming.size > 0)
        await takeComing(run, step.kind === 'sink' ? reads.filter(({ value }) => !isNumber(value)) : reads)
      const began = performance.now()
      let isPassed = false
      try {
        if (step.kind !== 'sink')
          for (const { value, frame: read } of numbersRead(step, frame, clock)) await numbers.now(names.at(value, read))
        // Of several outputs one may be there while another is not: all are made again.
        if (step.kind !== 'number') for (const value of step.writes) values.lease(value, frame)
        timer?.attribute(at)
        await runStep(gpu, recorder, current, {
          prepared,
          time: clock.time(frame),
          signal,
          sinks,
          picture: (value, of) => values.picture(value, of),
          numberTexture: (value) => values.numberTexture(value),
          number: (value, of) => numbers.get(names.at(value, of)),
          later(value, of) {
            const name = names.at(value, of)
            const made = numbers.has(name) ? undefined : coming.get(values.keyOf(value, of))
            return made ? made.then(() => numbers.get(name)) : numbers.later(name)
          },
          give: (value, of, number) => numbers.set(names.at(value, of), number),
          begun() {
            isPassed = true
            flying.passed(task)
          },
        })
      } catch (error) {
        throw error instanceof NodeFailure || signal.aborted ? error : new NodeFailure(step.nodes[0]!, error)
      }
      const before = spent.get(at) ?? nothingSpent
      spent.set(at, {
        wall: before.wall + performance.now() - began,
        worked: before.worked + recorder.takeWorked(),
        runs: before.runs + 1,
      })
      for (const value of step.writes) {
        const key = values.keyOf(value, frame)
        values.keep(value, frame)
        // A number of the GPU's is there once it is read.
        if (step.kind === 'number' || !isNumber(value)) flying.made(key)
        if (!readers.has(key) && !isTarget.has(key)) values.release(value, frame)
      }
      if (!isPassed) flying.passed(task)
      for (const { value, frame: read, key } of reads) {
        const left = readers.get(key)! - 1
        readers.set(key, left)
        if (left === 0 && !isTarget.has(key)) values.release(value, read)
      }
    }
    return spent
  }

  async function runFrame(prepared: PreparedGraph, request: FrameRequest): Promise<FrameResult> {
    const { index, targets: wanted } = request
    const { clock, names } = prepared
    const run = begin(prepared, request)
    const { recorder, timer, values, numbers, flying, demand } = run
    try {
      const spent = await runTasks(run)
      await takeComing(
        run,
        wanted.map((value) => ({ value, frame: index, key: values.keyOf(value, index) })),
      )
      for (const value of wanted) values.cutOut(value, index, recorder)
      timer?.attribute(undefined)
      const readTimes = timer?.resolve(recorder)
      recorder.submit()
      gpu.pool.endFrame()
      const read = numbers.read()
      // Whoever asks for the numbers is told of a failure; that the device is gone, everybody is told.
      read.then(
        () => flying.end(),
        (error: unknown) => flying.end({ error }),
      )
      const targets = values.handOut(wanted, index)
      return {
        time: clock.time(index),
        targets,
        async numbers() {
          await read
          const wantedNumbers = wanted.filter((value) => prepared.plan.values[value]!.desc.type === 'number')
          return new Map(wantedNumbers.map((value) => [value, numbers.get(names.at(value, index))]))
        },
        async reports() {
          const gpuTimes = await readTimes?.()
          return demand.involved.map((at) => {
            const current = prepared.steps[at]!
            const { wall, worked, runs } = spent.get(at) ?? nothingSpent
            const waits = current.kind === 'async' || current.kind === 'source' || current.kind === 'sink'
            const byClock = gpuTimes && (waits || gpuTimes.has(at))
            return {
              step: current.step,
              milliseconds: byClock ? (gpuTimes.get(at) ?? 0) + worked : wall,
              waiting: byClock && waits ? Math.max(0, wall - worked) : 0,
              cached: runs === 0,
              runs,
              runtime: 'slot' in current ? current.slot.instance.report : undefined,
            }
          })
        },
        [Symbol.dispose]() {
          for (const value of targets.values()) value[Symbol.dispose]()
        },
      }
    } catch (error) {
      timer?.discard()
      // What was recorded must not linger: its textures are about to be lent to somebody else.
      recorder.submit()
      values.releaseAll()
      numbers.discard()
      flying.end({ error })
      throw error
    } finally {
      if (timer) idleTimers.push(timer)
      submits += recorder.submits
    }
  }

  return {
    run: runFrame,
    targetKeys: (prepared, index) =>
      prepared.plan.targets
        .filter((target) => prepared.plan.values[target]!.desc.type !== 'number')
        .map((target) => namesOf(prepared, target, prepared.names.at(target, index))),
    get submits() {
      return submits
    },
    [Symbol.dispose]() {
      for (const timer of idleTimers) timer[Symbol.dispose]()
      buffers[Symbol.dispose]()
    },
  }
}

/** The numbers among what a step reads at `frame`. */
const numbersRead = (step: PlanStep, frame: number, clock: Clock) =>
  step.reads.some((read) => read.as === 'number')
    ? framesRead({ reads: step.reads.filter((read) => read.as === 'number') }, frame, clock)
    : []

interface Read {
  readonly value: ValueId
  readonly frame: number
  readonly key: string
}

/** What a step reads at `frame`, each picture once: frames beyond the ends of the clip are those at the ends. */
function distinctReads({ clock }: PreparedGraph, step: PlanStep, frame: number, values: FrameValues): readonly Read[] {
  const reads = framesRead(step, frame, clock).map((read) => ({ ...read, key: values.keyOf(read.value, read.frame) }))
  return [...new Map(reads.map((read) => [read.key, read])).values()]
}

/** How many tasks read each picture. */
function countReaders(prepared: PreparedGraph, tasks: Demand['tasks'], values: FrameValues): Map<string, number> {
  const readers = new Map<string, number>()
  for (const { at, frame } of tasks)
    for (const { key } of distinctReads(prepared, prepared.steps[at]!.step, frame, values))
      readers.set(key, (readers.get(key) ?? 0) + 1)
  return readers
}
