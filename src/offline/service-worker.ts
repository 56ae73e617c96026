/**
 * Keeps the editor usable without a network once it has been visited. Installing stores the files that the build
 * listed; after that, what never changes under its name comes from the store, and everything else from the network
 * as long as there is one, so that nobody is ever held at an old version.
 *
 * Large files that few people need (ffmpeg, models of an installation's own) are stored when first used.
 */
import { cleanupOutdatedCaches, matchPrecache, type PrecacheEntry, precache } from 'workbox-precaching'

declare global {
  interface Window {
    /** Put here by the build: see `offline-files.ts`. */
    readonly __WB_MANIFEST: readonly PrecacheEntry[]
  }
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

/** Files below `assets/` carry a hash of their contents in their names. */
const neverChanges = (url: string): boolean => url.startsWith(`${folder}assets/`)

async function stored(request: Request): Promise<Response | undefined> {
  const plain = request.url.replace(/[?#].*$/, '')
  const page = plain === folder ? `${folder}index.html` : plain
  return (await matchPrecache(page)) ?? caches.match(plain, { cacheName: usedOnce })
}

async function fetchAndKeep(request: Request): Promise<Response> {
  const response = await fetch(request)
  if (response.ok && response.status === 200) {
    const cache = await caches.open(usedOnce)
    // A full store must not cost the page its file.
    await cache.put(request.url, response.clone()).catch((error: unknown) => console.warn('Not kept for later:', error))
  }
  return response
}

/** The network's answer; where it has none in time and the file is stored, the stored one. */
async function newest(request: Request): Promise<Response> {
  const coming = fetch(request)
  const kept = await stored(request)
  if (!kept) return coming
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Response>((resolve) => {
    timer = setTimeout(() => resolve(kept), patience)
  })
  try {
    return await Promise.race([coming, late])
  } catch {
    // There is no network: that is what the stored file is for.
    return kept
  } finally {
    clearTimeout(timer)
    coming.catch(() => undefined)
  }
}

self.addEventListener('fetch', (event: Event) => {
  const fetching = event as FetchEvent
  const { request } = fetching
  if (request.method !== 'GET' || !request.url.startsWith(folder) || request.headers.has('range')) return
  fetching.respondWith(
    neverChanges(request.url) ? stored(request).then((kept) => kept ?? fetchAndKeep(request)) : newest(request),
  )
})
