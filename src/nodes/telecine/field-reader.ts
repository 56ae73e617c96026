/** Measures on the GPU what `cadence.ts` decides by: a reading of eight numbers for each frame, made once however often it is asked for. */
import type { Gpu, Recorder } from '../../gpu/types.ts'
import { lumaWeights } from '../../graph/node/luma-weights.ts'
import type { ImageDesc } from '../../graph/node/ports.ts'
import type { FramePicture } from '../kernel.ts'
import { borrowPicture } from '../stage.ts'
import { type FrameReading, readingLength, readingOf } from './cadence.ts'

/** Sides of the squares of which that one decides in which matches differ most. */
const square = 32

/** Of a strip of a line: how much it combs by itself and with each neighbour's lines, how far it is from the frame before; then what is combed. */
const stripWgsl = /* wgsl */ `
// By the stream's own weights luma is free of chroma, whose rows a decoder takes for those of a whole frame.
fn tone(pixel: vec4f) -> f32 { return 255.0 * dot(pixel.rgb, u.luma); }
fn ours(at: vec2i) -> f32 { return tone(textureLoad(image, at, 0)); }
fn lower(at: vec2i) -> vec3f {
  return vec3f(ours(at), tone(textureLoad(before, at, 0)), tone(textureLoad(after, at, 0)));
}
fn main(at: vec2u) {
  let y = i32(at.y);
  let first = i32(at.x) * ${square};
  let end = min(first + ${square}, i32(u.whole.x));
  let last = i32(u.whole.y) - 1;
  var sums = vec4f(0.0);
  var combed = vec3f(0.0);
  if ((y & 1) == 0) {
    for (var x = first; x < end; x++) {
      sums.w += abs(ours(vec2i(x, y)) - tone(textureLoad(before, vec2i(x, y), 0)));
    }
  } else if (y < last) {
    for (var x = first; x < end; x++) {
      let here = vec2i(x, y);
      let above = ours(here - vec2i(0, 1));
      let below = ours(here + vec2i(0, 1));
      let own = lower(here);
      sums += vec4f(abs(above + below - 2.0 * own) / 2.0, 0.0);
      // A line that stands out from both sides, where its field moves.
      let outside = max(min(own - above, own - below), min(above - own, below - own));
      let far = lower(vec2i(x, max(y - 2, 1))) + lower(vec2i(x, select(y + 2, y, y + 2 > last)));
      let strength = abs(far + 4.0 * own - 3.0 * (above + below));
      let moves = max(abs(own.x - own.y), abs(own.x - own.z)) > 4.0;
      combed += select(vec3f(0.0), vec3f(1.0), (outside > vec3f(9.0)) & (strength > vec3f(54.0)) & vec3<bool>(moves));
    }
  }
  textureStore(combs, at, sums);
  textureStore(stands, at, vec4f(combed, 0.0));
}`

const gatherWgsl = /* wgsl */ `
fn main(at: vec2u) {
  var sums = vec4f(0.0);
  var combed = vec4f(0.0);
  let lines = textureDimensions(combs).y;
  for (var y = at.y * ${square}u; y < min((at.y + 1u) * ${square}u, lines); y++) {
    sums += textureLoad(combs, vec2u(at.x, y), 0);
    combed += textureLoad(stands, vec2u(at.x, y), 0);
  }
  textureStore(sums_of, at, sums / ${(square * square) / 2}.0);
  textureStore(combed_of, at, combed / ${(square * square) / 2}.0);
}`

/** The numbers of a reading, four a pixel. */
const readingWgsl = /* wgsl */ `
fn main(at: vec2u) {
  var gains = vec4f(0.0);
  var rest = vec4f(0.0);
  let size = textureDimensions(sums_of);
  for (var y = 0u; y < size.y; y++) {
    for (var x = 0u; x < size.x; x++) {
      let s = textureLoad(sums_of, vec2u(x, y), 0);
      gains = max(gains, vec4f(s.x - s.y, s.y - s.x, s.x - s.z, s.z - s.x));
      rest = max(rest, vec4f(s.w, textureLoad(combed_of, vec2u(x, y), 0).xyz));
    }
  }
  textureStore(reading, vec2u(0u, 0u), gains);
  textureStore(reading, vec2u(1u, 0u), rest);
}`

export interface FieldReader {
  /** What is measured of a frame between its neighbours. The whole pictures are read at once; the promise asks no more of them. */
  read(recorder: Recorder, before: FramePicture, frame: FramePicture, after: FramePicture): Promise<FrameReading>
}

/**
 * @param size of the pictures
 * @param room how many readings are kept
 */
export async function createFieldReader(
  gpu: Gpu,
  size: Pick<ImageDesc, 'width' | 'height' | 'coding'>,
  room: number,
): Promise<FieldReader> {
  const [strip, gather, largest] = await Promise.all([
    gpu.compute({
      label: 'inverse-telecine/strip',
      reads: { image: 'float', before: 'float', after: 'float' },
      writes: { combs: 'rgba32float', stands: 'rgba32float' },
      uniforms: { whole: 'vec2u', luma: 'vec3f' },
      wgsl: stripWgsl,
    }),
    gpu.compute({
      label: 'inverse-telecine/gather',
      reads: { combs: 'float', stands: 'float' },
      writes: { sums_of: 'rgba32float', combed_of: 'rgba32float' },
      wgsl: gatherWgsl,
    }),
    gpu.compute({
      label: 'inverse-telecine/reading',
      reads: { sums_of: 'float', combed_of: 'float' },
      writes: { reading: 'rgba32float' },
      wgsl: readingWgsl,
    }),
  ])
  const weights = size.coding?.luma ?? lumaWeights('bt709')
  const part = (width: number, height: number) => ({ x: 0, y: 0, width, height })
  const strips = part(Math.ceil(size.width / square), size.height)
  const squares = part(strips.width, Math.ceil(size.height / square))
  const texels = part(Math.ceil(readingLength / 4), 1)
  const bytes = 16 * texels.width
  const readings = new Map<string, Promise<FrameReading>>()

  async function measured(
    recorder: Recorder,
    before: FramePicture,
    frame: FramePicture,
    after: FramePicture,
  ): Promise<FrameReading> {
    const borrow = (where: typeof strips, what: string) =>
      borrowPicture(gpu, where, 'rgba32float', `inverse-telecine/${what}`)
    using landing = gpu.pool.buffer(
      { size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST },
      'inverse-telecine/readback',
    )
    {
      using combs = borrow(strips, 'combs')
      using stands = borrow(strips, 'stands')
      using sums = borrow(squares, 'sums')
      using combedMap = borrow(squares, 'combed')
      using reading = borrow(texels, 'reading')
      strip.record(recorder, {
        reads: { image: frame.texture, before: before.texture, after: after.texture },
        writes: { combs: combs.texture, stands: stands.texture },
        uniforms: { whole: [size.width, size.height], luma: weights },
        size: strips,
      })
      gather.record(recorder, {
        reads: { combs: combs.texture, stands: stands.texture },
        writes: { sums_of: sums.texture, combed_of: combedMap.texture },
        size: squares,
      })
      largest.record(recorder, {
        reads: { sums_of: sums.texture, combed_of: combedMap.texture },
        writes: { reading: reading.texture },
        size: { width: 1, height: 1 },
      })
      recorder.encoder.copyTextureToBuffer({ texture: reading.texture }, { buffer: landing.value }, [texels.width, 1])
      recorder.submit()
    }
    await landing.value.mapAsync(GPUMapMode.READ)
    try {
      return readingOf(new Float32Array(landing.value.getMappedRange()))
    } finally {
      landing.value.unmap()
    }
  }

  return {
    read(recorder, before, frame, after) {
      const name = [before, frame, after].map(({ content }) => content).join()
      const reading = readings.get(name) ?? measured(recorder, before, frame, after)
      // The one used last stands last.
      readings.delete(name)
      readings.set(name, reading)
      // What failed is told to whoever asked, and asked again by the next.
      reading.catch(() => readings.delete(name))
      for (const oldest of readings.keys()) {
        if (readings.size <= room) break
        readings.delete(oldest)
      }
      return reading
    },
  }
}
