/** Measures graphs over a clip, in the browser's page: frames spread over it, shot by shot, and the worst places. */

import { encode } from 'fast-png'
import type { MeasureRequest, PreviewRequest } from '../engine/door/api.ts'
import { expand } from '../graph/analysis/expand.ts'
import { inferAll, isPicture } from '../graph/analysis/infer.ts'
import { comparableSourceOf } from '../graph/analysis/upstream.ts'
import { viewedOutput } from '../graph/analysis/viewed-output.ts'
import {
  endpointKey,
  type FlatDocument,
  type FlatEndpoint,
  type FlatId,
  type GraphDocument,
} from '../graph/document/document.ts'
import type { Problem } from '../graph/document/problems.ts'
import { cutsGraph, type Shot, shotsOf } from '../graph/measures/comparison.ts'
import { type Finding, findingsOf, framesOf, type MeasuredFrame, spreadFrames } from '../graph/measures/findings.ts'
import { type MeasuredGraph, measuredGraph, type Subject, saidOf, subjectOf } from '../graph/measures/measured-graph.ts'
import { symptoms, titleOfScore } from '../graph/measures/symptoms.ts'
import { type Spot, worstPlace } from '../graph/measures/worst-place.ts'
import type { AssetFacts } from '../graph/node/facts.ts'
import { isImageDesc } from '../graph/node/ports.ts'
import type { Specs } from '../graph/node/spec.ts'
import { CommandFailure, exitCodeOf, exitCodes, usage } from '../host/command-failure.ts'
import type { HeadlessSession, NumberSeries } from '../host/headless-session.ts'
import { allowedCode } from './allowed-code.ts'
import type { CommandContext } from './command-process.ts'
import { nodesOfKind } from './edit-document.ts'
import { inPage } from './in-page.ts'
import type { MeasureArguments } from './measure-arguments.ts'
import { measureNotes, type ToMeasure } from './measure-notes.ts'
import type { Measured, MeasureReport, WorstPicture } from './measure-report.ts'
import { checkInPage, errorsOfGraph, type MediaPlan, problemsFailure } from './prepare-graph.ts'
import { loadGraph, planInputs } from './render-job.ts'
import { SparseReport } from './sparse-report.ts'

export interface MeasureContext extends Pick<CommandContext, 'say' | 'interruptSignal' | 'browser'> {
  readonly args: MeasureArguments
  readonly specs: Specs
}

/** Pixels of a map’s and of a crop’s longer side. */
const mapSide = 160
const cropSide = 240

interface Loaded {
  readonly path: string
  readonly media: MediaPlan
  /** People's code that may run. */
  readonly code: readonly string[]
}

const isSourceOf = (document: GraphDocument, specs: Specs) => (node: FlatId) =>
  nodesOfKind(document, specs, 'source').includes(node)

function refuse(problems: readonly Problem[], document: GraphDocument, specs: Specs, path: string): void {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (!first) return
  const namedProblems = [{ ...first, message: `${path}: ${first.message}` }, ...errors.slice(1)]
  throw problemsFailure(exitCodeOf(errors, 'before', isSourceOf(document, specs)), namedProblems)
}

async function load(path: string, { args, specs }: MeasureContext): Promise<Loaded> {
  const { document } = await loadGraph({ graph: path, settings: [], strict: false }, specs)
  const media = planInputs({ inputs: args.inputs, graph: path }, specs, document)
  refuse(errorsOfGraph(media, specs), media.document, specs, path)
  return { path, media, code: allowedCode(media.document, specs, args.allowCode, path) }
}

/** What goes into the graph’s Encode, or else its last picture, with what it was made from, and what the file says of it. */
function subjectIn(document: GraphDocument, specs: Specs, facts: AssetFacts, path: string): ToMeasure {
  const flat = expand(document, specs).document
  const view = viewedOutput(flat, specs, null)
  const { descs } = inferAll(flat, specs, facts)
  const desc = view && descs.get(endpointKey(view))
  if (!view || !isImageDesc(desc))
    throw usage(`${path} makes no picture that can be measured.`, 'Connect one to its Encode.')
  const subject = subjectOf(flat, specs, view, comparableSourceOf(flat, specs, view), (output) => {
    const ownDesc = descs.get(endpointKey(output))
    return isPicture(ownDesc) ? ownDesc : undefined
  })
  return { subject, said: saidOf(subject, specs, symptoms, (output) => descs.get(endpointKey(output)) ?? undefined) }
}

class Page {
  readonly #session: HeadlessSession
  readonly #context: MeasureContext
  constructor(session: HeadlessSession, context: MeasureContext) {
    this.#session = session
    this.#context = context
  }

  /** What outputs of `document` are, as far as these frames. Throws `CommandFailure`. */
  async numbers(
    document: FlatDocument,
    outputs: readonly FlatEndpoint[],
    frames: MeasureRequest['frames'],
    what: string,
  ): Promise<readonly NumberSeries[]> {
    const { args, say } = this.#context
    const report = new SparseReport((done, all) => say(`${what}: ${done} of ${all} frames`))
    const outcome = await this.#session.measure(
      { document, outputs, frames, runtime: args.runtime, name: 'measure' },
      ({ framesDone, frames: all }) => report.note(framesDone, all),
    )
    if (!outcome.ok) throw problemsFailure(exitCodes.render, outcome.problems)
    const series = await this.#session.knownSeries({ document, outputs })
    if (!series.ok) throw problemsFailure(exitCodes.render, series.problems)
    return series.value
  }

  async picture(request: PreviewRequest, side: number) {
    const { runtime } = this.#context.args
    const outcome = await this.#session.picture({ ...request, runtime, thrifty: true }, side)
    if (!outcome.ok) throw problemsFailure(exitCodes.render, outcome.problems)
    return outcome.value
  }

  async png(request: PreviewRequest, side: number): Promise<string> {
    const { width, height, pixels } = await this.picture(request, side)
    const bytes = encode({ width, height, data: new Uint8Array(pixels), channels: 4 })
    return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`
  }
}

/** The shots of the whole clip; none where nothing comes in. */
async function shotsIn(page: Page, { document, source }: Subject): Promise<readonly Shot[]> {
  if (!source) return []
  const cutting = cutsGraph(document, source)
  const [cuts] = await page.numbers(cutting.document, [cutting.cut], 'every', 'Looking for cuts')
  return cuts ? shotsOf(cuts) : []
}

interface MeasuredSubject extends Measured {
  readonly graph: MeasuredGraph
  readonly subject: Subject
}

interface Ready extends ToMeasure {
  readonly path: string
  readonly title: string
  /** What reading its media found, a sentence each. */
  readonly found: readonly string[]
}

async function measureOne(
  page: Page,
  { specs }: MeasureContext,
  loadedGraph: Ready,
  frames: readonly number[],
  clipLength: number,
): Promise<MeasuredSubject> {
  const { path, title, subject: ownSubject, said, found } = loadedGraph
  const graph = measuredGraph(ownSubject, specs, symptoms, clipLength, { said })
  const { readings } = graph
  const outputs = readings.map(({ at }) => at)
  const series = await page.numbers(graph.document, outputs, frames, path)
  const frameValues: readonly MeasuredFrame[] = framesOf(readings, frames, (reading, frame) => {
    const values = series[reading]
    return values?.values[frame - values.first] ?? undefined
  })
  const notes = readings.flatMap(({ of, measure }, i) => {
    const problem = of === 'plain' ? undefined : series[i]?.problems[0]
    return problem ? [`${specs.get(measure)?.title ?? measure}: ${problem.message}`] : []
  })
  const findings = findingsOf(symptoms, frameValues, said)
  return {
    path,
    title,
    frames: frameValues,
    findings,
    notes: [...new Set([...found, ...measureNotes(specs, loadedGraph, graph, frames.length), ...notes])],
    graph,
    subject: ownSubject,
  }
}

async function pictureOf(
  page: Page,
  { graph }: MeasuredSubject,
  { symptom, frame }: Pick<Finding, 'symptom' | 'frame'>,
  spot: Spot,
): Promise<string> {
  const view = graph.pictureOf(symptom)
  const [width, height] = [0.3, 0.3]
  const from = (middle: number, length: number) => Math.min(1 - length, Math.max(0, middle - length / 2))
  const region = { x: from(spot.x, width), y: from(spot.y, height), width, height }
  return page.png({ document: graph.document, view, frame, region }, cropSide)
}

/** For each thing that stands out in one of them: the place where it is worst, of all graphs. */
async function worstPictures(page: Page, all: readonly MeasuredSubject[]): Promise<readonly WorstPicture[]> {
  const pictures: WorstPicture[] = []
  for (const symptom of symptoms) {
    const candidates = all.flatMap((one) => {
      const finding = one.findings.find((each) => each.symptom === symptom && each.times >= 1)
      return finding ? [{ one, finding }] : []
    })
    const worst = candidates.sort((a, b) => b.finding.worst - a.finding.worst)[0]
    const map = worst?.one.graph.mapOf(symptom)
    if (!worst || !map) continue
    const { frame } = worst.finding
    const spot = worstPlace(await page.picture({ document: worst.one.graph.document, view: map, frame }, mapSide))
    const crops: string[] = []
    for (const one of all) crops.push(await pictureOf(page, one, worst.finding, spot))
    pictures.push({ symptom, frame, pictures: crops })
  }
  return pictures
}

/** Throws `CommandFailure`. */
export async function measureGraphs(context: MeasureContext): Promise<MeasureReport> {
  const { args, specs, say, interruptSignal } = context
  const loadedGraphs: Loaded[] = []
  for (const path of args.graphs) loadedGraphs.push(await load(path, context))
  const needs = { ...context, ends: [interruptSignal], answer: () => false, discard: () => undefined }
  return inPage(needs, async ({ session }) => {
    const page = new Page(session, context)
    const ready: Ready[] = []
    for (const { path, media, code } of loadedGraphs) {
      await session.allowCode(code)
      const { document, facts, problems, notes } = await checkInPage(session, media, specs)
      refuse(problems, document, specs, path)
      for (const note of notes) say(note)
      ready.push({ path, title: document.title || path, found: notes, ...subjectIn(document, specs, facts, path) })
    }
    const [first] = ready
    if (!first) throw new CommandFailure(exitCodes.usage, 'No graph was given.')
    const shots = await shotsIn(page, first.subject)
    const range = { first: shots[0]?.first ?? 0, last: shots.at(-1)?.last ?? 0 }
    const frames = spreadFrames(range, args.frames)
    const graphs: MeasuredSubject[] = []
    for (const one of ready) graphs.push(await measureOne(page, context, one, frames, range.last - range.first + 1))
    const pictures = args.report?.kind === 'html' ? await worstPictures(page, graphs) : []
    const clip = [...(loadedGraphs[0]?.media.files.keys() ?? [])].join(', ')
    return {
      clip,
      frames,
      shots,
      graphs,
      pictures,
      titles: new Map(symptoms.map((symptom) => [symptom.id, titleOfScore(specs, symptom)])),
    }
  })
}
