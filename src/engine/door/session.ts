/**
 * The engine behind its door: one per worker. Keeps what outlives a GPU device (media, added models, the canvas)
 * and builds the rest anew when the device is lost.
 */
import { openStores } from '../../assets/stores.ts'
import { NoGpuError } from '../../gpu/device.ts'
import { supervisedComment } from '../../media/demux.ts'
import { createMedia } from '../../media/media-library.ts'
import { fileOutput, folderOutput, httpOutput, nowhereOutput, openOutputStore } from '../../media/output-files.ts'
import { dropJob, keptFrames, keptJobs, openSegments } from '../../media/segment-store.ts'
import type { OutputFiles } from '../../media/types.ts'
import { createModelLibrary } from '../../models/models.ts'
import { wasmThreads } from '../../models/sessions.ts'
import { definitions, specs } from '../../nodes/registry.ts'
import { Exports } from '../export/exports.ts'
import { Measurements } from '../measure/measurements.ts'
import { SeriesStore } from '../measure/series-store.ts'
import { type Preview, PreviewRenderer, type TellProgress, type UsePictures } from '../preview/preview-renderer.ts'
import { takeThumbnail } from '../preview/thumbnail.ts'
import { CodePermits } from '../run/code-permits.ts'
import { compileCode } from '../run/compile-code.ts'
import { DeviceKeeper } from '../run/device-keeper.ts'
import { outcomeOf, problemOf, settled } from '../run/errors.ts'
import { KnownAssets } from '../run/known-assets.ts'
import { type Live, type LiveOptions, startLive } from '../run/live.ts'
import { DrawScheduler, Scene } from '../viewer/draw-scheduler.ts'
import { readPixels } from '../viewer/read-pixels.ts'
import { scopeCounter } from '../viewer/scope-counts.ts'
import { letGo, VisiblePictures } from '../viewer/visible-pictures.ts'
import type { Engine, Outcome, OutputTarget, Picture8, PreviewRequest, PreviewResult } from './api.ts'

const defaultCacheBytes = 512 * 1024 * 1024
/** Four million numbers: a dozen curves over four hours. */
const seriesBytes = 16 * 1024 * 1024

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

interface Running {
  readonly live: Live
  readonly lossSignal: AbortSignal
  readonly preview: Preview
  readonly measurements: Measurements
  readonly scene: Scene
}

/** What the page has set, which outlives a device. */
interface SessionSettings {
  cacheBytes: number
  tellProgress: TellProgress | undefined
}

type Render = (request: PreviewRequest, use: (now: Running) => UsePictures) => Promise<Outcome<PreviewResult>>

/** To what renders, the overlay is the last of the others; to who asks, it is a thing of its own. */
async function withOverlay(
  request: PreviewRequest,
  render: (all: PreviewRequest) => Promise<Outcome<PreviewResult>>,
): Promise<Outcome<PreviewResult>> {
  if (!request.overlay) return render(request)
  const outcome = await render({ ...request, others: [...(request.others ?? []), request.overlay] })
  const overlay = outcome.ok ? outcome.value.others.at(-1) : undefined
  if (!outcome.ok || !overlay) return outcome
  return { ok: true, value: { ...outcome.value, others: outcome.value.others.slice(0, -1), overlay } }
}

/** Renders what the viewer shows, and shows it; in the background only what lies around is drawn. */
const renderToCanvas = (request: PreviewRequest, render: Render, drawing: DrawScheduler) =>
  withOverlay(request, (all) =>
    render(all, ({ scene }) => async (pins, extent) => {
      const pictures = request.overlay ? pins.slice(0, -1) : pins
      const overlay = request.overlay ? (pins.at(-1) ?? null) : null
      if (request.background && !request.ground) return letGo(pins)
      if (request.ground) {
        if (!pictures.includes(overlay)) letGo([overlay])
        scene.visible.showAround(pictures)
      } else scene.visible.show(pictures, extent, request.region !== undefined, overlay)
      drawing.draw(scene)
    }),
  )

async function takeInBackground(
  request: PreviewRequest,
  side: number,
  render: Render,
): Promise<Outcome<Picture8 | null>> {
  let picture8: Picture8 | null = null
  const background = { ...request, others: [], background: true }
  const outcome = await render(background, ({ live }) => async ([pin]) => {
    if (!pin) return
    using picture = pin
    picture8 = await takeThumbnail(live.gpu, live.parts.download, picture.picture, side)
  })
  return outcome.ok ? { ok: true, value: picture8 } : outcome
}

async function takeSnapshot(request: PreviewRequest, render: Render): Promise<Outcome<Picture8>> {
  let pixels: Picture8 | undefined
  const outcome = await render({ ...request, others: [] }, ({ live }) => async ([pin]) => {
    if (!pin) return
    using picture = pin
    const recorder = live.gpu.recorder()
    const { width, height } = picture.picture.part
    pixels = { width, height, pixels: await live.parts.download.rgba8(recorder, picture.picture) }
  })
  if (!outcome.ok) return outcome
  if (pixels) return { ok: true, value: pixels }
  const message =
    outcome.value.state === 'superseded'
      ? 'The picture was not taken, because a newer one was asked for.'
      : 'This output is sound: it has no picture.'
  return {
    ok: false,
    problems: [{ code: 'render-failed', severity: 'error', message, hint: 'Ask again for an output with a picture.' }],
  }
}

/**
 * @param baseUrl where the page lies: models and samples are fetched from there. Ends in a slash.
 * @param options see `LiveOptions`
 */
export function createSession(baseUrl: string, options: Pick<LiveOptions, 'codeLimitMs'> = {}): Session {
  const media = createMedia({ baseUrl })
  const modelLibrary = createModelLibrary(baseUrl)
  const drawing = new DrawScheduler()
  const series = new SeriesStore(seriesBytes)
  const permits = new CodePermits(specs)
  const settings: SessionSettings = { cacheBytes: defaultCacheBytes, tellProgress: undefined }

  async function start(): Promise<Running> {
    const live = await startLive({ media, definitions, modelLibrary, assets, permits, ...options })
    const { gpu, lossSignal } = live
    const scene = new Scene(new VisiblePictures(), gpu.device, gpu.software, lossSignal)
    drawing.draw(scene)
    const preview = new PreviewRenderer(live, specs, assets, settings.cacheBytes)
    const measurements = new Measurements({
      live,
      specs,
      assets,
      series,
      pictures: preview.cache,
      quiet: () => preview.quiet(),
    })
    return { live, lossSignal, preview, measurements, scene }
  }

  /** Closes the files and models of what ran on a device. */
  async function retire({ live, preview, measurements, scene }: Running): Promise<void> {
    scene[Symbol.dispose]()
    await measurements[Symbol.asyncDispose]()
    await preview[Symbol.asyncDispose]()
    await live.dispose()
  }

  const device = new DeviceKeeper(start, retire)
  const ready = () => device.ready()
  const models = async () => (await ready()).live.models
  const assets = new KnownAssets(specs, openStores({ media, models }))
  const exports = new Exports(
    {
      ready: async () => (await ready()).live,
      get rebuilds() {
        return device.rebuilds
      },
    },
    { specs, assets, openFiles: openTarget, openSegments, dropJob },
  )

  const render = (request: PreviewRequest, use: (now: Running) => UsePictures, tell?: TellProgress) =>
    settled(() => device.run((now) => now.preview.render(request, use(now), tell)))

  return {
    async status() {
      const common = { isolated: globalThis.crossOriginIsolated, wasmThreads: wasmThreads(), rebuilds: device.rebuilds }
      try {
        const { grant } = (await ready()).live
        const { description, software } = grant
        const adapter = { description, software, maxTextureSize: grant.device.limits.maxTextureDimension2D }
        return { adapter, reason: null, ...common }
      } catch (error) {
        const why = error instanceof NoGpuError ? `${error.message} ${error.hint}` : problemOf(error, () => '').message
        return { adapter: null, reason: why, ...common }
      }
    },

    addAsset: (kind, id, files) => outcomeOf(() => assets.add(kind, id, files)),
    assetFacts: (kind, ref, whole) => outcomeOf(() => assets.factsOf(kind, ref, whole)),
    readComment: (file) => outcomeOf(() => supervisedComment(file)),

    allowCode: async (codes) => permits.allow(codes),
    compileCode: (type, code) =>
      outcomeOf(() =>
        device.run(async ({ live }) => {
          const definition = definitions.get(type)
          if (!definition) throw new Error(`No node type “${type}”.`)
          await compileCode(live.gpu, definition, code)
          return null
        }),
      ),

    models: async () => (await models()).list(),

    async attachCanvas(canvas) {
      drawing.attach(canvas, (await ready()).scene)
    },
    async setViewport(next) {
      const pan = drawing.place(next)
      const { live, scene } = await ready()
      live.gpu.noteDrawing()
      drawing.moved(pan, scene)
    },
    async readPixels(at) {
      const { live, scene } = await ready()
      const { pictures, overlay, extent } = scene.visible
      return readPixels(live.gpu.device, [...pictures, overlay], at, extent)
    },
    async scope(kind) {
      const { live, scene } = await ready()
      const count = await scopeCounter(live.gpu, kind)
      return Promise.all(scene.visible.pictures.slice(0, 2).flatMap((picture) => (picture ? count(picture) : [])))
    },

    preview: (request) => renderToCanvas(request, (all, use) => render(all, use, settings.tellProgress), drawing),
    async followPreview(onProgress) {
      settings.tellProgress = onProgress
    },
    thumbnail: (request, side) => takeInBackground(request, side, render),
    snapshot: (request) => takeSnapshot(request, render),
    stopBackground: async () => (await ready()).preview.stopBackground(),
    async setCacheBudget(bytes) {
      settings.cacheBytes = bytes
      ;(await ready()).preview.cache.setBudget(bytes)
    },
    clearCache: async () => (await ready()).preview.cache.clear(),

    measure: (request, onProgress) => settled(() => device.run((now) => now.measurements.measure(request, onProgress))),
    stopMeasure: async (name) => (await ready()).measurements.stop(name),
    knownSeries: (request) => settled(async () => (await ready()).measurements.known(request)),

    export: (request, onProgress) => exports.export(request, onProgress),
    cancelExport: async () => exports.cancel(),
    pauseExport: async () => exports.pause(),
    async keptExports() {
      const jobs: { job: string; frames: number }[] = []
      for (const job of await keptJobs()) jobs.push({ job, frames: await keptFrames(job) })
      return jobs
    },
    dropExport: dropJob,
    estimateExport: (request) => exports.estimate(request),
    stopEstimate: async () => exports.stopEstimate(),
    takeOutput: async (fileName) => (await openOutputStore()).take(fileName),
    releaseOutput: async (fileName) => (await openOutputStore()).release(fileName),

    async loseDevice() {
      const { live } = await ready()
      live.gpu.device.destroy()
      await live.grant.device.lost
    },

    async [Symbol.asyncDispose]() {
      drawing.close()
      const closing = device.close()
      exports.close()
      ;(await closing)?.live.gpu.device.destroy()
    },
  }
}
