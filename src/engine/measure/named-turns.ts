/** Work that is asked for under names: one at a time, in order, and of one name the newest, which ends the one before it. */
import { Turns } from '../../media/turns.ts'

export class NamedTurns {
  readonly #turns = new Turns()
  /** What runs or waits, by name. */
  readonly #open = new Map<string, AbortController>()

  /** Runs `work` when its turn comes; its signal aborts when the name is asked for again, which may be before it begins. */
  async run<T>(name: string, work: (stopSignal: AbortSignal) => Promise<T>): Promise<T> {
    this.stop(name)
    const controller = new AbortController()
    this.#open.set(name, controller)
    try {
      return await this.#turns.run(() => work(controller.signal))
    } finally {
      if (this.#open.get(name) === controller) this.#open.delete(name)
    }
  }

  /** Ends what runs under that name, or waits for its turn. */
  stop(name: string): void {
    this.#open.get(name)?.abort(new DOMException('another measurement was asked for', 'AbortError'))
  }

  /** Ends all, and waits until nothing runs. */
  async end(): Promise<void> {
    for (const controller of this.#open.values()) controller.abort(new DOMException('the engine ended', 'AbortError'))
    await this.#turns.whenIdle()
  }
}
