/** A mask of what lies between two brightnesses, with soft ends: shadows, midtones or highlights alone. */
import { defineNode, param, port } from './define.ts'

export default defineNode({
  type: 'luma-range',
  title: 'Luma Range',
  category: 'mask',
  summary: 'A mask of the dark, the middle or the bright parts. Noise at an end of the range makes the mask noisy.',
  keywords: [
    'shadows',
    'highlights',
    'midtones',
    'dark parts',
    'bright parts',
    'luminance key',
    'luma key',
    'only dark',
  ],
  inputs: { image: port.image('Image') },
  outputs: { mask: port.mask('Mask') },
  params: {
    low: param.float('From', {
      default: 0,
      min: 0,
      max: 1,
      step: 0.005,
      help: 'Brightness from which on the mask is 1: 0 is black.',
    }),
    high: param.float('To', { default: 0.25, min: 0, max: 1, step: 0.005, help: 'Brightness up to which it is 1.' }),
    softness: param.float('Softness', {
      default: 0.1,
      min: 0,
      max: 1,
      step: 0.005,
      help: 'How far beyond both ends it falls to 0.',
    }),
    invert: param.bool('Invert', { default: false }),
  },
  infer: ({ image: { width, height, frameRate } }) => ({
    mask: { type: 'mask', width, height, format: 'r32float', frameRate },
  }),
  kernel: {
    kind: 'pixel',
    wgsl: /* wgsl */ `
  let y = luma(image.rgb);
  let beyond = max(max(p.low - y, y - p.high), 0.0);
  let inside = clamp(1.0 - beyond / max(p.softness, 1e-5), 0.0, 1.0);
  return select(inside, 1.0 - inside, p.invert);`,
  },
})
