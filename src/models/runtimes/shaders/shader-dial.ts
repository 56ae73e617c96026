/**
 * The dials on shaders: one structure, whose numbers lie in memory, and between models they are mixed there. A turn
 * costs one small dispatch.
 */
import type { FamilyFacts } from '../../../graph/node/facts.ts'
import { type Dial, dialledMix } from '../../dial.ts'
import { openFamily } from '../../family.ts'
import { channelCount, type ModelForm } from '../../inspect.ts'
import type { ModelStore } from '../../model-store.ts'
import { readOnnx } from '../../onnx/onnx-file.ts'
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

export function createShaderDial(request: ShaderDialRequest): Dial {
  const { name, family, store, form } = request
  const ownSession = shaderSession(request.network, request.network.ownWeights, form.layout)
  let opening: Promise<{ readonly network: ShaderNetwork; readonly sets: readonly ParameterSet[] }> | undefined
  /** In the order in which they were asked for, the latest last. */
  const open = new Map<string, { readonly session: ShaderSession; readonly mixedWeights?: ParameterSet }>()

  async function members(dialFamily: FamilyFacts) {
    const files = await Promise.all(
      dialFamily.members.map(async ({ id, sha256, name }) => ({
        name,
        bytes: await (await store.find({ id, sha256 })).bytes(),
      })),
    )
    // Throws where they do not fit together.
    openFamily(files)
    const network = await request.mixable()
    const sets: ParameterSet[] = []
    try {
      for (const file of files) {
        const lowering = lower(readOnnx(file.name, file.bytes), channelCount(form.channels))
        if ('refusal' in lowering) throw new Error(refusalText(lowering.refusal))
        sets.push(network.load(lowering))
      }
    } catch (cause) {
      for (const set of sets) set[Symbol.dispose]()
      throw new ModelError(
        `The models “${dialFamily.name}” cannot be mixed as shaders.`,
        'Choose the runtime WebGPU or WASM.',
        { cause },
      )
    }
    return { network, sets }
  }

  return {
    async session(place) {
      if (place === undefined) return ownSession
      const { family: dialFamily, shares, key } = dialledMix(name, family, place)
      const openSession = open.get(key)
      if (openSession) {
        open.delete(key)
        open.set(key, openSession)
        return openSession.session
      }
      opening ??= members(dialFamily)
      opening.catch(() => {
        opening = undefined
      })
      const { network, sets } = await opening
      const parts = shares.map(({ member, share }) => ({ set: sets[member]!, share }))
      if (parts.length === 1) {
        const session = shaderSession(network, parts[0]!.set, form.layout)
        open.set(key, { session })
        return session
      }
      const mixedWeights = network.mix(parts)
      const session = shaderSession(network, mixedWeights, form.layout)
      open.set(key, { session, mixedWeights })
      for (const [oldest, each] of open) {
        if (open.size <= maxMixed) break
        open.delete(oldest)
        each.mixedWeights?.[Symbol.dispose]()
      }
      return session
    },
    async [Symbol.asyncDispose]() {
      for (const { mixedWeights } of open.values()) mixedWeights?.[Symbol.dispose]()
      open.clear()
      const openedShaders = await opening?.catch(() => undefined)
      opening = undefined
      for (const set of openedShaders?.sets ?? []) set[Symbol.dispose]()
      openedShaders?.network.releaseMemory()
      request.network.releaseMemory()
    },
  }
}
