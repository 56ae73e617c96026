/**
 * Sessions for the places of a dial. A model between two of a family is made from their weights when it is asked for,
 * here in the worker, and let go when the dial has moved on: the page neither waits nor grows.
 */
import type { FamilyFacts } from '../graph/node/facts.ts'
import { type ModelFamily, openFamily } from './family.ts'
import type { ModelForm } from './inspect.ts'
import type { ModelStore } from './model-store.ts'
import type { ShaderSession } from './runtimes/shaders/shader-session.ts'
import type { BorrowedSession, SessionShelf } from './session-shelf.ts'
import type { ModelSession, Runtime, SessionRequest } from './sessions.ts'
import { pickRuntime } from './sessions.ts'
import { ModelError } from './types.ts'

/** As many as one picture may need: the two that a mask blends. */
const maxOpenSessions = 2

export interface Dial extends AsyncDisposable {
  /**
   * The session of the model at `position` of its family; without a position, of the model itself. It stays open until
   * two others have been asked for after it. Rejects with `ModelError` where the model has no family, the family does
   * not reach as far, its members do not fit together, or a file cannot be had.
   */
  session(position: number | undefined): Promise<RunnableSession>
}

/** A model that can be run on tensors, whichever runtime it is in. */
export type RunnableSession = ModelSession | ShaderSession

/**
 * The family in which `position` is a place of the dial. Throws `ModelError` where the model called `name` has none, or
 * one that does not reach as far.
 */
export function dialledFamily(name: string, family: FamilyFacts | undefined, position: number): FamilyFacts {
  if (!family) {
    throw new ModelError(
      `The model “${name}” stands alone, so there is no dial to turn.`,
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

export interface DialRequest {
  readonly name: string
  readonly sha256: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly family: FamilyFacts | undefined
  /** Gives the members' files in the form that `bytes` has. */
  readonly store: ModelStore
  /** What was done to the files; empty where they are as their hashes say. */
  readonly change: string
  readonly shelf: SessionShelf
  /** Of the tensors that the model takes and gives. */
  readonly form: ModelForm
  readonly session: Omit<SessionRequest, 'name' | 'bytes' | 'enlarging'>
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

  const dialled = (position: number) => dialledFamily(request.name, family, position)

  /** What a session is kept under: the same whoever asks, so that a whole place shares the session of its file. */
  function keyOf(position: number | undefined): string {
    const { sha256, change } = request
    if (position === undefined) return `${sha256}${change}:${runtime}`
    const all = dialled(position).members
    return Number.isInteger(position)
      ? `${all[position]!.sha256}${change}:${runtime}`
      : `${all.map((member) => member.sha256).join('+')}${change}@${position}:${runtime}`
  }

  async function bytesAt(position: number | undefined): Promise<Uint8Array<ArrayBuffer>> {
    return position === undefined ? request.bytes : (await members(dialled(position))).at(position)
  }

  return {
    async session(position) {
      const key = keyOf(position)
      const openSession = open.get(key)
      if (openSession) {
        open.delete(key)
        open.set(key, openSession)
        return openSession.session
      }
      const bytes = await bytesAt(position)
      const { name, form } = request
      const isMixed = position !== undefined && !Number.isInteger(position)
      const borrowed = await shelf.borrow(key, { ...request.session, name, bytes, enlarging: { form, isMixed } })
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
