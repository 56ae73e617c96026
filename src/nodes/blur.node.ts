/** Gaussian blur: the plainest low-pass, on the gamma-encoded values, and what other nodes split bands by. */
import { createGaussian, defineNode, gaussianRadius, layOver, param, port, sizeMismatch } from './define.ts'

export default defineNode({
  type: 'blur',
  title: 'Blur',
  category: 'look',
  cost: 'light',
  summary: 'Softens the picture by a Gaussian. Noise goes, and so does all detail finer than the radius.',
  keywords: ['gaussian', 'soften', 'soft', 'smooth', 'defocus', 'low-pass', 'hide', 'too sharp'],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    radius: param.float('Radius', {
      default: 2,
      min: 0,
      max: 50,
      step: 0.1,
      unit: 'px',
      help: 'Standard deviation of the Gaussian; 0 changes nothing. Time grows with it.',
    }),
  },
  onCard: ['radius'],
  infer: ({ image, mask }) => sizeMismatch('mask', mask, image) ?? { image },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 8 }),
    needs: ({ radius }) => ({ image: { reach: gaussianRadius(radius) }, mask: { reach: 0 } }),
    async prepare({ gpu, inputs }) {
      const { image: whole, mask: maskDesc } = inputs
      const blur = await createGaussian(gpu, {
        label: 'blur',
        format: 'rgba16float',
        reads: ['image'],
        source: 'return image_at(at);',
        finish: {
          reads: maskDesc ? ['image', 'mask'] : ['image'],
          format: 'rgba16float',
          wgsl: layOver('blurred.rgb', maskDesc !== undefined),
        },
      })
      return {
        record({ recorder, inputs: { image, mask }, outputs, params }) {
          if (!outputs.image) return
          blur.record(recorder, whole, { image, ...(mask && { mask }) }, outputs.image, params.radius)
        },
      }
    },
  },
})
