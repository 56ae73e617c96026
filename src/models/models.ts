/**
 * The model layer put together: what the engine asks for models and gives to nodes. Sessions stay warm for a
 * while after their last use, so that an edit does not load a model anew.
 */
import type { Gpu } from '../gpu/types.ts'
import type { ModelFacts } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import { type FoundForm, readCard, readSignature, type Signature } from './inspect.ts'
import { CatalogStore, type ModelStore, readModelFile, sha256Hex } from './model-store.ts'
import { onceByKey } from './once-by-key.ts'
import { givesBack, type Probe, probeForm, probeOf, usualForm } from './probe-form.ts'
import { RuntimeChooser } from './runtime-chooser.ts'
import { openQuickest } from './runtimes/wasm/chain-session.ts'
import { ChainThreads } from './runtimes/wasm/chain-threads.ts'
import { SessionShelf } from './session-shelf.ts'
import { openSession } from './sessions.ts'
import { openRestoration, openSuperResolution } from './tasks/super-resolution.ts'
import type { OpenTask, TaskContext } from './tasks/task.ts'
import { openTextDetection } from './tasks/text-detection.ts'
import type { Models, ModelTask } from './types.ts'

export interface ModelLibrary {
  readonly store: ModelStore
  /** How to feed a model, by sha256: found once, since a probe costs a session. */
  readonly forms: Map<string, Promise<FoundForm>>
  /** Whether it gives its picture back, by sha256, output and numbers: tried once as well. */
  readonly trials: Map<string, Promise<boolean>>
}

/** What outlives a lost device. `baseUrl`: where the product's `models/` folder lies. */
export const createModelLibrary = (baseUrl: string): ModelLibrary => ({
  store: new CatalogStore(new URL('models/', baseUrl).href),
  forms: new Map(),
  trials: new Map(),
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

const tasks: { readonly [T in ModelTask]: OpenTask<T> } = {
  'super-resolution': openSuperResolution,
  restoration: openRestoration,
  'text-detection': openTextDetection,
}

export function createModels({ gpu, library }: ModelsRequest): OwnedModels {
  const { store, forms, trials } = library
  const threads = new ChainThreads()
  const shelf = new SessionShelf((request) => openQuickest(threads, request))
  const runtimes = new RuntimeChooser(gpu, shelf)
  const formOf = (name: string, sha256: string, bytes: Uint8Array<ArrayBuffer>) =>
    onceByKey(forms, sha256, () => probeFile(gpu, name, bytes))
  const context: TaskContext = {
    ...{ gpu, store, shelf, runtimes, formOf },
    givesBack: ({ name, sha256, bytes }, form, output, numbers) =>
      onceByKey(trials, [sha256, output.name, numbers.in, numbers.out].join(' '), () =>
        withProbe(gpu, name, bytes, (_signature, probe) => givesBack(form, output, numbers, probe)),
      ),
  }

  return {
    list: () => store.list(),
    facts: async (ref) => (await store.find(ref)).facts,
    async add(file) {
      const bytes = await readModelFile(file)
      const sha256 = await sha256Hex(bytes)
      const card = readCard(file.name, bytes)
      const form = await formOf(file.name, sha256, bytes)
      const { layout, channels, elementType, fixedSize, scale } = usualForm(card.name, form, {}).form
      const { numbers, outputs } = form
      const facts: ModelFacts = {
        ...card,
        id: file.name,
        task: 'super-resolution',
        source: null,
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
    open: (task, ...args) => tasks[task](context, ...args),
    async [Symbol.asyncDispose]() {
      await shelf[Symbol.asyncDispose]()
      await runtimes[Symbol.asyncDispose]()
      threads[Symbol.dispose]()
    },
  }
}

/** Finds the model's form by a few runs. */
const probeFile = (gpu: Gpu, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<FoundForm> =>
  withProbe(gpu, name, bytes, (signature, probe) => probeForm(name, signature, probe))

/** What `use` makes of the model by a few runs: on WASM, which runs everywhere and compiles nothing. */
async function withProbe<T>(
  gpu: Gpu,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  use: (signature: Signature, probe: Probe) => Promise<T>,
): Promise<T> {
  await using session = await openSession({ name, bytes, runtime: 'wasm', gpu })
  const signature = readSignature(name, session.inputs, session.outputs)
  // Awaited here: the session must live until the last probe.
  return await use(signature, probeOf(session, signature))
}
