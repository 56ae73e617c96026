/**
 * A and what stands beside it, held against each other by every measure: frames spread over the clip in the background, then the
 * shots, then the worst places as somebody looks at them. It edits nothing, and lasts as long as the page.
 */

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Picture8 } from '../../engine/door/api.ts'
import { inferAll, isPicture } from '../../graph/analysis/infer.ts'
import { comparableSourceOf } from '../../graph/analysis/upstream.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import { endpointKey, type FlatDocument, type FlatEndpoint } from '../../graph/document/document.ts'
import {
  type ComparedRow,
  comparedRows,
  cutsGraph,
  type Shot,
  shotsOf,
  shotsSeen,
} from '../../graph/measures/comparison.ts'
import { type Finding, findingsOf, framesOf, type MeasuredFrame, spreadFrames } from '../../graph/measures/findings.ts'
import { type MeasuredGraph, measuredGraph, type Subject, subjectOf } from '../../graph/measures/measured-graph.ts'
import { type SymptomId, symptoms } from '../../graph/measures/symptoms.ts'
import { type Spot, worstPlace } from '../../graph/measures/worst-place.ts'
import { isImageDesc, type PictureDesc } from '../../graph/node/ports.ts'
import { samePicture } from '../../graph/plan/dirty.ts'
import type { Editor } from '../editor.ts'
import { assetFacts } from '../store/facts-store.ts'
import { playRange } from '../store/playback.ts'
import type { Composed } from '../store/view-request.ts'
import { dialogText } from '../text/dialogs.ts'
import { cropAround } from '../viewer/frame-crops.tsx'
import { cropSize, mapSide, maxFrames } from './check-store.ts'
import { measureNumbers, takePicture, unreadOf, valuesOf } from './frame-measurements.ts'

const words = dialogText.check

/** What was measured of one of the pictures. */
export interface ComparedPicture {
  readonly label: string
  readonly frames: readonly MeasuredFrame[]
  readonly findings: readonly Finding[]
  /** Why a measure could not be taken of it: a sentence each, with the measure’s symptom. */
  readonly omissions: readonly { readonly symptom: SymptomId; readonly why: string }[]
}

/** The same place of every picture, where one of them is worst. */
export interface ComparedPlace {
  readonly spot: Spot
  readonly frame: number
  /** One a picture; `null` while it is on its way. */
  readonly pictures: readonly (Picture8 | null)[]
}

export interface ComparisonState {
  readonly phase: 'none' | 'measuring' | 'shots' | 'done' | 'cancelled' | 'failed'
  /** Frames that are to be measured, and were; while the shots are looked for, those looked at. */
  readonly frames: number
  readonly framesDone: number
  /** Share of that which has begun, 0 to 1; `null`: what measures is still being prepared. */
  readonly startedShare: number | null
  /** A first. */
  readonly pictures: readonly ComparedPicture[]
  /** Over all frames, worst first. */
  readonly rows: readonly ComparedRow[]
  /** Those that frames were measured in; `null`: not known. */
  readonly shots: readonly Shot[] | null
  readonly places: ReadonlyMap<SymptomId, ComparedPlace>
  /** The row that is looked into. */
  readonly openRow: SymptomId | null
  readonly failure: string | null
  readonly of: Composed | null
}

export interface ComparisonStore extends StoreApi<ComparisonState> {
  /** Runs where it was asked for since. @param requestCount how often it was in all */
  answer(requestCount: number): void
  cancel(): void
  /** Looks into a row; `null`: into none. */
  open(symptom: SymptomId | null): void
  /** Goes to the frame in which a picture is worst, side by side, at the place. */
  show(symptom: SymptomId, picture: number): void
  /** Whether what stands side by side is other than what was measured. */
  outdated(): boolean
}

const nothing: ComparisonState = {
  ...{
    phase: 'none',
    frames: 0,
    framesDone: 0,
    startedShare: null,
    pictures: [],
    rows: [],
    shots: null,
    places: new Map(),
  },
  ...{ openRow: null, failure: null, of: null },
}

/** How far beyond its level the worst of the pictures goes. */
const strength = ({ symptom }: ComparedRow, pictures: readonly Pick<ComparedPicture, 'findings'>[]): number =>
  Math.max(0, ...pictures.map(({ findings }) => findings.find((each) => each.symptom.id === symptom.id)?.times ?? 0))

const sameEnds = (a: Composed, b: Composed): boolean => {
  const [before, now] = [a, b].map(({ view, others }) => [view, ...others].map(endpointKey).join(' '))
  return before === now && samePicture(a.document, b.document)
}

/** Measures of every picture, all in one document. */
interface Compared {
  readonly document: FlatDocument
  readonly subjects: readonly Subject[]
  readonly graphs: readonly MeasuredGraph[]
  readonly sizeOf: (output: FlatEndpoint) => PictureDesc | undefined
}

class Comparison {
  readonly store = createStore<ComparisonState>(() => nothing)
  readonly #editor: Editor
  #controller = new AbortController()
  #places = new AbortController()
  #answeredCount = 0
  #comparison: Compared | null = null

  constructor(editor: Editor) {
    this.#editor = editor
  }

  answer(requestCount: number): void {
    if (requestCount === this.#answeredCount) return
    this.#answeredCount = requestCount
    void this.#run()
  }

  /** @param frames of the clip */
  #hang({ document, view, others }: Composed, frames: number): Compared {
    const { specs, facts } = this.#editor
    const { descs } = inferAll(document, specs, assetFacts(facts.getState()))
    const sizeOf = (output: FlatEndpoint) => {
      const desc = descs.get(endpointKey(output))
      return isPicture(desc) ? desc : undefined
    }
    const sharedSource = comparableSourceOf(document, specs, view)
    const isSame = (a: FlatEndpoint, b: FlatEndpoint) => a.node === b.node && a.port === b.port
    // A file that is compared with comes from nothing; it is held against what A comes from.
    const sourceFor = (end: FlatEndpoint) => {
      const ownSource = comparableSourceOf(document, specs, end)
      return ownSource && !isSame(ownSource, end) ? ownSource : sharedSource
    }
    const subjects: Subject[] = []
    const graphs: MeasuredGraph[] = []
    let all = document
    for (const [k, end] of [view, ...others].entries()) {
      const subject = subjectOf(document, specs, end, sourceFor(end), sizeOf)
      const naming = { name: `comparison${k}`, withPlain: false }
      const graph = measuredGraph({ ...subject, document: all }, specs, symptoms, frames, naming)
      all = graph.document
      subjects.push(subject)
      graphs.push(graph)
    }
    return { document: all, subjects, graphs, sizeOf }
  }

  async #run(): Promise<void> {
    const { preview, facts } = this.#editor
    this.#controller.abort()
    this.#places.abort()
    const { result, ...range } = preview.getState()
    const of = preview.sideBySide()
    if (!result || !of || !isImageDesc(result.desc)) {
      const failure = result && of ? words.notPicture : words.nothingShown
      this.store.setState({ ...nothing, phase: 'failed', failure })
      return
    }
    if (of.others.length === 0) {
      this.store.setState({ ...nothing, phase: 'failed', failure: words.comparison.alone })
      return
    }
    const { first, last } = playRange(result.clock, range)
    const software = facts.getState().engine?.adapter?.software ?? false
    const frames = spreadFrames({ first, last }, software ? maxFrames.software : maxFrames.gpu)
    const comparison = this.#hang(of, result.clock.last - result.clock.first + 1)
    this.#comparison = comparison
    this.store.setState({ ...nothing, phase: 'measuring', frames: frames.length, of })
    const controller = new AbortController()
    this.#controller = controller
    const resume = this.#editor.idle.holdOff()
    try {
      await this.#measure(comparison, of, frames, controller.signal)
      // The first row is looked into by itself.
      this.open(this.store.getState().rows[0]?.symptom.id ?? null)
      await this.#findShots(comparison, frames, controller.signal)
      this.store.setState({ phase: 'done' })
    } catch (error) {
      if (!controller.signal.aborted) this.store.setState({ phase: 'failed', failure: messageOf(error) })
    } finally {
      resume()
    }
  }

  async #measure(comparison: Compared, of: Composed, frames: readonly number[], signal: AbortSignal): Promise<void> {
    const { engine } = this.#editor
    const { document, graphs } = comparison
    const readings = graphs.flatMap((graph) => graph.readings)
    const from = graphs.map((_, k) => graphs.slice(0, k).reduce((sum, graph) => sum + graph.readings.length, 0))
    const tell = (had: readonly number[], valueAt: (output: number, frame: number) => number | undefined) => {
      const pictures = graphs.map((graph, k): ComparedPicture => {
        const measuredFrames = framesOf(graph.readings, had, (reading, frame) => valueAt(from[k]! + reading, frame))
        const omissions = graph.omissions.map(({ symptom, why }) => ({ symptom: symptom.id, why: words.why[why] }))
        return {
          label: of.labels[k] ?? '',
          frames: measuredFrames,
          findings: findingsOf(symptoms, measuredFrames),
          omissions,
        }
      })
      const rows = comparedRows({ first: Number.NEGATIVE_INFINITY, last: Number.POSITIVE_INFINITY }, pictures)
      const sortedRows = rows.toSorted((a, b) => strength(b, pictures) - strength(a, pictures))
      this.store.setState({ pictures, rows: sortedRows, framesDone: had.length })
    }
    const request = { document, outputs: readings.map(({ at }) => at), frames, name: 'comparison' }
    const series = await measureNumbers(engine, request, signal, (news) => {
      this.store.setState({ startedShare: news.startedShare })
      tell(
        frames.filter((frame) => news.frames.includes(frame)),
        news.valueAt,
      )
    })
    tell(frames, valuesOf(series))
    this.store.setState(({ pictures }) => ({
      pictures: pictures.map((picture, k) => {
        const ownGraph = graphs[k]!
        const misses = unreadOf(ownGraph.readings, picture.frames, series.slice(from[k])).flatMap(
          ({ reading, problem }) => {
            const symptom = symptoms.find(
              ({ measure, score }) => measure === reading.measure && score === reading.output,
            )
            const why = problem ? `${problem.message} ${problem.hint}` : words.notNumber
            return symptom ? [{ symptom: symptom.id, why }] : []
          },
        )
        return { ...picture, omissions: [...picture.omissions, ...misses] }
      }),
    }))
  }

  async #findShots({ document, subjects }: Compared, frames: readonly number[], signal: AbortSignal): Promise<void> {
    const source = subjects[0]?.source
    if (!source) return
    this.store.setState({ phase: 'shots', framesDone: 0, startedShare: null })
    const cutting = cutsGraph(document, source)
    const request = { document: cutting.document, outputs: [cutting.cut], frames: 'every', name: 'comparison' } as const
    const [cuts] = await measureNumbers(
      this.#editor.engine,
      request,
      signal,
      ({ frames: framesDone, of, startedShare }) =>
        this.store.setState({ framesDone: framesDone.length, frames: of, startedShare }),
    )
    if (cuts) this.store.setState({ shots: shotsSeen(shotsOf(cuts), frames) })
  }

  cancel(): void {
    this.#controller.abort()
    this.store.setState({ phase: 'cancelled' })
  }

  open(symptom: SymptomId | null): void {
    this.#places.abort()
    this.#places = new AbortController()
    this.store.setState({ openRow: symptom })
    const place = symptom && this.store.getState().places.get(symptom)
    if (symptom && !place?.pictures.every((picture) => picture !== null)) {
      const { signal } = this.#places
      this.#findPlace(symptom, signal).catch((error: unknown) => {
        if (!signal.aborted) console.warn('The worst place could not be shown:', error)
      })
    }
  }

  /** The picture in which it goes furthest, and where. */
  #worst(symptom: SymptomId): { readonly k: number; readonly finding: Finding } | null {
    const candidates = this.store.getState().pictures.flatMap(({ findings }, k) => {
      const finding = findings.find((each) => each.symptom.id === symptom)
      return finding ? [{ k, finding }] : []
    })
    return candidates.toSorted((a, b) => b.finding.worst - a.finding.worst)[0] ?? null
  }

  async #findPlace(symptom: SymptomId, signal: AbortSignal): Promise<void> {
    const worst = this.#worst(symptom)
    const comparison = this.#comparison
    const map = worst && comparison?.graphs[worst.k]?.mapOf(worst.finding.symptom)
    if (!worst || !comparison || !map) return
    const { engine } = this.#editor
    const { document, subjects, graphs } = comparison
    const { frame } = worst.finding
    const spot = worstPlace(await takePicture(engine, { document, view: map, frame }, mapSide, signal))
    const set = (change: (place: ComparedPlace) => ComparedPlace) =>
      this.store.setState(({ places }) => {
        const place = places.get(symptom) ?? { spot, frame, pictures: subjects.map(() => null) }
        return { places: new Map(places).set(symptom, change(place)) }
      })
    set((place) => ({ ...place, spot, frame }))
    for (const [k, graph] of graphs.entries()) {
      const viewedPicture = graph.pictureOf(worst.finding.symptom)
      const size = comparison.sizeOf(viewedPicture)
      const region = size ? cropAround(spot, size, cropSize) : { x: 0, y: 0, width: 1, height: 1 }
      const picture = await takePicture(
        engine,
        { document, view: viewedPicture, frame },
        cropSize.width,
        signal,
        region,
      )
      set((place) => ({ ...place, pictures: place.pictures.map((each, i) => (i === k ? picture : each)) }))
    }
  }

  show(symptom: SymptomId, picture: number): void {
    const { preview, viewerSettings, commands } = this.#editor
    const { pictures, places } = this.store.getState()
    const finding = pictures[picture]?.findings.find((each) => each.symptom.id === symptom)
    if (!finding) return
    preview.pause()
    preview.seek(finding.frame)
    const { measure: type, map: port } = finding.symptom
    // A measure of what lies in the clip itself says nothing of what is seen.
    const isOfResult = finding.symptom.of === 'result'
    viewerSettings.setState({
      mode: 'side',
      region: null,
      overlay: isOfResult ? { kind: 'measure', type, port } : null,
    })
    const place = places.get(symptom)
    if (place) commands.lookAt(place.spot, 2)
  }

  outdated(): boolean {
    const { of } = this.store.getState()
    const now = this.#editor.preview.sideBySide()
    return of !== null && (now === null || !sameEnds(of, now))
  }
}

const comparisons = new WeakMap<Editor, ComparisonStore>()

/** The editor’s comparison; there is one. */
export function comparisonOf(editor: Editor): ComparisonStore {
  const existing = comparisons.get(editor)
  if (existing) return existing
  const comparison = new Comparison(editor)
  const store: ComparisonStore = {
    ...comparison.store,
    answer: (requestCount) => comparison.answer(requestCount),
    cancel: () => comparison.cancel(),
    open: (symptom) => comparison.open(symptom),
    show: (symptom, picture) => comparison.show(symptom, picture),
    outdated: () => comparison.outdated(),
  }
  comparisons.set(editor, store)
  return store
}
