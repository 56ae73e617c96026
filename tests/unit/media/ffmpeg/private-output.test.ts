import { expect, test } from 'vitest'
import { PrivateOutput } from '../../../../src/media/ffmpeg/private-output.ts'

interface Operations {
  llseek(stream: { position: number }, offset: number, whence: number): number
  write(stream: object, buffer: Int8Array, offset: number, length: number, position: number): number
}

/** A file system of one file, whose operations ffmpeg would call, and the file that it goes into. */
function setUp(room = Number.POSITIVE_INFINITY) {
  const written: (readonly [at: number, bytes: readonly number[]])[] = []
  const calls: string[] = []
  const node = { stream_ops: {} as Operations }
  const files = {
    writeFile: (path: string) => void calls.push(`make ${path}`),
    unlink: (path: string) => void calls.push(`unlink ${path}`),
    lookupPath: () => ({ node }),
  }
  const file = {
    write(bytes: Uint8Array, { at }: { at: number }) {
      if (at + bytes.byteLength > room) throw new DOMException('the disk is full', 'QuotaExceededError')
      written.push([at, [...bytes]])
      return bytes.byteLength
    },
    truncate: (size: number) => void calls.push(`truncate ${size}`),
    flush: () => void calls.push('flush'),
    close: () => void calls.push('close'),
  }
  const output = new PrivateOutput(files, '/private/a.mkv', file)
  const write = (bytes: readonly number[], position: number) =>
    node.stream_ops.write({}, new Int8Array([9, 9, ...bytes]), 2, bytes.length, position)
  const seek = (offset: number, whence: number) => node.stream_ops.llseek({ position: 10 }, offset, whence)
  return { output, write, seek, written, calls }
}

test('what ffmpeg writes goes into the file where it says, and its end is known to seeking', () => {
  const { output, write, seek, written, calls } = setUp()
  expect([write([1, 2, 3], 0), write([4], 1)]).toEqual([3, 1])
  expect(written).toEqual([
    [0, [1, 2, 3]],
    [1, [4]],
  ])
  expect([seek(5, 0), seek(5, 1), seek(-1, 2)]).toEqual([5, 15, 2])
  output.flush()
  output.close()
  expect(calls).toEqual(['make /private/a.mkv', 'truncate 0', 'flush', 'close', 'unlink /private/a.mkv'])
})

test('a full disk is told when the run is over, and nothing is written after it', () => {
  const { output, write, written, calls } = setUp(2)
  expect([write([1, 2, 3], 0), write([4], 0)]).toEqual([3, 1])
  expect(written).toEqual([])
  expect(() => output.flush()).toThrow('the disk is full')
  expect(calls).not.toContain('flush')
})
