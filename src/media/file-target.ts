/** Lets mediabunny write into one of our output files, and remembers what the file said. */
import { StreamTarget, type StreamTargetChunk } from 'mediabunny'
import type { OutputFile } from './types.ts'

/** Bytes that gather before they are written. */
const chunkBytes = 2 * 1024 * 1024

export interface FileTarget {
  readonly target: StreamTarget
  /** Bytes from the start to the furthest byte written. */
  readonly bytes: number
  /** What writing failed with first. */
  readonly failure: unknown
}

export function fileTarget(file: OutputFile): FileTarget {
  let bytes = 0
  let failure: unknown
  const target = new StreamTarget(
    new WritableStream<StreamTargetChunk>({
      async write(chunk) {
        try {
          await file.write(chunk.position, chunk.data)
          bytes = Math.max(bytes, chunk.position + chunk.data.byteLength)
        } catch (error) {
          failure ??= error
          throw error
        }
      },
    }),
    { chunked: true, chunkSize: chunkBytes },
  )
  return {
    target,
    get bytes() {
      return bytes
    },
    get failure() {
      return failure
    },
  }
}
