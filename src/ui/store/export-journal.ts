/**
 * Exports that outlive the page, noted in the browser's own database, since only that can hold a file handle. A job
 * belongs to the tab that holds its lock; when that tab is gone, the next one may take it over.
 */
import type { DBSchema } from 'idb'
import type { ExportReport, ExportRequest } from '../../engine/door/api.ts'
import { databaseOnDemand } from './database.ts'

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

/** Where jobs are written down, so that another page can go on with them. */
export interface ExportJournal {
  note(record: JobRecord): Promise<void>
  forget(id: string): Promise<void>
  /** In the order in which they were asked for. */
  records(): Promise<readonly JobRecord[]>
  /** Whether the job is now this page's; it stays so until `release` or the end of the page. */
  claim(id: string): Promise<JobClaim | null>
}

export interface JobClaim {
  release(): void
}

interface Schema extends DBSchema {
  jobs: { key: string; value: JobRecord }
}

const database = databaseOnDemand<Schema>(
  'framewright-exports',
  (db) => void db.createObjectStore('jobs', { keyPath: 'id' }),
)

/** A browser may refuse its database (private windows, a full disk): then a job lives as long as its page. */
async function quietly<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    console.warn('The export queue cannot be kept by this browser:', error)
    return otherwise
  }
}

function claim(id: string): Promise<JobClaim | null> {
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

export const browserJournal: ExportJournal = {
  note: (record) => quietly(async () => void (await (await database()).put('jobs', record)), undefined),
  forget: (id) => quietly(async () => (await database()).delete('jobs', id), undefined),
  records: () => quietly(async () => (await (await database()).getAll('jobs')).sort((a, b) => a.at - b.at), []),
  claim,
}
