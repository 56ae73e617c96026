/**
 * How much of what was predicted changes from frame to frame where nothing else does: the residual, which is the result less the plain
 * upscale, against that of the frame before, led there by the motion of the source (the warping error of W. Lai et al., "Learning
 * Blind Video Temporal Consistency", 2018, of the residual alone, so that what the source itself does is not counted). Where
 * the motion is not believed, as where something was covered, nothing counts.
 */
import { catmullRom, defineNode, measures, numberDesc, openMotions, param, port, zeroPixel } from './define.ts'

export default defineNode({
  type: 'flicker',
  title: 'Flicker',
  category: 'measure',
  cost: 'heavy',
  summary:
    'Shows predicted detail that changes from frame to frame though the source stands still or moves on. Blur lowers it too: look at Detail beside it.',
  keywords: [
    'shimmer',
    'shimmering',
    'crawling',
    'boiling',
    'temporal consistency',
    'unstable',
    'twinkle',
    'changes every frame',
    'flickering texture',
    'noise in motion',
  ],
  inputs: {
    image: port.image('Image', { help: 'The enlarged picture.' }),
    source: port.image('Source', {
      help: 'The picture that it was made from, before it was enlarged: motion is found in it.',
    }),
  },
  outputs: {
    map: port.mask('Map', { help: 'The change of what was predicted, where the motion is trusted.' }),
    score: port.number('Score', { help: 'Mean of it, in steps of 8 bits.' }),
    detail: port.number('Detail', {
      help: 'Mean of what was predicted at all, in steps of 8 bits. A result that is blurred has less of both.',
    }),
  },
  params: {
    full: param.float('White from', {
      default: 8,
      min: 0.5,
      max: 64,
      step: 0.5,
      unit: '/255',
      help: 'A change so strong is white in the map; nothing else changes.',
    }),
    noise: param.float('Noise', {
      default: 0,
      min: 0,
      max: 20,
      step: 0.5,
      unit: '/255',
      help: 'Standard deviation of the source’s noise. Motion is then trusted in spite of it.',
    }),
  },
  infer: ({ image, source }) =>
    measures.pairProblem(image, source) ?? {
      map: measures.maskLike(image),
      score: numberDesc({ unit: '/255', min: 0 }),
      detail: numberDesc({ unit: '/255', min: 0 }),
    },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 56, resident: 13 }),
    needs() {
      const frames = { before: 1, after: 0 }
      return { image: { frames }, source: { frames } }
    },
    async prepare({ gpu, inputs: { image, source } }) {
      const [motions, measure] = await Promise.all([
        openMotions(gpu, source, 1),
        measures.createMeasure(gpu, {
          label: 'flicker',
          inputSizes: { image, source, image_before: image, source_before: source },
          steps: [
            ...measures.residualSteps(image, source, { name: 'residual', image: 'image', source: 'source' }),
            ...measures.residualSteps(image, source, {
              name: 'before',
              image: 'image_before',
              source: 'source_before',
            }),
            {
              label: 'flicker/change',
              reads: ['residual', 'before', 'motion'],
              writes: { change: 'rgba32float' },
              size: image,
              functions: catmullRom(['before']),
              wgsl: /* wgsl */ `
  let motion = motion_between(at);
  let shift = motion.xy * vec2f(residual_size()) / vec2f(motion_size());
  let here = residual_at(at).r;
  let moved = abs(here - before_warped(vec2f(at) + shift).r);
  change_is(vec4f(moved * motion.z, motion.z, abs(here), 0.0));`,
            },
            ...measures.tally('flicker', {
              name: 'change_total',
              reads: ['change'],
              size: image,
              value: 'change_at(at)',
            }),
          ],
          maps: { map: { reads: ['change'], value: 'change_at(at).r' } },
          scores: {
            score: {
              reads: ['change_total'],
              value: '255.0 * change_total_at(at).r / max(change_total_at(at).g, 1.0)',
            },
            detail: {
              reads: ['change_total'],
              value: `255.0 * change_total_at(at).b / ${image.width * image.height}.0`,
            },
          },
        }),
      ])
      // Stands for motion where there is no frame before: believed nowhere.
      const nowhere = zeroPixel(gpu, 'rgba16float', 'flicker/nowhere')
      return {
        record({ recorder, inputs: { image, source: sourceFrames }, outputs, params: { full, noise } }) {
          const before = sourceFrames.at(-1)
          const [motion] = motions.between(recorder, sourceFrames, [before])
          const { width, height } = source
          using field = gpu.pool.texture({ width, height, format: 'rgba16float' }, 'flicker/motion')
          if (motion) motions.dense(recorder, sourceFrames, before, motion, noise, field.value)
          const reads = {
            ...{ image, source: sourceFrames, image_before: image.at(-1), source_before: before },
            motion: { texture: motion ? field.value : nowhere.texture },
          }
          measure.record(recorder, reads, outputs, { full: full / 255 })
        },
        dispose() {
          measure[Symbol.dispose]()
          motions[Symbol.dispose]()
          nowhere[Symbol.dispose]()
        },
      }
    },
  },
})
