/**
 * Takes pictures off the GPU. The conversion to BT.709 limited I420 is ours, in float, so that an encoder gets
 * exactly what the tags of the file will say; browsers have used BT.601 here. Each call records, submits and only
 * then waits: the picture may be given back as soon as the call returns its promise, and several may be in flight.
 *
 * A canvas as the encoder's frame is dearer without a GPU: with H.264 62 ms of processor time for 640 × 360 pixels on SwiftShader, where
 * this takes 18; and the frame says that it is sRGB of full range. On a GPU neither was measured.
 */
import { colourMappingOf, isScalar } from '../graph/node/value-types.ts'
import type { SampleFormat, SamplePicture } from '../media/types.ts'
import { createViewPasses, viewBindings, viewParts } from './picture-views.ts'
import { createSamples, type PlaneMatrix, type TakeSamples } from './planes.ts'
import { encodePng } from './png.ts'
import type { ComputePass, ComputeSpec, Gpu, GpuPicture, PictureView, Recorder } from './types.ts'
import { visibleColour } from './wgsl/wgsl-library.ts'

export interface PictureDownload {
  /** Compiles what it takes to read such a view. Whoever hands on a picture with a view calls it before. */
  readable(view: PictureView): Promise<void>
  videoFrame(
    recorder: Recorder,
    picture: GpuPicture,
    timing: { readonly timestamp: number; readonly duration: number },
  ): Promise<VideoFrame>
  frames(layout: {
    readonly alpha: boolean
    readonly matrix: 'bt601' | 'bt709'
  }): Promise<
    (
      recorder: Recorder,
      picture: GpuPicture,
      timing: { readonly timestamp: number; readonly duration: number },
    ) => Promise<VideoFrame>
  >
  rgba8(recorder: Recorder, picture: GpuPicture): Promise<Uint8ClampedArray<ArrayBuffer>>
  /** A PNG file of `bits` a component, as `encodePng` makes it. */
  png(
    recorder: Recorder,
    picture: GpuPicture,
    options?: { readonly comment?: string | undefined; readonly bits?: 8 | 16; readonly channels?: 'rgba' },
  ): Promise<Uint8Array<ArrayBuffer>>
  /** What takes pictures as planes of that format; see `createSamples`. */
  samples(format: SampleFormat, matrix?: PlaneMatrix): Promise<TakeSamples>
}

/**
 * One call makes 8 × 2 luma and 4 × 1 chroma samples: whole words. Chroma is left-sited: [1 2 1]/4 along the row
 * around every second column, averaged over two rows. Values are rounded to the nearest code, without dither.
 * Transparent places are laid over black.
 */
function i420Pass(view?: PictureView): ComputeSpec {
  const viewText = viewParts(new Map(view ? [['picture', view]] : []))
  const at = 'clamp(vec2i(x, y), vec2i(0), u.last)'
  return {
    label: `download/i420${view ? ` of ${view.name}` : ''}`,
    reads: view ? {} : { picture: 'float' },
    buffers: { ...viewText.buffers, planes: { type: 'array<u32>', access: 'read_write' } },
    uniforms: { ...viewText.uniforms, last: 'vec2i', lumaWords: 'u32', cb: 'u32', cr: 'u32', mask: 'u32' },
    wgsl: /* wgsl */ `${viewText.wgsl}
fn pixel(x: i32, y: i32) -> vec3f {
  let p = ${view ? `picture_view(${at})` : `textureLoad(picture, ${at}, 0)`};
  if (u.mask == 1u) { return vec3f(clamp(p.r, 0.0, 1.0)); }
  return clamp(p.rgb, vec3f(0.0), vec3f(1.0)) * clamp(p.a, 0.0, 1.0);
}
fn lumaCode(rgb: vec3f) -> u32 {
  return u32(16.5 + 219.0 * dot(rgb, vec3f(0.2126, 0.7152, 0.0722)));
}
fn main(at: vec2u) {
  let x = i32(at.x) * 8;
  let y = i32(at.y) * 2;
  var columns: array<vec3f, 9>;
  columns[0] = pixel(x - 1, y) + pixel(x - 1, y + 1);
  var upper = vec2u(0u);
  var lower = vec2u(0u);
  for (var i = 0; i < 8; i++) {
    let a = pixel(x + i, y);
    let b = pixel(x + i, y + 1);
    columns[i + 1] = a + b;
    let shift = u32(i & 3) * 8u;
    upper[i >> 2u] |= lumaCode(a) << shift;
    lower[i >> 2u] |= lumaCode(b) << shift;
  }
  var cb = 0u;
  var cr = 0u;
  for (var i = 0; i < 4; i++) {
    let rgb = (columns[2 * i] + 2.0 * columns[2 * i + 1] + columns[2 * i + 2]) * 0.125;
    let luma = dot(rgb, vec3f(0.2126, 0.7152, 0.0722));
    let shift = u32(i) * 8u;
    cb |= u32(128.5 + 224.0 * (rgb.b - luma) / 1.8556) << shift;
    cr |= u32(128.5 + 224.0 * (rgb.r - luma) / 1.5748) << shift;
  }
  let row = at.y * 2u * u.lumaWords + at.x * 2u;
  planes[row] = upper.x;
  planes[row + 1u] = upper.y;
  planes[row + u.lumaWords] = lower.x;
  planes[row + u.lumaWords + 1u] = lower.y;
  let chromaAt = at.y * (u.lumaWords / 2u) + at.x;
  planes[u.cb + chromaAt] = cb;
  planes[u.cr + chromaAt] = cr;
}`,
  }
}

const rgba8Pass: ComputeSpec = {
  label: 'download/rgba8',
  reads: { picture: 'float' },
  buffers: { pixels: { type: 'array<u32>', access: 'read_write' } },
  uniforms: { width: 'u32', mask: 'u32' },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  var p = textureLoad(picture, at, 0);
  if (u.mask == 1u) { p = vec4f(p.rrr, 1.0); }
  pixels[at.y * u.width + at.x] = pack4x8unorm(p);
}`,
}

const rgba16Pass: ComputeSpec = {
  ...rgba8Pass,
  label: 'download/rgba16',
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  var p = textureLoad(picture, at, 0);
  if (u.mask == 1u) { p = vec4f(p.rrr, 1.0); }
  let i = (at.y * u.width + at.x) * 2u;
  pixels[i] = pack2x16unorm(p.rg);
  pixels[i + 1u] = pack2x16unorm(p.ba);
}`,
}

/** A picture of vectors as one of colours, which the other passes then take. */
const flowPass: ComputeSpec = {
  label: 'download/flow',
  reads: { picture: 'float' },
  writes: { colours: 'rgba16float' },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let p = textureLoad(picture, at, 0);
  textureStore(colours, at, ${visibleColour('flow', 'p')});
}`,
}

interface Timing {
  readonly timestamp: number
  readonly duration: number
}

const planarFrame = (
  { width, height, bytes, format }: SamplePicture,
  matrix: 'bt601' | 'bt709',
  { timestamp, duration }: Timing,
): VideoFrame =>
  new VideoFrame(bytes, {
    format: format.alpha ? 'I420A' : 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: Math.round(timestamp * 1e6),
    duration: Math.round(duration * 1e6),
    colorSpace: {
      matrix: matrix === 'bt601' ? 'smpte170m' : 'bt709',
      primaries: 'bt709',
      transfer: 'bt709',
      fullRange: false,
    },
  })

/** Compiles the passes, so that a call records at once. */
export async function createDownload(gpu: Gpu): Promise<PictureDownload> {
  const [i420, rgba, deep, flow] = await Promise.all([
    gpu.compute(i420Pass()),
    gpu.compute(rgba8Pass),
    gpu.compute(rgba16Pass),
    gpu.compute(flowPass),
  ])

  const views = createViewPasses(gpu, i420Pass)

  /** Records `fill`, sends everything, and hands the bytes to `take` once they are here. */
  async function readBack<T>(
    recorder: Recorder,
    size: number,
    label: string,
    fill: (buffer: GPUBuffer) => void,
    take: (bytes: ArrayBuffer) => T,
  ): Promise<T> {
    using staging = gpu.pool.buffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST }, label)
    {
      using storage = gpu.pool.buffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC }, label)
      fill(storage.value)
      recorder.encoder.copyBufferToBuffer(storage.value, 0, staging.value, 0, size)
      recorder.submit()
    }
    await staging.value.mapAsync(GPUMapMode.READ)
    try {
      return take(staging.value.getMappedRange())
    } finally {
      staging.value.unmap()
    }
  }

  function packed<T>(
    recorder: Recorder,
    picture: GpuPicture,
    pass: ComputePass,
    pixelBytes: number,
    take: (bytes: ArrayBuffer) => T,
  ): Promise<T> {
    const { type } = picture.desc
    const { width, height } = picture.part
    return readBack(
      recorder,
      width * height * pixelBytes,
      'download/pixels',
      (buffer) =>
        pass.record(recorder, {
          reads: { picture: picture.texture },
          buffers: { pixels: buffer },
          uniforms: { width, mask: isScalar(type) ? 1 : 0 },
          size: { width, height },
        }),
      take,
    )
  }

  /** Hands on what can be shown: the picture itself, or its vectors as colours. What `take` records is all that reads it. */
  function inColours<T>(recorder: Recorder, source: GpuPicture, take: (picture: GpuPicture) => T): T {
    const picture = views.drawn(recorder, source)
    const { desc, part } = picture
    if (colourMappingOf(desc.type) !== 'flow') return take(picture)
    const { width, height } = part
    using colours = gpu.pool.texture({ width, height, format: 'rgba16float' }, flowPass.label)
    flow.record(recorder, {
      reads: { picture: picture.texture },
      writes: { colours: colours.value },
      size: { width, height },
    })
    return take({ texture: colours.value, desc: { ...desc, type: 'image', format: 'rgba16float' }, part })
  }
  const pixels = (recorder: Recorder, picture: GpuPicture) =>
    inColours(recorder, picture, (colours) =>
      packed(recorder, colours, rgba, 4, (bytes) => new Uint8ClampedArray(bytes.slice(0))),
    )
  const deepPixels = (recorder: Recorder, picture: GpuPicture) =>
    inColours(recorder, picture, (colours) =>
      packed(recorder, colours, deep, 8, (bytes) => new Uint16Array(bytes.slice(0))),
    )

  async function samples(format: SampleFormat, matrix?: PlaneMatrix): Promise<TakeSamples> {
    const take = await createSamples(gpu, readBack, format, matrix)
    return (recorder, picture) => take(recorder, views.drawn(recorder, picture))
  }

  return {
    readable: (view) => views.compile(view),
    videoFrame(recorder, picture, timing) {
      const { view } = picture
      const bindings = viewBindings(new Map(view ? [['picture', view]] : []))
      const width = Math.ceil(picture.desc.width / 2) * 2
      const height = Math.ceil(picture.desc.height / 2) * 2
      const stride = Math.ceil(width / 8) * 8
      const lumaBytes = stride * height
      const chromaBytes = lumaBytes / 4
      return readBack(
        recorder,
        lumaBytes + 2 * chromaBytes,
        'download/i420',
        (buffer) =>
          (view ? views.of(view).ownPass : i420).record(recorder, {
            reads: view ? {} : { picture: picture.texture },
            buffers: { ...bindings.buffers, planes: buffer },
            uniforms: {
              ...bindings.uniforms,
              last: [picture.desc.width - 1, picture.desc.height - 1],
              lumaWords: stride / 4,
              cb: lumaBytes / 4,
              cr: (lumaBytes + chromaBytes) / 4,
              mask: isScalar(picture.desc.type) ? 1 : 0,
            },
            size: { width: stride / 8, height: height / 2 },
          }),
        // The constructor copies, so the buffer can be unmapped at once.
        (bytes) =>
          new VideoFrame(bytes, {
            format: 'I420',
            codedWidth: width,
            codedHeight: height,
            layout: [
              { offset: 0, stride },
              { offset: lumaBytes, stride: stride / 2 },
              { offset: lumaBytes + chromaBytes, stride: stride / 2 },
            ],
            timestamp: Math.round(timing.timestamp * 1e6),
            duration: Math.round(timing.duration * 1e6),
            colorSpace: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false },
          }),
      )
    },
    async frames({ alpha, matrix }) {
      const take = await samples({ arrangement: 'yuv', bits: 8, subsampling: [1, 1], alpha }, matrix)
      return async (recorder, picture, timing) => planarFrame(await take(recorder, picture), matrix, timing)
    },
    rgba8: pixels,
    async png(recorder, picture, { comment, bits = 8, channels } = {}) {
      const values = bits === 16 ? await deepPixels(recorder, picture) : await pixels(recorder, picture)
      return encodePng(values, picture.part.width, picture.part.height, comment, channels)
    },
    samples,
  }
}
