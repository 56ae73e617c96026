/**
 * Finds halos: where a result, shrunk again, goes beyond the brightest and the darkest that its source has nearby, as a share of the step at
 * that edge, and the window around was sharpened and not moved, textured or rippled (see `measures/pair.ts`). Compared at the
 * source's size, so that a true original, which is sharper than any upscale, has none.
 */
import { defineNode, measures, numberDesc, param, port } from './define.ts'

/** Smaller steps than this have no halo that anybody sees. */
const smallestStep = 0.08

export default defineNode({
  type: 'halo',
  title: 'Halo',
  category: 'measure',
  cost: 'medium',
  summary:
    'Shows bright and dark outlines along edges that a result has and its source does not, and how strong they are.',
  keywords: [
    'halos',
    'haloing',
    'oversharpened',
    'over-sharpened',
    'sharpening',
    'overshoot',
    'undershoot',
    'outline',
    'glow around edges',
    'white edges',
    'edge enhancement',
    'ringing',
  ],
  inputs: {
    image: port.image('Image', { help: 'The enlarged picture.' }),
    source: port.image('Source', { help: 'The picture that it was made from, before it was enlarged.' }),
  },
  outputs: {
    map: port.mask('Map', { help: 'Overshoot on both sides, as a share of the step at the edge.' }),
    score: port.number('Score', { help: 'Mean of bright and dark over all edges. Stands out from 0.01.' }),
    bright: port.mask('Bright', { help: 'Overshoot above the brightest.' }),
    brightScore: port.number('Bright score'),
    dark: port.mask('Dark', { help: 'Undershoot below the darkest.' }),
    darkScore: port.number('Dark score'),
  },
  params: {
    full: param.float('White from', {
      default: 0.25,
      min: 0.02,
      max: 1,
      step: 0.01,
      help: 'An overshoot of this share of the step is white in the maps; nothing else changes.',
    }),
  },
  infer: ({ image, source }) =>
    measures.pairProblem(image, source) ?? {
      map: measures.maskLike(image),
      score: numberDesc({ min: 0 }),
      bright: measures.maskLike(image),
      brightScore: numberDesc({ min: 0 }),
      dark: measures.maskLike(image),
      darkScore: numberDesc({ min: 0 }),
    },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 132, resident: 17 }),
    async prepare({ gpu, inputs: { image, source } }) {
      const both = 'vec4f(pair_at(at).g, -pair_at(at).g, 0.0, 0.0)'
      const over = (value: string) => `${value} / max(halo_total_at(at).b, 1.0)`
      const measure = await measures.createMeasure(gpu, {
        label: 'halo',
        inputSizes: { image, source },
        steps: [
          ...measures.pairSteps(image, source),
          ...measures.fitSteps(source),
          ...measures.highest('halo/near', 'near_ends', 'pair', source, 1, both),
          ...measures.highest('halo/step', 'step_ends', 'pair', source, 2, both),
          {
            label: 'halo/over',
            reads: ['pair', 'fit', 'near_ends', 'step_ends'],
            writes: { over: 'rgba32float' },
            size: source,
            wgsl: /* wgsl */ `
  let shrunk = pair_at(at).r;
  let ends = near_ends_at(at);
  let step = step_ends_at(at).r + step_ends_at(at).g;
  let beyond = max(vec2f(shrunk - ends.r, -ends.g - shrunk) - 1.0 / 255.0, vec2f(0.0));
  let edge = step > ${smallestStep};
  over_is(vec4f(select(vec2f(0.0), beyond / max(step, ${smallestStep}) * fit_at(at).a, edge), f32(edge), 0.0));`,
          },
          ...measures.tally('halo', { name: 'halo_total', reads: ['over'], size: source, value: 'over_at(at)' }),
        ],
        maps: {
          map: { reads: ['over'], value: 'over_between(at).r + over_between(at).g' },
          bright: { reads: ['over'], value: 'over_between(at).r' },
          dark: { reads: ['over'], value: 'over_between(at).g' },
        },
        scores: {
          score: { reads: ['halo_total'], value: over('(halo_total_at(at).r + halo_total_at(at).g)') },
          brightScore: { reads: ['halo_total'], value: over('halo_total_at(at).r') },
          darkScore: { reads: ['halo_total'], value: over('halo_total_at(at).g') },
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
