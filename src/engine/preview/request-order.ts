/**
 * Who comes first: of the requests that show, the newest, which stops the older ones and whatever runs in the
 * background; behind them those of the background, in order. One runs at a time.
 */

const abortError = (why: string) => new DOMException(why, 'AbortError')

export class RequestOrder {
  #newest: AbortController | undefined
  /** Requests that show, running or waiting. */
  #showing = 0
  readonly #behind = new Set<AbortController>()
  #last: Promise<unknown> = Promise.resolve()

  /**
   * Runs `work` when its turn comes; its signal aborts when something came first, which may be before it begins.
   * `undefined`: a background request that gave way at once.
   */
  run<T>(background: boolean, work: (supersedeSignal: AbortSignal) => Promise<T>): Promise<T> | undefined {
    const controller = new AbortController()
    if (background) {
      if (this.#showing > 0) return undefined
      this.#behind.add(controller)
    } else {
      this.#newest?.abort(abortError('a newer preview was asked for'))
      this.stopBackground()
      this.#newest = controller
      this.#showing += 1
    }
    const before = this.#last
    const outcome = (async () => {
      await before
      try {
        return await work(controller.signal)
      } finally {
        this.#behind.delete(controller)
      }
    })()
    this.#last = outcome.catch(() => undefined)
    if (!background)
      void this.#last.then(() => {
        this.#showing -= 1
      })
    return outcome
  }

  stopBackground(): void {
    for (const background of this.#behind) background.abort(abortError('something else came first'))
  }

  /** Resolves once nothing that shows runs or waits. */
  async quiet(): Promise<void> {
    while (this.#showing > 0) await this.#last
  }

  /** Stops all, and waits until nothing runs. */
  async end(): Promise<void> {
    this.#newest?.abort(abortError('the preview ended'))
    this.stopBackground()
    await this.#last
  }
}
