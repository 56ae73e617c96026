/**
 * Enlarging by whole factors, where the weights repeat from one source pixel to the next and so are constants of the shader. A thread makes
 * all that lies over a few source pixels, so that each of those is read for many results at once.
 */
import type { ResampleKernel } from './resample-kernels.ts'

/** Of what one result of a source pixel is made. */
interface Phase {
  /** Relative to the source pixel: the first sample. */
  readonly first: number
  /** They may sum to another number than 1. */
  readonly weights: readonly number[]
}

export interface Enlargement {
  /** Samples of the source. */
  readonly from: number
  /** As many as the factor: results of a source pixel, from left to right. */
  readonly phases: readonly Phase[]
}

/** Beyond it a thread would make too much. */
const largestFactor = 4

/** `undefined` where the factor is not a whole one, or too large. */
export function enlargementOf(kernel: ResampleKernel, from: number, to: number): Enlargement | undefined {
  const factor = to / from
  if (!Number.isInteger(factor) || factor < 2 || factor > largestFactor) return undefined
  const phases = Array.from({ length: factor }, (_, phase) => {
    const centre = (phase + 0.5) / factor
    const first = Math.floor(centre - kernel.radius + 0.5)
    const end = Math.floor(centre + kernel.radius + 0.5)
    return {
      first,
      weights: Array.from({ length: end - first }, (_, i) => kernel.weight(first + i + 0.5 - centre)),
    }
  })
  return { from, phases }
}

/** Source pixels a thread takes along an axis: more share more of what is read, and take more registers. */
const pixelsOf = ({ phases }: Enlargement): number => (phases.length === 2 ? 2 : 1)

/** Results that a thread makes along an axis. */
export const resultsOf = (axis: Enlargement): number => pixelsOf(axis) * axis.phases.length

interface Tap {
  /** Relative to the first source pixel of the thread. */
  readonly sample: number
  readonly weight: number
}

/** Of each of a thread's results along an axis. */
const tapsOf = (axis: Enlargement): readonly (readonly Tap[])[] =>
  Array.from({ length: pixelsOf(axis) }, (_, pixel) => pixel).flatMap((pixel) =>
    axis.phases.map(({ first, weights }) => weights.map((weight, i) => ({ sample: pixel + first + i, weight }))),
  )

const samplesOf = (taps: readonly (readonly Tap[])[]): readonly number[] =>
  [...new Set(taps.flat().map(({ sample }) => sample))].sort((a, b) => a - b)

const place = (n: number) => (n < 0 ? `m${-n}` : `p${n}`)
const number = (n: number) => (Number.isInteger(n) ? `${n}.0` : n.toPrecision(9))

/** `<axis><result>_<sample>`: weights, of samples inside the picture alone, brought to a sum of 1. */
function weightsWgsl(axis: 'x' | 'y', taps: readonly (readonly Tap[])[]): string {
  const lines = samplesOf(taps).map(
    (sample) =>
      `let ${axis}_${place(sample)} = select(0.0, 1.0, first.${axis} + ${sample} >= 0 && first.${axis} + ${sample} < u.extent.${axis});`,
  )
  for (const [result, all] of taps.entries()) {
    const raw = all.map(({ sample, weight }) => `${number(weight)} * ${axis}_${place(sample)}`)
    lines.push(`let ${axis}${result} = 1.0 / (${raw.join(' + ')});`)
    for (const [i, { sample }] of all.entries())
      lines.push(`let ${axis}${result}_${place(sample)} = ${raw[i]} * ${axis}${result};`)
  }
  return lines.join('\n  ')
}

/**
 * WGSL of `main(at)`, one call a thread. In scope must be `sample_at(at: vec2i) -> vec4f`, a pixel of the source inside it, `keep(at: vec2i,
 * value: vec4f)`, which stores a pixel of the result, and the uniforms `extent: vec2i`, the source's size, and `block: vec2i`, the first thread's place.
 */
export function enlargeWgsl(across: Enlargement, down: Enlargement): string {
  const columns = tapsOf(across)
  const rows = tapsOf(down)
  const lines = [
    `let first = (vec2i(at) + u.block) * vec2i(${pixelsOf(across)}, ${pixelsOf(down)});`,
    weightsWgsl('x', columns),
    weightsWgsl('y', rows),
  ]
  for (const row of rows.keys()) for (const column of columns.keys()) lines.push(`var r${row}_${column} = vec4f(0.0);`)
  for (const y of samplesOf(rows)) {
    lines.push('{')
    for (const x of samplesOf(columns))
      lines.push(`let s${place(x)} = sample_at(clamp(first + vec2i(${x}, ${y}), vec2i(0), u.extent - 1));`)
    for (const [column, taps] of columns.entries()) {
      const sum = taps.map(({ sample }) => `x${column}_${place(sample)} * s${place(sample)}`)
      lines.push(`let h${column} = ${sum.join(' + ')};`)
    }
    for (const [row, taps] of rows.entries())
      if (taps.some(({ sample }) => sample === y))
        for (const column of columns.keys()) lines.push(`r${row}_${column} += y${row}_${place(y)} * h${column};`)
    lines.push('}')
  }
  lines.push(`let corner = first * vec2i(${across.phases.length}, ${down.phases.length});`)
  for (const row of rows.keys())
    for (const column of columns.keys()) lines.push(`keep(corner + vec2i(${column}, ${row}), r${row}_${column});`)
  return `fn main(at: vec2u) {
  ${lines.join('\n  ')}
}`
}
