/** What a PNG says of its values beside a colour profile (PNG, third edition, 11.3.2). */
import { expect, test } from 'vitest'
import { readPictureHead } from '../../../../src/media/pictures/picture-head.ts'

/** A PNG's head with chunks of this kind in it; nobody looks at their checksums. */
function head(...chunks: readonly (readonly [type: string, ...data: readonly number[]])[]) {
  const parts = chunks.map(([type, ...data]) => {
    const chunk = Buffer.alloc(12 + data.length)
    chunk.writeUInt32BE(data.length, 0)
    chunk.write(type, 4)
    chunk.set(data, 8)
    return chunk
  })
  return readPictureHead(new Uint8Array(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts])))
}
const numbers = (values: readonly number[]) =>
  values.flatMap((value) => [24, 16, 8, 0].map((shift) => (value >> shift) & 255))
const gamma = (value: number) => ['gAMA', ...numbers([value])] as const
const chromaticities = (green: number) =>
  ['cHRM', ...numbers([31270, 32900, 64000, 33000, green, 60000, 15000, 6000])] as const

test.each([
  ['nothing', [], null],
  ['the gamma of nearly every file', [gamma(45455)], null],
  ['linear light', [gamma(100_000)], 'of gamma 1.00'],
  ['linear light beside a chunk that says sRGB, which counts', [['sRGB', 0], gamma(100_000)], null],
  ['a gamma of nothing', [gamma(0)], null],
  ['the chromaticities of BT.709', [gamma(45455), chromaticities(30000)], null],
  ['a greener green', [gamma(45455), chromaticities(21000)], 'of other primaries (cHRM)'],
  ['BT.709', [['cICP', 1, 13, 0, 1]], null],
  ['PQ', [['cICP', 9, 16, 0, 1]], 'HDR (PQ)'],
  ['Display P3', [['cICP', 12, 13, 0, 1]], 'of primaries 12 and transfer 13 of H.273'],
] as const)('%s', async (_, chunks, claim) => {
  expect((await head(...chunks)).claim).toBe(claim)
})
