/** How many are kept: as many as there are frames on their way at once, usually. */
const maxSpare = 2

/** Memory into which frames are copied, used again: a video's frames are all of one size. */
export class SampleMemory {
  readonly #spare: Uint8Array<ArrayBuffer>[] = []

  /** Exactly so many bytes, with whatever is in them. */
  take(size: number): Uint8Array<ArrayBuffer> {
    const at = this.#spare.findIndex(({ byteLength }) => byteLength === size)
    return (at >= 0 ? this.#spare.splice(at, 1)[0] : undefined) ?? new Uint8Array(size)
  }

  giveBack(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#spare.length < maxSpare) this.#spare.push(bytes)
    else this.#spare.splice(0, 1, bytes)
  }
}
