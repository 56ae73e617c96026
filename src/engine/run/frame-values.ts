/** The pictures of one frame while it is computed: taken from the cache or leased, let go of at their last use. */
import type { GpuPicture, Recorder, ResourcePool } from '../../gpu/types.ts'
import type { ValueId } from '../../graph/plan/plan.ts'
import { sameRegion } from '../../graph/plan/region.ts'
import type { PreparedGraph } from './prepare.ts'
import type { Held, ResultCache } from './result-cache.ts'
import { namesOf, partOf } from './value-names.ts'

export interface FrameCache {
  readonly results: ResultCache
  /** Whether the value stays there once it is computed. */
  keep(value: ValueId): boolean
  /** See `ResultCache.put`. */
  readonly sparing?: number
}

/** What a frame looks up and leases from. */
export interface FrameStores {
  readonly pool: Pick<ResourcePool, 'texture'>
  /** With the names of the frame's whole pictures. */
  readonly cache?: (FrameCache & { readonly keys: ReadonlyMap<ValueId, string> }) | undefined
}

interface Leased extends Held {
  /** Hands the lease over to the cache. */
  keep(results: ResultCache, name: string, sparing?: number): Held
}

export class FrameValues {
  readonly #prepared: PreparedGraph
  readonly #stores: FrameStores
  readonly #held = new Map<ValueId, Held | Leased>()

  constructor(prepared: PreparedGraph, stores: FrameStores) {
    this.#prepared = prepared
    this.#stores = stores
  }

  /** Whether the value is there without computing it; takes hold of it then. */
  isHere(value: ValueId): boolean {
    const found = this.#held.get(value) ?? this.#cached(value)
    if (found) this.#held.set(value, found)
    return found !== undefined
  }

  picture(value: ValueId): GpuPicture {
    const found = this.#held.get(value)
    if (!found) throw new Error(`value ${value} was read after its release`)
    return found.picture
  }

  /** A texture to write the value to; one that was there goes. */
  lease(value: ValueId): void {
    this.release(value)
    this.#held.set(value, this.#leased(value))
  }

  /** Leaves a value just computed in the cache, where that is wanted of it. */
  keep(value: ValueId): void {
    const made = this.#held.get(value)
    const { cache } = this.#stores
    if (!made || !cache || !('keep' in made) || !cache.keep(value)) return
    this.#held.set(value, made.keep(cache.results, this.#names(value, cache.keys)[0], cache.sparing))
  }

  release(value: ValueId): void {
    this.#held.get(value)?.[Symbol.dispose]()
    this.#held.delete(value)
  }

  /** Whoever asked for a part gets that, though more is there: the whole was kept, or a source gave it. */
  cutOut(value: ValueId, recorder: Recorder): void {
    const more = this.#held.get(value)
    const part = this.#prepared.wanted.get(value)
    if (!more || !part || sameRegion(more.picture.part, part)) return
    const cut = this.#leased(value, part)
    const { x, y } = more.picture.part
    recorder.encoder.copyTextureToTexture(
      { texture: more.picture.texture, origin: { x: part.x - x, y: part.y - y } },
      { texture: cut.picture.texture },
      [part.width, part.height],
    )
    this.release(value)
    this.#held.set(value, cut)
  }

  /** The targets, now the caller's; everything else is let go of. */
  handOut(targets: readonly ValueId[]): ReadonlyMap<ValueId, Held> {
    const handed = new Map(targets.map((value) => [value, this.#held.get(value)!]))
    for (const value of [...this.#held.keys()]) if (!handed.has(value)) this.release(value)
    this.#held.clear()
    return handed
  }

  releaseAll(): void {
    for (const value of [...this.#held.keys()]) this.release(value)
  }

  #names(value: ValueId, keys: ReadonlyMap<ValueId, string>) {
    return namesOf(this.#prepared, value, keys.get(value)!)
  }

  #cached(value: ValueId): Held | undefined {
    const { cache } = this.#stores
    if (!cache) return undefined
    const name = this.#names(value, cache.keys).find((one) => cache.results.has(one))
    return name === undefined ? undefined : cache.results.get(name)
  }

  #leased(value: ValueId, part = partOf(this.#prepared, value)): Leased {
    const { desc, producer } = this.#prepared.plan.values[value]!
    const size = { width: part.width, height: part.height, format: desc.format }
    const texture = this.#stores.pool.texture(size, `${this.#prepared.types.get(producer.node)}/${producer.port}`)
    return {
      picture: { texture: texture.value, desc, part },
      [Symbol.dispose]: () => texture[Symbol.dispose](),
      keep: (results, name, sparing) => results.put(name, texture, { desc, part }, sparing),
    }
  }
}
