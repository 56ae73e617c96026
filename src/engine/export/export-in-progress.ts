/**
 * An export while it runs: which frames are made and how many are, what their steps took, and how its sinks end. What
 * it runs on is prepared before, by `runExport`.
 */
import type { FlatId } from '../../graph/document/document.ts'
import type { Segment, SinkReport } from '../../media/types.ts'
import type { ExportProgress, ExportReport } from '../door/api.ts'
import type { Executor } from '../run/executor.ts'
import { type GpuErrorWatch, type Live, whileAlive } from '../run/live.ts'
import type { PreparedGraph } from '../run/prepared-graph.ts'
import type { Windows } from '../run/window-cache.ts'
import type { ExportSinks, SinkPlace } from './export-sinks.ts'
import { frameOf } from './frame-range.ts'
import type { KeptFrames } from './kept-frames.ts'
import { Pace } from './pace.ts'
import { StepTimes } from './step-times.ts'

export interface ExportInProgressParts {
  readonly live: Pick<Live, 'lossSignal'>
  readonly executor: Pick<Executor, 'run'>
  readonly preparedGraph: PreparedGraph
  readonly windows: Windows
  readonly gpuErrors: GpuErrorWatch
  readonly keptFrames: Pick<KeptFrames, 'stores' | 'range' | 'runs' | 'doneCount'>
  readonly sinks: ExportSinks
  readonly places: readonly SinkPlace[]
  /** How many frames are made side by side, from 1. */
  readonly framesInFlight: number
}

export interface RenderRequest {
  /** Ends the run with its reason. */
  readonly signal: AbortSignal
  /** Ends the run before the next frame, where what is made can be kept. */
  readonly pause: AbortSignal
  readonly onProgress: (progress: ExportProgress) => void
  /** Asked after each frame that was made, with how many were; `true`: that is enough. */
  readonly enough?: (framesDone: number) => boolean
}

export class ExportInProgress {
  readonly #parts: ExportInProgressParts
  readonly #pace: Pace
  readonly #times = new StepTimes()
  #framesMade = 0

  constructor(parts: ExportInProgressParts) {
    this.#parts = parts
    this.#pace = new Pace(parts.keptFrames.doneCount, this.framesAsked)
  }

  /** Frames that are asked for, kept ones too. */
  get framesAsked(): number {
    const { first, next } = this.#parts.keptFrames.range
    return next - first
  }

  /** Frames that were made. */
  get framesMade(): number {
    return this.#framesMade
  }

  /** Seconds since the run began. */
  get seconds(): number {
    return this.#pace.seconds
  }

  get steps(): ExportReport['steps'] {
    return this.#times.report()
  }

  /**
   * Makes, in order, the frames that are not kept. Resolves with how it came to its end. Rejects with what ended it: a
   * node's failure, the signal's reason, the loss of the device, or an error of the GPU.
   */
  async render(request: RenderRequest): Promise<'rendered' | 'paused'> {
    const { live, keptFrames, framesInFlight } = this.#parts
    const stop = new AbortController()
    const signal = AbortSignal.any([request.signal, stop.signal])
    /** In the order in which they were begun. */
    const framesUnderWay: Promise<void>[] = []
    const land = async () => {
      await framesUnderWay[0]
      framesUnderWay.shift()
      return this.#landed(request)
    }
    try {
      let end: 'rendered' | 'paused' = 'rendered'
      let isEnough = false
      let hasFailed = false
      for (const number of numbersOf(keptFrames.runs)) {
        while (!isEnough && framesUnderWay.length >= framesInFlight) isEnough = await land()
        request.signal.throwIfAborted()
        // One that failed is told in its turn; none is begun behind it, since it would find the way free.
        if (isEnough || hasFailed) break
        if (request.pause.aborted && keptFrames.stores.size > 0) {
          end = 'paused'
          break
        }
        const frame = this.#renderFrame(number, signal)
        frame.catch(() => {
          hasFailed = true
        })
        framesUnderWay.push(frame)
      }
      while (framesUnderWay.length > 0) await land()
      if (end === 'paused') await this.keep()
      return end
    } finally {
      stop.abort()
      // Nothing that is still under way may meet sinks and nodes that are gone.
      await whileAlive(live, Promise.allSettled(framesUnderWay)).catch(() => undefined)
    }
  }

  /** The sinks end with what they have been given kept in their segments. */
  async keep(): Promise<void> {
    const { live, sinks } = this.#parts
    await whileAlive(live, this.#times.settled())
    for (const node of [...sinks.instances.keys()]) await whileAlive(live, sinks.keep(node))
  }

  /** The sinks end with their files whole. */
  async finish(): Promise<Readonly<Record<FlatId, SinkReport>>> {
    const { live, sinks, places } = this.#parts
    await whileAlive(live, this.#times.settled())
    const reports: Record<FlatId, SinkReport> = {}
    for (const { node, step } of places) {
      const began = performance.now()
      reports[node] = await whileAlive(live, sinks.finish(node))
      this.#times.add(step, 0, performance.now() - began, undefined)
    }
    return reports
  }

  /** Tells of a frame that was made. Gives whether that is enough. */
  #landed({ onProgress, enough }: RenderRequest): boolean {
    this.#framesMade += 1
    const progress = this.#pace.tell(this.#parts.keptFrames.doneCount + this.#framesMade)
    if (progress) onProgress(progress)
    return enough?.(this.#framesMade) ?? false
  }

  /** @param number of the frame in the whole result, from 0 */
  async #renderFrame(number: number, signal: AbortSignal): Promise<void> {
    const { live, executor, preparedGraph, windows, gpuErrors, sinks } = this.#parts
    const { index, time } = frameOf(preparedGraph.clock, number)
    using result = await whileAlive(
      live,
      executor.run(preparedGraph, {
        index,
        targets: [],
        signal,
        windows,
        sinks: { instances: sinks.instances, time },
        timed: true,
      }),
    )
    this.#times.addFrame(result.reports())
    await whileAlive(live, result.checked())
    const [gpuError] = gpuErrors.take()
    if (gpuError !== undefined) throw new Error(`the graphics processor refused the work: ${gpuError}`)
  }
}

function* numbersOf(runs: readonly Segment[]): Generator<number> {
  for (const { first, next } of runs) for (let number = first; number < next; number++) yield number
}
