import { expect, test } from 'vitest'
import { GatheredBytes } from '../../../src/media/gathered-bytes.ts'

const mebibyte = 1024 * 1024

test('bytes are written in large pieces, each where the one before ended, and the last ones when asked', async () => {
  const writes: [position: number, length: number, first: number | undefined][] = []
  const gathered = new GatheredBytes(async (bytes, position) => writes.push([position, bytes.length, bytes[0]]))
  await gathered.add(new Uint8Array(mebibyte - 1).fill(1))
  expect(writes).toEqual([])
  await gathered.add(new Uint8Array([2, 2]))
  await gathered.add(new Uint8Array([3]))
  expect(writes).toEqual([[0, mebibyte + 1, 1]])
  await gathered.flush()
  expect(writes.at(-1)).toEqual([mebibyte + 1, 1, 3])
  await gathered.flush()
  expect(writes.at(-1)).toEqual([mebibyte + 2, 0, undefined])
})
