import { expect, test, vi } from 'vitest'
import { BoundedReader } from '../../../../src/media/container/contents.ts'

const file = new Blob([Uint8Array.from({ length: 100_000 }, (_, i) => i % 251)])

test('reads where it is asked to, and fetches what lies close together once', async () => {
  const slice = vi.spyOn(file, 'slice')
  const reader = new BoundedReader(file)
  expect([...(await reader.read(10, 3))]).toEqual([10, 11, 12])
  expect([...(await reader.read(1000, 2))]).toEqual([1000 % 251, 1001 % 251])
  expect(slice).toHaveBeenCalledTimes(1)
  expect([...(await reader.read(99_999, 8))]).toEqual([99_999 % 251])
  expect([...(await reader.read(5, 1))]).toEqual([5])
  expect((await reader.read(200_000, 8)).byteLength).toBe(0)
  slice.mockRestore()
})

test('gives up where a file leads on for ever', async () => {
  const reader = new BoundedReader(file)
  for (let step = 0; step < 20_000; step++) await reader.read(0, 1)
  await expect(reader.read(0, 1)).rejects.toThrow('more parts than are looked at')
})
