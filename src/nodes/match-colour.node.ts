/**
 * Gives a picture the colours of another of the same scene: its low frequencies are put in place of the picture's own,
 * Y + G∗(B − Y), as the wavelet colour fix of diffusion upscalers does. Detail finer than the radius stays the picture's.
 */
import { createGaussian, defineNode, gaussianRadius, layOver, param, port, sizeMismatch } from './define.ts'

export default defineNode({
  type: 'match-colour',
  title: 'Match Colour',
  category: 'look',
  cost: 'heavy',
  summary:
    'Gives a model’s picture the colours of the plain upscale and keeps its detail. Where edges differ, a faint glow as wide as the radius.',
  keywords: [
    'colour shift',
    'color shift',
    'wrong colours',
    'colour drift',
    'tint',
    'colour cast',
    'color match',
    'colour fix',
    'wavelet',
    'low frequencies',
    'brightness changed',
    'faded',
  ],
  inputs: {
    image: port.image('Image', { help: 'The picture whose colours have drifted.' }),
    base: port.image('Base', { help: 'The picture with the right colours, of the same size: the plain upscale.' }),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    amount: param.float('Amount', { default: 1, min: 0, max: 1, step: 0.01, help: '0 changes nothing.' }),
    radius: param.float('Radius', {
      default: 10,
      min: 1,
      max: 50,
      step: 0.5,
      unit: 'px',
      help: 'Standard deviation of the Gaussian that parts colour from detail. Small takes detail too, large leaves drift near edges.',
    }),
  },
  onCard: ['amount'],
  infer: ({ image, base, mask }) => sizeMismatch('base', base, image) ?? sizeMismatch('mask', mask, image) ?? { image },
  bypass: { image: 'image' },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 8 }),
    needs: ({ radius }) => {
      const reach = gaussianRadius(radius)
      return { image: { reach }, base: { reach }, mask: { reach: 0 } }
    },
    async prepare({ gpu, inputs }) {
      const { image: whole, mask: maskDesc } = inputs
      const match = await createGaussian(gpu, {
        label: 'match-colour',
        format: 'rgba16float',
        reads: ['image', 'base'],
        // Of the difference, not of each: near 0 half floats are finest.
        source: 'return base_at(at) - image_at(at);',
        finish: {
          reads: maskDesc ? ['image', 'mask'] : ['image'],
          uniforms: { amount: 'f32' },
          format: 'rgba16float',
          wgsl: layOver('image_at(at).rgb + u.amount * blurred.rgb', maskDesc !== undefined),
        },
      })
      return {
        record({ recorder, inputs: { image, base, mask }, outputs, params: { radius, amount } }) {
          if (!outputs.image) return
          match.record(recorder, whole, { image, base, ...(mask && { mask }) }, outputs.image, radius, { amount })
        },
      }
    },
  },
})
