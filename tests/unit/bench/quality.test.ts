import { expect, test } from 'vitest'
import { type Luma, lumaOf, meanSquaredError, psnrOf, ssim } from '../../../bench/quality.ts'
// By scikit-image: see make-fixtures.py beside it.
import cases from '../../fixtures/quality/quality.json' with { type: 'json' }

/** The same picture as make-fixtures.py's. */
function picture(width: number, height: number, seed: number): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(width * height * 4)
  let state = seed
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        pixels[4 * (y * width + x) + c] = ((5 * x + 3 * y * (c + 1)) % 200) + ((state >>> 24) % 48)
      }
      pixels[4 * (y * width + x) + 3] = 255
    }
  return pixels
}

const pair = ({ width, height, seeds: [first = 0, second = 0] }: (typeof cases)[number]): [Luma, Luma] => {
  const a = picture(width, height, first)
  const b = picture(width, height, second).map((value) => (first === second ? Math.floor(value / 2) + 40 : value))
  return [lumaOf(a, width, height), lumaOf(b, width, height)]
}

test.each(cases)('PSNR and SSIM of $width×$height are those of scikit-image', (known) => {
  const [a, b] = pair(known)
  expect(psnrOf(meanSquaredError(a, b))).toBeCloseTo(known.psnr, 6)
  expect(ssim(a, b)).toBeCloseTo(known.ssim, 6)
})

test('a picture is like itself, and another size is refused', () => {
  const [a] = pair(cases[0]!)
  expect(ssim(a, a)).toBeCloseTo(1, 12)
  expect(psnrOf(meanSquaredError(a, a))).toBe(Number.POSITIVE_INFINITY)
  expect(() => ssim(a, { ...a, width: a.height, height: a.width })).toThrow('cannot be compared')
})
