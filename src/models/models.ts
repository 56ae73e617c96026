/**
 * The model layer put together: what the engine asks for models and gives to nodes. Sessions stay warm for a
 * while after their last use, so that an edit does not load a model anew.
 */
import type { Gpu } from '../gpu/types.ts'
import type { ModelFacts } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import { createDial, type Dial } from './dial.ts'
import { gpuComplaint, onSession } from './gpu-proof.ts'
import { type ModelForm, probeForm, readCard, readSignature } from './inspect.ts'
import { createShaderDial } from './runtimes/shaders/shader-dial.ts'
import { createShaderShelf } from './runtimes/shaders/shader-shelf.ts'
import { timeSession } from './runtimes/trial.ts'
import { adapterKey, createTrialMemory } from './runtimes/trial-memory.ts'
import { createSessionShelf } from './session-shelf.ts'
import { openSession, pickRuntime } from './sessions.ts'
import { createModelStore, type ModelStore, readModelFile, sha256Hex } from './store.ts'
import { createSuperResolver } from './super-resolver.ts'
import { openTextDetector } from './text-detector.ts'
import { ModelError, type Models, type RuntimeChoice } from './types.ts'

export interface ModelLibrary {
  readonly store: ModelStore
  /** How to feed a model, by sha256: found once, since a probe costs a session. */
  readonly forms: Map<string, Promise<ModelForm>>
}

/** What outlives a lost device. `baseUrl`: where the product's `models/` folder lies. */
export const createModelLibrary = (baseUrl: string): ModelLibrary => ({
  store: createModelStore(new URL('models/', baseUrl).href),
  forms: new Map(),
})

export interface ModelsRequest {
  readonly gpu: Gpu
  readonly library: ModelLibrary
}

export interface OwnedModels extends Models, AsyncDisposable {
  /** Those of the catalog, then those added. Rejects with `ModelError`. */
  list(): Promise<readonly ModelFacts[]>
  /** Inspects a file and keeps it. Rejects with `ModelError` where SR Model cannot use it. */
  add(file: File): Promise<ModelFacts>
  /** Rejects with `ModelError` where the model is not here. Does not load it. */
  facts(ref: AssetRef): Promise<ModelFacts>
}

export function createModels({ gpu, library }: ModelsRequest): OwnedModels {
  const { store, forms } = library
  const shelf = createSessionShelf()

  /** On WASM, which runs everywhere and compiles nothing. */
  async function inspect(name: string, sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<ModelForm> {
    const known = forms.get(sha256)
    if (known) return known
    const found = (async () => {
      await using session = await openSession({ name, bytes, runtime: 'wasm', gpu })
      const signature = readSignature(name, session.inputs, session.outputs)
      const { input, output, elementType } = signature
      // Awaited here: the session must live until the last probe.
      return await probeForm(name, signature, async (dims) => {
        const data = new ArrayBuffer(dims.reduce((product, side) => product * side, 4))
        const result = await session.runOnBytes({ name: input, elementType, dims, data }, output, true)
        return result.dims
      })
    })()
    forms.set(sha256, found)
    found.catch(() => forms.delete(sha256))
    return found
  }

  const trials = createTrialMemory()
  const shaders = createShaderShelf(gpu, async ({ name, bytes, form }) => {
    const session = await openSession({ name, bytes, runtime: 'wasm', gpu })
    return { run: onSession(session, form), [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() }
  })

  /** By sha256: why a model must not run on this GPU. */
  const complaints = new Map<string, Promise<string | undefined>>()

  function complaintOf(facts: ModelFacts, bytes: Uint8Array<ArrayBuffer>, form: ModelForm) {
    const known = complaints.get(facts.sha256)
    if (known) return known
    const request = { name: facts.name, bytes, gpu, elementType: form.elementType }
    const found = (async () => {
      // Kept on the shelf, for the resolver to find.
      const { session, giveBack } = await shelf.borrow(`${facts.sha256}:webgpu`, { ...request, runtime: 'webgpu' })
      try {
        if (session.runtime !== 'webgpu') return undefined
        await using onCpu = await openSession({ ...request, runtime: 'wasm' })
        return await gpuComplaint(session, onCpu, form)
      } finally {
        await giveBack()
      }
    })()
    complaints.set(facts.sha256, found)
    found.catch(() => complaints.delete(facts.sha256))
    return found
  }

  /** Shaders of the model where they are asked for, or quicker than onnxruntime; else `undefined`. */
  async function shadersOf(choice: RuntimeChoice, facts: ModelFacts, bytes: Uint8Array<ArrayBuffer>, form: ModelForm) {
    // A CPU that plays a GPU runs shaders at a fraction of what it does in WASM.
    if (choice !== 'shaders' && (choice !== 'auto' || gpu.software)) return undefined
    const request = { key: facts.sha256, name: facts.name, bytes, form }
    if (choice === 'shaders') return shaders.open(request)
    const key = `${adapterKey(gpu.device)}|${facts.sha256}`
    const known = await trials.get(key)
    if (known === 'webgpu') return undefined
    const found = await shaders.open({ ...request, way: known })
    if ('complaint' in found || known === found.way) return found
    const quicker = await quickerThanOrt(found.milliseconds, facts, bytes, form)
    await trials.set(key, quicker ? found.way : 'webgpu')
    return quicker ? found : undefined
  }

  /** Whether onnxruntime on WebGPU takes longer, or gives no numbers that may be believed. */
  async function quickerThanOrt(
    milliseconds: number | undefined,
    facts: ModelFacts,
    bytes: Uint8Array<ArrayBuffer>,
    form: ModelForm,
  ): Promise<boolean> {
    if (milliseconds === undefined || (await complaintOf(facts, bytes, form))) return true
    const request = { name: facts.name, bytes, gpu, elementType: form.elementType, runtime: 'webgpu' as const }
    const { session, giveBack } = await shelf.borrow(`${facts.sha256}:webgpu`, request)
    try {
      return session.runtime !== 'webgpu' || milliseconds <= (await timeSession(gpu, session, form))
    } finally {
      await giveBack()
    }
  }

  return {
    list: () => store.list(),
    facts: async (ref) => (await store.find(ref)).facts,
    async add(file) {
      const bytes = await readModelFile(file)
      const sha256 = await sha256Hex(bytes)
      const card = readCard(file.name, bytes)
      const { layout, channels, elementType, fixedSize, scale } = await inspect(file.name, sha256, bytes)
      const facts: ModelFacts = {
        ...card,
        id: file.name,
        task: 'super-resolution',
        ...{ scale, layout, channels, elementType, fixedSize },
        ...(fixedSize ? { context: null } : {}),
        sha256,
        size: file.size,
        goodFor: '',
        getsWrong: '',
      }
      store.add(file, facts)
      return facts
    },
    async superResolver(ref, options) {
      const { facts, bytes: load } = await store.find(ref)
      if (facts.task !== 'super-resolution') {
        throw new ModelError(`The model “${facts.name}” does not enlarge pictures.`, 'Choose a super-resolution model.')
      }
      const bytes = await load()
      const form = await inspect(facts.name, facts.sha256, bytes)
      if (form.scale !== facts.scale) {
        throw new ModelError(
          `The model “${facts.name}” enlarges ×${form.scale}, but it is listed as ×${facts.scale}.`,
          'The list of models is wrong: choose another model, or add this file by hand.',
        )
      }
      const { elementType } = form
      const { name, sha256, family } = facts
      const onShaders = await shadersOf(options.runtime, facts, bytes, form)
      let dial: Dial
      let complaint: string | undefined
      if (onShaders && 'network' in onShaders) {
        const { network, mixable } = onShaders
        dial = createShaderDial({ name, family, store, form, network, mixable })
      } else {
        const wanted = pickRuntime(options.runtime, gpu.software)
        const onGpu = wanted === 'webgpu' ? await complaintOf(facts, bytes, form) : undefined
        const told = [onShaders?.complaint, onGpu].filter((each) => each !== undefined)
        complaint = told.length > 0 ? told.join(' ') : undefined
        dial = createDial({
          ...{ name, sha256, bytes, family, store, shelf },
          session: { runtime: onGpu ? 'wasm' : wanted, gpu, elementType },
        })
      }
      try {
        // Shaders take and give float32, whatever the file's numbers.
        const shaped = onShaders && 'network' in onShaders ? { ...form, elementType: 'float32' as const } : form
        const resolver = await createSuperResolver({ gpu, facts, form: shaped, sessionAt: dial.session, options })
        return {
          facts,
          get report() {
            const { runtime, note } = resolver.report
            const notes = [complaint, note].filter((each) => each !== undefined)
            return { runtime, ...(notes.length > 0 ? { note: notes.join(' ') } : {}) }
          },
          run: (...given) => resolver.run(...given),
          async [Symbol.asyncDispose]() {
            await resolver[Symbol.asyncDispose]()
            await dial[Symbol.asyncDispose]()
          },
        }
      } catch (error) {
        await dial[Symbol.asyncDispose]()
        throw error
      }
    },
    textDetector: (runtime) =>
      openTextDetector(gpu, (request) =>
        shelf.borrow(`${request.name}:${pickRuntime(runtime, gpu.software)}`, { ...request, runtime, gpu }),
      ),
    async [Symbol.asyncDispose]() {
      await shelf[Symbol.asyncDispose]()
      await shaders[Symbol.asyncDispose]()
    },
  }
}
