/** The sinks of an export: what each is told when it is opened, and how each ends. */
import { isPicture } from '../../graph/analysis/infer.ts'
import type { FlatId } from '../../graph/document/document.ts'
import type { Names } from '../../graph/document/naming.ts'
import { oneForOne, quotient } from '../../graph/node/rate.ts'
import type { ExecutionPlan, PlanStep } from '../../graph/plan/execution-plan.ts'
import type { SinkReport } from '../../media/types.ts'
import type { SinkContext } from '../../nodes/kernel.ts'
import type { AnySink, PreparedGraph } from '../run/prepared-graph.ts'
import { type FrameRange, frameOf } from './frame-range.ts'

/** Where a sink stands in the plan. */
export interface SinkPlace {
  readonly node: FlatId
  readonly step: PlanStep
  readonly frameRate: number
}

export function sinkPlaces(plan: ExecutionPlan, nodes: readonly FlatId[]): readonly SinkPlace[] {
  return nodes.map((node) => {
    const step = plan.steps.find((candidate) => candidate.nodes.includes(node))
    if (!step) throw new Error(`the plan has no sink ${node}`)
    const pictures = step.reads.map(({ value }) => plan.values[value]!.desc).filter(isPicture)
    // Frames of a slower clock than the result's are held, and written as often as the others.
    const [first] = step.reads.filter(({ value }) => isPicture(plan.values[value]!.desc))
    const ratio = first ? quotient(plan.rate, plan.values[first.value]!.rate) : oneForOne
    return { node, step, frameRate: ((pictures[0]?.frameRate ?? 0) * ratio.frames) / ratio.of }
  })
}

/** Sound of each audio input of the sink, cut to the exported range in the sound's own time. */
export function soundOf(
  { clock, sources }: Pick<PreparedGraph, 'clock' | 'sources'>,
  { node: sink, step }: SinkPlace,
  range: FrameRange,
  fileBegin: SinkContext['begin'],
): SinkContext['audio'] {
  const begin = clock.time(range.first)
  const end = clock.time(range.last)
  const ports = Object.entries(step.inputs[sink] ?? {}).flatMap(([port, origin]) => {
    if (origin.kind !== 'stream') return []
    const { node } = origin.from
    const source = sources.get(node)
    if (!source?.audio) return []
    // A source that is not the clock starts together with it.
    const shift =
      node === clock.node ? 0 : source.timeline.timestamp(source.range.first) - clock.time(clock.first).timestamp
    const sound = {
      stream: source.audio,
      start: begin.timestamp + shift,
      end: end.timestamp + end.duration + shift,
      fromBeginning: node === clock.node && range.first === 0,
      origin: source.timeline.timestamp(0),
      at: placeOf(clock, range, fileBegin),
    }
    return [[port, sound] as const]
  })
  return Object.fromEntries(ports)
}

/** What is wired to each input of the sink, by its titles. */
export function titlesOf(
  { plan }: Pick<PreparedGraph, 'plan'>,
  { node: sink, step }: SinkPlace,
  nodeNames: Names<FlatId>,
): SinkContext['titles'] {
  return Object.fromEntries(
    Object.entries(step.inputs[sink] ?? {}).flatMap(([port, source]) => {
      if (source.kind !== 'value') return []
      const { node, port: output } = plan.values[source.value]!.producer
      return [[port, `${nodeNames.node(node)} · ${nodeNames.output(node, output)}`] as const]
    }),
  )
}

/** What the medium of the clock holds beside picture and sound, cut to the exported range. */
export function companionsOf(
  { clock, sources }: Pick<PreparedGraph, 'clock' | 'sources'>,
  range: FrameRange,
  fileBegin: SinkContext['begin'],
): SinkContext['companions'] {
  const source = clock.node === null ? undefined : sources.get(clock.node)?.companions
  if (!source) return undefined
  const end = clock.time(range.last)
  return {
    source,
    start: clock.time(range.first).timestamp,
    end: end.timestamp + end.duration,
    at: placeOf(clock, range, fileBegin),
  }
}

/** Seconds of the file at which the range begins. */
const placeOf = (clock: PreparedGraph['clock'], range: FrameRange, { seconds }: SinkContext['begin']): number =>
  Math.max(0, frameOf(clock, range.first - clock.first).time.timestamp - seconds)

/** Sinks from when they are opened until they have ended; whatever has not ended by its disposal leaves nothing behind. */
export class ExportSinks implements AsyncDisposable {
  readonly #open = new Map<FlatId, AnySink>()

  get instances(): ReadonlyMap<FlatId, AnySink> {
    return this.#open
  }

  add(node: FlatId, sink: AnySink): void {
    this.#open.set(node, sink)
  }

  /** Ends one with its file whole. */
  async finish(node: FlatId): Promise<SinkReport> {
    const report = await this.#open.get(node)!.finish()
    this.#open.delete(node)
    return report
  }

  /** Ends one with what it has been given kept in its segments. */
  async keep(node: FlatId): Promise<void> {
    const sink = this.#open.get(node)!
    await sink.keep()
    this.#open.delete(node)
    await sink.dispose?.()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What cannot be removed keeps no other sink from trying.
    const ends = await Promise.allSettled([...this.#open.values()].map((sink) => sink.abort()))
    for (const sink of this.#open.values()) await sink.dispose?.()
    const failure = ends.find((end) => end.status === 'rejected')
    if (failure) console.error('Something half-written could not be removed:', failure.reason)
  }
}
