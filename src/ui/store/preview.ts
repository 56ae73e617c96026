/** Keeps the viewer's picture true to the document and to what the person has chosen to look at. */

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, NodeReport, PreviewRequest, PreviewResult } from '../../engine/door/api.ts'
import { expand } from '../../graph/analysis/expand.ts'
import { viewedOutput } from '../../graph/analysis/viewed-output.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import type { FlatDocument, FlatEndpoint, FlatId, GraphDocument } from '../../graph/document/document.ts'
import { nodeAt } from '../../graph/document/levels.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { renamedNodes, samePicture } from '../../graph/plan/dirty.ts'
import { text } from '../text/text.ts'
import { type PlaybackState, runPlayback } from './playback.ts'
import { type Request, RequestPacer } from './request-pacer.ts'
import { type Composed, compose, type Known, type LookedAt, nothingKnown, showsPart } from './view-request.ts'
import type { ViewerSettingsStore } from './viewer-settings.ts'

export interface PreviewState extends PlaybackState {
  /**
   * The output the person chose, of whatever level, by its name from outside; `null`: what the first Encode would
   * receive.
   */
  readonly chosenOutput: FlatEndpoint | null
  /** The output of a plain node really shown, once the document is taken into account; `null`: nothing to show. */
  readonly view: FlatEndpoint | null
  readonly busy: boolean
  /** Files that were chosen to be seen and are still being read. */
  readonly opening: number
  /** What the pictures shown are called, A first. */
  readonly labels: readonly string[]
  /** For each the whole graph that it is of, where that is not the open one. */
  readonly graphs: Composed['graphs']
  /** Frames that can be shown without rendering: runs of first and last. */
  readonly readyRuns: PreviewResult['readyRuns']
  readonly reports: Readonly<Record<FlatId, NodeReport>>
  /** Frames ahead are being rendered while nobody asks for anything. */
  readonly ahead: boolean
  /** What would be seen around a region is of another moment, since frames went by without it. */
  readonly leftBehind: boolean
}

export interface PreviewStore extends StoreApi<PreviewState> {
  /** Takes note of a new document or new facts. `live`: more changes of the same kind are on their way. */
  follow(document: GraphDocument, options: { live: boolean; force?: boolean }): void
  choose(view: FlatEndpoint | null): void
  seek(frame: number, options?: { live: boolean }): void
  play(): void
  pause(): void
  /** Sets an end of what is played; the other end gives way where they cross. */
  setPoint(end: 'in' | 'out', frame: number | null): void
  /** What the engine is asked for now; `null`: nothing. */
  request(): PreviewRequest | null
  /** A and all that it is compared with, as if they stood side by side, whatever is seen of them now; `null`: there is no picture. */
  sideBySide(): Composed | null
  /**
   * While a region is shown over a picture of another moment or state: what brings the picture around it up to date,
   * and `done` to say that it has. `null`: it is.
   */
  ground(): { readonly request: PreviewRequest; done(): void } | null
}

const initial: PreviewState = {
  chosenOutput: null,
  view: null,
  frame: 0,
  busy: false,
  opening: 0,
  result: null,
  labels: [],
  graphs: [],
  readyRuns: [],
  problems: [],
  reports: {},
  playing: false,
  rate: 0,
  loops: true,
  pace: 'every',
  droppedFrames: 0,
  inPoint: null,
  outPoint: null,
  ahead: false,
  leftBehind: false,
}

/** Whether what is shown is of before the last change. @param reading a medium of the document is being read */
export const isOutdated = (
  { busy, opening, playing, result }: Pick<PreviewState, 'busy' | 'opening' | 'playing' | 'result'>,
  reading: boolean,
): boolean => result !== null && !playing && (busy || opening > 0 || reading)

/** The document that the picture is of. */
interface Subject {
  /** All levels as one. */
  readonly flat: FlatDocument
  /** As the person has it. */
  readonly graph: GraphDocument
}

/** All that a picture depends on, part by part. */
type Basis = readonly unknown[]
const sameBasis = (a: Basis, b: Basis) => a.every((part, i) => part === b[i])

/** The picture of the viewer: what it is made of, when it is asked for, and what the answer says. */
class Picture {
  readonly #store: StoreApi<PreviewState>
  readonly #engine: Pick<Engine, 'preview'>
  readonly #specs: Specs
  readonly #viewerSettings: ViewerSettingsStore
  readonly #knownParts: Known
  readonly #pacer: RequestPacer
  #subject: Subject | null = null
  /** What the whole pictures that were shown last were made of. */
  #whole: Basis = []
  /** While it is played: the frames behind the one that is asked for. */
  #upcoming: readonly number[] = []

  constructor(
    store: StoreApi<PreviewState>,
    engine: Pick<Engine, 'preview'>,
    specs: Specs,
    viewerSettings: ViewerSettingsStore,
    knownParts: Known,
  ) {
    this.#store = store
    this.#knownParts = knownParts
    this.#engine = engine
    this.#specs = specs
    this.#viewerSettings = viewerSettings
    this.#pacer = new RequestPacer({
      next: () => this.#request(),
      setBusy: (busy) => store.setState({ busy }),
    })
  }

  ask(live: boolean): void {
    this.#pacer.ask(live)
  }

  #composed(settings: LookedAt): Composed | null {
    const { view } = this.#store.getState()
    if (!this.#subject || !view) return null
    const { flat, graph } = this.#subject
    const { resolve } = expand(graph, this.#specs)
    return compose(flat, this.#specs, view, settings, resolve, this.#knownParts)
  }

  /** See `PreviewStore.sideBySide`. */
  sideBySide(): Composed | null {
    return this.#composed({ ...this.#viewerSettings.getState(), mode: 'side', overlay: null })
  }

  /** What the engine is asked for now, and what its answer is called; `null`: nothing. */
  requestOf() {
    const { frame, playing } = this.#store.getState()
    const composition = this.#composed(this.#viewerSettings.getState())
    if (!composition) return null
    const { region, draft } = this.#viewerSettings.getState()
    const request: PreviewRequest = {
      document: composition.document,
      view: composition.view,
      others: composition.others,
      ...(composition.overlay ? { overlay: composition.overlay } : {}),
      frame,
      draft,
      thrifty: playing,
      ...(playing && this.#upcoming.length > 0 ? { upcoming: this.#upcoming } : {}),
      ...(region ? { region } : {}),
    }
    return { request, labels: composition.labels, graphs: composition.graphs }
  }

  /** All that the whole pictures depend on. */
  #basis(): Basis {
    const { view, frame } = this.#store.getState()
    const viewerSettings = this.#viewerSettings.getState()
    const { others, reference, variants, mode } = viewerSettings
    const how = [others, reference, variants, mode === 'side', showsPart(viewerSettings)]
    return [this.#subject?.flat, view?.node, view?.port, frame, ...how]
  }

  #request(): Request | null {
    const request = this.requestOf()
    if (!request) return null
    const basis = this.#basis()
    return async () => {
      const change = await this.#answer(request, basis)
      return () => this.#store.setState(change)
    }
  }

  async #answer(
    { request, labels, graphs }: NonNullable<ReturnType<Picture['requestOf']>>,
    basis: Basis,
  ): Promise<Partial<PreviewState>> {
    try {
      const outcome = await this.#engine.preview(request)
      if (!outcome.ok) return { problems: outcome.problems }
      if (outcome.value.state !== 'shown') return {}
      if (!request.region) this.#whole = basis
      const { playing, reports } = this.#store.getState()
      return {
        result: outcome.value,
        labels,
        graphs,
        readyRuns: outcome.value.readyRuns,
        problems: [],
        ...(request.region ? {} : { leftBehind: playing }),
        reports: merged(reports, outcome.value),
      }
    } catch (error) {
      const message = text.viewer.failed(messageOf(error))
      return { problems: [{ code: 'render-failed', severity: 'error', message, hint: text.viewer.failedHint }] }
    }
  }

  async play(): Promise<void> {
    await runPlayback(this.#store, async (upcoming) => {
      this.#upcoming = upcoming
      this.ask(true)
      await this.#pacer.idle()
    })
    const { region } = this.#viewerSettings.getState()
    this.#store.setState({ playing: false, leftBehind: region !== null && !sameBasis(this.#basis(), this.#whole) })
    // While playing only little of each frame was kept; whoever stops at one is likely to work on it.
    if (this.#store.getState().problems.length === 0) this.ask(true)
  }

  /** The same document with another output chosen. */
  refollow(): void {
    if (this.#subject) this.follow(this.#subject.graph, { live: false })
  }

  follow(next: GraphDocument, { live, force = false }: { live: boolean; force?: boolean }): void {
    const before = this.#subject
    const { document: flat, resolve } = expand(next, this.#specs)
    this.#subject = { flat, graph: next }
    const rename = before && this.#renaming(before, this.#subject)
    if (rename)
      this.#store.setState(({ reports, chosenOutput, problems }) => ({
        reports: renamedReports(reports, rename.names),
        problems: renamedProblems(problems, rename.names),
        chosenOutput: chosenOutput && rename.output(chosenOutput),
      }))
    const { chosenOutput, view: viewBefore } = this.#store.getState()
    const view = viewedOutput(flat, this.#specs, chosenOutput && (resolve(chosenOutput) ?? null))
    const moved = view?.node !== viewBefore?.node || view?.port !== viewBefore?.port
    if (moved) this.#store.setState({ view })
    if (!view) {
      this.#pacer.overtake()
      this.#store.setState({ result: null, readyRuns: [], problems: [], playing: false })
      return
    }
    if (rename) this.#renameInViewerSettings(rename)
    if (force || moved || !before || !samePicture(before.flat, flat)) this.ask(live)
  }

  /** Where nodes of the unfolded document are called otherwise than before; `null`: none is. */
  #renaming(before: Subject, { flat, graph }: Subject): Renaming | null {
    const names = renamedNodes(before.flat, flat)
    if (names.size === 0) return null
    const outputBefore = expand(before.graph, this.#specs).resolve
    return {
      names,
      output(output) {
        // One of a card that is gone stands for that of the node inside that made it.
        const at = nodeAt(graph, output.node) ? output : (outputBefore(output) ?? output)
        return { node: names.get(at.node) ?? at.node, port: at.port }
      },
    }
  }

  #renameInViewerSettings({ names, output }: Renaming) {
    const { others, variants, overlay } = this.#viewerSettings.getState()
    if (overlay?.kind === 'output') this.#viewerSettings.setState({ overlay: { ...overlay, at: output(overlay.at) } })
    if (others.some(({ kind }) => kind === 'output'))
      this.#viewerSettings.setState({
        others: others.map((one) => (one.kind === 'output' ? { ...one, at: output(one.at) } : one)),
      })
    if (variants && names.has(variants.node))
      this.#viewerSettings.setState({ variants: { ...variants, node: names.get(variants.node) ?? variants.node } })
  }

  /** See `PreviewStore.ground`. */
  ground() {
    const request = this.requestOf()?.request
    const now = this.#basis()
    if (!request?.region || sameBasis(now, this.#whole)) return null
    const { region: _, ...whole } = request
    return {
      request: { ...whole, draft: groundDraft, ground: true, background: true },
      done: () => {
        this.#whole = now
        this.#store.setState({ leftBehind: false })
      },
    }
  }
}

interface Renaming {
  readonly names: ReadonlyMap<FlatId, FlatId>
  output(output: FlatEndpoint): FlatEndpoint
}

export function createPreviewStore(
  engine: Pick<Engine, 'preview'>,
  specs: Specs,
  viewerSettings: ViewerSettingsStore,
  context: Known = nothingKnown,
): PreviewStore {
  const store = createStore<PreviewState>(() => initial)
  const picture = new Picture(store, engine, specs, viewerSettings, context)

  viewerSettings.subscribe((state, before) => {
    const others = state.others !== before.others || state.reference !== before.reference
    const wider = (state.mode === 'side') !== (before.mode === 'side') && state.others.length > 1
    const alone = (one: typeof state) => one.mode === 'single' && !one.flicker && one.others[0]?.kind === 'plain'
    // The hand that moves a box is followed like one on a slider; a box that comes or goes is a new picture.
    if (state.region !== before.region) picture.ask(state.region !== null && before.region !== null)
    if (
      others ||
      wider ||
      alone(state) !== alone(before) ||
      showsPart(state) !== showsPart(before) ||
      state.overlay !== before.overlay ||
      state.variants !== before.variants ||
      state.draft !== before.draft
    )
      picture.ask(false)
  })

  return {
    ...store,
    follow: (document, options) => picture.follow(document, options),
    choose(output) {
      store.setState({ chosenOutput: output })
      picture.refollow()
    },
    seek(frame, { live } = { live: false }) {
      const clock = store.getState().result?.clock
      const at = clock ? Math.min(Math.max(frame, clock.first), clock.last) : Math.max(0, frame)
      if (at === store.getState().frame) return
      store.setState({ frame: at })
      picture.ask(live)
    },
    play() {
      if (store.getState().playing) return
      store.setState({ playing: true, leftBehind: true, rate: 0, droppedFrames: 0 })
      void picture.play()
    },
    pause() {
      store.setState({ playing: false })
    },
    setPoint(end, frame) {
      const { inPoint, outPoint } = store.getState()
      if (end === 'in') {
        const crossed = frame !== null && outPoint !== null && frame > outPoint
        store.setState({ inPoint: frame, outPoint: crossed ? null : outPoint })
      } else {
        const crossed = frame !== null && inPoint !== null && frame < inPoint
        store.setState({ outPoint: frame, inPoint: crossed ? null : inPoint })
      }
    },
    request: () => picture.requestOf()?.request ?? null,
    sideBySide: () => picture.sideBySide(),
    ground: () => picture.ground(),
  }
}

/** The picture around a region is there for orientation. */
const groundDraft = 4

/** A cached step took no time; its card keeps the time of the last real run. */
function merged(
  before: Readonly<Record<FlatId, NodeReport>>,
  result: PreviewResult,
): Readonly<Record<FlatId, NodeReport>> {
  const reports: Record<FlatId, NodeReport> = { ...before }
  for (const [id, report] of Object.entries(result.nodes) as [FlatId, NodeReport][]) {
    const earlier = before[id]
    reports[id] = report.cached && earlier ? { ...earlier, ...report, milliseconds: earlier.milliseconds } : report
  }
  return reports
}

/** Nothing is rendered anew for a name: what failed is told of the node as it is called now. */
const renamedProblems = (
  problems: PreviewState['problems'],
  names: ReadonlyMap<FlatId, FlatId>,
): PreviewState['problems'] =>
  problems.map((problem) => (problem.node ? { ...problem, node: names.get(problem.node) ?? problem.node } : problem))

/** What a node took is still known of it under its new name, and under none that another may get. */
const renamedReports = (
  reports: PreviewState['reports'],
  names: ReadonlyMap<FlatId, FlatId>,
): PreviewState['reports'] =>
  Object.fromEntries(
    (Object.entries(reports) as [FlatId, NodeReport][]).map(([id, report]) => [names.get(id) ?? id, report]),
  )
