import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyPackets } from '../../../../src/media/container/avi-index.ts'

const clip = readFileSync(join(import.meta.dirname, '../../../fixtures/media/sample.avi'))

const none = { count: 0, atEnd: 0 }

test('the index of an AVI tells how many packets of the picture are empty, and how many of them are its last', async () => {
  expect(await emptyPackets(new Blob([clip]), 0)).toEqual(none)
  const changed = Buffer.from(clip)
  const start = clip.lastIndexOf('idx1') + 8
  const entries = Array.from({ length: (clip.length - start) >> 4 }, (_, i) => start + 16 * i)
  const ofPicture = entries.filter((at) => clip.toString('latin1', at, at + 4) === '00dc')
  const ofSound = entries.filter((at) => clip.toString('latin1', at, at + 4) === '01wb')
  for (const at of [...ofPicture.slice(-2), ...ofPicture.slice(4, 5), ...ofSound.slice(0, 2)])
    changed.writeUInt32LE(0, at + 12)
  expect(await emptyPackets(new Blob([changed]), 0)).toEqual({ count: 3, atEnd: 2 })
  // The index is of the first part alone where another follows.
  const second = Buffer.from('RIFF\0\0\0\0AVIX')
  expect(await emptyPackets(new Blob([changed, second]), 0)).toEqual({ count: 3, atEnd: 0 })
  expect(await emptyPackets(new Blob([clip.subarray(0, start - 8)]), 0)).toEqual(none)
  expect(await emptyPackets(new Blob([readFileSync(import.meta.filename)]), 0)).toEqual(none)
})
