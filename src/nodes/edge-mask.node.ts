/** A mask of edges: the slope of brightness (Sobel's, in steps of 8 bits from one pixel to the next) after a light blur. */
import { borrowPicture, createGaussian, createStage, defineNode, gaussianRadius, param, port, widen } from './define.ts'

export default defineNode({
  type: 'edge-mask',
  title: 'Edge Mask',
  category: 'mask',
  cost: 'medium',
  summary: 'A mask of edges and lines. Coarse texture counts as edges too: raise From until it is gone.',
  keywords: ['edges', 'outlines', 'lines', 'contour', 'sobel', 'only edges', 'edge detection', 'line art'],
  inputs: { image: port.image('Image') },
  outputs: { mask: port.mask('Mask') },
  params: {
    low: param.float('From', {
      default: 6,
      min: 0,
      max: 128,
      step: 0.5,
      unit: '/255',
      help: 'Slopes up to this are 0 in the mask, in steps of 8 bits a pixel.',
    }),
    high: param.float('To', {
      default: 16,
      min: 0,
      max: 128,
      step: 0.5,
      unit: '/255',
      help: 'Slopes from this on are 1.',
    }),
    radius: param.float('Blur before', {
      default: 0.7,
      min: 0,
      max: 6,
      step: 0.1,
      unit: 'px',
      help: 'Standard deviation. More finds fewer and coarser edges, and less noise.',
    }),
    invert: param.bool('Invert', { default: false }),
  },
  infer: ({ image: { width, height, frameRate } }) => ({
    mask: { type: 'mask', width, height, format: 'r32float', frameRate },
  }),
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 8 }),
    needs: ({ radius }) => ({ image: { reach: gaussianRadius(radius) + 1 } }),
    async prepare({ gpu, outputs: { mask: whole } }) {
      const format = 'r32float'
      const [blur, slope] = await Promise.all([
        createGaussian(gpu, {
          label: 'edge-mask/blur',
          format,
          reads: ['image'],
          source: 'return vec4f(luma(image_at(at).rgb));',
        }),
        createStage(gpu, {
          label: 'edge-mask/slope',
          format,
          reads: ['soft'],
          uniforms: { low: 'f32', high: 'f32', invert: 'f32' },
          wgsl: /* wgsl */ `
fn near(at: vec2i, x: i32, y: i32) -> f32 { return soft_at(at + vec2i(x, y)).r; }
fn make(at: vec2i) -> vec4f {
  let a = near(at, -1, -1); let b = near(at, 0, -1); let c = near(at, 1, -1);
  let d = near(at, -1, 0); let f = near(at, 1, 0);
  let g = near(at, -1, 1); let h = near(at, 0, 1); let i = near(at, 1, 1);
  let slope = length(vec2f(c + 2.0 * f + i - a - 2.0 * d - g, g + 2.0 * h + i - a - 2.0 * b - c)) / 8.0;
  let inside = clamp((255.0 * slope - u.low) / max(u.high - u.low, 1e-3), 0.0, 1.0);
  return vec4f(mix(inside, 1.0 - inside, u.invert));
}`,
        }),
      ])
      return {
        record({ recorder, inputs: { image }, outputs, params: { radius, low, high, invert } }) {
          if (!outputs.mask) return
          using soft = borrowPicture(gpu, widen(outputs.mask.part, whole, 1, 1), format, 'edge-mask/soft')
          blur.record(recorder, whole, { image }, soft, radius)
          slope.record(recorder, whole, { soft }, outputs.mask, { low, high, invert: invert ? 1 : 0 })
        },
      }
    },
  },
})
