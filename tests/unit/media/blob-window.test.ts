import { expect, test } from 'vitest'
import { BlobWindow } from '../../../src/media/blob-window.ts'

/** Bytes that tell their own place, and how often the blob was read. */
function counted(size: number) {
  const blob = new Blob([Uint8Array.from({ length: size }, (_, at) => at % 251)])
  let reads = 0
  const slice = blob.slice.bind(blob)
  blob.slice = (...range) => {
    reads += 1
    return slice(...range)
  }
  return { blob, reads: () => reads }
}

test('many small pieces cost few reads, and each is what lies there', async () => {
  const { blob, reads } = counted(3_000_000)
  const window = new BlobWindow(blob)
  for (let at = 0; at < 3_000_000; at += 1000)
    expect([...(await window.read(at, at + 3))]).toEqual([at % 251, (at + 1) % 251, (at + 2) % 251])
  expect(reads()).toBeLessThanOrEqual(3)
})

test('a piece may be larger than what is fetched at once, lie in front of the last, or end behind the end', async () => {
  const { blob } = counted(3_000_000)
  const window = new BlobWindow(blob)
  expect(await window.read(10, 2_500_010)).toHaveLength(2_500_000)
  expect([...(await window.read(0, 2))]).toEqual([0, 1])
  expect(await window.read(2_999_999, 3_000_100)).toHaveLength(1)
  expect(await window.read(3_000_100, 3_000_200)).toHaveLength(0)
})
