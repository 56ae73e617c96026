/**
 * Puts a decoded frame into a picture of the display size. The conversion is ours, in float, from the frame's own
 * samples: what a browser does on the way into a texture differs between machines by up to 4/255. Only frames whose
 * samples cannot be had (format `null`: they exist on the GPU alone) are left to the browser.
 *
 * Without a GPU an external texture is dearer, too: 84 ms of processor time for 640 × 360 pixels on SwiftShader, where this takes 26. On a
 * GPU neither was measured.
 */
import { type Frame, MediaError, type SamplePicture } from '../media/types.ts'
import { chromaPlaces, conversion, type FrameLayout, frameLayout, sampleLayout } from './frame-layout.ts'
import { isConverted, toBt709Primaries } from './primaries.ts'
import { SampleMemory } from './sample-memory.ts'
import type { ComputePass, ComputeSpec, Gpu, GpuPicture, MadePicture, Recorder, UniformTypes } from './types.ts'
import {
  codesWgsl,
  geometryWgsl,
  mappedMainWgsl,
  plainMainWgsl,
  quadsWgsl,
  samplesWgsl,
  toBt709Wgsl,
} from './wgsl/decoded-frame.ts'

export type Upload = (
  recorder: Recorder,
  frame: Frame,
  target: MadePicture,
  options: { readonly toneMap: boolean },
) => Promise<void>

const geometryUniforms = {
  coded: 'vec2i',
  origin: 'vec2i',
  square: 'vec2i',
  rotation: 'u32',
  mirrored: 'u32',
} as const satisfies UniformTypes

const picture = { picture: 'rgba16float' } as const

const samplesUniforms = {
  ...geometryUniforms,
  whole: 'vec2i',
  first: 'vec2u',
  second: 'vec2u',
  third: 'vec2u',
  alpha: 'vec2u',
  steps: 'vec2u',
  subsampling: 'vec2u',
  chromaScale: 'vec2f',
  chromaOffset: 'vec2f',
  wideSamples: 'u32',
  hasAlpha: 'u32',
  alphaScale: 'f32',
  arrangement: 'u32',
  levels: 'vec4f',
  toRgb: 'vec4f',
  transfer: 'u32',
  primaries: 'mat3x3f',
} as const satisfies UniformTypes

const samplesPass: ComputeSpec = {
  label: 'upload/samples',
  writes: picture,
  buffers: { samples: { type: 'array<u32>', access: 'read' } },
  uniforms: samplesUniforms,
  wgsl: `${codesWgsl}${samplesWgsl}${geometryWgsl}${plainMainWgsl}`,
}

/** Apart: software graphics would work out the tone curves for frames that need none. */
const mappedPass: ComputeSpec = {
  ...samplesPass,
  label: 'upload/mapped',
  wgsl: `${toBt709Wgsl}${codesWgsl}${samplesWgsl}${geometryWgsl}${mappedMainWgsl}`,
}

const quadsPass: ComputeSpec = { ...samplesPass, label: 'upload/quads', wgsl: `${codesWgsl}${quadsWgsl}` }

const bitmapPass: ComputeSpec = {
  label: 'upload/bitmap',
  reads: { bitmap: 'float' },
  writes: picture,
  uniforms: geometryUniforms,
  wgsl: `
fn decoded(at: vec2i) -> vec4f { return textureLoad(bitmap, at, 0); }
${geometryWgsl}${plainMainWgsl}`,
}

const externalPass: ComputeSpec = {
  label: 'upload/external',
  reads: { source: 'external' },
  writes: picture,
  uniforms: geometryUniforms,
  wgsl: `
fn decoded(at: vec2i) -> vec4f { return textureLoad(source, at); }
${geometryWgsl}${plainMainWgsl}`,
}

/** Compiles at once what nearly every video needs, and the other passes when a frame needs them first. */
export function createUpload(gpu: Gpu): Upload {
  const passes = new Map<ComputeSpec, Promise<ComputePass>>()
  const compiled = (spec: ComputeSpec): Promise<ComputePass> => {
    const pass = passes.get(spec) ?? gpu.compute(spec)
    passes.set(spec, pass)
    return pass
  }
  // The frame that needs it tells of what is wrong with it.
  compiled(quadsPass).catch(() => undefined)
  const memory = new SampleMemory()

  /** The samples of a frame in memory, which `release` gives back; `null` where only the browser can read them. */
  async function samplesOf(source: VideoFrame | SamplePicture): Promise<Samples | null> {
    if (!(source instanceof VideoFrame)) {
      const { width, height, bytes, format } = source
      checkSize(gpu, bytes.byteLength, width, height)
      const layout = sampleLayout(format, width, height)
      return { bytes: wholeWords(bytes), layout, width, height, release: () => undefined }
    }
    if (source.format === null) return null
    const size = Math.ceil(source.allocationSize() / 4) * 4
    checkSize(gpu, size, source.codedWidth, source.codedHeight)
    const bytes = memory.take(size)
    const release = (): void => memory.giveBack(bytes)
    try {
      const layout = frameLayout(source.format, await source.copyTo(bytes))
      const { width, height } = source.visibleRect ?? { width: source.codedWidth, height: source.codedHeight }
      if (layout) return { bytes, layout, width, height, release }
    } catch (error) {
      release()
      throw error
    }
    // A format that a future browser may bring: its own conversion is better than none.
    release()
    return null
  }

  return async (recorder, frame, target, options) => {
    const source = frame.picture
    if (source instanceof ImageBitmap)
      return putBitmap(gpu, await compiled(bitmapPass), recorder, frame, source, target)
    const samples = await samplesOf(source)
    if (!samples) {
      const video = source as VideoFrame
      return putExternal(gpu, await compiled(externalPass), recorder, frame, video, target)
    }
    const { bytes, layout, width, height } = samples
    try {
      const convert = conversion(layout, frame.colour)
      const of = (component: { offset: number; stride: number }): number[] => [component.offset, component.stride]
      const places = geometry(frame, target, width, height)
      const transfer = transferTo709(frame.colour, options.toneMap)
      const chroma = chromaPlaces(layout.subsampling, frame.chromaSite)
      const usual =
        transfer === 0 &&
        convert.arrangement === 0 &&
        layout.alpha === null &&
        layout.subsampling.every((shift) => shift === 1) &&
        frame.chromaSite === 'left' &&
        !frame.mirrored &&
        !frame.crop &&
        places.square.every((side, axis) => side === places.coded[axis])
      const pass = await compiled(usual ? quadsPass : transfer === 0 ? samplesPass : mappedPass)
      using buffer = gpu.pool.buffer(
        { size: bytes.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST },
        'upload/samples',
      )
      if (layout.alpha === null) target.noteOpaque?.()
      gpu.device.queue.writeBuffer(buffer.value, 0, bytes)
      pass.record(recorder, {
        writes: { picture: target.texture },
        buffers: { samples: buffer.value },
        uniforms: {
          ...places,
          whole: [width, height],
          first: of(layout.first),
          second: of(layout.second),
          third: of(layout.third),
          alpha: layout.alpha ? of(layout.alpha) : [0, 0],
          steps: [layout.first.step, layout.second.step],
          subsampling: layout.subsampling,
          chromaScale: chroma.scale,
          chromaOffset: chroma.offset,
          wideSamples: layout.bits > 8 ? 1 : 0,
          hasAlpha: layout.alpha ? 1 : 0,
          alphaScale: 1 / ((1 << layout.bits) - 1),
          arrangement: convert.arrangement,
          levels: convert.levels,
          toRgb: convert.matrix,
          transfer,
          primaries: toBt709Primaries(frame.colour.primaries),
        },
        size: usual ? { width: Math.ceil(width / 2), height: Math.ceil(height / 2) } : target.desc,
      })
      // The write above happens on the queue at once: the pass must be there, too, before the buffer is lent again.
      recorder.submit()
    } finally {
      samples.release()
    }
  }
}

interface Samples {
  /** Whole words of four bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly layout: FrameLayout
  readonly width: number
  readonly height: number
  release(): void
}

function checkSize(gpu: Gpu, size: number, width: number, height: number): void {
  if (size > gpu.device.limits.maxStorageBufferBindingSize)
    throw new MediaError(
      `Frames of ${width}×${height} pixels are larger than this graphics adapter can take.`,
      'Scale the video down before opening it, or use a machine with a larger graphics memory.',
    )
}

/** The queue takes whole words alone. */
function wholeWords(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength % 4 === 0) return bytes
  const paddedBytes = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4)
  paddedBytes.set(bytes)
  return paddedBytes
}

/** Of `toBt709` in the shader; 0 where the values stay as they are (then another pass runs). HDR that nobody asked to map is not touched. */
function transferTo709({ transfer, primaries }: Frame['colour'], toneMap: boolean): 0 | 1 | 2 | 3 | 4 {
  if (transfer === 'pq') return toneMap ? 1 : 0
  if (transfer === 'hlg') return toneMap ? 2 : 0
  if (!isConverted(primaries)) return 0
  return transfer === 'iec61966-2-1' ? 4 : 3
}

function geometry(frame: Frame, target: GpuPicture, width: number, height: number) {
  const { width: w, height: h } = target.desc
  const shown = frame.crop ?? { x: 0, y: 0, width, height }
  return {
    coded: [shown.width, shown.height],
    origin: [shown.x, shown.y],
    square: frame.rotation % 180 === 0 ? [w, h] : [h, w],
    rotation: frame.rotation / 90,
    mirrored: frame.mirrored ? 1 : 0,
  }
}

function putBitmap(
  gpu: Gpu,
  pass: ComputePass,
  recorder: Recorder,
  frame: Frame,
  source: ImageBitmap,
  target: GpuPicture,
): void {
  const { width, height } = source
  using texture = gpu.pool.texture({ width, height, format: 'rgba8unorm' }, 'upload/bitmap')
  gpu.device.queue.copyExternalImageToTexture({ source }, { texture: texture.value, premultipliedAlpha: false }, [
    width,
    height,
  ])
  pass.record(recorder, {
    reads: { bitmap: texture.value },
    writes: { picture: target.texture },
    uniforms: geometry(frame, target, width, height),
    size: target.desc,
  })
  recorder.submit()
}

/** The browser converts matrix, range and transfer to sRGB here; an external texture dies with its frame, hence the submit. */
function putExternal(
  gpu: Gpu,
  pass: ComputePass,
  recorder: Recorder,
  frame: Frame,
  source: VideoFrame,
  target: GpuPicture,
): void {
  const { width, height } = source.visibleRect ?? { width: source.codedWidth, height: source.codedHeight }
  pass.record(recorder, {
    reads: { source: gpu.device.importExternalTexture({ label: 'upload/external', source }) },
    writes: { picture: target.texture },
    uniforms: geometry(frame, target, width, height),
    size: target.desc,
  })
  recorder.submit()
}
