/**
 * What is done while nobody asks for anything: small pictures for the nodes, then frames ahead, into the cache.
 * Any key, click or request ends it; it begins again after a rest.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, Picture8, PreviewResult } from '../../engine/door/api.ts'
import { outputToView } from '../../graph/analysis/viewed-output.ts'
import type { FlatDocument, FlatId } from '../../graph/document/document.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { pictureKeys } from '../../graph/plan/dirty.ts'
import { playRange } from './playback.ts'
import type { PreviewStore } from './preview.ts'
import type { ViewerSettingsStore } from './viewer-settings.ts'

export interface Thumbnail {
  readonly picture: Picture8
  /** Names what it was made of (see `pictureKeys`). */
  readonly key: string
}

export interface IdleState {
  readonly thumbnails: ReadonlyMap<FlatId, Thumbnail>
  /** For each node what a fresh thumbnail would be made of. */
  readonly keys: ReadonlyMap<FlatId, string>
}

export interface IdleStore extends StoreApi<IdleState> {
  /** Takes note of the document or frame, so that stale thumbnails are known as such. */
  follow(document: FlatDocument): void
  /** Somebody does something: stop, and begin again after a rest. */
  wake(): void
  /** Does nothing until what it returns is called: something else is rendered in the background. */
  holdOff(): () => void
}

interface Parts {
  readonly engine: Pick<Engine, 'preview' | 'thumbnail' | 'stopBackground'>
  readonly specs: Specs
  readonly preview: PreviewStore
  readonly viewerSettings: ViewerSettingsStore
}

/** Milliseconds without anybody doing anything: shorter than a pause for thought, longer than one between clicks. */
const restBeforeThumbnails = 250
const restBeforeAhead = 1200

/** CSS pixels of a card, twice over for fine screens. */
export const thumbnailSide = 360

const framesIn = (runs: PreviewResult['readyRuns']) => runs.reduce((sum, [first, last]) => sum + last - first + 1, 0)

/** The frame to render next: after `at` first, then from the beginning; `null`: all are there. */
export function nextAhead(
  readyRuns: PreviewResult['readyRuns'],
  at: number,
  range: { readonly first: number; readonly last: number },
): number | null {
  const isKept = (frame: number) => readyRuns.some(([first, last]) => frame >= first && frame <= last)
  const length = range.last - range.first + 1
  for (let i = 0; i < length; i++) {
    const frame = range.first + ((Math.max(at, range.first) - range.first + i) % length)
    if (!isKept(frame)) return frame
  }
  return null
}

/** What runs, what it waits for, and what holds it off. */
class IdleWork {
  readonly #parts: Parts
  readonly #store: StoreApi<IdleState>
  #document: FlatDocument | null = null
  /** Counts up whenever what runs must end. */
  #turn = 0
  #isWorking = false
  #holds = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(parts: Parts, store: StoreApi<IdleState>) {
    this.#parts = parts
    this.#store = store
    parts.preview.subscribe((state, before) => {
      if (state.result?.clock.index !== before.result?.clock.index && this.#document) this.follow(this.#document)
      const finished = before.busy && !state.busy
      const range = state.inPoint !== before.inPoint || state.outPoint !== before.outPoint
      if (finished || range || state.playing !== before.playing) this.wake()
    })
    parts.viewerSettings.subscribe((state, before) => {
      if (state.thumbnails !== before.thumbnails) {
        if (!state.thumbnails) store.setState({ thumbnails: new Map(), keys: new Map() })
        else if (this.#document) this.follow(this.#document)
      }
      if (state.thumbnails !== before.thumbnails || state.ahead !== before.ahead || state.budget !== before.budget)
        this.wake()
    })
  }

  follow(document: FlatDocument): void {
    this.#document = document
    const { preview, viewerSettings } = this.#parts
    if (viewerSettings.getState().thumbnails)
      this.#store.setState({ keys: pictureKeys(document, preview.getState().result?.clock.index ?? 0) })
  }

  wake(): void {
    this.#turn += 1
    clearTimeout(this.#timer)
    if (this.#isWorking) this.#parts.engine.stopBackground().catch(tellOfEnd)
    this.#timer = setTimeout(() => void this.#work(), restBeforeThumbnails)
  }

  holdOff(): () => void {
    this.#holds += 1
    this.wake()
    return () => {
      this.#holds -= 1
      this.wake()
    }
  }

  get #isQuiet(): boolean {
    const { busy, playing, problems, result } = this.#parts.preview.getState()
    return (
      this.#holds === 0 &&
      !busy &&
      !playing &&
      problems.length === 0 &&
      result !== null &&
      window.document.visibilityState === 'visible'
    )
  }

  async #work(): Promise<void> {
    if (this.#isWorking || !this.#isQuiet) return
    this.#isWorking = true
    const turn = this.#turn
    try {
      await this.#renderGround(turn)
      if (turn !== this.#turn) return
      await this.#takeThumbnails(turn)
      if (turn !== this.#turn) return
      this.#timer = setTimeout(() => void this.#workAhead(turn), restBeforeAhead)
    } catch (error) {
      tellOfEnd(error)
    } finally {
      this.#isWorking = false
    }
  }

  async #workAhead(turn: number): Promise<void> {
    if (this.#isWorking || turn !== this.#turn || !this.#isQuiet) return
    this.#isWorking = true
    try {
      await this.#renderAhead(turn)
    } catch (error) {
      tellOfEnd(error)
    } finally {
      this.#isWorking = false
    }
  }

  /** Brings what lies around a region up to date. */
  async #renderGround(turn: number): Promise<void> {
    const { engine, preview } = this.#parts
    const ground = preview.ground()
    if (!ground) return
    const outcome = await engine.preview(ground.request)
    if (turn === this.#turn && outcome.ok && outcome.value.state === 'shown') ground.done()
  }

  async #takeThumbnails(turn: number): Promise<void> {
    const { engine, specs, preview, viewerSettings } = this.#parts
    const document = this.#document
    // The very document that is shown, with what is compared: another would close its files and models each time.
    const request = preview.request()
    if (!document || !request || !viewerSettings.getState().thumbnails || viewerSettings.getState().variants) return
    const { region: _, ...whole } = request
    for (const node of Object.values(document.nodes)) {
      const key = this.#store.getState().keys.get(node.id)
      const view = outputToView(document, specs, node)
      if (!key || !view || this.#store.getState().thumbnails.get(node.id)?.key === key) continue
      const outcome = await engine.thumbnail({ ...whole, view, thrifty: true }, thumbnailSide)
      if (turn !== this.#turn) return
      if (outcome.ok && !outcome.value) return
      const thumbnails = new Map(this.#store.getState().thumbnails)
      // A node that cannot be rendered has no picture; its card says why already.
      if (outcome.ok && outcome.value) thumbnails.set(node.id, { picture: outcome.value, key })
      else thumbnails.delete(node.id)
      this.#store.setState({ thumbnails })
    }
  }

  async #renderAhead(turn: number): Promise<void> {
    const { engine, preview, viewerSettings } = this.#parts
    const request = preview.request()
    const clock = preview.getState().result?.clock
    if (!request || !clock || clock.last <= clock.first || !viewerSettings.getState().ahead) return
    try {
      for (;;) {
        const { readyRuns, frame } = preview.getState()
        const next = nextAhead(readyRuns, frame, playRange(clock, preview.getState()))
        if (next === null) return
        preview.setState({ ahead: true })
        const outcome = await engine.preview({ ...request, frame: next, background: true, thrifty: true })
        if (turn !== this.#turn || !outcome.ok || outcome.value.state !== 'shown') return
        preview.setState({ readyRuns: outcome.value.readyRuns })
        // The budget is used up: another frame would only push one of these out.
        if (framesIn(outcome.value.readyRuns) <= framesIn(readyRuns)) return
      }
    } finally {
      preview.setState({ ahead: false })
    }
  }
}

// The engine's death is told by what the person asks for; here it only ends the work.
const tellOfEnd = (error: unknown) => console.warn('Work in the background ended:', error)

export function createIdle(parts: Parts): IdleStore {
  const store = createStore<IdleState>(() => ({ thumbnails: new Map(), keys: new Map() }))
  const work = new IdleWork(parts, store)
  return {
    ...store,
    follow: (document) => work.follow(document),
    wake: () => work.wake(),
    holdOff: () => work.holdOff(),
  }
}
