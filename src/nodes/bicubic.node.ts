/**
 * Resampling by a separable kernel: the plain, predictable way to another size, and the base that every
 * residual is measured against.
 */
import { axisWeights, createResampler, defineNode, param, port, resampleKernels } from './define.ts'

export default defineNode({
  type: 'bicubic',
  title: 'Bicubic',
  category: 'scale',
  cost: 'light',
  summary: 'Resizes the picture with a classic kernel: faithful, soft, and free of inventions.',
  keywords: [
    'resize',
    'resample',
    'scale',
    'upscale',
    'downscale',
    'lanczos',
    'mitchell',
    'bilinear',
    'nearest',
    'size',
  ],
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {
    mode: param.choice('Size by', ['factor', 'size', 'side'], {
      default: 'factor',
      labels: { factor: 'Factor', size: 'Width and height', side: 'One side' },
    }),
    factor: param.float('Factor', {
      default: 2,
      min: 0.1,
      max: 8,
      step: 0.05,
      unit: '×',
      affects: 'plan',
      help: 'Both sides are multiplied by this and rounded to whole pixels.',
      visible: (values) => values.mode === 'factor' || values.mode === undefined,
    }),
    width: param.int('Width', {
      default: 1280,
      min: 1,
      max: 8192,
      unit: 'px',
      affects: 'plan',
      visible: (values) => values.mode === 'size',
    }),
    height: param.int('Height', {
      default: 720,
      min: 1,
      max: 8192,
      unit: 'px',
      affects: 'plan',
      visible: (values) => values.mode === 'size',
    }),
    side: param.choice('Side', ['width', 'height', 'longer', 'shorter'], {
      default: 'height',
      labels: { width: 'Width', height: 'Height', longer: 'The longer', shorter: 'The shorter' },
      help: 'The other side follows, so that nothing is stretched.',
      visible: (values) => values.mode === 'side',
    }),
    length: param.int('Length', {
      default: 1080,
      min: 1,
      max: 8192,
      unit: 'px',
      affects: 'plan',
      visible: (values) => values.mode === 'side',
    }),
    kernel: param.choice('Kernel', ['catmull-rom', 'bicubic', 'mitchell', 'lanczos-3', 'bilinear', 'nearest'], {
      default: 'catmull-rom',
      labels: {
        'catmull-rom': 'Bicubic, a = −0.5 (Catmull-Rom)',
        bicubic: 'Bicubic, a = −0.75 (sharper)',
        mitchell: 'Mitchell (softer, no ringing)',
        'lanczos-3': 'Lanczos 3 (sharpest, may ring)',
        bilinear: 'Bilinear',
        nearest: 'Nearest (whole pixels)',
      },
    }),
    linear: param.bool('Linear light', {
      default: false,
      affects: 'plan',
      help: 'Mixes light instead of code values: keeps fine bright detail when scaling down, rings more when scaling up.',
      visible: (values) => values.kernel !== 'nearest',
    }),
  },
  infer({ image }, { mode, factor, width, height, side, length }) {
    if (mode === 'size') return { image: { ...image, width, height } }
    const sides = {
      width: image.width,
      height: image.height,
      longer: Math.max(image.width, image.height),
      shorter: Math.min(image.width, image.height),
    }
    const by = mode === 'side' ? length / sides[side] : factor
    const scaled = (pixels: number) => Math.max(1, Math.round(pixels * by))
    return { image: { ...image, width: scaled(image.width), height: scaled(image.height) } }
  },
  inDraft({ width, height, length }, divisor) {
    const less = (side: number) => Math.max(1, Math.round(side / divisor))
    return { width: less(width), height: less(height), length: less(length) }
  },
  shrinkBy: (divisor) => ({ factor: 1 / divisor, kernel: 'bilinear' }),
  kernel: {
    kind: 'pass',
    scratch: ({ kernel }) => ({ running: kernel === 'nearest' ? 0 : 8, resident: 1 }),
    needs: ({ kernel }, { ratio }) => ({
      image: { reach: Math.ceil((resampleKernels[kernel]?.radius ?? 1) * Math.max(ratio, 1)) + 1 },
    }),
    async prepare({ gpu, inputs, outputs, params }) {
      const from = inputs.image
      const to = outputs.image
      const kernel = resampleKernels[params.kernel]
      const resampler = await createResampler(gpu, {
        label: 'bicubic',
        across: axisWeights(kernel, from.width, to.width),
        down: axisWeights(kernel, from.height, to.height),
        // Nearest copies pixels: a way through linear light and back would round them.
        linear: params.linear && params.kernel !== 'nearest',
      })
      return {
        record({ recorder, inputs: { image }, outputs }) {
          if (outputs.image) resampler.record(recorder, image, outputs.image)
        },
        dispose: () => resampler[Symbol.dispose](),
      }
    },
  },
})
