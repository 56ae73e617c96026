/**
 * Finds texture that a result has less of than the plain upscale of the same source: waxy skin, smeared grass. The texture is the standard deviation over
 * 9×9 pixels of what a Gaussian takes away, at the source's size; it counts where the source has fine texture and no edges.
 * Held against the plain upscale, not the source, so that plain upscaling loses nothing.
 */
import { defineNode, measures, numberDesc, param, port, sizeMismatch } from './define.ts'

export default defineNode({
  type: 'texture-loss',
  title: 'Texture Loss',
  category: 'measure',
  cost: 'heavy',
  summary:
    'Shows where a result is smoother than plain upscaling: waxy skin, smeared grass. Where there is little texture it says little.',
  keywords: [
    'waxy',
    'plastic',
    'plastic skin',
    'skin',
    'face',
    'smooth skin',
    'smeared',
    'oil painting',
    'too smooth',
    'blurry',
    'soft',
    'detail lost',
    'texture lost',
    'over-denoised',
  ],
  inputs: {
    image: port.image('Image', { help: 'The enlarged picture.' }),
    source: port.image('Source', { help: 'The picture that it was made from, before it was enlarged.' }),
    mask: port.optionalMask('Weight', 1, { help: 'What counts, such as skin; of the image’s size.' }),
  },
  outputs: {
    map: port.mask('Map', { help: 'The share of the texture that is lost.' }),
    score: port.number('Score', { help: 'Mean over the textured part. Stands out from 0.05.' }),
    plastic: port.mask('Plastic', { help: 'What of it goes beyond the loss at edges: smoothed, not merely blurred.' }),
    plasticScore: port.number('Plastic score', {
      help: 'Above 0: smoothed rather than blurred. A label, not a score to compare by.',
    }),
    textured: port.number('Textured', {
      help: 'The share of the picture that counts. Below 0.05 the score says little.',
    }),
  },
  params: {
    full: param.float('White from', {
      default: 0.6,
      min: 0.05,
      max: 1,
      step: 0.01,
      help: 'A loss of this share is white in the maps; nothing else changes.',
    }),
  },
  infer: ({ image, source, mask }) =>
    measures.pairProblem(image, source) ??
    sizeMismatch('mask', mask, image) ?? {
      map: measures.maskLike(image),
      score: numberDesc({ min: 0, max: 1 }),
      plastic: measures.maskLike(image),
      plasticScore: numberDesc({ min: 0, max: 1 }),
      textured: numberDesc({ min: 0, max: 1 }),
    },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 96, resident: 3 }),
    async prepare({ gpu, inputs: { image, source, mask } }) {
      const measure = await measures.createMeasure(gpu, {
        label: 'texture-loss',
        inputSizes: { image, source },
        steps: [
          ...measures.pairSteps(image, source),
          ...measures.plainSteps(image, source),
          ...measures.textureSteps('texture-loss/texture', 'texture', source, {
            reads: ['pair', 'plain'],
            value: 'vec4f(pair_at(at).r, plain_at(at).r, pair_at(at).g, 0.0)',
            sigma: 1.5,
            side: 9,
          }),
          ...measures.slopeSteps(source, 'slope_1', 1),
          ...measures.highest('texture-loss/edges', 'edges', 'slope_1', source, 2),
          // How much of one direction the window is: lines and grids are no texture.
          ...measures.filter({
            label: 'texture-loss/coherence',
            name: 'coherence',
            reads: ['slope_1_soft'],
            size: source,
            taps: measures.box(9),
            functions: `${measures.slopeFunctions('slope_1_soft', 'r')}
fn tensor(g: vec2f) -> vec4f { return vec4f(g.x * g.x, g.y * g.y, g.x * g.y, 0.0); }`,
            value: 'tensor(gradient(at))',
            finish: {
              wgsl: 'vec4f(length(vec2f(sum.x - sum.y, 2.0 * sum.z)) / (sum.x + sum.y + 1e-8), 0.0, 0.0, 0.0)',
            },
          }),
          ...measures.steepSteps(source),
          // What is left of the fine band along edges around: less of it too means blur.
          ...measures.filter({
            label: 'texture-loss/sharpness',
            name: 'sharpness',
            reads: ['texture_fine', 'steep'],
            size: source,
            taps: measures.box(65),
            value: 'vec4f(abs(texture_fine_at(at).rg), 1.0, 0.0) * steep_at(at).r',
            finish: { wgsl: 'vec4f(select(min(1.0, sum.r / max(sum.g, 1e-6)), 1.0, sum.b < 0.01), 0.0, 0.0, 0.0)' },
          }),
          {
            label: `texture-loss/lost${mask ? ', weighted' : ''}`,
            reads: ['texture', 'edges', 'coherence', 'sharpness', ...(mask ? ['mask'] : [])],
            writes: { lost: 'rgba32float' },
            size: source,
            wgsl: /* wgsl */ `
  let half = 0.5 / 255.0;
  let strength = texture_at(at);
  let kept = (strength.r + half) / (strength.g + half);
  let counts = strength.b > 2.0 / 255.0 && strength.b < 0.08 && edges_at(at).r < 0.1 && coherence_at(at).r < 0.7;
  let loss = vec2f(max(0.0, 1.0 - kept), max(0.0, sharpness_at(at).r - kept));
  lost_is(select(vec4f(0.0), vec4f(loss, 1.0, ${mask ? 'mask_nearest(at).r' : '1.0'}), counts));`,
          },
          ...measures.tally('texture-loss', {
            name: 'lost_total',
            reads: ['lost'],
            size: source,
            value: 'lost_at(at) * vec4f(lost_at(at).aa, 1.0, 1.0)',
          }),
        ],
        maps: {
          map: { reads: ['lost'], value: 'lost_between(at).r' },
          plastic: { reads: ['lost'], value: 'lost_between(at).g' },
        },
        scores: {
          score: { reads: ['lost_total'], value: 'lost_total_at(at).r / max(lost_total_at(at).a, 1e-6)' },
          plasticScore: { reads: ['lost_total'], value: 'lost_total_at(at).g / max(lost_total_at(at).a, 1e-6)' },
          textured: { reads: ['lost_total'], value: `lost_total_at(at).b / ${source.width * source.height}.0` },
        },
      })
      return {
        record: ({ recorder, inputs: { image, source, mask }, outputs, params: { full } }) =>
          measure.record(recorder, { image, source, ...(mask && { mask }) }, outputs, { full }),
        dispose: () => measure[Symbol.dispose](),
      }
    },
  },
})
