/** Starts the service worker that makes the built editor work without a network from the second visit on. */

/**
 * Asks the browser to store the editor's files. Call it when the first picture is there: storing them then competes
 * with nothing. Where it is refused the editor works all the same, only never without a network.
 */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  navigator.serviceWorker
    .register(new URL('service-worker.js', document.baseURI), { type: 'module' })
    .catch((error: unknown) => console.warn('The editor could not be kept for use without a network:', error))
}
