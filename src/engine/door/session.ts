/**
 * The engine behind its door: one per worker. Keeps what outlives a GPU device (media, added models, the canvas)
 * and builds the rest anew when the device is lost.
 */
import { NoGpuError } from '../../gpu/device.ts'
import { createRecorder } from '../../gpu/recorder.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { readComment } from '../../media/comment.ts'
import { createMedia } from '../../media/library.ts'
import { fileOutput, folderOutput, httpOutput, nowhereOutput, openOutputStore } from '../../media/output-files.ts'
import { dropJob, keptFrames, keptJobs, openSegments } from '../../media/segment-store.ts'
import type { OutputFiles } from '../../media/types.ts'
import { createModelLibrary } from '../../models/models.ts'
import { wasmThreads } from '../../models/sessions.ts'
import { definitions, specs } from '../../nodes/registry.ts'
import { estimateExport } from '../export/estimate-export.ts'
import { type ExportParts, runExport } from '../export/run-export.ts'
import { createPreview, type Extent, type Preview, type UsePictures } from '../preview/preview-renderer.ts'
import { takeThumbnail } from '../preview/thumbnail.ts'
import { createAssets } from '../run/assets.ts'
import { DeviceLostError, problemOf } from '../run/errors.ts'
import { type Live, startLive } from '../run/live.ts'
import type { Held } from '../run/result-cache.ts'
import { createViewer, type Viewer } from '../viewer/canvas-viewer.ts'
import { readPixels } from '../viewer/read-pixels.ts'
import { scopeCounter } from '../viewer/scope-counts.ts'
import type {
  Engine,
  EngineStatus,
  ExportReport,
  Outcome,
  OutputTarget,
  Picture8,
  PreviewRequest,
  Viewport,
} from './api.ts'

const defaultCacheBytes = 512 * 1024 * 1024

/** A device may be lost again while things are being rebuilt; a driver that keeps failing is given up on. */
const mostAttempts = 3

interface Running {
  readonly live: Live
  readonly preview: Preview
  viewer: Viewer | undefined
  /** The view, then the others; `null` for one that cannot be shown. */
  shown: readonly (Held | null)[]
  /** Whether they are parts of pictures; then `ground` lies around them. */
  partial: boolean
  ground: readonly (Held | null)[]
  /** The size in which places on A count. */
  extent: Extent | null
  drawing: boolean
}

/** Where every pixel drawn is work of the CPU, a panned picture is drawn in squares of so many canvas pixels. */
const coarseStep = 2

/** A hand that has panned nothing for so long rests, and the picture is drawn whole, milliseconds. */
const rest = 150

/** Whether all that changes from one view to the next is its place. */
const isPan = (from: Viewport | undefined, to: Viewport): boolean =>
  from !== undefined &&
  (from.centre.x !== to.centre.x || from.centre.y !== to.centre.y) &&
  JSON.stringify({ ...from, centre: to.centre }) === JSON.stringify(to)

const picturesOf = (held: readonly (Held | null)[]) => held.map((one) => one?.picture ?? null)

function letGo(held: readonly (Held | null)[]) {
  for (const one of held) one?.[Symbol.dispose]()
}

const lostInExport: Problem = {
  code: 'render-failed',
  severity: 'error',
  message: 'The graphics processor was lost during the export, so the file was not finished.',
  hint: 'The engine has started anew: export again. If it happens again, close other programs that use graphics memory.',
}

async function openTarget(target: OutputTarget): Promise<OutputFiles> {
  switch (target.kind) {
    case 'store':
      return openOutputStore()
    case 'file':
      return fileOutput(target.handle)
    case 'folder':
      return folderOutput(target.handle)
    case 'http':
      return httpOutput(target.url)
    case 'none':
      return nowhereOutput()
  }
}

/** An engine, and the end of it: whoever made it closes its files, its models and its device. */
export interface Session extends Engine, AsyncDisposable {}

/** @param baseUrl where the page lies: models and samples are fetched from there. Ends in a slash. */
export function createSession(baseUrl: string): Session {
  const media = createMedia({ baseUrl })
  let cacheBytes = defaultCacheBytes
  let canvas: OffscreenCanvas | undefined
  let viewport: Viewport | undefined
  /** Runs from each step of a pan until the hand rests. */
  let resting: ReturnType<typeof setTimeout> | undefined
  let coarse = false
  let rebuilds = 0
  let running: Promise<Running> | undefined
  let exporting: { readonly cancel: AbortController; readonly pause: AbortController } | undefined
  let estimating: AbortController | undefined
  let closed = false

  const modelLibrary = createModelLibrary(baseUrl)
  const assets = createAssets(specs, media, async (ref) => (await ready()).live.models.facts(ref))
  const exportParts: ExportParts = { specs, assets, openFiles: openTarget, openSegments, dropJob }

  /** Draws before the next screen refresh: many moves of the hand between two of them cost one drawing. */
  function show(now: Running) {
    if (!canvas || now.drawing) return
    now.drawing = true
    requestAnimationFrame(() => {
      now.drawing = false
      if (!canvas || now.live.lost.aborted) return
      now.viewer ??= createViewer(now.live.gpu.device, canvas)
      if (viewport) now.viewer.setViewport(viewport, coarse ? coarseStep : 1)
      now.viewer.draw(picturesOf(now.shown), now.extent, now.partial ? picturesOf(now.ground) : [])
    })
  }

  function rested(now: Running) {
    resting = undefined
    if (!coarse) return
    coarse = false
    show(now)
  }

  /** Closes the files and models of what ran on a lost device. */
  async function retire({ live, preview, viewer }: Running): Promise<void> {
    viewer?.[Symbol.dispose]()
    await preview[Symbol.asyncDispose]()
    await live.dispose()
  }

  async function start(): Promise<Running> {
    const live = await startLive({
      media,
      definitions,
      modelLibrary,
      assetVersion: assets.version,
    })
    const now: Running = {
      live,
      preview: createPreview(live, specs, assets, cacheBytes),
      viewer: undefined,
      shown: [],
      partial: false,
      ground: [],
      extent: null,
      drawing: false,
    }
    live.lost.addEventListener('abort', () => {
      if (closed) return
      // The next call finds nothing running and starts anew.
      running = undefined
      rebuilds += 1
      retire(now).catch((error: unknown) => console.error('What lived on the lost GPU could not be let go of:', error))
    })
    show(now)
    return now
  }

  function ready(): Promise<Running> {
    if (closed) return Promise.reject(new Error('The session is closed.'))
    if (!running) {
      running = start()
      running.catch(() => {
        running = undefined
      })
    }
    return running
  }

  /** Runs `work`, and again on a new device when the old one is lost under it. */
  async function onDevice<T>(work: (now: Running) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(await ready())
      } catch (error) {
        if (!(error instanceof DeviceLostError) || attempt === mostAttempts) throw error
      }
    }
  }

  async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
    try {
      return { ok: true, value: await work() }
    } catch (error) {
      return { ok: false, problems: [problemOf(error, () => '')] }
    }
  }

  /** For calls that have their own outcome: what is thrown becomes a problem as well. */
  async function settled<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const all = await outcome(work)
    return all.ok ? all.value : all
  }

  const render = (request: PreviewRequest, use: (now: Running) => UsePictures) =>
    settled(() => onDevice((now) => now.preview.render(request, use(now))))

  function stopEstimate() {
    estimating?.abort(new DOMException('another estimate or an export came', 'AbortError'))
    estimating = undefined
  }

  return {
    async status(): Promise<EngineStatus> {
      const common = { isolated: globalThis.crossOriginIsolated, wasmThreads: wasmThreads(), rebuilds }
      try {
        const { live } = await ready()
        const { description, software, device } = live.grant
        return {
          adapter: { description, software, maxTextureSize: device.limits.maxTextureDimension2D },
          reason: null,
          ...common,
        }
      } catch (error) {
        const why = error instanceof NoGpuError ? `${error.message} ${error.hint}` : problemOf(error, () => '').message
        return { adapter: null, reason: why, ...common }
      }
    },

    addMedia: (id, files) =>
      outcome(async () => {
        const facts = await media.add(id, files)
        assets.replaced(id)
        return facts
      }),
    mediaFacts: (ref) => outcome(() => media.facts(ref)),
    readComment: (file) => outcome(() => readComment(file)),

    async models() {
      const { live } = await ready()
      return live.models.list()
    },
    addModel: (file) =>
      outcome(async () => {
        const { live } = await ready()
        const facts = await live.models.add(file)
        assets.replaced(facts.id)
        return facts
      }),
    modelFacts: (ref) => outcome(async () => (await ready()).live.models.facts(ref)),

    async attachCanvas(next) {
      const now = await ready()
      now.viewer?.[Symbol.dispose]()
      now.viewer = undefined
      canvas = next
      show(now)
    },
    async setViewport(next) {
      const pan = isPan(viewport, next)
      viewport = next
      const now = await ready()
      now.live.gpu.drawn()
      // One step, as of a key, is drawn whole at once.
      coarse = pan && now.live.gpu.software && resting !== undefined
      clearTimeout(resting)
      resting = pan ? setTimeout(rested, rest, now) : undefined
      show(now)
    },

    async readPixels(at) {
      const now = await ready()
      return readPixels(now.live.gpu.device, picturesOf(now.shown), at, now.extent)
    },

    async scope(kind) {
      const now = await ready()
      const count = await scopeCounter(now.live.gpu, kind)
      return Promise.all(
        picturesOf(now.shown)
          .slice(0, 2)
          .flatMap((picture) => (picture ? count(picture) : [])),
      )
    },

    preview: (request) =>
      render(request, (now) => async (pictures, extent) => {
        if (request.ground) {
          letGo(now.ground)
          now.ground = pictures
          show(now)
          return
        }
        if (request.background) {
          letGo(pictures)
          return
        }
        const partial = request.region !== undefined
        // What was whole stays to be seen around the part.
        if (partial && !now.partial) {
          letGo(now.ground)
          now.ground = now.shown
        } else letGo(now.shown)
        if (!partial) {
          letGo(now.ground)
          now.ground = []
        }
        now.shown = pictures
        now.partial = partial
        now.extent = extent
        show(now)
      }),

    async thumbnail(request, side) {
      let taken: Picture8 | null = null
      const background = { ...request, others: [], background: true }
      const rendered = await render(background, ({ live }) => async ([held]) => {
        if (!held) return
        using picture = held
        taken = await takeThumbnail(live.gpu, live.parts.download, picture.picture, side)
      })
      return rendered.ok ? { ok: true, value: taken } : rendered
    },

    async snapshot(request) {
      let pixels: Picture8 | undefined
      const rendered = await render({ ...request, others: [] }, ({ live }) => async ([held]) => {
        if (!held) return
        using picture = held
        using recorder = createRecorder(live.gpu.device)
        const { width, height } = picture.picture.part
        pixels = { width, height, pixels: await live.parts.download.rgba8(recorder, picture.picture) }
      })
      if (!rendered.ok) return rendered
      if (pixels) return { ok: true, value: pixels }
      const message =
        rendered.value.state === 'superseded'
          ? 'The picture was not taken, because a newer one was asked for.'
          : 'This output is sound: it has no picture.'
      return {
        ok: false,
        problems: [
          { code: 'render-failed', severity: 'error', message, hint: 'Ask again for an output with a picture.' },
        ],
      }
    },

    async stopBackground() {
      ;(await ready()).preview.stopBackground()
    },
    async setCacheBudget(bytes) {
      cacheBytes = bytes
      ;(await ready()).preview.cache.setBudget(bytes)
    },
    async clearCache() {
      ;(await ready()).preview.cache.clear()
    },

    async export(request, onProgress): Promise<Outcome<ExportReport>> {
      if (exporting) {
        const message = 'An export is running already.'
        return {
          ok: false,
          problems: [{ code: 'render-failed', severity: 'error', message, hint: 'Wait for it, or cancel it.' }],
        }
      }
      const mine = { cancel: new AbortController(), pause: new AbortController() }
      exporting = mine
      stopEstimate()
      const before = rebuilds
      const signals = { cancel: mine.cancel.signal, pause: mine.pause.signal }
      try {
        const done = await runExport((await ready()).live, exportParts, request, onProgress, signals)
        const over = done.ok && done.value.state === 'cancelled'
        if (over && request.job !== undefined) await dropJob(request.job)
        return done.ok ? { ok: true, value: { ...done.value, rebuilds: rebuilds - before } } : done
      } catch (error) {
        return { ok: false, problems: [error instanceof DeviceLostError ? lostInExport : problemOf(error, () => '')] }
      } finally {
        exporting = undefined
      }
    },
    async cancelExport() {
      exporting?.cancel.abort(new DOMException('the export was cancelled', 'AbortError'))
    },
    async pauseExport() {
      exporting?.pause.abort()
    },
    async keptExports() {
      const jobs: { job: string; frames: number }[] = []
      for (const job of await keptJobs()) jobs.push({ job, frames: await keptFrames(job) })
      return jobs
    },
    dropExport: dropJob,
    estimateExport: (request) =>
      settled(async () => {
        stopEstimate()
        const mine = new AbortController()
        estimating = mine
        if (exporting) mine.abort()
        return estimateExport((await ready()).live, exportParts, request, mine.signal)
      }),
    stopEstimate: async () => stopEstimate(),
    takeOutput: async (fileName) => (await openOutputStore()).take(fileName),
    releaseOutput: async (fileName) => (await openOutputStore()).release(fileName),

    async loseDevice() {
      const { live } = await ready()
      live.gpu.device.destroy()
      await live.grant.device.lost
    },

    async [Symbol.asyncDispose]() {
      closed = true
      clearTimeout(resting)
      exporting?.cancel.abort(new DOMException('the session was closed', 'AbortError'))
      stopEstimate()
      const now = await running?.catch(() => undefined)
      running = undefined
      if (!now) return
      await retire(now)
      now.live.gpu.device.destroy()
    },
  }
}
