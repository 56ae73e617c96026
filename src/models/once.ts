/**
 * Something that is made when it is first asked for, and then stays: whoever asks meanwhile waits for the same making. One that
 * fails is forgotten, so that asking again tries again.
 */
export class Once<T> {
  #pending: Promise<T> | undefined

  /** Rejects as `make` does. */
  get(make: () => Promise<T>): Promise<T> {
    if (this.#pending) return this.#pending
    const making = make()
    this.#pending = making
    making.catch(() => {
      if (this.#pending === making) this.#pending = undefined
    })
    return making
  }

  /** What is made or being made, to be let go of; from then on it is made anew. `undefined` where nothing was asked for, or it failed. */
  async take(): Promise<T | undefined> {
    const pending = this.#pending
    this.#pending = undefined
    return pending?.catch(() => undefined)
  }
}
