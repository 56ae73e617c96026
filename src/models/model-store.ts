/**
 * Finds a model by what a document says of it: id and sha256. Its bytes come from the catalog's folder or from a
 * file that a person added; either way they are what the hash says, or a clear error.
 *
 * Knows no GPU, so it outlives a lost device.
 */
import type { ModelFacts } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import { cardFacts, fetchCatalog, type ModelCard } from './catalog.ts'
import { Once } from './once.ts'
import { RecentlyUsed } from './recently-used.ts'
import { ModelError } from './types.ts'

/** A model that can be had: what is known of it, and how to get its bytes. */
export interface StoredModel {
  readonly facts: ModelFacts
  /** Rejects with `ModelError` where they cannot be had or are not those of `facts.sha256`. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>
}

export interface ModelStore {
  /** Those of the catalog, then those added. Rejects with `ModelError` where the catalog cannot be read. */
  list(): Promise<readonly ModelFacts[]>
  /**
   * Of a model that ships no more, the one that replaces it: `facts.standsFor` says so. Rejects with `ModelError` where it is
   * not here, or here in another version only.
   */
  find(ref: AssetRef): Promise<StoredModel>
  /** Keeps the file; adding the same bytes again replaces it. */
  add(file: File, facts: ModelFacts): void
}

/** Bytes of models kept at hand, so that an edit does not load them anew. */
const keptBytes = 64 * 2 ** 20

/** The runtime holds a model in a 4 GiB memory, beside what it computes. */
const maxBytes = 2 ** 31 - 1

export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The bytes of a model file. Rejects with `ModelError` where it is empty, too large or unreadable. */
export async function readModelFile(file: File): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size === 0) throw new ModelError(`The model file “${file.name}” is empty.`, 'Choose another file.')
  if (file.size > maxBytes) {
    throw new ModelError(`The model file “${file.name}” is larger than 2 GiB.`, 'Choose a smaller model.')
  }
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch (cause) {
    throw new ModelError(
      `The model file “${file.name}” can no longer be read.`,
      'It may have been moved or changed; add it again.',
      { cause },
    )
  }
}

export class CatalogStore implements ModelStore {
  readonly #modelsUrl: string
  readonly #withAdded: boolean
  readonly #cards = new Once<readonly ModelCard[]>()
  /** By sha256, the latest last. */
  readonly #added = new Map<string, { readonly file: File; readonly facts: ModelFacts }>()
  readonly #checkedBytes = new RecentlyUsed<Uint8Array<ArrayBuffer>>(keptBytes, ({ byteLength }) => byteLength)

  /**
   * `modelsUrl`: absolute address of the folder of the catalog, with a slash at its end. `withAdded`: whether this
   * installation has models of its own beside the built-in ones; the build knows.
   */
  constructor(modelsUrl: string, withAdded = import.meta.env.ADDED_MODELS === true) {
    this.#modelsUrl = modelsUrl
    this.#withAdded = withAdded
  }

  async list(): Promise<readonly ModelFacts[]> {
    const all = await this.#catalog()
    return [...all.map((card) => cardFacts(card, all)), ...Array.from(this.#added.values(), (each) => each.facts)]
  }

  async find({ id, sha256 }: AssetRef): Promise<StoredModel> {
    const files = [...this.#added.values()].reverse()
    const ownFile = files.find(({ facts }) => (sha256 ? facts.sha256 === sha256 : facts.id === id))
    if (ownFile) return this.#stored(ownFile.facts, () => readModelFile(ownFile.file))
    const all = await this.#catalog()
    const card = all.find((each) => (sha256 ? each.sha256 === sha256 : each.id === id))
    if (card) return this.#stored(cardFacts(card, all), () => this.#fetchBytes(card))
    const successor = all.find(({ replaces }) => replaces.includes(id) || (sha256 && replaces.includes(sha256)))
    if (successor)
      return this.#stored({ ...cardFacts(successor, all), standsFor: id }, () => this.#fetchBytes(successor))
    const namesake =
      files.find(({ facts }) => facts.id === id)?.facts.sha256 ?? all.find((each) => each.id === id)?.sha256
    if (namesake) {
      throw new ModelError(
        `The model “${id}” is here in another version: the graph names sha256 ${sha256!.slice(0, 12)}…, this one is ${namesake.slice(0, 12)}….`,
        'Choose the model again to use the version that is here, or add the file that the graph was made with.',
      )
    }
    throw new ModelError(`The model “${id}” is not here.`, 'Choose another model, or add its .onnx file.')
  }

  add(file: File, facts: ModelFacts): void {
    this.#added.delete(facts.sha256)
    this.#added.set(facts.sha256, { file, facts })
  }

  #catalog(): Promise<readonly ModelCard[]> {
    return this.#cards.get(() => fetchCatalog(this.#modelsUrl, this.#withAdded))
  }

  #stored(facts: ModelFacts, load: () => Promise<Uint8Array<ArrayBuffer>>): StoredModel {
    return { facts, bytes: () => this.#loadChecked(facts, load) }
  }

  async #loadChecked(
    facts: ModelFacts,
    load: () => Promise<Uint8Array<ArrayBuffer>>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const knownBytes = this.#checkedBytes.get(facts.sha256)
    if (knownBytes) return knownBytes
    const bytes = await load()
    const hash = await sha256Hex(bytes)
    if (hash !== facts.sha256) {
      throw new ModelError(
        `The file of the model “${facts.id}” is not the one it should be: its sha256 is ${hash.slice(0, 12)}…, expected ${facts.sha256.slice(0, 12)}….`,
        'It was changed or cut off on the way; add it again, or reload the page if it is a built-in model.',
      )
    }
    this.#checkedBytes.put(facts.sha256, bytes)
    return bytes
  }

  async #fetchBytes(card: ModelCard): Promise<Uint8Array<ArrayBuffer>> {
    try {
      const response = await fetch(new URL(`${card.folder ?? ''}${card.file}`, this.#modelsUrl))
      if (!response.ok) throw new Error(`status ${response.status}`)
      return new Uint8Array(await response.arrayBuffer())
    } catch (cause) {
      throw new ModelError(
        `The built-in model “${card.id}” could not be loaded.`,
        'Check the connection and try again.',
        { cause },
      )
    }
  }
}
