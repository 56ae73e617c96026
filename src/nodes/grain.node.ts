/**
 * Film grain: texture for a picture that an upscaler left too clean.
 *
 * The noise is a random value per cell of a lattice whose cells are `size` pixels, interpolated by a quadratic
 * B-spline (weights sum to 1 at any phase) and divided by the root of the weights' squares, so that its variance
 * is 1 at every pixel whatever the size. The picture's mean must not move, so cells come in pairs of opposite
 * sign: along a row, in blocks of 8 cells, cell k and cell k xor (4…7) carry v and −v, with another mask in every
 * block. The lattice closes on itself at the frame's edges and each row begins at an offset of its own, so that
 * every pair lies inside the frame and no pairing shows. Amplitude fades towards black and white: nothing clips,
 * for clipping would move the mean as well.
 *
 * This field is made once for a size and a seed. Each frame has it pushed to a place of its own, what leaves at one edge coming in at
 * the other: the same values, so that the mean stays, in another order at every pixel.
 */
import { defineNode, hash3, inferProblem, param, port } from './define.ts'

/** Of this node's random numbers, so that no other's go with them. */
const key = 0x67726e

export default defineNode({
  type: 'grain',
  title: 'Grain',
  category: 'look',
  summary: 'Adds seeded film grain, held back where the mask protects text.',
  keywords: [
    ...['noise', 'film', 'film look', 'texture', 'too clean', 'too smooth', 'plastic', 'waxy', 'skin', 'banding'],
    ...['look', 'dither'],
  ],
  inputs: {
    image: port.image('Image'),
    protect: port.optionalMask('Protect', 0, { help: 'Where it is 1 no grain is added.' }),
  },
  outputs: { image: port.image('Image') },
  params: {
    amount: param.float('Amount', {
      default: 0.05,
      min: 0,
      max: 0.5,
      step: 0.005,
      help: 'How far the strongest grains swing; their standard deviation is 2/7 of it. 0.5 reaches black and white from middle grey.',
    }),
    size: param.float('Size', { default: 1.5, min: 1, max: 8, step: 0.1, unit: 'px', help: 'Width of a grain.' }),
    seed: param.seed('Seed', { default: 1 }),
    shadows: param.float('Shadows', { default: 0.7, min: 0, max: 1, step: 0.01, help: 'Grain in the dark parts.' }),
    midtones: param.float('Midtones', { default: 1, min: 0, max: 1, step: 0.01 }),
    highlights: param.float('Highlights', { default: 0.5, min: 0, max: 1, step: 0.01 }),
    colour: param.float('Colour', {
      default: 0.25,
      min: 0,
      max: 1,
      step: 0.01,
      help: '0: grain of brightness alone; 1: grain of its own in red, green and blue.',
    }),
  },
  onCard: ['amount'],
  infer({ image, protect }) {
    if (protect && (protect.width !== image.width || protect.height !== image.height))
      return inferProblem({
        code: 'size-mismatch',
        port: 'protect',
        message: `The mask is ${protect.width}×${protect.height} but the picture is ${image.width}×${image.height}.`,
        hint: 'Make the mask from a picture of this size.',
      })
    return { image }
  },
  kernel: {
    kind: 'pixel',
    readsFrame: true,
    fields: {
      field: {
        params: ['size', 'seed'],
        wgsl: ` return vec4f(grainField(px.at, px.size, p.size, hash3(vec3u(p.seed, 0u, ${key}u)).x), 0.0); `,
        pushed({ params: { seed }, frame, width, height }) {
          const [x, y] = hash3([Number(seed), frame, key])
          return [Math.floor(((x >>> 16) * width) / 0x10000), Math.floor(((y >>> 16) * height) / 0x10000)]
        },
      },
    },
    functions: /* wgsl */ `
fn grainSpline(t: f32) -> vec3f {
  return vec3f(0.5 * (0.5 - t) * (0.5 - t), 0.75 - t * t, 0.5 * (0.5 + t) * (0.5 + t));
}
// The sum of four bytes of each word (Irwin and Hall), mean 0, variance 1, never beyond 3.46.
fn grainValue(bits: vec3u) -> vec3f {
  let ones = vec4f(1.0);
  let sums = vec3f(dot(unpack4x8unorm(bits.x), ones), dot(unpack4x8unorm(bits.y), ones), dot(unpack4x8unorm(bits.z), ones));
  return 1.72528 * (sums - 2.0);
}
// The value of cell x of a row of \`cells\`: one of a pair of opposite sign, or the odd one out, which is 0.
fn grainCell(x: u32, y: u32, cells: u32, masks: u32, key: u32) -> vec3f {
  let block = x >> 3u;
  let k = x & 7u;
  var pair = k;
  var sign = 1.0;
  let span = cells - (block << 3u);
  if (span >= 8u) {
    if (k >= 4u) { pair = k ^ (4u | ((masks >> ((block & 15u) * 2u)) & 3u)); sign = -1.0; }
  } else {
    let half = span >> 1u;
    if (k >= 2u * half) { return vec3f(0.0); }
    if (k >= half) { pair = k - half; sign = -1.0; }
  }
  return sign * grainValue(hash3(vec3u((block << 3u) + pair, y, key)));
}
// Three independent fields of mean 0 and variance 1, their grains \`grain\` pixels wide.
fn grainField(at: vec2u, size: vec2u, grain: f32, key: u32) -> vec3f {
  let cells = max(vec2u(round(vec2f(size) / grain)), vec2u(1u));
  let place = (vec2f(at) + 0.5) * vec2f(cells) / vec2f(size) - 0.5;
  let nearest = floor(place + 0.5);
  let across = grainSpline(place.x - nearest.x);
  let down = grainSpline(place.y - nearest.y);
  var sum = vec3f(0.0);
  for (var j = 0u; j < 3u; j++) {
    let y = (u32(nearest.y) + cells.y + j - 1u) % cells.y;
    let row = hash3(vec3u(y, key, 0x726f77u));
    for (var i = 0u; i < 3u; i++) {
      let x = (u32(nearest.x) + cells.x + i - 1u + row.x % cells.x) % cells.x;
      sum += across[i] * down[j] * grainCell(x, y, cells.x, row.y, key);
    }
  }
  return sum * inverseSqrt(dot(across, across) * dot(down, down));
}`,
    wgsl: /* wgsl */ `
  // Both halves of the scale of tones, each a smooth step that stays where the other moves.
  let y = 2.0 * luma(image.rgb);
  let low = saturate(y);
  let high = saturate(y - 1.0);
  let response = p.shadows + (p.midtones - p.shadows) * (low * low * (3.0 - 2.0 * low)) +
    (p.highlights - p.midtones) * (high * high * (3.0 - 2.0 * high));
  let headroom = max(min(image.rgb, 1.0 - image.rgb), vec3f(0.0));
  let swing = min(vec3f(p.amount * response * (1.0 - protect)), headroom);
  let field = field_at(vec2i(px.at)).rgb;
  // Three fields have a sum of variance 3, and it correlates with each of them by 1/sqrt(3).
  let grey = 1.0 - p.colour;
  let scale = inverseSqrt(grey * grey + p.colour * p.colour + 1.15470054 * p.colour * grey) / 3.5;
  let noise = (scale * grey * 0.57735027) * (field.r + field.g + field.b) + (scale * p.colour) * field;
  return vec4f(image.rgb + swing * clamp(noise, vec3f(-1.0), vec3f(1.0)), image.a);`,
  },
})
