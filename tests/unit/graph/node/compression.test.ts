/** What a codec took, by its name and its bits for each pixel. */
import { describe, expect, test } from 'vitest'
import { compressionOf } from '../../../../src/graph/node/compression.ts'

const damage = (codec: string, bitsPerPixel?: number) =>
  compressionOf({ codec, ...(bitsPerPixel === undefined ? {} : { bitsPerPixel }) })?.damage

describe('what a codec took', () => {
  test('grows as the rate falls, from nothing to all', () => {
    const rates = [1, 0.45, 0.3, 0.2, 0.13, 0.09, 0.03]
    const found = rates.map((rate) => damage('H.264', rate)!)
    expect(found).toEqual(found.toSorted((a, b) => a - b))
    expect([found[0], found[2], found[4], found.at(-2), found.at(-1)]).toEqual([0, 0, 0.7, 1, 1])
  })

  test('is told with the rate and the codec', () => {
    expect(compressionOf({ codec: 'H.264', bitsPerPixel: 0.0613 })).toEqual({
      damage: 1,
      evidence: '0.06 bits a pixel of H.264',
    })
  })

  test('at one rate is less for newer codecs than for older ones', () => {
    expect(damage('AV1', 0.15)).toBeLessThan(damage('H.264', 0.15)!)
    expect(damage('H.264', 0.3)).toBeLessThan(damage('MPEG-2', 0.3)!)
  })

  test('is nothing for codecs that lose nothing, and not known for others or without a rate', () => {
    for (const codec of ['PNG', 'ProRes', 'ffv1']) expect(damage(codec, 0.01)).toBe(0)
    expect(damage('WMV 9', 0.1)).toBeUndefined()
    expect(damage('H.264')).toBeUndefined()
  })
})
