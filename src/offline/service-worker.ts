/**
 * Keeps the editor usable without a network once it has been visited. Installing stores the files that the build
 * listed; after that, what never changes under its name comes from the store, and everything else from the network
 * as long as there is one, so that nobody is ever held at an old version.
 *
 * Large files that few people need (ffmpeg above all) are stored when first used. When a new version takes over, what
 * it does not know any more goes.
 */
import { cleanupOutdatedCaches, matchPrecache, type PrecacheEntry, precache } from 'workbox-precaching'

declare global {
  interface Window {
    /** Put here by the build: see `offline-files.ts`. */
    readonly __WB_MANIFEST: readonly PrecacheEntry[]
    /** Likewise: the files, relative to the page, that may lie in `usedOnce`. */
    readonly __STORED_WHEN_USED: readonly string[]
  }
}

/** An event that a service worker can ask the browser to wait with; the DOM's types have no name for it. */
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}

/** What the browser hands to a `fetch` listener of a service worker; the DOM's types have no name for it. */
interface FetchEvent extends Event {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

/** How long the network may be silent before the stored file is taken, milliseconds. */
const patience = 4000
const usedOnce = 'framewright-used-once'

const folder = new URL('./', self.location.href).href

precache([...self.__WB_MANIFEST])
cleanupOutdatedCaches()

const storedWhenUsed: ReadonlySet<string> = new Set(self.__STORED_WHEN_USED.map((file) => `${folder}${file}`))

/** Removes what earlier versions stored when it was used, except what this one would load under the same name. */
async function forgetOtherVersions(): Promise<void> {
  const cache = await caches.open(usedOnce)
  for (const { url } of await cache.keys()) if (!storedWhenUsed.has(url)) await cache.delete(url)
}

// Sent once no page of an earlier version is open any more.
self.addEventListener('activate', (event: Event) => (event as ExtendableEvent).waitUntil(forgetOtherVersions()))

/** Files below `assets/` carry a hash of their contents in their names. */
const neverChanges = (url: string): boolean => url.startsWith(`${folder}assets/`)

async function fromCache(request: Request): Promise<Response | undefined> {
  const plain = request.url.replace(/[?#].*$/, '')
  const page = plain === folder ? `${folder}index.html` : plain
  return (await matchPrecache(page)) ?? caches.match(plain, { cacheName: usedOnce })
}

async function fetchAndKeep(request: Request): Promise<Response> {
  const response = await fetch(request)
  if (response.ok && response.status === 200 && storedWhenUsed.has(request.url)) {
    const cache = await caches.open(usedOnce)
    // A full store must not cost the page its file.
    await cache.put(request.url, response.clone()).catch((error: unknown) => console.warn('Not kept for later:', error))
  }
  return response
}

/** The network's answer; where it has none in time and the file is stored, the stored one. */
async function newest(request: Request): Promise<Response> {
  const answer = fetch(request)
  const response = await fromCache(request)
  if (!response) return answer
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Response>((resolve) => {
    timer = setTimeout(() => resolve(response), patience)
  })
  try {
    return await Promise.race([answer, late])
  } catch {
    // There is no network: that is what the stored file is for.
    return response
  } finally {
    clearTimeout(timer)
    answer.catch(() => undefined)
  }
}

self.addEventListener('fetch', (event: Event) => {
  const fetching = event as FetchEvent
  const { request } = fetching
  if (request.method !== 'GET' || !request.url.startsWith(folder) || request.headers.has('range')) return
  fetching.respondWith(
    neverChanges(request.url)
      ? fromCache(request).then((cachedResponse) => cachedResponse ?? fetchAndKeep(request))
      : newest(request),
  )
})
