import { describe, expect, test } from 'vitest'
import { judge, summariseBytes, type TensorSummary } from '../../../src/models/sentinel.ts'
import { planTiles } from '../../../src/models/tiles.ts'
import { ModelError } from '../../../src/models/types.ts'

const half = (bits: readonly number[]) => summariseBytes('float16', new Uint8Array(Uint16Array.from(bits).buffer))
const single = (numbers: readonly number[]) =>
  summariseBytes('float32', new Uint8Array(Float32Array.from(numbers).buffer))

describe('summariseBytes', () => {
  test('finds the largest, the bright and the broken among float32 numbers', () => {
    expect(single([-3, 0, 0.5, 0.25, 0.01, 0.03, 0.04, 0])).toEqual({
      largest: 0.5,
      brightShare: 3 / 8,
      nonFiniteCount: 0,
      wildShare: 1 / 8,
    })
    expect(single([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1]).nonFiniteCount).toBe(3)
  })

  test('and among float16 bits', () => {
    // 1, -2, 0.5, 0.0313 (below 8/255), 0.0314 (above), infinity, NaN, the least subnormal
    const bits = [0x3c00, 0xc000, 0x3800, 0x2801, 0x2805, 0x7c00, 0xfe01, 0x0001]
    expect(half(bits)).toEqual({ largest: 1, brightShare: 3 / 8, nonFiniteCount: 2, wildShare: 1 / 8 })
    expect(half([0x0001]).largest).toBe(2 ** -24)
  })

  test('counts what no picture has, in both types, infinity apart', () => {
    expect(single([-1, 2, -1.01, 2.01, 255, Number.POSITIVE_INFINITY, 0, 1]).wildShare).toBe(3 / 8)
    // −1, 2, the next beyond each, 255, infinity
    expect(half([0xbc00, 0x4000, 0xbc01, 0x4001, 0x5bf8, 0x7c00, 0, 0x3c00]).wildShare).toBe(3 / 8)
  })

  test('reads from the offset on', () => {
    expect(summariseBytes('float32', new Uint8Array(Float32Array.of(9, 1, 0).buffer, 4, 8))).toMatchObject({
      largest: 1,
    })
  })
})

describe('judge', () => {
  const tiles = planTiles({ width: 64, height: 32 }, { width: 32, height: 32 }, 0)
  const lit: TensorSummary = { largest: 0.8, brightShare: 0.9, nonFiniteCount: 0, wildShare: 0 }
  const dark: TensorSummary = { largest: 0.002, brightShare: 0, nonFiniteCount: 0, wildShare: 0 }
  const speck: TensorSummary = { largest: 0.8, brightShare: 0.01, nonFiniteCount: 0, wildShare: 0 }
  const judged = (first: [TensorSummary, TensorSummary], second: [TensorSummary, TensorSummary]) => () =>
    judge(
      'M',
      tiles,
      [first, second].map(([input, output]) => ({ input, output })),
    )

  test('passes what is lit, and black from black', () => {
    expect(judged([lit, lit], [dark, dark])).not.toThrow()
    expect(judged([dark, dark], [dark, dark])).not.toThrow()
  })
  test('passes a speck that was smoothed away in one tile of a picture', () => {
    expect(judged([lit, lit], [speck, dark])).not.toThrow()
  })
  test('passes overshoot, and refuses numbers that are no picture', () => {
    expect(judged([lit, { ...lit, wildShare: 0.02 }], [lit, lit])).not.toThrow()
    expect(judged([lit, lit], [lit, { ...lit, wildShare: 0.6 }])).toThrow(/not a picture in the tile at 32, 0: 60 %/)
  })
  test('takes a picture of 0 to 1 that was read as one of 0 to 255 for black', () => {
    expect(judged([lit, { ...dark, largest: 1 / 255 }], [lit, lit])).toThrow(/gave black/)
  })
  test('refuses a black tile, a black picture and a broken number, and says where', () => {
    expect(judged([lit, lit], [lit, dark])).toThrow(/“M” gave black .* in the tile at 32, 0/)
    expect(judged([speck, dark], [dark, dark])).toThrow(/“M” gave black .* in the whole picture/)
    expect(judged([lit, lit], [lit, { ...lit, nonFiniteCount: 7 }])).toThrow(
      /7 numbers that are not finite .* tile at 32, 0/,
    )
    expect(judged([lit, dark], [lit, lit])).toThrow(ModelError)
  })
})
