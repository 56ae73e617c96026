/** Notices that the engine had to build everything anew on the GPU: its status alone tells of it. */
import type { FactsStore } from './facts-store.ts'

/** Milliseconds between two questions. */
const interval = 3000

export class RebuildWatch {
  readonly #facts: Pick<FactsStore, 'getState' | 'refreshStatus'>
  readonly #onRebuild: () => void
  readonly #now: () => number
  #askedAt = Number.NEGATIVE_INFINITY
  #rebuilds = 0

  /** @param now milliseconds */
  constructor(
    facts: Pick<FactsStore, 'getState' | 'refreshStatus'>,
    onRebuild: () => void,
    now: () => number = () => performance.now(),
  ) {
    this.#facts = facts
    this.#onRebuild = onRebuild
    this.#now = now
  }

  /** Asks, unless it has just asked. */
  async look(): Promise<void> {
    const now = this.#now()
    if (now - this.#askedAt <= interval) return
    this.#askedAt = now
    await this.#facts.refreshStatus()
    const rebuilds = this.#facts.getState().engine?.rebuilds ?? 0
    if (rebuilds > this.#rebuilds) this.#onRebuild()
    this.#rebuilds = rebuilds
  }
}
