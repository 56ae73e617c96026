/**
 * Finds what disturbs the quiet ground beside edges: ringing, mosquito noise. The fine part of what a result, shrunk again, differs in from its
 * source, beyond what the plain upscale has of it, in a ring of 2 to 5 pixels around edges, less what there is on quiet ground
 * farther off. It cannot tell ringing from noise that somebody put there.
 */
import { defineNode, measures, numberDesc, param, port } from './define.ts'

export default defineNode({
  type: 'edge-disturbance',
  title: 'Disturbance beside Edges',
  category: 'measure',
  cost: 'heavy',
  summary:
    'Shows ripples and specks that a result has beside edges. With a compressed source, its own ringing counts where the result lacks it.',
  keywords: [
    'ringing',
    'mosquito',
    'mosquito noise',
    'gibbs',
    'ripples',
    'echo',
    'ghosting',
    'dering',
    'compression',
    'jpeg',
    'swarm',
    'dirty edges',
  ],
  inputs: {
    image: port.image('Image', { help: 'The enlarged picture.' }),
    source: port.image('Source', { help: 'The picture that it was made from, before it was enlarged.' }),
  },
  outputs: {
    map: port.mask('Map', { help: 'Strength beside edges, in excess of that farther away.' }),
    score: port.number('Score', {
      help: 'Mean beside edges, in steps of 8 bits. With a clean source, stands out from 0.5.',
    }),
  },
  params: {
    full: param.float('White from', {
      default: 6,
      min: 0.5,
      max: 32,
      step: 0.5,
      unit: '/255',
      help: 'Values this strong are white in the map; nothing else changes.',
    }),
  },
  infer: ({ image, source }) =>
    measures.pairProblem(image, source) ?? {
      map: measures.maskLike(image),
      score: numberDesc({ unit: '/255', min: 0 }),
    },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 138, resident: 17 }),
    async prepare({ gpu, inputs: { image, source } }) {
      // Of the result and of the plain upscale, whose shrinking is not its inverse.
      const changes = 'vec4f(pair_at(at).b, plain_at(at).r - pair_at(at).g, 0.0, 0.0)'
      const edges = 'vec4f(select(0.0, 1.0, slope_07_at(at).r > 0.06))'
      const measure = await measures.createMeasure(gpu, {
        label: 'edge-disturbance',
        inputSizes: { image, source },
        steps: [
          ...measures.pairSteps(image, source),
          ...measures.plainSteps(image, source),
          ...measures.fitSteps(source),
          ...measures.filter({
            label: 'edge-disturbance/fine',
            name: 'fine',
            reads: ['pair', 'plain'],
            size: source,
            taps: measures.gaussian(3),
            value: changes,
            finish: { reads: ['pair', 'plain'], wgsl: `${changes} - sum` },
          }),
          ...measures.filter({
            label: 'edge-disturbance/strength',
            name: 'strength',
            reads: ['fine'],
            size: source,
            taps: measures.box(5),
            value: 'fine_at(at) * fine_at(at)',
            finish: { wgsl: 'vec4f(max(sqrt(sum.r) - sqrt(sum.g), 0.0))' },
          }),
          ...measures.slopeSteps(source, 'slope_07', 0.7),
          ...[1, 5, 7].flatMap((radius) =>
            measures.highest(
              `edge-disturbance/within ${radius}`,
              `within_${radius}`,
              'slope_07',
              source,
              radius,
              edges,
            ),
          ),
          ...measures.textureSteps('edge-disturbance/texture', 'texture', source, {
            reads: ['pair'],
            value: 'pair_at(at).gggg',
            sigma: 1.5,
            side: 5,
          }),
          {
            label: 'edge-disturbance/places',
            reads: ['within_1', 'within_5', 'within_7', 'texture', 'strength'],
            writes: { places: 'rgba32float' },
            size: source,
            wgsl: /* wgsl */ `
  let quiet = select(0.0, 1.0, texture_at(at).r < 6.0 / 255.0);
  let ring = quiet * within_5_at(at).r * (1.0 - within_1_at(at).r);
  let far = quiet * (1.0 - within_7_at(at).r);
  places_is(vec4f(ring, far, far * strength_at(at).r, 0.0));`,
          },
          ...measures.tally('edge-disturbance', {
            name: 'far_total',
            reads: ['places'],
            size: source,
            value: 'places_at(at)',
          }),
          {
            label: 'edge-disturbance/disturbed',
            reads: ['places', 'strength', 'fit', 'far_total'],
            writes: { disturbed: 'rgba32float' },
            size: source,
            wgsl: /* wgsl */ `
  let far = far_total_at(vec2i(0));
  let over = max(0.0, strength_at(at).r - far.b / max(far.g, 1.0) - 0.5 / 255.0);
  let ring = places_at(at).r;
  disturbed_is(vec4f(over * (1.0 - fit_at(at).a) * ring, ring, 0.0, 0.0));`,
          },
          ...measures.tally('edge-disturbance', {
            name: 'disturbed_total',
            reads: ['disturbed'],
            size: source,
            value: 'disturbed_at(at)',
          }),
        ],
        maps: { map: { reads: ['disturbed'], value: 'disturbed_between(at).r' } },
        scores: {
          score: {
            reads: ['disturbed_total'],
            value: '255.0 * disturbed_total_at(at).r / max(disturbed_total_at(at).g, 1.0)',
          },
        },
      })
      return {
        record: ({ recorder, inputs, outputs, params: { full } }) =>
          measure.record(recorder, inputs, outputs, { full: full / 255 }),
        dispose: () => measure[Symbol.dispose](),
      }
    },
  },
})
