/** Shaders that stay compiled as long as the device lives, so that an edit does not make them anew. */
import type { Gpu } from '../../../gpu/types.ts'
import type { RunNumbers } from '../../gpu-proof.ts'
import type { ModelForm } from '../../inspect.ts'
import { onceByKey } from '../../once-by-key.ts'
import { readOnnx } from '../../onnx/onnx-file.ts'
import { ModelError } from '../../types.ts'
import { mixable, type OpenedShaders, openShaders, proveShaders, variantsFor } from './open-shaders.ts'
import { compileNetwork, type ShaderNetwork } from './shader-network.ts'
import type { Variant } from './tensor-layout.ts'

export interface ShaderShelfRequest {
  /** The same for the same bytes alone. */
  readonly key: string
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly form: ModelForm
  /** That of an earlier trial on this adapter: no other is tried. One that is not known here is as if not given. */
  readonly way?: string | undefined
}

export interface ShelvedShaders {
  readonly network: ShaderNetwork
  /** The way in which they are written, to be asked for again. */
  readonly way: string
  /** Of a trial; `undefined` where there was nothing to choose. */
  readonly milliseconds: number | undefined
  /** The same network with its numbers in memory. Rejects with `ModelError` where the adapter does not run it rightly. */
  readonly mixable: () => Promise<ShaderNetwork>
}

/** onnxruntime on WASM for the model, as long as it takes to prove the shaders. */
export type OpenReference = (request: ShaderShelfRequest) => Promise<{ readonly run: RunNumbers } & AsyncDisposable>

const wayOf = (variant: Variant): string => JSON.stringify(variant)

type Opened = OpenedShaders | { readonly complaint: string }

export class ShaderShelf implements AsyncDisposable {
  readonly #gpu: Gpu
  readonly #openReference: OpenReference
  readonly #shadersByKey = new Map<string, Promise<Opened>>()
  /** The same networks with their numbers in memory, where they had them in the text. */
  readonly #inMemory = new Map<string, Promise<ShaderNetwork>>()

  constructor(gpu: Gpu, openReference: OpenReference) {
    this.#gpu = gpu
    this.#openReference = openReference
  }

  /** Proves the shaders when they are first asked for. The complaint is a sentence for people. */
  async open(request: ShaderShelfRequest): Promise<ShelvedShaders | { readonly complaint: string }> {
    const { key } = request
    const outcome = await onceByKey(this.#shadersByKey, key, () => this.#prove(request))
    if ('complaint' in outcome) return outcome
    const { network, milliseconds, variant } = outcome
    return {
      network,
      milliseconds,
      way: wayOf(variant),
      mixable: () => onceByKey(this.#inMemory, key, () => this.#proveMixed(request, outcome)),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = new Set<ShaderNetwork>()
    for (const each of this.#shadersByKey.values()) {
      const outcome = await each.catch(() => undefined)
      if (outcome && 'network' in outcome) all.add(outcome.network)
    }
    for (const each of this.#inMemory.values()) {
      const network = await each.catch(() => undefined)
      if (network) all.add(network)
    }
    this.#shadersByKey.clear()
    this.#inMemory.clear()
    for (const network of all) network[Symbol.dispose]()
  }

  async #prove(request: ShaderShelfRequest): Promise<Opened> {
    const { name, bytes, form } = request
    await using reference = await this.#openReference(request)
    const halves = this.#gpu.device.features.has('shader-f16')
    const variants = variantsFor(this.#gpu.software, halves)
    const candidates = variants.filter((variant) => wayOf(variant) === request.way)
    return await openShaders({
      ...{ gpu: this.#gpu, name, form, onCpu: reference.run },
      model: readOnnx(name, bytes),
      variants: candidates.length > 0 ? candidates : variants,
    })
  }

  async #proveMixed(request: ShaderShelfRequest, { network, lowering, variant }: OpenedShaders) {
    const ownVariant = mixable(variant)
    if (ownVariant === variant) return network
    const { name, form } = request
    const shaders = await compileNetwork(this.#gpu, name, lowering, ownVariant, form.layout)
    await using reference = await this.#openReference(request)
    const complaint = await proveShaders({ gpu: this.#gpu, form, onCpu: reference.run }, shaders)
    if (complaint === undefined) return shaders
    shaders[Symbol.dispose]()
    throw new ModelError(
      `The models of the dial of “${name}” cannot be mixed as shaders on this graphics adapter.`,
      'Choose the runtime WASM.',
      { cause: new Error(complaint) },
    )
  }
}
