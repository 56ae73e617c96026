/**
 * Numbers of many frames, for curves and findings: measured beside the preview, which always comes first, and remembered
 * frame by frame. One run at a time.
 */
import { expand } from '../../graph/analysis/expand.ts'
import type { FlatDocument, FlatEndpoint } from '../../graph/document/document.ts'
import { names } from '../../graph/document/naming.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { ValueId } from '../../graph/plan/execution-plan.ts'
import type { MeasureProgress, MeasureReport, MeasureRequest, Outcome, Series, SeriesRequest } from '../door/api.ts'
import type { CodePermits } from '../run/code-permits.ts'
import { isAbort, problemOf } from '../run/errors.ts'
import type { FrameResult } from '../run/executor.ts'
import type { Assets } from '../run/known-assets.ts'
import { type Live, type Runner, wasLost, whileAlive } from '../run/live.ts'
import { type PlannedOutputs, planOutputs } from '../run/planning.ts'
import type { PreparedGraph } from '../run/prepared-graph.ts'
import type { ResultCache } from '../run/result-cache.ts'
import { Windows } from '../run/window-cache.ts'
import { NamedTurns } from './named-turns.ts'
import { seriesNames } from './series-name.ts'
import type { SeriesStore } from './series-store.ts'

/** What numbers are measured on. */
export interface MeasureParts {
  readonly live: Live
  readonly specs: Specs
  readonly assets: Assets
  readonly series: SeriesStore
  /** Pictures that the preview has; single frames are measured on them where they are there. */
  readonly pictures: ResultCache
  /** Resolves once nobody waits for the preview. */
  quiet(): Promise<void>
}

/** Milliseconds between two pieces of news. */
const newsEvery = 100

interface NamedOutputs extends PlannedOutputs {
  readonly names: ReadonlyMap<ValueId, string>
}

export class Measurements implements AsyncDisposable {
  readonly #parts: MeasureParts
  readonly #runner: Runner
  readonly #turns = new NamedTurns()

  constructor(parts: MeasureParts) {
    this.#parts = parts
    this.#runner = parts.live.createRunner()
  }

  measure(request: MeasureRequest, onProgress: (progress: MeasureProgress) => void): Promise<Outcome<MeasureReport>> {
    return this.#turns.run(request.name, (stopSignal) => this.#answer(request, onProgress, stopSignal))
  }

  /** What is known, without measuring. */
  async known(request: SeriesRequest): Promise<Outcome<readonly Series[]>> {
    const { live, specs, series } = this.#parts
    const outcome = await this.#planFor(unfoldedMeasure(request, specs, live.parts.permits))
    if (!outcome.ok) return outcome
    const { targets, problems, names: namesByValue } = outcome.value
    const none = { first: 0, values: new Float32Array() }
    return {
      ok: true,
      value: targets.map((target, i) => {
        const storedSeries = target === undefined ? undefined : series.find(namesByValue.get(target)!)
        // A copy, since it crosses to the page.
        const { first, values } = storedSeries ?? none
        return { first, values: values.slice(), problems: problems[i]! }
      }),
    }
  }

  /** Ends the run of that name, or what waits for its turn under it. */
  stop(name: string): void {
    this.#turns.stop(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns.end()
    await this.#runner[Symbol.asyncDispose]()
  }

  async #planFor({ document, outputs }: { document: FlatDocument; outputs: readonly FlatEndpoint[] }) {
    const { live, specs, assets } = this.#parts
    const outcome = await planOutputs(document, outputs, { specs, assets, whole: true, device: live.gpu.device })
    if (!outcome.ok) return outcome
    const { plan } = outcome.value.outcome
    const nameOfSeries = seriesNames(plan, document, specs, (id) => assets.version(id))
    return { ok: true, value: { ...outcome.value, names: nameOfSeries } } satisfies Outcome<NamedOutputs>
  }

  async #run(
    request: UnfoldedMeasure,
    onProgress: (progress: MeasureProgress) => void,
    signal: AbortSignal,
  ): Promise<Outcome<MeasureReport>> {
    const outcome = await this.#planFor(request)
    if (!outcome.ok) return outcome
    const { targets } = outcome.value
    const graph = await this.#runner.preparer.prepare({
      document: request.document,
      outcome: outcome.value.outcome,
      runtime: request.runtime ?? 'auto',
      signal,
    })
    const { first, last } = graph.clock
    const missing = missingFrames(request.frames, graph, outcome.value, this.#parts.series)
    const news = new News(onProgress, missing.length)
    news.begins(0)
    using gpuErrors = this.#parts.live.watchGpuErrors()
    using windows = request.frames === 'every' ? new Windows(graph) : undefined
    const note = async (frame: number, result: FrameResult) => {
      using frameResult = result
      const [numbers] = await Promise.all([frameResult.numbers(), frameResult.checked()])
      for (const [value, number] of numbers)
        this.#parts.series.set(outcome.value.names.get(value)!, { first, last }, frame, number)
      news.tell({
        frame,
        values: targets.map((target) => (target === undefined ? Number.NaN : (numbers.get(target) ?? Number.NaN))),
      })
    }
    // While the numbers of one frame come back, the next is recorded.
    let lastNote = Promise.resolve()
    for (const [at, frame] of missing.entries()) {
      await this.#parts.quiet()
      signal.throwIfAborted()
      const result = await this.#runner.executor.run(graph, {
        index: frame,
        targets: outcome.value.outcome.plan.targets,
        signal,
        ...(windows ? { windows } : { cache: { results: this.#parts.pictures, keep: () => false } }),
        timed: false,
        follow: (steps) => (task) => news.begins((at + task / Math.max(1, steps.length)) / missing.length),
      })
      await lastNote
      lastNote = note(frame, result)
      // Whoever awaits it hears of its failure; nobody else need.
      lastNote.catch(() => undefined)
      const [gpuError] = gpuErrors.take()
      if (gpuError !== undefined) throw new Error(`the graphics processor refused the work: ${gpuError}`)
    }
    await lastNote
    news.end()
    return { ok: true, value: { state: 'measured', frames: missing.length } }
  }

  async #answer(
    request: MeasureRequest,
    onProgress: (progress: MeasureProgress) => void,
    stop: AbortSignal,
  ): Promise<Outcome<MeasureReport>> {
    const { live, specs } = this.#parts
    const { permits } = live.parts
    const unfoldedRequest = unfoldedMeasure(request, specs, permits)
    try {
      if (stop.aborted) return supersededReport
      return await whileAlive(live, this.#run(unfoldedRequest, onProgress, AbortSignal.any([stop, live.lossSignal])))
    } catch (error) {
      if (stop.aborted && (isAbort(error) || error === stop.reason)) return supersededReport
      const nodeNames = names(unfoldedRequest.document, specs)
      const isLost = await wasLost(live, error)
      const { document } = unfoldedRequest
      if (permits.stopForOverrun(document, error) || (isLost && permits.stopForLoss(document)))
        return { ok: false, problems: permits.problems(document, nodeNames) }
      if (isLost) throw live.lossSignal.reason
      return { ok: false, problems: [problemOf(error, nodeNames.node)] }
    }
  }
}

const supersededReport: Outcome<MeasureReport> = { ok: true, value: { state: 'superseded', frames: 0 } }

/** A request about plain nodes alone. */
type UnfoldedMeasure = MeasureRequest & { readonly document: FlatDocument }

function unfoldedMeasure<R extends SeriesRequest>(
  request: R,
  specs: Specs,
  permits: CodePermits,
): R & { readonly document: FlatDocument } {
  const { document, resolve } = expand(request.document, specs)
  return {
    ...request,
    document: permits.permitted(document),
    outputs: request.outputs.map((output) => resolve(output) ?? output),
  }
}

/** Those of the frames of which some number is not known, within the clip, each once. */
function missingFrames(
  frames: MeasureRequest['frames'],
  { clock: { first, last } }: Pick<PreparedGraph, 'clock'>,
  { targets, names: namesByValue }: NamedOutputs,
  series: SeriesStore,
): readonly number[] {
  const lists = targets.flatMap((target) => (target === undefined ? [] : [series.find(namesByValue.get(target)!)]))
  const isKnown = (frame: number) => lists.every((each) => each && !Number.isNaN(each.values[frame - each.first]))
  const frameIndices =
    frames === 'every'
      ? Array.from({ length: last - first + 1 }, (_, i) => first + i)
      : [...new Set(frames.map((frame) => Math.min(last, Math.max(first, Math.round(frame)))))]
  return frameIndices.filter((frame) => !isKnown(frame))
}

/** Tells of frames measured, several at once where they come quickly, and of how far the work has come in between. */
class News {
  readonly #tell: (progress: MeasureProgress) => void
  readonly #frames: number
  #framesDone = 0
  #startedShare = 0
  #untold: MeasureProgress['frameValues'][number][] = []
  #lastProgressAt = Number.NEGATIVE_INFINITY

  constructor(tell: (progress: MeasureProgress) => void, frames: number) {
    this.#tell = tell
    this.#frames = frames
  }

  tell(reading: MeasureProgress['frameValues'][number]): void {
    this.#framesDone += 1
    this.#untold.push(reading)
    this.#tellUnlessJustTold()
  }

  /** @param share of all the work */
  begins(share: number): void {
    this.#startedShare = share
    if (this.#frames > 0) this.#tellUnlessJustTold()
  }

  #tellUnlessJustTold(): void {
    if (performance.now() - this.#lastProgressAt >= newsEvery) this.#tellNow()
  }

  /** Tells what is not told yet. */
  end(): void {
    if (this.#untold.length > 0) this.#tellNow()
  }

  #tellNow(): void {
    this.#lastProgressAt = performance.now()
    this.#tell({
      framesDone: this.#framesDone,
      frames: this.#frames,
      startedShare: this.#startedShare,
      frameValues: this.#untold,
    })
    this.#untold = []
  }
}
