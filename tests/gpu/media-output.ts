/** Outputs in memory, for tests that open again what was written. */
import type { OutputFiles } from '../../src/media/types.ts'

export interface MemoryOutput extends OutputFiles {
  /** Finished files by name. */
  readonly files: ReadonlyMap<string, File>
  /** Files begun and neither finished nor discarded. */
  readonly unfinished: number
  /** The largest single write, bytes. */
  readonly largestWrite: number
}

/** @param room bytes after which writing fails as a full disk does. */
export function memoryOutput(room = Number.POSITIVE_INFINITY): MemoryOutput {
  const files = new Map<string, File>()
  let begun = 0
  let largestWrite = 0
  return {
    files,
    get unfinished() {
      return begun
    },
    get largestWrite() {
      return largestWrite
    },
    async open(fileName) {
      begun += 1
      let content = new Uint8Array(0)
      let committed = false
      return {
        async write(position, bytes) {
          const size = Math.max(content.byteLength, position + bytes.byteLength)
          if (size > room) throw new DOMException('No space left.', 'QuotaExceededError')
          largestWrite = Math.max(largestWrite, bytes.byteLength)
          const grown = new Uint8Array(size)
          grown.set(content)
          grown.set(bytes, position)
          content = grown
        },
        close: async () => undefined,
        async commit() {
          begun -= 1
          committed = true
          files.set(fileName, new File([content], fileName))
        },
        async discard() {
          if (committed) files.delete(fileName)
          else begun -= 1
        },
      }
    },
  }
}
