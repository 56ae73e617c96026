/** The worker's composition root: one session, spoken to through comlink. */
import { expose, transfer } from 'comlink'
import type { Engine } from './api.ts'
import { createSession } from './session.ts'

/** What the worker offers: `open` once, then the engine itself. */
interface EngineWorker {
  open(baseUrl: string): void
}

let session: Engine | undefined

const opened = (): Engine => {
  if (!session) throw new Error('the engine is used before it is opened')
  return session
}

const door: EngineWorker & Engine = {
  open(baseUrl) {
    session ??= createSession(baseUrl)
  },
  status: () => opened().status(),
  addMedia: (id, files) => opened().addMedia(id, files),
  mediaFacts: (ref) => opened().mediaFacts(ref),
  readComment: (file) => opened().readComment(file),
  models: () => opened().models(),
  addModel: (file) => opened().addModel(file),
  modelFacts: (ref) => opened().modelFacts(ref),
  attachCanvas: (canvas) => opened().attachCanvas(canvas),
  setViewport: (viewport) => opened().setViewport(viewport),
  readPixels: (at) => opened().readPixels(at),
  async scope(kind) {
    const counted = await opened().scope(kind)
    return transfer(
      counted,
      counted.map(({ counts }) => counts.buffer),
    )
  },
  preview: (request) => opened().preview(request),
  async snapshot(request) {
    const taken = await opened().snapshot(request)
    // A picture's pixels move to the page; they are not copied.
    return taken.ok ? transfer(taken, [taken.value.pixels.buffer]) : taken
  },
  async thumbnail(request, side) {
    const taken = await opened().thumbnail(request, side)
    return taken.ok && taken.value ? transfer(taken, [taken.value.pixels.buffer]) : taken
  },
  stopBackground: () => opened().stopBackground(),
  setCacheBudget: (bytes) => opened().setCacheBudget(bytes),
  clearCache: () => opened().clearCache(),
  export: (request, onProgress) => opened().export(request, onProgress),
  cancelExport: () => opened().cancelExport(),
  pauseExport: () => opened().pauseExport(),
  keptExports: () => opened().keptExports(),
  dropExport: (job) => opened().dropExport(job),
  estimateExport: (request) => opened().estimateExport(request),
  stopEstimate: () => opened().stopEstimate(),
  takeOutput: (fileName) => opened().takeOutput(fileName),
  releaseOutput: (fileName) => opened().releaseOutput(fileName),
  loseDevice: () => opened().loseDevice(),
}

expose(door)
