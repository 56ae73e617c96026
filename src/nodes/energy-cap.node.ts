/**
 * An upper bound on invention: the fine band of the result may have at most so many times the energy that the plain upscale
 * has there. With b and r the fine bands of base and of residual (result − base), t ∈ [0,1] is the largest for which the mean of
 * (b + t·r)² over 9×9 pixels stays within the cap, and the result loses (1 − t)·r. Measured in brightness, applied to colours alike.
 */
import { createFineBands, defineNode, fineBandNeeds, fineRadius, param, port, sizeMismatch } from './define.ts'

export default defineNode({
  type: 'energy-cap',
  title: 'Energy Cap',
  category: 'blend',
  cost: 'medium',
  summary:
    'Limits how much fine texture a model may invent, as a multiple of what the plain upscale has. Real detail that the base lacks is cut too.',
  keywords: [
    'invented',
    'invention',
    'hallucination',
    'too much texture',
    'over-textured',
    'texture overload',
    'fake detail',
    'crunchy',
    'noisy upscale',
    'gan artifacts',
    'worms',
    'scribbles',
    'invention budget',
  ],
  inputs: {
    image: port.image('Image', { help: 'The model’s picture.' }),
    base: port.image('Base', { help: 'The plain upscale, of the same size.' }),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    limit: param.float('Limit', {
      default: 4,
      min: 1,
      max: 32,
      step: 0.1,
      unit: '×',
      help: 'Energy of the fine band against the base’s: 4 is twice as strong a texture, 1 no stronger than the base.',
    }),
    floor: param.float('Floor', {
      default: 1,
      min: 0,
      max: 16,
      step: 0.1,
      unit: '/255',
      help: 'Texture that is allowed where the base has less or none, as a standard deviation.',
    }),
    radius: fineRadius(),
  },
  onCard: ['limit'],
  infer: ({ image, base, mask }) => sizeMismatch('base', base, image) ?? sizeMismatch('mask', mask, image) ?? { image },
  bypass: { image: 'image' },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 16 }),
    needs: fineBandNeeds,
    async prepare({ gpu, inputs }) {
      const bands = await createFineBands(gpu, {
        label: 'energy-cap',
        bands: 'vec4f(image_at(at).rgb - base_at(at).rgb, luma(base_at(at).rgb))',
        // In steps of 8 bits, of which the squares are well within half floats.
        moments: /* wgsl */ `
  let fine = 255.0 * fine_at(at);
  let residual = luma(fine.rgb);
  return vec4f(fine.a * fine.a, fine.a * residual, residual * residual, 0.0);`,
        uniforms: { limit: 'f32', floor: 'f32' },
        wgsl: /* wgsl */ `
  let base = blurred.x;
  let both = blurred.y;
  let residual = blurred.z;
  // Never negative, for the limit is 1 at least.
  let room = max(u.limit * base, u.floor * u.floor) - base;
  var kept = 1.0;
  if (2.0 * both + residual > room) {
    // The larger root of residual·t² + 2·both·t = room.
    kept = clamp((sqrt(max(both * both + residual * room, 0.0)) - both) / max(residual, 1e-6), 0.0, 1.0);
  }`,
        rgb: 'image_at(at).rgb - (1.0 - kept) * fine_at(at).rgb',
        masked: inputs.mask !== undefined,
      })
      return {
        record({ recorder, inputs: pictures, outputs, params: { limit, floor, radius } }) {
          if (!outputs.image) return
          bands.record(recorder, inputs.image, pictures, outputs.image, radius, { limit, floor })
        },
      }
    },
  },
})
