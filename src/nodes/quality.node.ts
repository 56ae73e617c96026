/**
 * How near a result is to a reference, of luma:
 * - PSNR in decibels, at most 100;
 * - SSIM: Z. Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004 (Gaussian window of 11×11, σ 1.5,
 *   windows that lie wholly inside);
 * - GMSD: W. Xue et al., "Gradient Magnitude Similarity Deviation", 2014 (means of 2×2, edges repeated).
 */
import { defineNode, measures, numberDesc, param, port, sizeMismatch } from './define.ts'

const { createMeasure, filter, gaussian, maskLike, tally } = measures

/** Pixels from the edge to the middle of the first window of SSIM that lies inside. */
const margin = 5

export default defineNode({
  type: 'quality',
  title: 'Quality against a Reference',
  category: 'measure',
  summary:
    'Compares a result with the true picture, where there is one: PSNR, SSIM and GMSD. None of them likes invented texture.',
  keywords: [
    'psnr',
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
  },
  params: {
    full: param.float('White from', {
      default: 1,
      min: 0.01,
      max: 1,
      step: 0.01,
      help: 'A place so unlike is white in the map, which is all that this changes.',
    }),
  },
  infer: ({ image, reference }) =>
    sizeMismatch('reference', reference, image) ?? {
      map: maskLike(image),
      psnr: numberDesc({ unit: 'dB', min: 0, max: 100 }),
      ssim: numberDesc({ min: -1, max: 1 }),
      gmsd: numberDesc({ min: 0 }),
    },
  kernel: {
    kind: 'pass',
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
      const measure = await createMeasure(gpu, {
        label: 'quality',
        steps: [
          ...filter({
            label: 'quality/unlike',
            name: 'unlike',
            ...both,
            size: image,
            // Eleven taps.
            taps: gaussian(1.5),
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
          ...tally('quality', {
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
          ...tally('quality', {
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
          ...tally('quality', {
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
            value: `min(100.0, -10.0 * log2(max(error_total_at(at).r / ${width * height}.0, 1e-10)) / log2(10.0))`,
          },
          ssim: { reads: ['unlike_total'], value: '1.0 - unlike_total_at(at).r / max(unlike_total_at(at).g, 1.0)' },
          gmsd: {
            reads: ['gradients_total'],
            value: `sqrt(max(0.0, gradients_total_at(at).g / ${count} - pow(gradients_total_at(at).r / ${count}, 2.0)))`,
          },
        },
      })
      return {
        record: ({ recorder, inputs, outputs, params: { full } }) =>
          measure.record(recorder, inputs, outputs, { full }),
        dispose: () => measure[Symbol.dispose](),
      }
    },
  },
})
