/**
 * Masks of where there is fine detail and where there is none: the standard deviation, over a Gaussian window, of what a Gaussian takes away.
 */
import { borrowPicture, createGaussian, defineNode, gaussianRadius, param, port, widen } from './define.ts'

export default defineNode({
  type: 'detail-mask',
  title: 'Detail Mask',
  category: 'mask',
  cost: 'medium',
  summary:
    'Masks of detail and of flat ground: skies and walls for Deband, texture for Sharpen. Noise counts as detail until From is above it.',
  keywords: [
    'flat areas',
    'flat',
    'sky',
    'smooth areas',
    'texture',
    'textured',
    'detail',
    'variance',
    'only texture',
    'only flat areas',
  ],
  inputs: { image: port.image('Image') },
  outputs: {
    detail: port.mask('Detail', { help: '1 where there is detail.' }),
    flat: port.mask('Flat', { help: '1 where there is none: the other mask’s inverse.' }),
  },
  params: {
    low: param.float('From', {
      default: 1,
      min: 0,
      max: 64,
      step: 0.1,
      unit: '/255',
      help: 'Standard deviation up to which the ground is flat.',
    }),
    high: param.float('To', {
      default: 4,
      min: 0,
      max: 64,
      step: 0.1,
      unit: '/255',
      help: 'Standard deviation from which on there is detail.',
    }),
    fineness: param.float('Fineness', {
      default: 1.5,
      min: 0.5,
      max: 6,
      step: 0.1,
      unit: 'px',
      help: 'Standard deviation of the Gaussian that parts fine from coarse.',
    }),
    window: param.float('Window', {
      default: 2.5,
      min: 0.5,
      max: 12,
      step: 0.1,
      unit: 'px',
      help: 'Standard deviation of the weights by which it is measured around a pixel. Large is steadier, and spreads over edges.',
    }),
  },
  infer({ image: { width, height, frameRate } }) {
    const mask = { type: 'mask', width, height, format: 'r32float', frameRate } as const
    return { detail: mask, flat: mask }
  },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 12 }),
    needs: ({ fineness, window }) => ({ image: { reach: gaussianRadius(fineness) + gaussianRadius(window) } }),
    async prepare({ gpu, outputs: { detail: whole } }) {
      const format = 'r32float'
      const [fine, measure] = await Promise.all([
        createGaussian(gpu, {
          label: 'detail-mask/fine',
          format,
          reads: ['image'],
          source: 'return vec4f(luma(image_at(at).rgb));',
          finish: { format, reads: ['image'], wgsl: 'return vec4f(255.0 * luma(image_at(at).rgb)) - 255.0 * blurred;' },
        }),
        createGaussian(gpu, {
          label: 'detail-mask/measure',
          format: 'rgba16float',
          reads: ['fine'],
          source: 'let fine = fine_at(at).r; return vec4f(fine, fine * fine, 0.0, 0.0);',
          finish: {
            format,
            reads: [],
            uniforms: { low: 'f32', high: 'f32', invert: 'f32' },
            wgsl: /* wgsl */ `
  let deviation = sqrt(max(blurred.y - blurred.x * blurred.x, 0.0));
  let inside = clamp((deviation - u.low) / max(u.high - u.low, 1e-3), 0.0, 1.0);
  return vec4f(mix(inside, 1.0 - inside, u.invert));`,
          },
        }),
      ])
      return {
        record({ recorder, inputs: { image }, outputs: { detail, flat }, params: { fineness, window, low, high } }) {
          // Of each another part may be wanted.
          for (const [mask, invert] of [
            [detail, 0],
            [flat, 1],
          ] as const) {
            if (!mask) continue
            const around = gaussianRadius(window)
            using bands = borrowPicture(gpu, widen(mask.part, whole, around, around), format, 'detail-mask/fine')
            fine.record(recorder, whole, { image }, bands, fineness)
            measure.record(recorder, whole, { fine: bands }, mask, window, { low, high, invert })
          }
        },
      }
    },
  },
})
