/**
 * Exports that outlive the page, noted in the browser's own database, since only that can hold a file handle. A job
 * belongs to the tab that holds its lock; when that tab is gone, the next one may take it over.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { ExportReport, ExportRequest } from '../../engine/door/api.ts'

export interface JobRecord {
  readonly id: string
  /** Milliseconds since 1970: the order of the queue. */
  readonly at: number
  readonly graph: string
  readonly clip: string
  readonly request: ExportRequest
  /** Frames of the whole, once that is known. */
  readonly frames: number | null
  /** Finished, and its files not fetched yet. */
  readonly report: ExportReport | null
}

interface Schema extends DBSchema {
  jobs: { key: string; value: JobRecord }
}

let opening: Promise<IDBPDatabase<Schema>> | undefined
const database = () => {
  opening ??= openDB<Schema>('framewright-exports', 1, {
    upgrade: (db) => {
      db.createObjectStore('jobs', { keyPath: 'id' })
    },
  })
  return opening
}

/** A browser may refuse its database (private windows, a full disk): then a job lives as long as its page. */
async function quietly<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    console.warn('The export queue cannot be kept by this browser:', error)
    return otherwise
  }
}

export const noteJob = (record: JobRecord): Promise<void> =>
  quietly(async () => void (await (await database()).put('jobs', record)), undefined)

export const forgetJob = (id: string): Promise<void> =>
  quietly(async () => (await database()).delete('jobs', id), undefined)

/** In the order in which they were asked for. */
export const notedJobs = (): Promise<readonly JobRecord[]> =>
  quietly(async () => {
    const found = await (await database()).getAll('jobs')
    return found.sort((a, b) => a.at - b.at)
  }, [])

/** Whether the job is now this tab's; it stays so until `release` or the end of the page. */
export function claimJob(id: string): Promise<{ release(): void } | null> {
  if (!('locks' in navigator)) return Promise.resolve({ release: () => undefined })
  return new Promise((resolve) => {
    navigator.locks
      .request(`framewright/export/${id}`, { ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(null)
          return undefined
        }
        return new Promise<void>((release) => resolve({ release }))
      })
      .catch((error: unknown) => {
        console.warn('The lock of an export was refused:', error)
        resolve(null)
      })
  })
}
