/** One mask out of one or two: joined, cut, its range stretched, steadied over frames, grown or shrunk, and feathered, in this order. */
import {
  borrowPicture,
  createGaussian,
  createStage,
  defineNode,
  gaussianRadius,
  param,
  port,
  type StagePicture,
  sizeMismatch,
  widen,
} from './define.ts'

/** A frame on each side more is a texture more that one pass reads. */
const farthest = 3

const modes = ['and', 'or', 'minus', 'difference'] as const

export default defineNode({
  type: 'combine-masks',
  title: 'Combine Masks',
  category: 'mask',
  cost: 'light',
  summary:
    'Joins two masks and shapes the result: range, steady, grow, feather, invert. A wide feather reaches where neither mask was.',
  keywords: [
    'and',
    'or',
    'minus',
    'subtract',
    'intersect',
    'union',
    'grow',
    'shrink',
    'dilate',
    'erode',
    'feather',
    'soften a mask',
    'invert mask',
    'threshold',
    'range',
    'steady',
    'flickering mask',
    'temporal smoothing',
  ],
  inputs: {
    first: port.mask('First'),
    second: { type: 'mask', label: 'Second', fallback: 0, help: 'Without it the first is shaped alone.' },
  },
  outputs: { mask: port.mask('Mask') },
  params: {
    mode: param.choice('Mode', modes, {
      default: 'and',
      affects: 'uniform',
      labels: {
        and: 'And: where both are',
        or: 'Or: where either is',
        minus: 'Minus: the first without the second',
        difference: 'Difference: where only one is',
      },
    }),
    low: param.float('From', { default: 0, min: 0, max: 1, step: 0.01, help: 'Values up to this become 0.' }),
    high: param.float('To', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'Values from this on become 1. At or below From, everything is one or the other.',
    }),
    steady: param.int('Steady', {
      default: 0,
      min: 0,
      max: farthest,
      unit: 'frames',
      affects: 'plan',
      help: 'Averages this many frames on each side, so that the mask does not flicker. What moves fast leaves a trail.',
    }),
    grow: param.int('Grow', {
      default: 0,
      min: -32,
      max: 32,
      unit: 'px',
      help: 'Widens what is bright by this many pixels; below 0, shrinks it.',
    }),
    feather: param.float('Feather', {
      default: 0,
      min: 0,
      max: 32,
      step: 0.1,
      unit: 'px',
      help: 'Standard deviation of the blur at the end.',
    }),
    invert: param.bool('Invert', { default: false, help: 'At the very end.' }),
  },
  onCard: ['mode'],
  infer: ({ first, second }) => sizeMismatch('second', second, first) ?? { mask: first },
  bypass: { mask: 'first' },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 16 }),
    needs({ grow, feather, steady }) {
      const reach = Math.abs(grow) + gaussianRadius(feather)
      const frames = { before: steady, after: steady }
      return { first: { reach, frames }, second: { reach, frames } }
    },
    async prepare({ gpu, inputs: { first: whole, second }, params: { steady } }) {
      const format = 'r32float'
      const both = second !== undefined
      const offsets = Array.from({ length: 2 * steady + 1 }, (_, i) => i - steady)
      const extreme = (axis: 'x' | 'y') =>
        createStage(gpu, {
          label: `combine-masks/grow ${axis}`,
          format,
          reads: ['mask'],
          uniforms: { radius: 'i32', sign: 'f32' },
          wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  var most = -1.0;
  for (var i = -u.radius; i <= u.radius; i++) {
    most = max(most, u.sign * mask_at(at + vec2i(${axis === 'x' ? 'i, 0' : '0, i'})).r);
  }
  return vec4f(u.sign * most);
}`,
        })
      const [join, growX, growY, feathering] = await Promise.all([
        createStage(gpu, {
          label: 'combine-masks/join',
          format,
          reads: offsets.flatMap((_, i) => (both ? [`first${i}`, `second${i}`] : [`first${i}`])),
          uniforms: { mode: 'u32', low: 'f32', high: 'f32' },
          wgsl: /* wgsl */ `
fn shaped(first: f32, other: f32) -> f32 {
  var value = first;
  ${
    both
      ? `switch (u.mode) {
    case ${modes.indexOf('or')}u: { value = max(value, other); }
    case ${modes.indexOf('minus')}u: { value = min(value, 1.0 - other); }
    case ${modes.indexOf('difference')}u: { value = abs(value - other); }
    default: { value = min(value, other); }
  }`
      : ''
  }
  return clamp((value - u.low) / max(u.high - u.low, 1e-5), 0.0, 1.0);
}
fn make(at: vec2i) -> vec4f {
  let sum = ${offsets.map((_, i) => `shaped(first${i}_at(at).r, ${both ? `second${i}_at(at).r` : '0.0'})`).join(' + ')};
  return vec4f(sum / ${offsets.length}.0);
}`,
        }),
        extreme('x'),
        extreme('y'),
        createGaussian(gpu, {
          label: 'combine-masks/feather',
          format,
          reads: ['mask'],
          source: 'return mask_at(at);',
          finish: {
            format,
            reads: [],
            uniforms: { invert: 'f32' },
            wgsl: 'let value = clamp(blurred, vec4f(0.0), vec4f(1.0)); return mix(value, 1.0 - value, u.invert);',
          },
        }),
      ])
      return {
        record({ recorder, inputs: { first, second }, outputs, params: { mode, low, high, grow, feather, invert } }) {
          if (!outputs.mask) return
          using leases = new DisposableStack()
          const borrow = (part: StagePicture['part']) =>
            leases.use(borrowPicture(gpu, part, format, 'combine-masks/mask'))
          const blurRadius = gaussianRadius(feather)
          const grownPart = widen(outputs.mask.part, whole, blurRadius, blurRadius)
          const radius = Math.abs(grow)
          let mask: StagePicture = borrow(widen(grownPart, whole, radius, radius))
          const pictures = Object.fromEntries(
            offsets.flatMap((offset, i) => [
              [`first${i}`, first.at(offset)],
              ...(second ? [[`second${i}`, second.at(offset)]] : []),
            ]),
          )
          join.record(recorder, whole, pictures, mask, { mode: modes.indexOf(mode), low, high })
          if (radius > 0) {
            const shape = { radius, sign: Math.sign(grow) }
            const across = borrow(widen(grownPart, whole, 0, radius))
            growX.record(recorder, whole, { mask }, across, shape)
            mask = borrow(grownPart)
            growY.record(recorder, whole, { mask: across }, mask, shape)
          }
          feathering.record(recorder, whole, { mask }, outputs.mask, feather, { invert: invert ? 1 : 0 })
        },
      }
    },
  },
})
