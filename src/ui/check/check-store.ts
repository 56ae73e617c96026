/**
 * The check of a clip: measures frames spread over it in the background, finds the worst place of what stands out, and mends
 * one thing at a time, as one step of the history. What it found belongs to no document: it lasts as long as the page.
 */

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Picture8 } from '../../engine/door/api.ts'
import { expand } from '../../graph/analysis/expand.ts'
import { isPicture } from '../../graph/analysis/infer.ts'
import { comparableSourceOf } from '../../graph/analysis/upstream.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import { endpointKey, type FlatDocument, type FlatEndpoint, type FlatId } from '../../graph/document/document.ts'
import { draftAt, flatId, nodeAt, placeOf } from '../../graph/document/levels.ts'
import { titleOfRecord } from '../../graph/document/naming.ts'
import { type Adjusted, adjust, adjustmentFor } from '../../graph/measures/adjust.ts'
import {
  type Finding,
  findingsOf,
  isTold,
  type MeasuredFrame,
  readIn,
  spreadFrames,
} from '../../graph/measures/findings.ts'
import {
  type MeasuredGraph,
  measuredGraph,
  readingKey,
  type Subject,
  saidOf,
  soughtIn,
  subjectOf,
} from '../../graph/measures/measured-graph.ts'
import { canMend, mend, mendingPlace } from '../../graph/measures/mend.ts'
import { type Symptom, type SymptomId, symptoms } from '../../graph/measures/symptoms.ts'
import { type Spot, worstPlace } from '../../graph/measures/worst-place.ts'
import { isImageDesc } from '../../graph/node/ports.ts'
import { samePicture } from '../../graph/plan/dirty.ts'
import type { RegionShare } from '../../graph/plan/region.ts'
import { card } from '../commands/edits/add-node.ts'
import type { Editor } from '../editor.ts'
import { assetFacts } from '../store/facts-store.ts'
import { playRange } from '../store/playback.ts'
import { dialogText } from '../text/dialogs.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import { cropAround } from '../viewer/frame-crops.tsx'
import { measureFrames, takePicture, type Unread } from './frame-measurements.ts'

const words = dialogText.check

/** Frames that are measured at most: enough to meet each shot of a short clip; a CPU that stands in for a GPU has no time for as many. */
export const maxFrames = { gpu: 12, software: 4 } as const

/** Pixels of a map’s longer side: fine enough to point at a place. */
export const mapSide = 160
/** Of a crop, in pixels of the picture, and the longer side of its small picture. */
export const cropSize = { width: 192, height: 128 } as const

export interface WorstPlace {
  readonly spot: Spot
  readonly region: RegionShare
  readonly picture: Picture8
}

/** What came of a fix. */
export interface Mending {
  /** The node that was put in, or whose setting was moved; while that is so, the fix is in the graph. */
  readonly node: FlatId
  readonly set: { readonly param: string; readonly value: number } | null
  /** In a sentence, and as the step of the history is called. */
  readonly sentence: string
  readonly label: string
  readonly before: number
  /** `null`: not measured yet. */
  readonly after: number | null
  readonly picture: Picture8 | null
  readonly failure: string | null
}

export interface AdjustmentWords {
  /** The setting and its node. */
  readonly setting: string
  /** As the setting is read. */
  readonly to: string
}

export interface CheckState {
  readonly phase: 'none' | 'measuring' | 'finding' | 'done' | 'cancelled' | 'failed'
  /** Frames that are to be measured, and were. */
  readonly frames: number
  /** Share of measuring them that has begun, 0 to 1; `null`: what measures is still being prepared. */
  readonly startedShare: number | null
  readonly measuredFrames: readonly MeasuredFrame[]
  readonly findings: readonly Finding[]
  readonly places: ReadonlyMap<SymptomId, WorstPlace>
  /** Symptoms of which the file itself says that it has them. */
  readonly said: ReadonlySet<SymptomId>
  /** What could not be measured, and why: a sentence each. */
  readonly omissions: readonly { readonly symptom: Symptom; readonly why: string }[]
  readonly mendings: ReadonlyMap<SymptomId, Mending>
  /** Why there is nothing to tell, a sentence. */
  readonly failure: string | null
  /** What was checked: its name, and the graph as it was. */
  readonly of: {
    readonly name: string
    readonly document: FlatDocument
    readonly chosenOutput: FlatEndpoint | null
  } | null
}

export interface CheckStore extends StoreApi<CheckState> {
  /** Runs where a check was asked for since: the panel may not have been there then. @param requestCount how often it was in all */
  answer(requestCount: number): void
  cancel(): void
  /** Goes to the frame and the place, with the map laid over the picture. */
  show(finding: Finding): void
  /** Puts in the node that mends it and measures again. */
  fix(finding: Finding): Promise<void>
  /** Why there is no fix for it here; `null`: there is. */
  whyNoFix(symptom: Symptom): string | null
  /** A setting by which it can be mended instead, and in words; `null`: there is none. */
  adjustment(symptom: Symptom): (Adjusted & AdjustmentWords) | null
  /** Moves that setting and measures again. */
  adjust(finding: Finding): Promise<void>
  /** Whether the graph is another than the one that was checked, fixes aside. */
  outdated(document: FlatDocument): boolean
}

const nothing: CheckState = {
  ...{
    phase: 'none',
    frames: 0,
    startedShare: null,
    measuredFrames: [],
    findings: [],
    omissions: [],
    failure: null,
    of: null,
  },
  ...{ places: new Map(), mendings: new Map(), said: new Set() },
}

const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value)

class Check {
  readonly store = createStore<CheckState>(() => nothing)
  readonly #editor: Editor
  #controller = new AbortController()
  #answeredCount = 0

  constructor(editor: Editor) {
    this.#editor = editor
  }

  /** Of the graph as it is now; `null`: there is no picture. */
  #subject(chosenOutput?: FlatEndpoint | null): { readonly subject: Subject; readonly view: FlatEndpoint } | null {
    const { document, derived, preview, specs } = this.#editor
    const { document: flat, resolve } = expand(document.getState().document, specs)
    const view = (chosenOutput && resolve(chosenOutput)) ?? preview.getState().view
    const { descs } = derived.getState().all
    const sizeOf = (output: FlatEndpoint) => {
      const desc = descs.get(endpointKey(output))
      return isPicture(desc) ? desc : undefined
    }
    if (!view) return null
    return { subject: subjectOf(flat, specs, view, comparableSourceOf(flat, specs, view), sizeOf), view }
  }

  /** What is asked of the engine in the background gives way to what is seen, and ends with the signal. */
  async #inBackground(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { idle } = this.#editor
    this.#controller.abort()
    const controller = new AbortController()
    this.#controller = controller
    const resume = idle.holdOff()
    try {
      await work(controller.signal)
    } finally {
      resume()
    }
  }

  answer(requestCount: number): void {
    if (requestCount === this.#answeredCount) return
    this.#answeredCount = requestCount
    void this.#run()
  }

  async #run(): Promise<void> {
    const { preview, specs, facts } = this.#editor
    const { result, chosenOutput, labels, ...range } = preview.getState()
    const checkable = this.#subject()
    if (!result || !checkable) {
      this.store.setState({ ...nothing, phase: 'failed', failure: words.nothingShown })
      return
    }
    if (!isImageDesc(result.desc)) {
      this.store.setState({ ...nothing, phase: 'failed', failure: words.notPicture })
      return
    }
    const { subject } = checkable
    const { first, last } = playRange(result.clock, range)
    const software = facts.getState().engine?.adapter?.software ?? false
    const frames = spreadFrames({ first, last }, software ? maxFrames.software : maxFrames.gpu)
    const { descs } = this.#editor.derived.getState().all
    const said = saidOf(subject, specs, symptoms, (output) => descs.get(endpointKey(output)) ?? undefined)
    const graph = measuredGraph(subject, specs, symptoms, result.clock.last - result.clock.first + 1, { said })
    const omissions = graph.omissions.map(({ symptom, why }) => ({ symptom, why: words.why[why] }))
    this.store.setState({
      ...nothing,
      phase: 'measuring',
      frames: frames.length,
      said,
      omissions,
      of: { name: labels[0] ?? '', document: subject.document, chosenOutput },
    })
    try {
      await this.#inBackground(async (signal) => {
        const { measuredFrames, unreadValues } = await measureFrames(
          this.#editor.engine,
          graph,
          frames,
          signal,
          (all, startedShare) =>
            this.store.setState({ startedShare, measuredFrames: all, findings: findingsOf(symptoms, all, said) }),
        )
        this.#take(measuredFrames, unreadValues)
        this.store.setState({ phase: 'finding' })
        for (const finding of this.store.getState().findings.filter(isTold)) {
          const map = graph.mapOf(finding.symptom)
          if (map) await this.#findPlace(finding, graph, map, signal)
        }
        this.store.setState({ phase: 'done' })
      })
    } catch (error) {
      this.#tellEnd(error)
    }
  }

  #take(measuredFrames: readonly MeasuredFrame[], unreadValues: readonly Unread[]): void {
    const more = symptoms.flatMap((symptom) => {
      const miss = unreadValues.find(
        ({ reading }) =>
          reading.measure === symptom.measure && reading.of === symptom.of && reading.output === symptom.score,
      )
      if (!miss) return []
      return [{ symptom, why: miss.problem ? `${miss.problem.message} ${miss.problem.hint}` : words.notNumber }]
    })
    this.store.setState(({ omissions, said }) => ({
      measuredFrames,
      findings: findingsOf(symptoms, measuredFrames, said),
      omissions: [...omissions, ...more],
    }))
  }

  async #findPlace(
    { symptom, frame }: Finding,
    graph: MeasuredGraph,
    map: FlatEndpoint,
    signal: AbortSignal,
  ): Promise<void> {
    const { engine } = this.#editor
    const { document } = graph
    const spot = worstPlace(await takePicture(engine, { document, view: map, frame }, mapSide, signal))
    const viewedPicture = graph.pictureOf(symptom)
    const region = this.#around(spot, viewedPicture)
    const picture = await takePicture(engine, { document, view: viewedPicture, frame }, cropSize.width, signal, region)
    this.store.setState(({ places }) => ({ places: withEntry(places, symptom.id, { spot, region, picture }) }))
  }

  #around(spot: Spot, output: FlatEndpoint): RegionShare {
    const desc = this.#editor.derived.getState().all.descs.get(endpointKey(output))
    return isPicture(desc) ? cropAround(spot, desc, cropSize) : { x: 0, y: 0, width: 1, height: 1 }
  }

  #tellEnd(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') {
      if (this.store.getState().phase !== 'done') this.store.setState({ phase: 'cancelled' })
      return
    }
    this.store.setState({ phase: 'failed', failure: messageOf(error) })
  }

  cancel(): void {
    this.#controller.abort()
    this.store.setState({ phase: 'cancelled' })
  }

  show({ symptom, frame }: Finding): void {
    const { preview, viewerSettings, commands, specs } = this.#editor
    const { of, places } = this.store.getState()
    preview.pause()
    preview.seek(frame)
    const target = this.#subject(of?.chosenOutput)
    const output = target && soughtIn(target.subject, specs, symptom)
    if (output && target && endpointKey(output) !== endpointKey(target.view)) preview.choose(output)
    else if (preview.getState().chosenOutput !== of?.chosenOutput) preview.choose(of?.chosenOutput ?? null)
    viewerSettings.setState({
      mode: 'single',
      variants: null,
      region: null,
      overlay: { kind: 'measure', type: symptom.measure, port: symptom.map },
    })
    const place = places.get(symptom.id)
    if (place) commands.lookAt(place.spot, 2)
  }

  whyNoFix(symptom: Symptom): string | null {
    const { document, specs } = this.#editor
    const { remedy } = symptom
    if (!remedy || !specs.has(remedy.type)) return words.noFix
    const whole = document.getState().document
    const target = this.#subject(this.store.getState().of?.chosenOutput)
    const place = target && mendingPlace(whole, expand(whole, specs), specs, target.subject, symptom)
    return place && canMend(symptom, specs, place) ? null : words.cannotFix
  }

  async fix({ symptom, frame, worst }: Finding): Promise<void> {
    const { document, preview, specs, view, viewerSettings } = this.#editor
    const { remedy } = symptom
    const { of, measuredFrames } = this.store.getState()
    const whole = document.getState().document
    const target = this.#subject(of?.chosenOutput)
    const place = target && mendingPlace(whole, expand(whole, specs), specs, target.subject, symptom)
    if (!remedy || !target || !place || !canMend(symptom, specs, place)) return
    const at = measuredFrames.find((each) => each.frame === frame)
    const numbers = Object.fromEntries(
      Object.values(remedy.measuredParams ?? {}).flatMap((output) => {
        const value = readIn(symptom, output, at)
        return value === undefined ? [] : [[output, value]]
      }),
    )
    const title = specs.get(remedy.type)?.title ?? remedy.type
    const label = words.step(words.symptoms[symptom.id].name, title)
    const mendedNode = document.editWhole(label, (draft) => {
      const level = draftAt(draft, place.path)
      return level && mend(level, specs, { ...symptom, remedy }, place, numbers, { width: card.width, gap: 48 })
    })
    if (!mendedNode) return
    const node = flatId(place.path, mendedNode.node)
    const chosenOutput = of?.chosenOutput ?? null
    // What was looked at by name is what comes out of the fix now.
    const behind = endpointKey(soughtIn(target.subject, specs, symptom)) === endpointKey(target.view)
    const output = chosenOutput && behind ? { node, port: mendedNode.output } : chosenOutput
    preview.choose(output)
    view.select([mendedNode.node])
    view.reveal(null)
    // What it did is to be seen, not hidden beneath the map.
    const { overlay } = viewerSettings.getState()
    if (overlay?.kind === 'measure' && overlay.type === symptom.measure) viewerSettings.setState({ overlay: null })
    const now = expand(document.getState().document, specs).document
    const result = { sentence: words.fixed(title), label, set: null }
    const mending: Mending = { node, ...result, before: worst, after: null, picture: null, failure: null }
    this.store.setState(({ mendings, of: before }) => ({
      mendings: withEntry(mendings, symptom.id, mending),
      of: before && { ...before, document: now, chosenOutput: output },
    }))
    await this.#measureAgain(symptom, frame, node, { node, port: mendedNode.output }, output)
  }

  adjustment(symptom: Symptom): (Adjusted & AdjustmentWords) | null {
    const { document, specs, facts } = this.#editor
    const target = this.#subject(this.store.getState().of?.chosenOutput)
    const adjustment = target && adjustmentFor(target.subject, specs, assetFacts(facts.getState()), symptom)
    const record = adjustment && nodeAt(document.getState().document, adjustment.node)
    if (!record) return null
    const label = specs.get(record.type)?.params[adjustment.param]?.label ?? adjustment.param
    const setting = text.edits.settingOf(label, titleOfRecord(specs, record))
    return { ...adjustment, setting, to: number(adjustment.after, 2, 0) }
  }

  async adjust({ symptom, frame, worst }: Finding): Promise<void> {
    const { document, specs, view } = this.#editor
    const adjustment = this.adjustment(symptom)
    const target = this.#subject(this.store.getState().of?.chosenOutput)
    if (!adjustment || !target) return
    const { node, param, after: value, setting, to } = adjustment
    const { path, id } = placeOf(node)
    const label = words.step(words.symptoms[symptom.id].name, setting)
    document.editWhole(label, (draft) => {
      const level = draftAt(draft, path)
      if (level) adjust(level, adjustment)
    })
    view.select([id])
    const now = expand(document.getState().document, specs).document
    const result = { sentence: words.adjusted(setting, to), label, set: { param, value } }
    const mending: Mending = { node, ...result, before: worst, after: null, picture: null, failure: null }
    this.store.setState(({ mendings, of: before }) => ({
      mendings: withEntry(mendings, symptom.id, mending),
      of: before && { ...before, document: now },
    }))
    const output = soughtIn(target.subject, specs, symptom)
    await this.#measureAgain(symptom, frame, node, output, this.store.getState().of?.chosenOutput ?? null)
  }

  /** @param node of the fix @param output the picture that it changes */
  async #measureAgain(
    symptom: Symptom,
    frame: number,
    node: FlatId,
    output: FlatEndpoint,
    chosenOutput: FlatEndpoint | null,
  ): Promise<void> {
    const { engine, specs } = this.#editor
    const target = this.#subject(chosenOutput)
    const change = (next: Partial<Mending>) =>
      this.store.setState(({ mendings }) => {
        const mending = mendings.get(symptom.id)
        return mending?.node === node ? { mendings: withEntry(mendings, symptom.id, { ...mending, ...next }) } : {}
      })
    if (!target) return
    try {
      await this.#inBackground(async (signal) => {
        const { subject } = target
        // Of a fix before the upscale: that is the last picture of the source’s size now.
        const graph = measuredGraph(subject, specs, [symptom], 2)
        const { measuredFrames } = await measureFrames(engine, graph, [frame], signal)
        const after = measuredFrames[0]?.values.get(
          readingKey({ of: symptom.of, measure: symptom.measure, output: symptom.score }),
        )
        change({ after: after ?? null, failure: after === undefined ? words.notNumber : null })
        const place = this.store.getState().places.get(symptom.id)
        if (!place) return
        const { document } = graph
        const picture = await takePicture(
          engine,
          { document, view: output, frame },
          cropSize.width,
          signal,
          place.region,
        )
        change({ picture })
      })
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return
      change({ failure: messageOf(error) })
    }
  }

  outdated(document: FlatDocument): boolean {
    const { of } = this.store.getState()
    return of !== null && !samePicture(of.document, document)
  }
}

const checks = new WeakMap<Editor, CheckStore>()

/** The editor’s check; there is one. */
export function checkOf(editor: Editor): CheckStore {
  const existing = checks.get(editor)
  if (existing) return existing
  const check = new Check(editor)
  const store: CheckStore = {
    ...check.store,
    answer: (requestCount) => check.answer(requestCount),
    cancel: () => check.cancel(),
    show: (finding) => check.show(finding),
    fix: (finding) => check.fix(finding),
    adjustment: (symptom) => check.adjustment(symptom),
    adjust: (finding) => check.adjust(finding),
    whyNoFix: (symptom) => check.whyNoFix(symptom),
    outdated: (document) => check.outdated(document),
  }
  checks.set(editor, store)
  return store
}
