/**
 * Two ways to sharpen, both held within what the neighbourhood shows. `cas` is AMD's FidelityFX Contrast Adaptive Sharpening (T. Lottes, 2019):
 * less where contrast is high already, so that it hardly overshoots. `unsharp` adds what a Gaussian takes away, and is cut
 * where it leaves the range of the 3×3 pixels around by more than it may.
 */
import {
  createGaussian,
  createStage,
  defineNode,
  gaussianRadius,
  layOver,
  param,
  port,
  sizeMismatch,
} from './define.ts'

/** What is sharpened, as a body of a function of `at`; BT.709 luma, so that colour noise and fringes stay as they are. */
const quantity = (luma: boolean) =>
  luma ? 'return vec4f(luma(image_at(at).rgb));' : 'return vec4f(image_at(at).rgb, 0.0);'

const isUnsharp = (values: Readonly<Record<string, unknown>>) => values.method === 'unsharp'

export default defineNode({
  type: 'sharpen',
  title: 'Sharpen',
  category: 'look',
  cost: 'medium',
  summary: 'Steepens edges and texture that are there; adds none. Noise and the blocks of compression grow with them.',
  keywords: [
    'blurry',
    'blur',
    'soft',
    'unsharp',
    'unsharp mask',
    'cas',
    'crisp',
    'out of focus',
    'detail',
    'acutance',
    'sharpness',
    'deblur',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    method: param.choice('Method', ['cas', 'unsharp'], {
      default: 'cas',
      labels: { cas: 'Adaptive (CAS)', unsharp: 'Unsharp mask' },
    }),
    sharpness: param.float('Sharpness', {
      default: 0.5,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'From gentle to strong; even 0 sharpens a little.',
      visible: (values) => !isUnsharp(values),
    }),
    strength: param.float('Strength', {
      default: 1,
      min: 0,
      max: 4,
      step: 0.05,
      help: 'How much of what the blur takes away is added. 0 changes nothing.',
      visible: isUnsharp,
    }),
    radius: param.float('Radius', {
      default: 1.5,
      min: 0.3,
      max: 10,
      step: 0.1,
      unit: 'px',
      help: 'Standard deviation of the blur. Large lifts contrast rather than sharpness.',
      visible: isUnsharp,
    }),
    overshoot: param.float('Overshoot', {
      default: 0,
      min: 0,
      max: 1,
      step: 0.005,
      help: 'How far it may rise above the brightest pixel around: more looks sharper, with bright halos. 1 is no limit.',
      visible: isUnsharp,
    }),
    undershoot: param.float('Undershoot', {
      default: 0,
      min: 0,
      max: 1,
      step: 0.005,
      help: 'How far it may fall below the darkest pixel around: more looks sharper, with dark halos. 1 is no limit.',
      visible: isUnsharp,
    }),
    luma: param.bool('Brightness only', {
      default: true,
      affects: 'plan',
      help: 'Off, red, green and blue are sharpened apart, and colour noise with them.',
    }),
  },
  onCard: ['sharpness', 'strength'],
  infer: ({ image, mask }) => sizeMismatch('mask', mask, image) ?? { image },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 4 }),
    needs: ({ method, radius }) => ({
      image: { reach: method === 'cas' ? 1 : Math.max(1, gaussianRadius(radius)) },
      mask: { reach: 0 },
    }),
    async prepare({ gpu, inputs, params: { method, luma } }) {
      const { image: whole } = inputs
      const masked = inputs.mask !== undefined
      const reads = masked ? ['image', 'mask'] : ['image']
      if (method === 'cas') {
        const stage = await createStage(gpu, {
          label: 'sharpen/cas',
          reads,
          format: 'rgba16float',
          uniforms: { sharpness: 'f32' },
          wgsl: /* wgsl */ `
fn quantity(at: vec2i) -> vec4f { ${quantity(luma)} }
fn make(at: vec2i) -> vec4f {
  let centre = quantity(at);
  let above = quantity(at - vec2i(0, 1));
  let below = quantity(at + vec2i(0, 1));
  let left = quantity(at - vec2i(1, 0));
  let right = quantity(at + vec2i(1, 0));
  let low = min(min(min(above, below), min(left, right)), centre);
  let high = max(max(max(above, below), max(left, right)), centre);
  // Black all around has nothing to sharpen, and would divide by 0.
  let room = clamp(min(low, 1.0 - high) / max(high, vec4f(1e-6)), vec4f(0.0), vec4f(1.0));
  let weight = -sqrt(room) / mix(8.0, 5.0, u.sharpness);
  let change = (weight * (above + below + left + right) + centre) / (1.0 + 4.0 * weight) - centre;
  ${layOver('image_at(at).rgb + change.rgb', masked)}
}`,
        })
        return {
          record({ recorder, inputs: { image, mask }, outputs, params: { sharpness } }) {
            if (!outputs.image) return
            stage.record(recorder, whole, { image, ...(mask && { mask }) }, outputs.image, { sharpness })
          },
        }
      }
      const blur = await createGaussian(gpu, {
        label: 'sharpen/unsharp',
        format: luma ? 'r32float' : 'rgba16float',
        reads: ['image'],
        source: quantity(luma),
        finish: {
          reads,
          uniforms: { strength: 'f32', overshoot: 'f32', undershoot: 'f32' },
          format: 'rgba16float',
          wgsl: /* wgsl */ `
  let centre = quantity(at);
  var low = centre;
  var high = centre;
  for (var j = -1; j <= 1; j++) {
    for (var i = -1; i <= 1; i++) {
      let near = quantity(at + vec2i(i, j));
      low = min(low, near);
      high = max(high, near);
    }
  }
  let wanted = centre + u.strength * (centre - ${luma ? 'vec4f(blurred.r)' : 'blurred'});
  let change = clamp(wanted, low - u.undershoot, high + u.overshoot) - centre;
  ${layOver('image_at(at).rgb + change.rgb', masked)}`,
          functions: `fn quantity(at: vec2i) -> vec4f { ${quantity(luma)} }`,
        },
      })
      return {
        record({ recorder, inputs: { image, mask }, outputs, params }) {
          if (!outputs.image) return
          const { radius, strength, overshoot, undershoot } = params
          const pictures = { image, ...(mask && { mask }) }
          blur.record(recorder, whole, pictures, outputs.image, radius, { strength, overshoot, undershoot })
        },
      }
    },
  },
})
