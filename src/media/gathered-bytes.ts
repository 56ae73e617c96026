/** Bytes that gather before they are written, so that small pieces make few calls. */

/** Bytes that are written at once. */
const chunkBytes = 1024 * 1024

/** @param position of the first of `bytes` */
export type WriteBytes = (bytes: Uint8Array<ArrayBuffer>, position: number) => Promise<unknown>

/** @param length bytes of them all */
function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}

export class GatheredBytes {
  readonly #write: WriteBytes
  #parts: Uint8Array[] = []
  #length = 0
  #position = 0

  constructor(write: WriteBytes) {
    this.#write = write
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.#parts.push(bytes)
    this.#length += bytes.byteLength
    if (this.#length >= chunkBytes) await this.flush()
  }

  /** Writes what has gathered, even where that is nothing. */
  async flush(): Promise<void> {
    const [bytes, position] = [joined(this.#parts, this.#length), this.#position]
    this.#position += this.#length
    this.#parts = []
    this.#length = 0
    await this.#write(bytes, position)
  }
}
