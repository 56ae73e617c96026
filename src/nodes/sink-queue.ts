/** Frames on their way off the GPU into a sink: the next is already coming while one is encoded. */
import type { SinkReport } from '../media/types.ts'

/** Frames on their way from the GPU to the encoder at once. */
const inFlight = 3

interface Sink<T> {
  write(item: T, index: number): Promise<void>
  finish(): Promise<SinkReport>
  keep(): Promise<void>
  abort(): Promise<void>
}

/**
 * Passes on what arrives, in order. The first error ends it: it comes out of the next `add` or of `drain`, and what
 * still arrives is dropped.
 */
export class SinkQueue<T> {
  readonly #pass: (item: T, index: number) => Promise<void>
  readonly #drop: (item: T) => void
  readonly #waiting = new Set<Promise<void>>()
  #last: Promise<void> = Promise.resolve()
  #failure: { readonly error: unknown } | undefined

  /** @param drop frees an item that nobody wants any more */
  constructor(pass: (item: T, index: number) => Promise<void>, drop: (item: T) => void) {
    this.#pass = pass
    this.#drop = drop
  }

  /** Waits only when `inFlight` items are on their way. */
  async add(item: Promise<T>, index: number): Promise<void> {
    const work = this.#passInTurn(item, index, this.#last)
    this.#last = work
    this.#waiting.add(work)
    void work.then(() => this.#waiting.delete(work))
    this.#check()
    while (this.#waiting.size >= inFlight) await Promise.race(this.#waiting)
    this.#check()
  }

  /** Resolves once all has been passed on. */
  async drain(): Promise<void> {
    await this.settle()
    this.#check()
  }

  /** Resolves once nothing is on its way, whatever became of it. */
  async settle(): Promise<void> {
    await Promise.all(this.#waiting)
  }

  async #passInTurn(coming: Promise<T>, index: number, before: Promise<void>): Promise<void> {
    try {
      const item = await coming
      await before
      if (this.#failure) this.#drop(item)
      else await this.#pass(item, index)
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error
  }
}

/** @param take takes a frame off the GPU @param drop frees one that nobody wants any more */
export function throughQueue<R extends { readonly time: { readonly index: number } }, T>(
  sink: Sink<T>,
  take: (frame: R) => Promise<T>,
  drop: (item: T) => void = () => undefined,
) {
  const queue = new SinkQueue((item: T, index) => sink.write(item, index), drop)
  return {
    write: (frame: R) => queue.add(take(frame), frame.time.index),
    async finish() {
      await queue.drain()
      return sink.finish()
    },
    async keep() {
      await queue.drain()
      await sink.keep()
    },
    async abort() {
      await queue.settle()
      await sink.abort()
    },
  }
}
