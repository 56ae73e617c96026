/**
 * Passes of a node that reads around each pixel in several steps. Each stage makes a picture, or the part of one that the
 * next stage reads; places are those of the whole picture throughout, so that a part comes out as it does in the whole.
 */
import type { ComputePass, Gpu, GpuPicture, PictureFormat, Recorder, UniformTypes, UniformValue } from '../gpu/types.ts'
import type { Region } from '../graph/plan/region.ts'

/** A picture or a mask, or what of it there is. */
export type StagePicture = Pick<GpuPicture, 'texture' | 'part'>

/** Of what lies between stages: also what must not be rounded to half floats. */
type StageFormat = PictureFormat | 'rgba32float'

export interface StageSpec {
  /** `node/what`. */
  readonly label: string
  /** Names of the pictures read. */
  readonly reads: readonly string[]
  readonly format: StageFormat
  readonly uniforms?: UniformTypes
  /**
   * Defines `fn make(at: vec2i) -> vec4f`, which gives the value at a pixel of the whole picture. In scope: for each picture read
   * `<name>_at(at: vec2i) -> vec4f`, clamped to the picture's edge, and uniforms as `u.<name>`.
   */
  readonly wgsl: string
}

export interface Stage {
  /** `whole`: sides of the whole picture. What is read must hold whatever `make` asks for of the part of `result`. */
  record(
    recorder: Recorder,
    whole: { readonly width: number; readonly height: number },
    reads: Readonly<Record<string, StagePicture>>,
    result: StagePicture,
    uniforms?: Readonly<Record<string, UniformValue>>,
  ): void
}

/** Compiles `spec`, once per text. Rejects with the WGSL error and the label. */
export async function createStage(gpu: Gpu, { label, reads, format, uniforms, wgsl }: StageSpec): Promise<Stage> {
  const corner = (name: string) => `${name}_corner`
  const pass: ComputePass = await gpu.compute({
    label,
    reads: Object.fromEntries(reads.map((name) => [name, 'float' as const])),
    writes: { result: format },
    uniforms: {
      whole: 'vec2i',
      result_corner: 'vec2i',
      ...Object.fromEntries(reads.map((name) => [corner(name), 'vec2i' as const])),
      ...uniforms,
    },
    wgsl: `${reads
      .map(
        (name) => `fn ${name}_at(at: vec2i) -> vec4f {
  return textureLoad(${name}, clamp(at, vec2i(0), u.whole - 1) - u.${corner(name)}, 0);
}`,
      )
      .join('\n')}
${wgsl}
fn main(here: vec2u) { textureStore(result, here, make(vec2i(here) + u.result_corner)); }`,
  })
  return {
    record(recorder, whole, pictures, result, values) {
      const of = (name: string) => {
        const picture = pictures[name]
        if (!picture) throw new Error(`${label}: nothing given for ${name}`)
        return picture
      }
      pass.record(recorder, {
        reads: Object.fromEntries(reads.map((name) => [name, of(name).texture])),
        writes: { result: result.texture },
        uniforms: {
          whole: [whole.width, whole.height],
          result_corner: [result.part.x, result.part.y],
          ...Object.fromEntries(reads.map((name) => [corner(name), [of(name).part.x, of(name).part.y]])),
          ...values,
        },
        size: result.part,
      })
    },
  }
}

/** `part` with so many pixels more on each side, as far as the whole picture goes. */
export function widen(
  part: Region,
  whole: { readonly width: number; readonly height: number },
  across: number,
  down: number,
): Region {
  const x = Math.max(0, part.x - across)
  const y = Math.max(0, part.y - down)
  return {
    x,
    y,
    width: Math.min(whole.width, part.x + part.width + across) - x,
    height: Math.min(whole.height, part.y + part.height + down) - y,
  }
}

/**
 * WGSL that ends a stage: `rgb`, clamped to [0,1], in place of the image's own colours, by the mask where there is one.
 * In scope must be `at`, `image_at` and, where `masked`, `mask_at`.
 */
export const layOver = (rgb: string, masked: boolean): string => `let under = image_at(at);
  let over = clamp(${rgb}, vec3f(0.0), vec3f(1.0));
  return vec4f(${masked ? 'mix(under.rgb, over, mask_at(at).r)' : 'over'}, under.a);`

/** Borrows a picture for `part`; disposing gives it back. */
export function borrowPicture(gpu: Gpu, part: Region, format: StageFormat, label: string): StagePicture & Disposable {
  const lease = gpu.pool.texture({ width: part.width, height: part.height, format }, label)
  return { texture: lease.value, part, [Symbol.dispose]: () => lease[Symbol.dispose]() }
}

/** Pixels on each side that a Gaussian of standard deviation `sigma` reads: beyond 3 σ lies less than 0.3 % of it. */
export const gaussianRadius = (sigma: number): number => Math.floor(3 * sigma + 0.5)

export interface FilterSpec {
  readonly label: string
  readonly format: PictureFormat
  /** Pictures that `source` reads. */
  readonly reads: readonly string[]
  /** Body of a WGSL function of `at: vec2i`, with `<name>_at` in scope: what is blurred, as `vec4f`. */
  readonly source: string
  /** WGSL functions that `source` calls. */
  readonly functions?: string
  /** What `source` is told. */
  readonly uniforms?: UniformTypes
  /** What becomes of the blurred value. */
  readonly finish?: {
    /** Pictures that `wgsl` reads. */
    readonly reads: readonly string[]
    readonly uniforms?: UniformTypes
    readonly format: PictureFormat
    /** WGSL functions that `wgsl` calls. */
    readonly functions?: string
    /** Body of a WGSL function of `at: vec2i` and `blurred: vec4f` that returns a `vec4f`. */
    readonly wgsl: string
  }
}

/** A separable low-pass; `width` is a Gaussian's standard deviation or the pixels that a box takes on each side. */
export interface Filter {
  record(
    recorder: Recorder,
    whole: { readonly width: number; readonly height: number },
    reads: Readonly<Record<string, StagePicture>>,
    result: StagePicture,
    width: number,
    /** What `finish` is told. */
    uniforms?: Readonly<Record<string, UniformValue>>,
    /** What `source` is told. */
    sourceUniforms?: Readonly<Record<string, UniformValue>>,
  ): void
}

/** A Gaussian of any width, the picture's edge repeated beyond it. A width of 0 changes nothing. */
export const createGaussian = (gpu: Gpu, spec: FilterSpec): Promise<Filter> =>
  createFilter(gpu, spec, (sigma) => {
    const radius = gaussianRadius(sigma)
    return { radius, falloff: radius === 0 ? 0 : Math.exp(-1 / (2 * sigma * sigma)) }
  })

/** The mean of a square of 2 × `width` + 1 pixels, the picture's edge repeated beyond it. */
export const createBox = (gpu: Gpu, spec: FilterSpec): Promise<Filter> =>
  createFilter(gpu, spec, (radius) => ({ radius, falloff: 1 }))

/**
 * Weights along each axis are falloff^(i²), by forward differences: K. Turkowski, "Incremental Computation of the Gaussian",
 * GPU Gems 3, ch. 40. A falloff of 1 makes them equal.
 */
async function createFilter(
  gpu: Gpu,
  { label, format, reads, source, functions, uniforms: sourceTypes, finish }: FilterSpec,
  shapeOf: (width: number) => { readonly radius: number; readonly falloff: number },
): Promise<Filter> {
  const along = (axis: 'x' | 'y', value: string) => `
fn blur(at: vec2i) -> vec4f {
  var sum = ${value}(at);
  var total = 1.0;
  var weight = 1.0;
  var ratio = u.falloff;
  for (var i = 1; i <= u.radius; i++) {
    weight *= ratio;
    ratio *= u.falloff * u.falloff;
    let away = vec2i(${axis === 'x' ? 'i, 0' : '0, i'});
    sum += weight * (${value}(at - away) + ${value}(at + away));
    total += 2.0 * weight;
  }
  return sum / total;
}`
  const shapeTypes = { radius: 'i32', falloff: 'f32' } as const
  const [horizontal, vertical] = await Promise.all([
    createStage(gpu, {
      label: `${label}/horizontal`,
      reads,
      format,
      uniforms: { ...shapeTypes, ...sourceTypes },
      wgsl: `${functions ?? ''}
fn source(at: vec2i) -> vec4f { ${source} }${along('x', 'source')}
fn make(at: vec2i) -> vec4f { return blur(at); }`,
    }),
    createStage(gpu, {
      label: `${label}/vertical`,
      reads: ['rows', ...(finish?.reads ?? [])],
      format: finish?.format ?? format,
      uniforms: { ...shapeTypes, ...finish?.uniforms },
      wgsl: `${along('y', 'rows_at')}
${finish?.functions ?? ''}
fn finish(at: vec2i, blurred: vec4f) -> vec4f { ${finish?.wgsl ?? 'return blurred;'} }
fn make(at: vec2i) -> vec4f { return finish(at, blur(at)); }`,
    }),
  ])
  return {
    record(recorder, whole, pictures, result, width, uniforms, sourceUniforms) {
      const shape = shapeOf(width)
      using rows = borrowPicture(gpu, widen(result.part, whole, 0, shape.radius), format, `${label}/rows`)
      horizontal.record(recorder, whole, pictures, rows, { ...shape, ...sourceUniforms })
      vertical.record(recorder, whole, { ...pictures, rows }, result, { ...shape, ...uniforms })
    },
  }
}
