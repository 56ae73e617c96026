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

export interface SessionShelf extends AsyncDisposable {
  borrow(key: string, request: SessionRequest): Promise<BorrowedSession>
}

/** Disposing it releases what is idle now, and the rest when it is given back. */
export function createSessionShelf(openSession: (request: SessionRequest) => Promise<ModelSession>): SessionShelf {
  let idleLimit = maxIdleSessions
  const entries = new Map<string, { readonly session: Promise<ModelSession>; users: number }>()

  async function trim() {
    const idle = [...entries].filter(([, entry]) => entry.users === 0)
    for (const [key, entry] of idle.slice(0, Math.max(0, idle.length - idleLimit))) {
      entries.delete(key)
      await (await entry.session)[Symbol.asyncDispose]()
    }
  }

  return {
    async borrow(key, request) {
      const entry = entries.get(key) ?? { session: openSession(request), users: 0 }
      entry.users += 1
      // Last in the map: the most recently used.
      entries.delete(key)
      entries.set(key, entry)
      let session: ModelSession
      try {
        session = await entry.session
      } catch (error) {
        if (entries.get(key) === entry) entries.delete(key)
        throw error
      }
      let returned = false
      return {
        session,
        async giveBack() {
          if (returned) throw new Error(`the model session ${key} was given back twice`)
          returned = true
          entry.users -= 1
          await trim()
        },
      }
    },
    async [Symbol.asyncDispose]() {
      idleLimit = 0
      await trim()
    },
  }
}
