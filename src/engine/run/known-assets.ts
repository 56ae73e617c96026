/** Files as the engine knows them: opened, probed, and described for everything that plans. */

import type { AddedAsset } from '../../assets/asset.ts'
import type { AssetStore, OpenAsset, OpenedAssets } from '../../assets/asset-store.ts'
import type { AssetStores } from '../../assets/stores.ts'
import type { FlatDocument, FlatId } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { AssetFacts, AssetFactsOf, AssetKind } from '../../graph/node/facts.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { problemOf } from './errors.ts'

export interface Assets {
  /** Facts found so far. */
  readonly facts: AssetFacts
  /**
   * Opens and probes all that `document` names. What cannot be had comes back as problems on its nodes.
   * @param whole until all is known of it that will be
   */
  ensure(document: FlatDocument, whole?: boolean): Promise<readonly Problem[]>
  /** Keeps files, in place of those that `id` named. Rejects with a `CodedError`. */
  add<K extends AssetKind>(kind: K, id: string, files: readonly File[]): Promise<AddedAsset<K>>
  /**
   * Rejects with a `CodedError` where it is not here; does not load it where it is large.
   * @param whole once all is known of it that will be
   */
  factsOf<K extends AssetKind>(kind: K, ref: AssetRef, whole?: boolean): Promise<AssetFactsOf[K]>
  /** What a node works with. Rejects as `factsOf` does. */
  readonly open: OpenAsset
  /** Changes whenever the file behind `id` changes, or what is known of it. */
  version(id: string): number
  /** Counts up with the versions: while it stays, facts that were found stay. */
  readonly generation: number
}

export class KnownAssets implements Assets {
  readonly facts: AssetFacts
  readonly #specs: Specs
  readonly #stores: AssetStores
  readonly #versions = new Map<string, number>()
  #generation = 0
  readonly #factsByKey = new Map<string, AssetFactsOf[AssetKind]>()
  /** Of what is being looked at whole: each tells once. */
  readonly #followedPromises = new WeakSet<Promise<unknown>>()

  constructor(specs: Specs, stores: AssetStores) {
    this.#specs = specs
    this.#stores = stores
    const kinds = Object.keys(stores) as readonly AssetKind[]
    const lookUp = (kind: AssetKind) => (ref: AssetRef) => this.#factsByKey.get(keyOf(kind, ref))
    // What is kept under a kind's key is of that kind.
    this.facts = Object.fromEntries(kinds.map((kind) => [kind, lookUp(kind)])) as AssetFacts
  }

  async ensure(document: FlatDocument, whole = false): Promise<readonly Problem[]> {
    const checks = Object.values(document.nodes).flatMap((record) => {
      const spec = this.#specs.get(record.type)
      if (!spec || record.bypass || record.mute) return []
      const values = paramValues(spec, record)
      return Object.entries(spec.params).flatMap(([name, param]) => {
        const ref = values[name] as AssetRef | null | undefined
        return param.kind === 'asset' && ref
          ? [problemWith(record.id, name, () => this.#find(param.asset, ref, whole))]
          : []
      })
    })
    return (await Promise.all(checks)).flat()
  }

  async add<K extends AssetKind>(kind: K, id: string, files: readonly File[]): Promise<AddedAsset<K>> {
    const outcome = await this.#stores[kind].add(id, files)
    this.#changed(outcome.ref.id)
    this.#wholeOf(kind, outcome.ref)
    return outcome as AddedAsset<K>
  }

  async factsOf<K extends AssetKind>(kind: K, ref: AssetRef, whole = false): Promise<AssetFactsOf[K]> {
    const facts = await this.#storeOf(kind).facts(ref)
    const later = this.#wholeOf(kind, ref)
    return whole && later ? later : facts
  }

  readonly open: OpenAsset = async (kind, ref) => {
    const { open } = this.#stores[kind]
    if (!open) throw new Error(`A ${kind} is not opened through its store.`)
    return open(ref) as Promise<OpenedAssets[typeof kind]>
  }

  version(id: string): number {
    return this.#versions.get(id) ?? 0
  }

  get generation(): number {
    return this.#generation
  }

  #changed(id: string): void {
    this.#versions.set(id, this.version(id) + 1)
    this.#generation += 1
  }

  #storeOf<K extends AssetKind>(kind: K): AssetStore<K> {
    return this.#stores[kind] as AssetStore<K>
  }

  /** What was planned with what is known of it now is planned anew once all is. */
  #wholeOf<K extends AssetKind>(kind: K, ref: AssetRef): Promise<AssetFactsOf[K]> | undefined {
    const { whole } = this.#storeOf(kind)
    const facts = whole?.(ref)
    if (facts && !this.#followedPromises.has(facts)) {
      this.#followedPromises.add(facts)
      facts.then(
        () => this.#changed(ref.id),
        () => this.#changed(ref.id),
      )
    }
    return facts
  }

  async #find<K extends AssetKind>(kind: K, ref: AssetRef, whole: boolean): Promise<void> {
    const key = keyOf(kind, ref)
    try {
      this.#factsByKey.set(key, await this.factsOf(kind, ref, whole))
    } catch (error) {
      this.#factsByKey.delete(key)
      throw error
    }
  }
}

const keyOf = (kind: AssetKind, { id, sha256 }: AssetRef): string => `${kind} ${id} ${sha256 ?? ''}`

async function problemWith(node: FlatId, param: string, work: () => Promise<unknown>): Promise<Problem[]> {
  try {
    await work()
    return []
  } catch (error) {
    return [{ ...problemOf(error, () => ''), node, param }]
  }
}
