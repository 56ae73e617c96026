/**
 * When the engine is asked for a picture: at most one request runs and one waits. A change that is final overtakes the
 * running one (the engine drops it within a frame), while the many changes of a slider drag wait for it, so that the
 * picture follows the hand instead of starving.
 */

/** Sends a request; what it resolves with takes the answer over. */
export type Request = () => Promise<() => void>

interface Parts {
  /** What is asked for now; `null`: nothing. */
  next(): Request | null
  setBusy(busy: boolean): void
}

export class RequestPacer {
  readonly #parts: Parts
  #running = 0
  /** Counts requests; the answer to an earlier one says nothing about what is asked now. */
  #latest = 0
  #isWaiting = false
  readonly #whenIdle: (() => void)[] = []

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** @param live more of the same kind are on their way. */
  ask(live: boolean): void {
    this.#isWaiting = this.#running > 0 && (live || this.#running > 1)
    if (!this.#isWaiting) void this.#send()
  }

  /** What is under way is answered for nobody. */
  overtake(): void {
    this.#latest += 1
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    return new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  async #send(): Promise<void> {
    const request = this.#parts.next()
    if (!request) return
    this.#latest += 1
    const ownTurn = this.#latest
    this.#running += 1
    this.#parts.setBusy(true)
    const take = await request()
    this.#running -= 1
    if (ownTurn === this.#latest) take()
    if (this.#isWaiting) {
      this.#isWaiting = false
      void this.#send()
    } else if (this.#running === 0) {
      this.#parts.setBusy(false)
      for (const resolve of this.#whenIdle.splice(0)) resolve()
    }
  }
}
