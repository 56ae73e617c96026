/**
 * The model layer put together: what the engine asks for models and gives to nodes. Sessions stay warm for a
 * while after their last use, so that an edit does not load a model anew.
 */
import type { Gpu } from '../gpu/types.ts'
import type { ModelFacts } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import { type FoundForm, readCard, readSignature } from './inspect.ts'
import { createModelStore, type ModelStore, readModelFile, sha256Hex } from './model-store.ts'
import { onceByKey } from './once-by-key.ts'
import { type Adaptation, adaptationNote, adaptModel, isUsual } from './onnx/adapt-model.ts'
import { probeForm, probeOf, usualForm } from './probe-form.ts'
import { type ChosenRuntime, RuntimeChooser } from './runtime-chooser.ts'
import { openQuickest } from './runtimes/wasm/chain-session.ts'
import { ChainThreads } from './runtimes/wasm/chain-threads.ts'
import { createSessionShelf } from './session-shelf.ts'
import { openSession, pickRuntime } from './sessions.ts'
import { createSuperResolver } from './super-resolver.ts'
import { openTextDetector } from './text-detector.ts'
import { ModelError, type Models, type SuperResolver } from './types.ts'

export interface ModelLibrary {
  readonly store: ModelStore
  /** How to feed a model, by sha256: found once, since a probe costs a session. */
  readonly forms: Map<string, Promise<FoundForm>>
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
  const threads = new ChainThreads()
  const shelf = createSessionShelf((request) => openQuickest(threads, request))
  const runtimes = new RuntimeChooser(gpu, shelf)
  const formOf = (name: string, sha256: string, bytes: Uint8Array<ArrayBuffer>) =>
    onceByKey(forms, sha256, () => probeFile(gpu, name, bytes))

  return {
    list: () => store.list(),
    facts: async (ref) => (await store.find(ref)).facts,
    async add(file) {
      const bytes = await readModelFile(file)
      const sha256 = await sha256Hex(bytes)
      const card = readCard(file.name, bytes)
      const found = await formOf(file.name, sha256, bytes)
      const { layout, channels, elementType, fixedSize, scale } = usualForm(card.name, found, {}).form
      const { numbers, outputs } = found
      const facts: ModelFacts = {
        ...card,
        id: file.name,
        task: 'super-resolution',
        ...{ scale, layout, channels, elementType, fixedSize, numbers },
        ...(outputs.length > 1 ? { pictures: outputs.map((each) => ({ name: each.name, scale: each.scale })) } : {}),
        ...(fixedSize || outputs.length > 1 ? { context: null } : {}),
        ownFile: true,
        sha256,
        size: file.size,
        goodFor: '',
        getsWrong: '',
      }
      store.add(file, facts)
      return facts
    },
    async superResolver(ref, options) {
      const { facts: listed, bytes: load } = await store.find(ref)
      const { name, sha256, scale: listedScale } = listed
      if (listed.task !== 'super-resolution') {
        throw new ModelError(`The model “${name}” does not enlarge pictures.`, 'Choose a super-resolution model.')
      }
      const original = await load()
      const found = await formOf(name, sha256, original)
      const { scale } = found.outputs[0]
      if (scale !== listedScale) {
        throw new ModelError(
          `The model “${name}” enlarges ×${scale}, but it is listed as ×${listedScale}.`,
          'The list of models is wrong: choose another model, or add this file by hand.',
        )
      }
      const { form, adaptation } = usualForm(name, found, options)
      const facts = { ...listed, scale: form.scale }
      const bytes = adaptModel(name, original, adaptation)
      const change = isUsual(adaptation) ? '' : JSON.stringify(adaptation)
      const alike = adaptedStore(store, adaptation)
      const runtime = await runtimes.choose({ facts, bytes, form, store: alike, change }, options.runtime)
      const { dial, form: tensorForm } = runtime
      try {
        const sessionAt = dial.session
        const resolver = await createSuperResolver({ gpu, facts, form: tensorForm, sessionAt, options })
        return withRuntime(resolver, runtime, adaptationNote(adaptation))
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
      await runtimes[Symbol.asyncDispose]()
      threads[Symbol.dispose]()
    },
  }
}

/** Finds the model's form by a few runs: on WASM, which runs everywhere and compiles nothing. */
async function probeFile(gpu: Gpu, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<FoundForm> {
  await using session = await openSession({ name, bytes, runtime: 'wasm', gpu })
  const signature = readSignature(name, session.inputs, session.outputs)
  // Awaited here: the session must live until the last probe.
  return await probeForm(name, signature, probeOf(session, signature))
}

/** `store`, whose files are changed as one of them was: those of a family have one form. */
const adaptedStore = (store: ModelStore, adaptation: Adaptation): ModelStore => ({
  ...store,
  async find(ref) {
    const { facts, bytes } = await store.find(ref)
    return { facts, bytes: async () => adaptModel(facts.name, await bytes(), adaptation) }
  },
})

/** `resolver`, which says what came of the choice of its runtime, and takes its dial along when it goes. */
const withRuntime = (
  resolver: SuperResolver,
  { dial, complaint }: ChosenRuntime,
  adapted: string | undefined,
): SuperResolver => ({
  facts: resolver.facts,
  get report() {
    const { runtime, note } = resolver.report
    const notes = [complaint, note, adapted].filter((each) => each !== undefined)
    return { runtime, ...(notes.length > 0 ? { note: notes.join(' ') } : {}) }
  },
  run: (...given) => resolver.run(...given),
  async [Symbol.asyncDispose]() {
    await resolver[Symbol.asyncDispose]()
    await dial[Symbol.asyncDispose]()
  },
})
