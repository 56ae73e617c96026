import { expect, test } from 'vitest'
import { fitOptions, zoomRange } from '../../../../src/ui/canvas/canvas-screen.ts'
import { labelRoom, labelScale } from '../../../../src/ui/canvas/Wire.tsx'

test('what stands on a wire is at least 9 pixels high on screen, and no larger than it is drawn', () => {
  for (const zoom of [0.4, 0.5, 0.72, 0.8, 0.86, 1, 2]) {
    const height = 10.5 * zoom * labelScale(zoom)
    expect(height).toBeGreaterThanOrEqual(9)
    if (zoom >= 1) expect(labelScale(zoom)).toBe(1)
  }
})

test('a wire must be the longer for its label the farther out the canvas stands, since the label stays readable', () => {
  // Between the ports of neighbours in the default graph lie 68 units; all of it is in sight at 0.73.
  expect(labelRoom('320 × 180', 0.73)).toBeLessThan(68)
  expect(labelRoom('320 × 180', 0.45)).toBeGreaterThan(100)
  expect(labelRoom('3840 × 2160', 1)).toBeGreaterThan(labelRoom('320 × 180', 1))
})

test('the whole graph comes into sight as far out as the canvas goes', () => {
  expect(fitOptions.minZoom).toBe(zoomRange.min)
  // A hundred cards in a row, at 1280 pixels.
  expect(100 * 288 * zoomRange.min).toBeLessThan(1200)
})
