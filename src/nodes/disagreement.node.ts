/**
 * Where models disagree, they guess. Of the same picture by two or three models or personalities: how far apart the darkest and
 * the brightest of them lie, as the mean over a few pixels.
 */
import { createBox, defineNode, param, port, sizeMismatch } from './define.ts'

export default defineNode({
  type: 'disagreement',
  title: 'Disagreement',
  category: 'mask',
  cost: 'medium',
  summary:
    'A mask of where two or three models’ pictures differ: there each of them guesses. That they agree does not prove them right.',
  keywords: [
    'guess',
    'uncertain',
    'uncertainty',
    'confidence',
    'trust',
    'spread',
    'models disagree',
    'ensemble',
    'personality',
    'unsure',
  ],
  inputs: {
    first: port.image('First', { help: 'The faithful one, such as L1.' }),
    second: port.image('Second', { help: 'Another model’s, of the same size.' }),
    third: { type: 'image', label: 'Third', fallback: 0, help: 'A third, if there is one.' },
  },
  outputs: { mask: port.mask('Mask') },
  params: {
    low: param.float('From', {
      default: 2,
      min: 0,
      max: 128,
      step: 0.5,
      unit: '/255',
      help: 'A spread of brightness up to this is 0 in the mask.',
    }),
    high: param.float('To', {
      default: 16,
      min: 0,
      max: 128,
      step: 0.5,
      unit: '/255',
      help: 'From this spread on it is 1.',
    }),
    window: param.int('Window', {
      default: 2,
      min: 0,
      max: 16,
      unit: 'px',
      help: 'How far around a pixel the mean goes.',
    }),
    invert: param.bool('Invert', { default: false, help: 'Then 1 where they agree: a mask for the boldest of them.' }),
  },
  infer({ first, second, third }) {
    const problem = sizeMismatch('second', second, first) ?? sizeMismatch('third', third, first)
    if (problem) return problem
    const { width, height, frameRate } = first
    return { mask: { type: 'mask', width, height, format: 'r32float', frameRate } }
  },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 4 }),
    needs: ({ window: reach }) => ({ first: { reach }, second: { reach }, third: { reach } }),
    async prepare({ gpu, inputs: { first: whole, third } }) {
      const names = third ? ['first', 'second', 'third'] : ['first', 'second']
      const values = names.map((name) => `luma(${name}_at(at).rgb)`)
      const nested = (of: 'min' | 'max') => values.reduce((sum, value) => `${of}(${sum}, ${value})`)
      const spread = await createBox(gpu, {
        label: 'disagreement',
        format: 'r32float',
        reads: names,
        source: `return vec4f(255.0 * (${nested('max')} - ${nested('min')}));`,
        finish: {
          format: 'r32float',
          reads: [],
          uniforms: { low: 'f32', high: 'f32', invert: 'f32' },
          wgsl: /* wgsl */ `
  let inside = clamp((blurred - u.low) / max(u.high - u.low, 1e-3), vec4f(0.0), vec4f(1.0));
  return mix(inside, 1.0 - inside, u.invert);`,
        },
      })
      return {
        record({ recorder, inputs: { first, second, third }, outputs, params: { window, low, high, invert } }) {
          if (!outputs.mask) return
          const pictures = { first, second, ...(third && { third }) }
          spread.record(recorder, whole, pictures, outputs.mask, window, { low, high, invert: invert ? 1 : 0 })
        },
      }
    },
  },
})
