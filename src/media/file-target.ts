/** Lets mediabunny write into one of our output files, and remembers what the file said. */
import { StreamTarget, type StreamTargetChunk } from 'mediabunny'
import type { OutputFile } from './types.ts'

/** Bytes that gather before they are written. */
const chunkBytes = 2 * 1024 * 1024

export class FileTarget {
  readonly #file: Pick<OutputFile, 'write'>
  readonly target: StreamTarget
  #bytes = 0
  #failure: unknown

  constructor(file: Pick<OutputFile, 'write'>) {
    this.#file = file
    this.target = new StreamTarget(
      new WritableStream<StreamTargetChunk>({ write: (chunk) => this.write(chunk.position, chunk.data) }),
      { chunked: true, chunkSize: chunkBytes },
    )
  }

  /** Bytes from the start to the furthest byte written. */
  get bytes(): number {
    return this.#bytes
  }

  /** What writing failed with first. */
  get failure(): unknown {
    return this.#failure
  }

  async write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await this.#file.write(position, bytes)
      this.#bytes = Math.max(this.#bytes, position + bytes.byteLength)
    } catch (error) {
      this.#failure ??= error
      throw error
    }
  }
}
