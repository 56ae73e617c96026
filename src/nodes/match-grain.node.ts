/**
 * Gives a picture as much grain as its source has. Noise is measured at the source's size, in the source and in the picture
 * shrunk to it, on squares of 8×8 pixels: by J. Immerkær's operator ("Fast Noise Variance Estimation", 1996), of which the calmest
 * quarter of the squares counts, since detail only adds to it, apart in four zones of brightness. What the picture lacks is
 * added as grain from a seed, of the size that the source's pixels have in it.
 */
import {
  axisWeights,
  borrowPicture,
  createGaussian,
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
/** Squares that a zone must have to be believed. */
const fewest = 4

const measureWgsl = /* wgsl */ `
fn tone(at: vec2i) -> f32 { return luma(textureLoad(picture, clamp(at, vec2i(0), u.whole - 1), 0).rgb); }
fn main(at: vec2u) {
  let corner = vec2i(at) * ${tile};
  var rough = 0.0;
  var mean = 0.0;
  for (var j = 0; j < ${tile}; j++) {
    for (var i = 0; i < ${tile}; i++) {
      let p = corner + vec2i(i, j);
      let here = tone(p);
      let sides = tone(p + vec2i(1, 0)) + tone(p - vec2i(1, 0)) + tone(p + vec2i(0, 1)) + tone(p - vec2i(0, 1));
      let corners = tone(p + vec2i(1, 1)) + tone(p - vec2i(1, 1)) + tone(p + vec2i(1, -1)) + tone(p - vec2i(1, -1));
      rough += abs(4.0 * here - 2.0 * sides + corners);
      mean += here;
    }
  }
  mean /= ${tile * tile}.0;
  // Where black or white cuts noise off there is nothing to learn.
  if (mean < 0.02 || mean > 0.98) { return; }
  // The mean of the operator's amount is sqrt(2/π) · 6 of the noise's deviation.
  let deviation = 255.0 * 1.25331414 / 6.0 * rough / ${tile * tile}.0;
  let bin = clamp(i32(floor((log2(max(deviation, 1e-6)) - ${firstDoubling}.0) * ${binsPerDoubling})), 0, ${bins - 1});
  let zone = min(u32(mean * ${zones}.0), ${zones - 1}u);
  atomicAdd(&counts[u.first + zone * ${bins}u + u32(bin)], 1u);
}`

const settleWgsl = /* wgsl */ `
// The deviation below which the calmest quarter lies; below 0 where there is too little to tell.
fn calm(first: u32) -> f32 {
  var total = 0u;
  for (var i = 0u; i < ${bins}u; i++) { total += counts[first + i]; }
  if (total < ${fewest}u) { return -1.0; }
  var below = 0u;
  for (var i = 0u; i < ${bins}u; i++) {
    below += counts[first + i];
    if (4u * below >= total) {
      // What lies in the lowest bin is no noise.
      return select(exp2((f32(i) + 0.5) / ${binsPerDoubling} + ${firstDoubling}.0) / 255.0, 0.0, i == 0u);
    }
  }
  return -1.0;
}
fn main(at: vec2u) {
  var lacks = array<f32, ${zones}>();
  for (var zone = 0u; zone < ${zones}u; zone++) {
    let there = calm(zone * ${bins}u);
    let here = calm((${zones}u + zone) * ${bins}u);
    lacks[zone] = select(sqrt(max(there * there - here * here, 0.0)), -1.0, there < 0.0 || here < 0.0);
  }
  // A zone that cannot be told takes after the nearest that can.
  for (var zone = 0; zone < ${zones}; zone++) {
    var lack = -1.0;
    for (var away = 0; away < ${zones}; away++) {
      if (lack < 0.0 && zone - away >= 0) { lack = lacks[zone - away]; }
      if (lack < 0.0 && zone + away < ${zones}) { lack = lacks[zone + away]; }
    }
    levels[zone] = max(lack, 0.0);
  }
}`

const addWgsl = (masked: boolean) => /* wgsl */ `
fn main(at: vec2u) {
  let image = textureLoad(image, vec2i(at) + u.image_from, 0);
  let y = luma(image.rgb);
  // Between the middles of two zones their levels mix.
  let place = clamp(y * ${zones}.0 - 0.5, 0.0, ${zones - 1}.0);
  let low = min(u32(place), ${zones - 2}u);
  let level = u.amount * mix(levels[low], levels[low + 1u], place - f32(low));
  let grain = clamp(textureLoad(noise, vec2i(at), 0).r * u.scale, -3.0, 3.0);
  // Where there is no room for the strongest grains they are all weaker: clipped they would move the mean.
  let room = max(min(min(image.r, min(image.g, image.b)), 1.0 - max(image.r, max(image.g, image.b))), 0.0);
  let change = min(level, room / 3.0) * grain${masked ? ' * textureLoad(mask, vec2i(at) + u.mask_from, 0).r' : ''};
  textureStore(result, at, vec4f(clamp(image.rgb + change, vec3f(0.0), vec3f(1.0)), image.a));
}`

/** Deviation of the Gaussian that makes grains so many pixels wide; none for grains of one pixel. */
const softness = (width: number) => (width <= 1 ? 0 : 0.4 * width)

/** By what noise of deviation 1 must be multiplied after the Gaussian to have it again. */
function regain(sigma: number): number {
  const radius = gaussianRadius(sigma)
  if (radius === 0) return 1
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)))
  const sum = weights.reduce((a, b) => a + b)
  return 1 / weights.reduce((total, weight) => total + (weight / sum) ** 2, 0)
}

export default defineNode({
  type: 'match-grain',
  title: 'Match Grain',
  category: 'look',
  summary:
    'Gives the grain of its source back to a picture that a model cleaned. Blocks and mosquito noise count as grain where there is little else.',
  keywords: ['grain lost', 'film grain', 'sterile', 'match noise', 'regrain', 'does not match the source', 'smooth'],
  inputs: {
    image: port.image('Image', { help: 'The picture that lost its grain.' }),
    source: port.image('Source', {
      help: 'The picture that has it: from before the model, of the same or a smaller size.',
    }),
    mask: port.optionalMask('Mask', 1, { help: 'Where it is 0 no grain falls.' }),
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
    size: param.float('Size', {
      default: 1,
      min: 0.5,
      max: 4,
      step: 0.1,
      unit: 'px',
      help: 'Width of a grain in pixels of the source. Soft footage has wider grains.',
    }),
    seed: param.seed('Seed', { default: 1 }),
  },
  onCard: ['amount'],
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
    scratch: () => ({ running: 16, kept: 1.5 }),
    readsFrame: true,
    needs: () => ({ mask: { reach: 0 } }),
    async prepare({ gpu, inputs: { image: large, source: small, mask: masked } }) {
      const kernel = resampleKernels['catmull-rom']
      const counts = { type: 'array<atomic<u32>>', access: 'read_write' } as const
      const [shrink, measure, settle, noise, add] = await Promise.all([
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
          wgsl: settleWgsl,
        }),
        createGaussian(gpu, {
          label: 'match-grain/noise',
          format: 'r32float',
          reads: [],
          // The sum of four bytes (Irwin and Hall), of mean 0 and variance 1.
          source: /* wgsl */ `
  let bits = hash3(vec3u(vec2u(at), u.key)).x;
  return vec4f(1.72528 * (dot(unpack4x8unorm(bits), vec4f(1.0)) - 2.0));`,
          uniforms: { key: 'u32' },
        }),
        gpu.compute({
          label: 'match-grain/add',
          reads: { image: 'float', noise: 'float', ...(masked && { mask: 'float' as const }) },
          writes: { result: 'rgba16float' },
          buffers: { levels: { type: 'array<f32>', access: 'read' } },
          uniforms: { image_from: 'vec2i', mask_from: 'vec2i', amount: 'f32', scale: 'f32' },
          wgsl: addWgsl(masked !== undefined),
        }),
      ])
      const leases = new DisposableStack()
      leases.use(shrink)
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
      const tally = leases.use(gpu.pool.buffer({ size: 4 * 2 * zones * bins, usage }, 'match-grain/counts')).value
      const levels = leases.use(gpu.pool.buffer({ size: 4 * zones, usage }, 'match-grain/levels')).value
      // The Gaussian repeats a picture's edge, which would make grain stronger there: noise goes on beyond it.
      const field = { width: large.width + 2 * margin, height: large.height + 2 * margin }
      const size = {
        width: Math.max(1, Math.floor(small.width / tile)),
        height: Math.max(1, Math.floor(small.height / tile)),
      }
      return {
        record({ recorder, time, inputs: { image, source, mask }, outputs, params: { amount, size: width, seed } }) {
          if (!outputs.image) return
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
            using shrunk = borrowPicture(gpu, whole, 'rgba16float', 'match-grain/shrunk')
            shrink.record(recorder, image, shrunk)
            count(source, 0)
            count(shrunk, zones * bins)
          }
          settle.record(recorder, { buffers: { counts: tally, levels }, size: { width: 1, height: 1 } })
          const sigma = softness((width * large.width) / small.width)
          const from = { ...part, x: part.x + margin, y: part.y + margin }
          using grains = borrowPicture(gpu, from, 'r32float', 'match-grain/noise')
          // A key a frame: the seed in the upper bits would meet another frame's.
          const key = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(time.index + 1, 0x85ebca6b)) >>> 0
          noise.record(recorder, field, {}, grains, sigma, {}, { key })
          add.record(recorder, {
            reads: { image: image.texture, noise: grains.texture, ...(mask && { mask: mask.texture }) },
            writes: { result: outputs.image.texture },
            buffers: { levels },
            uniforms: {
              image_from: [part.x - image.part.x, part.y - image.part.y],
              mask_from: mask ? [part.x - mask.part.x, part.y - mask.part.y] : [0, 0],
              amount,
              scale: regain(sigma),
            },
            size: part,
          })
        },
        dispose: () => leases.dispose(),
      }
    },
  },
})
