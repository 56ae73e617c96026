/**
 * The dials on shaders: one structure, whose numbers lie in memory, and between models they are mixed there. A turn
 * costs one small dispatch.
 */
import type { DialPlace, FamilyFacts } from '../../../graph/node/facts.ts'
import { type Dial, dialledMix, memberFiles } from '../../dial.ts'
import { openFamily } from '../../family.ts'
import { channelCount, type ModelForm } from '../../inspect.ts'
import type { ModelStore } from '../../model-store.ts'
import { Once } from '../../once.ts'
import { readOnnx } from '../../onnx/onnx-file.ts'
import { RecentlyUsed } from '../../recently-used.ts'
import { ModelError } from '../../types.ts'
import { lower, refusalText } from './lower.ts'
import type { ParameterSet, ShaderNetwork } from './shader-network.ts'
import { type ShaderSession, shaderSession } from './shader-session.ts'

/** As many as one picture may need: the two that a mask blends. */
const maxMixed = 2

export interface ShaderDialRequest {
  readonly name: string
  readonly family: FamilyFacts | undefined
  readonly store: ModelStore
  readonly form: ModelForm
  /** Of the model itself; its numbers may stand in the text. */
  readonly network: ShaderNetwork
  /** The same with its numbers in memory; asked for when the dial is first turned. */
  readonly mixable: () => Promise<ShaderNetwork>
}

interface Members {
  readonly network: ShaderNetwork
  readonly weights: readonly ParameterSet[]
}

/** Reads every member into memory. Rejects with `ModelError` where they do not fit together. */
async function loadMembers({ store, form, mixable }: ShaderDialRequest, family: FamilyFacts): Promise<Members> {
  const files = await memberFiles(family, store)
  // Throws where they do not fit together.
  openFamily(files)
  const network = await mixable()
  const weights: ParameterSet[] = []
  try {
    for (const file of files) {
      const lowering = lower(readOnnx(file.name, file.bytes), channelCount(form.channels))
      if ('refusal' in lowering) throw new Error(refusalText(lowering.refusal))
      weights.push(network.load(lowering))
    }
  } catch (cause) {
    for (const each of weights) each[Symbol.dispose]()
    throw new ModelError(
      `The models “${family.name}” cannot be mixed as shaders.`,
      'Choose the runtime WebGPU or WASM.',
      { cause },
    )
  }
  return { network, weights }
}

export class ShaderDial implements Dial {
  readonly #request: ShaderDialRequest
  readonly #ownSession: ShaderSession
  readonly #members = new Once<Members>()
  /** Of whole places: what they run on is the members’, so that any number may stay. */
  readonly #wholePlaces = new Map<string, ShaderSession>()
  readonly #mixedPlaces = new RecentlyUsed<{ readonly session: ShaderSession; readonly weights: ParameterSet }>(
    maxMixed,
  )

  constructor(request: ShaderDialRequest) {
    this.#request = request
    this.#ownSession = shaderSession(request.network, request.network.ownWeights, request.form.layout)
  }

  async session(place: DialPlace | undefined): Promise<ShaderSession> {
    if (place === undefined) return this.#ownSession
    const { name, family: knownFamily, form } = this.#request
    const { family, shares, key } = dialledMix(name, knownFamily, place)
    const { network, weights } = await this.#members.get(() => loadMembers(this.#request, family))
    // Looked for now: two that ask for one place at once wait for the members together.
    const open = this.#wholePlaces.get(key) ?? this.#mixedPlaces.get(key)?.session
    if (open) return open
    const parts = shares.map(({ member, share }) => ({ set: weights[member]!, share }))
    const [first, ...others] = parts
    if (first && others.length === 0) {
      const session = shaderSession(network, first.set, form.layout)
      this.#wholePlaces.set(key, session)
      return session
    }
    const mixedWeights = network.mix(parts)
    const session = shaderSession(network, mixedWeights, form.layout)
    for (const displaced of this.#mixedPlaces.put(key, { session, weights: mixedWeights }))
      displaced.weights[Symbol.dispose]()
    return session
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { weights } of this.#mixedPlaces.takeAll()) weights[Symbol.dispose]()
    this.#wholePlaces.clear()
    const members = await this.#members.take()
    for (const set of members?.weights ?? []) set[Symbol.dispose]()
    members?.network.releaseMemory()
    this.#request.network.releaseMemory()
  }
}
