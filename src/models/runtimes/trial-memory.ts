/**
 * What trials on this adapter found, kept between visits: which way of running a model was quickest. Where the browser
 * keeps nothing (private windows), the trial is held again.
 */

import { Once } from '../once.ts'

const store = 'trials'

const whenDone = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

export class TrialMemory {
  readonly #name: string
  readonly #database = new Once<IDBDatabase | undefined>()
  /** Of this visit. */
  readonly #values = new Map<string, string>()

  /** `name`: of the browser's database. */
  constructor(name = 'framewright-trials') {
    this.#name = name
  }

  async get(key: string): Promise<string | undefined> {
    const storedText = this.#values.get(key)
    if (storedText !== undefined) return storedText
    const database = await this.#open()
    if (!database) return undefined
    const value: unknown = await whenDone(database.transaction(store).objectStore(store).get(key))
    return typeof value === 'string' ? value : undefined
  }

  async set(key: string, value: string): Promise<void> {
    this.#values.set(key, value)
    const database = await this.#open()
    if (database) await whenDone(database.transaction(store, 'readwrite').objectStore(store).put(value, key))
  }

  /** `undefined` where the browser keeps nothing: then it is not asked again. */
  #open(): Promise<IDBDatabase | undefined> {
    return this.#database.get(async () => {
      try {
        const request = indexedDB.open(this.#name, 1)
        request.onupgradeneeded = () => request.result.createObjectStore(store)
        return await whenDone(request)
      } catch {
        return undefined
      }
    })
  }
}

/** The adapter and the browser that drives it, as far as the browser tells of them. */
export function adapterKey({ adapterInfo }: GPUDevice): string {
  const { vendor, architecture, device, description } = adapterInfo
  return [vendor, architecture, device, description, navigator.userAgent].join('|')
}
