/**
 * Every frame of a range, in order, into the sinks. Decoding runs ahead in the source, encoding behind in the
 * sink, each within its own bound; between them one frame is computed at a time, so memory does not grow with
 * the clip.
 */

import { expand } from '../../graph/analysis/expand.ts'
import { isPicture } from '../../graph/analysis/infer.ts'
import type { NodeId } from '../../graph/document/document.ts'
import { names } from '../../graph/document/naming.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { serializeGraph } from '../../graph/file/write.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { PlanStep } from '../../graph/plan/execution-plan.ts'
import type { OutputFiles, Segment, SegmentStore, SinkReport } from '../../media/types.ts'
import type { RuntimeReport } from '../../models/types.ts'
import type { SinkContext } from '../../nodes/kernel.ts'
import type { ExportProgress, ExportReport, ExportRequest, Outcome, OutputTarget } from '../door/api.ts'
import type { Assets } from '../run/assets.ts'
import { isAbort, problemOf } from '../run/errors.ts'
import { type Live, wasLost, whileAlive } from '../run/live.ts'
import { planDocument } from '../run/planning.ts'
import type { Planned, PrepareRequest } from '../run/prepare.ts'
import type { AnySink, PreparedGraph } from '../run/prepared.ts'
import { createWindows } from '../run/windows.ts'
import { type Kept, openKept, runsText } from './kept-frames.ts'

const progressInterval = 100
/** The rate shown is over this many milliseconds. */
const rateWindow = 3000

export interface ExportParts {
  readonly specs: Specs
  readonly assets: Assets
  openFiles(target: OutputTarget): Promise<OutputFiles>
  openSegments(job: string, output: NodeId): Promise<SegmentStore>
  /** Removes what is kept under `job`. */
  dropJob(job: string): Promise<void>
}

/** What stops an export: for good, or to be continued later. */
export interface ExportSignals {
  readonly cancel: AbortSignal
  readonly pause: AbortSignal
}

/** An export that only tries the beginning. */
export interface Trial {
  /** Frames tried at most. */
  readonly frames: number
  /** Told after each frame; `true`: that is enough. */
  enough(frame: number): boolean
  /** Told once: frames of the whole range, and how many of them come a second. */
  begins(whole: number, frameRate: number): void
}

interface FrameRange {
  readonly first: number
  readonly last: number
}

/** Frames of the clock that the request asks for; `null`: none. */
function frameRange({ clock }: PreparedGraph, request: ExportRequest): FrameRange | null {
  const origin = clock.time(clock.first).timestamp
  const from = origin + (request.start ?? 0)
  const until = request.duration === undefined ? Number.POSITIVE_INFINITY : from + request.duration
  let first = clock.first
  while (first <= clock.last) {
    const { timestamp, duration } = clock.time(first)
    if (timestamp + duration > from + 1e-6) break
    first++
  }
  let last = first - 1
  const maxLast = first + (request.frames ?? Number.POSITIVE_INFINITY) - 1
  while (last < clock.last && last < maxLast && clock.time(last + 1).timestamp < until - 1e-6) last++
  return last < first ? null : { first, last }
}

/** Counts frames a second over the last few seconds. */
function createPace(done: number, frames: number) {
  const began = performance.now()
  const marks: { time: number; frame: number }[] = [{ time: began, frame: done }]
  let told = 0
  return {
    /** What to tell after `frame` frames; `undefined`: nothing yet. */
    tell(frame: number): ExportProgress | undefined {
      const time = performance.now()
      marks.push({ time, frame })
      while (marks.length > 2 && time - marks[0]!.time > rateWindow) marks.shift()
      if (time - told < progressInterval && frame < frames) return undefined
      told = time
      const oldest = marks[0]!
      const rate = ((frame - oldest.frame) * 1000) / Math.max(1, time - oldest.time)
      return {
        frame,
        frames,
        rate,
        elapsed: (time - began) / 1000,
        remaining: rate > 0 ? (frames - frame) / rate : Number.POSITIVE_INFINITY,
      }
    },
    seconds: () => (performance.now() - began) / 1000,
  }
}

/** Adds up what the steps took. */
function createTally() {
  const sums = new Map<PlanStep, { seconds: number; waitingSeconds: number; runtime: RuntimeReport | undefined }>()
  return {
    add(step: PlanStep, milliseconds: number, waiting: number, runtime: RuntimeReport | undefined) {
      const before = sums.get(step) ?? { seconds: 0, waitingSeconds: 0 }
      sums.set(step, {
        seconds: before.seconds + milliseconds / 1000,
        waitingSeconds: before.waitingSeconds + waiting / 1000,
        runtime: runtime ?? sums.get(step)?.runtime,
      })
    },
    steps: (): ExportReport['steps'] =>
      [...sums].map(([step, { runtime, ...spent }]) => ({
        nodes: step.nodes,
        ...spent,
        ...(runtime ? { runtime: runtime.runtime } : {}),
        ...(runtime?.note ? { note: runtime.note } : {}),
      })),
  }
}

/** Sound of each audio input of the sink, cut to the exported range in the sound's own time. */
function soundOf(prepared: PreparedGraph, step: PlanStep, sink: NodeId, range: FrameRange): SinkContext['audio'] {
  const { clock } = prepared
  const begin = clock.time(range.first)
  const end = clock.time(range.last)
  const ports = Object.entries(step.inputs[sink] ?? {}).flatMap(([port, source]) => {
    if (source.kind !== 'stream') return []
    const from = prepared.sources.get(source.from.node)
    if (!from?.audio) return []
    // A source that is not the clock starts together with it.
    const shift =
      source.from.node === clock.node
        ? 0
        : from.timeline.timestamp(from.range.first) - clock.time(clock.first).timestamp
    return [
      [
        port,
        {
          stream: from.audio,
          start: begin.timestamp + shift,
          end: end.timestamp + end.duration + shift,
          fromBeginning: source.from.node === clock.node && range.first === 0,
        },
      ] as const,
    ]
  })
  return Object.fromEntries(ports)
}

/** What the medium of the clock holds beside picture and sound, cut to the exported range. */
function companionsOf({ clock, sources }: PreparedGraph, range: FrameRange): SinkContext['companions'] {
  const source = clock.node === null ? undefined : sources.get(clock.node)?.companions
  if (!source) return undefined
  const end = clock.time(range.last)
  return { source, start: clock.time(range.first).timestamp, end: end.timestamp + end.duration }
}

interface SinkPlace {
  readonly node: NodeId
  readonly step: PlanStep
  readonly frameRate: number
}

function sinkPlaces({ plan }: Planned, nodes: readonly NodeId[]): readonly SinkPlace[] {
  return nodes.map((node) => {
    const step = plan.steps.find((candidate) => candidate.nodes.includes(node))
    if (!step) throw new Error(`the plan has no sink ${node}`)
    const pictures = step.reads.map(({ value }) => plan.values[value]!.desc).filter(isPicture)
    return { node, step, frameRate: pictures[0]?.frameRate ?? 0 }
  })
}

async function openSinks(
  request: ExportRequest,
  context: PrepareRequest,
  parts: ExportParts,
  open: (node: NodeId, sink: SinkContext) => Promise<AnySink>,
  prepared: PreparedGraph,
  range: FrameRange,
  { stores, perSegment }: Kept,
  opened: Map<NodeId, AnySink>,
): Promise<void> {
  const graphJson = serializeGraph(request.document, parts.specs)
  for (const { node, step, frameRate } of sinkPlaces(context.planned, Object.keys(request.outputs) as NodeId[])) {
    const { fileName, target, encoder } = request.outputs[node]!
    const store = stores.get(node)
    const sink = await open(node, {
      fileName,
      output: await parts.openFiles(target),
      frameRate,
      frameCount: range.last - range.first + 1,
      sourceBits: Math.max(8, ...[...prepared.sources.values()].map(({ bits }) => bits ?? 8)),
      graphJson,
      ...(store ? { segments: { store, perSegment } } : {}),
      ...(encoder === undefined ? {} : { encoder }),
      audio: soundOf(prepared, step, node, range),
      companions: companionsOf(prepared, range),
    })
    opened.set(node, sink)
  }
}

function* numbersOf(runs: readonly Segment[]): Generator<number> {
  for (const { first, next } of runs) for (let number = first; number < next; number++) yield number
}

function notAllKept({ runs, wanted }: Kept): Problem {
  return {
    code: 'render-failed',
    severity: 'error',
    message: `Not all of the ${wanted.next - wanted.first} frames are there: ${runsText(runs)} are missing.`,
    hint: 'Render the pieces that hold them, then join again.',
  }
}

/** What is kept is all that is asked for, or all that there was time for. */
const stopped = (
  state: 'cancelled' | 'paused' | 'kept',
  frames: number,
  seconds: number,
  steps: ExportReport['steps'],
) =>
  ({
    ok: true,
    value: {
      state,
      outputs: {},
      frames,
      seconds,
      steps,
      peakTextureBytes: 0,
      planPeakBytes: 0,
      rebuilds: 0,
      notes: [],
    },
  }) satisfies Outcome<ExportReport>

/** Runs one export to its end. Rejects with the device's loss; anything else is in the outcome. */
export async function runExport(
  live: Live,
  parts: ExportParts,
  request: ExportRequest,
  onProgress: (progress: ExportProgress) => void,
  { cancel, pause }: ExportSignals,
  trial?: Trial,
): Promise<Outcome<ExportReport>> {
  // The file carries the graph as the person has it; what runs are its plain nodes.
  const { document } = expand(request.document, parts.specs)
  const title = names(document, parts.specs).node
  const sinkNodes = Object.keys(request.outputs) as NodeId[]
  const signal = AbortSignal.any([cancel, live.lost])
  const sinks = new Map<NodeId, AnySink>()
  await using runner = live.createRunner()
  const tally = createTally()
  let rendered = 0
  try {
    const planned = await planDocument(
      document,
      { sinks: sinkNodes },
      { specs: parts.specs, assets: parts.assets, device: live.gpu.device },
    )
    if (!planned.ok) return planned
    const context: PrepareRequest = { document, planned: planned.value, runtime: request.runtime ?? 'auto', signal }
    const prepared = await whileAlive(live, runner.preparer.prepare(context))
    const whole = frameRange(prepared, request)
    const range = whole && trial ? { ...whole, last: Math.min(whole.last, whole.first + trial.frames - 1) } : whole
    if (!whole || !range) {
      return {
        ok: false,
        problems: [
          {
            code: 'render-failed',
            severity: 'error',
            ...(prepared.clock.node ? { node: prepared.clock.node } : {}),
            message: 'The chosen range holds no frame.',
            hint: 'Choose a start before the end of the clip, and a duration above zero.',
          },
        ],
      }
    }
    const open = (node: NodeId, sink: SinkContext) => runner.preparer.openSink(context, node, sink)
    const places = sinkPlaces(planned.value, sinkNodes)
    const frames = range.last - range.first + 1
    const rates = new Map(places.map(({ node, frameRate }) => [node, frameRate]))
    const kept = await openKept(request, parts.specs, frames, rates, parts.openSegments)
    if (request.allKept && kept.runs.length > 0) return { ok: false, problems: [notAllKept(kept)] }
    await openSinks(request, context, parts, open, prepared, range, kept, sinks)

    trial?.begins(whole.last - whole.first + 1, places[0]?.frameRate ?? 0)

    using windows = createWindows(prepared)
    const asked = kept.wanted.next - kept.wanted.first
    const pace = createPace(kept.done, asked)
    /** The sinks end with what they have been given kept in their segments. */
    const keep = async () => {
      await whileAlive(live, timings)
      for (const [node, sink] of sinks) {
        await whileAlive(live, sink.keep())
        sinks.delete(node)
        await sink.dispose?.()
      }
    }
    const origin = prepared.clock.time(range.first).timestamp
    using gpuErrors = live.watchGpuErrors()
    live.gpu.pool.resetPeak()
    let timings: Promise<unknown> = Promise.resolve()
    for (const number of numbersOf(kept.runs)) {
      const index = range.first + number
      signal.throwIfAborted()
      if (pause.aborted && kept.stores.size > 0) {
        await keep()
        return stopped('paused', kept.done + rendered, pace.seconds(), tally.steps())
      }
      const { timestamp, duration } = prepared.clock.time(index)
      rendered += 1
      using result = await whileAlive(
        live,
        runner.executor.run(prepared, {
          index,
          targets: [],
          signal,
          windows,
          sinks: { instances: sinks, time: { index: number, timestamp: timestamp - origin, duration } },
          timed: true,
        }),
      )
      // Times come back when the GPU is done; nothing here waits for them before the end.
      const reports = result.reports()
      timings = Promise.all([timings, reports]).then(([, steps]) => {
        for (const { step, milliseconds, waiting, runtime } of steps) tally.add(step, milliseconds, waiting, runtime)
      })
      timings.catch(() => undefined)
      const [gpuError] = gpuErrors.take()
      if (gpuError !== undefined) throw new Error(`the graphics processor refused the work: ${gpuError}`)
      const progress = pace.tell(kept.done + rendered)
      if (progress) onProgress(progress)
      if (trial?.enough(rendered)) break
    }

    if (request.piece) {
      await keep()
      return stopped('kept', asked, pace.seconds(), tally.steps())
    }
    await whileAlive(live, timings)
    const outputs: Record<NodeId, SinkReport> = {}
    for (const { node, step } of places) {
      const began = performance.now()
      outputs[node] = await whileAlive(live, sinks.get(node)!.finish())
      tally.add(step, 0, performance.now() - began, undefined)
      sinks.delete(node)
    }
    if (request.job !== undefined) await parts.dropJob(request.job)
    return {
      ok: true,
      value: {
        state: 'done',
        outputs,
        frames,
        seconds: pace.seconds(),
        steps: tally.steps(),
        peakTextureBytes: live.gpu.pool.stats.peakBytes,
        planPeakBytes: planned.value.plan.peakBytes,
        rebuilds: 0,
        notes: [...prepared.sources.values()].flatMap((source) => source.notes?.() ?? []),
      },
    }
  } catch (error) {
    if (cancel.aborted && (isAbort(error) || error === cancel.reason)) {
      return stopped('cancelled', rendered, 0, tally.steps())
    }
    if (await wasLost(live)) throw live.lost.reason
    return { ok: false, problems: [problemOf(error, title)] }
  } finally {
    // Whatever was not finished leaves nothing behind.
    // What cannot be removed keeps no other sink from trying;
    const ends = await Promise.allSettled([...sinks.values()].map((sink) => sink.abort()))
    for (const sink of sinks.values()) await sink.dispose?.()
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed) console.error('Something half-written could not be removed:', failed.reason)
  }
}
