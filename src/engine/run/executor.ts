/**
 * Runs a prepared graph, one frame at a time. It knows nothing of any node type.
 *
 *   wanted values ──▶ which steps must run (from the end back, leaving out what is kept already)
 *   each step     ──▶ lease outputs, record or await, give inputs back at their last use
 *
 * Preview and export run the same steps; they differ in what they ask for and in which results they keep.
 */
import { createRecorder } from '../../gpu/recorder.ts'
import { createPassTimer } from '../../gpu/timing.ts'
import type { FrameTime } from '../../gpu/types.ts'
import type { PlanStep, ValueId } from '../../graph/plan/plan.ts'
import type { RuntimeReport } from '../../models/types.ts'
import { demandOf } from './demand.ts'
import { NodeFailure } from './errors.ts'
import { type FrameCache, FrameValues } from './frame-values.ts'
import type { EngineParts, PreparedGraph, PreparedStep } from './prepare.ts'
import type { Held } from './result-cache.ts'
import { type FrameSinks, runStep } from './run-step.ts'
import { createValueNames, namesOf } from './value-names.ts'

export interface FrameRequest {
  /** Of the clock's media. */
  readonly index: number
  /** Values to hand out; the caller disposes them. */
  readonly targets: readonly ValueId[]
  readonly signal: AbortSignal
  /** Where results are looked up; those for which `keep` holds stay there. */
  readonly cache?: FrameCache
  readonly sinks?: FrameSinks
  /** Ask the GPU how long passes took; `reports` must then be called. */
  readonly timed: boolean
}

export interface StepReport {
  readonly step: PlanStep
  /** Passes by the GPU's own clock where it has one, else wall time of the step's call. */
  readonly milliseconds: number
  readonly cached: boolean
  readonly runtime: RuntimeReport | undefined
}

export interface FrameResult extends Disposable {
  readonly time: FrameTime
  readonly targets: ReadonlyMap<ValueId, Held>
  /** Resolves once the GPU has said how long its passes took. */
  reports(): Promise<readonly StepReport[]>
}

export interface Executor extends Disposable {
  /** Rejects with `NodeFailure`, or with the signal's reason. */
  run(prepared: PreparedGraph, request: FrameRequest): Promise<FrameResult>
  /**
   * For each of the plan's targets at frame `index` the names that `cache` may know it by: of the part that is wanted,
   * and of the whole picture.
   */
  targetKeys(prepared: PreparedGraph, index: number): readonly (readonly string[])[]
  /** Values that are the same for every frame, since only stills go into them. */
  constants(prepared: PreparedGraph): ReadonlySet<ValueId>
  /** Submits so far; for tests and the bench. */
  readonly submits: number
}

export function createExecutor(parts: EngineParts): Executor {
  const { gpu, definitions } = parts
  const timer = createPassTimer(gpu.device)
  const recorder = createRecorder(gpu.device, timer)
  const names = createValueNames(definitions, parts.assetVersion)

  /** Before an async node with memory runs frame `index`, lets it see the earlier frames that it needs. */
  async function remember(prepared: PreparedGraph, current: PreparedStep, request: FrameRequest): Promise<void> {
    if (current.kind !== 'async') return
    const { kernel } = definitions.get(prepared.types.get(current.node)!)!
    const reach = kernel.memory?.(prepared.params.get(current.node) as never)
    if (!reach) return
    const { slot, step } = current
    const keys = names.keysAt(prepared, prepared.clock.time(prepared.clock.first))
    const lineage = step.reads.map((value) => namesOf(prepared, value, keys.get(value)!)[0]).join()
    if (slot.lineage !== lineage) {
      slot.instance.forget?.()
      slot.lastIndex = undefined
      slot.lineage = lineage
    }
    const first = Math.max(prepared.clock.first, request.index - reach(request.index))
    const last = slot.lastIndex
    const next = last !== undefined && last >= first - 1 && last < request.index ? last + 1 : first
    for (let index = next; index < request.index; index++) {
      const { signal } = request
      using inputs = await runFrame(prepared, { index, signal, targets: step.reads, timed: false })
      const outputs = new FrameValues(prepared, { pool: gpu.pool })
      using scratch = new DisposableStack()
      scratch.defer(() => outputs.releaseAll())
      for (const value of step.writes) outputs.lease(value)
      const picture = (value: ValueId) => inputs.targets.get(value)?.picture ?? outputs.picture(value)
      await runStep(gpu, recorder, current, { prepared, time: inputs.time, picture, signal, sinks: request.sinks })
    }
  }

  async function runSteps(
    prepared: PreparedGraph,
    request: FrameRequest,
    time: FrameTime,
    values: FrameValues,
    running: ReadonlySet<PlanStep>,
  ): Promise<ReadonlyMap<number, number>> {
    const { signal, sinks } = request
    const frame = { prepared, time, signal, sinks, picture: (value: ValueId) => values.picture(value) }
    const milliseconds = new Map<number, number>()
    for (const [i, current] of prepared.steps.entries()) {
      const { step } = current
      if (!running.has(step)) continue
      signal.throwIfAborted()
      const began = performance.now()
      try {
        await remember(prepared, current, request)
        // Of several outputs one may be kept while another is not: all are made again.
        for (const value of step.writes) values.lease(value)
        timer?.attribute(i)
        await runStep(gpu, recorder, current, frame)
      } catch (error) {
        throw error instanceof NodeFailure || signal.aborted ? error : new NodeFailure(step.nodes[0]!, error)
      }
      milliseconds.set(i, performance.now() - began)
      for (const value of step.writes) values.keep(value)
      for (const value of step.releases) if (!request.targets.includes(value)) values.release(value)
    }
    return milliseconds
  }

  async function runFrame(prepared: PreparedGraph, request: FrameRequest): Promise<FrameResult> {
    const { cache } = request
    const time = prepared.clock.time(request.index)
    const values = new FrameValues(prepared, {
      pool: gpu.pool,
      cache: cache && { ...cache, keys: names.keysAt(prepared, time) },
    })
    const { running, involved } = demandOf(
      prepared.steps,
      request.targets,
      (value) => values.isHere(value),
      request.sinks !== undefined,
    )
    try {
      const milliseconds = await runSteps(prepared, request, time, values, running)
      for (const value of request.targets) values.cutOut(value, recorder)
      timer?.attribute(undefined)
      const readTimes = request.timed ? timer?.resolve(recorder) : undefined
      recorder.submit()
      gpu.pool.endFrame()
      const targets = values.handOut(request.targets)
      return {
        time,
        targets,
        async reports() {
          const gpuTimes = await readTimes?.()
          return involved.map((i) => {
            const current = prepared.steps[i]!
            const recorded = current.kind === 'pixel' || current.kind === 'pass'
            return {
              step: current.step,
              milliseconds: (recorded ? gpuTimes?.get(i) : undefined) ?? milliseconds.get(i) ?? 0,
              cached: !running.has(current.step),
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
      throw error
    }
  }

  return {
    run: runFrame,
    targetKeys(prepared, index) {
      const keys = names.keysAt(prepared, prepared.clock.time(index))
      return prepared.plan.targets.map((target) => namesOf(prepared, target, keys.get(target)!))
    },
    constants: names.constants,
    get submits() {
      return recorder.submits
    },
    [Symbol.dispose]() {
      recorder[Symbol.dispose]()
      timer?.[Symbol.dispose]()
    },
  }
}
