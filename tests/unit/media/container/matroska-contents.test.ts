import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { matroskaContents } from '../../../../src/media/container/matroska-contents.ts'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../../fixtures/media', name))
const pictureOf = async (bytes: Uint8Array<ArrayBuffer>) =>
  (await matroskaContents(new Blob([bytes])))?.tracks[0]?.picture

test('what is to be cropped off a picture are its edges, and what is told of its shape is told of the rest', async () => {
  expect(await pictureOf(fixture('odd.webm'))).toMatchObject({ edges: null, pixelAspect: null })
  const edges = { left: 5, top: 3, right: 8, bottom: 6 }
  expect(await pictureOf(fixture('crop-pixels.mkv'))).toMatchObject({ edges, pixelAspect: 1 })
  const bytes = fixture('crop-wide.mkv')
  expect(await pictureOf(bytes)).toMatchObject({ edges, pixelAspect: 2 })
  // The width of 64 pixels, so small that nothing is left.
  bytes[bytes.indexOf(Buffer.from('b08140', 'hex')) + 2] = 12
  expect(await pictureOf(bytes)).toMatchObject({ edges, pixelAspect: null })
})
