import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isProtected } from '../../../src/media/protection.ts'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/media', name))

/** Counts what is read of it. */
function counted(parts: BlobPart[]): { readonly file: Blob; readonly bytes: () => number } {
  const file = new Blob(parts)
  let bytes = 0
  const slice = file.slice.bind(file)
  file.slice = (...range) => {
    const part = slice(...range)
    bytes += part.size
    return part
  }
  return { file, bytes: () => bytes }
}

test('an encrypted film is told by how its tracks are described, and tables of megabytes beside that are not read', async () => {
  const bytes = fixture('encrypted.mp4')
  const index = bytes.indexOf('moov') - 4
  const table = new Uint8Array(1 << 22)
  new DataView(table.buffer).setUint32(0, table.byteLength)
  table.set(new TextEncoder().encode('free'), 4)
  const size = bytes.readUInt32BE(index)
  const grown = Buffer.from(bytes)
  grown.writeUInt32BE(size + table.byteLength, index)
  const { file, bytes: read } = counted([grown.subarray(0, index + 8), table, grown.subarray(index + 8)])
  expect(await isProtected(file)).toBe(true)
  expect(read()).toBeLessThan(1 << 20)
})

test.each([
  ['a plain film whose pictures hold those letters', [fixture('bt709-limited.mp4'), 'encv']],
  ['another kind of file', [new Uint8Array(64).fill(7)]],
  ['an index of boxes without end', [`\0\0\0\x10ftypmp42\0\0\0\0`, '\0\0\0\x08free'.repeat(30_000)]],
  ['nothing', []],
])('%s: none is', async (_, parts) => {
  expect(await isProtected(new Blob(parts))).toBe(false)
})
