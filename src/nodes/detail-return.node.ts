/**
 * Gives back the fine texture of the plain upscale where a model smoothed it away. The texture's strength is the standard deviation of what a
 * Gaussian takes away, over 9×9 pixels; where the result's is weaker than the base's, the base's fine band comes in
 * place of the result's. Edges that the model sharpened are stronger than the base's and stay. Of brightness alone.
 */
import { createFineBands, defineNode, fineBandNeeds, fineRadius, param, port, sizeMismatch } from './define.ts'

export default defineNode({
  type: 'detail-return',
  title: 'Detail Return',
  category: 'blend',
  cost: 'medium',
  summary:
    'Gives back the source’s fine texture where a model or a filter smoothed it away. The source’s noise and blocks come back with it.',
  keywords: [
    'waxy',
    'plastic',
    'plastic skin',
    'skin',
    'smooth skin',
    'smeared',
    'oil painting',
    'texture lost',
    'too smooth',
    'recover original detail',
    'detail recovery',
    'pores',
    'face',
  ],
  inputs: {
    image: port.image('Image', { help: 'The picture that lost texture.' }),
    base: port.image('Base', { help: 'The picture that has it, of the same size: the plain upscale.' }),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    amount: param.float('Amount', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'How much of what was lost comes back. 0 changes nothing.',
    }),
    loss: param.float('Whole from', {
      default: 30,
      min: 1,
      max: 100,
      step: 1,
      unit: '%',
      help: 'Where this much of the texture or more is lost, all of the base’s comes back; where less is lost, a share of it.',
    }),
    radius: fineRadius(' Large returns tone as well as texture.'),
  },
  onCard: ['amount'],
  infer: ({ image, base, mask }) => sizeMismatch('base', base, image) ?? sizeMismatch('mask', mask, image) ?? { image },
  bypass: { image: 'image' },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 16 }),
    needs: fineBandNeeds,
    async prepare({ gpu, inputs }) {
      const bands = await createFineBands(gpu, {
        label: 'detail-return',
        bands: 'vec4f(luma(image_at(at).rgb), luma(base_at(at).rgb), 0.0, 0.0)',
        // In steps of 8 bits, of which the squares are well within half floats.
        moments: 'let steps = 255.0 * fine_at(at).rg; return vec4f(steps, steps * steps);',
        uniforms: { amount: 'f32', loss: 'f32' },
        wgsl: /* wgsl */ `
  let deviation = sqrt(max(blurred.zw - blurred.xy * blurred.xy, vec2f(0.0)));
  // Half a step on both sides: what 8 bits cannot hold is no texture.
  let lost = 1.0 - (deviation.x + 0.5) / (deviation.y + 0.5);
  let fine = fine_at(at);
  let change = u.amount * clamp(lost / u.loss, 0.0, 1.0) * (fine.g - fine.r);`,
        rgb: 'image_at(at).rgb + change',
        masked: inputs.mask !== undefined,
      })
      return {
        record({ recorder, inputs: pictures, outputs, params: { amount, loss, radius } }) {
          if (!outputs.image) return
          bands.record(recorder, inputs.image, pictures, outputs.image, radius, { amount, loss: loss / 100 })
        },
      }
    },
  },
})
