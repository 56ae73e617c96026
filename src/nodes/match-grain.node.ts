/**
 * Gives a picture as much grain as its source has. Noise is measured at the source's size, in the source and in the picture
 * shrunk to it, on squares of 8×8 pixels: by J. Immerkær's operator ("Fast Noise Variance Estimation", 1996), of which the calmest
 * quarter of the squares counts, since detail only adds to it, apart in four zones of brightness. What the picture lacks is
 * added as grain from a seed.
 *
 * How wide the grains are follows from the same operator with its pixels twice as far apart. Of white noise both find as
 * much; the wider grains are, the more alike neighbours are and the less the closer one finds. Of grains made by weights w, pixels k
 * apart correlate by ρ(k) = Σ w(i)·w(i+k) / Σ w(i)², and the operator, of pixels k apart, finds 6 − 8ρ(k) + 2ρ(2k) of 6. The weights
 * are a Gaussian's at whole pixels: of narrow ones ρ is much less than of the Gaussian itself (0.09, not 0.21, where they are a pixel wide).
 */
import {
  axisWeights,
  borrowPicture,
  createResampler,
  defineNode,
  gaussianRadius,
  inferProblem,
  param,
  port,
  resampleKernels,
  type StagePicture,
  sizeMismatch,
} from './define.ts'

const tile = 8
const zones = 4
const bins = 64
/** Bins of a doubling of the noise, and where they begin: 2⁻⁴ steps of 8 bits. */
const binsPerDoubling = 6.4
const firstDoubling = -4
/** Pixels of noise around the picture, more than the widest grain's Gaussian reads. */
const margin = 64
/** Of the grains that are measured, in pixels of the source. */
const widest = 4
/** Deviation of the Gaussian that makes grains as wide as a pixel. */
const softnessOfPixel = 0.4
/** Squares that a zone must have to be believed. */
const minSquares = 4

const measureWgsl = /* wgsl */ `
fn tone(at: vec2i) -> f32 { return luma(textureLoad(picture, clamp(at, vec2i(0), u.whole - 1), 0).rgb); }
fn immerkaer(p: vec2i, here: f32, apart: i32) -> f32 {
  let across = vec2i(apart, 0);
  let down = vec2i(0, apart);
  let sides = tone(p + across) + tone(p - across) + tone(p + down) + tone(p - down);
  let corners = tone(p + across + down) + tone(p - across - down) + tone(p + across - down) + tone(p - across + down);
  return 4.0 * here - 2.0 * sides + corners;
}
fn main(at: vec2u) {
  let corner = vec2i(at) * ${tile};
  var rough = vec2f(0.0);
  var mean = 0.0;
  for (var j = 0; j < ${tile}; j++) {
    for (var i = 0; i < ${tile}; i++) {
      let p = corner + vec2i(i, j);
      let here = tone(p);
      rough += abs(vec2f(immerkaer(p, here, 1), immerkaer(p, here, 2)));
      mean += here;
    }
  }
  mean /= ${tile * tile}.0;
  // Where black or white cuts noise off there is nothing to learn.
  if (mean < 0.02 || mean > 0.98) { return; }
  // The mean of the operator's amount is sqrt(2/π) · 6 of the noise's deviation.
  let deviation = 255.0 * 1.25331414 / 6.0 * rough / ${tile * tile}.0;
  let bin = vec2u(clamp(floor((log2(max(deviation, vec2f(1e-6))) - ${firstDoubling}.0) * ${binsPerDoubling}), vec2f(0.0), vec2f(${bins - 1}.0)));
  let zone = min(u32(mean * ${zones}.0), ${zones - 1}u);
  atomicAdd(&counts[(u.first + zone) * ${bins}u + bin.x], 1u);
  atomicAdd(&counts[(u.first + ${zones}u + zone) * ${bins}u + bin.y], 1u);
}`

const settleWgsl = /* wgsl */ `
// The deviation below which the calmest quarter lies; below 0 where there is too little to tell.
fn calm(first: u32) -> f32 {
  var total = 0u;
  for (var i = 0u; i < ${bins}u; i++) { total += counts[first + i]; }
  if (total < ${minSquares}u) { return -1.0; }
  var below = 0u;
  for (var i = 0u; i < ${bins}u; i++) {
    let here = counts[first + i];
    if (4u * (below + here) >= total) {
      let place = f32(i) + (0.25 * f32(total) - f32(below)) / f32(here);
      // What lies in the lowest bin is no noise.
      return select(exp2(place / ${binsPerDoubling} + ${firstDoubling}.0) / 255.0, 0.0, i == 0u);
    }
    below += here;
  }
  return -1.0;
}
// What the picture lacks of what the source has, by the operator's two distances; below 0 where it cannot be told.
fn lacking(zone: u32) -> vec2f {
  var lacks = vec2f(-1.0);
  for (var apart = 0u; apart < 2u; apart++) {
    let there = calm((apart * ${zones}u + zone) * ${bins}u);
    let here = calm(((2u + apart) * ${zones}u + zone) * ${bins}u);
    if (there >= 0.0 && here >= 0.0) { lacks[apart] = sqrt(max(there * there - here * here, 0.0)); }
  }
  return lacks;
}
// By how much pixels so far apart are alike in grains of this deviation.
fn alike(sigma: f32, apart: i32) -> f32 {
  let reach = i32(floor(3.0 * sigma + 0.5));
  var both = 0.0;
  var own = 0.0;
  for (var i = -reach; i <= reach; i++) {
    let weight = exp(-f32(i * i) / (2.0 * sigma * sigma));
    own += weight * weight;
    let other = i + apart;
    if (other <= reach) { both += weight * exp(-f32(other * other) / (2.0 * sigma * sigma)); }
  }
  return both / own;
}
// What the operator finds of noise of deviation 1 with grains this wide, with its pixels 1 and 2 apart.
fn found(width: f32) -> vec2f {
  let sigma = ${softnessOfPixel} * width;
  let near = alike(sigma, 2);
  return vec2f(6.0 - 8.0 * alike(sigma, 1) + 2.0 * near, 6.0 - 8.0 * near + 2.0 * alike(sigma, 4)) / 6.0;
}
fn main(at: vec2u) {
  var lacks = array<vec2f, ${zones}>();
  var energy = vec2f(0.0);
  for (var zone = 0u; zone < ${zones}u; zone++) {
    lacks[zone] = lacking(zone);
    if (all(lacks[zone] >= vec2f(0.0))) { energy += lacks[zone] * lacks[zone]; }
  }
  var width = u.width;
  var share = vec2f(1.0, 0.0);
  if (u.measured == 1u) {
    // Less than a quarter of a step of 8 bits has no size.
    let ratio = select(1.0, sqrt(energy.y / max(energy.x, 1e-12)), energy.y > ${(0.25 / 255) ** 2});
    var low = 1.0;
    var high = ${widest}.0;
    for (var i = 0; i < 16; i++) {
      let middle = (low + high) / 2.0;
      let told = found(middle);
      if (told.y < ratio * told.x) { low = middle; } else { high = middle; }
    }
    width = low;
    // The wide operator misses less of wide grains, the close one takes less detail for grain.
    let wide = smoothstep(1.0, 1.5, width);
    share = vec2f(1.0 - wide, wide / found(width).y);
  }
  // A zone that cannot be told takes after the nearest that can.
  for (var zone = 0; zone < ${zones}; zone++) {
    var lack = vec2f(-1.0);
    for (var away = 0; away < ${zones}; away++) {
      if (lack.x < 0.0 && zone - away >= 0) { lack = lacks[zone - away]; }
      if (lack.x < 0.0 && zone + away < ${zones}) { lack = lacks[zone + away]; }
    }
    levels[zone] = dot(max(lack, vec2f(0.0)), share);
  }
  // Grains no wider than a pixel of the picture are of one pixel.
  levels[${zones}] = select(0.0, ${softnessOfPixel} * width * u.scale, width * u.scale > 1.0);
}`

/** Noise of deviation 1 at a pixel of the field: the sum of four bytes (Irwin and Hall). Then the grains' Gaussian, rows first. */
const noiseWgsl = (axis: 'x' | 'y') => /* wgsl */ `
fn value(place: vec2i) -> f32 {
  ${
    axis === 'x'
      ? 'return 1.72528 * (dot(unpack4x8unorm(hash3(vec3u(vec2u(place), u.key)).x), vec4f(1.0)) - 2.0);'
      : 'return textureLoad(rows, place, 0).r;'
  }
}
fn main(at: vec2u) {
  let sigma = levels[${zones}];
  let reach = min(i32(floor(3.0 * sigma + 0.5)), ${margin});
  let place = vec2i(at) + u.corner;
  var sum = 0.0;
  var squares = 0.0;
  for (var i = -reach; i <= reach; i++) {
    let weight = exp(-f32(i * i) / max(2.0 * sigma * sigma, 1e-6));
    sum += weight * value(place + vec2i(${axis === 'x' ? 'i, 0' : '0, i'}));
    squares += weight * weight;
  }
  // As strong as before: the deviation of a mean is smaller than that of what it is a mean of.
  textureStore(result, at, vec4f(sum * inverseSqrt(squares)));
}`

const addWgsl = (masked: boolean) => /* wgsl */ `
fn main(at: vec2u) {
  let image = textureLoad(image, vec2i(at) + u.image_from, 0);
  let y = luma(image.rgb);
  // Between the middles of two zones their levels mix.
  let place = clamp(y * ${zones}.0 - 0.5, 0.0, ${zones - 1}.0);
  let low = min(u32(place), ${zones - 2}u);
  let level = u.amount * mix(levels[low], levels[low + 1u], place - f32(low));
  let grain = clamp(textureLoad(noise, vec2i(at), 0).r, -3.0, 3.0);
  // Where there is no room for the strongest grains they are all weaker: clipped they would move the mean.
  let room = max(min(min(image.r, min(image.g, image.b)), 1.0 - max(image.r, max(image.g, image.b))), 0.0);
  let change = min(level, room / 3.0) * grain${masked ? ' * textureLoad(mask, vec2i(at) + u.mask_from, 0).r' : ''};
  textureStore(result, at, vec4f(clamp(image.rgb + change, vec3f(0.0), vec3f(1.0)), image.a));
}`

export default defineNode({
  type: 'match-grain',
  title: 'Match Grain',
  category: 'look',
  cost: 'medium',
  summary:
    'Gives the grain of its source back to a picture that a model cleaned. Blocks and mosquito noise count as grain where there is little else.',
  keywords: [
    'grain lost',
    'grain size',
    'film grain',
    'sterile',
    'match noise',
    'regrain',
    'does not match the source',
    'smooth',
  ],
  inputs: {
    image: port.image('Image', { help: 'The picture that lost its grain.' }),
    source: port.image('Source', {
      help: 'The picture that has it: from before the model, of the same or a smaller size.',
    }),
    mask: port.optionalMask('Mask', 1, { help: 'Where it is 0 no grain is added.' }),
  },
  outputs: { image: port.image('Image') },
  params: {
    amount: param.float('Amount', {
      default: 1,
      min: 0,
      max: 2,
      step: 0.01,
      help: '0 adds nothing, 1 as much as the picture lacks.',
    }),
    measureSize: param.bool('Size from the source', {
      default: true,
      help: 'Grains as wide as those that the source has and the image lacks, up to four pixels of the source.',
    }),
    size: param.float('Size', {
      default: 1,
      min: 0.5,
      max: widest,
      step: 0.1,
      unit: 'px',
      visible: ({ measureSize }) => measureSize === false,
      help: 'Width of a grain in pixels of the source. Soft footage has wider grains.',
    }),
    seed: param.seed('Seed', { default: 1 }),
  },
  onCard: ['amount'],
  migrations: [
    // The size came to be measured: files from before have it set.
    (params) => {
      params.measureSize = false
    },
  ],
  infer({ image, source, mask }) {
    if (source.width > image.width || source.height > image.height)
      return inferProblem({
        code: 'size-mismatch',
        port: 'source',
        message: `The source is ${source.width}×${source.height}, larger than the image with its ${image.width}×${image.height}.`,
        hint: 'Wire the picture from before the model to this input.',
      })
    return sizeMismatch('mask', mask, image) ?? { image }
  },
  bypass: { image: 'image' },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 16, resident: 1.5 }),
    readsFrame: true,
    needs: () => ({ mask: { reach: 0 } }),
    async prepare({ gpu, inputs: { image: large, source: small, mask: maskDesc } }) {
      const kernel = resampleKernels['catmull-rom']
      const counts = { type: 'array<atomic<u32>>', access: 'read_write' } as const
      const [shrink, measure, settle, noiseRows, noise, add] = await Promise.all([
        createResampler(gpu, {
          label: 'match-grain/shrink',
          across: axisWeights(kernel, large.width, small.width),
          down: axisWeights(kernel, large.height, small.height),
        }),
        gpu.compute({
          label: 'match-grain/measure',
          reads: { picture: 'float' },
          buffers: { counts },
          uniforms: { whole: 'vec2i', first: 'u32' },
          wgsl: measureWgsl,
        }),
        gpu.compute({
          label: 'match-grain/settle',
          buffers: {
            counts: { type: 'array<u32>', access: 'read' },
            levels: { type: 'array<f32>', access: 'read_write' },
          },
          uniforms: { measured: 'u32', width: 'f32', scale: 'f32' },
          wgsl: settleWgsl,
        }),
        gpu.compute({
          label: 'match-grain/noise rows',
          writes: { result: 'r32float' },
          buffers: { levels: { type: 'array<f32>', access: 'read' } },
          uniforms: { corner: 'vec2i', key: 'u32' },
          wgsl: noiseWgsl('x'),
        }),
        gpu.compute({
          label: 'match-grain/noise',
          reads: { rows: 'float' },
          writes: { result: 'r32float' },
          buffers: { levels: { type: 'array<f32>', access: 'read' } },
          uniforms: { corner: 'vec2i' },
          wgsl: noiseWgsl('y'),
        }),
        gpu.compute({
          label: 'match-grain/add',
          reads: { image: 'float', noise: 'float', ...(maskDesc && { mask: 'float' as const }) },
          writes: { result: 'rgba16float' },
          buffers: { levels: { type: 'array<f32>', access: 'read' } },
          uniforms: { image_from: 'vec2i', mask_from: 'vec2i', amount: 'f32' },
          wgsl: addWgsl(maskDesc !== undefined),
        }),
      ])
      const leases = new DisposableStack()
      leases.use(shrink)
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
      const tally = leases.use(gpu.pool.buffer({ size: 4 * 4 * zones * bins, usage }, 'match-grain/counts')).value
      const levels = leases.use(gpu.pool.buffer({ size: 4 * (zones + 1), usage }, 'match-grain/levels')).value
      const size = {
        width: Math.max(1, Math.floor(small.width / tile)),
        height: Math.max(1, Math.floor(small.height / tile)),
      }
      return {
        record({ recorder, time, inputs: { image, source, mask }, outputs, params }) {
          if (!outputs.image) return
          const { amount, measureSize, size: width, seed } = params
          const { part } = outputs.image
          recorder.encoder.clearBuffer(tally)
          const count = ({ texture }: StagePicture, first: number) =>
            measure.record(recorder, {
              reads: { picture: texture },
              buffers: { counts: tally },
              uniforms: { whole: [small.width, small.height], first },
              size,
            })
          {
            const whole = { x: 0, y: 0, width: small.width, height: small.height }
            using shrunkPicture = borrowPicture(gpu, whole, 'rgba16float', 'match-grain/shrunk')
            shrink.record(recorder, image, shrunkPicture)
            count(source, 0)
            count(shrunkPicture, 2 * zones)
          }
          const scale = large.width / small.width
          settle.record(recorder, {
            buffers: { counts: tally, levels },
            uniforms: { measured: measureSize ? 1 : 0, width, scale },
            size: { width: 1, height: 1 },
          })
          // Noise goes on beyond the picture: a repeated edge would make it stronger there.
          const maxSigma = softnessOfPixel * scale * (measureSize ? widest : width)
          const reach = Math.min(gaussianRadius(maxSigma), margin)
          const band = { x: part.x, y: part.y - reach, width: part.width, height: part.height + 2 * reach }
          using rows = borrowPicture(gpu, band, 'r32float', 'match-grain/noise rows')
          using grains = borrowPicture(gpu, part, 'r32float', 'match-grain/noise')
          // A key a frame: the seed in the upper bits would meet another frame's.
          const key = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(time.index + 1, 0x85ebca6b)) >>> 0
          noiseRows.record(recorder, {
            writes: { result: rows.texture },
            buffers: { levels },
            uniforms: { corner: [band.x + margin, band.y + margin], key },
            size: band,
          })
          noise.record(recorder, {
            reads: { rows: rows.texture },
            writes: { result: grains.texture },
            buffers: { levels },
            uniforms: { corner: [0, reach] },
            size: part,
          })
          add.record(recorder, {
            reads: { image: image.texture, noise: grains.texture, ...(mask && { mask: mask.texture }) },
            writes: { result: outputs.image.texture },
            buffers: { levels },
            uniforms: {
              image_from: [part.x - image.part.x, part.y - image.part.y],
              mask_from: mask ? [part.x - mask.part.x, part.y - mask.part.y] : [0, 0],
              amount,
            },
            size: part,
          })
        },
        dispose: () => leases.dispose(),
      }
    },
  },
})
