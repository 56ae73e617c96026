/**
 * Puts a decoded frame into a picture of the display size. The conversion is ours, in float, from the frame's own
 * samples: what a browser does on the way into a texture differs between machines by up to 4/255. Only frames whose
 * samples cannot be had (format `null`: they exist on the GPU alone) are left to the browser.
 */
import { type Frame, MediaError } from '../media/types.ts'
import { conversion, frameLayout } from './frame-layout.ts'
import type { ComputePass, ComputeSpec, Gpu, GpuPicture, Recorder, UniformTypes } from './types.ts'
import {
  codesWgsl,
  geometryWgsl,
  mappedMainWgsl,
  plainMainWgsl,
  quadsWgsl,
  samplesWgsl,
  toBt709Wgsl,
} from './wgsl/frame.ts'

export type Upload = (
  recorder: Recorder,
  frame: Frame,
  target: GpuPicture,
  options: { readonly toneMap: boolean },
) => Promise<void>

const geometryUniforms = {
  coded: 'vec2i',
  square: 'vec2i',
  rotation: 'u32',
} as const satisfies UniformTypes

const picture = { picture: 'rgba16float' } as const

const samplesUniforms = {
  ...geometryUniforms,
  first: 'vec2u',
  second: 'vec2u',
  third: 'vec2u',
  alpha: 'vec2u',
  steps: 'vec2u',
  subsampling: 'vec2u',
  wideSamples: 'u32',
  hasAlpha: 'u32',
  alphaScale: 'f32',
  arrangement: 'u32',
  levels: 'vec4f',
  toRgb: 'vec4f',
  transfer: 'u32',
  wide: 'u32',
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
  // Memory for `copyTo`, used again; two when two frames are on their way at once.
  const scratch: Uint8Array<ArrayBuffer>[] = []

  return async (recorder, frame, target, options) => {
    const source = frame.picture
    if (source instanceof ImageBitmap)
      return putBitmap(gpu, await compiled(bitmapPass), recorder, frame, source, target)
    if (source.format === null) return putExternal(gpu, await compiled(externalPass), recorder, frame, source, target)
    const size = Math.ceil(source.allocationSize() / 4) * 4
    if (size > gpu.device.limits.maxStorageBufferBindingSize)
      throw new MediaError(
        `Frames of ${source.codedWidth}×${source.codedHeight} pixels are larger than this graphics adapter can take.`,
        'Scale the video down before opening it, or use a machine with a larger graphics memory.',
      )
    const spare = scratch.findIndex((candidate) => candidate.byteLength === size)
    const bytes = (spare >= 0 ? scratch.splice(spare, 1)[0] : undefined) ?? new Uint8Array(size)
    try {
      const layout = frameLayout(source.format, await source.copyTo(bytes))
      // A format that a future browser may bring: its own conversion is better than none.
      if (!layout) return putExternal(gpu, await compiled(externalPass), recorder, frame, source, target)
      const convert = conversion(layout, frame.colour)
      const { width, height } = source.visibleRect ?? { width: source.codedWidth, height: source.codedHeight }
      const of = (component: { offset: number; stride: number }): number[] => [component.offset, component.stride]
      const places = geometry(frame, target, width, height)
      const transfer = transferTo709(frame.colour, options.toneMap)
      const usual =
        transfer === 0 &&
        convert.arrangement === 0 &&
        layout.alpha === null &&
        layout.subsampling.every((shift) => shift === 1) &&
        places.square.every((side, axis) => side === places.coded[axis])
      const pass = await compiled(usual ? quadsPass : transfer === 0 ? samplesPass : mappedPass)
      using buffer = gpu.pool.buffer(
        { size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST },
        'upload/samples',
      )
      gpu.device.queue.writeBuffer(buffer.value, 0, bytes)
      pass.record(recorder, {
        writes: { picture: target.texture },
        buffers: { samples: buffer.value },
        uniforms: {
          ...places,
          first: of(layout.first),
          second: of(layout.second),
          third: of(layout.third),
          alpha: layout.alpha ? of(layout.alpha) : [0, 0],
          steps: [layout.first.step, layout.second.step],
          subsampling: layout.subsampling,
          wideSamples: layout.bits > 8 ? 1 : 0,
          hasAlpha: layout.alpha ? 1 : 0,
          alphaScale: 1 / ((1 << layout.bits) - 1),
          arrangement: convert.arrangement,
          levels: convert.levels,
          toRgb: convert.matrix,
          transfer,
          wide: frame.colour.primaries === 'bt2020' ? 1 : 0,
        },
        size: usual ? { width: Math.ceil(width / 2), height: Math.ceil(height / 2) } : target.desc,
      })
      // The write above happens on the queue at once: the pass must be there, too, before the buffer is lent again.
      recorder.submit()
    } finally {
      if (scratch.length < 2) scratch.push(bytes)
      else scratch.splice(0, 1, bytes)
    }
  }
}

/** Of `toBt709` in the shader; 0 where the values stay as they are (then another pass runs). HDR that nobody asked to map is not touched. */
function transferTo709({ transfer, primaries }: Frame['colour'], toneMap: boolean): 0 | 1 | 2 | 3 {
  if (transfer === 'pq') return toneMap ? 1 : 0
  if (transfer === 'hlg') return toneMap ? 2 : 0
  return primaries === 'bt2020' ? 3 : 0
}

function geometry(frame: Frame, target: GpuPicture, width: number, height: number) {
  const { width: w, height: h } = target.desc
  return {
    coded: [width, height],
    square: frame.rotation % 180 === 0 ? [w, h] : [h, w],
    rotation: frame.rotation / 90,
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
