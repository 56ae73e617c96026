/** Black bars, found in frames and common to them. */
import { describe, expect, test } from 'vitest'
import { barsOf, commonBars, framesToLookAt } from '../../../../src/ui/inspector/black-bars.ts'

/** Grey where `at` says so, with noise; else video black with a little of it. */
function frame(width: number, height: number, at: (x: number, y: number) => boolean, bright = 130) {
  const pixels = new Uint8ClampedArray(4 * width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = (at(x, y) ? bright : 14) + ((x * 7 + y * 13) % 9)
      pixels.set([value, value, value, 255], 4 * (y * width + x))
    }
  return { width, height, pixels }
}

describe('bars', () => {
  test('are told at each side, noise in them or not', () => {
    expect(barsOf(frame(120, 90, (_, y) => y >= 12 && y < 79))).toEqual({ left: 0, right: 0, top: 12, bottom: 11 })
    expect(barsOf(frame(120, 90, (x) => x >= 9 && x < 100))).toEqual({ left: 9, right: 20, top: 0, bottom: 0 })
  })

  test('are none where the picture goes to its edge, nor where a logo shines in them', () => {
    expect(barsOf(frame(120, 90, () => true))).toEqual({ left: 0, right: 0, top: 0, bottom: 0 })
    const logo = barsOf(frame(120, 90, (x, y) => (y >= 12 && y < 79) || (y === 3 && x < 20)))
    expect(logo).toMatchObject({ top: 3, bottom: 11 })
  })

  test('of several frames are what is bar in each; black ones count for nothing', () => {
    const dark = barsOf(frame(120, 90, (_, y) => y >= 30 && y < 60))
    const usual = barsOf(frame(120, 90, (_, y) => y >= 12 && y < 78))
    const black = barsOf(frame(120, 90, () => false))
    expect(black).toBeNull()
    expect(commonBars([dark, black, usual])).toEqual({ left: 0, right: 0, top: 12, bottom: 12 })
    expect(commonBars([black, black])).toBeNull()
    expect(commonBars([barsOf(frame(120, 90, () => true))])).toBeNull()
  })
})

test('frames lie apart over the clip, and a still is looked at once', () => {
  expect(framesToLookAt(0, 100)).toEqual([10, 30, 50, 70, 90])
  expect(framesToLookAt(7, 7)).toEqual([7])
})
