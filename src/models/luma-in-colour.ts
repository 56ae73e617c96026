/**
 * Models of luma on pictures in colour: they are given the luma of red, green and blue (BT.709), and what they make of it takes the
 * chroma of the plainly enlarged picture along. On the CPU, where their numbers are anyway: to software graphics the sixteen pixels
 * that each result is interpolated from are more work than the model is to WebAssembly.
 *
 * Computes what the drawing of a luma tensor does (`createTilePipeline`).
 */
import { lumaWeights } from '../graph/node/luma-weights.ts'
import type { ModelForm, Size } from './inspect.ts'
import type { Tap } from './runtimes/shaders/network.ts'
import type { ColouredResult, ModelSession } from './sessions.ts'

type Numbers = Float32Array<ArrayBuffer>

export const weightsOfLuma = lumaWeights('bt709')
const [kr, kg, kb] = weightsOfLuma

/** Whether a model takes luma in a way that colours can be put around it here. */
export const isColourable = ({ channels, layout, elementType, scale }: ModelForm): boolean =>
  channels === 'y' && layout === 'nchw' && elementType === 'float32' && Number.isInteger(scale)

/** Of pixels of red, green and blue in [0,1], row by row. */
export function lumaOf(colours: Numbers): Numbers {
  const luma = new Float32Array(colours.length / 3)
  for (let i = 0, at = 0; i < luma.length; i++, at += 3)
    luma[i] = kr * colours[at]! + kg * colours[at + 1]! + kb * colours[at + 2]!
  return luma
}

/** The session, which takes colours too: every number passes through here. */
export const inColours = (session: ModelSession, { input, output, scale }: ModelForm): ModelSession => ({
  ...session,
  async runOnColours(colours, { width, height }): Promise<ColouredResult> {
    const luma = lumaOf(colours)
    // Some runtimes take the numbers away.
    const request = {
      name: input,
      elementType: 'float32',
      dims: [1, 1, height, width],
      data: luma.slice().buffer,
    } as const
    const { bytes, elementType, dims, milliseconds } = await session.runOnBytes(request, output)
    if (elementType !== 'float32' || dims.join() !== [1, 1, height * scale, width * scale].join())
      throw new Error(`the output is ${elementType} ${dims.join(' × ')}, not luma ${scale} times as large`)
    const enlargedLuma = new Float32Array(bytes.slice().buffer)
    const result = withChroma(enlargedLuma, luma, colours, { width, height }, scale)
    return { result, luma: { input: luma, output: enlargedLuma }, milliseconds }
  },
})

/** Weights of the samples one before to two behind: the cubic convolution kernel with a = −0.5 (R. Keys, IEEE Trans. ASSP 29(6), 1981). */
const cubic = (f: number): readonly [number, number, number, number] => [
  ((-0.5 * f + 1) * f - 0.5) * f,
  (1.5 * f - 2.5) * f * f + 1,
  ((-1.5 * f + 2) * f + 0.5) * f,
  (0.5 * f - 0.5) * f * f,
]

/** Of each result of a sample along an axis: where its four samples begin, and their weights. */
const phasesOf = (factor: number) =>
  Array.from({ length: factor }, (_, phase) => {
    const place = (phase + 0.5) / factor - 0.5
    const base = Math.floor(place)
    return { first: base - 1, weights: cubic(place - base) }
  })

/** Of each result of a sample along an axis: by what of the samples around chroma is enlarged. */
export const chromaTaps = (factor: number): readonly (readonly Tap[])[] =>
  phasesOf(factor).map(({ first, weights }) => weights.map((weight, i) => ({ offset: first + i, weight })))

/** Samples that a row is repeated by at its ends: as many as the farthest phase reaches beyond. */
const reach = 2

/**
 * Pixels of red, green and blue of the enlarged picture.
 * @param enlargedLuma its luma, row by row @param luma of the picture that it was made of, of `size` @param colours pixels of that one
 */
export function withChroma(
  enlargedLuma: Numbers,
  luma: Numbers,
  colours: Numbers,
  { width, height }: Size,
  factor: number,
): Numbers {
  const differences = [0, 2].map((channel) => luma.map((y, i) => colours[3 * i + channel]! - y))
  const phases = phasesOf(factor)
  const rows = [0, 1].map(() => new Float32Array(width + 2 * reach)) as [Numbers, Numbers]
  const result = new Float32Array(3 * enlargedLuma.length)
  let start = 0
  for (let y = 0; y < height; y++)
    for (const down of phases) {
      for (const [i, row] of rows.entries())
        blendRows(row, differences[i]!, y + down.first, down.weights, width, height)
      for (const [phase, across] of phases.entries())
        spread(result, enlargedLuma, start + phase, factor, rows, width, reach + across.first, across.weights)
      start += width * factor
    }
  return result
}

/** Fills `row` with four rows of a plane from `first` on, by their weights; edges are repeated. */
function blendRows(
  row: Numbers,
  plane: Numbers,
  first: number,
  [a, b, c, d]: readonly [number, number, number, number],
  width: number,
  height: number,
): void {
  const startOf = (y: number) => Math.min(height - 1, Math.max(0, y)) * width
  const [atA, atB, atC, atD] = [startOf(first), startOf(first + 1), startOf(first + 2), startOf(first + 3)]
  for (let x = 0; x < width; x++)
    row[reach + x] = a * plane[atA + x]! + b * plane[atB + x]! + c * plane[atC + x]! + d * plane[atD + x]!
  row.fill(row[reach]!, 0, reach)
  row.fill(row[reach + width - 1]!, reach + width)
}

/** Writes every `factor`-th pixel of a row of the result, from `to` on: its luma, and the differences that four samples from `first` on make. */
function spread(
  result: Numbers,
  enlargedLuma: Numbers,
  to: number,
  factor: number,
  [red, blue]: readonly [Numbers, Numbers],
  width: number,
  first: number,
  [a, b, c, d]: readonly [number, number, number, number],
): void {
  const [redInGreen, blueInGreen] = [-kr / kg, -kb / kg]
  for (let x = 0, at = to, from = first; x < width; x++, at += factor, from++) {
    const y = enlargedLuma[at]!
    const r = a * red[from]! + b * red[from + 1]! + c * red[from + 2]! + d * red[from + 3]!
    const bl = a * blue[from]! + b * blue[from + 1]! + c * blue[from + 2]! + d * blue[from + 3]!
    result[3 * at] = y + r
    result[3 * at + 1] = y + (redInGreen * r + blueInGreen * bl)
    result[3 * at + 2] = y + bl
  }
}
