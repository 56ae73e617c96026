/** Work that must not overlap: decoders and their files answer one question at a time. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Begins `work` once all that was queued before it has ended, well or not; gives what it gives. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Resolves once all that is queued now has ended; whoever queued it hears of its failures. */
  async whenIdle(): Promise<void> {
    await this.#last
  }
}
