/**
 * Pictures to tensors and back, on the GPU: packing reads a tile of a picture (its edge repeated outside) into the
 * layout, channels and number type a model wants; drawing adds the model's tile, weighted, to the output picture.
 */
import type { ComputeSpec } from '../gpu/types.ts'
import { type Channels, channelCount, type ElementType, type Layout } from './inspect.ts'

interface Extent {
  readonly width: number
  readonly height: number
}

export interface TensorFormat {
  readonly layout: Layout
  readonly channels: Channels
  readonly elementType: ElementType
}

/** WGSL: number `i` (a `u32`) of the buffer `tensor`, whichever its type. */
export const readElement = (elementType: ElementType, tensor: string, i: string): string =>
  elementType === 'float16' ? `unpack2x16float(${tensor}[(${i}) / 2u])[(${i}) % 2u]` : `${tensor}[${i}]`

/** `element(i)` of the buffer `tensor`. */
const elementFunction = (elementType: ElementType): string =>
  `fn element(i: u32) -> f32 { return ${readElement(elementType, 'tensor', 'i')}; }`

export const bufferType = (elementType: ElementType): string =>
  elementType === 'float16' ? 'array<u32>' : 'array<f32>'

/** `at` runs over rows of this many words; a dispatch has at most 65535 groups along one axis. */
const rowWords = 2048

/** Points for a pass that ends with `writeWords`: one per 4-byte word of a tensor of `length` numbers. */
export function wordGrid(elementType: ElementType, length: number): Extent {
  const words = elementType === 'float16' ? Math.ceil(length / 2) : length
  return { width: Math.min(words, rowWords), height: Math.ceil(words / rowWords) }
}

/** Writes each word of the tensor once, from `value(i)`, which the caller defines. */
export const writeWords = (elementType: ElementType): string => `
fn main(at: vec2u) {
  let word = at.y * ${rowWords}u + at.x;
  let length = u.length;
  ${
    elementType === 'float16'
      ? `let i = word * 2u;
  if (i >= length) { return; }
  var second = 0.0;
  if (i + 1u < length) { second = value(i + 1u); }
  tensor[word] = pack2x16float(vec2f(value(i), second));`
      : `if (word >= length) { return; }
  tensor[word] = value(word);`
  }
}`

/** `place(i)`: x, y and channel of number `i` of a tensor whose pictures are \`u.size\` large. */
export const placeOf = (layout: Layout, channels: Channels): string => {
  const depth = channelCount(channels)
  return layout === 'nchw'
    ? `fn place(i: u32) -> vec3u {
  let area = u.size.x * u.size.y;
  let pixel = i % area;
  return vec3u(pixel % u.size.x, pixel / u.size.x, i / area);
}`
    : `fn place(i: u32) -> vec3u {
  let pixel = i / ${depth}u;
  return vec3u(pixel % u.size.x, pixel / u.size.x, i % ${depth}u);
}`
}

/** WGSL: which number of a tensor of the size `size` is `channel` (a `u32`) of the pixel `at`. */
export const numberAt = ({ layout, channels }: TensorFormat, channel: string, at: string, size: string): string =>
  layout === 'nchw'
    ? `(${channel} * ${size}.y + ${at}.y) * ${size}.x + ${at}.x`
    : `(${at}.y * ${size}.x + ${at}.x) * ${channelCount(channels)}u + ${channel}`

/** Points for `packTile`. */
export const packGrid = (elementType: ElementType, tile: Extent, length: number): Extent =>
  elementType === 'float16' ? wordGrid(elementType, length) : tile

/**
 * Reads `image` from pixel `origin` on; uniforms: `origin`, `size` (of the tile), `length` (numbers), `last` (pixel of
 * the picture), `corner` (of the part that is there). Values in [0,1].
 */
export const packTile = (format: TensorFormat): ComputeSpec =>
  format.elementType === 'float16' ? packWords(format) : packPixels(format)

const packUniforms = { origin: 'vec2i', size: 'vec2u', length: 'u32', last: 'vec2i', corner: 'vec2i' } as const

/** A thread a pixel, which is read once for all its numbers. */
const packPixels = (format: TensorFormat): ComputeSpec => ({
  label: `models/pack-${format.layout}-${format.channels}-${format.elementType}`,
  reads: { image: 'float' },
  buffers: { tensor: { type: bufferType(format.elementType), access: 'read_write' } },
  uniforms: packUniforms,
  wgsl: `
fn main(at: vec2u) {
  let source = clamp(u.origin + vec2i(at), vec2i(0), u.last);
  let rgb = clamp(textureLoad(image, source - u.corner, 0).rgb, vec3f(0.0), vec3f(1.0));
  ${Array.from({ length: channelCount(format.channels) }, (_, channel) => {
    const value = format.channels === 'rgb' ? `rgb[${channel}]` : 'luma(rgb)'
    return `tensor[${numberAt(format, `${channel}u`, 'at', 'u.size')}] = ${value};`
  }).join('\n  ')}
}`,
})

/** A thread a word of two numbers. */
const packWords = ({ layout, channels, elementType }: TensorFormat): ComputeSpec => ({
  label: `models/pack-${layout}-${channels}-${elementType}`,
  reads: { image: 'float' },
  buffers: { tensor: { type: bufferType(elementType), access: 'read_write' } },
  uniforms: packUniforms,
  wgsl: `${placeOf(layout, channels)}
fn value(i: u32) -> f32 {
  let here = place(i);
  let at = clamp(u.origin + vec2i(here.xy), vec2i(0), u.last);
  let rgb = clamp(textureLoad(image, at - u.corner, 0).rgb, vec3f(0.0), vec3f(1.0));
  return ${channels === 'rgb' ? 'rgb[here.z]' : 'luma(rgb)'};
}
${writeWords(elementType)}`,
})

/**
 * Numbers a tensor's summary holds: largest value (f32 bits), how many are bright, not finite, out of `plausible`.
 */
export const summaryWords = 4

/** What a picture's numbers may be, with 0 black and 1 white: models overshoot at edges, but not by as much again. */
export const plausible = { min: -1, max: 2 } as const

/** At most this many threads summarise a tensor; each takes every so-manieth number. */
const summaryThreads = 8192

export const summaryGrid = (length: number) => ({ width: Math.min(length, summaryThreads), height: 1 })

/**
 * Adds a tensor's summary to `summary` at word `slot`. Tests bits, not values: shaders may assume that numbers are
 * finite. A number above `brightLevel` is bright. Uniforms: `length`, `slot`.
 */
export const summariseTensor = (elementType: ElementType, brightLevel: number): ComputeSpec => ({
  label: `models/summarise-${elementType}`,
  buffers: {
    tensor: { type: 'array<u32>', access: 'read' },
    summary: { type: 'array<atomic<u32>>', access: 'read_write' },
  },
  uniforms: { length: 'u32', slot: 'u32' },
  workgroup: [64, 1],
  wgsl: `
fn main(at: vec2u) {
  var largest = 0.0;
  var bright = 0u;
  var broken = 0u;
  var wild = 0u;
  for (var i = at.x; i < u.length; i += ${summaryThreads}u) {
    ${
      elementType === 'float16'
        ? `let bits = (tensor[i / 2u] >> ((i % 2u) * 16u)) & 0xffffu;
    if ((bits & 0x7c00u) == 0x7c00u) { broken += 1u; continue; }
    let value = unpack2x16float(bits).x;`
        : `let bits = tensor[i];
    if ((bits & 0x7f800000u) == 0x7f800000u) { broken += 1u; continue; }
    let value = bitcast<f32>(bits);`
    }
    largest = max(largest, value);
    bright += select(0u, 1u, value > ${brightLevel});
    wild += select(0u, 1u, value > ${plausible.max}.0 || value < ${plausible.min}.0);
  }
  atomicMax(&summary[u.slot], bitcast<u32>(largest));
  atomicAdd(&summary[u.slot + 1u], bright);
  atomicAdd(&summary[u.slot + 2u], broken);
  atomicAdd(&summary[u.slot + 3u], wild);
}`,
})

export interface TileDraw {
  /** First input pixel of the tile. */
  readonly start: readonly [x: number, y: number]
  /** Output size of the tile, in pixels. */
  readonly size: readonly [width: number, height: number]
  /** See `Span`, in input pixels: from x, from y, to x, to y. */
  readonly rise: readonly [number, number, number, number]
  readonly fall: readonly [number, number, number, number]
  readonly scale: number
  /** Corners of the parts that are there, of the result and of the image. */
  readonly corner: readonly [x: number, y: number]
  readonly imageCorner: readonly [x: number, y: number]
  /** The image's last pixel. */
  readonly imageLast: readonly [x: number, y: number]
}

export const tileDrawBytes = 80

/** Bytes of the draw's uniforms, in the order of the struct below. */
export function packTileDraw(draw: TileDraw): Uint8Array<ArrayBuffer> {
  const bytes = new ArrayBuffer(tileDrawBytes)
  new Float32Array(bytes, 0, 4).set(draw.rise)
  new Float32Array(bytes, 16, 4).set(draw.fall)
  new Int32Array(bytes, 32, 2).set(draw.start)
  new Uint32Array(bytes, 40, 2).set(draw.size)
  new Float32Array(bytes, 48, 1).set([draw.scale])
  new Int32Array(bytes, 56, 2).set(draw.corner)
  new Int32Array(bytes, 64, 2).set(draw.imageCorner)
  new Int32Array(bytes, 72, 2).set(draw.imageLast)
  return new Uint8Array(bytes)
}

const drawWgsl = ({ layout, channels, elementType }: TensorFormat): string => `
struct Draw {
  rise: vec4f, fall: vec4f, start: vec2i, size: vec2u, scale: f32,
  corner: vec2i, image_corner: vec2i, image_last: vec2i,
}
@group(0) @binding(0) var<uniform> draw: Draw;
@group(0) @binding(1) var image: texture_2d<f32>;
@group(0) @binding(2) var<storage, read> tensor: ${bufferType(elementType)};

@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

${elementFunction(elementType)}

fn model_value(at: vec2u, channel: u32) -> f32 {
  return element(${numberAt({ layout, channels, elementType }, 'channel', 'at', 'draw.size')});
}

fn pixel(at: vec2i) -> vec4f {
  return textureLoad(image, clamp(at, vec2i(0), draw.image_last) - draw.image_corner, 0);
}

fn bilinear_alpha(at: vec2f) -> f32 {
  let base = vec2i(floor(at));
  let f = at - floor(at);
  let above = mix(pixel(base).a, pixel(base + vec2i(1, 0)).a, f.x);
  let below = mix(pixel(base + vec2i(0, 1)).a, pixel(base + vec2i(1, 1)).a, f.x);
  return mix(above, below, f.y);
}
${
  channels === 'y'
    ? `
// Weights of the cubic convolution kernel with a = -0.5: R. Keys, IEEE Trans. ASSP 29(6), 1981 (Catmull-Rom).
fn cubic(f: f32) -> vec4f {
  return vec4f(
    ((-0.5 * f + 1.0) * f - 0.5) * f,
    (1.5 * f - 2.5) * f * f + 1.0,
    ((-1.5 * f + 2.0) * f + 0.5) * f,
    (0.5 * f - 0.5) * f * f);
}

fn bicubic(at: vec2f) -> vec3f {
  let base = vec2i(floor(at));
  let wx = cubic(at.x - floor(at.x));
  let wy = cubic(at.y - floor(at.y));
  var sum = vec3f(0.0);
  for (var y = 0; y < 4; y++) {
    for (var x = 0; x < 4; x++) {
      sum += wx[x] * wy[y] * pixel(base + vec2i(x - 1, y - 1)).rgb;
    }
  }
  return sum;
}

fn colour(at: vec2u, source: vec2f) -> vec3f {
  // The model's luma (BT.709), the chroma of the plainly enlarged picture.
  let plain = bicubic(source);
  return plain + (model_value(at, 0u) - dot(plain, vec3f(0.2126, 0.7152, 0.0722)));
}`
    : `
fn colour(at: vec2u, source: vec2f) -> vec3f {
  return vec3f(model_value(at, 0u), model_value(at, 1u), model_value(at, 2u));
}`
}

// The same as spanWeight in tiles.ts.
fn ramp(low: vec2f, high: vec2f, at: vec2f) -> vec2f {
  return clamp((at - low) / max(high - low, vec2f(1e-6)), vec2f(0.0), vec2f(1.0));
}

@fragment fn shade(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let place = position.xy + vec2f(draw.corner);
  let at = vec2u(vec2i(place) - draw.start * i32(draw.scale));
  let point = place / draw.scale;
  let weight = ramp(draw.rise.xy, draw.rise.zw, point) * (1.0 - ramp(draw.fall.xy, draw.fall.zw, point));
  let source = point - 0.5;
  let rgb = clamp(colour(at, source), vec3f(0.0), vec3f(1.0));
  return vec4f(rgb, bilinear_alpha(source)) * weight.x * weight.y;
}
`

/** Beyond it a thread would make too much, and tiles are drawn. */
const largestPlaced = 4

/** Whether a tile can be placed by `placeTile`. */
export const isPlaceable = ({ channels }: TensorFormat, scale: number): boolean =>
  channels === 'rgb' && Number.isInteger(scale) && scale <= largestPlaced

/**
 * Writes a tile, or a part of it, to the result, opaque: no target to clear, nothing to add to. A thread makes the results of a
 * source pixel, whose opacity is interpolated as where tiles are drawn. Uniforms: `first`, the source pixel of the first thread; `start`,
 * the tile's first source pixel; `size` of the tile's result; `last` pixel of the image; corners of the parts that are there.
 */
export function placeTile(format: TensorFormat, scale: number): ComputeSpec {
  const phases = Array.from({ length: scale }, (_, phase) => {
    const place = (phase + 0.5) / scale - 0.5
    return { phase, low: Math.floor(place), share: place - Math.floor(place) }
  })
  const around = [-1, 0, 1]
  const name = (x: number, y: number) => `a${x + 1}${y + 1}`
  const mix = (low: string, high: string, share: number) => (share === 0 ? low : `mix(${low}, ${high}, ${share})`)
  const alphas = around.flatMap((y) =>
    around.map(
      (x) =>
        `let ${name(x, y)} = textureLoad(image, clamp(first + vec2i(${x}, ${y}), vec2i(0), u.last) - u.image_corner, 0).a;`,
    ),
  )
  const results = phases.flatMap((down) =>
    phases.map((across) => {
      const row = (y: number) => mix(name(across.low, y), name(Math.min(1, across.low + 1), y), across.share)
      const alpha = mix(row(down.low), row(Math.min(1, down.low + 1)), down.share)
      return `place(first, vec2i(${across.phase}, ${down.phase}), ${alpha});`
    }),
  )
  return {
    label: `models/place-${format.layout}-${format.elementType}`,
    reads: { image: 'float' },
    writes: { result: 'rgba16float' },
    buffers: { tensor: { type: bufferType(format.elementType), access: 'read' } },
    uniforms: {
      first: 'vec2i',
      start: 'vec2i',
      size: 'vec2u',
      last: 'vec2i',
      image_corner: 'vec2i',
      corner: 'vec2i',
    },
    wgsl: `${elementFunction(format.elementType)}
fn model_value(at: vec2u, channel: u32) -> f32 { return element(${numberAt(format, 'channel', 'at', 'u.size')}); }
fn place(pixel: vec2i, phase: vec2i, alpha: f32) {
  let at = vec2u((pixel - u.start) * ${scale} + phase);
  let rgb = vec3f(model_value(at, 0u), model_value(at, 1u), model_value(at, 2u));
  textureStore(result, pixel * ${scale} + phase - u.corner, vec4f(clamp(rgb, vec3f(0.0), vec3f(1.0)), alpha));
}
fn main(at: vec2u) {
  let first = vec2i(at) + u.first;
  ${[...alphas, ...results].join('\n  ')}
}`,
  }
}

/** Adds weighted tiles to an `rgba16float` picture that was cleared to 0; where one tile stands alone it is exact. */
export function createTilePipeline(device: GPUDevice, format: TensorFormat): Promise<GPURenderPipeline> {
  const label = `models/draw-${format.layout}-${format.channels}-${format.elementType}`
  const module = device.createShaderModule({ label, code: drawWgsl(format) })
  const add = { srcFactor: 'one', dstFactor: 'one', operation: 'add' } as const
  const { FRAGMENT } = GPUShaderStage
  const layout = device.createBindGroupLayout({
    label,
    entries: [
      { binding: 0, visibility: FRAGMENT, buffer: { type: 'uniform' } },
      { binding: 1, visibility: FRAGMENT, texture: { sampleType: 'unfilterable-float' } },
      { binding: 2, visibility: FRAGMENT, buffer: { type: 'read-only-storage' } },
    ],
  })
  return device.createRenderPipelineAsync({
    label,
    layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
    vertex: { module },
    fragment: { module, targets: [{ format: 'rgba16float', blend: { color: add, alpha: add } }] },
  })
}
