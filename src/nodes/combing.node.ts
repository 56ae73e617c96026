/**
 * Finds lines that belong to two moments: a row that differs from those above and below in the same direction, by the test of
 * D. Graft's and tritical's field matchers (thresholds 9 and 54 of 255, squares of 16×16 pixels). The rows of one moment must be alike
 * among themselves, which ripples and fine texture seldom are; and what the same test finds along columns is taken off, since texture has stripes
 * both ways, and a comb has them one way.
 */
import { combedRowWgsl, defineNode, measures, numberDesc, param, port } from './define.ts'

/** Side of the squares of which the worst is the score. */
const square = 16
/** Of 255; and by how much rows of one moment may differ, of what they differ from those of the other. */
const stands = { apart: 9, strength: 54, unlike: 0.7 }

export default defineNode({
  type: 'combing',
  title: 'Combing',
  category: 'measure',
  cost: 'medium',
  summary: 'Shows where interlaced lines stand apart. Fine stripes in the scene itself look the same to it.',
  keywords: [
    'interlaced',
    'interlacing',
    'comb',
    'combs',
    'deinterlace',
    'field order',
    'jagged lines',
    'scan lines',
    'tape',
    'dv',
    'vhs',
    'telecine',
  ],
  inputs: { image: port.image('Image', { help: 'Before anything changes its height.' }) },
  outputs: {
    map: port.mask('Map', { help: 'The share of combed pixels around.' }),
    score: port.number('Score', {
      help: 'The share of combed pixels in the worst square of 16. Stands out from 0.2.',
    }),
  },
  params: {
    full: param.float('White from', {
      default: 0.5,
      min: 0.05,
      max: 1,
      step: 0.05,
      help: 'A share this large is white in the map; nothing else changes.',
    }),
  },
  infer: ({ image }) => ({ map: measures.maskLike(image), score: numberDesc({ min: 0, max: 1 }) }),
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 12 }),
    async prepare({ gpu, inputs: { image } }) {
      const squares = { width: Math.ceil(image.width / square), height: Math.ceil(image.height / square) }
      const measure = await measures.createMeasure(gpu, {
        label: 'combing',
        inputSizes: { image },
        steps: [
          {
            label: 'combing/combed',
            reads: ['image'],
            writes: { combed: 'r32float' },
            size: image,
            functions: /* wgsl */ `
fn tone(at: vec2i) -> f32 { return 255.0 * luma(image_at(at).rgb); }
${combedRowWgsl(stands)}`,
            wgsl: 'combed_is(vec4f(standsOut(at, vec2i(0, 1)) - standsOut(at, vec2i(1, 0))));',
          },
          ...measures.filter({
            label: 'combing/share',
            name: 'share',
            reads: ['combed'],
            size: image,
            format: 'r32float',
            taps: measures.box(15),
            value: 'combed_at(at)',
          }),
          {
            label: 'combing/squares',
            reads: ['combed'],
            writes: { squares: 'r32float' },
            size: squares,
            wgsl: /* wgsl */ `
  var sum = 0.0;
  let end = min((at + 1) * ${square}, combed_size());
  for (var y = at.y * ${square}; y < end.y; y++) {
    for (var x = at.x * ${square}; x < end.x; x++) { sum += combed_at(vec2i(x, y)).r; }
  }
  squares_is(vec4f(max(sum, 0.0) / ${square * square}.0));`,
          },
          ...measures.tally('combing', {
            name: 'worst',
            reads: ['squares'],
            size: squares,
            value: 'squares_at(at)',
            how: 'highest',
          }),
        ],
        maps: { map: { reads: ['share'], value: 'share_at(at).r' } },
        scores: { score: { reads: ['worst'], value: 'worst_at(at).r' } },
      })
      return {
        record: ({ recorder, inputs, outputs, params: { full } }) =>
          measure.record(recorder, inputs, outputs, { full }),
        dispose: () => measure[Symbol.dispose](),
      }
    },
  },
})
