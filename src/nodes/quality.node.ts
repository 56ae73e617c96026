/**
 * How near a result is to a reference, of luma:
 * - PSNR in decibels, at most 100;
 * - SSIM: Z. Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004 (Gaussian window of 11×11, σ 1.5,
 *   windows that lie wholly inside);
 * - GMSD: W. Xue et al., "Gradient Magnitude Similarity Deviation", 2014 (means of 2×2, edges repeated);
 * - XPSNR in decibels, at most 100: C. Helmrich et al., "XPSNR: A Low-Complexity Extension of the Perceptually Weighted Peak
 *   Signal-to-Noise Ratio for High-Resolution Video Quality Assessment", 2020. Errors count for less where the reference is busy
 *   in space or from frame to frame. At the first frame of a clip the frame stands in for the one before.
 */
import { defineNode, measures, numberDesc, param, port, sizeMismatch } from './define.ts'

/** Pixels from the edge to the middle of the first window of SSIM that lies inside. */
const margin = 5

interface Size {
  readonly width: number
  readonly height: number
}

/**
 * Steps to `blocks`, a pixel for each block of XPSNR: its weight and its squared error in codes of 8 bits, and to `xpsnr`, their
 * weighted sum. Pictures larger than HD are looked at by means of 2×2 pixels, clips above 32 frames a second by second differences.
 */
function xpsnrSteps({ width, height, frameRate }: Size & { readonly frameRate: number }): measures.Step[] {
  const side = xpsnrBlock({ width, height })
  const large = width * height > 2048 * 1152
  const grid = { width: Math.ceil(width / side), height: Math.ceil(height / side) }
  const border = large ? 2 : 1
  // Where means are taken, of 2×2 pixels, and how far apart.
  const step = large ? 2 : 1
  const tone = (name: string) => /* wgsl */ `
fn ${name}_tone(at: vec2i) -> f32 {
  return ${
    large
      ? `255.0 * luma(${name}_at(at).rgb + ${name}_at(at + vec2i(1, 0)).rgb + ${name}_at(at + vec2i(0, 1)).rgb + ${name}_at(at + 1).rgb)`
      : `255.0 * luma(${name}_at(at).rgb)`
  };
}`
  const ring = (places: readonly (readonly [number, number])[]) =>
    `(${places.map(([x, y]) => `one(at + vec2i(${x}, ${y}))`).join(' + ')})`
  const spatial = large
    ? `12.0 * ${ring([
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ])}
    - 3.0 * ${ring([
      [0, -1],
      [1, -1],
      [0, 2],
      [1, 2],
      [-1, 0],
      [2, 0],
      [-1, 1],
      [2, 1],
    ])}
    - 2.0 * ${ring([
      [-1, -1],
      [2, -1],
      [-1, 2],
      [2, 2],
    ])}
    - ${ring(
      [-2, 3].flatMap((far) =>
        [-1, 0, 1, 2].flatMap(
          (near) =>
            [
              [near, far],
              [far, near],
            ] as const,
        ),
      ),
    )}`
    : `12.0 * one(at) - 2.0 * ${ring([
        [-1, 0],
        [1, 0],
        [0, -1],
        [0, 1],
      ])} - ${ring([
        [-1, -1],
        [1, -1],
        [-1, 1],
        [1, 1],
      ])}`
  const temporal =
    frameRate > 32
      ? 'reference_tone(at) - 2.0 * before_tone(at) + earlier_tone(at)'
      : 'reference_tone(at) - before_tone(at)'
  return [
    {
      label: 'quality/activity',
      reads: ['image', 'reference', 'before', ...(frameRate > 32 ? ['earlier'] : [])],
      writes: { activity: 'rgba32float' },
      size: { width: grid.width, height },
      functions: /* wgsl */ `${tone('reference')}${tone('before')}${frameRate > 32 ? tone('earlier') : ''}
fn one(at: vec2i) -> f32 { return 255.0 * luma(reference_at(at).rgb); }
fn spatial(at: vec2i) -> f32 { return abs(${spatial}); }
fn temporal(at: vec2i) -> f32 { return 2.0 * abs(${temporal}); }`,
      wgsl: /* wgsl */ `
  let whole = reference_size();
  var sum = vec3f(0.0);
  let end = min((at.x + 1) * ${side}, whole.x);
  for (var x = at.x * ${side}; x < end; x++) {
    let place = vec2i(x, at.y);
    let error = one(place) - 255.0 * luma(image_at(place).rgb);
    sum.z += error * error;
    if (all(place % ${step} == vec2i(0))) {
      sum.y += temporal(place);
      if (all(place >= vec2i(${border})) && all(place < whole - ${border})) { sum.x += spatial(place); }
    }
  }
  activity_is(vec4f(sum, 0.0));`,
    },
    {
      label: 'quality/blocks',
      reads: ['activity', 'reference'],
      writes: { blocks: 'rgba32float' },
      size: grid,
      wgsl: /* wgsl */ `
  let whole = reference_size();
  let first = at * ${side};
  let last = min(first + ${side}, whole);
  var sum = vec3f(0.0);
  for (var y = first.y; y < last.y; y++) { sum += activity_at(vec2i(at.x, y)).rgb; }
  let area = vec2f(last - first);
  let inner = vec2f(min(last, whole - ${border}) - max(first, vec2i(${border})));
  // A block with nothing inside counts as if it were still.
  var busy = 1.0;
  if (all(inner > vec2f(0.0))) { busy = max(4.0, sum.x / (inner.x * inner.y) + sum.y / (area.x * area.y)); }
  blocks_is(vec4f(1.0 / busy, sum.z, 0.0, 0.0));`,
    },
    {
      label: 'quality/xpsnr',
      reads: ['blocks'],
      writes: { xpsnr: 'rgba32float' },
      size: { width: 1, height: 1 },
      counts: { weights: { length: grid.width * grid.height } },
      wgsl: /* wgsl */ `
  let grid = blocks_size();
  let count = grid.x * grid.y;
  for (var i = 0; i < count; i++) { weights[i] = bitcast<u32>(blocks_at(vec2i(i % grid.x, i / grid.x)).r); }
  ${width * height <= 640 * 480 ? smoothing : ''}
  var sum = 0.0;
  for (var i = 0; i < count; i++) { sum += bitcast<f32>(weights[i]) * blocks_at(vec2i(i % grid.x, i / grid.x)).g; }
  xpsnr_is(vec4f(sum, 0.0, 0.0, 0.0));`,
    },
  ]
}

/** Side of XPSNR's blocks; 0 where the picture is too small for any. */
const xpsnrBlock = ({ width, height }: Size) => 4 * Math.floor(32 * Math.sqrt((width * height) / (3840 * 2160)) + 0.5)

/** XPSNR's square root of a picture's mean activity: what weights are relative to. */
const meanActivity = ({ width, height }: Size) =>
  Math.sqrt((16 * 2 ** 7) / Math.sqrt(Math.max(1e-5, (width * height) / (3840 * 2160)))).toPrecision(9)

/** In small pictures no block counts for more than the most that one to its left, to its right or above does, in turn. */
const smoothing = /* wgsl */ `
  for (var i = 0; i + 1 < count; i++) {
    let x = i % grid.x;
    var most = 0.0;
    if (x > 0) { most = bitcast<f32>(weights[i - 1]); }
    if (x + 1 < grid.x) { most = max(most, bitcast<f32>(weights[i + 1])); }
    if (i >= grid.x) { most = max(most, bitcast<f32>(weights[i - grid.x])); }
    if (most > 0.0) { weights[i] = bitcast<u32>(min(bitcast<f32>(weights[i]), most)); }
  }
  if (count > grid.x + 1) {
    let most = max(bitcast<f32>(weights[count - 2]), bitcast<f32>(weights[count - 1 - grid.x]));
    weights[count - 1] = bitcast<u32>(min(bitcast<f32>(weights[count - 1]), most));
  }`

export default defineNode({
  type: 'quality',
  title: 'Quality against a Reference',
  category: 'measure',
  cost: 'medium',
  summary:
    'Compares a result with the true picture, where there is one: PSNR, SSIM, GMSD and XPSNR. None of them likes invented texture.',
  keywords: [
    'psnr',
    'xpsnr',
    'ssim',
    'gmsd',
    'metric',
    'metrics',
    'benchmark',
    'compare',
    'score',
    'similarity',
    'fidelity',
    'ground truth',
    'vmaf',
  ],
  inputs: {
    image: port.image('Image'),
    reference: port.image('Reference', { help: 'The true picture, of the same size.' }),
  },
  outputs: {
    map: port.mask('Map', { help: 'How unlike the reference each place is: 1 − SSIM.' }),
    psnr: port.number('PSNR', { help: 'Higher is nearer. 100 stands for equal pictures.' }),
    ssim: port.number('SSIM', { help: '1 is equal.' }),
    gmsd: port.number('GMSD', { help: '0 is equal.' }),
    xpsnr: port.number('XPSNR', { help: 'PSNR that forgives more in busy places. It looks at the two frames before.' }),
  },
  params: {
    full: param.float('White from', {
      default: 1,
      min: 0.01,
      max: 1,
      step: 0.01,
      help: 'Places this different are white in the map; nothing else changes.',
    }),
  },
  infer: ({ image, reference }) =>
    sizeMismatch('reference', reference, image) ?? {
      map: measures.maskLike(image),
      psnr: numberDesc({ unit: 'dB', min: 0, max: 100 }),
      ssim: numberDesc({ min: -1, max: 1 }),
      gmsd: numberDesc({ min: 0 }),
      xpsnr: numberDesc({ unit: 'dB', max: 100 }),
    },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 32, resident: 0.5 }),
    needs: () => ({ reference: { frames: { before: 2, after: 0 } } }),
    async prepare({ gpu, inputs: { image } }) {
      const { width, height } = image
      const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) }
      const count = `${half.width * half.height}.0`
      const both = {
        reads: ['image', 'reference'],
        functions: /* wgsl */ `
fn both(at: vec2i) -> vec2f { return vec2f(luma(image_at(at).rgb), luma(reference_at(at).rgb)); }
fn moments(p: vec2f) -> vec4f { return vec4f(p, dot(p, p), p.x * p.y); }`,
      }
      const decibels = (total: string, of: number) =>
        `min(100.0, -10.0 * log2(max(${total} / ${of}.0, 1e-10)) / log2(10.0))`
      const weighted = xpsnrBlock(image) > 0
      const measure = await measures.createMeasure(gpu, {
        label: 'quality',
        inputSizes: { image, reference: image },
        steps: [
          ...(weighted ? xpsnrSteps(image) : []),
          ...measures.filter({
            label: 'quality/unlike',
            name: 'unlike',
            ...both,
            size: image,
            // Eleven taps.
            taps: measures.gaussian(1.5),
            value: 'moments(both(at))',
            finish: {
              functions: /* wgsl */ `
fn unlike_of(m: vec4f) -> vec4f {
  const c1 = 1e-4;
  const c2 = 9e-4;
  let means = dot(m.xy, m.xy);
  let product = m.x * m.y;
  return vec4f(1.0 - (2.0 * product + c1) * (2.0 * (m.w - product) + c2) / ((means + c1) * (m.z - means + c2)));
}`,
              wgsl: 'unlike_of(sum)',
            },
          }),
          ...measures.tally('quality', {
            name: 'unlike_total',
            reads: ['unlike'],
            size: image,
            functions: /* wgsl */ `
fn inside(at: vec2i) -> bool {
  let size = unlike_size();
  // A picture smaller than a window has its middle counted.
  let edge = min(vec2i(${margin}), (size - 1) / 2);
  return all(at >= edge) && all(at < max(size - edge, edge + 1));
}`,
            value: 'select(vec4f(0.0), vec4f(unlike_at(at).r, 1.0, 0.0, 0.0), inside(at))',
          }),
          ...measures.tally('quality', {
            name: 'error_total',
            ...both,
            size: image,
            value: 'vec4f(pow(both(at).x - both(at).y, 2.0), 0.0, 0.0, 0.0)',
          }),
          {
            label: 'quality/half',
            ...both,
            writes: { half: 'rgba32float' },
            size: half,
            wgsl: /* wgsl */ `
  let sum = both(2 * at) + both(2 * at + vec2i(1, 0)) + both(2 * at + vec2i(0, 1)) + both(2 * at + 1);
  half_is(vec4f(sum * 255.0 / 4.0, 0.0, 0.0));`,
          },
          {
            label: 'quality/gradients',
            reads: ['half'],
            writes: { gradients: 'r32float' },
            size: half,
            wgsl: /* wgsl */ `
  var across = vec2f(0.0);
  var down = vec2f(0.0);
  for (var i = -1; i <= 1; i++) {
    across += (half_at(at + vec2i(1, i)).rg - half_at(at + vec2i(-1, i)).rg) / 3.0;
    down += (half_at(at + vec2i(i, 1)).rg - half_at(at + vec2i(i, -1)).rg) / 3.0;
  }
  let strength = sqrt(across * across + down * down);
  // The unlikeness, not the likeness: near 1 its deviation would drown.
  gradients_is(vec4f(pow(strength.x - strength.y, 2.0) / (dot(strength, strength) + 170.0)));`,
          },
          ...measures.tally('quality', {
            name: 'gradients_total',
            reads: ['gradients'],
            size: half,
            value: 'vec4f(gradients_at(at).r, pow(gradients_at(at).r, 2.0), 0.0, 0.0)',
          }),
        ],
        maps: { map: { reads: ['unlike'], value: 'unlike_at(at).r' } },
        scores: {
          psnr: {
            reads: ['error_total'],
            value: decibels('error_total_at(at).r', width * height),
          },
          xpsnr: weighted
            ? {
                reads: ['xpsnr'],
                value: decibels(`xpsnr_at(at).r * ${meanActivity(image)}`, width * height * 255 ** 2),
              }
            : { reads: ['error_total'], value: decibels('error_total_at(at).r', width * height) },
          ssim: { reads: ['unlike_total'], value: '1.0 - unlike_total_at(at).r / max(unlike_total_at(at).g, 1.0)' },
          gmsd: {
            reads: ['gradients_total'],
            value: `sqrt(max(0.0, gradients_total_at(at).g / ${count} - pow(gradients_total_at(at).r / ${count}, 2.0)))`,
          },
        },
      })
      return {
        record: ({ recorder, inputs: { image, reference }, outputs, params: { full } }) => {
          const reads = { image, reference, before: reference.at(-1), earlier: reference.at(-2) }
          measure.record(recorder, reads, outputs, { full })
        },
        dispose: () => measure[Symbol.dispose](),
      }
    },
  },
})
