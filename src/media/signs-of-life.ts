/** What may be read of a file before it is taken to lead in circles. */
export interface ReadingLimits {
  /** A file is not read more often than this. */
  readonly readings: number
  /** Bytes by which a small file may exceed that. */
  readonly slack: number
}

/** Milliseconds between two signs of life. */
const interval = 500

/**
 * What a worker that reads a file says while it cannot be asked: bytes read are its signs of life, now and then, as long as they
 * are not read again and again.
 */
export class SignsOfLife {
  readonly #tell: () => void
  readonly #limits: ReadingLimits
  #bytesRead = 0
  #toldAt = 0

  constructor(tell: () => void, limits: ReadingLimits) {
    this.#tell = tell
    this.#limits = limits
  }

  /** What was read until now counts no more. */
  begin(): void {
    this.#bytesRead = 0
  }

  /** So many bytes were read of a file of `size` bytes. */
  read(bytes: number, size: number): void {
    this.#bytesRead += bytes
    const now = performance.now()
    if (this.#bytesRead > this.#limits.readings * size + this.#limits.slack || now - this.#toldAt < interval) return
    this.#toldAt = now
    this.#tell()
  }
}
