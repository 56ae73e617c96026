/**
 * Splits a result against its source. What the result becomes when it is shrunk again, less the source, is contradiction: the source
 * denies it. What is lost by shrinking it is invention: the source is too coarse to tell. (Range and null space of the
 * shrinking: M. Irani, S. Peleg, "Improving Resolution by Image Registration", 1991; Y. Wang et al., "Zero-Shot Image Restoration
 * Using Denoising Diffusion Null-Space Model", 2022.)
 */
import { defineNode, measures, numberDesc, param, port } from './define.ts'

export default defineNode({
  type: 'invention',
  title: 'Invention and Contradiction',
  category: 'measure',
  cost: 'medium',
  summary:
    'Shows what a result made up, which nobody can check, and what its source contradicts. Invention is a quantity, not a fault.',
  keywords: [
    'hallucination',
    'made up',
    'fake detail',
    'wrong letters',
    'wrong',
    'changed',
    'not in the source',
    'trust',
    'evidence',
    'residual',
    'prediction',
    'consistency',
    'invented',
  ],
  inputs: {
    image: port.image('Image', { help: 'The enlarged picture.' }),
    source: port.image('Source', { help: 'The picture that it was made from, before it was enlarged.' }),
  },
  outputs: {
    contradiction: port.mask('Contradiction', { help: 'What the source contradicts.' }),
    invention: port.mask('Invention', { help: 'What the source is too coarse to confirm or deny.' }),
    contradictionScore: port.number('Contradiction score', { help: 'Root of the mean square, in steps of 8 bits.' }),
    inventionScore: port.number('Invention score', { help: 'Root of the mean square, in steps of 8 bits.' }),
  },
  params: {
    excess: param.bool('Beyond plain upscaling', {
      default: true,
      affects: 'plan',
      help: 'Counts of the contradiction only what a plain Bicubic of the same source would not have as well.',
    }),
    full: param.float('White from', {
      default: 16,
      min: 1,
      max: 64,
      step: 0.5,
      unit: '/255',
      help: 'Values this strong are white in the maps; nothing else changes.',
    }),
  },
  infer: ({ image, source }) =>
    measures.pairProblem(image, source) ?? {
      contradiction: measures.maskLike(image),
      invention: measures.maskLike(image),
      contradictionScore: numberDesc({ unit: '/255', min: 0 }),
      inventionScore: numberDesc({ unit: '/255', min: 0 }),
    },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 48, resident: 3 }),
    async prepare({ gpu, inputs: { image, source }, params: { excess } }) {
      const name = excess ? 'denied' : 'denied_at_all'
      const measure = await measures.createMeasure(gpu, {
        label: 'invention',
        inputSizes: { image, source },
        steps: [
          ...measures.pairSteps(image, source),
          ...(excess
            ? [
                ...measures.plainSteps(image, source),
                ...measures.filter({
                  label: 'invention/denied',
                  name,
                  reads: ['pair', 'plain'],
                  size: source,
                  taps: measures.box(3),
                  value: 'vec4f(abs(pair_at(at).b), abs(plain_at(at).r - pair_at(at).g), 0.0, 0.0)',
                  // A step of 8 bits is allowed: that much rounding does.
                  finish: { wgsl: 'vec4f(max(0.0, sum.r - sum.g - 1.0 / 255.0), 0.0, 0.0, 0.0)' },
                }),
              ]
            : [
                {
                  label: 'invention/denied at all',
                  reads: ['pair'],
                  writes: { [name]: 'r32float' as const },
                  size: source,
                  wgsl: `${name}_is(vec4f(abs(pair_at(at).b)));`,
                },
              ]),
          ...measures.madeUpSteps(image, source),
          ...measures.tally('invention', {
            name: 'denied_total',
            reads: [name],
            size: source,
            value: `vec4f(${name}_at(at).r * ${name}_at(at).r, 0.0, 0.0, 0.0)`,
          }),
          ...measures.tally('invention', {
            name: 'made_up_total',
            reads: ['made_up'],
            size: image,
            value: 'vec4f(made_up_at(at).r * made_up_at(at).r, 0.0, 0.0, 0.0)',
          }),
        ],
        maps: {
          contradiction: { reads: [name], value: `${name}_between(at).r` },
          invention: { reads: ['made_up'], value: 'abs(made_up_at(at).r)' },
        },
        scores: {
          contradictionScore: {
            reads: ['denied_total'],
            value: `255.0 * sqrt(denied_total_at(at).r / ${source.width * source.height}.0)`,
          },
          inventionScore: {
            reads: ['made_up_total'],
            value: `255.0 * sqrt(made_up_total_at(at).r / ${image.width * image.height}.0)`,
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
