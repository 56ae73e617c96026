/**
 * Unsaved graphs, kept in the browser's storage: one entry per tab, found again after a reload or a crash. An
 * entry belongs to the tab that holds its lock; a duplicated tab gets one of its own.
 */
import { recall, remember } from '../store/view.ts'
import { moment } from '../text/format.ts'

const prefix = 'framewright/kept/1/'
const tabKey = 'framewright/tab'
/** The oldest beyond these are let go, when a new one is written. */
const maxEntries = 20

export interface UnsavedGraph {
  readonly title: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly text: string
}

export interface UnsavedEntry {
  readonly key: string
  readonly title: string
  readonly when: string
}

function parse(text: string | null): UnsavedGraph | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { title, at, text: graph } = value as Partial<Record<keyof UnsavedGraph, unknown>>
    return typeof title === 'string' && typeof at === 'number' && typeof graph === 'string'
      ? { title, at, text: graph }
      : null
  } catch (error) {
    console.warn('A kept graph cannot be read:', error)
    return null
  }
}

function keys(): string[] {
  try {
    const all = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '')
    return all.filter((key) => key.startsWith(prefix))
  } catch (error) {
    console.warn('Kept graphs cannot be listed:', error)
    return []
  }
}

const entries = (): (UnsavedGraph & { readonly key: string })[] =>
  keys()
    .flatMap((key) => {
      const graph = parse(recall(key))
      return graph ? [{ ...graph, key }] : []
    })
    .sort((a, b) => b.at - a.at)

const newKey = (): string => `${prefix}${crypto.randomUUID()}`

/** Whether this tab now holds `key`; it does for as long as it lives. */
const hold = (key: string): Promise<boolean> =>
  new Promise((resolve) => {
    if (!('locks' in navigator)) {
      resolve(true)
      return
    }
    navigator.locks
      .request(key, { ifAvailable: true }, (lock) => {
        resolve(lock !== null)
        return lock ? new Promise(() => undefined) : undefined
      })
      .catch((error: unknown) => {
        console.warn('The lock of a kept graph was refused:', error)
        resolve(false)
      })
  })

/** The entry of this tab, and those of others. */
export class UnsavedGraphs {
  #key = newKey()
  /** Whether something stands in the entry. */
  #isWritten = false

  #noteTab() {
    try {
      sessionStorage.setItem(tabKey, this.#key)
    } catch (error) {
      console.warn('This tab cannot remember its graph:', error)
    }
  }

  /** The entry that this tab keeps its graph in. */
  get key(): string {
    return this.#key
  }

  /** Finds what this very tab kept before it was reloaded. */
  async claim(): Promise<UnsavedGraph | null> {
    let earlier: string | null = null
    try {
      earlier = sessionStorage.getItem(tabKey)
    } catch (error) {
      console.warn('This tab cannot recall its graph:', error)
    }
    if (earlier?.startsWith(prefix) && (await hold(earlier))) {
      this.#key = earlier
      this.#isWritten = true
    } else await hold(this.#key)
    this.#noteTab()
    return parse(recall(this.#key))
  }

  /** Whether the browser took it. */
  keep(text: string, title: string): boolean {
    const entry: UnsavedGraph = { title, at: Date.now(), text }
    if (!this.#isWritten) for (const old of entries().slice(maxEntries - 1)) localStorage.removeItem(old.key)
    const wasTaken = remember(this.#key, JSON.stringify(entry))
    this.#isWritten ||= wasTaken
    return wasTaken
  }

  /** The graph is safe elsewhere. */
  drop(): void {
    if (!this.#isWritten) return
    localStorage.removeItem(this.#key)
    this.#isWritten = false
  }

  /** Keeps a graph for good under the present entry and goes on with a new one; the entry's key. */
  leave(text: string, title: string): string {
    this.keep(text, title)
    const oldKey = this.#key
    this.#key = newKey()
    this.#isWritten = false
    this.#noteTab()
    void hold(this.#key)
    return oldKey
  }

  read(key: string): UnsavedGraph | null {
    return parse(recall(key))
  }

  /** Newest first. */
  entriesOfOthers(): readonly UnsavedEntry[] {
    return entries()
      .filter(({ key }) => key !== this.#key)
      .map(({ key, title, at }) => ({ key, title, when: moment(at, 'short') }))
  }
}
