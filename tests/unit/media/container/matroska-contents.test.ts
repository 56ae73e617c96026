import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { matroskaContents } from '../../../../src/media/container/matroska-contents.ts'

test('a picture that is to be cropped hides its edges', async () => {
  const bytes = readFileSync(join(import.meta.dirname, '../../../fixtures/media/odd.webm'))
  const hides = async () => (await matroskaContents(new Blob([bytes])))?.tracks[0]?.picture?.hidesEdges
  expect(await hides()).toBe(false)
  // Its colours, named as the pixels to be cut off at the left.
  bytes.writeUInt16BE(0x54cc, bytes.indexOf(Buffer.from('55b084', 'hex')))
  expect(await hides()).toBe(true)
})
