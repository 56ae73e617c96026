/**
 * Single outputs of single frames, through the cache. The latest request wins: a newer one stops the older at
 * its next step, and what the older had finished stays in the cache.
 */

import { expand } from '../../graph/analysis/expand.ts'
import { type Endpoint, endpointKey, type GraphDocument, type NodeId } from '../../graph/document/document.ts'
import { names } from '../../graph/document/naming.ts'
import type { ValueDesc } from '../../graph/node/ports.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { bytesOf, type PlanStep, type ValueId } from '../../graph/plan/plan.ts'
import { inPixels, type Region, regionsOf, union } from '../../graph/plan/region.ts'
import type { NodeReport, Outcome, PreviewRequest, PreviewResult } from '../door/api.ts'
import type { Assets } from '../run/assets.ts'
import { isAbort, problemOf } from '../run/errors.ts'
import type { FrameResult } from '../run/executor.ts'
import { type Live, type Runner, wasLost, whileAlive } from '../run/live.ts'
import { planDocument } from '../run/planning.ts'
import type { Planned, PreparedGraph } from '../run/prepare.ts'
import { createResultCache, type Held, type ResultCache } from '../run/result-cache.ts'
import { draftOf } from './draft.ts'

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
  readonly cache: ResultCache
}

interface ViewPlan {
  readonly planned: Planned
  /** The value of the view and of each of the others; `undefined` for one that cannot be shown. */
  readonly targets: readonly (ValueId | undefined)[]
  readonly others: PreviewResult['others']
  /** As the whole graph would give them. */
  readonly desc: ValueDesc | null
  readonly document: GraphDocument
  readonly draft: number
  /** What of each target is shown; nothing where all of it is. */
  readonly wanted: ReadonlyMap<ValueId, Region>
  /** What of each value is made for that. */
  readonly parts: ReadonlyMap<ValueId, Region>
}

/** Graphs whose rendered frames are remembered: as many as a hand goes back and forth between. */
const rememberedGraphs = 32

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
      kept: [],
    },
  }
}

/** Sorted numbers as runs. */
function runs(numbers: readonly number[]): (readonly [number, number])[] {
  const found: [number, number][] = []
  for (const n of numbers) {
    const last = found.at(-1)
    if (last && last[1] === n - 1) last[1] = n
    else found.push([n, n])
  }
  return found
}

const sizeOf = ({ width, height }: Extent): Extent => ({ width, height })

export function createPreview(live: Live, specs: Specs, assets: Assets, cacheBytes: number): Preview {
  const runner: Runner = live.createRunner()
  const cache = createResultCache(cacheBytes)

  /** For each graph (by the names of its targets in the first frame) the frames rendered, with their targets' names. */
  const rendered = new Map<string, Map<number, readonly (readonly string[])[]>>()
  let spared = 0

  /** Takes note of frame `index`, and tells which frames of the same graph the cache still holds. */
  function keptFrames(prepared: PreparedGraph, index: number): PreviewResult['kept'] {
    const { executor } = runner
    const graph = executor.targetKeys(prepared, prepared.clock.first).join()
    const frames = rendered.get(graph) ?? new Map<number, readonly (readonly string[])[]>()
    rendered.delete(graph)
    rendered.set(graph, frames)
    for (const oldest of rendered.keys()) {
      if (rendered.size <= rememberedGraphs) break
      rendered.delete(oldest)
    }
    frames.set(index, executor.targetKeys(prepared, index))
    const isKept = (names: readonly string[]) => names.some((name) => cache.has(name))
    for (const [frame, targets] of frames) if (!targets.every(isKept)) frames.delete(frame)
    return runs([...frames.keys()].sort((a, b) => a - b))
  }

  async function nodeReports(
    result: FrameResult,
    { plan, parts }: Pick<PreparedGraph, 'plan' | 'parts'>,
  ): Promise<Record<NodeId, NodeReport>> {
    const reports = await result.reports()
    const bytes = (step: PlanStep, node: NodeId) =>
      step.writes
        .map((value) => plan.values[value]!)
        .filter(({ producer }) => producer.node === node)
        .reduce((sum, { desc, id }) => sum + bytesOf({ ...desc, ...sizeOf(parts.get(id) ?? desc) }), 0)
    return Object.fromEntries(
      reports.flatMap(({ step, milliseconds, cached, runtime }) =>
        step.nodes.map((id) => [
          id,
          {
            milliseconds,
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

  /** Takes in as many of the others as can be shown; only what is wrong with the view itself stands in the way. */
  async function planViews(request: PreviewRequest): Promise<Outcome<ViewPlan>> {
    const whole = await planDrafted(request, 1)
    // A box is drawn to see it as it will be.
    if (!whole.ok || request.region || !request.draft || request.draft <= 1) return whole
    const drafted = await planDrafted(request, request.draft)
    if (!drafted.ok) return whole
    const { desc, others } = whole.value
    return { ok: true, value: { ...drafted.value, desc, others } }
  }

  async function planDrafted(request: PreviewRequest, draft: number): Promise<Outcome<ViewPlan>> {
    const { view, others = [] } = request
    const document = draftOf(request.document, specs, draft)
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
    const wanted = new Map<ValueId, Region>()
    for (const target of request.region ? targets : []) {
      if (target === undefined || !request.region) continue
      const region = inPixels(request.region, plan.values[target]!.desc)
      const known = wanted.get(target)
      wanted.set(target, known ? union(known, region) : region)
    }
    return {
      ok: true,
      value: {
        planned: together.value,
        targets,
        document,
        draft,
        wanted,
        parts: regionsOf(plan, document, specs, assets.facts, wanted),
        desc: descs.get(endpointKey(view)) ?? null,
        others: others.map((output, i) => {
          const outcome = outcomes[i + 1]!
          return outcome.ok
            ? { desc: descs.get(endpointKey(output)) ?? null, problems: [] }
            : { desc: null, problems: outcome.problems }
        }),
      },
    }
  }

  /** The request for the plain nodes that subgraphs fold. */
  function unfolded(request: PreviewRequest): PreviewRequest {
    const { document, resolve } = expand(request.document, specs)
    const plain = (output: Endpoint) => resolve(output) ?? output
    return { ...request, document, view: plain(request.view), others: (request.others ?? []).map(plain) }
  }

  async function render(
    request: PreviewRequest,
    use: UsePictures,
    signal: AbortSignal,
  ): Promise<Outcome<PreviewResult>> {
    const began = performance.now()
    const planned = await planViews(request)
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
    const [gpuError] = gpuErrors.take()
    if (gpuError !== undefined) throw new Error(`the graphics processor refused the work: ${gpuError}`)
    signal.throwIfAborted()
    guard.move()
    await use(
      targets.map((target) => (target !== undefined && result.targets.get(target)) || null),
      desc && desc.type !== 'audio' ? desc : null,
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
        kept: keptFrames(prepared, index),
      },
    }
  }

  let newest: AbortController | undefined
  /** Requests that show, running or waiting. */
  let showing = 0
  const behind = new Set<AbortController>()
  let last: Promise<unknown> = Promise.resolve()

  function stopBackground() {
    for (const background of behind) background.abort(new DOMException('something else came first', 'AbortError'))
  }

  return {
    cache,
    stopBackground,
    async render(request, use) {
      const mine = new AbortController()
      if (request.background) {
        if (showing > 0) return superseded(cache)
        behind.add(mine)
      } else {
        newest?.abort(new DOMException('a newer preview was asked for', 'AbortError'))
        stopBackground()
        newest = mine
        showing += 1
      }
      const signal = AbortSignal.any([mine.signal, live.lost])
      const before = last
      const work = (async () => {
        await before
        try {
          if (mine.signal.aborted) return superseded(cache)
          return await whileAlive(live, render(unfolded(request), use, signal))
        } catch (error) {
          if (mine.signal.aborted && (isAbort(error) || error === mine.signal.reason)) return superseded(cache)
          // The session builds everything anew and asks again.
          if (await wasLost(live)) throw live.lost.reason
          return { ok: false as const, problems: [problemOf(error, names(unfolded(request).document, specs).node)] }
        } finally {
          behind.delete(mine)
        }
      })()
      last = work.catch(() => undefined)
      if (!request.background)
        void last.then(() => {
          showing -= 1
        })
      return work
    },
    async [Symbol.asyncDispose]() {
      newest?.abort(new DOMException('the preview ended', 'AbortError'))
      stopBackground()
      await last
      cache[Symbol.dispose]()
      await runner[Symbol.asyncDispose]()
    },
  }
}
