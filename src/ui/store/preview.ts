/**
 * Keeps the viewer's picture true to the document. At most one request runs and one waits; a change that is
 * final overtakes the running one (the engine drops it within a frame), while the many changes of a slider drag
 * wait for it, so that the picture follows the hand instead of starving.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, NodeReport, PreviewRequest, PreviewResult } from '../../engine/door/api.ts'
import { expand } from '../../graph/analysis/expand.ts'
import { renamedNodes, samePicture, viewedOutput } from '../../graph/analysis/viewed.ts'
import type { Endpoint, GraphDocument, NodeId } from '../../graph/document/document.ts'
import { nodeAt } from '../../graph/document/levels.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { text } from '../text/text.ts'
import { type Composed, compose } from './composing.ts'
import type { LookingStore } from './looking.ts'
import { type PlaybackState, runPlayback } from './playback.ts'

export interface PreviewState extends PlaybackState {
  /**
   * The output the person chose, of whatever level, by its name from outside; `null`: what the first Encode would
   * receive.
   */
  readonly chosen: Endpoint | null
  /** The output of a plain node really shown, once the document is taken into account; `null`: nothing to show. */
  readonly view: Endpoint | null
  readonly busy: boolean
  /** What the pictures shown are called, A first. */
  readonly labels: readonly string[]
  /** For each the whole graph that it is of, where that is not the open one. */
  readonly graphs: Composed['graphs']
  /** Frames that can be shown without rendering: runs of first and last. */
  readonly kept: PreviewResult['kept']
  readonly reports: Readonly<Record<NodeId, NodeReport>>
  /** Frames ahead are being rendered while nobody asks for anything. */
  readonly ahead: boolean
  /** What would be seen around a region is of another moment, since frames went by without it. */
  readonly leftBehind: boolean
}

export interface PreviewStore extends StoreApi<PreviewState> {
  /** Takes note of a new document or new facts. `live`: more changes of the same kind are on their way. */
  follow(document: GraphDocument, options: { live: boolean; force?: boolean }): void
  choose(view: Endpoint | null): void
  seek(frame: number, options?: { live: boolean }): void
  play(): void
  pause(): void
  /** Sets an end of what is played; the other end gives way where they cross. */
  setPoint(end: 'in' | 'out', frame: number | null): void
  /** What the engine is asked for now; `null`: nothing. */
  request(): PreviewRequest | null
  /**
   * While a region is shown over a picture of another moment or state: what brings the picture around it up to date,
   * and `done` to say that it has. `null`: it is.
   */
  ground(): { readonly request: PreviewRequest; done(): void } | null
}

export function createPreviewStore(engine: Pick<Engine, 'preview'>, specs: Specs, looking: LookingStore): PreviewStore {
  const store = createStore<PreviewState>(() => ({
    chosen: null,
    view: null,
    frame: 0,
    busy: false,
    shown: null,
    labels: [],
    graphs: [],
    kept: [],
    problems: [],
    reports: {},
    playing: false,
    rate: 0,
    loops: true,
    pace: 'every',
    dropped: 0,
    inPoint: null,
    outPoint: null,
    ahead: false,
    leftBehind: false,
  }))
  /** All levels as one; and as the person has it. */
  let document: GraphDocument | null = null
  let nested: GraphDocument | null = null
  let running = 0
  let latest = 0
  let waiting = false
  /** What the whole pictures that were shown last were made of. */
  let whole: readonly unknown[] = []
  const settled: (() => void)[] = []

  function asked() {
    const { view, frame, playing } = store.getState()
    if (!document || !view) return null
    const composed = compose(
      document,
      specs,
      view,
      looking.getState(),
      nested ? expand(nested, specs).resolve : undefined,
    )
    const { region, draft } = looking.getState()
    const request: PreviewRequest = {
      document: composed.document,
      view: composed.view,
      others: composed.others,
      frame,
      draft,
      thrifty: playing,
      ...(region ? { region } : {}),
    }
    return { request, labels: composed.labels, graphs: composed.graphs }
  }

  /** All that the whole pictures depend on. */
  function basis(): readonly unknown[] {
    const { view, frame } = store.getState()
    const { others, reference, variants, mode } = looking.getState()
    return [document, view?.node, view?.port, frame, others, reference, variants, mode === 'side']
  }
  const sameBasis = (a: readonly unknown[], b: readonly unknown[]) => a.every((part, i) => part === b[i])

  async function send(): Promise<void> {
    const next = asked()
    if (!next) return
    latest += 1
    const mine = latest
    const asking = basis()
    running += 1
    store.setState({ busy: true })
    let change: Partial<PreviewState> = {}
    try {
      const outcome = await engine.preview(next.request)
      if (!outcome.ok) change = { problems: outcome.problems }
      else if (outcome.value.state === 'shown') {
        if (!next.request.region) whole = asking
        change = {
          shown: outcome.value,
          labels: next.labels,
          graphs: next.graphs,
          kept: outcome.value.kept,
          problems: [],
          ...(next.request.region ? {} : { leftBehind: store.getState().playing }),
          reports: merged(store.getState().reports, outcome.value),
        }
      }
    } catch (error) {
      const message = text.viewer.failed(error instanceof Error ? error.message : String(error))
      change = {
        problems: [{ code: 'render-failed', severity: 'error', message, hint: text.viewer.failedHint }],
      }
    }
    running -= 1
    // An answer that was overtaken says nothing about what is asked now.
    if (mine === latest) store.setState(change)
    if (waiting) {
      waiting = false
      void send()
      return
    }
    if (running === 0) {
      store.setState({ busy: false })
      for (const resolve of settled.splice(0)) resolve()
    }
  }

  function ask(live: boolean) {
    if (running === 0 || (!live && running === 1)) {
      waiting = false
      void send()
    } else waiting = true
  }

  const rest = () => new Promise<void>((resolve) => settled.push(resolve))

  async function run() {
    await runPlayback(store, async () => {
      ask(true)
      await rest()
    })
    store.setState({ playing: false, leftBehind: looking.getState().region !== null && !sameBasis(basis(), whole) })
    // While playing only little of each frame was kept; whoever stops at one is likely to work on it.
    if (store.getState().problems.length === 0) ask(true)
  }

  function follow(next: GraphDocument, { live, force = false }: { live: boolean; force?: boolean }) {
    const before = document
    const outputBefore = nested && expand(nested, specs).resolve
    const { document: flat, resolve } = expand(next, specs)
    const names = before ? renamedNodes(before, flat) : new Map<NodeId, NodeId>()
    const renamed = (output: Endpoint): Endpoint => {
      // One of a card that is gone stands for that of the node inside that made it.
      const at = nodeAt(next, output.node) ? output : (outputBefore?.(output) ?? output)
      return { node: names.get(at.node) ?? at.node, port: at.port }
    }
    document = flat
    nested = next
    if (names.size > 0)
      store.setState(({ reports, chosen }) => ({
        reports: renamedReports(reports, names),
        chosen: chosen && renamed(chosen),
      }))
    const { chosen } = store.getState()
    const view = viewedOutput(flat, specs, chosen && (resolve(chosen) ?? null))
    const moved = view?.node !== store.getState().view?.node || view?.port !== store.getState().view?.port
    if (moved) store.setState({ view })
    if (!view) {
      latest += 1
      store.setState({ shown: null, kept: [], problems: [], playing: false })
      return
    }
    const { others, variants } = looking.getState()
    if (names.size > 0 && others.some(({ kind }) => kind === 'output'))
      looking.setState({ others: others.map((one) => (one.kind === 'output' ? { ...one, at: renamed(one.at) } : one)) })
    if (variants && names.has(variants.node))
      looking.setState({ variants: { ...variants, node: names.get(variants.node) ?? variants.node } })
    if (force || moved || !before || !samePicture(before, flat)) ask(live)
  }

  looking.subscribe((state, before) => {
    const others = state.others !== before.others || state.reference !== before.reference
    const wider = (state.mode === 'side') !== (before.mode === 'side') && state.others.length > 1
    // The hand that moves a box is followed like one on a slider; a box that comes or goes is a new picture.
    if (state.region !== before.region) ask(state.region !== null && before.region !== null)
    if (others || wider || state.variants !== before.variants || state.draft !== before.draft) ask(false)
  })

  return {
    ...store,
    follow,
    choose(chosen) {
      store.setState({ chosen })
      if (nested) follow(nested, { live: false })
    },
    seek(frame, { live } = { live: false }) {
      const clock = store.getState().shown?.clock
      const at = clock ? Math.min(Math.max(frame, clock.first), clock.last) : Math.max(0, frame)
      if (at === store.getState().frame) return
      store.setState({ frame: at })
      ask(live)
    },
    play() {
      if (store.getState().playing) return
      store.setState({ playing: true, leftBehind: true, rate: 0, dropped: 0 })
      void run()
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
    request: () => asked()?.request ?? null,
    ground() {
      const request = asked()?.request
      const now = basis()
      if (!request?.region || sameBasis(now, whole)) return null
      const { region: _, ...rest } = request
      return {
        request: { ...rest, draft: groundDraft, ground: true, background: true },
        done() {
          whole = now
          store.setState({ leftBehind: false })
        },
      }
    },
  }
}

/** The picture around a region is there for orientation. */
const groundDraft = 4

/** A cached step took no time; its card keeps the time of the last real run. */
function merged(
  before: Readonly<Record<NodeId, NodeReport>>,
  result: PreviewResult,
): Readonly<Record<NodeId, NodeReport>> {
  const reports: Record<NodeId, NodeReport> = { ...before }
  for (const [id, report] of Object.entries(result.nodes) as [NodeId, NodeReport][]) {
    const earlier = before[id]
    reports[id] = report.cached && earlier ? { ...earlier, ...report, milliseconds: earlier.milliseconds } : report
  }
  return reports
}

/** What a node took is still known of it under its new name, and under none that another may get. */
const renamedReports = (
  reports: PreviewState['reports'],
  names: ReadonlyMap<NodeId, NodeId>,
): PreviewState['reports'] =>
  Object.fromEntries(
    (Object.entries(reports) as [NodeId, NodeReport][]).map(([id, report]) => [names.get(id) ?? id, report]),
  )
