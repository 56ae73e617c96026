import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mp4Contents } from '../../../../src/media/container/mp4-contents.ts'

/** An empty `free` box. */
const emptyBox = Uint8Array.of(0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65)

/** As many boxes as a film in fragments has behind its index, and more than are looked at in one file. */
const manyBoxes = (): Uint8Array<ArrayBuffer> => {
  const count = 30_000
  const bytes = new Uint8Array(count * emptyBox.byteLength)
  for (let i = 0; i < count; i++) bytes.set(emptyBox, i * emptyBox.byteLength)
  return bytes
}

const vfr = readFileSync(join(import.meta.dirname, '../../../fixtures/media/vfr.mp4'))

test('what lies behind the index does not keep its contents from being read', async () => {
  const contents = await mp4Contents(new Blob([vfr]))
  expect(contents?.tracks.length).toBeGreaterThan(0)
  expect(await mp4Contents(new Blob([vfr, manyBoxes()]))).toEqual(contents)
})

test('a file with an endless row of boxes and no index is given up', async () => {
  await expect(mp4Contents(new Blob([manyBoxes()]))).rejects.toThrow('more parts than are looked at')
})
