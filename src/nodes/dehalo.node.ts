/**
 * Takes back the bright and dark lines that sharpening left beside edges: dehalo_alpha, as AviSynth and VapourSynth have it
 * (scarg, Didée, 2008; jetpack). A blurred picture has no halos, and no detail either; where the picture's local range
 * is much larger than the blurred one's there is detail or an edge, which stays, and elsewhere the blurred picture
 * bounds what the picture may be. Of brightness alone.
 */
import {
  borrowPicture,
  createGaussian,
  createStage,
  defineNode,
  gaussianRadius,
  layOver,
  param,
  port,
  sizeMismatch,
  widen,
} from './define.ts'

/** Standard deviation of the blur for a halo one pixel wide; the filter's usual radius of 2 is a σ of 1.4. */
const sigmaPerPixel = 0.7

export default defineNode({
  type: 'dehalo',
  title: 'Dehalo',
  category: 'look',
  cost: 'medium',
  summary:
    'Takes away bright and dark outlines beside edges. Thin lines and fine texture soften too: keep it to edges by a mask.',
  keywords: [
    'halo',
    'halos',
    'halation',
    'outline',
    'over-sharpened',
    'oversharpened',
    'edge enhancement',
    'white lines',
    'glow',
    'dehalo_alpha',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    bright: param.float('Bright halos', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'How much of what is too bright goes.',
    }),
    dark: param.float('Dark halos', {
      default: 0,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'How much of what is too dark goes. Dark lines that were drawn go with it.',
    }),
    radius: param.float('Radius', {
      default: 2,
      min: 0.5,
      max: 8,
      step: 0.1,
      unit: 'px',
      help: 'How wide the halos are, at the size of this picture: twice as much after an upscale by 2.',
    }),
    low: param.float('Keep below', {
      default: 50,
      min: 0,
      max: 255,
      step: 1,
      unit: '/255',
      help: 'Share of the local contrast that may go in the blur before it counts as detail. Lower spares more texture, and more halos.',
    }),
    high: param.float('Spare detail', {
      default: 50,
      min: 0,
      max: 100,
      step: 1,
      unit: '%',
      help: 'How strongly what counts as detail is spared.',
    }),
  },
  onCard: ['bright'],
  infer: ({ image, mask }) => sizeMismatch('mask', mask, image) ?? { image },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 12 }),
    needs: ({ radius }) => ({ image: { reach: gaussianRadius(sigmaPerPixel * radius) + 2 }, mask: { reach: 0 } }),
    async prepare({ gpu, inputs }) {
      const { image: whole } = inputs
      const masked = inputs.mask !== undefined
      const format = 'r32float'
      const [blur, boundStage, limit] = await Promise.all([
        createGaussian(gpu, {
          label: 'dehalo/blur',
          format,
          reads: ['image'],
          source: 'return vec4f(luma(image_at(at).rgb));',
        }),
        createStage(gpu, {
          label: 'dehalo/bound',
          format,
          reads: ['image', 'soft'],
          uniforms: { low: 'f32', high: 'f32' },
          wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  let here = luma(image_at(at).rgb);
  var darkest = vec2f(1.0);
  var brightest = vec2f(0.0);
  for (var j = -1; j <= 1; j++) {
    for (var i = -1; i <= 1; i++) {
      let near = at + vec2i(i, j);
      let values = vec2f(luma(image_at(near).rgb), soft_at(near).r);
      darkest = min(darkest, values);
      brightest = max(brightest, values);
    }
  }
  let range = brightest - darkest;
  let lost = (range.x - range.y) / max(range.x, 1e-6);
  let spared = clamp((lost - u.low) * ((range.x + 1.0) / 2.0 + u.high), 0.0, 1.0);
  return vec4f(mix(soft_at(at).r, here, spared));
}`,
        }),
        createStage(gpu, {
          label: 'dehalo/limit',
          format: 'rgba16float',
          reads: masked ? ['image', 'bounds', 'mask'] : ['image', 'bounds'],
          uniforms: { bright: 'f32', dark: 'f32' },
          wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  let image = image_at(at).rgb;
  var darkest = 1.0;
  var brightest = 0.0;
  for (var j = -1; j <= 1; j++) {
    for (var i = -1; i <= 1; i++) {
      let near = bounds_at(at + vec2i(i, j)).r;
      darkest = min(darkest, near);
      brightest = max(brightest, near);
    }
  }
  let here = luma(image);
  let change = u.bright * min(brightest - here, 0.0) + u.dark * max(darkest - here, 0.0);
  ${layOver('image + change', masked)}
}`,
        }),
      ])
      return {
        record({ recorder, inputs: { image, mask }, outputs, params: { radius, low, high, bright, dark } }) {
          if (!outputs.image) return
          const { part } = outputs.image
          using soft = borrowPicture(gpu, widen(part, whole, 2, 2), format, 'dehalo/soft')
          using bounds = borrowPicture(gpu, widen(part, whole, 1, 1), format, 'dehalo/bounds')
          blur.record(recorder, whole, { image }, soft, sigmaPerPixel * radius)
          boundStage.record(recorder, whole, { image, soft }, bounds, { low: low / 255, high: high / 100 })
          limit.record(recorder, whole, { image, bounds, ...(mask && { mask }) }, outputs.image, { bright, dark })
        },
      }
    },
  },
})
