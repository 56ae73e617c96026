/** The body of a request into a file. */
import type { FileHandle } from 'node:fs/promises'

/**
 * Writes `body` from byte `position` of the file on. Rejects as writing does, on a full disk at once.
 * @param onBytes called with where the file's bytes end so far
 */
export async function writeBody(
  body: AsyncIterable<Uint8Array>,
  handle: FileHandle,
  position: number,
  onBytes: (end: number) => void = () => undefined,
): Promise<void> {
  let at = position
  for await (const chunk of body) {
    let bytesWrittenHere = 0
    while (bytesWrittenHere < chunk.length) {
      const { bytesWritten } = await handle.write(
        chunk,
        bytesWrittenHere,
        chunk.length - bytesWrittenHere,
        at + bytesWrittenHere,
      )
      bytesWrittenHere += bytesWritten
    }
    at += chunk.length
    onBytes(at)
  }
}
