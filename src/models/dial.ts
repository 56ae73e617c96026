/**
 * Sessions for the places of a family's dials. A model between its members is made from their weights when it is asked for,
 * here in the worker, and let go when a dial has moved on: the page neither waits nor grows.
 */
import type { DialPlace, FamilyFacts } from '../graph/node/facts.ts'
import { type MemberShare, sharesAt } from '../graph/node/family-dials.ts'
import { type FamilyMember, type ModelFamily, openFamily } from './family.ts'
import type { ModelForm } from './inspect.ts'
import type { ModelStore } from './model-store.ts'
import { Once } from './once.ts'
import { RecentlyUsed } from './recently-used.ts'
import type { ShaderSession } from './runtimes/shaders/shader-session.ts'
import type { BorrowedSession, SessionShelf } from './session-shelf.ts'
import type { ModelSession, Runtime, SessionRequest } from './sessions.ts'
import { pickRuntime } from './sessions.ts'
import { ModelError } from './types.ts'

/** As many as one picture may need: the two that a mask blends. */
const maxOpenSessions = 2

export interface Dial extends AsyncDisposable {
  /**
   * The session of the model at `place` of its family; without a place, of the model itself. It stays open until
   * two others have been asked for after it. Rejects with `ModelError` where the model has no family, the family does
   * not reach as far, its members do not fit together, or a file cannot be had.
   */
  session(place: DialPlace | undefined): Promise<RunnableSession>
}

/** A model that can be run on tensors, whichever runtime it is in. */
export type RunnableSession = ModelSession | ShaderSession

/** A place of a family's dials: what is mixed there, and a name that is the same for the same mix alone. */
export interface DialledMix {
  readonly family: FamilyFacts
  readonly shares: readonly MemberShare[]
  readonly key: string
}

/** What is run at `place`. Throws `ModelError` where the model called `name` has no family, or one that does not reach as far. */
export function dialledMix(name: string, family: FamilyFacts | undefined, place: DialPlace): DialledMix {
  if (!family) {
    throw new ModelError(
      `The model “${name}” stands alone, so there is no dial to turn.`,
      'Set Personality and Source damage to 0, or choose a model that belongs to a family.',
    )
  }
  const { ends } = family
  for (const [dial, title] of [
    ['personality', 'Personality'],
    ['source', 'Source damage'],
  ] as const) {
    if (place[dial] >= 0 && place[dial] <= ends[dial]) continue
    throw new ModelError(
      `${title} of the models “${family.name}” goes from 0 to ${ends[dial]}, not to ${place[dial]}.`,
      ends[dial] > 0 ? `Set it between 0 and ${ends[dial]}.` : 'Set it to 0.',
    )
  }
  const shares = sharesAt(family, place)
  const key = shares.map(({ member, share }) => `${family.members[member]!.sha256}*${share}`).join('+')
  return { family, shares, key }
}

/** The member that is all of a mix; `undefined` where several are mixed. */
const memberAlone = ({ family, shares }: DialledMix) =>
  shares.length === 1 ? family.members[shares[0]!.member] : undefined

/** The files of a family's members, in their order. Rejects with `ModelError` where one cannot be had. */
export const memberFiles = ({ members }: FamilyFacts, store: ModelStore): Promise<FamilyMember[]> =>
  Promise.all(
    members.map(async ({ id, sha256, name }) => ({ name, bytes: await (await store.find({ id, sha256 })).bytes() })),
  )

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

/** A dial whose places are sessions, borrowed from the shelf: each place is a model of its own to the runtime. */
export class SessionDial implements Dial {
  readonly #request: DialRequest
  readonly #runtime: Runtime
  readonly #members = new Once<ModelFamily>()
  readonly #borrowed = new RecentlyUsed<BorrowedSession>(maxOpenSessions)

  constructor(request: DialRequest) {
    this.#request = request
    this.#runtime = pickRuntime(request.session.runtime, request.session.gpu.software)
  }

  async session(place: DialPlace | undefined): Promise<RunnableSession> {
    const { name, family, form, shelf, session } = this.#request
    const mix = place && dialledMix(name, family, place)
    const key = this.#keyOf(mix)
    const open = this.#borrowed.get(key)
    if (open) return open.session
    const bytes = mix ? (await this.#openMembers(mix.family)).mix(mix.shares) : this.#request.bytes
    const isMixed = mix !== undefined && mix.shares.length > 1
    const borrowed = await shelf.borrow(key, { ...session, name, bytes, enlarging: { form, isMixed } })
    // Two that asked for one place at once hold the same session of the shelf; one of them is enough.
    for (const displaced of this.#borrowed.put(key, borrowed)) await displaced.giveBack()
    return borrowed.session
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#borrowed.takeAll()) await each.giveBack()
  }

  #openMembers(family: FamilyFacts): Promise<ModelFamily> {
    return this.#members.get(async () => openFamily(await memberFiles(family, this.#request.store)))
  }

  /** What a session is kept under: the same whoever asks, so that a whole place shares the session of its file. */
  #keyOf(mix: DialledMix | undefined): string {
    const { sha256, change } = this.#request
    if (!mix) return `${sha256}${change}:${this.#runtime}`
    const alone = memberAlone(mix)
    return alone ? `${alone.sha256}${change}:${this.#runtime}` : `${change}@${mix.key}:${this.#runtime}`
  }
}
