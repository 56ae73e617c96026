/**
 * How near one picture is to another: PSNR and SSIM on luma, as the literature reports them for video.
 *
 * Luma is BT.709's, of gamma-encoded 8-bit RGB: Y' = 0.2126 R' + 0.7152 G' + 0.0722 B', in [0, 255].
 */

/** A picture's luma, row by row, in [0, 255]. */
export interface Luma {
  readonly width: number
  readonly height: number
  readonly values: Float64Array
}

/** @param pixels RGBA, 8 bits each, row by row. */
export function lumaOf(pixels: Uint8ClampedArray, width: number, height: number): Luma {
  const values = new Float64Array(width * height)
  for (let i = 0; i < values.length; i++)
    values[i] = 0.2126 * pixels[4 * i]! + 0.7152 * pixels[4 * i + 1]! + 0.0722 * pixels[4 * i + 2]!
  return { width, height, values }
}

function assertSameSize(a: Luma, b: Luma): void {
  if (a.width !== b.width || a.height !== b.height)
    throw new Error(`pictures of ${a.width}×${a.height} and ${b.width}×${b.height} cannot be compared`)
}

/** Mean of the squared differences. */
export function meanSquaredError(a: Luma, b: Luma): number {
  assertSameSize(a, b)
  let sum = 0
  for (let i = 0; i < a.values.length; i++) sum += (a.values[i]! - b.values[i]!) ** 2
  return sum / a.values.length
}

/** Decibels against a peak of 255; infinite for equal pictures. */
export const psnrOf = (mse: number): number => 10 * Math.log10(255 ** 2 / mse)

const radius = 5
const sigma = 1.5

/** Of 11 taps, normalised. */
const gaussian = (() => {
  const taps = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)))
  const sum = taps.reduce((total, tap) => total + tap, 0)
  return Float64Array.from(taps, (tap) => tap / sum)
})()

/** Gaussian mean around each pixel whose window lies inside the picture: (width − 10) × (height − 10) values. */
function blur(values: Float64Array, width: number, height: number): Float64Array {
  const inner = width - 2 * radius
  const rows = new Float64Array(inner * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < inner; x++) {
      let sum = 0
      for (let k = 0; k < gaussian.length; k++) sum += gaussian[k]! * values[y * width + x + k]!
      rows[y * inner + x] = sum
    }
  const out = new Float64Array(inner * (height - 2 * radius))
  for (let y = 0; y < height - 2 * radius; y++)
    for (let x = 0; x < inner; x++) {
      let sum = 0
      for (let k = 0; k < gaussian.length; k++) sum += gaussian[k]! * rows[(y + k) * inner + x]!
      out[y * inner + x] = sum
    }
  return out
}

/**
 * Mean structural similarity in [−1, 1] after Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from
 * error visibility to structural similarity", IEEE TIP 13(4), 2004: Gaussian window of 11×11 with σ = 1.5, K₁ = 0.01,
 * K₂ = 0.03, L = 255, over the windows that lie wholly inside. Both sides must be at least 11 pixels.
 */
export function ssim(a: Luma, b: Luma): number {
  assertSameSize(a, b)
  const { width, height } = a
  if (Math.min(width, height) < gaussian.length) throw new Error('SSIM needs at least 11×11 pixels')
  const product = (p: Float64Array, q: Float64Array) => p.map((value, i) => value * q[i]!)
  const mean = (values: Float64Array) => blur(values, width, height)
  const meanA = mean(a.values)
  const meanB = mean(b.values)
  const meanAA = mean(product(a.values, a.values))
  const meanBB = mean(product(b.values, b.values))
  const meanAB = mean(product(a.values, b.values))
  const c1 = (0.01 * 255) ** 2
  const c2 = (0.03 * 255) ** 2
  let sum = 0
  for (let i = 0; i < meanA.length; i++) {
    const ma = meanA[i]!
    const mb = meanB[i]!
    const varianceA = meanAA[i]! - ma * ma
    const varianceB = meanBB[i]! - mb * mb
    const covariance = meanAB[i]! - ma * mb
    sum += ((2 * ma * mb + c1) * (2 * covariance + c2)) / ((ma * ma + mb * mb + c1) * (varianceA + varianceB + c2))
  }
  return sum / meanA.length
}
