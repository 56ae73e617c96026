/**
 * What measures are made of: steps over whole pictures, written as data, so that a measure reads as its definition does and
 * what several of them need is written once. `measure.ts` runs them.
 */
import type { PictureFormat, UniformTypes } from '../../gpu/types.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

export type StepFormat = PictureFormat | 'rgba32float'

export interface Step {
  /** `measure/what`. */
  readonly label: string
  /** Names of pictures: inputs of the node, or what earlier steps write. */
  readonly reads: readonly string[]
  readonly writes: Readonly<Record<string, StepFormat>>
  /** The size of what is written. */
  readonly size: Size
  readonly uniforms?: UniformTypes
  /** Constant numbers that the step reads as `array<f32>`, or as `array<u32>` where they are a `Uint32Array`. */
  readonly tables?: Readonly<Record<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>>
  /** Counts that the measure keeps for one frame, zero at its begin. */
  readonly counts?: Readonly<Record<string, { readonly length: number; readonly atomic?: true }>>
  /** WGSL functions that `wgsl` calls. */
  readonly functions?: string
  /**
   * Body of a WGSL function of `at: vec2i`, a pixel of what is written. In scope: for each picture read
   * `<name>_at(at: vec2i) -> vec4f`, clamped to its edge, and `<name>_size() -> vec2i`; where it is of another size
   * `<name>_between(at)` and `<name>_nearest(at)`, by pixels of what is written; for each written `<name>_is(value: vec4f)`; tables and counts by name, uniforms as `u.<name>`.
   */
  readonly wgsl: string
}

/** A symmetric filter: its weights from the middle outwards. */
interface Taps {
  readonly weights: readonly number[]
}

/** A Gaussian cut at three standard deviations. */
export function gaussian(sigma: number): Taps {
  const half = Array.from({ length: Math.floor(3 * sigma + 0.5) + 1 }, (_, i) => Math.exp(-(i ** 2) / (2 * sigma ** 2)))
  const sum = half.reduce((total, weight, i) => total + (i === 0 ? 1 : 2) * weight, 0)
  return { weights: half.map((weight) => weight / sum) }
}

/** The mean of a square of `side` pixels, an odd number. */
export const box = (side: number): Taps => ({ weights: Array<number>((side + 1) / 2).fill(1 / side) })

export interface FilterSteps {
  readonly label: string
  /** What is written. */
  readonly name: string
  /** The first is of the size of what is written. */
  readonly reads: readonly string[]
  readonly size: Size
  readonly format?: StepFormat
  readonly taps: Taps
  readonly functions?: string
  /** WGSL expression of `at`: what is filtered, a `vec4f`. */
  readonly value: string
  /** WGSL expression of `at` and `sum`, the filtered value, and the further pictures that it reads. */
  readonly finish?: { readonly reads?: readonly string[]; readonly functions?: string; readonly wgsl: string }
}

/** A separable filter along rows, then columns. */
export function filter({
  label,
  name,
  reads,
  size,
  format = 'rgba32float',
  taps,
  functions,
  value,
  finish,
}: FilterSteps): Step[] {
  const rows = `${name}_rows`
  const along = (axis: 'x' | 'y', of: string) => /* wgsl */ `
  var weights = array<f32, ${taps.weights.length}>(${taps.weights.map((weight) => weight.toPrecision(9)).join(', ')});
  var sum = weights[0] * ${of}(at);
  for (var i = 1; i < ${taps.weights.length}; i++) {
    let away = vec2i(${axis === 'x' ? 'i, 0' : '0, i'});
    sum += weights[i] * (${of}(at - away) + ${of}(at + away));
  }`
  // Beyond the edge the value of the nearest pixel counts, not what the value's own reading finds there.
  const source = `${functions ?? ''}
fn value(place: vec2i) -> vec4f { let at = clamp(place, vec2i(0), ${reads[0]}_size() - 1); return ${value}; }`
  return [
    {
      label: `${label}/rows`,
      reads,
      writes: { [rows]: format },
      size,
      functions: source,
      wgsl: `${along('x', 'value')} ${rows}_is(sum);`,
    },
    {
      label,
      reads: [rows, ...(finish?.reads ?? [])],
      writes: { [name]: format },
      size,
      ...(finish?.functions !== undefined && { functions: finish.functions }),
      wgsl: `${along('y', `${rows}_at`)} ${name}_is(${finish?.wgsl ?? 'sum'});`,
    },
  ]
}

/** The highest value within `radius` pixels along both axes. */
export function highest(
  label: string,
  name: string,
  source: string,
  size: Size,
  radius: number,
  value = `${source}_at(at)`,
): Step[] {
  const rows = `${name}_rows`
  const along = (axis: 'x' | 'y', of: string) => /* wgsl */ `
  var most = ${of}(at);
  for (var i = 1; i <= ${radius}; i++) {
    let away = vec2i(${axis === 'x' ? 'i, 0' : '0, i'});
    most = max(most, max(${of}(at - away), ${of}(at + away)));
  }`
  return [
    {
      label: `${label}/rows`,
      reads: [source],
      writes: { [rows]: 'rgba32float' },
      size,
      functions: `fn value(place: vec2i) -> vec4f { let at = clamp(place, vec2i(0), ${source}_size() - 1); return ${value}; }`,
      wgsl: `${along('x', 'value')} ${rows}_is(most);`,
    },
    {
      label,
      reads: [rows],
      writes: { [name]: 'rgba32float' },
      size,
      wgsl: `${along('y', `${rows}_at`)} ${name}_is(most);`,
    },
  ]
}

/** Side of the squares that a tally adds up in one step. */
const cell = 8

/**
 * Adds a value up over a picture, or takes its highest: `name` becomes a picture of one pixel. In the same order every time, so
 * that a score is the same to the bit.
 *
 * @param value WGSL expression of `at`, a `vec4f`
 */
export function tally(
  label: string,
  {
    name,
    reads,
    size,
    functions,
    value,
    how = 'sum',
  }: {
    readonly name: string
    /** The first is of the size of what is added up. */
    readonly reads: readonly string[]
    readonly size: Size
    readonly functions?: string
    readonly value: string
    readonly how?: 'sum' | 'highest'
  },
): Step[] {
  const steps: Step[] = []
  let from = size
  for (let level = 0; level === 0 || from.width > 1 || from.height > 1; level++) {
    const to = { width: Math.ceil(from.width / cell), height: Math.ceil(from.height / cell) }
    const below = `${name}_${level - 1}`
    const target = to.width === 1 && to.height === 1 ? name : `${name}_${level}`
    steps.push({
      label: `${label}/${target}`,
      reads: level === 0 ? reads : [below],
      writes: { [target]: 'rgba32float' },
      size: to,
      functions: `${level === 0 ? (functions ?? '') : ''}
fn value(at: vec2i) -> vec4f { return ${level === 0 ? value : `${below}_at(at)`}; }`,
      wgsl: /* wgsl */ `
  let first = at * ${cell};
  let last = min(first + ${cell}, ${level === 0 ? reads[0] : below}_size());
  var total = ${how === 'sum' ? 'vec4f(0.0)' : 'value(first)'};
  for (var y = first.y; y < last.y; y++) {
    for (var x = first.x; x < last.x; x++) { total = ${how === 'sum' ? 'total + value(vec2i(x, y))' : 'max(total, value(vec2i(x, y)))'}; }
  }
  ${target}_is(total);`,
    })
    from = to
  }
  return steps
}

/** Sobel's slope, in values a pixel, of the component `of` of a picture. */
export const slopeFunctions = (source: string, of: string) => /* wgsl */ `
fn near(at: vec2i, x: i32, y: i32) -> f32 { return ${source}_at(at + vec2i(x, y)).${of}; }
fn gradient(at: vec2i) -> vec2f {
  let a = near(at, -1, -1); let b = near(at, 0, -1); let c = near(at, 1, -1);
  let d = near(at, -1, 0); let f = near(at, 1, 0);
  let g = near(at, -1, 1); let h = near(at, 0, 1); let i = near(at, 1, 1);
  return vec2f(c + 2.0 * f + i - a - 2.0 * d - g, g + 2.0 * h + i - a - 2.0 * b - c) / 8.0;
}`
