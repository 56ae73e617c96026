/** PNG files as ffmpeg reads them: every value as it went in, in 8 and in 16 bits. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { encodePng } from '../../../src/gpu/png.ts'

const width = 7
const height = 5

/** Values of a pattern that reaches both ends. */
const pattern = (full: number, alpha: boolean) =>
  Array.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? (alpha ? (i * 997) % (full + 1) : full) : (i * 7919) % (full + 1),
  )

const readBack = (png: Uint8Array, format: string): Buffer =>
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'png_pipe', '-i', '-', '-f', 'rawvideo', '-pix_fmt', format, '-'], {
    input: png,
  })

test.each([true, false])('16 bits, alpha %s', async (alpha) => {
  const values = Uint16Array.from(pattern(65535, alpha))
  const raw = readBack(await encodePng(values, width, height), 'rgba64le')
  expect(new Uint16Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength))).toEqual(values)
})

test.each([true, false])('8 bits, alpha %s', async (alpha) => {
  const values = Uint8ClampedArray.from(pattern(255, alpha))
  expect([...readBack(await encodePng(values, width, height), 'rgba')]).toEqual([...values])
})
