/**
 * Sessions for the places of a dial. A model between two of a family is made from their weights when it is asked for,
 * here in the worker, and let go when the dial has moved on: the page neither waits nor grows.
 */
import type { FamilyFacts } from '../graph/node/facts.ts'
import { type ModelFamily, openFamily } from './family.ts'
import type { BorrowedSession, SessionShelf } from './session-shelf.ts'
import type { Runtime, SessionRequest } from './sessions.ts'
import { pickRuntime } from './sessions.ts'
import type { ModelStore } from './store.ts'
import { ModelError } from './types.ts'

/** As many as one picture may need: the two that a mask blends. */
const maxOpenSessions = 2

export interface Dial extends AsyncDisposable {
  /**
   * The session of the model at `position` of its family; without a position, of the model itself. It stays open until
   * two others have been asked for after it. Rejects with `ModelError` where the model has no family, the family does
   * not reach as far, its members do not fit together, or a file cannot be had.
   */
  session(position: number | undefined): Promise<BorrowedSession['session']>
}

export interface DialRequest {
  readonly name: string
  readonly sha256: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly family: FamilyFacts | undefined
  readonly store: ModelStore
  readonly shelf: SessionShelf
  readonly session: Omit<SessionRequest, 'name' | 'bytes'>
}

export function createDial(request: DialRequest): Dial {
  const { family, store, shelf } = request
  const runtime: Runtime = pickRuntime(request.session.runtime, request.session.gpu.software)
  /** In the order in which they were asked for, the latest last. */
  const open = new Map<string, BorrowedSession>()
  let opening: Promise<ModelFamily> | undefined

  function members({ members }: FamilyFacts): Promise<ModelFamily> {
    opening ??= Promise.all(
      members.map(async ({ id, sha256, name }) => ({ name, bytes: await (await store.find({ id, sha256 })).bytes() })),
    ).then(openFamily)
    opening.catch(() => {
      opening = undefined
    })
    return opening
  }

  function dialled(position: number): FamilyFacts {
    if (!family) {
      throw new ModelError(
        `The model “${request.name}” stands alone, so there is no dial to turn.`,
        'Set Personality to 0, or choose a model that belongs to a family.',
      )
    }
    const last = family.members.length - 1
    if (!(position >= 0 && position <= last)) {
      throw new ModelError(
        `The dial of the models “${family.name}” goes from 0 to ${last}, not to ${position}.`,
        `Set it between 0 and ${last}.`,
      )
    }
    return family
  }

  /** What a session is kept under: the same whoever asks, so that a whole place shares the session of its file. */
  function keyOf(position: number | undefined): string {
    if (position === undefined) return `${request.sha256}:${runtime}`
    const all = dialled(position).members
    return Number.isInteger(position)
      ? `${all[position]!.sha256}:${runtime}`
      : `${all.map(({ sha256 }) => sha256).join('+')}@${position}:${runtime}`
  }

  async function bytesAt(position: number | undefined): Promise<Uint8Array<ArrayBuffer>> {
    return position === undefined ? request.bytes : (await members(dialled(position))).at(position)
  }

  return {
    async session(position) {
      const key = keyOf(position)
      const known = open.get(key)
      if (known) {
        open.delete(key)
        open.set(key, known)
        return known.session
      }
      const bytes = await bytesAt(position)
      const borrowed = await shelf.borrow(key, { ...request.session, name: request.name, bytes })
      open.set(key, borrowed)
      for (const [oldest, each] of open) {
        if (open.size <= maxOpenSessions) break
        open.delete(oldest)
        await each.giveBack()
      }
      return borrowed.session
    },
    async [Symbol.asyncDispose]() {
      const all = [...open.values()]
      open.clear()
      for (const each of all) await each.giveBack()
    },
  }
}
