/** Milliseconds between two reports, and before the first: what is over soon needs none. */
const interval = 5000

/** Says now and then how far work has come, where it has come any further. */
export class SparseReport {
  readonly #say: (done: number, all: number) => void
  #lastReport = performance.now()
  #lastDone = -1

  constructor(say: (done: number, all: number) => void) {
    this.#say = say
  }

  note(done: number, all: number): void {
    if (performance.now() - this.#lastReport < interval || done === this.#lastDone) return
    this.#lastDone = done
    this.#lastReport = performance.now()
    this.#say(done, all)
  }
}
