/**
 * Model sessions that stay warm: a node whose parameters change closes its resolver and opens another, and should
 * not load its model anew. Runs are queued anyway, so several users may share one session.
 */
import type { ModelSession, SessionRequest } from './sessions.ts'

/** Sessions nobody uses that are kept open. */
const maxIdleSessions = 2

export interface BorrowedSession {
  readonly session: ModelSession
  giveBack(): Promise<void>
}

interface ShelvedSession {
  readonly session: Promise<ModelSession>
  users: number
}

export class SessionShelf implements AsyncDisposable {
  readonly #open: (request: SessionRequest) => Promise<ModelSession>
  #idleLimit = maxIdleSessions
  /** By key; the most recently used last. */
  readonly #entries = new Map<string, ShelvedSession>()

  constructor(open: (request: SessionRequest) => Promise<ModelSession>) {
    this.#open = open
  }

  async borrow(key: string, request: SessionRequest): Promise<BorrowedSession> {
    const entry = this.#entries.get(key) ?? { session: this.#open(request), users: 0 }
    entry.users += 1
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    let session: ModelSession
    try {
      session = await entry.session
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
      throw error
    }
    let isReturned = false
    return {
      session,
      giveBack: async () => {
        if (isReturned) throw new Error(`the model session ${key} was given back twice`)
        isReturned = true
        entry.users -= 1
        await this.#trim()
      },
    }
  }

  async #trim(): Promise<void> {
    const idle = [...this.#entries].filter(([, entry]) => entry.users === 0)
    for (const [key, entry] of idle.slice(0, Math.max(0, idle.length - this.#idleLimit))) {
      this.#entries.delete(key)
      await (await entry.session)[Symbol.asyncDispose]()
    }
  }

  /** Releases what is idle now, and the rest when it is given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#idleLimit = 0
    await this.#trim()
  }
}
