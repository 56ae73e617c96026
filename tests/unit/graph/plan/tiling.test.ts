/** How far a tile may be trusted, and what a plan may take for granted. */
import { expect, test } from 'vitest'
import { defaultLimits } from '../../../../src/graph/plan/plan.ts'
import { fadeOf, marginOf, usableOverlap } from '../../../../src/graph/plan/tiling.ts'

test('a part has a tile of its own as long as the model sees no further than the overlap leaves beside the fade', () => {
  for (const overlap of [8, 32, 33, 64]) {
    const room = Math.floor((overlap - fadeOf(overlap)) / 2)
    expect(fadeOf(overlap)).toBeLessThan(overlap)
    expect(marginOf({ context: room }, overlap)).toBe(room)
    expect(marginOf({ context: room + 1 }, overlap)).toBeNull()
  }
  expect(marginOf({ context: 9 }, null)).toBe(9)
  expect(marginOf({ context: null }, 64)).toBeNull()
  expect(marginOf({ context: null }, null)).toBeNull()
})

test('tiles share what they are asked to, but never so much that they stand still', () => {
  expect(usableOverlap(32, 256)).toBe(32)
  for (const tile of [64, 128, 512]) expect(usableOverlap(tile, tile)).toBeLessThan(tile)
})

test('the limits taken for granted are those that the WebGPU specification gives every device', () => {
  expect(defaultLimits).toMatchObject({ sampledTextures: 16, storageTextures: 4, textureSize: 8192 })
})
