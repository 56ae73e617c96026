import { expect, test } from 'vitest'
import { worstPlace } from '../../../../src/graph/measures/worst-place.ts'

/** A grey picture of 60×36 pixels that is `value` within the given box and 0 elsewhere. */
function map(boxes: readonly { x: number; y: number; side: number; value: number }[]) {
  const [width, height] = [60, 36]
  const pixels = new Uint8ClampedArray(width * height * 4)
  for (const { x, y, side, value } of boxes)
    for (let row = y; row < y + side; row += 1)
      for (let column = x; column < x + side; column += 1)
        pixels.fill(value, (row * width + column) * 4, (row * width + column) * 4 + 3)
  return { width, height, pixels }
}

test('points at where most was found, not at the one brightest pixel', () => {
  const { x, y } = worstPlace(
    map([
      { x: 44, y: 20, side: 6, value: 90 },
      { x: 4, y: 4, side: 1, value: 255 },
    ]),
  )
  expect(x * 60).toBeGreaterThan(41)
  expect(x * 60).toBeLessThan(53)
  expect(y * 36).toBeGreaterThan(19)
  expect(y * 36).toBeLessThan(27)
})

test('points at the middle where nothing was found', () => {
  expect(worstPlace(map([]))).toEqual({ x: 0.5, y: 0.5 })
})
