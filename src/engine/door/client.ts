/** The page's end of the engine's door. Starts the worker and speaks to it; nothing else here touches the engine. */
import { proxy, transfer, wrap } from 'comlink'
import type { Engine } from './api.ts'

export type { Engine } from './api.ts'

/** The worker could not be started, or died: every call rejects with this. */
export class EngineStoppedError extends Error {
  override readonly name = 'EngineStoppedError'
}

interface AsyncDoor {
  open(baseUrl: string): Promise<void>
}

/** Starts the engine. Calls may be made at once; they wait for it. */
export function connectEngine(): Engine {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'framewright-engine' })
  // Every method answers with a promise already, so the remote has the very type of the engine; comlink's own
  // `Remote` would spread the outcomes' unions over promises.
  const remote = wrap(worker) as unknown as AsyncDoor & Engine
  const stopped = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      reject(
        new EngineStoppedError(
          `The engine stopped: ${event.message || 'its program could not be loaded'}. Reload the page.`,
        ),
      )
    })
  })
  stopped.catch(() => undefined)
  const base = new URL('./', document.baseURI).href
  const open = Promise.race([remote.open(base), stopped])

  /** A dead worker answers nothing: its death must answer for it. */
  async function ask<T>(call: () => Promise<T>): Promise<T> {
    await open
    return Promise.race([call(), stopped])
  }

  return {
    status: () => ask(() => remote.status()),
    addMedia: (id, files) => ask(() => remote.addMedia(id, files)),
    mediaFacts: (ref) => ask(() => remote.mediaFacts(ref)),
    readComment: (file) => ask(() => remote.readComment(file)),
    models: () => ask(() => remote.models()),
    addModel: (file) => ask(() => remote.addModel(file)),
    modelFacts: (ref) => ask(() => remote.modelFacts(ref)),
    attachCanvas: (canvas) => ask(() => remote.attachCanvas(transfer(canvas, [canvas]))),
    setViewport: (viewport) => ask(() => remote.setViewport(viewport)),
    readPixels: (at) => ask(() => remote.readPixels(at)),
    scope: (kind) => ask(() => remote.scope(kind)),
    preview: (request) => ask(() => remote.preview(request)),
    snapshot: (request) => ask(() => remote.snapshot(request)),
    thumbnail: (request, side) => ask(() => remote.thumbnail(request, side)),
    stopBackground: () => ask(() => remote.stopBackground()),
    setCacheBudget: (bytes) => ask(() => remote.setCacheBudget(bytes)),
    clearCache: () => ask(() => remote.clearCache()),
    export: (request, onProgress) => ask(() => remote.export(request, proxy(onProgress))),
    cancelExport: () => ask(() => remote.cancelExport()),
    pauseExport: () => ask(() => remote.pauseExport()),
    keptExports: () => ask(() => remote.keptExports()),
    dropExport: (job) => ask(() => remote.dropExport(job)),
    estimateExport: (request) => ask(() => remote.estimateExport(request)),
    stopEstimate: () => ask(() => remote.stopEstimate()),
    takeOutput: (fileName) => ask(() => remote.takeOutput(fileName)),
    releaseOutput: (fileName) => ask(() => remote.releaseOutput(fileName)),
    loseDevice: () => ask(() => remote.loseDevice()),
  }
}
