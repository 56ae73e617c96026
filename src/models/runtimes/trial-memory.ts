/**
 * What trials on this adapter found, kept between visits: which way of running a model was quickest. Where the browser
 * keeps nothing (private windows), the trial is held again.
 */

export interface TrialMemory {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string): Promise<void>
}

const store = 'trials'

const whenDone = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/** `name`: of the browser's database. */
export function createTrialMemory(name = 'framewright-trials'): TrialMemory {
  const values = new Map<string, string>()
  let opening: Promise<IDBDatabase | undefined> | undefined

  function database(): Promise<IDBDatabase | undefined> {
    opening ??= (async () => {
      const request = indexedDB.open(name, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(store)
      return whenDone(request)
    })().catch(() => undefined)
    return opening
  }

  return {
    async get(key) {
      const storedText = values.get(key)
      if (storedText !== undefined) return storedText
      const db = await database()
      if (!db) return undefined
      const value: unknown = await whenDone(db.transaction(store).objectStore(store).get(key))
      return typeof value === 'string' ? value : undefined
    },
    async set(key, value) {
      values.set(key, value)
      const db = await database()
      if (db) await whenDone(db.transaction(store, 'readwrite').objectStore(store).put(value, key))
    },
  }
}

/** The adapter and the browser that drives it, as far as the browser tells of them. */
export function adapterKey({ adapterInfo }: GPUDevice): string {
  const { vendor, architecture, device, description } = adapterInfo
  return [vendor, architecture, device, description, navigator.userAgent].join('|')
}
