/** Takes what the page tells of its work to whoever asked for that work, and to nobody once it is over. */
export class ProgressListener<Progress> {
  #listener: ((progress: Progress) => void) | undefined

  readonly tell = (progress: Progress): void => this.#listener?.(progress)

  /** Gives what `work` gives, and meanwhile tells `listener`. */
  async during<T>(listener: (progress: Progress) => void, work: () => Promise<T>): Promise<T> {
    this.#listener = listener
    try {
      return await work()
    } finally {
      this.#listener = undefined
    }
  }
}
