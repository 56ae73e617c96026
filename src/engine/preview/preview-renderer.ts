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
interface Playing {
  readonly key: string
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

export function createPreview(live: Live, specs: Specs, assets: Assets, cacheBytes: number): Preview {
  const runner: Runner = live.createRunner()
  const { permits } = live.parts
  const cache = new ResultCache(cacheBytes)
  const planner = new ViewPlanner({ specs, assets, device: live.gpu.device }, live.gpu.software)

  const order = new RequestOrder()
  const frames = new RenderedFrames((name) => cache.has(name))
  let sparedFrames = 0
  let playing: Playing | undefined
  const costs = new StepCosts()
  const make = (ready: Ready, request: UnfoldedRequest, index: number, signal: AbortSignal, tell?: TellProgress) =>
    makeFrame({ live, runner, cache, sparedFrames, costs }, ready, request, index, signal, tell)

  function keptFrames(preparedGraph: PreparedGraph, index: number): PreviewResult['readyRuns'] {
    const graph = runner.executor.targetKeys(preparedGraph, preparedGraph.clock.first).join()
    return frames.note(graph, index, runner.executor.targetKeys(preparedGraph, index))
  }

  async function endPlaying(): Promise<void> {
    const ending = playing
    playing = undefined
    await ending?.frames[Symbol.asyncDispose]()
    ending?.gpuErrors[Symbol.dispose]()
  }

  /** The frame of what is played, with others under way beside it. */
  async function takePlayed({ ready, frames }: Playing, request: UnfoldedRequest, index: number, signal: AbortSignal) {
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
      await endPlaying()
      return make(ready, request, index, signal)
    }
  }

  async function render(
    request: UnfoldedRequest,
    { use, tell }: Recipient,
    signal: AbortSignal,
  ): Promise<Outcome<PreviewResult>> {
    const key = playingKey(request, assets.generation)
    if (playing && playing.key !== key) await endPlaying()
    using ownErrors = live.watchGpuErrors()
    const outcome = playing
      ? { ok: true as const, value: playing.ready }
      : await readyFor(planner, runner, request, signal)
    if (!outcome.ok) return outcome
    const ready = outcome.value
    const { view, preparedGraph } = ready
    const { clock } = preparedGraph
    const index = Math.min(clock.last, Math.max(clock.first, Math.round(request.frame)))
    if (!request.thrifty && !request.background) sparedFrames = cache.mark()
    if (key !== undefined)
      playing ??= {
        key,
        ready,
        gpuErrors: live.watchGpuErrors(),
        frames: new FramesAhead((at, endSignal) =>
          make(ready, request, at, AbortSignal.any([endSignal, live.lossSignal])),
        ),
      }
    using guard = new DisposableStack()
    const { result, nodes, milliseconds } = guard.use(
      playing
        ? await takePlayed(playing, request, index, signal)
        : await make(ready, request, index, signal, request.background ? undefined : tell),
    )
    const [gpuError] = [...(playing?.gpuErrors.take() ?? []), ...ownErrors.take()]
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
        cacheBytes: cache.bytes,
        gpuBytes: live.gpu.pool.stats.liveBytes + live.gpu.pool.stats.idleBytes,
        draft,
        region: (targets[0] !== undefined && targetRegions.get(targets[0])) || null,
        drivenValues: await result.drivenNumbers(),
        readyRuns: keptFrames(preparedGraph, index),
        stoppedCode: permits.stops,
      },
    }
  }

  async function answer(request: PreviewRequest, to: Recipient, stop: AbortSignal): Promise<Outcome<PreviewResult>> {
    const flatRequest = unfolded(request, specs, permits)
    try {
      if (stop.aborted) return superseded(cache)
      const signal = AbortSignal.any([stop, live.lossSignal])
      return await whileAlive(live, render(flatRequest, to, signal))
    } catch (error) {
      if (stop.aborted && (isAbort(error) || error === stop.reason)) return superseded(cache)
      const isSwitchedOff = permits.stopForOverrun(flatRequest.document, error)
      // The session builds everything anew and asks again.
      if (await wasLost(live, error)) {
        if (!isSwitchedOff) permits.stopForLoss(flatRequest.document)
        throw live.lossSignal.reason
      }
      if (isSwitchedOff) return answer(request, to, stop)
      return { ok: false, problems: [problemOf(error, names(flatRequest.document, specs).node)] }
    }
  }

  return {
    cache,
    stopBackground: () => order.stopBackground(),
    quiet: () => order.quiet(),
    render: async (request, use, tell) =>
      (await order.run(request.background === true, (stop) => answer(request, { use, tell }, stop))) ??
      superseded(cache),
    async [Symbol.asyncDispose]() {
      await order.end()
      // On a device that is lost, what waits for it may never end.
      await whileAlive(live, endPlaying()).catch(() => undefined)
      cache[Symbol.dispose]()
      await runner[Symbol.asyncDispose]()
    },
  }
}
