/** Values of floating-point pictures that are no numbers become black, and are told of. */
import { expect, test } from 'vitest'
import { displayed } from '../../../../src/media/pictures/exr-picture.ts'
import { decodeTiff } from '../../../../src/media/pictures/tiff-picture.ts'

/** A grey TIFF of one row of 32-bit floats, little-endian (TIFF 6.0: the header, the samples, one directory). */
function floatTiff(values: readonly number[]): File {
  const samples = new Uint8Array(Float32Array.from(values).buffer)
  const directory = 8 + samples.length
  // Width, height, bits, no compression, black is 0, where the strip is, its rows and bytes, floats.
  const entries = [
    [256, values.length],
    [257, 1],
    [258, 32],
    [259, 1],
    [262, 1],
    [273, 8],
    [277, 1],
    [278, 1],
    [279, samples.length],
    [339, 3],
  ] as const
  const bytes = new DataView(new ArrayBuffer(directory + 2 + 12 * entries.length + 4))
  bytes.setUint32(0, 0x002a4949, true)
  bytes.setUint32(4, directory, true)
  new Uint8Array(bytes.buffer).set(samples, 8)
  bytes.setUint16(directory, entries.length, true)
  for (const [n, [tag, value]] of entries.entries()) {
    const at = directory + 2 + 12 * n
    bytes.setUint16(at, tag, true)
    bytes.setUint16(at + 2, 4, true)
    bytes.setUint32(at + 4, 1, true)
    bytes.setUint32(at + 8, value, true)
  }
  return new File([bytes.buffer], 'scan.tif')
}

const firstGrey = (bytes: Uint8Array, pixel: number) => new Uint16Array(bytes.slice().buffer)[4 * pixel]

test('of a TIFF', async () => {
  const { picture, notes } = await decodeTiff(floatTiff([0.5, Number.NaN, 1]))
  expect([0, 1, 2].map((pixel) => firstGrey(picture.bytes, pixel))).toEqual([32768, 0, 65535])
  expect(notes.at(-1)).toBe('1 of its values is not a number (NaN), and is shown as black.')
  const whole = await decodeTiff(floatTiff([0.5, 1]))
  expect(whole.notes.join()).not.toContain('NaN')
})

test('of an OpenEXR', () => {
  const kind = { width: 2, height: 1, grey: false, alpha: false }
  const { picture, notes } = displayed(Float32Array.of(1, Number.NaN, 1, Number.NaN, 1, Number.NaN), kind)
  expect([0, 1].map((pixel) => firstGrey(picture.bytes, pixel))).toEqual([65535, 0])
  expect(notes.at(-1)).toBe('3 of its values are not numbers (NaN), and are shown as black.')
  expect(displayed(Float32Array.of(1, 1, 1, 1, 1, 1), kind).notes.join()).not.toContain('NaN')
})
