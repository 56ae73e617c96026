/**
 * Looks at what a model was given and gave, tile by tile: output that is black, not finite or far out of a picture's
 * range is an error, never a silent black frame or glare. Where the numbers pass through the CPU they are looked at there; else the GPU sums them up and only
 * the sums come back.
 */
import type { ElementType } from './inspect.ts'
import { plausible, summaryWords } from './tensors.ts'
import type { Tile } from './tiles.ts'
import { ModelError } from './types.ts'

/** What is known of a tensor's numbers. */
export interface TensorSummary {
  readonly largest: number
  /** The part of them, in [0,1], that is above `litLevel`. */
  readonly brightShare: number
  /** How many are NaN or infinite. */
  readonly nonFiniteCount: number
  /** The part of them, in [0,1], that is out of `plausible`. */
  readonly wildShare: number
}

export interface TileSummary {
  readonly input: TensorSummary
  readonly output: TensorSummary
}

/** A result whose largest number is below this is black: also one of 0 to 1 that was taken for 0 to 255. */
const blackLevel = 1.5 / 255
/** What is above this is not. */
export const litLevel = 8 / 255

/** IEEE 754 binary16, finite and not negative. */
const fromHalf = (bits: number): number => {
  const exponent = bits >> 10
  const fraction = bits & 0x3ff
  return exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The part of a tile's numbers that may be out of the plausible range: lights at the edge of what a model knows. */
const maxWildShare = 0.02

/** The least half that is above `litLevel`; positive halves are in the order of their bits. */
const litHalf = Array.from({ length: 0x7c00 }, (_, bits) => bits).find((bits) => fromHalf(bits) > litLevel)!

/** The bits of `plausible`: 2, and −1, whose bits grow with its distance from 0. */
const [mostHalf, leastHalf] = [0x4000, 0xbc00]

const floats = new Float32Array(1)
const floatBits = new Int32Array(floats.buffer)
const floatOf = (bits: number): number => {
  floatBits[0] = bits
  return floats[0]!
}
/** Bits of the float that is nearest to `value`, towards 0. */
const bitsOf = (value: number): number => {
  floats[0] = value
  if (Math.abs(floats[0]) > Math.abs(value)) floatBits[0]! -= 1
  return floatBits[0]!
}
const infinityBits = 0x7f800000
const litBits = bitsOf(litLevel)
const [mostBits, leastBits] = [bitsOf(plausible.max), bitsOf(plausible.min)]

/** `bytes`: numbers of the type, from a 4-byte boundary on. */
export function summariseBytes(
  elementType: ElementType,
  { buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>,
): TensorSummary {
  const length = byteLength / (elementType === 'float16' ? 2 : 4)
  let nonFiniteCount = 0
  let bright = 0
  let wild = 0
  let largest = 0
  if (elementType === 'float16') {
    const halves = new Uint16Array(buffer, byteOffset, length)
    let maxBits = 0
    for (const bits of halves) {
      if ((bits & 0x7c00) === 0x7c00) nonFiniteCount += 1
      else if (bits < 0x8000) {
        if (bits > maxBits) maxBits = bits
        if (bits >= litHalf) bright += 1
        if (bits > mostHalf) wild += 1
      } else if (bits > leastHalf) wild += 1
    }
    largest = fromHalf(maxBits)
  } else {
    // As integers the bits of positive floats are in the order of their values, those of negative ones against it.
    const numbers = new Int32Array(buffer, byteOffset, length)
    let maxBits = 0
    for (let i = 0; i < length; i++) {
      const bits = numbers[i]!
      if ((bits & infinityBits) === infinityBits) nonFiniteCount += 1
      else if (bits > 0) {
        if (bits > maxBits) maxBits = bits
        if (bits > litBits) bright += 1
        if (bits > mostBits) wild += 1
      } else if (bits < 0 && bits > leastBits) wild += 1
    }
    largest = floatOf(maxBits)
  }
  return { largest, brightShare: bright / length, nonFiniteCount, wildShare: wild / length }
}

/** Reads what `summariseTensor` wrote from word `slot` on, for a tensor of `length` numbers. */
export function readSummary(words: Uint32Array<ArrayBuffer>, slot: number, length: number): TensorSummary {
  const largest = new Float32Array(words.buffer, words.byteOffset + slot * 4, 1)[0]!
  return {
    largest,
    brightShare: words[slot + 1]! / length,
    nonFiniteCount: words[slot + 2]!,
    wildShare: words[slot + 3]! / length,
  }
}

/** Words that the summaries of one tile take: the input's, then the output's. */
export const tileSummaryWords = 2 * summaryWords

/**
 * Throws `ModelError` where the summaries show a non-finite, implausible or black result. A tile is judged alone only where a
 * quarter of it was bright: a model may well smooth a speck away.
 */
export function judge(model: string, tiles: readonly Tile[], summaries: readonly TileSummary[]) {
  let brightestIn = 0
  let brightestOut = 0
  for (const [i, { input, output }] of summaries.entries()) {
    const { x, y } = tiles[i]!
    const place = `the tile at ${x.start}, ${y.start}`
    if (output.nonFiniteCount > 0) {
      throw new ModelError(
        `The model “${model}” gave ${output.nonFiniteCount} numbers that are not finite (NaN or infinity) in ${place}.`,
        'Choose another runtime, or a float32 version of the model.',
      )
    }
    if (output.wildShare > maxWildShare) {
      const share = Math.round(output.wildShare * 100)
      throw new ModelError(
        `The model “${model}” gave numbers that are not a picture in ${place}: ${share} % of them are far below black or above white.`,
        'Set Numbers in and Numbers out of SR Model to those that the model was made for, or choose another model.',
      )
    }
    if (output.largest < blackLevel && input.brightShare > 0.25) throw black(model, place)
    brightestIn = Math.max(brightestIn, input.largest)
    brightestOut = Math.max(brightestOut, output.largest)
  }
  if (brightestOut < blackLevel && brightestIn > litLevel) throw black(model, 'the whole picture')
}

const black = (model: string, place: string): ModelError =>
  new ModelError(
    `The model “${model}” gave black where the picture is not black, in ${place}.`,
    'Choose another runtime or another model, or the Numbers in and Numbers out that it was made for.',
  )
