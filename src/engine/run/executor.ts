/**
 * Runs a prepared graph for frames of the result. It knows nothing of any node type.
 *
 *   wanted values ──▶ which steps must run, at which frames (from the end back, leaving out what is there already)
 *   each task     ──▶ lease outputs, record or await, give inputs back at their last use
 *
 * Preview and export run the same steps; they differ in what they ask for and in which results they keep. Frames may be made
 * side by side (see `FramesInFlight`): while one awaits its model or the decoder, others go on.
 */

import { PassTimer } from '../../gpu/timing.ts'
import type { FrameTime, Gpu } from '../../gpu/types.ts'
import { isNumberDesc } from '../../graph/node/ports.ts'
import type { ValueId } from '../../graph/plan/execution-plan.ts'
import { CodeWatch } from './code-watch.ts'
import { demandOf } from './demand.ts'
import { type DrivenNumbers, drivenNumbers } from './driven-numbers.ts'
import { FrameNumbers, KnownNumbers, NumberBuffers } from './frame-numbers.ts'
import { type FrameRequest, FrameRun, type StepReport, shownAt } from './frame-run.ts'
import { FrameValues } from './frame-values.ts'
import { FramesInFlight } from './frames-in-flight.ts'
import type { EngineParts } from './prepare-request.ts'
import type { PreparedGraph } from './prepared-graph.ts'
import type { PinnedPicture } from './result-cache.ts'
import { namesOf } from './value-names.ts'

export interface FrameResult extends Disposable {
  readonly time: FrameTime
  /** The pictures among the targets. */
  readonly targets: ReadonlyMap<ValueId, PinnedPicture>
  /** The numbers among the targets, once the GPU has given them. */
  numbers(): Promise<ReadonlyMap<ValueId, number>>
  /** What drives params at this frame, of those that played a part in it now or when it was made; once the GPU has given them. */
  drivenNumbers(): Promise<DrivenNumbers>
  /** Rejects with a `NodeFailure` where a person's code went wrong, or what a model gave is no picture: none is then to be used. */
  checked(): Promise<void>
  /** Resolves once the GPU has said how long its passes took. */
  reports(): Promise<readonly StepReport[]>
}

/** Takes what is found out later into `findings`; whoever takes it from there is told of what was wrong. */
const noteIn = (findings: Promise<void>[]) => (finding: Promise<void>) => {
  finding.catch(() => undefined)
  findings.push(finding)
}

export class Executor implements Disposable {
  readonly #gpu: Gpu
  readonly #download: EngineParts['download']
  /** Of frames that are made, for the next ones that are timed. */
  readonly #idleTimers: PassTimer[] = []
  readonly #knownNumbers = new KnownNumbers()
  readonly #buffers: NumberBuffers
  readonly #watch: CodeWatch
  readonly #flights = new WeakMap<PreparedGraph, FramesInFlight>()
  #submits = 0

  constructor({ gpu, codeLimitMs, download }: EngineParts) {
    this.#gpu = gpu
    this.#download = download
    this.#buffers = new NumberBuffers(gpu.device)
    this.#watch = new CodeWatch(gpu.device, codeLimitMs)
  }

  /** Submits so far; for tests and the bench. */
  get submits(): number {
    return this.#submits
  }

  /**
   * May be called again before it has resolved, to make the next frame of the same graph side by side with this one. Rejects
   * with `NodeFailure`, or with the signal's reason; frames begun after it then reject likewise.
   */
  async run(preparedGraph: PreparedGraph, request: FrameRequest): Promise<FrameResult> {
    const { index, targets: targetIds } = request
    const { clock, names } = preparedGraph
    const run = this.#begin(preparedGraph, request)
    const frameShown = (value: ValueId) => shownAt(preparedGraph, value, index)
    const { recorder, timer, values, numbers, code, inFlight } = run.parts
    try {
      await run.runTasks()
      await run.takeComing(
        targetIds.map((value) => ({ value, frame: frameShown(value), key: values.keyOf(value, frameShown(value)) })),
      )
      for (const value of targetIds) values.cutOut(value, frameShown(value), recorder)
      timer?.attribute(undefined)
      const readTimes = timer?.resolve(recorder)
      recorder.submit()
      this.#gpu.pool.endFrame()
      const reading = numbers.read()
      // Whoever asks for the numbers is told of a failure; that the device is gone, everybody is told.
      reading.then(
        () => inFlight.end(),
        (error: unknown) => inFlight.end({ error }),
      )
      const checking = Promise.all([code.read(), run.findings()]).then(
        () => undefined,
        (error: unknown) => {
          // What was measured of it is as wrong, and would be believed.
          this.#knownNumbers.clear()
          throw error
        },
      )
      checking.catch(() => undefined)
      const targets = values.handOut(targetIds, frameShown)
      return {
        time: clock.time(index),
        targets,
        async numbers() {
          await reading
          const wantedNumbers = targetIds.filter((value) => isNumberDesc(preparedGraph.plan.values[value]!.desc))
          return new Map(wantedNumbers.map((value) => [value, numbers.get(names.at(value, frameShown(value)))]))
        },
        drivenNumbers: () =>
          reading.then(() => drivenNumbers(preparedGraph, index, (name) => this.#knownNumbers.get(name))),
        checked: () => checking,
        reports: async () => run.reports(await readTimes?.()),
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
      code.discard()
      inFlight.end({ error })
      throw error
    } finally {
      if (timer) this.#idleTimers.push(timer)
      this.#submits += recorder.submits
    }
  }

  /**
   * For each picture among the plan's targets at frame `index` the names that `cache` may know it by: of the part that is wanted,
   * and of the whole picture.
   */
  targetKeys(preparedGraph: PreparedGraph, index: number): readonly (readonly string[])[] {
    return preparedGraph.plan.targets
      .filter((target) => !isNumberDesc(preparedGraph.plan.values[target]!.desc))
      .map((target) =>
        namesOf(preparedGraph, target, preparedGraph.names.at(target, shownAt(preparedGraph, target, index))),
      )
  }

  [Symbol.dispose](): void {
    for (const timer of this.#idleTimers) timer[Symbol.dispose]()
    this.#buffers[Symbol.dispose]()
    this.#watch[Symbol.dispose]()
  }

  #flightOf(preparedGraph: PreparedGraph): FramesInFlight {
    const flight = this.#flights.get(preparedGraph) ?? new FramesInFlight()
    this.#flights.set(preparedGraph, flight)
    return flight
  }

  #begin(preparedGraph: PreparedGraph, request: FrameRequest): FrameRun {
    const { index, targets, windows } = request
    const { clocks, names } = preparedGraph
    const timer = request.timed ? (this.#idleTimers.pop() ?? PassTimer.of(this.#gpu.device)) : undefined
    const findings: Promise<void>[] = []
    const noteFinding = noteIn(findings)
    const recorder = this.#gpu.recorder(() => timer?.timestampWrites(), noteFinding)
    const numbers = new FrameNumbers(this.#buffers, this.#knownNumbers, recorder)
    const code = this.#watch.frame(recorder)
    const cache = windows?.cache ?? request.cache
    const values = new FrameValues(preparedGraph, { numbers, pool: this.#gpu.pool, cache, names })
    const flight = this.#flightOf(preparedGraph)
    const inFlight = flight.begin(index)
    const upcomingValues = new Map<string, Promise<void>>()
    const demand = demandOf(preparedGraph.plan, {
      index,
      targets,
      inOrder: windows !== undefined,
      sinks: request.sinks !== undefined,
      range: clocks.source,
      isHere(value, frame) {
        if (values.isHere(value, frame)) return true
        const key = values.keyOf(value, frame)
        const promise = inFlight.arrivalOf(key)
        if (promise) upcomingValues.set(key, promise)
        return promise !== undefined
      },
      nameOf: (value, frame) => names.at(value, frame),
    })
    const { steps, plan } = preparedGraph
    // The first task is the one with the earliest.
    inFlight.moment = Math.min(index, demand.tasks[0]?.moment ?? index)
    inFlight.plan(demand.tasks, ({ at, frame }) =>
      steps[at]!.step.writes.filter((value) => isNumberDesc(plan.values[value]!.desc) || cache?.keep(value)).map(
        (value) => values.keyOf(value, frame),
      ),
    )
    return new FrameRun({
      gpu: this.#gpu,
      preparedGraph,
      request,
      recorder,
      timer,
      findings,
      noteFinding,
      values,
      numbers,
      code,
      flight,
      inFlight,
      upcomingValues,
      demand,
      readable: this.#download.readable,
    })
  }
}
