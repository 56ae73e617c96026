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

test('a clean aperture smaller than the picture hides its edges', async () => {
  const hides = async (bytes: Uint8Array<ArrayBuffer>) =>
    (await mp4Contents(new Blob([bytes])))?.tracks.find(({ kind }) => kind === 'picture')?.picture?.hidesEdges
  /** With such a box at the end of what is said of its picture, which is 64 × 36. */
  const withAperture = (width: number, height: number) => {
    const box = Buffer.alloc(40)
    box.writeUInt32BE(40, 0)
    box.write('clap', 4)
    for (const [at, value] of [width, 1, height, 1, 0, 1, 0, 1].entries()) box.writeUInt32BE(value, 8 + 4 * at)
    const file = Buffer.from(vfr)
    for (const parent of ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', 'avc1']) {
      const at = file.indexOf(parent, file.indexOf('moov')) - 4
      file.writeUInt32BE(file.readUInt32BE(at) + 40, at)
    }
    const entry = vfr.indexOf('avc1', vfr.indexOf('moov')) - 4
    const end = entry + vfr.readUInt32BE(entry)
    return Buffer.concat([file.subarray(0, end), box, file.subarray(end)])
  }
  expect(await hides(vfr)).toBe(false)
  expect(await hides(withAperture(64, 36))).toBe(false)
  expect(await hides(withAperture(60, 36))).toBe(true)
  expect(await hides(withAperture(64, 32))).toBe(true)
})
