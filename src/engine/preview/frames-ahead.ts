/**
 * Frames of one picture that is played: beside the one that is asked for, those that will be asked for next are under way, so that
 * one is decoded while another runs its model.
 */

export class FramesAhead<Made extends Disposable> implements AsyncDisposable {
  readonly #make: (index: number, signal: AbortSignal) => Promise<Made>
  readonly #stop = new AbortController()
  /** Begun, and not yet asked for. */
  readonly #ahead = new Map<number, Promise<Made>>()
  readonly #underWay = new Set<Promise<unknown>>()

  /** @param make may be called again before it has resolved; frames are begun in the order in which they are seen */
  constructor(make: (index: number, signal: AbortSignal) => Promise<Made>) {
    this.#make = make
  }

  /** The frame `index`, now the caller's; `next`: which are to be made beside it. What else was begun is let go of. */
  take(index: number, next: readonly number[]): Promise<Made> {
    for (const [frame, work] of this.#ahead)
      if (frame !== index && !next.includes(frame)) {
        this.#ahead.delete(frame)
        letGo(work)
      }
    const work = this.#ahead.get(index) ?? this.#begin(index)
    this.#ahead.delete(index)
    for (const frame of next) if (frame !== index && !this.#ahead.has(frame)) this.#ahead.set(frame, this.#begin(frame))
    return work
  }

  /** Ends what is under way; resolves once nothing is. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new DOMException('nothing is played any more', 'AbortError'))
    for (const work of this.#ahead.values()) letGo(work)
    this.#ahead.clear()
    await Promise.allSettled(this.#underWay)
  }

  #begin(index: number): Promise<Made> {
    const work = this.#make(index, this.#stop.signal)
    this.#underWay.add(work)
    const ended = () => void this.#underWay.delete(work)
    // Whoever asks for the frame hears of its failure.
    work.then(ended, ended)
    return work
  }
}

/** Gives back what somebody no longer waits for, when it comes. */
export const letGo = (work: Promise<Disposable>): void =>
  void work.then(
    (each) => each[Symbol.dispose](),
    () => undefined,
  )
