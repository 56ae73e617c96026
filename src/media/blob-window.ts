import type { KeptBytes } from './types.ts'

/** Bytes fetched at once. */
const windowBytes = 1 << 20

/**
 * Reads small pieces of `blob` one after another. Each slice that is read is known to the browser's own process until
 * the page's memory is next tidied up, so that many small ones fill it: they are taken out of large ones.
 */
export class BlobWindow implements KeptBytes {
  readonly #blob: Blob
  #from = 0
  #bytes = new Uint8Array()

  constructor(blob: Blob) {
    this.#blob = blob
  }

  get size(): number {
    return this.#blob.size
  }

  async read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const end = Math.min(this.size, to)
    if (from < this.#from || end > this.#from + this.#bytes.byteLength) {
      const slice = this.#blob.slice(from, Math.max(end, from + windowBytes))
      this.#bytes = new Uint8Array(await slice.arrayBuffer())
      this.#from = from
    }
    return this.#bytes.subarray(from - this.#from, Math.max(from, end) - this.#from)
  }
}
