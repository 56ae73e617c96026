/** How what is shared is made, and ended. */
export interface SharedKind<T> {
  open(): T
  /** Ends it; may be told of one that has ended by itself. */
  close(resource: T): void
  /** It takes no one any more: the next gets another. */
  isSpent(resource: T): boolean
  /** Milliseconds without users after which it is closed. */
  readonly linger: number
}

export interface SharedUse<T> {
  readonly resource: T
  /** Once for each use. */
  giveBack(): void
}

interface Current<T> {
  readonly resource: T
  users: number
  timer?: ReturnType<typeof setTimeout>
}

/** One for whoever needs it: opened at the first need, and closed some time after the last user has let go. */
export class SharedUntilIdle<T> {
  readonly #kind: SharedKind<T>
  #current: Current<T> | undefined

  constructor(kind: SharedKind<T>) {
    this.#kind = kind
  }

  borrow(): SharedUse<T> {
    if (this.#current && this.#kind.isSpent(this.#current.resource)) this.#end(this.#current)
    this.#current ??= { resource: this.#kind.open(), users: 0 }
    const current = this.#current
    clearTimeout(current.timer)
    current.users += 1
    return {
      resource: current.resource,
      giveBack: () => {
        current.users -= 1
        if (current.users > 0 || this.#current !== current) return
        current.timer = setTimeout(() => this.#end(current), this.#kind.linger)
      },
    }
  }

  #end(current: Current<T>): void {
    clearTimeout(current.timer)
    this.#kind.close(current.resource)
    if (this.#current === current) this.#current = undefined
  }
}
