/**
 * Runs a prepared graph, one frame at a time. It knows the five kernel kinds and nothing of any node type.
 *
 *   wanted values ──▶ which steps must run (from the end back, leaving out what is kept already)
 *   each step     ──▶ lease outputs, record or await, give inputs back at their last use
 *
 * Preview and export run the same steps; they differ in what they ask for and in which results they keep.
 */
import { createRecorder } from '../../gpu/recorder.ts'
import { createPassTimer } from '../../gpu/timing.ts'
import type { FrameTime, GpuPicture } from '../../gpu/types.ts'
import type { NodeId } from '../../graph/document/document.ts'
import type { PlanStep, ValueId } from '../../graph/plan/plan.ts'
import { isWhole, type Region, sameRegion, wholeOf } from '../../graph/plan/region.ts'
import type { RuntimeReport } from '../../models/types.ts'
import type { Run } from '../../nodes/kernel.ts'
import { contentKey } from './content-key.ts'
import { NodeFailure } from './errors.ts'
import { type AnySink, assetVersions, type EngineParts, type PreparedGraph, type PreparedStep } from './prepare.ts'
import type { Held, ResultCache } from './result-cache.ts'

export interface FrameRequest {
  /** Of the clock's media. */
  readonly index: number
  /** Values to hand out; the caller disposes them. */
  readonly targets: readonly ValueId[]
  readonly signal: AbortSignal
  /** Where results are looked up; those for which `keep` holds stay there. */
  readonly cache?: {
    readonly results: ResultCache
    keep(value: ValueId): boolean
    /** See `ResultCache.put`. */
    readonly sparing?: number
  }
  /** Opened sinks, and the time that the result gives this frame. */
  readonly sinks?: { readonly instances: ReadonlyMap<NodeId, AnySink>; readonly time: FrameTime }
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
  const { gpu, definitions, assetVersion } = parts
  const timer = createPassTimer(gpu.device)
  const recorder = createRecorder(gpu.device, timer)

  /** Whether a node's result may differ between frames though its inputs do not. */
  function usesTime({ types, params }: PreparedGraph, node: NodeId): boolean {
    const { kernel } = definitions.get(types.get(node)!)!
    if (kernel.usesTime === true || kernel.memory?.(params.get(node) as never) !== undefined) return true
    return kernel.kind === 'pixel' && /\bpx\.frame\b/.test(kernel.wgsl)
  }

  /** The moment source `node` shows at the clock's `time`: the clock's own, else the frame being shown then. */
  function sourceTime(prepared: PreparedGraph, node: NodeId, time: FrameTime): FrameTime {
    const { clock } = prepared
    if (node === clock.node) return time
    const { timeline, range } = prepared.sources.get(node)!
    const elapsed = time.timestamp - clock.time(clock.first).timestamp
    const shown = timeline.indexAt(timeline.timestamp(range.first) + elapsed)
    const index = Math.min(range.last, Math.max(range.first, shown))
    return { index, timestamp: timeline.timestamp(index), duration: timeline.duration(index) }
  }

  /** What is made of a value. */
  const partOf = (prepared: PreparedGraph, value: ValueId): Region =>
    prepared.parts.get(value) ?? wholeOf(prepared.plan.values[value]!.desc)

  /**
   * The names of what is made of a value, given the name of its whole picture: that of the part, then the whole's,
   * since whoever wants a part can take it out of the whole.
   */
  function namesOf(prepared: PreparedGraph, value: ValueId, key: string): readonly [string, ...string[]] {
    const part = partOf(prepared, value)
    if (isWhole(part, prepared.plan.values[value]!.desc)) return [key]
    return [`${key}[${part.x},${part.y} ${part.width}x${part.height}]`, key]
  }

  /** Names of whole pictures. */
  function contentKeys(prepared: PreparedGraph, time: FrameTime): ReadonlyMap<ValueId, string> {
    const keys = new Map<ValueId, string>()
    for (const { kind, step } of prepared.steps) {
      const ofNode = new Map<NodeId, string>()
      for (const id of step.nodes) {
        const type = prepared.types.get(id)!
        const params = prepared.params.get(id)!
        const inputs = Object.entries(step.inputs[id] ?? {}).map(([port, source]) => {
          if (source.kind === 'value') return [port, keys.get(source.value)]
          if (source.kind === 'local') return [port, ofNode.get(source.from.node)]
          return [port, null]
        })
        const frame =
          kind === 'source' ? sourceTime(prepared, id, time).index : usesTime(prepared, id) ? time.index : null
        ofNode.set(id, contentKey([type, params, assetVersions(params, assetVersion), inputs, frame]))
      }
      for (const value of step.writes) {
        const { node, port } = prepared.plan.values[value]!.producer
        keys.set(value, `${ofNode.get(node)}/${port}`)
      }
    }
    return keys
  }

  function lease(
    prepared: PreparedGraph,
    value: ValueId,
    part = partOf(prepared, value),
  ): Held & { keep(results: ResultCache, key: string, sparing?: number): Held } {
    const { desc, producer } = prepared.plan.values[value]!
    const size = { width: part.width, height: part.height, format: desc.format }
    const texture = gpu.pool.texture(size, `${prepared.types.get(producer.node)}/${producer.port}`)
    return {
      picture: { texture: texture.value, desc, part },
      [Symbol.dispose]: () => texture[Symbol.dispose](),
      keep: (results, key, sparing) => results.put(key, texture, { desc, part }, sparing),
    }
  }

  /** What the step's node is told for this frame; exact types are erased (see `AnyPass`). */
  function runOf(
    prepared: PreparedGraph,
    step: PlanStep,
    node: NodeId,
    picture: (value: ValueId) => GpuPicture,
    time: FrameTime,
    signal: AbortSignal,
  ): Run {
    const inputs: Record<string, GpuPicture> = {}
    for (const [port, source] of Object.entries(step.inputs[node] ?? {})) {
      if (source.kind === 'value') inputs[port] = picture(source.value)
    }
    const outputs: Record<string, GpuPicture> = {}
    for (const value of step.writes) outputs[prepared.plan.values[value]!.producer.port] = picture(value)
    const params = prepared.params.get(node) as Run['params']
    return { time, recorder, inputs: inputs as Run['inputs'], outputs, params, signal }
  }

  async function runStep(
    prepared: PreparedGraph,
    current: PreparedStep,
    request: FrameRequest,
    time: FrameTime,
    picture: (value: ValueId) => GpuPicture,
  ): Promise<void> {
    const { step } = current
    // Without a GPU every step is long; with one, a model's alone.
    if (gpu.software || current.kind === 'async') await gpu.giveWay(recorder)
    if (current.kind === 'pixel') {
      const { unit, pass } = current
      pass.record(recorder, {
        reads: Object.fromEntries(step.reads.map((value) => [unit.readName(value), picture(value).texture])),
        writes: Object.fromEntries(step.writes.map((value) => [unit.writeName(value), picture(value).texture])),
        uniforms: unit.uniforms(time.index, (id) => prepared.params.get(id)!, picture),
        size: partOf(prepared, step.writes[0]!),
      })
      return
    }
    const { node } = current
    const runAt = (moment: FrameTime) => runOf(prepared, step, node, picture, moment, request.signal)
    switch (current.kind) {
      case 'pass':
        current.slot.instance.record(runAt(time))
        return
      case 'async':
        await current.slot.instance.run(runAt(time))
        current.slot.lastIndex = time.index
        return
      case 'source':
        await current.slot.instance.run(runAt(sourceTime(prepared, node, time)))
        return
      case 'sink':
        await request.sinks?.instances.get(node)?.write(runAt(request.sinks.time))
    }
  }

  /** Before an async node with memory runs frame `index`, lets it see the earlier frames that it needs. */
  async function remember(prepared: PreparedGraph, current: PreparedStep, request: FrameRequest): Promise<void> {
    if (current.kind !== 'async') return
    const { kernel } = definitions.get(prepared.types.get(current.node)!)!
    const reach = kernel.memory?.(prepared.params.get(current.node) as never)
    if (!reach) return
    const { slot, step } = current
    const keys = contentKeys(prepared, prepared.clock.time(prepared.clock.first))
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
      using inputs = await runFrame(prepared, { index, signal, targets: current.step.reads, timed: false })
      using scratch = new DisposableStack()
      const outputs = new Map(current.step.writes.map((value) => [value, scratch.use(lease(prepared, value))]))
      const picture = (value: ValueId) => (outputs.get(value) ?? inputs.targets.get(value))!.picture
      await runStep(prepared, current, request, inputs.time, picture)
    }
  }

  async function runFrame(prepared: PreparedGraph, request: FrameRequest): Promise<FrameResult> {
    const { cache, signal, sinks } = request
    const time = prepared.clock.time(request.index)
    const keys = cache ? contentKeys(prepared, time) : undefined
    const held = new Map<ValueId, Held>()
    const letGo = (value: ValueId) => {
      held.get(value)?.[Symbol.dispose]()
      held.delete(value)
    }
    const nameOf = (value: ValueId) => namesOf(prepared, value, keys!.get(value)!)
    const kept = (value: ValueId): Held | undefined => {
      if (!keys || !cache) return undefined
      const name = nameOf(value).find((one) => cache.results.has(one))
      return name === undefined ? undefined : cache.results.get(name)
    }
    const isHere = (value: ValueId): boolean => {
      const found = held.get(value) ?? kept(value)
      if (found) held.set(value, found)
      return found !== undefined
    }
    /** Whoever asked for a part gets that, though more is there: the whole was kept, or a source gave it. */
    const cutOut = (value: ValueId) => {
      const more = held.get(value)
      const part = prepared.wanted.get(value)
      if (!more || !part || sameRegion(more.picture.part, part)) return
      const cut = lease(prepared, value, part)
      const { x, y } = more.picture.part
      recorder.encoder.copyTextureToTexture(
        { texture: more.picture.texture, origin: { x: part.x - x, y: part.y - y } },
        { texture: cut.picture.texture },
        [part.width, part.height],
      )
      letGo(value)
      held.set(value, cut)
    }
    const picture = (value: ValueId): GpuPicture => {
      const found = held.get(value)
      if (!found) throw new Error(`value ${value} was read after its release`)
      return found.picture
    }

    const wanted = new Set(request.targets)
    const running = new Set<PlanStep>()
    const milliseconds = new Map<number, number>()
    const involved = new Set<number>()
    prepared.steps.toReversed().forEach(({ kind, step }, fromEnd) => {
      const here = step.writes.filter((value) => wanted.has(value)).map(isHere)
      if (kind === 'sink' ? sinks === undefined : here.length === 0) return
      involved.add(prepared.steps.length - 1 - fromEnd)
      if (kind !== 'sink' && here.every((kept) => kept)) return
      running.add(step)
      for (const value of step.reads) wanted.add(value)
    })

    try {
      for (const [i, current] of prepared.steps.entries()) {
        const { step } = current
        if (!running.has(step)) continue
        signal.throwIfAborted()
        const began = performance.now()
        try {
          await remember(prepared, current, request)
          for (const value of step.writes) {
            // Of several outputs one may be kept while another is not: all are made again.
            letGo(value)
            held.set(value, lease(prepared, value))
          }
          timer?.attribute(i)
          await runStep(prepared, current, request, time, picture)
        } catch (error) {
          throw error instanceof NodeFailure || signal.aborted ? error : new NodeFailure(step.nodes[0]!, error)
        }
        milliseconds.set(i, performance.now() - began)
        for (const value of step.writes) {
          const made = held.get(value)
          if (cache && keys && made && 'keep' in made && cache.keep(value)) {
            held.set(value, (made as ReturnType<typeof lease>).keep(cache.results, nameOf(value)[0], cache.sparing))
          }
        }
        for (const value of step.releases) if (!request.targets.includes(value)) letGo(value)
      }
      for (const value of request.targets) cutOut(value)
      timer?.attribute(undefined)
      const readTimes = request.timed ? timer?.resolve(recorder) : undefined
      recorder.submit()
      gpu.pool.endFrame()

      const targets = new Map(request.targets.map((value) => [value, held.get(value)!]))
      for (const value of [...held.keys()]) if (!targets.has(value)) letGo(value)
      return {
        time,
        targets,
        async reports() {
          const gpuTimes = await readTimes?.()
          return [...involved]
            .toSorted((a, b) => a - b)
            .map((i) => {
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
      for (const value of [...held.keys()]) letGo(value)
      throw error
    }
  }

  return {
    run: runFrame,
    targetKeys(prepared, index) {
      const keys = contentKeys(prepared, prepared.clock.time(index))
      return prepared.plan.targets.map((target) => namesOf(prepared, target, keys.get(target)!))
    },
    constants(prepared) {
      const { steps, sources } = prepared
      const constant = new Set<ValueId>()
      for (const current of steps) {
        const { step } = current
        const still =
          current.kind === 'source'
            ? sources.get(current.node)?.timeline.count === 1
            : step.nodes.every((id) => !usesTime(prepared, id)) && step.reads.every((value) => constant.has(value))
        if (still) for (const value of step.writes) constant.add(value)
      }
      return constant
    },
    get submits() {
      return recorder.submits
    },
    [Symbol.dispose]() {
      recorder[Symbol.dispose]()
      timer?.[Symbol.dispose]()
    },
  }
}
