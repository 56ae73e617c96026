/** The pictures that are there while a frame is computed: taken from the cache or leased, let go of at their last use. */

import type { GpuNumber, GpuPicture, Lease, MadePicture, PictureView, Recorder, ResourcePool } from '../../gpu/types.ts'
import { isNumberDesc } from '../../graph/node/ports.ts'
import type { ValueId } from '../../graph/plan/execution-plan.ts'
import { type Region, sameRegion } from '../../graph/plan/region.ts'
import type { FrameNumbers } from './frame-numbers.ts'
import type { PreparedGraph } from './prepared-graph.ts'
import type { PinnedPicture, ResultCache } from './result-cache.ts'
import { namesOf, partOf } from './value-names.ts'

export interface FrameCache {
  readonly results: ResultCache
  /** Whether the value stays there once it is computed. */
  keep(value: ValueId): boolean
  /** See `ResultCache.put`. */
  readonly sparing?: number
}

/** What frames are looked up in and leased from. */
export interface FrameStores {
  readonly numbers: Pick<FrameNumbers, 'has' | 'copy'>
  readonly pool: Pick<ResourcePool, 'texture'>
  readonly cache?: FrameCache | undefined
  readonly names: PreparedGraph['names']
}

/** A picture that is being made, or was and stays for this frame alone. */
class Leased implements PinnedPicture {
  picture: GpuPicture
  readonly #texture: Lease<GPUTexture>
  #view: Disposable | undefined

  constructor(texture: Lease<GPUTexture>, desc: GpuPicture['desc'], part: Region) {
    this.#texture = texture
    this.picture = { texture: texture.value, desc, part }
  }

  noteOpaque(): void {
    this.picture = { ...this.picture, opaque: true }
  }

  showAs(view: PictureView & Disposable): void {
    this.#view = view
    this.picture = { ...this.picture, view }
  }

  /** Hands the lease over to the cache. */
  keep(results: ResultCache, name: string, sparing?: number): PinnedPicture {
    const { desc, part } = this.picture
    return results.put(name, this.#texture, { desc, part }, sparing)
  }

  [Symbol.dispose](): void {
    this.#view?.[Symbol.dispose]()
    this.#texture[Symbol.dispose]()
  }
}

export class FrameValues {
  readonly #preparedGraph: PreparedGraph
  readonly #stores: FrameStores
  /** By value and name: two frames of one name are one picture. */
  readonly #leases = new Map<string, PinnedPicture>()
  /** Of numbers that are being made. */
  readonly #numberTextures = new Map<ValueId, Lease<GPUTexture>>()

  constructor(preparedGraph: PreparedGraph, stores: FrameStores) {
    this.#preparedGraph = preparedGraph
    this.#stores = stores
  }

  /** Whether a frame of the value is there without computing it; takes hold of it then. */
  isHere(value: ValueId, frame: number): boolean {
    if (this.#isNumber(value)) return this.#stores.numbers.has(this.#stores.names.at(value, frame))
    const key = this.keyOf(value, frame)
    const picture = this.#leases.get(key) ?? this.#cached(value, frame)
    if (picture) this.#leases.set(key, picture)
    return picture !== undefined
  }

  picture(value: ValueId, frame: number): GpuPicture {
    const lease = this.#leases.get(this.keyOf(value, frame))
    if (!lease) throw new Error(`value ${value} of frame ${frame} was read after its release`)
    return lease.picture
  }

  /** What the step that makes it is given. @param viewable whether all that reads it takes views */
  made(value: ValueId, frame: number, viewable: boolean): MadePicture {
    const lease = this.#leases.get(this.keyOf(value, frame))
    if (!(lease instanceof Leased)) throw new Error(`value ${value} of frame ${frame} was not leased`)
    const isViewable = viewable && !this.#stores.cache?.keep(value)
    return {
      ...lease.picture,
      noteOpaque: () => lease.noteOpaque(),
      ...(isViewable ? { showAs: (view) => lease.showAs(view) } : {}),
    }
  }

  /** Where the step that makes a number now stores it. */
  numberTexture(value: ValueId): GpuNumber {
    const lease = this.#numberTextures.get(value)
    if (!lease) throw new Error(`value ${value} has no texture for its number`)
    return { texture: lease.value }
  }

  /** A texture to write the value to; one that was there goes. */
  lease(value: ValueId, frame: number): void {
    const { desc } = this.#preparedGraph.plan.values[value]!
    if (isNumberDesc(desc)) {
      this.#numberTextures.set(value, this.#stores.pool.texture(desc, 'number'))
      return
    }
    this.release(value, frame)
    this.#leases.set(this.keyOf(value, frame), this.#leased(value))
  }

  /** Leaves a picture just computed in the cache, where that is wanted of it; a number is copied, and its texture goes. */
  keep(value: ValueId, frame: number): void {
    const key = this.keyOf(value, frame)
    const picture = this.#leases.get(key)
    const number = this.#numberTextures.get(value)
    if (number) {
      this.#stores.numbers.copy(this.#stores.names.at(value, frame), number.value)
      this.#letGo(value, number)
      return
    }
    const { cache } = this.#stores
    if (!cache || !(picture instanceof Leased) || !cache.keep(value)) return
    this.#leases.set(key, picture.keep(cache.results, this.#names(value, frame)[0], cache.sparing))
  }

  release(value: ValueId, frame: number): void {
    const key = this.keyOf(value, frame)
    this.#leases.get(key)?.[Symbol.dispose]()
    this.#leases.delete(key)
  }

  /** Whoever asked for a part gets that, though more is there: the whole was kept, or a source gave it. */
  cutOut(value: ValueId, frame: number, recorder: Recorder): void {
    const key = this.keyOf(value, frame)
    const more = this.#leases.get(key)
    const part = this.#preparedGraph.targetRegions.get(value)
    if (!more || !part || sameRegion(more.picture.part, part)) return
    const croppedPicture = this.#leased(value, part)
    const { x, y } = more.picture.part
    recorder.encoder.copyTextureToTexture(
      { texture: more.picture.texture, origin: { x: part.x - x, y: part.y - y } },
      { texture: croppedPicture.picture.texture },
      [part.width, part.height],
    )
    this.release(value, frame)
    this.#leases.set(key, croppedPicture)
  }

  /** The targets, each at its frame, now the caller's; everything else is let go of. */
  handOut(targets: readonly ValueId[], frameOf: (value: ValueId) => number): ReadonlyMap<ValueId, PinnedPicture> {
    const leases = new Map(
      targets
        .filter((value) => !this.#isNumber(value))
        .map((value) => {
          const key = this.keyOf(value, frameOf(value))
          const lease = this.#leases.get(key)!
          this.#leases.delete(key)
          return [value, lease] as const
        }),
    )
    this.releaseAll()
    return leases
  }

  releaseAll(): void {
    for (const [value, lease] of this.#numberTextures) this.#letGo(value, lease)
    for (const lease of this.#leases.values()) lease[Symbol.dispose]()
    this.#leases.clear()
  }

  /** Tells a picture from all others of the frame. */
  keyOf(value: ValueId, frame: number): string {
    return this.#stores.names.keyAt(value, frame)
  }

  #letGo(value: ValueId, lease: Lease<GPUTexture>): void {
    this.#numberTextures.delete(value)
    lease[Symbol.dispose]()
  }

  #isNumber(value: ValueId): boolean {
    return isNumberDesc(this.#preparedGraph.plan.values[value]!.desc)
  }

  #names(value: ValueId, frame: number) {
    return namesOf(this.#preparedGraph, value, this.#stores.names.at(value, frame))
  }

  #cached(value: ValueId, frame: number): PinnedPicture | undefined {
    const { cache } = this.#stores
    if (!cache) return undefined
    const name = this.#names(value, frame).find((one) => cache.results.has(one))
    return name === undefined ? undefined : cache.results.get(name)
  }

  #leased(value: ValueId, part = partOf(this.#preparedGraph, value)): Leased {
    const { desc, producer } = this.#preparedGraph.plan.values[value]!
    if (isNumberDesc(desc)) throw new Error(`value ${value} is a number and has no picture`)
    const size = { width: part.width, height: part.height, format: desc.format }
    const texture = this.#stores.pool.texture(size, `${this.#preparedGraph.types.get(producer.node)}/${producer.port}`)
    return new Leased(texture, desc, part)
  }
}
