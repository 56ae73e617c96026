/**
 * Earlier versions of what was worked on, kept in the browser: when a graph is first changed, then about once a
 * minute while it goes on changing, and before it is replaced. Every entry is new; none is ever written over, so
 * two tabs cannot take each other's.
 */
import type { DBSchema } from 'idb'
import { databaseOnDemand } from '../store/database.ts'

export interface Version {
  readonly id: number
  /** The kept entry (see `unsaved-graphs.ts`) that it is a version of. */
  readonly graph: string
  readonly title: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** What was done last, in the words of the history. */
  readonly label: string
  readonly nodes: number
  /** The graph file. */
  readonly text: string
}

interface Schema extends DBSchema {
  versions: { key: number; value: Omit<Version, 'id'> }
}

/** The newest of these are kept, and no more of them than fit in so many characters. */
const maxEntries = 120
const maxCharacters = 20e6
/** Between two versions of a graph that goes on changing. */
const intervalMs = 60_000

export interface EarlierVersions {
  /** `now`: without waiting for the minute to pass, as before something is replaced. Never throws. */
  note(version: Omit<Version, 'id' | 'at'>, options?: { readonly now?: boolean | undefined }): Promise<void>
  /** Newest first. */
  list(): Promise<readonly Version[]>
}

/** @param onFailure told of each version that could not be kept */
export type CreateVersions = (onFailure: (error: unknown) => void) => EarlierVersions

export const browserVersions: CreateVersions = (onFailure) => {
  const database = databaseOnDemand<Schema>(
    'framewright',
    (db) => void db.createObjectStore('versions', { autoIncrement: true }),
  )
  let last = { graph: '', text: '', at: 0 }

  async function write(version: Omit<Version, 'id'>) {
    const db = await database()
    const transaction = db.transaction('versions', 'readwrite')
    await transaction.store.add(version)
    let [entries, characters] = [0, 0]
    for (let cursor = await transaction.store.openCursor(null, 'prev'); cursor; cursor = await cursor.continue()) {
      entries += 1
      characters += cursor.value.text.length
      if (entries > maxEntries || characters > maxCharacters) await cursor.delete()
    }
    await transaction.done
  }

  return {
    async note(version, { now = false } = {}) {
      const at = Date.now()
      const same = version.graph === last.graph
      if (same && (version.text === last.text || (!now && at - last.at < intervalMs))) return
      last = { graph: version.graph, text: version.text, at }
      try {
        await write({ ...version, at })
      } catch (error) {
        onFailure(error)
      }
    },
    async list() {
      const db = await database()
      const store = db.transaction('versions').store
      const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()])
      return values.map((value, n) => ({ ...value, id: keys[n] ?? 0 })).reverse()
    },
  }
}
