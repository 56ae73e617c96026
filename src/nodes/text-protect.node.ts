/**
 * Finds text, so that nothing further down invents letters or lays grain on them. Two detectors:
 *
 * `neural` asks a text detector (a model) at reduced size every few frames and holds its answer in between.
 *
 * `strokes` is our own, a few small GPU passes on luma, after what a line of print looks like to the eye: many
 * strokes side by side, and clear ground above and below. At a reduced size and at half of that, for larger type:
 *   1. `cells`: |∂luma/∂x|, luma and its square, averaged over cells of 4 × 2 px.
 *   2. `across`, `down`: Gaussian means of the three; the variance of luma follows. Two things are read from them:
 *      *activity*, the mean |∂x| (σ 10 × 1.5 px), and *density*, mean |∂x| ÷ deviation of luma (σ 10 × 4 px): strokes
 *      per pixel whatever the contrast. A lone edge or a brick's joint is not dense, print is.
 *   3. `line`: the lowest activity within 20 px above, and below; the higher of the two, divided by the highest
 *      activity nearby. Print falls to nothing between its lines; grass and gravel never pause.
 *   4. a closing (12 px) and an opening (36 px) along the row: what stands alone (an eye, a buckle) is no line.
 * Measured on the sample clip: see tests/gpu/nodes-text-protect.test.ts. Blind to text that runs upwards, to lines
 * higher than a fifth of the picture or so, and to colour that differs from its ground in hue alone.
 */
import { defineNode, type Gpu, type GpuPicture, param, port, type Recorder } from './define.ts'

interface Size {
  readonly width: number
  readonly height: number
}
/** Weights in [0,1] on a grid of their own that covers the whole picture. */
interface WeightMap extends Size {
  readonly texture: GPUTexture
}

const cell = { width: 4, height: 2 } as const
/** Means along the row, in cells: σ is 10 px. */
const acrossSigma = 2.5
const acrossRadius = 6
/** Means down the column, in cells: σ is 4 px. */
const downSigma = 2
const downRadius = 5
/** How far above and below a line its ground is looked for, in cells: 20 px. */
const groundReach = 10

const gaussian = (sigma: number, radius: number): string => {
  const weights = Array.from({ length: radius + 1 }, (_, i) => Math.exp(-(i ** 2) / (2 * sigma ** 2)))
  const sum = weights.reduce((total, weight, i) => total + (i === 0 ? 1 : 2) * weight, 0)
  return `array<f32, ${radius + 1}>(${weights.map((weight) => (weight / sum).toPrecision(8)).join(', ')})`
}

const float = 'float' as const
const weight = 'r32float' as const
// A variance is a small difference of means: half floats would drown it.
const moments = 'rgba32float' as const

const strokes = {
  /** Mean luma of `factor` × `factor` pixels. */
  reduce: {
    label: 'text-protect/reduce',
    reads: { image: float },
    writes: { reduced: weight },
    uniforms: { factor: 'u32' },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = textureDimensions(image) - 1u;
  var sum = 0.0;
  for (var j = 0u; j < u.factor; j++) {
    for (var i = 0u; i < u.factor; i++) {
      sum += luma(textureLoad(image, min(at * u.factor + vec2u(i, j), last), 0).rgb);
    }
  }
  textureStore(reduced, at, vec4f(sum / f32(u.factor * u.factor)));
}`,
  },
  halve: {
    label: 'text-protect/halve',
    reads: { wide: float },
    writes: { halved: weight },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = textureDimensions(wide) - 1u;
  let a = textureLoad(wide, min(2u * at, last), 0).r + textureLoad(wide, min(2u * at + vec2u(1, 0), last), 0).r;
  let b = textureLoad(wide, min(2u * at + vec2u(0, 1), last), 0).r + textureLoad(wide, min(2u * at + 1u, last), 0).r;
  textureStore(halved, at, vec4f(0.25 * (a + b)));
}`,
  },
  cells: {
    label: 'text-protect/cells',
    reads: { picture: float },
    writes: { means: moments },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = vec2i(textureDimensions(picture)) - 1;
  let first = vec2i(at) * vec2i(${cell.width}, ${cell.height});
  var sum = vec3f(0.0);
  for (var j = 0; j < ${cell.height}; j++) {
    let y = min(first.y + j, last.y);
    var before = textureLoad(picture, vec2i(clamp(first.x - 1, 0, last.x), y), 0).r;
    var here = textureLoad(picture, vec2i(min(first.x, last.x), y), 0).r;
    for (var i = 1; i <= ${cell.width}; i++) {
      let after = textureLoad(picture, vec2i(min(first.x + i, last.x), y), 0).r;
      sum += vec3f(0.5 * abs(after - before), here, here * here);
      before = here;
      here = after;
    }
  }
  textureStore(means, at, vec4f(sum / ${cell.width * cell.height}.0, 0.0));
}`,
  },
  across: {
    label: 'text-protect/across',
    reads: { means: float },
    writes: { wide: moments },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = i32(textureDimensions(means).x) - 1;
  let weights = ${gaussian(acrossSigma, acrossRadius)};
  var sum = vec4f(0.0);
  for (var i = -${acrossRadius}; i <= ${acrossRadius}; i++) {
    sum += weights[abs(i)] * textureLoad(means, vec2i(clamp(i32(at.x) + i, 0, last), i32(at.y)), 0);
  }
  textureStore(wide, at, sum);
}`,
  },
  down: {
    label: 'text-protect/down',
    reads: { wide: float },
    writes: { activity: weight, density: weight },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = i32(textureDimensions(wide).y) - 1;
  let weights = ${gaussian(downSigma, downRadius)};
  let near = vec2f(0.5, 0.25);
  var close = 0.0;
  var sum = vec3f(0.0);
  for (var j = -${downRadius}; j <= ${downRadius}; j++) {
    let mean = textureLoad(wide, vec2i(i32(at.x), clamp(i32(at.y) + j, 0, last)), 0).rgb;
    sum += weights[abs(j)] * mean;
    if (abs(j) <= 1) { close += near[abs(j)] * mean.r; }
  }
  textureStore(activity, at, vec4f(close));
  textureStore(density, at, vec4f(sum.r / sqrt(max(sum.b - sum.g * sum.g, 1e-4))));
}`,
  },
  line: {
    label: 'text-protect/line',
    reads: { activity: float, density: float },
    writes: { score: weight },
    uniforms: { sensitivity: 'f32' },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = i32(textureDimensions(activity).y) - 1;
  var above = 1.0;
  var below = 1.0;
  var highest = 0.0;
  for (var j = 0; j <= ${groundReach}; j++) {
    let up = textureLoad(activity, vec2i(i32(at.x), max(i32(at.y) - j, 0)), 0).r;
    let low = textureLoad(activity, vec2i(i32(at.x), min(i32(at.y) + j, last)), 0).r;
    above = min(above, up);
    below = min(below, low);
    if (j <= 2) { highest = max(highest, max(up, low)); }
  }
  let ground = max(above, below) / max(highest, 0.004);
  // At sensitivity 0.5: ground below 0.32 of the line, density over 0.21.
  let line = 1.0 - smoothstep(-0.08, 0.08, ground - (0.12 + 0.4 * u.sensitivity));
  let dense = smoothstep(-0.03, 0.03, textureLoad(density, at, 0).r - (0.27 - 0.12 * u.sensitivity));
  textureStore(score, at, vec4f(line * dense * smoothstep(0.008, 0.016, highest)));
}`,
  },
  /** The highest (or lowest) of the cells within `radius` along the row. */
  row: {
    label: 'text-protect/row',
    reads: { score: float },
    writes: { spread: weight },
    uniforms: { radius: 'i32', lowest: 'u32' },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = i32(textureDimensions(score).x) - 1;
  var value = textureLoad(score, at, 0).r;
  for (var i = -u.radius; i <= u.radius; i++) {
    let tap = textureLoad(score, vec2i(clamp(i32(at.x) + i, 0, last), i32(at.y)), 0).r;
    value = select(max(value, tap), min(value, tap), u.lowest != 0u);
  }
  textureStore(spread, at, vec4f(value));
}`,
  },
  /** The two scores on the grid of the coarse picture, which is fine enough for a soft mask. */
  join: {
    label: 'text-protect/join',
    reads: { fine: float, coarse: float },
    writes: { text: weight },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let place = (vec2f(at) + 0.5) / vec2f(${cell.width}.0, ${cell.height}.0);
  textureStore(text, at, vec4f(max(bilinear(fine, 2.0 * place - 0.5).r, bilinear(coarse, place - 0.5).r)));
}`,
  },
} as const

/** Where text is, on a grid whose longest side is at most half of `side`; the map goes back to the pool when disposed. */
async function prepareStrokes(gpu: Gpu, picture: Size, side: number) {
  const factor = Math.max(1, Math.ceil(Math.max(picture.width, picture.height) / side))
  const divide = ({ width, height }: Size, x: number, y: number) => ({
    width: Math.ceil(width / x),
    height: Math.ceil(height / y),
  })
  const fine = divide(picture, factor, factor)
  const coarse = divide(fine, 2, 2)
  const [reduce, halve, cells, across, down, line, row, join] = await Promise.all([
    gpu.compute(strokes.reduce),
    gpu.compute(strokes.halve),
    gpu.compute(strokes.cells),
    gpu.compute(strokes.across),
    gpu.compute(strokes.down),
    gpu.compute(strokes.line),
    gpu.compute(strokes.row),
    gpu.compute(strokes.join),
  ])

  return (recorder: Recorder, image: GpuPicture, sensitivity: number): WeightMap & Disposable => {
    using leases = new DisposableStack()
    const borrow = ({ width, height }: Size, what: string, format: 'r32float' | 'rgba32float' = weight) =>
      leases.use(gpu.pool.texture({ width, height, format }, `text-protect/${what}`)).value

    const scoreLines = (picture: GPUTexture, size: Size): GPUTexture => {
      const grid = divide(size, cell.width, cell.height)
      const [means, wide] = [borrow(grid, 'means', moments), borrow(grid, 'wide means', moments)]
      const [activity, density, score] = [borrow(grid, 'activity'), borrow(grid, 'density'), borrow(grid, 'score')]
      cells.record(recorder, { reads: { picture }, writes: { means }, size: grid })
      across.record(recorder, { reads: { means }, writes: { wide }, size: grid })
      down.record(recorder, { reads: { wide }, writes: { activity, density }, size: grid })
      line.record(recorder, {
        reads: { activity, density },
        writes: { score },
        uniforms: { sensitivity },
        size: grid,
      })
      // Closing by one cell either way, then opening by four; the two erosions between are one.
      const extremes = [
        { from: score, to: activity, uniforms: { radius: 1, lowest: 0 } },
        { from: activity, to: density, uniforms: { radius: 5, lowest: 1 } },
        { from: density, to: score, uniforms: { radius: 4, lowest: 0 } },
      ]
      for (const { from, to, uniforms } of extremes)
        row.record(recorder, { reads: { score: from }, writes: { spread: to }, uniforms, size: grid })
      return score
    }

    const [fineLuma, coarseLuma] = [borrow(fine, 'luma'), borrow(coarse, 'half luma')]
    reduce.record(recorder, {
      reads: { image: image.texture },
      writes: { reduced: fineLuma },
      uniforms: { factor },
      size: fine,
    })
    halve.record(recorder, { reads: { wide: fineLuma }, writes: { halved: coarseLuma }, size: coarse })
    const reads = { fine: scoreLines(fineLuma, fine), coarse: scoreLines(coarseLuma, coarse) }
    const text = gpu.pool.texture({ ...coarse, format: weight }, 'text-protect/text')
    join.record(recorder, { reads, writes: { text: text.value }, size: coarse })
    return { texture: text.value, ...coarse, [Symbol.dispose]: () => text[Symbol.dispose]() }
  }
}

/** One axis of grow (the highest within `radius`, its last step by what is left of it) and of feather (a Gaussian). */
const shapePass = (what: 'grow' | 'feather', axis: 'x' | 'y') =>
  ({
    label: `text-protect/${what} ${axis}`,
    reads: { map: float },
    writes: { shaped: weight },
    uniforms: { radius: 'f32', low: 'f32', high: 'f32' },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = i32(textureDimensions(map).${axis}) - 1;
  let reach = i32(ceil(${what === 'grow' ? 'u.radius' : '2.5 * u.radius'}));
  var value = 0.0;
  var total = 0.0;
  for (var k = -reach; k <= reach; k++) {
    var tap = vec2i(at);
    tap.${axis} = clamp(tap.${axis} + k, 0, last);
    let weight = clamp((textureLoad(map, tap, 0).r - u.low) / (u.high - u.low), 0.0, 1.0);
    ${
      what === 'grow'
        ? 'value = max(value, weight * clamp(u.radius + 1.0 - abs(f32(k)), 0.0, 1.0));'
        : `let share = exp(-f32(k * k) / (2.0 * u.radius * u.radius));
    value += share * weight;
    total += share;`
    }
  }
  textureStore(shaped, at, vec4f(${what === 'grow' ? 'value' : 'value / total'}));
}`,
  }) as const

const drawPass = {
  label: 'text-protect/draw',
  reads: { map: float },
  writes: { drawn: weight },
  uniforms: { inverted: 'u32', whole: 'vec2f', corner: 'vec2f' },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let weight = bilinear(map, (vec2f(at) + u.corner + 0.5) * vec2f(textureDimensions(map)) / u.whole - 0.5).r;
  textureStore(drawn, at, vec4f(select(weight, 1.0 - weight, u.inverted != 0u)));
}`,
} as const

/** Grows and feathers a map on its own grid (lengths in picture pixels), then draws it at the picture's size. */
async function prepareShaping(gpu: Gpu, picture: Size) {
  const [growX, growY, featherX, featherY, draw] = await Promise.all([
    gpu.compute(shapePass('grow', 'x')),
    gpu.compute(shapePass('grow', 'y')),
    gpu.compute(shapePass('feather', 'x')),
    gpu.compute(shapePass('feather', 'y')),
    gpu.compute(drawPass),
  ])
  return (
    recorder: Recorder,
    map: WeightMap,
    shape: { readonly low: number; readonly high: number; readonly grow: number; readonly feather: number },
    targets: readonly { readonly target: GpuPicture; readonly inverted: boolean }[],
  ) => {
    const size = { width: map.width, height: map.height }
    const perPixel = { x: map.width / picture.width, y: map.height / picture.height }
    using first = gpu.pool.texture({ ...size, format: 'r32float' }, 'text-protect/shape')
    using second = gpu.pool.texture({ ...size, format: 'r32float' }, 'text-protect/shape')
    const { low, high, grow } = shape
    const range = { low, high }
    const unit = { low: 0, high: 1 }
    // Half the feather is the deviation: from a twentieth to nineteen is then some 1.6 feathers wide.
    const deviation = { x: (shape.feather / 2) * perPixel.x, y: (shape.feather / 2) * perPixel.y }
    const steps = [
      { pass: growX, from: map.texture, to: first.value, uniforms: { radius: grow * perPixel.x, ...range } },
      { pass: growY, from: first.value, to: second.value, uniforms: { radius: grow * perPixel.y, ...unit } },
      { pass: featherX, from: second.value, to: first.value, uniforms: { radius: deviation.x, ...unit } },
      { pass: featherY, from: first.value, to: second.value, uniforms: { radius: deviation.y, ...unit } },
    ]
    for (const { pass, from, to, uniforms } of steps.slice(0, shape.feather > 0 ? 4 : 2))
      pass.record(recorder, { reads: { map: from }, writes: { shaped: to }, uniforms, size })
    for (const { target, inverted } of targets)
      draw.record(recorder, {
        reads: { map: second.value },
        writes: { drawn: target.texture },
        uniforms: {
          inverted: inverted ? 1 : 0,
          whole: [picture.width, picture.height],
          corner: [target.part.x, target.part.y],
        },
        size: target.part,
      })
  }
}

/** The net marks the core of a line only: this much of the map's pixels is always added around it. */
const neuralMargin = 3

export default defineNode({
  type: 'text-protect',
  title: 'Text-Protect Mask',
  category: 'mask',
  summary: 'Finds captions and print and gives a soft mask, so that models and grain leave letters alone.',
  keywords: [
    ...['text', 'captions', 'subtitles', 'letters', 'ocr', 'mask', 'protect', 'print', 'signs', 'titles', 'logo'],
    ...['garbled', 'melted letters', 'unreadable', 'writing'],
  ],
  inputs: { image: port.image('Image') },
  outputs: {
    mask: port.mask('Text', { help: '1 where there is text.' }),
    background: port.mask('Background', { help: '1 where there is none: the other mask’s inverse.' }),
  },
  params: {
    detector: param.choice('Detector', ['strokes', 'neural'], {
      default: 'strokes',
      labels: { strokes: 'Strokes (fast, level lines)', neural: 'Neural (slower, any text)' },
    }),
    sensitivity: param.float('Sensitivity', { default: 0.5, min: 0, max: 1, step: 0.01 }),
    grow: param.float('Grow', { default: 3, min: 0, max: 32, step: 0.5, unit: 'px' }),
    feather: param.float('Feather', { default: 3, min: 0, max: 32, step: 0.5, unit: 'px' }),
    invert: param.bool('Invert', { default: false, help: 'Swaps the two masks.' }),
    side: param.int('Search size', {
      default: 960,
      min: 160,
      max: 2048,
      unit: 'px',
      affects: 'plan',
      help: 'The picture is reduced to this longest side before text is looked for. Larger finds smaller text and takes longer.',
    }),
    interval: param.int('Every', {
      default: 4,
      min: 1,
      max: 24,
      unit: 'frames',
      help: 'The neural detector looks at every so many frames; between them its mask is held.',
      visible: (values) => values.detector === 'neural',
    }),
  },
  infer({ image: { width, height, frameRate } }) {
    const mask = { type: 'mask', width, height, format: 'r32float', frameRate } as const
    return { mask, background: mask }
  },
  kernel: {
    kind: 'async',
    needs: ({ detector, interval }) => ({ image: detector === 'neural' ? { frames: { every: interval } } : {} }),
    async prepare({ gpu, models, runtime, inputs, params }) {
      const picture = inputs.image
      const shape = await prepareShaping(gpu, picture)
      const both = (
        outputs: { readonly mask: GpuPicture | undefined; readonly background: GpuPicture | undefined },
        invert: boolean,
      ) => [
        ...(outputs.mask ? [{ target: outputs.mask, inverted: invert }] : []),
        ...(outputs.background ? [{ target: outputs.background, inverted: !invert }] : []),
      ]

      if (params.detector === 'strokes') {
        const detect = await prepareStrokes(gpu, picture, params.side)
        return {
          async run({ recorder, inputs, outputs, params: { sensitivity, grow, feather, invert } }) {
            using map = detect(recorder, inputs.image, sensitivity)
            shape(recorder, map, { low: 0, high: 1, grow, feather }, both(outputs, invert))
          },
        }
      }

      const detector = await models.textDetector(runtime)
      // Enlarging a small picture shows the net nothing new.
      const side = Math.min(params.side, Math.max(picture.width, picture.height))
      // Shaping a map anew, as when it is to grow more, needs no new look at the picture.
      let seen: { readonly content: string; readonly picture: GpuPicture } | undefined
      return {
        get report() {
          return detector.report
        },
        async run({ recorder, inputs: { image }, outputs, params, signal }) {
          if (seen?.content !== image.content)
            seen = { content: image.content, picture: await detector.detect(recorder, image, side, signal) }
          const { texture, desc } = seen.picture
          const threshold = Math.max(0.05, 0.6 * (1 - params.sensitivity))
          const range = { low: threshold - 0.05, high: threshold + 0.05 }
          const grow = params.grow + neuralMargin * (picture.width / desc.width)
          const map = { texture, width: desc.width, height: desc.height }
          shape(recorder, map, { ...range, grow, feather: params.feather }, both(outputs, params.invert))
        },
        async dispose() {
          await detector[Symbol.asyncDispose]()
        },
      }
    },
  },
})
