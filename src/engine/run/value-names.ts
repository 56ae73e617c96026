/**
 * Names every value of a frame by what it is made of, so that it can be found again (see `contentKey`). Also answers
 * which moment a source shows.
 */
import type { FrameTime } from '../../gpu/types.ts'
import type { FlatId } from '../../graph/document/document.ts'

import { type FrameSpan, offsetsOf, ownFrame } from '../../graph/node/needs.ts'
import { contentKey } from '../../graph/plan/dirty.ts'
import type { PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import { frameRead } from '../../graph/plan/frames-by-clock.ts'

import { isWhole, type Region, wholeOf } from '../../graph/plan/region.ts'
import type { NodeDefinition } from '../../nodes/define.ts'
import type { NumberRun } from '../../nodes/kernel.ts'
import type { ParamValues, PreparedGraph } from './prepared-graph.ts'

/** Versions of the files that `params` name. */
export function assetVersions(params: ParamValues, version: (id: string) => number): number[] {
  return Object.values(params).flatMap((value) =>
    typeof value === 'object' && value !== null && 'id' in value ? [version(String(value.id))] : [],
  )
}

/** What is made of a value: a part of its picture, or all of it. */
export const partOf = (prepared: Pick<PreparedGraph, 'parts' | 'plan'>, value: ValueId): Region =>
  prepared.parts.get(value) ?? wholeOf(prepared.plan.values[value]!.desc)

/** The moment source `node` shows at the clock's `time`: the clock's own, else the frame being shown then. */
export function sourceTime(
  { clock, sources }: Pick<PreparedGraph, 'clock' | 'sources'>,
  node: FlatId,
  time: FrameTime,
): FrameTime {
  if (node === clock.node) return time
  const { timeline, range } = sources.get(node)!
  const elapsed = time.timestamp - clock.time(clock.first).timestamp
  const indexThen = timeline.indexAt(timeline.timestamp(range.first) + elapsed)
  const index = Math.min(range.last, Math.max(range.first, indexThen))
  return { index, timestamp: timeline.timestamp(index), duration: timeline.duration(index) }
}

/**
 * The names of what is made of a value, given the name of its whole picture: that of the part, then the whole's,
 * since whoever wants a part can take it out of the whole.
 */
export function namesOf(
  prepared: Pick<PreparedGraph, 'parts' | 'plan'>,
  value: ValueId,
  key: string,
): readonly [string, ...string[]] {
  const part = partOf(prepared, value)
  if (isWhole(part, prepared.plan.values[value]!.desc)) return [key]
  return [`${key}[${part.x},${part.y} ${part.width}x${part.height}]`, key]
}

/** What of a prepared graph decides the names. */
export type Named = Pick<PreparedGraph, 'plan' | 'steps' | 'clock' | 'clocks' | 'sources' | 'params' | 'types'>

/** Frames whose names are remembered: more than any window, so that each is made once while frames are made in order. */
const maxFrames = 512

/** The names of one prepared graph. */
export class ValueNames {
  readonly #graph: Named
  readonly #definitions: ReadonlyMap<string, NodeDefinition>
  readonly #producers: ReadonlyMap<ValueId, number>
  /** For each node what names it without its inputs. */
  readonly #own: ReadonlyMap<FlatId, string>
  /** By frame, by value. */
  readonly #known = new Map<number, Map<ValueId, string>>()

  /** @param assetVersion changes whenever the file behind an id changes */
  constructor(graph: Named, definitions: ReadonlyMap<string, NodeDefinition>, assetVersion: (id: string) => number) {
    this.#graph = graph
    this.#definitions = definitions
    this.#producers = new Map(graph.plan.steps.flatMap(({ writes }, at) => writes.map((value) => [value, at] as const)))
    this.#own = new Map(
      [...graph.types].map(([id, type]) => {
        const params = graph.params.get(id)!
        return [id, contentKey([type, params, assetVersions(params, assetVersion)])]
      }),
    )
  }

  /** The name of the whole picture of a value at a frame of its clock. */
  at(value: ValueId, frame: number): string {
    const known = this.#known.get(frame)?.get(value)
    if (known !== undefined) return known
    // Not by recursion, since graphs may be thousands of nodes long.
    const open: [value: ValueId, frame: number][] = [[value, frame]]
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const missing = this.#missingFor(...top)
      if (missing.length > 0) open.push(...missing)
      else {
        this.#name(this.#producers.get(top[0])!, top[1])
        open.pop()
      }
    }
    return this.#known.get(frame)!.get(value)!
  }

  /** What `value` at `frame` is made of and has no name yet. */
  #missingFor(value: ValueId, frame: number): [value: ValueId, frame: number][] {
    const step = this.#graph.plan.steps[this.#producers.get(value)!]!
    return step.reads.flatMap(({ value: read, frames }) =>
      offsetsOf(frames).flatMap((offset) => {
        const at = this.#frameRead(step, read, frames, frame, offset)
        return this.#known.get(at)?.has(read) ? [] : [[read, at] as [ValueId, number]]
      }),
    )
  }

  /** The frame of `value` that `step` reads as `offset` when it runs at `frame`. */
  #frameRead(step: PlanStep, value: ValueId, span: FrameSpan, frame: number, offset: number): number {
    const { plan, clocks } = this.#graph
    return frameRead(span, frame, offset, step.rate, plan.values[value]!.rate, clocks.source)
  }

  /**
   * What a step gives that works on no number of another: then each is named by what it is, and an edit that leaves it as it
   * was at a frame leaves that frame as it was.
   */
  #numbersAlone(at: number, frame: number): Readonly<Record<string, number>> | undefined {
    const { clocks, params, steps } = this.#graph
    const current = steps[at]!
    if (current.kind !== 'number' || current.step.reads.length > 0) return undefined
    const time = current.readsFrame ? clocks.at(current.step.rate).time(frame) : undefined
    return current.numbers({ time, inputs: {}, params: params.get(current.node) as NumberRun['params'] })
  }

  #name(at: number, frame: number): void {
    const { plan, steps, clocks, types } = this.#graph
    const { step, kind } = steps[at]!
    const ofNode = new Map<FlatId, string>()
    for (const id of step.nodes) {
      const inputs = Object.entries(step.inputs[id] ?? {}).map(([port, source]) => {
        if (source.kind === 'local') return [port, ofNode.get(source.from.node)]
        if (source.kind !== 'value') return [port, null]
        const { value } = source
        const span = step.needs[id]?.[port]?.frames ?? ownFrame
        const nameAt = (offset: number) =>
          this.#known.get(this.#frameRead(step, value, span, frame, offset))!.get(value)
        return [port, ...offsetsOf(span).map(nameAt)]
      })
      const kernel = this.#definitions.get(types.get(id)!)?.kernel
      const moment =
        kind === 'source'
          ? sourceTime(this.#graph, id, clocks.at(step.rate).time(frame)).index
          : kernel?.readsFrame || kernel?.clock
            ? frame
            : null
      ofNode.set(id, contentKey([this.#own.get(id), inputs, moment]))
    }
    const names = this.#known.get(frame) ?? new Map<ValueId, string>()
    const constant = this.#numbersAlone(at, frame)
    for (const value of step.writes) {
      const number = constant?.[plan.values[value]!.producer.port]
      if (number !== undefined) {
        names.set(value, `number ${number}`)
        continue
      }
      const { node, port } = plan.values[value]!.producer
      names.set(value, `${ofNode.get(node)}/${port}`)
    }
    // Last named, last forgotten: frames of different clocks share their numbers.
    this.#known.delete(frame)
    this.#known.set(frame, names)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= maxFrames) break
      this.#known.delete(oldest)
    }
  }
}
