/**
 * Finds false contours: flat ground of one code beside flat ground of another, nearby and few codes away, at four sizes of the picture. After
 * CAMBI (P. Tandon et al., "CAMBI: Contrast-aware Multiscale Banding Index", 2021), with steps of up to ten codes of
 * 8 bits, without which bands of 7 bits and less are not seen.
 */
import { defineNode, measures, numberDesc, param, port } from './define.ts'

/** Sides of the picture are halved so many times, and each time count for less. */
const scales = [4, 2, 1, 1]
const weightSum = 7
/** Pixels of 7×7 that must equal their neighbours for a place to be flat. */
const fewest = (scale: number) => (scale === 0 ? 21 : 24)
/** Side of the squares that flat pixels are counted over; 5×5 of them are near. */
const tile = 8
const words = 64
/** Codes up to so many away make a contour, the stronger the more, up to `strongest`: the steps of 5 bits. */
const reach = 10
const strongest = 8

interface Size {
  readonly width: number
  readonly height: number
}

const shrunk = ({ width, height }: Size, by: number): Size => ({
  width: Math.ceil(width / by),
  height: Math.ceil(height / by),
})

/** `contrast_<scale>`: of each pixel how strong the contours around are. `first`: where its tiles' counts begin. */
function scaleSteps(whole: Size, scale: number, first: number, length: number): measures.Step[] {
  const size = shrunk(whole, 1 << scale)
  const tiles = shrunk(size, tile)
  const label = `banding/${scale}`
  const start = first === 0 ? '' : `${first}u + `
  return [
    {
      label: `${label}/codes`,
      reads: ['image'],
      writes: { [`codes_${scale}`]: 'rgba16float' },
      size,
      functions: /* wgsl */ `
fn code(at: vec2i) -> f32 {
  return floor(255.0 * luma(image_at(min(at, vec2i(${size.width - 1}, ${size.height - 1})) << vec2u(${scale}u)).rgb) + 0.5);
}`,
      wgsl: /* wgsl */ `
  let here = code(at);
  let still = here == code(at + vec2i(1, 0)) && here == code(at + vec2i(0, 1));
  codes_${scale}_is(vec4f(here, select(0.0, 1.0, still), 0.0, 0.0));`,
    },
    ...measures.filter({
      label: `${label}/flat`,
      name: `flat_${scale}`,
      reads: [`codes_${scale}`],
      size,
      format: 'r32float',
      taps: measures.box(7),
      value: `codes_${scale}_at(at).gggg`,
      finish: { wgsl: `vec4f(select(0.0, 1.0, 49.0 * sum.r > ${fewest(scale)}.5))` },
    }),
    // Four counts of a byte each in a word: a tile has 64 pixels.
    {
      label: `${label}/count`,
      reads: [`codes_${scale}`, `flat_${scale}`],
      writes: {},
      size,
      counts: { tiles: { length, atomic: true } },
      wgsl: /* wgsl */ `
  if (flat_${scale}_at(at).r == 0.0) { return; }
  let code = u32(clamp(codes_${scale}_at(at).r, 0.0, 255.0));
  let place = u32(at.y / ${tile} * ${tiles.width} + at.x / ${tile});
  atomicAdd(&tiles[${start}place * ${words}u + code / 4u], 1u << (8u * (code % 4u)));`,
    },
    {
      label: `${label}/contrast`,
      reads: [`codes_${scale}`, `flat_${scale}`],
      writes: { [`contrast_${scale}`]: 'r32float' },
      size,
      counts: { tiles: { length } },
      wgsl: /* wgsl */ `
  if (flat_${scale}_at(at).r == 0.0) { contrast_${scale}_is(vec4f(0.0)); return; }
  let code = i32(clamp(codes_${scale}_at(at).r, 0.0, 255.0));
  let lowest = max(code - ${reach}, 0) / 4;
  let highest = min(code + ${reach}, 255) / 4;
  // Counts of the codes from 4 × lowest on.
  var near = array<f32, ${4 * (2 * Math.ceil(reach / 4) + 1)}>();
  let own = at / ${tile};
  for (var y = max(own.y - 2, 0); y <= min(own.y + 2, ${tiles.height - 1}); y++) {
    for (var x = max(own.x - 2, 0); x <= min(own.x + 2, ${tiles.width - 1}); x++) {
      let place = ${start}u32(y * ${tiles.width} + x) * ${words}u;
      for (var word = lowest; word <= highest; word++) {
        let four = tiles[place + u32(word)];
        let into = 4 * (word - lowest);
        near[into] += f32(four & 255u);
        near[into + 1] += f32((four >> 8u) & 255u);
        near[into + 2] += f32((four >> 16u) & 255u);
        near[into + 3] += f32(four >> 24u);
      }
    }
  }
  let middle = code - 4 * lowest;
  let here = near[middle];
  var worst = 0.0;
  for (var step = 1; step <= ${reach}; step++) {
    var other = 0.0;
    if (code - step >= 0) { other = near[middle - step]; }
    if (code + step <= 255) { other = max(other, near[middle + step]); }
    worst = max(worst, f32(min(step, ${strongest})) * here * other / (here + other) / 400.0);
  }
  contrast_${scale}_is(vec4f(worst));`,
    },
  ]
}

export default defineNode({
  type: 'banding',
  title: 'Banding',
  category: 'measure',
  cost: 'medium',
  summary:
    'Shows contours in what should be smooth, such as skies and walls. Give it the picture as it is written: grain and dither hide bands.',
  keywords: [
    'bands',
    'posterized',
    'posterised',
    'contours',
    'gradient',
    'sky',
    'steps',
    'colour banding',
    'color banding',
    '8 bit',
    'deband',
  ],
  inputs: { image: port.image('Image') },
  outputs: {
    map: port.mask('Map', { help: 'How strong the contours nearby are.' }),
    score: port.number('Score', { help: 'Mean over the picture. Stands out from 0.05.' }),
  },
  params: {
    full: param.float('White from', {
      default: 1,
      min: 0.05,
      max: 4,
      step: 0.05,
      help: 'Contours this strong are white in the map; nothing else changes.',
    }),
  },
  infer: ({ image }) => ({ map: measures.maskLike(image), score: numberDesc({ min: 0, max: strongest }) }),
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 16, resident: 6 }),
    async prepare({ gpu, inputs: { image } }) {
      const { width, height } = image
      const counts = scales.map((_, scale) => {
        const tiles = shrunk(shrunk(image, 1 << scale), tile)
        return tiles.width * tiles.height * words
      })
      const first = counts.map((_, scale) => counts.slice(0, scale).reduce((sum, count) => sum + count, 0))
      const length = counts.reduce((sum, count) => sum + count, 0)
      const measure = await measures.createMeasure(gpu, {
        label: 'banding',
        inputSizes: { image },
        steps: [
          ...scales.flatMap((_, scale) => scaleSteps(image, scale, first[scale]!, length)),
          {
            label: 'banding/contours',
            reads: scales.map((_, scale) => `contrast_${scale}`),
            writes: { contours: 'r32float' },
            size: { width, height },
            wgsl: `contours_is((${scales
              .map((weight, scale) => `${weight}.0 * contrast_${scale}_at(at >> vec2u(${scale}u))`)
              .join(' + ')}) / ${weightSum}.0);`,
          },
          ...measures.tally('banding', {
            name: 'contours_total',
            reads: ['contours'],
            size: image,
            value: 'contours_at(at)',
          }),
        ],
        maps: { map: { reads: ['contours'], value: 'contours_at(at).r' } },
        scores: { score: { reads: ['contours_total'], value: `contours_total_at(at).r / ${width * height}.0` } },
      })
      return {
        record: ({ recorder, inputs, outputs, params: { full } }) =>
          measure.record(recorder, inputs, outputs, { full }),
        dispose: () => measure[Symbol.dispose](),
      }
    },
  },
})
