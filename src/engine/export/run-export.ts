/**
 * Every frame of a range, in order, into the sinks. Decoding runs ahead in the source, encoding behind in the
 * sink, each within its own bound; between them a few frames are made side by side, so memory does not grow with
 * the clip. Here is what comes before and after: planning, preparing, opening the sinks, and the report.
 */
import { expand } from '../../graph/analysis/expand.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { type Names, names } from '../../graph/document/naming.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { serializeGraph } from '../../graph/file/write.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { OutputFiles, SegmentStore } from '../../media/types.ts'
import type { SinkContext } from '../../nodes/kernel.ts'
import type { ExportProgress, ExportReport, ExportRequest, Outcome, OutputTarget } from '../door/api.ts'
import { isAbort, problemOf } from '../run/errors.ts'
import { framesInFlight } from '../run/flight-size.ts'
import type { Assets } from '../run/known-assets.ts'
import { type Live, wasLost, whileAlive } from '../run/live.ts'
import { planDocument } from '../run/planning.ts'
import type { PrepareRequest } from '../run/prepare-request.ts'
import type { Clock, PreparedGraph } from '../run/prepared-graph.ts'
import { Windows } from '../run/window-cache.ts'
import { ExportInProgress } from './export-in-progress.ts'
import { companionsOf, ExportSinks, type SinkPlace, sinkPlaces, soundOf, titlesOf } from './export-sinks.ts'
import { beginOf, type FrameRange, frameCount, frameRange, numbersIn } from './frame-range.ts'
import { KeptDamage } from './kept-damage.ts'
import { type KeptFrames, openKeptFrames, runsText } from './kept-frames.ts'

export interface ExportParts {
  readonly specs: Specs
  readonly assets: Assets
  openFiles(target: OutputTarget): Promise<OutputFiles>
  openSegments(job: string, output: FlatId): Promise<SegmentStore>
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
  const { permits } = live.parts
  const nodeNames = names(document, parts.specs)
  const codeProblems = permits.problems(document, nodeNames)
  if (codeProblems.length > 0) return { ok: false, problems: codeProblems }
  const signal = AbortSignal.any([cancel, live.lossSignal])
  await using runner = live.createRunner()
  await using sinks = new ExportSinks()
  let run: ExportInProgress | undefined
  try {
    const outputs = Object.keys(request.outputs) as FlatId[]
    const planning = await planDocument(
      document,
      { sinks: outputs },
      { specs: parts.specs, assets: parts.assets, whole: true, device: live.gpu.device },
    )
    if (!planning.ok) return planning
    const { plan } = planning.value
    const context: PrepareRequest = { document, outcome: planning.value, runtime: request.runtime ?? 'auto', signal }
    const graph = await whileAlive(live, runner.preparer.prepare(context))
    const whole = frameRange(graph.clock, request)
    if (!whole) return { ok: false, problems: [noFrame(graph.clock)] }
    const range = trial ? { ...whole, last: Math.min(whole.last, whole.first + trial.frames - 1) } : whole
    const places = sinkPlaces(plan, outputs)
    const rates = new Map(places.map(({ node, frameRate }) => [node, frameRate]))
    const keptFrames = await openKeptFrames(
      request,
      parts.specs,
      numbersIn(graph.clock, range),
      rates,
      parts.openSegments,
    )
    if (request.allKept && keptFrames.runs.length > 0) return { ok: false, problems: [notAllKept(keptFrames)] }
    const keptDamage = new KeptDamage(graph.sources)
    await keptDamage.recall(keptFrames.stores.values())
    const common = {
      keptDamage,
      graphJson: serializeGraph(request.document, parts.specs),
      nodeNames,
    }
    for (const place of places) {
      const sink = await sinkContext(request, parts, graph, range, keptFrames, place, common)
      sinks.add(place.node, await runner.preparer.openSink(context, place.node, sink))
    }
    trial?.begins(frameCount(whole), places[0]?.frameRate ?? 0)

    using windows = new Windows(graph)
    using gpuErrors = live.watchGpuErrors()
    const { executor } = runner
    const inFlight = framesInFlight(plan.peakBytes)
    const runParts = { live, executor, preparedGraph: graph, windows, gpuErrors, keptFrames, sinks, places }
    run = new ExportInProgress({ ...runParts, framesInFlight: inFlight })
    live.gpu.pool.resetPeak()
    const enough = trial && ((frame: number) => trial.enough(frame))
    const end = await run.render({ signal, pause, onProgress, ...(enough ? { enough } : {}) })
    const notes = notesOf(graph, common.nodeNames)
    if (end === 'paused') return stopped('paused', keptFrames.doneCount + run.framesMade, run.seconds, run.steps, notes)
    if (request.piece) {
      await run.keep()
      return stopped('kept', run.framesAsked, run.seconds, run.steps, notes)
    }
    const reports = await run.finish()
    if (request.job !== undefined) await parts.dropJob(request.job)
    return {
      ok: true,
      value: {
        state: 'done',
        outputs: reports,
        frames: frameCount(range),
        seconds: run.seconds,
        steps: run.steps,
        peakTextureBytes: live.gpu.pool.stats.peakBytes,
        planPeakBytes: plan.peakBytes * inFlight,
        rebuilds: 0,
        notes,
      },
    }
  } catch (error) {
    if (cancel.aborted && (isAbort(error) || error === cancel.reason)) {
      return stopped('cancelled', run?.framesMade ?? 0, 0, run?.steps ?? [])
    }
    const isLost = await wasLost(live, error)
    if (permits.stopForOverrun(document, error) || (isLost && permits.stopForLoss(document)))
      return { ok: false, problems: permits.problems(document, nodeNames) }
    if (isLost) throw live.lossSignal.reason
    return { ok: false, problems: [problemOf(error, nodeNames.node)] }
  }
}

/** What is to be told of the frames that were made: of media as it is, of other nodes with their names. */
function notesOf({ steps, sources }: PreparedGraph, nodeNames: Names<FlatId>): readonly string[] {
  const ofNodes = steps.flatMap((step) =>
    (step.kind === 'pass' || step.kind === 'async') && step.slot.instance.notes
      ? step.slot.instance.notes().map((note) => `${nodeNames.node(step.node)}: ${note}`)
      : [],
  )
  return [...[...sources.values()].flatMap((source) => source.notes?.() ?? []), ...ofNodes]
}

/** What all sinks of an export are told alike. */
interface Told {
  readonly keptDamage: KeptDamage
  readonly graphJson: string
  readonly nodeNames: Names<FlatId>
}

async function sinkContext(
  request: ExportRequest,
  parts: ExportParts,
  preparedGraph: PreparedGraph,
  range: FrameRange,
  { stores, perSegment }: KeptFrames,
  place: SinkPlace,
  { keptDamage, graphJson, nodeNames }: Told,
): Promise<SinkContext> {
  const { fileName, target, encoder } = request.outputs[place.node]!
  const store = stores.get(place.node)
  const begin = beginOf(preparedGraph.clock, range, request.keepTimestamps ?? false)
  return {
    fileName,
    output: await parts.openFiles(target),
    frameRate: place.frameRate,
    frameCount: frameCount(range),
    begin,
    sourceBits: Math.max(8, ...[...preparedGraph.sources.values()].map(({ bits }) => bits ?? 8)),
    sourceAlpha: [...preparedGraph.sources.values()].some(({ alpha }) => alpha),
    hdr: [...preparedGraph.sources.values()].find((source) => source.hdr)?.hdr,
    graphJson,
    titles: titlesOf(preparedGraph, place, nodeNames),
    ...(store ? { segments: { store: keptDamage.beside(store), perSegment } } : {}),
    ...(encoder === undefined ? {} : { encoder }),
    audio: soundOf(preparedGraph, place, range, begin),
    companions: companionsOf(preparedGraph, range, begin),
  }
}

const noFrame = ({ node }: Clock): Problem => ({
  code: 'render-failed',
  severity: 'error',
  ...(node ? { node } : {}),
  message: 'The chosen range holds no frame.',
  hint: 'Choose a start before the end of the clip, and a duration above zero.',
})

function notAllKept({ runs, range }: KeptFrames): Problem {
  return {
    code: 'render-failed',
    severity: 'error',
    message: `Not all of the ${range.next - range.first} frames are there: ${runsText(runs)} are missing.`,
    hint: 'Render the pieces that hold them, then join again.',
  }
}

/** What is kept is all that is asked for, or all that there was time for. */
const stopped = (
  state: 'cancelled' | 'paused' | 'kept',
  frames: number,
  seconds: number,
  steps: ExportReport['steps'],
  notes: readonly string[] = [],
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
      notes,
    },
  }) satisfies Outcome<ExportReport>
