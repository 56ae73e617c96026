/**
 * Exports that outlive the page, noted in the browser's own database, since only that can hold a file handle. A job
 * belongs to the tab that holds its lock; when that tab is gone, the next one may take it over.
 */
import { createStore, del, entries, set, type UseStore } from 'idb-keyval'
import type { ExportReport, ExportRequest } from '../../engine/api.ts'

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

let opened: UseStore | undefined
const database = (): UseStore => {
  opened ??= createStore('framewright-exports', 'jobs')
  return opened
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
  quietly(() => set(record.id, record, database()), undefined)

export const forgetJob = (id: string): Promise<void> => quietly(() => del(id, database()), undefined)

/** In the order in which they were asked for. */
export const notedJobs = (): Promise<readonly JobRecord[]> =>
  quietly(async () => {
    const found = await entries<string, JobRecord>(database())
    return found.map(([, record]) => record).sort((a, b) => a.at - b.at)
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
