/** What the media tests share: fixtures as files, a GPU, and pixels out of pictures. */
import ffmpegCore from '@ffmpeg/core/wasm?url'
import { afterAll, expect } from 'vitest'
import { requestDevice } from '../../src/gpu/device.ts'
import { createDownload, type PictureDownload } from '../../src/gpu/download.ts'
import { createGpu, type OwnedGpu } from '../../src/gpu/gpu.ts'
import type { FrameRecorder, GpuPicture, Lease } from '../../src/gpu/types.ts'
import { createUpload, type Upload } from '../../src/gpu/upload.ts'
import { createMedia, type MediaLibrary } from '../../src/media/media-library.ts'
import { type Frame, MediaError } from '../../src/media/types.ts'
import transportStream from '../fixtures/media/sample.ts?url&inline'
import { fromHalf } from './harness.ts'
import { fromTheFirstTestOn } from './support/test-bench.ts'

declare global {
  var heldFfmpegCore: Promise<WebAssembly.Module> | undefined
}
/**
 * ffmpeg's core is compiled anew for each worker where nobody holds what was compiled before: while it is held, the engine finds it
 * by its bytes, with what it has optimised of it. Every test that needs ffmpeg begins a worker or two.
 */
globalThis.heldFfmpegCore ??= WebAssembly.compileStreaming(fetch(ffmpegCore))

export async function fixture(name: string, type = ''): Promise<File> {
  // The test server would compile a transport stream's .ts as a script.
  const response = await fetch(name === 'sample.ts' ? transportStream : `/tests/fixtures/media/${name}`)
  if (!response.ok) throw new Error(`fixture ${name}: ${response.status}`)
  return new File([await response.arrayBuffer()], name.split('/').pop() ?? name, type ? { type } : {})
}

export const openLibrary = (): MediaLibrary => createMedia({ baseUrl: new URL('/', location.href).href })

/** A library in which the fixtures are registered under their own names. */
export async function libraryWith(...names: string[]): Promise<MediaLibrary> {
  const media = openLibrary()
  for (const name of names) await media.add(name, [await fixture(name)])
  return media
}

/** The `MediaError` that `work` rejects with; anything else is a failure. */
export async function mediaErrorOf(work: Promise<unknown>): Promise<MediaError> {
  try {
    await work
  } catch (error) {
    if (error instanceof MediaError) return error
    throw error
  }
  throw new Error('It did not fail.')
}

/** Counts frames that are open, however they came to be: decoded, made or cloned; until `stop`. */
export function watchFrames(): { open(): number; seen(): number; stop(): void } {
  const open = new Set<VideoFrame>()
  let seen = 0
  const born = (frame: VideoFrame): VideoFrame => {
    open.add(frame)
    seen += 1
    return frame
  }
  const own = { VideoFrame, VideoDecoder, clone: VideoFrame.prototype.clone, close: VideoFrame.prototype.close }
  VideoFrame.prototype.clone = function clone(this: VideoFrame) {
    return born(own.clone.call(this))
  }
  VideoFrame.prototype.close = function close(this: VideoFrame) {
    open.delete(this)
    own.close.call(this)
  }
  globalThis.VideoFrame = new Proxy(own.VideoFrame, {
    construct: (target, args: ConstructorParameters<typeof VideoFrame>) => born(new target(...args)),
  })
  globalThis.VideoDecoder = new Proxy(own.VideoDecoder, {
    construct: (target, [init]: [VideoDecoderInit]) =>
      new target({ ...init, output: (frame) => init.output(born(frame)) }),
  })
  return {
    open: () => open.size,
    seen: () => seen,
    stop() {
      globalThis.VideoFrame = own.VideoFrame
      globalThis.VideoDecoder = own.VideoDecoder
      VideoFrame.prototype.clone = own.clone
      VideoFrame.prototype.close = own.close
    },
  }
}

export const never = new AbortController().signal

export interface Bench {
  readonly gpu: OwnedGpu
  readonly recorder: FrameRecorder
  readonly upload: Upload
  readonly download: PictureDownload
}

async function openBench(): Promise<Bench> {
  const gpu = createGpu(await requestDevice())
  return { gpu, recorder: gpu.recorder(), upload: createUpload(gpu), download: await createDownload(gpu) }
}

/** For the head of a file: a GPU that its tests share, and of which none of them may keep anything. */
export function testMediaBench(): Bench {
  const bench = fromTheFirstTestOn(openBench)
  afterAll(() => {
    expect(bench.gpu.pool.stats.leases).toBe(0)
    bench.gpu[Symbol.dispose]()
  })
  return bench
}

export interface HeldPicture extends GpuPicture, Disposable {}

export function imagePicture(gpu: OwnedGpu, width: number, height: number): HeldPicture {
  const lease: Lease<GPUTexture> = gpu.pool.texture({ width, height, format: 'rgba16float' }, 'test/picture')
  return {
    texture: lease.value,
    desc: { type: 'image', width, height, format: 'rgba16float', frameRate: 24 },
    part: { x: 0, y: 0, width, height },
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  }
}

/** Channel values in 0…255, unrounded, of an rgba16float picture. */
export async function readPicture(gpu: OwnedGpu, picture: GpuPicture): Promise<(x: number, y: number) => number[]> {
  const { width, height } = picture.desc
  const bytesPerRow = Math.ceil((width * 8) / 256) * 256
  const buffer = gpu.device.createBuffer({
    size: bytesPerRow * height,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  })
  const encoder = gpu.device.createCommandEncoder()
  encoder.copyTextureToBuffer({ texture: picture.texture }, { buffer, bytesPerRow }, [width, height])
  gpu.device.queue.submit([encoder.finish()])
  await buffer.mapAsync(GPUMapMode.READ)
  const halves = new Uint16Array(buffer.getMappedRange().slice(0))
  buffer.destroy()
  return (x, y) => Array.from({ length: 4 }, (_, c) => fromHalf(halves[(y * bytesPerRow) / 2 + x * 4 + c] ?? 0) * 255)
}

/** A frame of a medium as the GPU has it, read as `readPicture` does. */
export async function pixelsOf(
  { gpu, recorder, upload }: Bench,
  frame: Frame,
  { width, height }: { readonly width: number; readonly height: number },
  toneMap = false,
): Promise<(x: number, y: number) => number[]> {
  using picture = imagePicture(gpu, width, height)
  await upload(recorder, frame, picture, { toneMap })
  return readPicture(gpu, picture)
}
