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

/** Cells that a thread makes along the axis, so that what they share is read and weighed once. */
const runLength = 4

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
  let first = ${runLength} * i32(at.${axis});
  let reach = i32(ceil(${what === 'grow' ? 'u.radius' : '2.5 * u.radius'}));
  let scale = 1.0 / (u.high - u.low);
  var tap = vec2i(at);
  var value = vec4f(0.0);
  var total = vec4f(0.0);
  // What the tap counts for each cell of the run: the next cell is one nearer to it than the last was to the tap before.
  var shares = vec4f(0.0);
  for (var k = -reach; k < reach + ${runLength}; k++) {
    tap.${axis} = clamp(first + k, 0, last);
    let weight = clamp((textureLoad(map, tap, 0).r - u.low) * scale, 0.0, 1.0);
    ${
      what === 'grow'
        ? `shares = vec4f(clamp(u.radius + 1.0 - abs(f32(k)), 0.0, 1.0), shares.xyz);
    value = max(value, weight * shares);`
        : `shares = vec4f(select(exp(-f32(k * k) / (2.0 * u.radius * u.radius)), 0.0, k > reach), shares.xyz);
    value += weight * shares;
    total += shares;`
    }
  }
  ${what === 'grow' ? '' : 'value /= total;'}
  var cell = vec2i(at);
  for (var i = 0; i < ${runLength}; i++) {
    cell.${axis} = first + i;
    textureStore(shaped, cell, vec4f(value[i]));
  }
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

/** The same where the picture is twice the map's size: a thread makes the four pixels of a cell, whose weights are the same everywhere. */
const drawTwicePass = (writes: readonly ('direct' | 'inverse')[]) =>
  ({
    label: `text-protect/draw twice ${writes.join(' ')}`,
    reads: { map: float },
    writes: Object.fromEntries(writes.map((name) => [name, weight])),
    // `first`: the cell of the first thread, `corner`: the pixel where the part begins.
    uniforms: { first: 'vec2i', corner: 'vec2i' },
    wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = vec2i(textureDimensions(map)) - 1;
  let cell = vec2i(at) + u.first;
  let low = max(cell - 1, vec2i(0));
  let high = min(cell + 1, last);
  ${['low.y', 'cell.y', 'high.y']
    .map(
      (y, i) => `let left${i} = textureLoad(map, vec2i(low.x, ${y}), 0).r;
  let middle${i} = textureLoad(map, vec2i(cell.x, ${y}), 0).r;
  let right${i} = textureLoad(map, vec2i(high.x, ${y}), 0).r;
  let row${i} = vec2f(0.25 * left${i} + 0.75 * middle${i}, 0.75 * middle${i} + 0.25 * right${i});`,
    )
    .join('\n  ')}
  let upper = 0.25 * row0 + 0.75 * row1;
  let lower = 0.75 * row1 + 0.25 * row2;
  // What lies outside the part is not kept: a texture takes nothing beyond its edges.
  let corner = 2 * cell - u.corner;
  ${writes
    .flatMap((name) => {
      const value = (of: string) => `vec4f(${name === 'direct' ? of : `1.0 - ${of}`})`
      return [
        `textureStore(${name}, corner, ${value('upper.x')});`,
        `textureStore(${name}, corner + vec2i(1, 0), ${value('upper.y')});`,
        `textureStore(${name}, corner + vec2i(0, 1), ${value('lower.x')});`,
        `textureStore(${name}, corner + 1, ${value('lower.y')});`,
      ]
    })
    .join('\n  ')}
}`,
  }) as const

/** What is drawn of a map; nothing where nobody reads it. */
interface Masks {
  readonly direct: GpuPicture | undefined
  readonly inverse: GpuPicture | undefined
}

type Drawing = Promise<{ readonly any: ComputePass; readonly twice: ComputePass }>

/** Grows and feathers a map on its own grid (lengths in picture pixels), then draws it at the picture's size. */
async function prepareShaping(gpu: Gpu, picture: Size) {
  const drawings = ([['direct'], ['inverse'], ['direct', 'inverse']] as const).map(async (writes) => ({
    any: await gpu.compute(drawPass(writes)),
    twice: await gpu.compute(drawTwicePass(writes)),
  }))
  const [growX, growY, featherX, featherY, drawDirect, drawInverse, drawBoth] = await Promise.all([
    gpu.compute(shapePass('grow', 'x')),
    gpu.compute(shapePass('grow', 'y')),
    gpu.compute(shapePass('feather', 'x')),
    gpu.compute(shapePass('feather', 'y')),
    ...(drawings as [Drawing, Drawing, Drawing]),
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
    const rows = { width: Math.ceil(size.width / runLength), height: size.height }
    const columns = { width: size.width, height: Math.ceil(size.height / runLength) }
    const steps = [
      {
        pass: growX,
        size: rows,
        from: map.texture,
        to: first.value,
        uniforms: { radius: grow * perPixel.x, ...range },
      },
      {
        pass: growY,
        size: columns,
        from: first.value,
        to: second.value,
        uniforms: { radius: grow * perPixel.y, ...unit },
      },
      { pass: featherX, size: rows, from: second.value, to: first.value, uniforms: { radius: deviation.x, ...unit } },
      {
        pass: featherY,
        size: columns,
        from: first.value,
        to: second.value,
        uniforms: { radius: deviation.y, ...unit },
      },
    ]
    for (const { pass, size, from, to, uniforms } of steps.slice(0, shape.feather > 0 ? 4 : 2))
      pass.record(recorder, { reads: { map: from }, writes: { shaped: to }, uniforms, size })
    const isTwice = picture.width === 2 * map.width && picture.height === 2 * map.height
    const draw = (
      { any, twice }: Awaited<Drawing>,
      part: GpuPicture['part'],
      writes: Readonly<Record<string, GPUTexture>>,
    ) => {
      const bindings = { reads: { map: second.value }, writes }
      const corner = [part.x, part.y]
      if (!isTwice) {
        any.record(recorder, { ...bindings, uniforms: { whole: [picture.width, picture.height], corner }, size: part })
        return
      }
      const first = { x: part.x >> 1, y: part.y >> 1 }
      twice.record(recorder, {
        ...bindings,
        uniforms: { first: [first.x, first.y], corner },
        size: {
          width: Math.ceil((part.x + part.width) / 2) - first.x,
          height: Math.ceil((part.y + part.height) / 2) - first.y,
        },
      })
    }
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
    scratch: ({ detector }) => ({ running: 12, resident: detector === 'neural' ? 43 : 0 }),
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
