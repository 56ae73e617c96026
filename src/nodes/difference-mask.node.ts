/** A mask of where two pictures differ: what a model changed, what a filter took, what moved against a clean plate. */
import { defineNode, param, port } from './define.ts'

export default defineNode({
  type: 'difference-mask',
  title: 'Difference Mask',
  category: 'mask',
  summary: 'A mask of where two pictures differ. Noise that only one of them has counts as a difference.',
  keywords: ['changed', 'what changed', 'compare', 'difference key', 'subtract', 'what the model did', 'delta'],
  inputs: {
    image: port.image('Image'),
    other: port.image('Other', { help: 'What it is compared with, of the same size.' }),
  },
  outputs: { mask: port.mask('Mask') },
  params: {
    channels: param.choice('Of', ['luma', 'colour'], {
      default: 'luma',
      affects: 'uniform',
      labels: { luma: 'Brightness', colour: 'The channel that differs most' },
    }),
    low: param.float('From', {
      default: 4,
      min: 0,
      max: 255,
      step: 0.5,
      unit: '/255',
      help: 'Differences up to this are 0 in the mask.',
    }),
    high: param.float('To', {
      default: 16,
      min: 0,
      max: 255,
      step: 0.5,
      unit: '/255',
      help: 'Differences from this on are 1. At or below From, everything is one or the other.',
    }),
    invert: param.bool('Invert', { default: false }),
  },
  infer: ({ image: { width, height, frameRate } }) => ({
    mask: { type: 'mask', width, height, format: 'r32float', frameRate },
  }),
  kernel: {
    kind: 'pixel',
    wgsl: /* wgsl */ `
  let gaps = abs(image.rgb - other.rgb);
  let gap = 255.0 * select(max(max(gaps.r, gaps.g), gaps.b), abs(luma(image.rgb) - luma(other.rgb)), p.channels == 0u);
  let inside = clamp((gap - p.low) / max(p.high - p.low, 1e-3), 0.0, 1.0);
  return select(inside, 1.0 - inside, p.invert);`,
  },
})
