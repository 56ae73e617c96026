/**
 * Keeps the viewer's picture true to the document. At most one request runs and one waits; a change that is
 * final overtakes the running one (the engine drops it within a frame), while the many changes of a slider drag
 * wait for it, so that the picture follows the hand instead of starving.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, NodeReport, PreviewResult } from '../../engine/api.ts'
import type { Endpoint, GraphDocument, NodeId } from '../../graph/document.ts'
import type { Problem } from '../../graph/problems.ts'
import type { Specs } from '../../graph/spec.ts'
import { samePicture, viewedOutput } from '../viewed.ts'

export interface PreviewState {
  /** The output the person chose; `null`: what the first Encode would receive. */
  readonly chosen: Endpoint | null
  /** The output really shown, once the document is taken into account; `null`: nothing to show. */
  readonly view: Endpoint | null
  /** The frame asked for. */
  readonly frame: number
  readonly busy: boolean
  readonly shown: PreviewResult | null
  /** Why there is no picture for what is asked; empty while all is well. */
  readonly problems: readonly Problem[]
  readonly reports: Readonly<Record<NodeId, NodeReport>>
  readonly playing: boolean
  /** Frames a second really shown while playing, over the last second or two. */
  readonly rate: number
  readonly loops: boolean
}

export interface PreviewStore extends StoreApi<PreviewState> {
  /** Takes note of a new document or new facts. `live`: more changes of the same kind are on their way. */
  follow(document: GraphDocument, options: { live: boolean; force?: boolean }): void
  choose(view: Endpoint | null): void
  seek(frame: number, options?: { live: boolean }): void
  play(): void
  pause(): void
}

export function createPreviewStore(engine: Engine, specs: Specs): PreviewStore {
  const store = createStore<PreviewState>(() => ({
    chosen: null,
    view: null,
    frame: 0,
    busy: false,
    shown: null,
    problems: [],
    reports: {},
    playing: false,
    rate: 0,
    loops: true,
  }))
  let document: GraphDocument | null = null
  let running = 0
  let latest = 0
  let waiting = false
  const settled: (() => void)[] = []

  async function send(): Promise<void> {
    const { view, frame } = store.getState()
    if (!document || !view) return
    latest += 1
    const mine = latest
    running += 1
    store.setState({ busy: true })
    let next: Partial<PreviewState> = {}
    try {
      const outcome = await engine.preview({ document, view, frame })
      if (!outcome.ok) next = { problems: outcome.problems }
      else if (outcome.value.state === 'shown')
        next = { shown: outcome.value, problems: [], reports: merged(store.getState().reports, outcome.value) }
    } catch (error) {
      const message = `The preview failed: ${error instanceof Error ? error.message : String(error)}`
      next = {
        problems: [{ code: 'render-failed', severity: 'error', message, hint: 'Change the graph or reload the page.' }],
      }
    }
    running -= 1
    // An answer that was overtaken says nothing about what is asked now.
    if (mine === latest) store.setState(next)
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
    const times: number[] = []
    let due = performance.now()
    while (store.getState().playing) {
      const { shown, frame } = store.getState()
      const clock = shown?.clock
      if (!clock || clock.last <= clock.first) break
      const at = Math.min(Math.max(frame, clock.first), clock.last)
      if (at >= clock.last && !store.getState().loops) break
      store.setState({ frame: at >= clock.last ? clock.first : at + 1 })
      ask(true)
      await rest()
      if (store.getState().problems.length > 0) break
      due = Math.max(due + clock.duration * 1000, performance.now() - clock.duration * 1000)
      const wait = due - performance.now()
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
      const now = performance.now()
      times.push(now)
      while (times.length > 2 && now - (times[0] ?? now) > 2000) times.shift()
      const first = times[0] ?? now
      if (times.length > 1) store.setState({ rate: ((times.length - 1) * 1000) / (now - first) })
    }
    store.setState({ playing: false })
  }

  function follow(next: GraphDocument, { live, force = false }: { live: boolean; force?: boolean }) {
    const before = document
    document = next
    const view = viewedOutput(next, specs, store.getState().chosen)
    const moved = view?.node !== store.getState().view?.node || view?.port !== store.getState().view?.port
    if (moved) store.setState({ view })
    if (!view) {
      latest += 1
      store.setState({ shown: null, problems: [], playing: false })
      return
    }
    if (force || moved || !before || !samePicture(before, next)) ask(live)
  }

  return {
    ...store,
    follow,
    choose(chosen) {
      store.setState({ chosen })
      if (document) follow(document, { live: false })
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
      store.setState({ playing: true, rate: 0 })
      void run()
    },
    pause() {
      store.setState({ playing: false })
    },
  }
}

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
