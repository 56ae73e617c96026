/**
 * Finds where a picture has coarse texture and shading but hardly any fine texture: footage that was smoothed, compressed hard or out of focus
 * before anything enlarged it, which no comparison with itself can show. Fine is what a Gaussian of 1.5 pixels of the source takes away, coarse
 * what lies between that and one of 6; in nature the one is seldom less than half as strong as the other. What is too fine for the source, such
 * as grain or a model's prediction, counts as fine. Edges, and what is as near to one as the shading is
 * measured, are left out: they are in every picture.
 */
import { defineNode, measures, numberDesc, param, port, sizeMismatch } from './define.ts'

const fine = 1.5
const coarse = 6
/** Where fine texture has this share of the coarse one's strength, nothing is missed. */
const natural = 0.5

export default defineNode({
  type: 'smoothness',
  title: 'Smoothness',
  category: 'measure',
  cost: 'heavy',
  summary:
    'Shows where a picture has shading but hardly any fine texture, without anything to compare it with. Blurred backgrounds read as smooth, too.',
  keywords: [
    'waxy clip',
    'waxy source',
    'waxy',
    'plastic',
    'plastic skin',
    'too smooth',
    'soft',
    'blurry',
    'out of focus',
    'over-denoised',
    'no texture',
    'low bitrate',
    'no reference',
  ],
  inputs: {
    image: port.image('Image', { help: 'The picture that is measured.' }),
    source: port.optionalImage('Source', {
      help: 'The picture that it was made from, if it was enlarged: its pixels say how fine texture can be.',
    }),
    mask: port.optionalMask('Weight', 1, { help: 'What counts, such as skin; of the image’s size.' }),
  },
  outputs: {
    map: port.mask('Map', { help: 'The share of the fine texture that is missing.' }),
    score: port.number('Score', { help: 'Mean over the part that counts. Stands out from 0.45.' }),
    textured: port.number('Textured', {
      help: 'The share of the picture that counts. Below 0.05 the score says little.',
    }),
  },
  params: {
    full: param.float('White from', {
      default: 1,
      min: 0.05,
      max: 1,
      step: 0.01,
      help: 'A share this large is white in the map; nothing else changes.',
    }),
  },
  infer: ({ image, source, mask }) =>
    (source && measures.pairProblem(image, source)) ??
    sizeMismatch('mask', mask, image) ?? {
      map: measures.maskLike(image),
      score: numberDesc({ min: 0, max: 1 }),
      textured: numberDesc({ min: 0, max: 1 }),
    },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 88, resident: 3 }),
    async prepare({ gpu, inputs: { image, source = image, mask } }) {
      const softened = (sigma: number) =>
        measures.filter({
          label: `smoothness/soft ${sigma}`,
          name: `soft_${sigma === fine ? 'fine' : 'coarse'}`,
          reads: ['pair'],
          size: source,
          format: 'r32float',
          taps: measures.gaussian(sigma),
          value: 'vec4f(pair_at(at).r, 0.0, 0.0, 0.0)',
        })
      const measure = await measures.createMeasure(gpu, {
        label: 'smoothness',
        inputSizes: { image, source },
        steps: [
          ...measures.pairSteps(image, source),
          ...measures.madeUpSteps(image, source),
          ...softened(fine),
          ...softened(coarse),
          ...measures.deviationSteps('smoothness/fine', 'texture', source, {
            reads: ['pair', 'soft_fine'],
            value: 'vec4f(pair_at(at).r - soft_fine_at(at).r, 0.0, 0.0, 0.0)',
            side: 9,
          }),
          {
            label: 'smoothness/finest',
            reads: ['made_up'],
            writes: { finest: 'r32float' },
            size: image,
            wgsl: 'finest_is(vec4f(made_up_at(at).r * made_up_at(at).r));',
          },
          ...measures.filter({
            label: 'smoothness/finest mean',
            name: 'finest_mean',
            reads: ['pair', 'finest'],
            size: source,
            format: 'r32float',
            taps: measures.box(9),
            value: 'finest_between(at)',
          }),
          ...measures.deviationSteps('smoothness/coarse', 'shading', source, {
            reads: ['soft_fine', 'soft_coarse'],
            value: 'vec4f(soft_fine_at(at).r - soft_coarse_at(at).r, 0.0, 0.0, 0.0)',
            side: 17,
          }),
          {
            label: 'smoothness/slope',
            reads: ['soft_fine'],
            writes: { slope: 'r32float' },
            size: source,
            functions: measures.slopeFunctions('soft_fine', 'r'),
            wgsl: 'slope_is(vec4f(length(gradient(at))));',
          },
          ...measures.highest('smoothness/edges', 'edges', 'slope', source, 8),
          {
            label: `smoothness/missed${mask ? ', weighted' : ''}`,
            reads: ['texture', 'finest_mean', 'shading', 'edges', ...(mask ? ['mask'] : [])],
            writes: { missed: 'rgba32float' },
            size: source,
            wgsl: /* wgsl */ `
  let quarter = 0.25 / 255.0;
  let texture = texture_at(at).r;
  let share = (sqrt(texture * texture + finest_mean_at(at).r) + quarter) / (shading_at(at).r + quarter);
  let counts = shading_at(at).r > 1.5 / 255.0 && edges_at(at).r < 0.05;
  missed_is(select(vec4f(0.0), vec4f(clamp(1.0 - share / ${natural}, 0.0, 1.0), 1.0, ${mask ? 'mask_nearest(at).r' : '1.0'}, 0.0), counts));`,
          },
          ...measures.tally('smoothness', {
            name: 'missed_total',
            reads: ['missed'],
            size: source,
            value: 'vec4f(missed_at(at).r * missed_at(at).b, missed_at(at).g, missed_at(at).b, 0.0)',
          }),
        ],
        maps: { map: { reads: ['missed'], value: 'missed_between(at).r' } },
        scores: {
          score: { reads: ['missed_total'], value: 'missed_total_at(at).r / max(missed_total_at(at).b, 1e-6)' },
          textured: { reads: ['missed_total'], value: `missed_total_at(at).g / ${source.width * source.height}.0` },
        },
      })
      return {
        record: ({ recorder, inputs: { image, source, mask }, outputs, params: { full } }) =>
          measure.record(recorder, { image, source: source ?? image, ...(mask && { mask }) }, outputs, { full }),
        dispose: () => measure[Symbol.dispose](),
      }
    },
  },
})
