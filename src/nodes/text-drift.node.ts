/**
 * Finds letters that a result bends: the shift of each window of 9×9 pixels against the source (least squares beside a gain, so that
 * sharpening is not read as a shift; see `measures/pair.ts`), where the source has strokes close together.
 */
import { defineNode, measures, numberDesc, param, port } from './define.ts'

export default defineNode({
  type: 'text-drift',
  title: 'Text Drift',
  category: 'measure',
  cost: 'heavy',
  summary: 'Shows by how many pixels a result bends the strokes of letters. Anything with many edges counts as text.',
  keywords: [
    'text',
    'text warping',
    'warped text',
    'letters',
    'wrong letters',
    'bent lines',
    'wobbly',
    'distorted',
    'subtitles',
    'captions',
    'signs',
    'readable',
    'garbled',
  ],
  inputs: {
    image: port.image('Image', { help: 'The enlarged picture.' }),
    source: port.image('Source', { help: 'The picture that it was made from, before it was enlarged.' }),
  },
  outputs: {
    map: port.mask('Map', { help: 'The shift, in pixels of the image, where there are strokes.' }),
    score: port.number('Score', { help: 'Mean over the strokes. Stands out from 0.1 px; a shift of 2 px reads as 1.' }),
    text: port.number('Strokes', {
      help: 'The share of the picture that counts. Where it is near 0 the score says nothing.',
    }),
  },
  params: {
    full: param.float('White from', {
      default: 1,
      min: 0.1,
      max: 4,
      step: 0.05,
      unit: 'px',
      help: 'A shift of this many pixels is white in the map; nothing else changes.',
    }),
  },
  infer: ({ image, source }) =>
    measures.pairProblem(image, source) ?? {
      map: measures.maskLike(image),
      score: numberDesc({ unit: 'px', min: 0, max: 4 }),
      text: numberDesc({ min: 0, max: 1 }),
    },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 132, resident: 17 }),
    async prepare({ gpu, inputs: { image, source } }) {
      const measure = await measures.createMeasure(gpu, {
        label: 'text-drift',
        inputSizes: { image, source },
        steps: [
          ...measures.pairSteps(image, source),
          ...measures.fitSteps(source),
          ...measures.steepSteps(source),
          ...measures.filter({
            label: 'text-drift/drift',
            name: 'drift',
            reads: ['steep'],
            size: source,
            taps: measures.box(15),
            value: 'steep_at(at)',
            finish: {
              reads: ['fit'],
              functions: /* wgsl */ `
fn drift_of(text: f32, fit: vec4f) -> vec4f {
  let sure = clamp((fit.b - 0.1) / 0.4, 0.0, 1.0);
  return select(vec4f(0.0), vec4f(min(4.0, fit.g * ${(image.width / source.width).toPrecision(9)} * sure), 1.0, 0.0, 0.0), text > 27.5 / 225.0);
}`,
              wgsl: 'drift_of(sum.r, fit_at(at))',
            },
          }),
          ...measures.tally('text-drift', {
            name: 'drift_total',
            reads: ['drift'],
            size: source,
            value: 'drift_at(at)',
          }),
        ],
        maps: { map: { reads: ['drift'], value: 'drift_between(at).r' } },
        scores: {
          score: { reads: ['drift_total'], value: 'drift_total_at(at).r / max(drift_total_at(at).g, 1.0)' },
          text: { reads: ['drift_total'], value: `drift_total_at(at).g / ${source.width * source.height}.0` },
        },
      })
      return {
        record: ({ recorder, inputs, outputs, params: { full } }) =>
          measure.record(recorder, inputs, outputs, { full }),
        dispose: () => measure[Symbol.dispose](),
      }
    },
  },
})
