/** Values by key, as many as go under a limit: those that were asked for longest ago make room for a new one. */
export class RecentlyUsed<T> {
  readonly #limit: number
  readonly #sizeOf: (value: T) => number
  /** The latest last. */
  readonly #values = new Map<string, T>()

  /** @param sizeOf what a value takes of the limit: without it all are alike, and the limit is a number of values */
  constructor(limit: number, sizeOf: (value: T) => number = () => 1) {
    this.#limit = limit
    this.#sizeOf = sizeOf
  }

  /** The value of `key`, which is the latest now. */
  get(key: string): T | undefined {
    const value = this.#values.get(key)
    if (value === undefined) return undefined
    this.#values.delete(key)
    this.#values.set(key, value)
    return value
  }

  /** Puts `value` there as the latest. Gives what is held no longer: what stood under the key, and the oldest beyond the limit. */
  put(key: string, value: T): readonly T[] {
    const before = this.#values.get(key)
    const displaced: T[] = before === undefined ? [] : [before]
    this.#values.delete(key)
    this.#values.set(key, value)
    let total = 0
    for (const each of this.#values.values()) total += this.#sizeOf(each)
    for (const [oldest, each] of this.#values) {
      if (total <= this.#limit) break
      this.#values.delete(oldest)
      total -= this.#sizeOf(each)
      displaced.push(each)
    }
    return displaced
  }

  /** All of them; none is held any more. */
  takeAll(): readonly T[] {
    const all = [...this.#values.values()]
    this.#values.clear()
    return all
  }
}
