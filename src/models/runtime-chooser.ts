/**
 * On what a model runs: shaders of our own where they are asked for or quicker, onnxruntime on WebGPU where its numbers
 * there may be believed, else on WASM. What was found out about a model on this GPU is found out once.
 */
import type { Gpu } from '../gpu/types.ts'
import type { ModelFacts } from '../graph/node/facts.ts'
import { type Dial, SessionDial } from './dial.ts'
import { gpuComplaint, onSession } from './gpu-proof.ts'
import type { ModelForm } from './inspect.ts'
import { isColourable } from './luma-in-colour.ts'
import type { ModelStore } from './model-store.ts'
import { onceByKey } from './once-by-key.ts'
import { ShaderDial } from './runtimes/shaders/shader-dial.ts'
import { ShaderShelf } from './runtimes/shaders/shader-shelf.ts'
import { timeSession } from './runtimes/trial.ts'
import { adapterKey, TrialMemory } from './runtimes/trial-memory.ts'
import type { SessionShelf } from './session-shelf.ts'
import { openSession, pickRuntime } from './sessions.ts'
import type { RuntimeChoice } from './types.ts'

/** A model of which the file was read. */
export interface LoadedModel {
  readonly facts: ModelFacts
  /** In the form that it is run in. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly form: ModelForm
  /** Gives the files of its family in that form. */
  readonly store: ModelStore
  /** What was done to the files for it; empty where they are as their hashes say. */
  readonly change: string
}

/** What is known and kept of a file goes by this: not by its hash alone, where it was changed. */
const keyOf = ({ facts, change }: LoadedModel): string => `${facts.sha256}${change}`

export interface ChosenRuntime {
  readonly dial: Dial
  /** Of the tensors that the dial's sessions take and give. */
  readonly form: ModelForm
  /** The sessions run on colours; see `ModelSession`. */
  readonly inColours: boolean
  /** Why it is not what was asked for, in whole sentences. */
  readonly complaint: string | undefined
}

export class RuntimeChooser implements AsyncDisposable {
  readonly #gpu: Gpu
  readonly #shelf: SessionShelf
  readonly #shaders: ShaderShelf
  readonly #trials = new TrialMemory()
  /** By key: why a model must not run on this GPU. */
  readonly #complaints = new Map<string, Promise<string | undefined>>()

  constructor(gpu: Gpu, shelf: SessionShelf) {
    this.#gpu = gpu
    this.#shelf = shelf
    this.#shaders = new ShaderShelf(gpu, async ({ name, bytes, form }) => {
      const session = await openSession({ name, bytes, runtime: 'wasm', gpu })
      return { run: onSession(session, form), [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() }
    })
  }

  async choose(model: LoadedModel, choice: RuntimeChoice): Promise<ChosenRuntime> {
    const { facts, bytes, form, store, change } = model
    const { name, sha256, family } = facts
    const shaders = await this.#shadersOf(model, choice)
    if (shaders && 'network' in shaders) {
      const { network, mixable } = shaders
      const dial = new ShaderDial({ name, family, store, form, network, mixable })
      // Shaders take and give float32, whatever the file's numbers.
      return { dial, form: { ...form, elementType: 'float32' }, inColours: false, complaint: undefined }
    }
    const runtime = pickRuntime(choice, this.#gpu.software)
    const onGpu = runtime === 'webgpu' ? await this.#complaintOf(model) : undefined
    const complaints = [shaders?.complaint, onGpu].filter((each) => each !== undefined)
    const actualRuntime = onGpu ? 'wasm' : runtime
    const dial = new SessionDial({
      ...{ name, sha256, bytes, family, store, change, form, shelf: this.#shelf },
      session: { runtime: actualRuntime, gpu: this.#gpu, elementType: form.elementType },
    })
    const inColours = actualRuntime === 'wasm' && isColourable(form)
    // As pixels: what of it lies together is used together.
    const tensors: ModelForm = inColours ? { ...form, channels: 'rgb', layout: 'nhwc' } : form
    return { dial, form: tensors, inColours, complaint: complaints.length > 0 ? complaints.join(' ') : undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shaders[Symbol.asyncDispose]()
  }

  #borrowOnGpu(model: LoadedModel) {
    const { facts, bytes, form } = model
    const { name } = facts
    const { elementType } = form
    return this.#shelf.borrow(`${keyOf(model)}:webgpu`, { name, bytes, gpu: this.#gpu, elementType, runtime: 'webgpu' })
  }

  #complaintOf(model: LoadedModel): Promise<string | undefined> {
    return onceByKey(this.#complaints, keyOf(model), () => this.#proveOnGpu(model))
  }

  async #proveOnGpu(model: LoadedModel): Promise<string | undefined> {
    const { facts, bytes, form } = model
    // Kept on the shelf, for the resolver to find.
    const { session, giveBack } = await this.#borrowOnGpu(model)
    try {
      if (session.runtime !== 'webgpu') return undefined
      const { elementType } = form
      await using onCpu = await openSession({ name: facts.name, bytes, gpu: this.#gpu, elementType, runtime: 'wasm' })
      return await gpuComplaint(session, onCpu, form)
    } finally {
      await giveBack()
    }
  }

  /** Shaders of the model where they are asked for, or quicker than onnxruntime; else `undefined`. */
  async #shadersOf(model: LoadedModel, choice: RuntimeChoice) {
    const { facts, bytes, form } = model
    // A CPU that plays a GPU runs shaders at a fraction of what it does in WASM.
    if (choice !== 'shaders' && (choice !== 'auto' || this.#gpu.software)) return undefined
    const request = { key: keyOf(model), name: facts.name, bytes, form }
    if (choice === 'shaders') return this.#shaders.open(request)
    const key = `${adapterKey(this.#gpu.device)}|${request.key}`
    const verdict = await this.#trials.get(key)
    if (verdict === 'webgpu') return undefined
    const openedShaders = await this.#shaders.open({ ...request, way: verdict })
    if ('complaint' in openedShaders || verdict === openedShaders.way) return openedShaders
    const quicker = await this.#quickerThanOrt(openedShaders.milliseconds, model)
    await this.#trials.set(key, quicker ? openedShaders.way : 'webgpu')
    return quicker ? openedShaders : undefined
  }

  /** Whether onnxruntime on WebGPU takes longer, or gives no numbers that may be believed. */
  async #quickerThanOrt(milliseconds: number | undefined, model: LoadedModel): Promise<boolean> {
    if (milliseconds === undefined || (await this.#complaintOf(model))) return true
    const { session, giveBack } = await this.#borrowOnGpu(model)
    try {
      return session.runtime !== 'webgpu' || milliseconds <= (await timeSession(this.#gpu, session, model.form))
    } finally {
      await giveBack()
    }
  }
}
