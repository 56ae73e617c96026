import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyPackets } from '../../../../src/media/container/avi-index.ts'

const clip = readFileSync(join(import.meta.dirname, '../../../fixtures/media/sample.avi'))

test('the index of an AVI tells how many packets of the picture are empty', async () => {
  expect(await emptyPackets(new Blob([clip]), 0)).toBe(0)
  const changed = Buffer.from(clip)
  const start = clip.lastIndexOf('idx1') + 8
  const entries = Array.from({ length: (clip.length - start) >> 4 }, (_, i) => start + 16 * i)
  const ofPicture = entries.filter((at) => clip.toString('latin1', at, at + 4) === '00dc')
  const ofSound = entries.filter((at) => clip.toString('latin1', at, at + 4) === '01wb')
  for (const at of [...ofPicture.slice(-3), ...ofSound.slice(0, 2)]) changed.writeUInt32LE(0, at + 12)
  expect(await emptyPackets(new Blob([changed]), 0)).toBe(3)
  expect(await emptyPackets(new Blob([clip.subarray(0, start - 8)]), 0)).toBe(0)
  expect(await emptyPackets(new Blob([readFileSync(import.meta.filename)]), 0)).toBe(0)
})
