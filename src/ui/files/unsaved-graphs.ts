/**
 * Unsaved graphs, kept in the browser's storage: one entry per tab, found again after a reload or a crash. An
 * entry belongs to the tab that holds its lock; a duplicated tab gets one of its own.
 */
import { recall, remember } from '../store/view.ts'
import { moment } from '../text/format.ts'

const prefix = 'framewright/kept/1/'
const tabKey = 'framewright/tab'
/** The oldest beyond these are let go, when a new one is written. */
const mostEntries = 20

export interface KeptGraph {
  readonly title: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly text: string
}

export interface KeptEntry {
  readonly key: string
  readonly title: string
  readonly when: string
}

function parse(text: string | null): KeptGraph | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { title, at, text: graph } = value as Partial<Record<keyof KeptGraph, unknown>>
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
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix))
  } catch (error) {
    console.warn('Kept graphs cannot be listed:', error)
    return []
  }
}

const entries = (): (KeptGraph & { readonly key: string })[] =>
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

export function createKeeper() {
  let key = newKey()
  let written = false

  const noteTab = () => {
    try {
      sessionStorage.setItem(tabKey, key)
    } catch (error) {
      console.warn('This tab cannot remember its graph:', error)
    }
  }

  return {
    /** Finds what this very tab kept before it was reloaded. */
    async claim(): Promise<KeptGraph | null> {
      let earlier: string | null = null
      try {
        earlier = sessionStorage.getItem(tabKey)
      } catch (error) {
        console.warn('This tab cannot recall its graph:', error)
      }
      if (earlier?.startsWith(prefix) && (await hold(earlier))) {
        key = earlier
        written = true
      } else await hold(key)
      noteTab()
      return parse(recall(key))
    },
    /** The entry that this tab keeps its graph in. */
    key: () => key,
    /** Whether the browser took it. */
    keep(text: string, title: string): boolean {
      const entry: KeptGraph = { title, at: Date.now(), text }
      if (!written) for (const old of entries().slice(mostEntries - 1)) localStorage.removeItem(old.key)
      const kept = remember(key, JSON.stringify(entry))
      written = kept || written
      return kept
    },
    /** The graph is safe elsewhere. */
    drop() {
      if (!written) return
      localStorage.removeItem(key)
      written = false
    },
    /** Keeps a graph for good under the present entry and goes on with a new one; the entry's key. */
    leave(text: string, title: string): string {
      this.keep(text, title)
      const left = key
      key = newKey()
      written = false
      noteTab()
      void hold(key)
      return left
    },
    read: (of: string): KeptGraph | null => parse(recall(of)),
    others: (): readonly KeptEntry[] =>
      entries()
        .filter((entry) => entry.key !== key)
        .map((entry) => ({
          key: entry.key,
          title: entry.title,
          when: moment(entry.at, 'short'),
        })),
  }
}
