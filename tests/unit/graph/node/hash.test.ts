import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hash3 } from '../../../../src/graph/node/hash.ts'

/** The shader's text, line by line, in whole numbers without a limit. */
function reference(seed: readonly number[]): number[] {
  const word = (value: bigint) => BigInt.asUintN(32, value)
  let [x, y, z] = seed.map((each) => word(BigInt(each) * 1664525n + 1013904223n)) as [bigint, bigint, bigint]
  const mix = () => {
    x = word(x + y * z)
    y = word(y + z * x)
    z = word(z + x * y)
  }
  mix()
  ;[x, y, z] = [x ^ (x >> 16n), y ^ (y >> 16n), z ^ (z >> 16n)]
  mix()
  return [x, y, z].map(Number)
}

it('mixes words as the shaders’ hash3 does', () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(fc.tuple(word, word, word), (seed) => {
      expect(hash3(seed)).toEqual(reference(seed))
    }),
    { numRuns: 50 },
  )
})
