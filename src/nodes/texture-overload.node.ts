/**
 * Finds texture that a result puts where its source has little to justify it: the deviation of what it invents (see Invention) against the
 * source's own texture. Grain that lies over the whole picture does not count, told by what lies where the source is stillest, nor what
 * sharpening does beside edges, nor lines that are too fine for the source, such as gaps between planks: what is invented there has one direction.
 */
import { defineNode, measures, numberDesc, param, port } from './define.ts'

/** Of invention's strength in still places, of which the median is grain: up to an eighth of white. */
const bins = 2048
const highestGrain = 0.125
/** Grain is told by the stillest quarter of the source, and by all of it that is stiller than this. */
const still = 1 / 255
/** A window's grain is by a fifth stronger than the median here and there. */
const spread = 1.2

export default defineNode({
  type: 'texture-overload',
  title: 'Texture Overload',
  category: 'measure',
  cost: 'heavy',
  summary:
    'Shows where a result lays texture on ground that is smooth in its source. Invented texture can be wanted: judge by eye.',
  keywords: [
    'overload',
    'too much texture',
    'invented texture',
    'gan',
    'noisy',
    'crunchy',
    'scales',
    'worms',
    'hallucination',
    'wrong texture',
    'busy',
    'oversharpened texture',
    'artifacts',
  ],
  inputs: {
    image: port.image('Image', { help: 'The enlarged picture.' }),
    source: port.image('Source', { help: 'The picture that it was made from, before it was enlarged.' }),
  },
  outputs: {
    map: port.mask('Map', { help: 'How many times more texture than the source accounts for, less one.' }),
    score: port.number('Score', { help: 'Mean over the picture. Stands out from 0.05.' }),
  },
  params: {
    full: param.float('White from', {
      default: 2,
      min: 0.25,
      max: 4,
      step: 0.05,
      help: 'This many times too much is white in the map; nothing else changes.',
    }),
  },
  infer: ({ image, source }) =>
    measures.pairProblem(image, source) ?? { map: measures.maskLike(image), score: numberDesc({ min: 0, max: 4 }) },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 166, resident: 21 }),
    async prepare({ gpu, inputs: { image, source } }) {
      const measure = await measures.createMeasure(gpu, {
        label: 'texture-overload',
        inputSizes: { image, source },
        steps: [
          ...measures.pairSteps(image, source),
          ...measures.madeUpSteps(image, source),
          ...measures.deviationSteps('texture-overload/strength', 'strength', image, {
            reads: ['made_up'],
            value: 'made_up_at(at)',
            side: 9,
          }),
          // How much of one direction a window is. By differences of neighbours, since lines this fine lie in every second pixel.
          ...measures.filter({
            label: 'texture-overload/lines',
            name: 'lines',
            reads: ['made_up'],
            size: image,
            taps: measures.box(9),
            functions: /* wgsl */ `
fn tensor(here: f32, right: f32, below: f32) -> vec4f {
  let g = vec2f(right - here, below - here);
  return vec4f(g.x * g.x, g.y * g.y, g.x * g.y, 0.0);
}`,
            value: 'tensor(made_up_at(at).r, made_up_at(at + vec2i(1, 0)).r, made_up_at(at + vec2i(0, 1)).r)',
            finish: {
              wgsl: 'vec4f(length(vec2f(sum.x - sum.y, 2.0 * sum.z)) / (sum.x + sum.y + 1e-8), 0.0, 0.0, 0.0)',
            },
          }),
          ...measures.textureSteps('texture-overload/texture', 'texture', source, {
            reads: ['pair'],
            value: 'pair_at(at).gggg',
            sigma: 0.9,
            side: 5,
          }),
          {
            label: 'texture-overload/textures',
            reads: ['texture'],
            writes: {},
            size: source,
            counts: { textures: { length: bins, atomic: true } },
            wgsl: `atomicAdd(&textures[min(u32(texture_at(at).r * ${bins / highestGrain}.0), ${bins - 1}u)], 1u);`,
          },
          {
            label: 'texture-overload/stillest',
            reads: [],
            writes: { stillest: 'r32float' },
            size: { width: 1, height: 1 },
            counts: { textures: { length: bins } },
            wgsl: /* wgsl */ `
  var below = 0u;
  var quarter = 0u;
  for (; quarter < ${bins}u; quarter++) {
    below += textures[quarter];
    if (4u * below >= ${source.width * source.height}u) { break; }
  }
  stillest_is(vec4f(max(${still}, f32(quarter + 1u) * ${highestGrain / bins})));`,
          },
          {
            label: 'texture-overload/count',
            reads: ['texture', 'strength', 'stillest'],
            writes: {},
            size: source,
            counts: { still: { length: bins, atomic: true } },
            wgsl: /* wgsl */ `
  if (texture_at(at).r > stillest_at(vec2i(0)).r) { return; }
  let place = vec2i((vec2f(at) + 0.5) * vec2f(strength_size()) / vec2f(texture_size()));
  atomicAdd(&still[min(u32(strength_at(place).r * ${bins / highestGrain}.0), ${bins - 1}u)], 1u);`,
          },
          {
            label: 'texture-overload/grain',
            reads: [],
            writes: { grain: 'r32float' },
            size: { width: 1, height: 1 },
            counts: { still: { length: bins } },
            wgsl: /* wgsl */ `
  var total = 0u;
  for (var i = 0u; i < ${bins}u; i++) { total += still[i]; }
  var below = 0u;
  var median = 0u;
  for (; median < ${bins}u; median++) {
    below += still[median];
    if (2u * below >= total) { break; }
  }
  grain_is(vec4f(select(${spread} * (f32(median) + 0.5) * ${highestGrain / bins}, 0.0, median == 0u)));`,
          },
          ...measures.fitSteps(source),
          ...measures.highest('texture-overload/gain', 'gain', 'fit', source, 3),
          ...measures.slopeSteps(source, 'slope_1', 1),
          ...measures.highest('texture-overload/edges', 'edges', 'slope_1', source, 2),
          {
            label: 'texture-overload/overload',
            reads: ['strength', 'texture', 'grain', 'gain', 'edges', 'lines'],
            writes: { overload: 'r32float' },
            size: image,
            wgsl: /* wgsl */ `
  let grain = grain_at(vec2i(0)).r;
  let strength = sqrt(max(0.0, strength_at(at).r * strength_at(at).r - grain * grain));
  let ratio = strength / (1.5 * texture_between(at).r + 2.0 / 255.0);
  let allowed = select(0.0, 1.0 - gain_nearest(at).r, edges_nearest(at).r < 0.1 && lines_at(at).r < 0.7);
  overload_is(vec4f(clamp(ratio - 1.0, 0.0, 4.0) * allowed));`,
          },
          ...measures.tally('texture-overload', {
            name: 'overload_total',
            reads: ['overload'],
            size: image,
            value: 'overload_at(at)',
          }),
        ],
        maps: { map: { reads: ['overload'], value: 'overload_at(at).r' } },
        scores: {
          score: { reads: ['overload_total'], value: `overload_total_at(at).r / ${image.width * image.height}.0` },
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
