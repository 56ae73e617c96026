/**
 * Does to a good picture what cameras and codecs do, so that a chain can be tried where the truth is known: blur, shrink, noise, and
 * the blocks of a codec (8×8 DCT, ITU-T T.81, quantised by its tables K.1 and K.2 as the IJG's library scales them; no
 * subsampling of colour, the blocks counted from the picture's corner).
 */
import {
  axisWeights,
  borrowPicture,
  createGaussian,
  createResampler,
  createStage,
  defineNode,
  gaussianRadius,
  param,
  port,
  type Region,
  resampleKernels,
} from './define.ts'

const block = 8

const lumaTable = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
]
const chromaTable = [
  17,
  18,
  24,
  47,
  99,
  99,
  99,
  99,
  18,
  21,
  26,
  66,
  99,
  99,
  99,
  99,
  24,
  26,
  56,
  99,
  99,
  99,
  99,
  99,
  47,
  66,
  99,
  99,
  99,
  99,
  99,
  99,
  ...Array<number>(32).fill(99),
]
const cosines = Array.from({ length: block * block }, (_, i) => {
  const frequency = Math.floor(i / block)
  const place = i % block
  return Math.sqrt((frequency === 0 ? 1 : 2) / block) * Math.cos(((2 * place + 1) * frequency * Math.PI) / (2 * block))
})

const tables = /* wgsl */ `
const cosines = array<f32, 64>(${cosines.map((value) => value.toFixed(9)).join(', ')});
const lumaTable = array<u32, 64>(${lumaTable.map((value) => `${value}u`).join(', ')});
const chromaTable = array<u32, 64>(${chromaTable.map((value) => `${value}u`).join(', ')});
`

/** One axis of the transform, there (from places to frequencies) or back. */
const transform = (axis: 'x' | 'y', direction: 'there' | 'back', value: string, finish: string) => /* wgsl */ `
${tables}
fn make(at: vec2i) -> vec4f {
  let within = at.${axis} & 7;
  var there = at;
  var sum = vec3f(0.0);
  for (var k = 0; k < 8; k++) {
    there.${axis} = at.${axis} - within + k;
    sum += cosines[${direction === 'there' ? '8 * within + k' : '8 * k + within'}] * ${value};
  }
  ${finish}
}`

/** `part` out to whole blocks, also beyond the picture. */
function inBlocks({ x, y, width, height }: Region): Region {
  const left = Math.floor(x / block) * block
  const top = Math.floor(y / block) * block
  const up = (value: number) => Math.ceil(value / block) * block
  return { x: left, y: top, width: up(x + width) - left, height: up(y + height) - top }
}

const within = (
  { x, y, width, height }: Region,
  whole: { readonly width: number; readonly height: number },
): Region => ({
  x,
  y,
  width: Math.min(whole.width, x + width) - x,
  height: Math.min(whole.height, y + height) - y,
})

export default defineNode({
  type: 'degrade',
  title: 'Degrade',
  category: 'scale',
  reframes: true,
  cost: 'heavy',
  summary:
    'Makes a good picture bad: blurs, shrinks, adds noise, compresses. For trying a chain and comparing it with the original.',
  keywords: [
    'test a chain',
    'make worse',
    'compress',
    'jpeg',
    'codec',
    'low quality',
    'downscale',
    'simulate',
    'synthetic',
    'ruin',
    'benchmark',
    'original',
    'ground truth',
  ],
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {
    by: param.float('Smaller by', {
      default: 2,
      min: 1,
      max: 8,
      step: 0.05,
      unit: '×',
      affects: 'plan',
      help: 'Both sides are divided by this, with Bicubic. 1 keeps the size.',
    }),
    blur: param.float('Blur', {
      default: 0.8,
      min: 0,
      max: 10,
      step: 0.1,
      unit: 'px',
      help: 'Standard deviation of the Gaussian, in pixels of the picture that comes in.',
    }),
    noise: param.float('Noise', {
      default: 2,
      min: 0,
      max: 64,
      step: 0.1,
      unit: '/255',
      help: 'Standard deviation in each channel, after shrinking.',
    }),
    quality: param.int('Quality', {
      default: 40,
      min: 1,
      max: 100,
      help: 'As JPEG counts it: 75 is good, 40 shows blocks, 10 little else. 100 compresses nothing.',
    }),
    seed: param.seed('Seed', { default: 1 }),
  },
  onCard: ['quality'],
  infer({ image }, { by }) {
    const side = (pixels: number) => Math.max(1, Math.round(pixels / by))
    return { image: { ...image, width: side(image.width), height: side(image.height) } }
  },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 18, resident: 1 }),
    readsFrame: true,
    needs({ blur }, { ratio }) {
      const shrinking = Math.ceil((resampleKernels['catmull-rom'].radius + block) * Math.max(ratio, 1)) + 1
      return { image: { reach: gaussianRadius(blur) + shrinking } }
    },
    async prepare({ gpu, inputs: { image: large }, outputs: { image: small } }) {
      const half = 'rgba16float'
      const full = 'rgba32float'
      const kernel = resampleKernels['catmull-rom']
      const paddedPart = inBlocks({ x: 0, y: 0, width: small.width, height: small.height })
      const [blurring, shrink, rows, quantise, backColumns, backRows] = await Promise.all([
        createGaussian(gpu, {
          label: 'degrade/blur',
          format: half,
          reads: ['image'],
          source: 'return image_at(at);',
        }),
        createResampler(gpu, {
          label: 'degrade/shrink',
          across: axisWeights(kernel, large.width, small.width),
          down: axisWeights(kernel, large.height, small.height),
          finish: {
            reads: [],
            uniforms: { noise: 'f32', seed: 'u32', frame: 'u32' },
            // The sum of four bytes (Irwin and Hall), of mean 0 and variance 1: the same to the bit on every GPU.
            wgsl: /* wgsl */ `
  let bits = hash3(vec3u(vec2u(at), hash3(vec3u(u.seed, u.frame, 0x646567u)).x));
  let ones = vec4f(1.0);
  let sums = vec3f(
    dot(unpack4x8unorm(bits.x), ones), dot(unpack4x8unorm(bits.y), ones), dot(unpack4x8unorm(bits.z), ones));
  return clamp(resampled + vec4f(u.noise * 1.72528 * (sums - 2.0), 0.0), vec4f(0.0), vec4f(1.0));`,
          },
        }),
        createStage(gpu, {
          label: 'degrade/rows',
          format: full,
          reads: ['image'],
          wgsl: transform('x', 'there', 'toYcc(image_at(there).rgb)', 'return vec4f(sum, 0.0);'),
        }),
        createStage(gpu, {
          label: 'degrade/quantise',
          format: full,
          reads: ['rows'],
          uniforms: { scale: 'u32' },
          wgsl: transform(
            'y',
            'there',
            'rows_at(there).xyz',
            /* wgsl */ `let entry = 8 * within + (at.x & 7);
  let steps = vec3f((vec3u(lumaTable[entry], vec2u(chromaTable[entry])) * u.scale + 50u) / 100u);
  let step = clamp(steps, vec3f(1.0), vec3f(255.0)) / 255.0;
  // Brightness is counted from middle grey, a whole number of steps from black only by chance.
  let grey = vec3f(select(0.0, 4.0, entry == 0), 0.0, 0.0);
  return vec4f(round((sum - grey) / step) * step + grey, 0.0);`,
          ),
        }),
        createStage(gpu, {
          label: 'degrade/back columns',
          format: full,
          reads: ['steps'],
          wgsl: transform('y', 'back', 'steps_at(there).xyz', 'return vec4f(sum, 0.0);'),
        }),
        createStage(gpu, {
          label: 'degrade/back rows',
          format: half,
          reads: ['columns', 'image'],
          wgsl: transform(
            'x',
            'back',
            'columns_at(there).xyz',
            'return vec4f(clamp(fromYcc(sum), vec3f(0.0), vec3f(1.0)), image_at(at).a);',
          ),
        }),
      ])
      return {
        record({ recorder, time, inputs: { image }, outputs, params: { blur, noise, quality, seed } }) {
          if (!outputs.image) return
          using leases = new DisposableStack()
          const blocks = inBlocks(outputs.image.part)
          const noisy =
            quality === 100
              ? outputs.image
              : leases.use(borrowPicture(gpu, within(blocks, small), half, 'degrade/shrunk'))
          {
            using soft = borrowPicture(gpu, shrink.reads(noisy.part), half, 'degrade/soft')
            blurring.record(recorder, large, { image }, soft, blur)
            const grain = { noise: noise / 255, seed, frame: time.index }
            shrink.record(recorder, soft, noisy, {}, grain)
          }
          if (quality === 100) return
          const first = leases.use(borrowPicture(gpu, blocks, full, 'degrade/there'))
          const second = leases.use(borrowPicture(gpu, blocks, full, 'degrade/back'))
          const scale = quality < 50 ? Math.trunc(5000 / quality) : 200 - 2 * quality
          rows.record(recorder, small, { image: noisy }, first)
          quantise.record(recorder, paddedPart, { rows: first }, second, { scale })
          backColumns.record(recorder, paddedPart, { steps: second }, first)
          backRows.record(recorder, paddedPart, { columns: first, image: noisy }, outputs.image)
        },
        dispose: () => shrink[Symbol.dispose](),
      }
    },
  },
})
