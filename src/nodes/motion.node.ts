/**
 * Where each pixel of a frame is found in a neighbour: a vector a pixel, and how far it is to be believed. To look at, to
 * mask by, and for nodes that follow motion and take it from elsewhere; those that need motion of several neighbours
 * (Steady Detail, Temporal Denoise) find it themselves, in the same store (`motion/fields.ts`).
 */
import { borrowPicture, createStage, defineNode, openMotions, param, port } from './define.ts'

/** The farthest neighbour: beyond it little is found again. */
const farthest = 3

export default defineNode({
  type: 'motion',
  title: 'Motion',
  category: 'mask',
  cost: 'heavy',
  summary:
    'Finds where each pixel has moved between two frames, and where that cannot be told. It is slow: for each frame shown, two are searched.',
  keywords: [
    'optical flow',
    'motion vectors',
    'movement',
    'tracking',
    'confidence',
    'occlusion',
    'what moves',
    'velocity',
  ],
  inputs: { image: port.image('Image') },
  outputs: {
    motion: port.motion('Motion', {
      help: 'Pixels to the neighbour: hue shows direction, strength distance; dark means unsure.',
    }),
    confidence: port.mask('Confidence', {
      help: '1 where the neighbour shows the same, 0 where it is covered or past a cut.',
    }),
    moving: port.mask('Moving', {
      help: '0 where the picture stands still, 1 where it moves by the threshold and more.',
    }),
  },
  params: {
    to: param.choice('To', ['previous', 'next'], {
      default: 'previous',
      affects: 'plan',
      help: 'The neighbour that is searched.',
    }),
    distance: param.int('Distance', {
      default: 1,
      min: 1,
      max: farthest,
      unit: 'frames',
      affects: 'plan',
      help: 'How many frames away the neighbour is. At the ends of a clip the nearest frame stands in.',
    }),
    noise: param.float('Noise', {
      default: 0,
      min: 0,
      max: 20,
      step: 0.5,
      help: 'Its standard deviation, in grey levels of 255. Without it the confidence in noisy footage drops everywhere.',
    }),
    threshold: param.float('Threshold', {
      default: 2,
      min: 0.25,
      max: 32,
      step: 0.25,
      unit: 'px',
      help: 'Motion that counts as 1 in Moving.',
    }),
  },
  infer({ image: { width, height, frameRate } }) {
    const size = { width, height, frameRate }
    const mask = { type: 'mask', ...size, format: 'r32float' } as const
    return { motion: { type: 'motion', ...size, format: 'rgba16float' }, confidence: mask, moving: mask }
  },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 26, resident: 12 }),
    needs: ({ to, distance }) => ({
      image: {
        reach: Number.POSITIVE_INFINITY,
        frames: { before: to === 'previous' ? distance : 0, after: to === 'next' ? distance : 0 },
      },
    }),
    async prepare({ gpu, inputs: { image: whole }, params: { to, distance } }) {
      const [motions, still, copy, confidenceOf, movingOf] = await Promise.all([
        openMotions(gpu, whole, 1),
        gpu.compute({
          label: 'motion/still',
          writes: { motion: 'rgba16float' },
          wgsl: 'fn main(at: vec2u) { textureStore(motion, at, vec4f(0.0, 0.0, 1.0, 0.0)); }',
        }),
        createStage(gpu, {
          label: 'motion/part',
          reads: ['motion'],
          format: 'rgba16float',
          wgsl: 'fn make(at: vec2i) -> vec4f { return motion_at(at); }',
        }),
        createStage(gpu, {
          label: 'motion/confidence mask',
          reads: ['motion'],
          format: 'r32float',
          wgsl: 'fn make(at: vec2i) -> vec4f { return vec4f(motion_at(at).z); }',
        }),
        createStage(gpu, {
          label: 'motion/moving',
          reads: ['motion'],
          format: 'r32float',
          uniforms: { threshold: 'f32' },
          wgsl: `fn make(at: vec2i) -> vec4f { return vec4f(saturate(length(motion_at(at).xy) / u.threshold)); }`,
        }),
      ])
      return {
        record({ recorder, inputs: { image }, outputs, params: { noise, threshold } }) {
          const neighbour = image.at(to === 'previous' ? -distance : distance)
          using field = borrowPicture(
            gpu,
            { x: 0, y: 0, width: whole.width, height: whole.height },
            'rgba16float',
            'motion',
          )
          const [motion] = motions.between(recorder, image, [neighbour])
          if (motion) motions.dense(recorder, image, neighbour, motion, noise, field.texture)
          else still.record(recorder, { writes: { motion: field.texture }, size: whole })
          if (outputs.motion) copy.record(recorder, whole, { motion: field }, outputs.motion)
          if (outputs.confidence) confidenceOf.record(recorder, whole, { motion: field }, outputs.confidence)
          if (outputs.moving) movingOf.record(recorder, whole, { motion: field }, outputs.moving, { threshold })
        },
        dispose: () => motions[Symbol.dispose](),
      }
    },
  },
})
