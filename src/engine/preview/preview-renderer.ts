/**
 * Single outputs of single frames, through the cache. The latest request wins: a newer one stops the older at
 * its next step, and what the older had finished stays in the cache.
 */
import { isPicture } from '../../graph/analysis/infer.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { names } from '../../graph/document/naming.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { bytesOf, type PlanStep } from '../../graph/plan/execution-plan.ts'
import { unlessAborted } from '../../media/unless-aborted.ts'
import type { NodeReport, Outcome, PreviewProgress, PreviewRequest, PreviewResult } from '../door/api.ts'
import { overrunOf } from '../run/code-failure.ts'
import { isAbort, problemOf } from '../run/errors.ts'
import type { FrameResult } from '../run/executor.ts'
import { framesInFlight } from '../run/flight-size.ts'
import type { Assets } from '../run/known-assets.ts'
import { type GpuErrorWatch, type Live, type Runner, wasLost, whileAlive } from '../run/live.ts'
import type { PreparedGraph } from '../run/prepared-graph.ts'
import { type PinnedPicture, ResultCache } from '../run/result-cache.ts'
import { FrameProgress, StepCosts } from './frame-progress.ts'
import { FramesAhead, letGo } from './frames-ahead.ts'
import { type Played, PlayedPicture } from './played-picture.ts'
import { RenderedFrames } from './rendered-frames.ts'
import { RequestOrder } from './request-order.ts'
import { type UnfoldedRequest, unfolded, type ViewPlan, ViewPlanner } from './view-plan.ts'

/**
 * Takes over the pictures. `extent`: the size in which the first of them counts, which for a draft is that of the
 * whole picture.
 */
export type UsePictures = (pictures: readonly (PinnedPicture | null)[], extent: Extent | null) => Promise<void>

export type TellProgress = (progress: PreviewProgress) => void

interface Recipient {
  readonly use: UsePictures
  readonly tell: TellProgress | undefined
}

export interface Extent {
  readonly width: number
  readonly height: number
}

export interface Preview extends AsyncDisposable {
  /** Renders; `use` gets the pictures (the view’s, then the others’; `null` for one there is not) and lets go of them. */
  render(request: PreviewRequest, use: UsePictures, tell?: TellProgress): Promise<Outcome<PreviewResult>>
  /** Ends background requests at their next step. */
  stopBackground(): void
  /** Resolves once nobody waits for a picture. */
  quiet(): Promise<void>
  readonly cache: ResultCache
}

const noClock = { node: null, first: 0, last: 0, index: 0, timestamp: 0, duration: 0 } as const

function superseded(cache: ResultCache): Outcome<PreviewResult> {
  return {
    ok: true,
    value: {
      state: 'superseded',
      desc: null,
      others: [],
      clock: noClock,
      nodes: {},
      milliseconds: 0,
      cacheBytes: cache.bytes,
      gpuBytes: 0,
      draft: 1,
      region: null,
      drivenValues: {},
      readyRuns: [],
      stoppedCode: {},
    },
  }
}

const sizeOf = ({ width, height }: Extent): Extent => ({ width, height })

type Parts = Pick<PreparedGraph, 'plan' | 'parts'>

/** Of the pictures that a step makes, of the parts of them that are wanted. */
const pixelsOf = ({ writes }: PlanStep, { plan, parts }: Parts) =>
  writes
    .map((value) => plan.values[value]!)
    .reduce((sum, { desc, id }) => {
      if (!isPicture(desc)) return sum
      const { width, height } = parts.get(id) ?? desc
      return sum + width * height
    }, 0)

async function nodeReports(result: FrameResult, { plan, parts }: Parts): Promise<Record<FlatId, NodeReport>> {
  const reports = await result.reports()
  const bytes = (step: PlanStep, node: FlatId) =>
    step.writes
      .map((value) => plan.values[value]!)
      .filter(({ producer }) => producer.node === node)
      .reduce(
        (sum, { desc, id }) => sum + (isPicture(desc) ? bytesOf({ ...desc, ...sizeOf(parts.get(id) ?? desc) }) : 0),
        0,
      )
  return Object.fromEntries(
    reports.flatMap(({ step, milliseconds, waiting, cached, runtime }) =>
      step.nodes.map((id) => [
        id,
        {
          milliseconds,
          waiting,
          cached,
          fusedNodes: step.nodes.length,
          bytes: bytes(step, id),
          ...(runtime ? { runtime: runtime.runtime } : {}),
          ...(runtime?.note ? { note: runtime.note } : {}),
        },
      ]),
    ),
  )
}

/** What a request was planned into and opened for. */
interface Ready {
  readonly view: ViewPlan
  readonly preparedGraph: PreparedGraph
}

/** A frame that was made. */
interface RenderedView extends Disposable {
  readonly result: FrameResult
  readonly nodes: Record<FlatId, NodeReport>
  /** That it took. */
  readonly milliseconds: number
}

/** A picture of which frame after frame is asked for. */
interface Playing extends Played {
  readonly ready: Ready
  readonly frames: FramesAhead<RenderedView>
  readonly gpuErrors: GpuErrorWatch
}

/** The same for requests that differ in nothing but the frame; `undefined` where nothing is played. */
const playingKey = ({ frame: _, upcoming, ...rest }: UnfoldedRequest, generation: number): string | undefined =>
  upcoming && upcoming.length > 0 ? JSON.stringify([generation, rest]) : undefined

async function readyFor(
  planner: ViewPlanner,
  runner: Runner,
  request: UnfoldedRequest,
  signal: AbortSignal,
): Promise<Outcome<Ready>> {
  const planning = await planner.plan(request)
  if (!planning.ok) return planning
  const { document, targetRegions, parts } = planning.value
  signal.throwIfAborted()
  const preparedGraph = await runner.preparer.prepare({
    document,
    outcome: planning.value.outcome,
    runtime: request.runtime ?? 'auto',
    signal,
    targetRegions,
    parts,
  })
  return { ok: true, value: { view: planning.value, preparedGraph } }
}

interface Making {
  readonly live: Live
  readonly runner: Runner
  readonly cache: ResultCache
  /** See `ResultCache.put`. */
  readonly sparedFrames: number
  readonly costs: StepCosts
}

async function makeFrame(
  { live, runner, cache, sparedFrames, costs }: Making,
  { view, preparedGraph }: Ready,
  request: UnfoldedRequest,
  index: number,
  signal: AbortSignal,
  tell: TellProgress = () => undefined,
): Promise<RenderedView> {
  let progress: FrameProgress | undefined
  const began = performance.now()
  const { plan } = view.outcome
  const thrifty = request.thrifty ?? false
  const slow = new Set(plan.steps.filter(({ kind }) => kind === 'async').flatMap(({ writes }) => writes))
  const result = await runner.executor.run(preparedGraph, {
    index,
    targets: plan.targets,
    signal,
    cache: {
      results: cache,
      keep: (value) => !thrifty || slow.has(value) || plan.targets.includes(value),
      ...(thrifty || request.background ? { sparing: sparedFrames } : {}),
    },
    timed: true,
    follow(steps) {
      const tasks = steps.map((step) => ({ step, pixels: pixelsOf(step, preparedGraph) }))
      const frame = new FrameProgress(costs, tasks, tell)
      progress = frame
      return (task) => frame.begins(task, performance.now())
    },
  })
  using guard = new DisposableStack()
  guard.use(result)
  // Asked now: what is submitted later is another frame's.
  const ends = Promise.all([
    nodeReports(result, preparedGraph),
    live.gpu.device.queue.onSubmittedWorkDone(),
    result.checked(),
  ])
  const [nodes] = await ends.catch((error: unknown) => {
    // What is wrong must not come back as what is there already.
    cache.clear()
    throw error
  })
  progress?.isDone(performance.now())
  guard.move()
  return { result, nodes, milliseconds: performance.now() - began, [Symbol.dispose]: () => result[Symbol.dispose]() }
}

export class PreviewRenderer implements Preview {
  readonly cache: ResultCache
  readonly #live: Live
  readonly #specs: Specs
  readonly #assets: Assets
  readonly #runner: Runner
  readonly #planner: ViewPlanner
  readonly #order = new RequestOrder()
  readonly #frames = new RenderedFrames((name) => this.cache.has(name))
  readonly #costs = new StepCosts()
  readonly #played = new PlayedPicture<Playing>()
  /** See `ResultCache.put`. */
  #sparedFrames = 0

  constructor(live: Live, specs: Specs, assets: Assets, cacheBytes: number) {
    this.#live = live
    this.#specs = specs
    this.#assets = assets
    this.#runner = live.createRunner()
    this.cache = new ResultCache(cacheBytes)
    this.#planner = new ViewPlanner({ specs, assets, device: live.gpu.device }, live.gpu.software)
  }

  async render(request: PreviewRequest, use: UsePictures, tell?: TellProgress): Promise<Outcome<PreviewResult>> {
    const outcome = await this.#order.run(request.background === true, (stop) =>
      this.#answer(request, { use, tell }, stop),
    )
    return outcome ?? superseded(this.cache)
  }

  stopBackground(): void {
    this.#order.stopBackground()
  }

  quiet(): Promise<void> {
    return this.#order.quiet()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#order.end()
    // On a device that is lost, what waits for it may never end.
    await whileAlive(this.#live, this.#played.end()).catch(() => undefined)
    this.cache[Symbol.dispose]()
    await this.#runner[Symbol.asyncDispose]()
  }

  #make(
    ready: Ready,
    request: UnfoldedRequest,
    index: number,
    signal: AbortSignal,
    tell?: TellProgress,
  ): Promise<RenderedView> {
    const parts = { live: this.#live, runner: this.#runner, cache: this.cache, costs: this.#costs }
    return makeFrame({ ...parts, sparedFrames: this.#sparedFrames }, ready, request, index, signal, tell)
  }

  #beginPlaying(key: string, ready: Ready, request: UnfoldedRequest): void {
    const gpuErrors = this.#live.watchGpuErrors()
    const frames = new FramesAhead((at, endSignal) =>
      this.#make(ready, request, at, AbortSignal.any([endSignal, this.#live.lossSignal])),
    )
    const end = async (): Promise<void> => {
      await frames[Symbol.asyncDispose]()
      gpuErrors[Symbol.dispose]()
    }
    this.#played.begin({ key, ready, frames, gpuErrors, end })
  }

  #keptFrames(preparedGraph: PreparedGraph, index: number): PreviewResult['readyRuns'] {
    const graph = this.#runner.executor.targetKeys(preparedGraph, preparedGraph.clock.first).join()
    return this.#frames.note(graph, index, this.#runner.executor.targetKeys(preparedGraph, index))
  }

  /** The frame of what is played, with others under way beside it. */
  async #takePlayed({ ready, frames }: Playing, request: UnfoldedRequest, index: number, signal: AbortSignal) {
    const { clock, plan } = ready.preparedGraph
    const beside = framesInFlight(plan.peakBytes) - 1
    const next = (request.upcoming ?? []).filter((frame) => frame >= clock.first && frame <= clock.last)
    const rendering = frames.take(index, next.slice(0, beside))
    try {
      return await unlessAborted(rendering, signal)
    } catch (error) {
      letGo(rendering)
      if (signal.aborted || overrunOf(error)) throw error
      // It may have failed for what ran beside it. If not, it fails again, and by itself.
      await this.#played.end()
      return this.#make(ready, request, index, signal)
    }
  }

  async #render(
    request: UnfoldedRequest,
    { use, tell }: Recipient,
    signal: AbortSignal,
  ): Promise<Outcome<PreviewResult>> {
    const key = playingKey(request, this.#assets.generation)
    await this.#played.turnTo(key)
    const continued = this.#played.current
    using ownErrors = this.#live.watchGpuErrors()
    const outcome = continued
      ? { ok: true as const, value: continued.ready }
      : await readyFor(this.#planner, this.#runner, request, signal)
    if (!outcome.ok) return outcome
    const ready = outcome.value
    const { view, preparedGraph } = ready
    const { clock } = preparedGraph
    const index = Math.min(clock.last, Math.max(clock.first, Math.round(request.frame)))
    if (!request.thrifty && !request.background) this.#sparedFrames = this.cache.mark()
    if (key !== undefined && !continued) this.#beginPlaying(key, ready, request)
    const playing = this.#played.current
    using guard = new DisposableStack()
    const { result, nodes, milliseconds } = guard.use(
      playing
        ? await this.#takePlayed(playing, request, index, signal)
        : await this.#make(ready, request, index, signal, request.background ? undefined : tell),
    )
    const [gpuError] = [...(this.#played.current?.gpuErrors.take() ?? []), ...ownErrors.take()]
    if (gpuError !== undefined) throw new Error(`the graphics processor refused the work: ${gpuError}`)
    signal.throwIfAborted()
    guard.move()
    const { targets, desc, others, draft, targetRegions } = view
    await use(
      targets.map((target) => (target !== undefined && result.targets.get(target)) || null),
      isPicture(desc) ? desc : null,
    )
    const { timestamp, duration } = result.time
    return {
      ok: true,
      value: {
        state: 'shown',
        desc,
        others,
        clock: {
          ...{ node: clock.node, first: clock.first, last: clock.last, index, timestamp, duration },
          ...(clock.estimated ? { estimated: true } : {}),
        },
        nodes,
        milliseconds,
        cacheBytes: this.cache.bytes,
        gpuBytes: this.#live.gpu.pool.stats.liveBytes + this.#live.gpu.pool.stats.idleBytes,
        draft,
        region: (targets[0] !== undefined && targetRegions.get(targets[0])) || null,
        drivenValues: await result.drivenNumbers(),
        readyRuns: this.#keptFrames(preparedGraph, index),
        stoppedCode: this.#live.parts.permits.stops,
      },
    }
  }

  async #answer(request: PreviewRequest, to: Recipient, stop: AbortSignal): Promise<Outcome<PreviewResult>> {
    const flatRequest = unfolded(request, this.#specs, this.#live.parts.permits)
    try {
      if (stop.aborted) return superseded(this.cache)
      const signal = AbortSignal.any([stop, this.#live.lossSignal])
      return await whileAlive(this.#live, this.#render(flatRequest, to, signal))
    } catch (error) {
      if (stop.aborted && (isAbort(error) || error === stop.reason)) return superseded(this.cache)
      const isSwitchedOff = this.#live.parts.permits.stopForOverrun(flatRequest.document, error)
      // The session builds everything anew and asks again.
      if (await wasLost(this.#live, error)) {
        if (!isSwitchedOff) this.#live.parts.permits.stopForLoss(flatRequest.document)
        throw this.#live.lossSignal.reason
      }
      if (isSwitchedOff) return this.#answer(request, to, stop)
      return { ok: false, problems: [problemOf(error, names(flatRequest.document, this.#specs).node)] }
    }
  }
}
