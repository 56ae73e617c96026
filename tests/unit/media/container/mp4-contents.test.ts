import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mp4Contents } from '../../../../src/media/container/mp4-contents.ts'
import { displayNotes } from '../../../../src/media/crop.ts'

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

test('a matrix beyond quarter turns is told', async () => {
  const notes = async (...matrix: readonly number[]) => {
    const file = Buffer.from(vfr)
    const at = file.indexOf('tkhd') + 44
    for (const [i, value] of matrix.entries()) file.writeInt32BE(Math.round(value * 65536), at + 4 * i)
    const picture = (await mp4Contents(new Blob([file])))?.tracks.find(({ kind }) => kind === 'picture')?.picture
    return picture && displayNotes(picture, { width: 64, height: 36 })
  }
  expect(await notes()).toEqual([])
  expect(await notes(0, 1, 0, -1, 0.001)).toEqual([])
  expect(await notes(-1, 0, 0, 0, 1)).toEqual([])
  expect(await notes(0, 0, 0, 0, 0)).toEqual([])
  const told = [expect.stringMatching(/to turn or slant it by 14°: only whole quarter turns/)]
  expect(await notes(1, 0.25, 0, 0, 1)).toEqual(told)
  expect(await notes(-0.97, -0.2419, 0, 0.2419, -0.97)).toEqual(told)
})

test('what a clean aperture leaves out are the edges of the picture', async () => {
  const edges = async (bytes: Uint8Array<ArrayBuffer>) => {
    const tracks = (await mp4Contents(new Blob([bytes])))?.tracks
    const told = tracks?.find(({ kind }) => kind === 'picture')?.picture?.edges
    return told ? [told.left, told.top, told.right, told.bottom] : told
  }
  /** With such a box at the end of what is said of its picture, which is 64 × 36. */
  const withAperture = (...fractions: readonly (readonly [number, number])[]) => {
    const box = Buffer.alloc(40)
    box.writeUInt32BE(40, 0)
    box.write('clap', 4)
    for (const [at, value] of fractions.flat().entries()) box.writeInt32BE(value, 8 + 4 * at)
    const file = Buffer.from(vfr)
    for (const parent of ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', 'avc1']) {
      const at = file.indexOf(parent, file.indexOf('moov')) - 4
      file.writeUInt32BE(file.readUInt32BE(at) + 40, at)
    }
    const entry = vfr.indexOf('avc1', vfr.indexOf('moov')) - 4
    const end = entry + vfr.readUInt32BE(entry)
    return Buffer.concat([file.subarray(0, end), box, file.subarray(end)])
  }
  const [none, whole] = [
    [0, 1],
    [64, 1],
  ] as const
  expect(await edges(vfr)).toBe(null)
  expect(await edges(withAperture(whole, [36, 1], none, none))).toBe(null)
  expect(await edges(withAperture([60, 1], [36, 1], none, none))).toEqual([2, 0, 2, 0])
  // Parts of pixels, as FFmpeg 8 has them (`AV_PKT_DATA_FRAME_CROPPING`).
  expect(await edges(withAperture([120, 2], [32, 1], [2, 1], [-3, 2]))).toEqual([4, 0, 0, 4])
  expect(await edges(withAperture([59, 1], [354, 10], none, none))).toEqual([2, 0, 3, 1])
  // Larger than the picture, and no number: for whoever crops to tell.
  expect(await edges(withAperture([70, 1], [36, 1], none, none))).toEqual([-3, 0, -3, 0])
  expect(await edges(withAperture([60, 0], [36, 1], none, none))).toEqual([
    Number.NEGATIVE_INFINITY,
    0,
    Number.NEGATIVE_INFINITY,
    0,
  ])
})
