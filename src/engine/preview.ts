/**
 * Single outputs of single frames, through the cache. The latest request wins: a newer one stops the older at
 * its next step, and what the older had finished stays in the cache.
 */
import { endpointKey, type NodeId } from '../graph/document.ts'
import { names } from '../graph/naming.ts'
import type { ValueId } from '../graph/plan.ts'
import type { Specs } from '../graph/spec.ts'
import type { NodeReport, Outcome, PreviewRequest, PreviewResult } from './api.ts'
import type { Assets } from './assets.ts'
import type { FrameResult } from './executor.ts'
import { isAbort, problemOf } from './failure.ts'
import { type Live, type Runner, wasLost, whileAlive } from './live.ts'
import { planDocument } from './planning.ts'
import type { Planned, PreparedGraph } from './prepare.ts'
import { createResultCache, type Held, type ResultCache } from './result-cache.ts'

export type UsePictures = (pictures: readonly (Held | null)[]) => Promise<void>

export interface Preview extends AsyncDisposable {
  /** Renders; `use` gets the pictures (the view’s, then the others’; `null` for one there is not) and lets go of them. */
  render(request: PreviewRequest, use: UsePictures): Promise<Outcome<PreviewResult>>
  readonly cache: ResultCache
}

interface ViewPlan {
  readonly planned: Planned
  /** The value of the view and of each of the others; `undefined` for one that cannot be shown. */
  readonly targets: readonly (ValueId | undefined)[]
  readonly others: PreviewResult['others']
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
    },
  }
}

export function createPreview(live: Live, specs: Specs, assets: Assets, cacheBytes: number): Preview {
  const runner: Runner = live.createRunner()
  const cache = createResultCache(cacheBytes)

  async function nodeReports(result: FrameResult): Promise<Record<NodeId, NodeReport>> {
    const reports = await result.reports()
    return Object.fromEntries(
      reports.flatMap(({ step, milliseconds, cached, runtime }) =>
        step.nodes.map((id) => [
          id,
          {
            milliseconds,
            cached,
            ...(runtime ? { runtime: runtime.runtime } : {}),
            ...(runtime?.note ? { note: runtime.note } : {}),
          },
        ]),
      ),
    )
  }

  /** Takes in as many of the others as can be shown; only what is wrong with the view itself stands in the way. */
  async function planViews({ document, view, others = [] }: PreviewRequest): Promise<Outcome<ViewPlan>> {
    const parts = { specs, assets, device: live.gpu.device }
    const first = await planDocument(document, [view], parts)
    if (!first.ok) return first
    const outcomes: Outcome<Planned>[] = [first]
    for (const output of others) outcomes.push(await planDocument(document, [output], parts))
    const good = [view, ...others].filter((_, i) => outcomes[i]?.ok)
    const together = good.length > 1 ? await planDocument(document, good, parts) : first
    if (!together.ok) return together
    const { plan, descs } = together.value
    // Two outputs may come down to one value, since a bypassed node passes on its input.
    const targets = outcomes.map((outcome) => {
      if (!outcome.ok) return undefined
      const alone = outcome.value.plan
      const producer = endpointKey(alone.values[alone.targets[0]!]!.producer)
      return plan.targets.find((target) => endpointKey(plan.values[target]!.producer) === producer)
    })
    return {
      ok: true,
      value: {
        planned: together.value,
        targets,
        others: others.map((output, i) => {
          const outcome = outcomes[i + 1]!
          return outcome.ok
            ? { desc: descs.get(endpointKey(output)) ?? null, problems: [] }
            : { desc: null, problems: outcome.problems }
        }),
      },
    }
  }

  async function render(
    request: PreviewRequest,
    use: UsePictures,
    signal: AbortSignal,
  ): Promise<Outcome<PreviewResult>> {
    const began = performance.now()
    const { document, view } = request
    const planned = await planViews(request)
    if (!planned.ok) return planned
    const { others, targets } = planned.value
    const { plan, descs } = planned.value.planned
    signal.throwIfAborted()
    live.takeGpuErrors()
    const prepared: PreparedGraph = await runner.preparer.prepare({
      document,
      planned: planned.value.planned,
      runtime: request.runtime ?? 'auto',
      signal,
    })
    const { clock } = prepared
    const index = Math.min(clock.last, Math.max(clock.first, Math.round(request.frame)))
    using guard = new DisposableStack()
    const result = await runner.executor.run(prepared, {
      index,
      targets: plan.targets,
      signal,
      cache: { results: cache, keep: () => true },
      timed: true,
    })
    guard.use(result)
    const nodes = await nodeReports(result)
    await live.gpu.device.queue.onSubmittedWorkDone()
    const [gpuError] = live.takeGpuErrors()
    if (gpuError !== undefined) throw new Error(`the graphics processor refused the work: ${gpuError}`)
    signal.throwIfAborted()
    guard.move()
    await use(targets.map((target) => (target !== undefined && result.targets.get(target)) || null))
    const { timestamp, duration } = result.time
    return {
      ok: true,
      value: {
        state: 'shown',
        desc: descs.get(endpointKey(view)) ?? null,
        others,
        clock: { node: clock.node, first: clock.first, last: clock.last, index, timestamp, duration },
        nodes,
        milliseconds: performance.now() - began,
        cacheBytes: cache.bytes,
      },
    }
  }

  let newest: AbortController | undefined
  let last: Promise<unknown> = Promise.resolve()

  return {
    cache,
    async render(request, use) {
      newest?.abort(new DOMException('a newer preview was asked for', 'AbortError'))
      const mine = new AbortController()
      newest = mine
      const signal = AbortSignal.any([mine.signal, live.lost])
      const before = last
      const work = (async () => {
        await before
        if (mine.signal.aborted) return superseded(cache)
        try {
          return await whileAlive(live, render(request, use, signal))
        } catch (error) {
          if (mine.signal.aborted && (isAbort(error) || error === mine.signal.reason)) return superseded(cache)
          // The session builds everything anew and asks again.
          if (await wasLost(live)) throw live.lost.reason
          return { ok: false as const, problems: [problemOf(error, names(request.document, specs).node)] }
        }
      })()
      last = work.catch(() => undefined)
      return work
    },
    async [Symbol.asyncDispose]() {
      newest?.abort(new DOMException('the preview ended', 'AbortError'))
      await last
      cache[Symbol.dispose]()
      await runner[Symbol.asyncDispose]()
    },
  }
}
