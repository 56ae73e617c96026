/**
 * Single outputs of single frames, through the cache. The latest request wins: a newer one stops the older at
 * its next step, and what the older had finished stays in the cache.
 */
import { isPicture } from '../../graph/analysis/infer.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { names } from '../../graph/document/naming.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { bytesOf, type PlanStep } from '../../graph/plan/execution-plan.ts'
import type { NodeReport, Outcome, PreviewRequest, PreviewResult } from '../door/api.ts'
import { isAbort, problemOf } from '../run/errors.ts'
import type { FrameResult } from '../run/executor.ts'
import type { Assets } from '../run/known-assets.ts'
import { type Live, type Runner, wasLost, whileAlive } from '../run/live.ts'
import type { PreparedGraph } from '../run/prepared-graph.ts'
import { createResultCache, type Held, type ResultCache } from '../run/result-cache.ts'
import { RenderedFrames } from './rendered-frames.ts'
import { RequestOrder } from './request-order.ts'
import { type UnfoldedRequest, unfolded, ViewPlanner } from './view-plan.ts'

/**
 * Takes over the pictures. `extent`: the size in which the first of them counts, which for a draft is that of the
 * whole picture.
 */
export type UsePictures = (pictures: readonly (Held | null)[], extent: Extent | null) => Promise<void>

export interface Extent {
  readonly width: number
  readonly height: number
}

export interface Preview extends AsyncDisposable {
  /** Renders; `use` gets the pictures (the view’s, then the others’; `null` for one there is not) and lets go of them. */
  render(request: PreviewRequest, use: UsePictures): Promise<Outcome<PreviewResult>>
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
      driven: {},
      readyRuns: [],
      stoppedCode: [],
    },
  }
}

const sizeOf = ({ width, height }: Extent): Extent => ({ width, height })

async function nodeReports(
  result: FrameResult,
  { plan, parts }: Pick<PreparedGraph, 'plan' | 'parts'>,
): Promise<Record<FlatId, NodeReport>> {
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
          fused: step.nodes.length,
          bytes: bytes(step, id),
          ...(runtime ? { runtime: runtime.runtime } : {}),
          ...(runtime?.note ? { note: runtime.note } : {}),
        },
      ]),
    ),
  )
}

export function createPreview(live: Live, specs: Specs, assets: Assets, cacheBytes: number): Preview {
  const runner: Runner = live.createRunner()
  const { permits } = live.parts
  const cache = createResultCache(cacheBytes)
  const planner = new ViewPlanner({ specs, assets, device: live.gpu.device })

  const order = new RequestOrder()
  const frames = new RenderedFrames((name) => cache.has(name))
  let spared = 0

  function keptFrames(prepared: PreparedGraph, index: number): PreviewResult['readyRuns'] {
    const graph = runner.executor.targetKeys(prepared, prepared.clock.first).join()
    return frames.note(graph, index, runner.executor.targetKeys(prepared, index))
  }

  async function render(
    request: UnfoldedRequest,
    use: UsePictures,
    signal: AbortSignal,
  ): Promise<Outcome<PreviewResult>> {
    const began = performance.now()
    const planned = await planner.plan(request)
    if (!planned.ok) return planned
    const { others, targets, document, draft, desc, wanted, parts } = planned.value
    const { plan } = planned.value.planned
    signal.throwIfAborted()
    using gpuErrors = live.watchGpuErrors()
    const prepared: PreparedGraph = await runner.preparer.prepare({
      document,
      planned: planned.value.planned,
      runtime: request.runtime ?? 'auto',
      signal,
      wanted,
      parts,
    })
    const { clock } = prepared
    const index = Math.min(clock.last, Math.max(clock.first, Math.round(request.frame)))
    using guard = new DisposableStack()
    const thrifty = request.thrifty ?? false
    if (!thrifty && !request.background) spared = cache.mark()
    const slow = new Set(plan.steps.filter(({ kind }) => kind === 'async').flatMap(({ writes }) => writes))
    const result = await runner.executor.run(prepared, {
      index,
      targets: plan.targets,
      signal,
      cache: {
        results: cache,
        keep: (value) => !thrifty || slow.has(value) || plan.targets.includes(value),
        ...(thrifty || request.background ? { sparing: spared } : {}),
      },
      timed: true,
    })
    guard.use(result)
    const nodes = await nodeReports(result, prepared)
    await live.gpu.device.queue.onSubmittedWorkDone()
    try {
      await result.checked()
    } catch (error) {
      // What is wrong must not come back as what is there already.
      cache.clear()
      throw error
    }
    const [gpuError] = gpuErrors.take()
    if (gpuError !== undefined) throw new Error(`the graphics processor refused the work: ${gpuError}`)
    signal.throwIfAborted()
    guard.move()
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
        clock: { node: clock.node, first: clock.first, last: clock.last, index, timestamp, duration },
        nodes,
        milliseconds: performance.now() - began,
        cacheBytes: cache.bytes,
        gpuBytes: live.gpu.pool.stats.liveBytes + live.gpu.pool.stats.idleBytes,
        draft,
        region: (targets[0] !== undefined && wanted.get(targets[0])) || null,
        driven: result.driven(),
        readyRuns: keptFrames(prepared, index),
        stoppedCode: permits.stopped,
      },
    }
  }

  async function answer(request: PreviewRequest, use: UsePictures, stop: AbortSignal): Promise<Outcome<PreviewResult>> {
    const asked = unfolded(request, specs, permits)
    try {
      if (stop.aborted) return superseded(cache)
      const signal = AbortSignal.any([stop, live.lost])
      return await whileAlive(live, render(asked, use, signal))
    } catch (error) {
      if (stop.aborted && (isAbort(error) || error === stop.reason)) return superseded(cache)
      // The session builds everything anew and asks again.
      if (await wasLost(live)) {
        permits.stop(asked.document)
        throw live.lost.reason
      }
      return { ok: false, problems: [problemOf(error, names(asked.document, specs).node)] }
    }
  }

  return {
    cache,
    stopBackground: () => order.stopBackground(),
    quiet: () => order.quiet(),
    render: async (request, use) =>
      (await order.run(request.background === true, (stop) => answer(request, use, stop))) ?? superseded(cache),
    async [Symbol.asyncDispose]() {
      await order.end()
      cache[Symbol.dispose]()
      await runner[Symbol.asyncDispose]()
    },
  }
}
