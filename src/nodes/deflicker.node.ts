/**
 * Takes out pumping: brightness that swings from frame to frame over the whole picture, as in old film, time lapses and
 * under mains light. Each frame is scaled so that its mean luma becomes the mean over the frames around it, as
 * ffmpeg's `deflicker` does; unlike it, frames beyond a cut do not count.
 */
import {
  borrowPicture,
  createStage,
  defineNode,
  type FramePicture,
  framesAround,
  layOver,
  onEachSide,
  param,
  port,
  type Recorder,
  sizeMismatch,
} from './define.ts'

/** Cells along each side of the grid that stands for a frame. */
const cells = 8

/** Frames on each side at most: the places of all of them fit into two numbers of 32 bits. */
const maxRadius = 7

/** Two frames of one shot are more alike than this in what is bright and dark where, whatever their brightness. */
const sameShot = 0.6

/** A frame is averaged in two steps, first to so many cells along each side, so that many threads share the work. */
const fine = 64

const single = { x: 0, y: 0, width: 1, height: 1 }

const areaMean = `
fn mean(at: vec2u, whole: vec2u, grid: vec2u) -> f32 {
  let first = at * whole / grid;
  let last = max((at + 1u) * whole / grid, first + 1u);
  var sum = 0.0;
  for (var y = first.y; y < last.y; y++) {
    for (var x = first.x; x < last.x; x++) { sum += value(vec2u(x, y)); }
  }
  let area = last - first;
  return sum / f32(area.x * area.y);
}`

export default defineNode({
  type: 'deflicker',
  title: 'Deflicker',
  category: 'look',
  cost: 'light',
  summary: 'Evens out brightness that pumps from frame to frame over the whole picture.',
  keywords: ['flicker', 'pumping', 'pulsing', 'brightness', 'old film', 'time lapse', 'exposure', 'mains', 'strobe'],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    radius: framesAround({
      default: 2,
      max: maxRadius,
      help: 'It must span a whole swing of the brightness; real changes of light become as slow as this.',
    }),
    strength: param.float('Strength', { default: 1, min: 0, max: 1, step: 0.01, help: '0 changes nothing.' }),
    limit: param.float('Limit', {
      default: 0.5,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'The most by which a frame may become brighter or darker: 0.5 is by half.',
    }),
  },
  onCard: ['strength'],
  infer: ({ image, mask }) => sizeMismatch('mask', mask, image) ?? { image },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 4, resident: 0.5 }),
    needs: ({ radius }) => ({
      image: { reach: Number.POSITIVE_INFINITY, frames: onEachSide(radius) },
      mask: { reach: 0 },
    }),
    async prepare({ gpu, inputs, params: { radius } }) {
      const { image: whole, mask: maskDesc } = inputs
      const [measure, gather, weigh, apply] = await Promise.all([
        gpu.compute({
          label: 'deflicker/measure',
          reads: { image: 'float' },
          writes: { result: 'r32float' },
          uniforms: { whole: 'vec2u', grid: 'vec2u' },
          wgsl: `fn value(at: vec2u) -> f32 { return luma(textureLoad(image, at, 0).rgb); }${areaMean}
fn main(at: vec2u) { textureStore(result, at, vec4f(mean(at, u.whole, u.grid))); }`,
        }),
        gpu.compute({
          label: 'deflicker/gather',
          reads: { part: 'float' },
          writes: { atlas: 'r32float' },
          uniforms: { grid: 'vec2u', place: 'u32' },
          wgsl: `fn value(at: vec2u) -> f32 { return textureLoad(part, at, 0).r; }${areaMean}
fn main(at: vec2u) {
  textureStore(atlas, at + vec2u(u.place * ${cells}u, 0u), vec4f(mean(at, u.grid, vec2u(${cells}u))));
}`,
        }),
        gpu.compute({
          label: 'deflicker/weigh',
          reads: { atlas: 'float' },
          writes: { gain: 'r32float' },
          uniforms: { low: 'u32', high: 'u32', radius: 'i32', strength: 'f32', limit: 'f32' },
          wgsl: weightFunctions,
        }),
        createStage(gpu, {
          label: 'deflicker/apply',
          reads: ['image', 'gain', ...(maskDesc ? ['mask'] : [])],
          format: 'rgba16float',
          wgsl: `fn make(at: vec2i) -> vec4f { ${layOver('under.rgb * gain_at(vec2i(0)).r', maskDesc !== undefined)} }`,
        }),
      ])
      const grid = { width: Math.min(fine, whole.width), height: Math.min(fine, whole.height) }
      const count = 2 * radius + 1
      const atlas = gpu.pool.texture({ width: count * cells, height: cells, format: 'r32float' }, 'deflicker/atlas')
      /** Which frame stands at which place of the atlas; each is measured once however many frames look at it. */
      const places: string[] = []

      function placeOf(recorder: Recorder, frame: FramePicture, contents: ReadonlySet<string>): number {
        const slot = places.indexOf(frame.content)
        if (slot >= 0) return slot
        const place = places.length < count ? places.length : places.findIndex((content) => !contents.has(content))
        places[place] = frame.content
        using part = gpu.pool.texture({ ...grid, format: 'r32float' }, 'deflicker/part')
        measure.record(recorder, {
          reads: { image: frame.texture },
          writes: { result: part.value },
          uniforms: { whole: [whole.width, whole.height], grid: [grid.width, grid.height] },
          size: grid,
        })
        gather.record(recorder, {
          reads: { part: part.value },
          writes: { atlas: atlas.value },
          uniforms: { grid: [grid.width, grid.height], place },
          size: { width: cells, height: cells },
        })
        return place
      }

      return {
        record({ recorder, inputs: { image, mask }, outputs, params: { strength, limit } }) {
          if (!outputs.image) return
          const frames = image.offsets.map((offset) => image.at(offset))
          const contents = new Set(frames.map(({ content }) => content))
          const packedWords = [0, 0]
          for (const [i, frame] of frames.entries())
            packedWords[i >> 3]! |= placeOf(recorder, frame, contents) << (4 * (i & 7))
          using gain = borrowPicture(gpu, single, 'r32float', 'deflicker/gain')
          weigh.record(recorder, {
            reads: { atlas: atlas.value },
            writes: { gain: gain.texture },
            uniforms: { low: packedWords[0]! >>> 0, high: packedWords[1]! >>> 0, radius, strength, limit },
            size: single,
          })
          apply.record(recorder, whole, { image, gain, ...(mask && { mask }) }, outputs.image)
        },
        dispose: () => atlas[Symbol.dispose](),
      }
    },
  },
})

/** From the frames' grids to the factor of the one in the middle. */
const weightFunctions = `
fn place(i: i32) -> u32 {
  return (select(u.low, u.high, i >= 8) >> (4u * u32(i & 7))) & 15u;
}
fn cell(i: i32, n: u32) -> f32 {
  return textureLoad(atlas, vec2u(place(i) * ${cells}u + n % ${cells}u, n / ${cells}u), 0).r;
}
fn mean(i: i32) -> f32 {
  var sum = 0.0;
  for (var n = 0u; n < ${cells * cells}u; n++) { sum += cell(i, n); }
  return sum / ${cells * cells}.0;
}
// Pearson's correlation of two grids; 1 where neither has anything to tell it by.
fn alike(i: i32, j: i32) -> f32 {
  let a = mean(i);
  let b = mean(j);
  var ab = 0.0;
  var aa = 0.0;
  var bb = 0.0;
  for (var n = 0u; n < ${cells * cells}u; n++) {
    let x = cell(i, n) - a;
    let y = cell(j, n) - b;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  let flat = ${cells * cells}.0 * 1e-6;
  if (aa < flat && bb < flat) { return 1.0; }
  return ab / max(sqrt(aa * bb), 1e-12);
}
fn main(at: vec2u) {
  let own = mean(u.radius);
  var sum = own;
  var count = 1.0;
  for (var side = -1; side <= 1; side += 2) {
    for (var k = 1; k <= u.radius; k++) {
      let i = u.radius + side * k;
      if (alike(i, i - side) < ${sameShot}) { break; }
      sum += mean(i);
      count += 1.0;
    }
  }
  var factor = 1.0;
  if (own > 1.0 / 1020.0) { factor = clamp(sum / count / own, 1.0 / (1.0 + u.limit), 1.0 + u.limit); }
  textureStore(gain, at, vec4f(mix(1.0, factor, u.strength)));
}`
