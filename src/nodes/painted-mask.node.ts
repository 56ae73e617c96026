/** A mask painted by hand over the picture, the same for every frame. */
import { createGaussian, defineNode, drawingFits, inferProblem, maskOf, param, port } from './define.ts'

export default defineNode({
  type: 'painted-mask',
  title: 'Painted Mask',
  category: 'mask',
  cost: 'light',
  summary: 'A mask painted over the picture with a brush or as areas. It stands still: what moves leaves it.',
  keywords: [
    'paint',
    'brush',
    'draw',
    'roto',
    'rotoscope',
    'garbage matte',
    'lasso',
    'polygon',
    'by hand',
    'logo',
    'protect a spot',
    'only here',
  ],
  inputs: { image: port.image('Image', { help: 'The picture it is painted on; only its size matters.' }) },
  outputs: { mask: port.mask('Mask') },
  params: {
    painting: param.drawing('Painting', {
      help: 'Choose a tool and paint in the viewer. It is kept in the graph and fits every picture of the same shape.',
    }),
    feather: param.float('Feather', {
      default: 2,
      min: 0,
      max: 64,
      step: 0.5,
      unit: 'px',
      help: 'Standard deviation of the blur of its edges.',
    }),
    invert: param.bool('Invert', { default: false }),
  },
  infer({ image }, { painting }) {
    if (painting && !drawingFits(painting, image))
      return inferProblem({
        code: 'size-mismatch',
        param: 'painting',
        message: `It was painted on a picture of ${painting.width}×${painting.height}, and this one, of ${image.width}×${image.height}, has another shape.`,
        hint: 'Wire the picture that it was painted on, or clear the painting and paint it anew.',
      })
    const { width, height, frameRate } = image
    return { mask: { type: 'mask', width, height, format: 'r32float', frameRate } }
  },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 4, resident: 4 }),
    needs: () => ({ image: { reach: 0 } }),
    async prepare({ gpu, inputs: { image: whole }, params: { painting } }) {
      const { width, height } = whole
      const soften = await createGaussian(gpu, {
        label: 'painted-mask/feather',
        format: 'r32float',
        reads: ['painted'],
        source: 'return painted_at(at);',
        finish: {
          format: 'r32float',
          reads: [],
          uniforms: { invert: 'f32' },
          wgsl: 'return mix(blurred, 1.0 - blurred, u.invert);',
        },
      })
      const paintedLease = gpu.pool.texture({ width, height, format: 'r32float' }, 'painted-mask/painted')
      const pixels = painting ? maskOf(painting, whole) : new Float32Array(width * height)
      gpu.device.queue.writeTexture({ texture: paintedLease.value }, pixels, { bytesPerRow: 4 * width }, [
        width,
        height,
      ])
      const part = { x: 0, y: 0, width, height }
      return {
        record({ recorder, outputs, params: { feather, invert } }) {
          if (!outputs.mask) return
          const pictures = { painted: { texture: paintedLease.value, part } }
          soften.record(recorder, whole, pictures, outputs.mask, feather, { invert: invert ? 1 : 0 })
        },
        dispose: () => paintedLease[Symbol.dispose](),
      }
    },
  },
})
