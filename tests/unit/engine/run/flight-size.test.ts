import { expect, test } from 'vitest'
import { framesInFlight } from '../../../../src/engine/run/flight-size.ts'

test('three frames are made side by side, fewer where they are large, and never none', () => {
  const gibibyte = 2 ** 30
  expect(framesInFlight(0)).toBe(3)
  expect(framesInFlight(gibibyte / 3)).toBe(3)
  expect(framesInFlight(gibibyte / 3 + 1)).toBe(2)
  expect(framesInFlight(gibibyte / 2 + 1)).toBe(1)
  expect(framesInFlight(4 * gibibyte)).toBe(1)
})
