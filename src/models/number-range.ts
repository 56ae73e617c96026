/**
 * Which numbers a model means by black and white. Files do not say it: exporters leave the scaling in or out. So a
 * smooth picture is run through the model in each range, and whichever gives the picture back is the right one: an
 * upscaled picture, averaged down again, is what went in.
 */
import type { ModelNumbers, NumberRange } from '../graph/node/facts.ts'

/** A number of the model = a value in [0,1] × `gain` + `offset`. */
export const spans: Readonly<Record<NumberRange, { readonly gain: number; readonly offset: number }>> = {
  unit: { gain: 1, offset: 0 },
  byte: { gain: 255, offset: 0 },
  signed: { gain: 2, offset: -1 },
}

export const numberRanges = Object.keys(spans) as readonly NumberRange[]

/** How a picture lies in a tensor. */
export interface PictureLayout {
  readonly layout: 'nchw' | 'nhwc'
  /** Of the picture. */
  readonly depth: number
  readonly width: number
  readonly height: number
}

const index = ({ layout, depth, width, height }: PictureLayout, c: number, x: number, y: number): number =>
  layout === 'nchw' ? (c * height + y) * width + x : (y * width + x) * depth + c

/** A slow wave, another for each channel, in [0.2, 0.8]. */
const sample = ({ width, height }: PictureLayout, c: number, x: number, y: number): number =>
  0.5 + 0.3 * Math.sin(2 * Math.PI * ((x / width) * (0.6 + 0.2 * c) + (y / height) * (0.9 - 0.2 * c)) + 2.1 * c)

/** The test picture as a tensor of numbers in `range`. */
export function testPicture(picture: PictureLayout, range: NumberRange): Float32Array<ArrayBuffer> {
  const { gain, offset } = spans[range]
  const { depth, width, height } = picture
  const numbers = new Float32Array(depth * width * height)
  for (let c = 0; c < depth; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) numbers[index(picture, c, x, y)] = sample(picture, c, x, y) * gain + offset
    }
  }
  return numbers
}

/** What a model made of the test picture. */
export interface Enlarged {
  readonly numbers: Float32Array
  /** Output size ÷ size of what of the input it covers. */
  readonly scale: number
  /** Input pixels that the output lacks on each side. */
  readonly crop: number
}

interface Likeness {
  /** Mean difference from the test picture, in [0,1] of its range. */
  readonly difference: number
  /** Pearson's, over all channels. */
  readonly correlation: number
}

/** Pixels at the edge that do not count: networks see zeros beyond it. */
const edge = 2

function likeness(picture: PictureLayout, { numbers, scale, crop }: Enlarged, range: NumberRange): Likeness {
  const { gain, offset } = spans[range]
  const [width, height] = [picture.width - 2 * crop, picture.height - 2 * crop]
  const large = { ...picture, width: width * scale, height: height * scale }
  const margin = Math.min(edge, Math.floor(Math.min(width, height) / 4))
  let [count, difference, sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0, 0, 0]
  for (let c = 0; c < picture.depth; c++) {
    for (let y = margin; y < height - margin; y++) {
      for (let x = margin; x < width - margin; x++) {
        let sum = 0
        for (let v = 0; v < scale; v++) {
          for (let u = 0; u < scale; u++) sum += numbers[index(large, c, x * scale + u, y * scale + v)]!
        }
        const a = (sum / scale ** 2 - offset) / gain
        const b = sample(picture, c, x + crop, y + crop)
        count += 1
        difference += Math.abs(a - b)
        sumA += a
        sumB += b
        squareA += a * a
        squareB += b * b
        product += a * b
      }
    }
  }
  const spread = (square: number, sum: number) => Math.sqrt(Math.max(0, square / count - (sum / count) ** 2))
  const correlation =
    (product / count - (sumA / count) * (sumB / count)) / (spread(squareA, sumA) * spread(squareB, sumB))
  return Number.isFinite(difference) && Number.isFinite(correlation)
    ? { difference: difference / count, correlation }
    : { difference: Number.POSITIVE_INFINITY, correlation: 0 }
}

/** A mean difference below which nobody need look further. */
const plainlyRight = 0.04
/**
 * Above it, or below this likeness, the result is no picture of what went in, whatever its numbers. Strict: a model that
 * changes colours seems right in a range that pulls everything towards grey.
 */
const recognisable = { difference: 0.06, correlation: 0.95 }
/**
 * How far off 0 to 1 must be before another range is believed, as a mean difference and as a multiple of the other's.
 * A model that shifts its picture's brightness a little gives −1 to 1 back better, since the shift is half as large there.
 */
const wrong = { difference: 0.2, multiple: 3 }

/** Whether `enlarged`, in numbers of `range`, is the test picture. */
export function isTestPicture(picture: PictureLayout, enlargedPicture: Enlarged, range: NumberRange): boolean {
  const { difference, correlation } = likeness(picture, enlargedPicture, range)
  return correlation >= recognisable.correlation && difference <= recognisable.difference
}

/**
 * The numbers of a model that `run` runs on a test picture, given in this range; `undefined` where it fails. 0 to 1
 * where the model is as good with it as with others, or does not give the picture back at all.
 */
export async function findNumbers(
  picture: PictureLayout,
  run: (range: NumberRange) => Promise<Enlarged | undefined>,
): Promise<ModelNumbers> {
  const usual: ModelNumbers = { in: 'unit', out: 'unit' }
  let ordinary = Number.POSITIVE_INFINITY
  let best: { readonly numbers: ModelNumbers; readonly difference: number } | undefined
  for (const inputRange of numberRanges) {
    const result = await run(inputRange)
    if (!result) continue
    for (const out of numberRanges) {
      const { difference, correlation } = likeness(picture, result, out)
      if (inputRange === 'unit' && out === 'unit') ordinary = difference
      if (correlation < recognisable.correlation || difference > recognisable.difference) continue
      if (!best || difference < best.difference) best = { numbers: { in: inputRange, out }, difference }
    }
    if (best && best.difference < plainlyRight) break
  }
  return !best || ordinary <= Math.max(wrong.difference, wrong.multiple * best.difference) ? usual : best.numbers
}
