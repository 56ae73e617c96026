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
export const partOf = (preparedGraph: Pick<PreparedGraph, 'parts' | 'plan'>, value: ValueId): Region =>
  preparedGraph.parts.get(value) ?? wholeOf(preparedGraph.plan.values[value]!.desc)

/** The moment source `node` shows at the clock's `time`: the clock's own, else the frame being shown then. */
export function sourceTime(
  { clock, sources }: Pick<PreparedGraph, 'clock' | 'sources'>,
  node: FlatId,
  time: FrameTime,
): FrameTime {
  if (node === clock.node) return time
  const { timeline, range } = sources.get(node)!
  const secondsIn = time.timestamp - clock.time(clock.first).timestamp
  const indexThen = timeline.indexAt(timeline.timestamp(range.first) + secondsIn)
  const index = Math.min(range.last, Math.max(range.first, indexThen))
  return { index, timestamp: timeline.timestamp(index), duration: timeline.duration(index) }
}

/**
 * The names of what is made of a value, given the name of its whole picture: that of the part, then the whole's,
 * since whoever wants a part can take it out of the whole.
 */
export function namesOf(
  preparedGraph: Pick<PreparedGraph, 'parts' | 'plan'>,
  value: ValueId,
  key: string,
): readonly [string, ...string[]] {
  const part = partOf(preparedGraph, value)
  if (isWhole(part, preparedGraph.plan.values[value]!.desc)) return [key]
  return [`${key}[${part.x},${part.y} ${part.width}x${part.height}]`, key]
}

/** What of a prepared graph decides the names. */
export type Named = Pick<PreparedGraph, 'plan' | 'steps' | 'clock' | 'clocks' | 'sources' | 'params' | 'types'>

/** Names that are remembered where frames are few, and frames where they have few values. */
const maxNames = 16_384
const maxFrames = 512

/** How something is made, and of which moment: where all that it is made of moves with one source, its frames differ in nothing else. */
interface Made {
  readonly how: string
  readonly moment: number | undefined
}

interface Name extends Made {
  /** The same name, the same picture. */
  readonly text: string
  /** Tells the value from all others of the graph, too, though they be the same picture. */
  readonly key: string
}

type NodeInput =
  | { readonly kind: 'local'; readonly node: number; readonly port: string }
  | { readonly kind: 'value'; readonly value: ValueId; readonly span: FrameSpan; readonly offsets: readonly number[] }

/** What is the same for all frames of a node. */
interface NodeNaming {
  readonly id: FlatId
  /** Names it without what its inputs are made of. */
  readonly ownName: string
  readonly inputs: readonly NodeInput[]
  readonly moment: 'source' | 'frame' | undefined
  /** What it was made of when it was named last, in order: mostly the same again, and then it is made in the same way. */
  last: readonly (string | number | null)[]
  how: string
}

/** The names of one prepared graph. */
export class ValueNames {
  readonly #graph: Named
  readonly #definitions: ReadonlyMap<string, NodeDefinition>
  readonly #producers: readonly number[]
  /** By step. */
  readonly #namings: readonly (readonly NodeNaming[])[]
  /** By frame, by value. */
  readonly #names = new Map<number, (Name | undefined)[]>()
  /** The frame of `#known` that was named last. */
  #newest: number | undefined
  readonly #keptFrames: number

  /** @param assetVersion changes whenever the file behind an id changes */
  constructor(graph: Named, definitions: ReadonlyMap<string, NodeDefinition>, assetVersion: (id: string) => number) {
    this.#graph = graph
    this.#definitions = definitions
    const { steps, values } = graph.plan
    const producers: number[] = []
    for (const [at, { writes }] of steps.entries()) for (const value of writes) producers[value] = at
    this.#producers = producers
    this.#namings = graph.steps.map(({ step, kind }) =>
      step.nodes.map((id) => this.#naming(step, kind, id, assetVersion)),
    )
    const widest = values.reduce((width, { window }) => Math.max(width, window.before + window.after), 0)
    // More than any window, so that each is made once while frames are made in order.
    this.#keptFrames = Math.max(4 * widest + 32, Math.min(maxFrames, Math.ceil(maxNames / Math.max(1, values.length))))
  }

  /** The name of the whole picture of a value at a frame of its clock. */
  at(value: ValueId, frame: number): string {
    return this.#nameAt(value, frame).text
  }

  /** The same, and other than that of every other value. */
  keyAt(value: ValueId, frame: number): string {
    return this.#nameAt(value, frame).key
  }

  #nameAt(value: ValueId, frame: number): Name {
    const name = this.#names.get(frame)?.[value]
    if (name) return name
    // Not by recursion, since graphs may be thousands of nodes long.
    const open: [value: ValueId, frame: number][] = [[value, frame]]
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (this.#openMissing(open, ...top)) continue
      this.#name(this.#producers[top[0]]!, top[1])
      open.pop()
    }
    const nameFound = this.#names.get(frame)![value]!
    for (const oldest of this.#names.keys()) {
      if (this.#names.size <= this.#keptFrames) break
      this.#names.delete(oldest)
    }
    return nameFound
  }

  /** Whether something that `value` at `frame` is made of has no name yet; it is put onto `open`. */
  #openMissing(open: [value: ValueId, frame: number][], value: ValueId, frame: number): boolean {
    const step = this.#graph.plan.steps[this.#producers[value]!]!
    const before = open.length
    for (const { value: input, frames } of step.reads)
      for (const offset of offsetsOf(frames)) {
        const at = this.#frameRead(step, input, frames, frame, offset)
        if (!this.#names.get(at)?.[input]) open.push([input, at])
      }
    return open.length > before
  }

  /** The frame of `value` that `step` reads as `offset` when it runs at `frame`. */
  #frameRead(step: PlanStep, value: ValueId, span: FrameSpan, frame: number, offset: number): number {
    const { plan, clocks } = this.#graph
    return frameRead(span, frame, offset, step.rate, plan.values[value]!.rate, clocks.source)
  }

  #naming(step: PlanStep, kind: string, id: FlatId, assetVersion: (id: string) => number): NodeNaming {
    const { types, params: paramsOf } = this.#graph
    const params = paramsOf.get(id)!
    const type = types.get(id)!
    const inputSources = Object.entries(step.inputs[id] ?? {})
    const inputs = inputSources.flatMap(([port, source]): NodeInput[] => {
      if (source.kind === 'local')
        return [{ kind: 'local', node: step.nodes.indexOf(source.from.node), port: source.from.port }]
      if (source.kind !== 'value') return []
      const span = step.needs[id]?.[port]?.frames ?? ownFrame
      return [{ kind: 'value', value: source.value, span, offsets: offsetsOf(span) }]
    })
    const shape = inputSources.map(([port, { kind: from }]) =>
      from === 'none' ? [port, 0] : [port, offsetsOf(step.needs[id]?.[port]?.frames ?? ownFrame).length],
    )
    const kernel = this.#definitions.get(type)?.kernel
    return {
      id,
      ownName: contentKey([type, params, assetVersions(params, assetVersion), shape]),
      inputs,
      moment: kind === 'source' ? 'source' : kernel?.readsFrame || kernel?.clock ? 'frame' : undefined,
      last: [],
      how: '',
    }
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

  /** How a node is made, given those of its step before it. */
  #madeAt(naming: NodeNaming, step: PlanStep, frame: number, before: readonly Made[]): Made {
    const parts: (string | number | null)[] = []
    let moment: number | undefined
    const add = (makeup: Made, port?: string) => {
      moment ??= makeup.moment
      parts.push(port === undefined ? makeup.how : `${makeup.how}/${port}`)
      parts.push(makeup.moment === undefined || moment === undefined ? null : makeup.moment - moment)
    }
    for (const input of naming.inputs) {
      if (input.kind === 'local') add(before[input.node]!, input.port)
      else
        for (const offset of input.offsets) {
          const at = this.#frameRead(step, input.value, input.span, frame, offset)
          add(this.#names.get(at)![input.value]!)
        }
    }
    if (naming.moment) {
      const { clocks } = this.#graph
      const ownMoment =
        naming.moment === 'frame' ? frame : sourceTime(this.#graph, naming.id, clocks.at(step.rate).time(frame)).index
      moment ??= ownMoment
      parts.push(ownMoment - moment)
    }
    const { last } = naming
    if (naming.how === '' || parts.length !== last.length || parts.some((part, i) => part !== last[i])) {
      naming.last = parts
      naming.how = contentKey([naming.ownName, parts])
    }
    return { how: naming.how, moment }
  }

  #name(at: number, frame: number): void {
    const { plan, steps } = this.#graph
    const { step } = steps[at]!
    const nodes: Made[] = []
    for (const naming of this.#namings[at]!) nodes.push(this.#madeAt(naming, step, frame, nodes))
    const names = this.#names.get(frame) ?? []
    const constant = this.#numbersAlone(at, frame)
    for (const value of step.writes) {
      const { node, port } = plan.values[value]!.producer
      const number = constant?.[port]
      const makeup = nodes[step.nodes.indexOf(node)]!
      const how = number === undefined ? `${makeup.how}/${port}` : `number ${number}`
      const moment = number === undefined ? makeup.moment : undefined
      const text = moment === undefined ? how : `${how}@${moment}`
      names[value] = { how, moment, text, key: `${value} ${text}` }
    }
    if (frame === this.#newest) return
    // Last named, last forgotten: frames of different clocks share their numbers.
    this.#names.delete(frame)
    this.#names.set(frame, names)
    this.#newest = frame
  }
}
