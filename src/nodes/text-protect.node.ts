/**
 * Finds text, so that nothing further down invents letters or lays grain on them. Two detectors, each of which looks every few
 * frames and holds its answer in between: `neural` asks a text detector (a model) at reduced size; `strokes` is our own, see
 * `text-strokes.ts`.
 */
import {
  type ComputePass,
  defineNode,
  type Gpu,
  type GpuPicture,
  param,
  port,
  prepareStrokes,
  type Recorder,
  type Size,
  sameRegion,
  type WeightMap,
} from './define.ts'

const float = 'float' as const
const weight = 'r32float' as const

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

/** Both masks, or the one that is wanted. `direct`: as the map has it, `inverse`: one minus that. */
const drawPass = (writes: readonly ('direct' | 'inverse')[]) =>
  ({
    label: `text-protect/draw ${writes.join(' ')}`,
    reads: { map: float },
    writes: Object.fromEntries(writes.map((name) => [name, weight])),
    uniforms: { whole: 'vec2f', corner: 'vec2f' },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let weight = bilinear(map, (vec2f(at) + u.corner + 0.5) * vec2f(textureDimensions(map)) / u.whole - 0.5).r;
  ${writes.map((name) => `textureStore(${name}, at, vec4f(${name === 'direct' ? 'weight' : '1.0 - weight'}));`).join('\n  ')}
}`,
  }) as const

/** What is drawn of a map; nothing where nobody reads it. */
interface Masks {
  readonly direct: GpuPicture | undefined
  readonly inverse: GpuPicture | undefined
}

/** Grows and feathers a map on its own grid (lengths in picture pixels), then draws it at the picture's size. */
async function prepareShaping(gpu: Gpu, picture: Size) {
  const [growX, growY, featherX, featherY, drawDirect, drawInverse, drawBoth] = await Promise.all([
    gpu.compute(shapePass('grow', 'x')),
    gpu.compute(shapePass('grow', 'y')),
    gpu.compute(shapePass('feather', 'x')),
    gpu.compute(shapePass('feather', 'y')),
    gpu.compute(drawPass(['direct'])),
    gpu.compute(drawPass(['inverse'])),
    gpu.compute(drawPass(['direct', 'inverse'])),
  ])
  return (
    recorder: Recorder,
    map: WeightMap,
    shape: { readonly low: number; readonly high: number; readonly grow: number; readonly feather: number },
    { direct, inverse }: Masks,
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
    const draw = (pass: ComputePass, part: GpuPicture['part'], writes: Readonly<Record<string, GPUTexture>>) =>
      pass.record(recorder, {
        reads: { map: second.value },
        writes,
        uniforms: { whole: [picture.width, picture.height], corner: [part.x, part.y] },
        size: part,
      })
    if (direct && inverse && sameRegion(direct.part, inverse.part))
      draw(drawBoth, direct.part, { direct: direct.texture, inverse: inverse.texture })
    else {
      if (direct) draw(drawDirect, direct.part, { direct: direct.texture })
      if (inverse) draw(drawInverse, inverse.part, { inverse: inverse.texture })
    }
  }
}

/** The net marks the core of a line only: this much of the map's pixels is always added around it. */
const neuralMargin = 3

export default defineNode({
  type: 'text-protect',
  title: 'Text-Protect Mask',
  category: 'mask',
  cost: 'heavy',
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
      help: 'Text is looked for once in this many frames; in between, the mask is held. 1 follows text that moves.',
    }),
  },
  infer({ image: { width, height, frameRate } }) {
    const mask = { type: 'mask', width, height, format: 'r32float', frameRate } as const
    return { mask, background: mask }
  },
  kernel: {
    kind: 'async',
    scratch: ({ detector }) => ({ running: 12, kept: detector === 'neural' ? 43 : 0 }),
    needs: ({ interval }) => ({ image: { frames: { every: interval } } }),
    async prepare({ gpu, models, runtime, inputs, params }) {
      const picture = inputs.image
      const shape = await prepareShaping(gpu, picture)
      const masks = (
        outputs: { readonly mask: GpuPicture | undefined; readonly background: GpuPicture | undefined },
        invert: boolean,
      ): Masks =>
        invert
          ? { direct: outputs.background, inverse: outputs.mask }
          : { direct: outputs.mask, inverse: outputs.background }

      if (params.detector === 'strokes') {
        const detect = await prepareStrokes(gpu, picture, params.side)
        return {
          async run({ recorder, inputs, outputs, params: { sensitivity, grow, feather, invert } }) {
            using map = detect(recorder, inputs.image, sensitivity)
            shape(recorder, map, { low: 0, high: 1, grow, feather }, masks(outputs, invert))
          },
        }
      }

      const detector = await models.open('text-detection', runtime)
      // Enlarging a small picture shows the net nothing new.
      const side = Math.min(params.side, Math.max(picture.width, picture.height))
      // Shaping a map anew, as when it is to grow more, needs no new look at the picture.
      let latest: { readonly content: string; readonly picture: GpuPicture } | undefined
      return {
        get report() {
          return detector.report
        },
        async run({ recorder, inputs: { image }, outputs, params, signal }) {
          if (latest?.content !== image.content)
            latest = { content: image.content, picture: await detector.detect(recorder, image, side, signal) }
          const { texture, desc } = latest.picture
          const threshold = Math.max(0.05, 0.6 * (1 - params.sensitivity))
          const range = { low: threshold - 0.05, high: threshold + 0.05 }
          const grow = params.grow + neuralMargin * (picture.width / desc.width)
          const map = { texture, width: desc.width, height: desc.height }
          shape(recorder, map, { ...range, grow, feather: params.feather }, masks(outputs, params.invert))
        },
        async dispose() {
          await detector[Symbol.asyncDispose]()
        },
      }
    },
  },
})
