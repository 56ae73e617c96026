/**
 * Resampling along rows and columns by tables of weights.
 *
 * Weights are worked out once per size in double precision, as Pillow does (libImaging/Resample.c): half-pixel
 * centres, the kernel widened when scaling down so that nothing aliases, the window cut at the picture's edge
 * and what remains of the weights brought back to a sum of 1.
 */
import type { Gpu, Recorder, UniformTypes, UniformValue } from '../gpu/types.ts'
import type { Region } from '../graph/plan/region.ts'
import { type Enlargement, enlargementOf, enlargeWgsl, resultsOf } from './enlarge.ts'
import type { ResampleKernel } from './resample-kernels.ts'
import type { StagePicture } from './stage.ts'

export interface AxisWeights {
  /** Weights every output sample has; where its window is shorter, the rest are 0. */
  readonly taps: number
  /** For each output sample the first input sample it reads; `first + taps` never passes the edge. */
  readonly first: Uint32Array<ArrayBuffer>
  /** `taps` weights per output sample, summing to 1. */
  readonly weights: Float32Array<ArrayBuffer>
  /** Set where the weights repeat from one input sample to the next. */
  readonly enlargement?: Enlargement | undefined
}

export function axisWeights(kernel: ResampleKernel | undefined, from: number, to: number): AxisWeights {
  const scale = from / to
  const first = new Uint32Array(to)
  if (!kernel) {
    for (let x = 0; x < to; x++) first[x] = Math.min(from - 1, Math.floor((x + 0.5) * scale))
    return { taps: 1, first, weights: new Float32Array(to).fill(1) }
  }
  const stretch = Math.max(scale, 1)
  const support = kernel.radius * stretch
  const windows = Array.from({ length: to }, (_, x) => {
    const centre = (x + 0.5) * scale
    const begin = Math.max(0, Math.trunc(centre - support + 0.5))
    const end = Math.min(from, Math.trunc(centre + support + 0.5))
    const weights = Array.from({ length: end - begin }, (_, i) => kernel.weight((begin + i + 0.5 - centre) / stretch))
    return { begin, weights, sum: weights.reduce((a, b) => a + b, 0) }
  })
  const taps = windows.reduce((maxTaps, { weights }) => Math.max(maxTaps, weights.length), 1)
  const weights = new Float32Array(to * taps)
  windows.forEach((window, x) => {
    first[x] = Math.min(window.begin, from - taps)
    const tapsSkipped = window.begin - first[x]
    window.weights.forEach((weight, i) => {
      weights[x * taps + tapsSkipped + i] = weight / window.sum
    })
  })
  return { taps, first, weights, enlargement: enlargementOf(kernel, from, to) }
}

export interface ResamplerSpec {
  /** `node/what`. */
  readonly label: string
  readonly across: AxisWeights
  readonly down: AxisWeights
  /** Mixes light instead of code values: the first pass decodes every sample it reads, the second encodes its sum. */
  readonly linear?: boolean
  /** What becomes of the resampled value; clamped to [0,1] where absent. */
  readonly finish?: {
    /** Names of pictures of the result's size that `wgsl` reads as `<name>_at(at: vec2i)`, at the result's own pixels. */
    readonly reads: readonly string[]
    readonly uniforms?: UniformTypes
    /** Body of a WGSL function of `at: vec2i`, a pixel of the whole result, and `resampled: vec4f` that returns a `vec4f`. */
    readonly wgsl: string
  }
}

export interface Resampler extends Disposable {
  /** What of the source `part` of the result is made of. */
  reads(part: Region): Region
  record(
    recorder: Recorder,
    source: StagePicture,
    result: StagePicture,
    pictures?: Readonly<Record<string, StagePicture>>,
    uniforms?: Readonly<Record<string, UniformValue>>,
  ): void
}

const span = ({ first, taps }: AxisWeights, from: number, length: number) => {
  const start = first[from]!
  return [start, first[from + length - 1]! + taps - start] as const
}

const axisWgsl = (axis: 'x' | 'y', taps: number, decode: boolean, finish: string) => /* wgsl */ `
fn main(at: vec2u) {
  let place = at.${axis} + u.out;
  var tap = vec2i(at) - u.corner;
  tap.${axis} = i32(first[place]) - u.corner.${axis};
  let row = place * ${taps}u;
  var resampled = vec4f(0.0);
  for (var k = 0u; k < ${taps}u; k++) {
    var sample = textureLoad(samples, tap, 0);
    ${decode ? 'sample = vec4f(toLinear(sample.rgb), sample.a);' : ''}
    resampled += weights[row + k] * sample;
    tap.${axis} += 1;
  }
  ${finish}
}`

/** Compiles what it takes and keeps tables on the GPU until it is disposed. Pictures are `rgba16float`. */
export function createResampler(gpu: Gpu, spec: ResamplerSpec): Promise<Resampler> {
  const { enlargement: across } = spec.across
  const { enlargement: down } = spec.down
  return across && down ? createEnlarger(gpu, spec, across, down) : createByTables(gpu, spec)
}

/** `<name>_at` of the pictures that finish a result, and `finish`. */
const finishWgsl = (reads: readonly string[], finish: ResamplerSpec['finish']) => `${reads
  .map((name) => `fn ${name}_at(at: vec2i) -> vec4f { return textureLoad(${name}, at - u.${name}_corner, 0); }`)
  .join('\n')}
fn finish(at: vec2i, resampled: vec4f) -> vec4f {
  ${finish?.wgsl ?? 'return clamp(resampled, vec4f(0.0), vec4f(1.0));'}
}`

const readsOf =
  ({ across, down }: ResamplerSpec): Resampler['reads'] =>
  (part) => {
    const [x, width] = span(across, part.x, part.width)
    const [y, height] = span(down, part.y, part.height)
    return { x, y, width, height }
  }

/** The pictures that finish a result, with where they begin, as a pass is told of them. */
function finishBindings(
  label: string,
  reads: readonly string[],
  pictures: Readonly<Record<string, StagePicture>>,
): { readonly textures: Record<string, GPUTexture>; readonly corners: Record<string, UniformValue> } {
  const all = reads.map((name) => {
    const picture = pictures[name]
    if (!picture) throw new Error(`${label}: nothing given for ${name}`)
    return [name, picture] as const
  })
  return {
    textures: Object.fromEntries(all.map(([name, { texture }]) => [name, texture])),
    corners: Object.fromEntries(all.map(([name, { part }]) => [`${name}_corner`, [part.x, part.y]])),
  }
}

/** By a whole factor along both axes: in one pass. */
async function createEnlarger(
  gpu: Gpu,
  spec: ResamplerSpec,
  across: Enlargement,
  down: Enlargement,
): Promise<Resampler> {
  const { label, linear = false, finish } = spec
  const reads = finish?.reads ?? []
  const pass = await gpu.compute({
    label: `${label}/enlarge`,
    reads: Object.fromEntries(['samples', ...reads].map((name) => [name, 'float' as const])),
    writes: { result: 'rgba16float' },
    uniforms: {
      extent: 'vec2i',
      block: 'vec2i',
      corner: 'vec2i',
      left: 'vec2i',
      ...Object.fromEntries(reads.map((name) => [`${name}_corner`, 'vec2i' as const])),
      ...finish?.uniforms,
    },
    wgsl: `${finishWgsl(reads, finish)}
fn sample_at(at: vec2i) -> vec4f {
  let sample = textureLoad(samples, at - u.corner, 0);
  return ${linear ? 'vec4f(toLinear(sample.rgb), sample.a)' : 'sample'};
}
// What lies outside the part is not kept: a texture takes nothing beyond its edges.
fn keep(at: vec2i, value: vec4f) {
  textureStore(result, at - u.left, finish(at, ${linear ? 'vec4f(fromLinear(value.rgb), value.a)' : 'value'}));
}
${enlargeWgsl(across, down)}`,
  })
  const results = { x: resultsOf(across), y: resultsOf(down) }
  return {
    reads: readsOf(spec),
    record(recorder, source, result, pictures = {}, values = {}) {
      const { part } = result
      const { textures, corners } = finishBindings(label, reads, pictures)
      const block = { x: Math.floor(part.x / results.x), y: Math.floor(part.y / results.y) }
      pass.record(recorder, {
        reads: { samples: source.texture, ...textures },
        writes: { result: result.texture },
        uniforms: {
          extent: [across.from, down.from],
          block: [block.x, block.y],
          corner: [source.part.x, source.part.y],
          left: [part.x, part.y],
          ...corners,
          ...values,
        },
        size: {
          width: Math.ceil((part.x + part.width) / results.x) - block.x,
          height: Math.ceil((part.y + part.height) / results.y) - block.y,
        },
      })
    },
    [Symbol.dispose]: () => undefined,
  }
}

async function createByTables(gpu: Gpu, spec: ResamplerSpec): Promise<Resampler> {
  const { label, across, down, linear = false, finish } = spec
  const buffers = {
    first: { type: 'array<u32>', access: 'read' },
    weights: { type: 'array<f32>', access: 'read' },
  } as const
  // `out`: of the result's samples along the axis, the first that is made; `corner`: the texel to begin to read from.
  const uniforms = { out: 'u32', corner: 'vec2i' } as const
  const reads = finish?.reads ?? []
  const corners = Object.fromEntries(reads.map((name) => [`${name}_corner`, 'vec2i' as const]))
  const [horizontal, vertical] = await Promise.all([
    gpu.compute({
      label: `${label}/horizontal`,
      reads: { samples: 'float' },
      writes: { result: 'rgba16float' },
      buffers,
      uniforms,
      wgsl: axisWgsl('x', across.taps, linear, 'textureStore(result, at, resampled);'),
    }),
    gpu.compute({
      label: `${label}/vertical`,
      reads: { samples: 'float', ...Object.fromEntries(reads.map((name) => [name, 'float' as const])) },
      writes: { result: 'rgba16float' },
      buffers,
      uniforms: { ...uniforms, left: 'u32', ...corners, ...finish?.uniforms },
      wgsl: `${finishWgsl(reads, finish)}
${axisWgsl(
  'y',
  down.taps,
  false,
  `${linear ? 'resampled = vec4f(fromLinear(resampled.rgb), resampled.a);' : ''}
  textureStore(result, at, finish(vec2i(i32(at.x + u.left), i32(place)), resampled));`,
)}`,
    }),
  ])
  const leases = new DisposableStack()
  const store = (data: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>, what: string) => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
    const buffer = leases.use(gpu.pool.buffer({ size: data.byteLength, usage }, `${label}/${what}`)).value
    gpu.device.queue.writeBuffer(buffer, 0, data)
    return buffer
  }
  const tables = ({ first, weights }: AxisWeights, what: string) => ({
    first: store(first, what),
    weights: store(weights, `${what} weights`),
  })
  const columns = tables(across, 'columns')
  const rows = tables(down, 'rows')
  return {
    reads: readsOf(spec),
    record(recorder, source, result, pictures = {}, values = {}) {
      const { part } = result
      // The rows of the source that the part's rows are made of.
      const [top, height] = span(down, part.y, part.height)
      const between = { width: part.width, height, format: 'rgba16float' as const }
      using intermediate = gpu.pool.texture(between, `${label}/intermediate`)
      horizontal.record(recorder, {
        reads: { samples: source.texture },
        writes: { result: intermediate.value },
        buffers: columns,
        uniforms: { out: part.x, corner: [source.part.x, source.part.y - top] },
        size: between,
      })
      const finishing = finishBindings(label, reads, pictures)
      vertical.record(recorder, {
        reads: { samples: intermediate.value, ...finishing.textures },
        writes: { result: result.texture },
        buffers: rows,
        uniforms: {
          out: part.y,
          corner: [0, top],
          left: part.x,
          ...finishing.corners,
          ...values,
        },
        size: part,
      })
    },
    [Symbol.dispose]: () => leases.dispose(),
  }
}

/** Weights of `first` and then `next` in one. */
export function chainedWeights(first: AxisWeights, next: AxisWeights): AxisWeights {
  const windows = Array.from(next.first, (start, row) => {
    const sums = new Map<number, number>()
    for (let k = 0; k < next.taps; k++)
      for (let l = 0; l < first.taps; l++) {
        const sample = first.first[start + k]! + l
        const weight = next.weights[row * next.taps + k]! * first.weights[(start + k) * first.taps + l]!
        sums.set(sample, (sums.get(sample) ?? 0) + weight)
      }
    return sums
  })
  const firstSamples = Uint32Array.from(windows, (sums) => Math.min(...sums.keys()))
  const taps = Math.max(...windows.map((sums, row) => Math.max(...sums.keys()) - firstSamples[row]! + 1))
  const last = Math.max(...windows.map((sums) => Math.max(...sums.keys())))
  const weights = new Float32Array(windows.length * taps)
  for (const [row, sums] of windows.entries()) {
    firstSamples[row] = Math.min(firstSamples[row]!, last + 1 - taps)
    for (const [sample, weight] of sums) weights[row * taps + sample - firstSamples[row]] = weight
  }
  return { taps, first: firstSamples, weights }
}

/** Samples on each side beyond which what an inverse spreads is below a thousandth of a step of 8 bits. */
const inverseSpread = 14

/**
 * Weights that enlarge so that shrinking by `shrink` gives back what was enlarged: the right inverse `enlarge`·(`shrink`·`enlarge`)⁻¹ of the
 * matrix that `shrink` is. Each row solves a system of its own, cut to the samples around: far ones have no share in it.
 */
export function inverseWeights(shrink: AxisWeights, enlarge: AxisWeights): AxisWeights {
  const small = shrink.first.length
  const large = enlarge.first.length
  // shrink · enlarge, a band along the diagonal.
  let band = 0
  shrink.first.forEach((start, row) => {
    const end = enlarge.first[start + shrink.taps - 1]! + enlarge.taps - 1
    band = Math.max(band, row - enlarge.first[start]!, end - row)
  })
  const side = 2 * band + 1
  const both = new Float64Array(small * side)
  for (let row = 0; row < small; row++)
    for (let k = 0; k < shrink.taps; k++) {
      const through = shrink.first[row]! + k
      const weight = shrink.weights[row * shrink.taps + k]!
      for (let l = 0; l < enlarge.taps; l++) {
        const column = enlarge.first[through]! + l
        both[row * side + column - row + band]! += weight * enlarge.weights[through * enlarge.taps + l]!
      }
    }
  const taps = Math.min(small, 2 * inverseSpread + enlarge.taps)
  const first = new Uint32Array(large)
  const weights = new Float32Array(large * taps)
  const system = Array.from({ length: taps }, () => new Float64Array(taps + 1))
  for (let x = 0; x < large; x++) {
    const start = Math.max(0, Math.min(small - taps, enlarge.first[x]! - inverseSpread))
    first[x] = start
    for (let i = 0; i < taps; i++) {
      system[i]!.fill(0)
      // Transposed: a row of weights times the product must be the row of `enlarge`.
      for (let j = Math.max(0, i - band); j <= Math.min(taps - 1, i + band); j++)
        system[i]![j] = both[(start + j) * side + i - j + band]!
      const k = start + i - enlarge.first[x]!
      system[i]![taps] = k >= 0 && k < enlarge.taps ? enlarge.weights[x * enlarge.taps + k]! : 0
    }
    // The diagonal outweighs the rest of its row, so that no row need be moved.
    for (let i = 0; i < taps; i++)
      for (let below = i + 1; below <= Math.min(taps - 1, i + band); below++) {
        const ratio = system[below]![i]! / system[i]![i]!
        for (let j = i; j <= Math.min(taps - 1, i + band); j++) system[below]![j]! -= ratio * system[i]![j]!
        system[below]![taps]! -= ratio * system[i]![taps]!
      }
    for (let i = taps - 1; i >= 0; i--) {
      let value = system[i]![taps]!
      for (let j = i + 1; j <= Math.min(taps - 1, i + band); j++) value -= system[i]![j]! * weights[x * taps + j]!
      weights[x * taps + i] = value / system[i]![i]!
    }
  }
  return { taps, first, weights }
}
