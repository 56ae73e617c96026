/**
 * White balance and saturation. The colour of the light is a temperature on the locus of black bodies (by the cubics of B. Kang et
 * al., "Design of Advanced Color Temperature Control System for HDTV Applications", J. Korean Phys. Soc. 41, 2002) and a tint
 * across it; the picture is brought from there to 6504 K by Bradford's adaptation in linear light. Saturation scales what lies off grey, on the gamma-encoded values.
 */
import { createStage, defineNode, layOver, param, port, sizeMismatch } from './define.ts'

type Matrix = readonly (readonly [number, number, number])[]

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => [0, 1, 2].map((j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0))) as unknown as Matrix
const apply = (matrix: Matrix, v: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, value, k) => sum + value * v[k]!, 0))

// BT.709's primaries with D65 (IEC 61966-2-1), and Bradford's cone responses, with their inverses.
const toXyz: Matrix = [
  [0.4123907993, 0.3575843394, 0.1804807884],
  [0.2126390059, 0.7151686788, 0.0721923154],
  [0.0193308187, 0.1191947798, 0.9505321522],
]
const fromXyz: Matrix = [
  [3.2409699419, -1.5373831776, -0.4986107603],
  [-0.9692436363, 1.8759675015, 0.0415550574],
  [0.0556300797, -0.2039769589, 1.0569715142],
]
const toCones: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
]
const fromCones: Matrix = [
  [0.9869929055, -0.1470542564, 0.1599626517],
  [0.4323052697, 0.5183602715, 0.0492912282],
  [-0.0085286646, 0.0400428217, 0.9684866958],
]

/** Chromaticity x, y of a black body at `kelvin`, from 1667 to 25000. */
function lightOf(kelvin: number): readonly [number, number] {
  const t = 1000 / kelvin
  if (kelvin >= 4000) {
    const x = -3.0258469 * t ** 3 + 2.1070379 * t ** 2 + 0.2226347 * t + 0.24039
    return [x, 3.081758 * x ** 3 - 5.8733867 * x ** 2 + 3.75112997 * x - 0.37001483]
  }
  const x = -0.2661239 * t ** 3 - 0.2343589 * t ** 2 + 0.8776956 * t + 0.17991
  const y =
    kelvin <= 2222
      ? -1.1063814 * x ** 3 - 1.3481102 * x ** 2 + 2.18555832 * x - 0.20219683
      : -0.9549476 * x ** 3 - 1.37418593 * x ** 2 + 2.09137015 * x - 0.16748867
  return [x, y]
}

/** In linear light; the identity for 6504 K without tint, column by column as a uniform wants it. */
function balance(kelvin: number, tint: number): number[] {
  const xyz = ([x, y]: readonly [number, number]) => [x / y, 1, (1 - x - y) / y]
  const [x, y] = lightOf(kelvin)
  // Across the locus in CIE 1960, where green lies above it: 100 is 0.05 of v.
  const divisor = -2 * x + 12 * y + 3
  const u = (4 * x) / divisor
  const v = (6 * y) / divisor - 0.0005 * tint
  const numerator = 2 * u - 8 * v + 4
  const from = apply(toCones, xyz([(3 * u) / numerator, (2 * v) / numerator]))
  const to = apply(toCones, xyz(lightOf(6504)))
  const scale: Matrix = [
    [to[0]! / from[0]!, 0, 0],
    [0, to[1]! / from[1]!, 0],
    [0, 0, to[2]! / from[2]!],
  ]
  const matrix = [fromCones, scale, toCones, toXyz].reduce(times, fromXyz)
  // White keeps its brightness.
  const white = apply(toXyz, apply(matrix, [1, 1, 1]))[1]!
  return [0, 1, 2].flatMap((column) => matrix.map((row) => row[column]! / white))
}

export default defineNode({
  type: 'white-balance',
  title: 'White Balance, Saturation',
  category: 'look',
  cost: 'light',
  summary:
    'Takes out the colour of the light and scales saturation. Strong corrections lift the noise of the weakest channel.',
  keywords: [
    'colour cast',
    'color cast',
    'too yellow',
    'too blue',
    'too green',
    'orange',
    'tungsten',
    'warm',
    'cold',
    'temperature',
    'kelvin',
    'tint',
    'saturation',
    'pale colours',
    'black and white',
    'grayscale',
    'vivid',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    temperature: param.float('Light', {
      default: 6504,
      min: 2000,
      max: 15000,
      step: 50,
      unit: 'K',
      help: 'Colour of the light it was taken in: a lower number for a picture that is too yellow, a higher one for a picture that is too blue. 6504 changes nothing.',
    }),
    tint: param.float('Tint', {
      default: 0,
      min: -100,
      max: 100,
      step: 1,
      help: 'Across the temperature: below 0 for a picture that is too green, above for one too magenta.',
    }),
    saturation: param.float('Saturation', {
      default: 1,
      min: 0,
      max: 4,
      step: 0.01,
      help: '0 is black and white, 1 as it is. What would leave the range is cut off.',
    }),
  },
  onCard: ['temperature', 'saturation'],
  infer: ({ image, mask }) => sizeMismatch('mask', mask, image) ?? { image },
  kernel: {
    kind: 'pass',
    needs: () => ({ image: { reach: 0 }, mask: { reach: 0 } }),
    async prepare({ gpu, inputs: { image: whole, mask: maskDesc } }) {
      const stage = await createStage(gpu, {
        label: 'white-balance',
        reads: maskDesc ? ['image', 'mask'] : ['image'],
        format: 'rgba16float',
        uniforms: { balance: 'mat3x3f', balances: 'u32', saturation: 'f32' },
        wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  var rgb = image_at(at).rgb;
  if (u.balances == 1u) { rgb = clamp(fromLinear(u.balance * toLinear(rgb)), vec3f(0.0), vec3f(1.0)); }
  if (u.saturation != 1.0) { rgb = mix(vec3f(luma(rgb)), rgb, u.saturation); }
  ${layOver('rgb', maskDesc !== undefined)}
}`,
      })
      return {
        record({ recorder, inputs: { image, mask }, outputs, params: { temperature, tint, saturation } }) {
          if (!outputs.image) return
          stage.record(recorder, whole, { image, ...(mask && { mask }) }, outputs.image, {
            balance: balance(temperature, tint),
            balances: temperature === 6504 && tint === 0 ? 0 : 1,
            saturation,
          })
        },
      }
    },
  },
})
