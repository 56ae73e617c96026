import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isMatroskaWhole } from '../../../../src/media/container/matroska-chain.ts'

const clip = readFileSync(join(import.meta.dirname, '../../../fixtures/media/damage.mkv'))

test('a file is whole that its elements fill, those of its head as well', async () => {
  expect(await isMatroskaWhole(new Blob([clip]), async () => true)).toBe(true)
  const inHead = clip.indexOf('matroska') - 3
  expect(clip.readUInt16BE(inHead)).toBe(0x4282)
  const wrong = Buffer.from(clip)
  // No element's name: mediabunny goes on behind it, and ffmpeg gives the file up.
  wrong[inHead] = 0
  expect(await isMatroskaWhole(new Blob([wrong]), async () => false)).toBe(false)
  expect(await isMatroskaWhole(new Blob([clip.subarray(0, -10)]), async () => false)).toBe(false)
})
