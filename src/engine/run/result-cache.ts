/**
 * Results kept by content key under a byte budget, the least recently used leaving first. Whoever uses a
 * result pins it; a pinned one stays whatever the budget says.
 */
import { textureBytes } from '../../gpu/pool.ts'
import type { GpuPicture, Lease } from '../../gpu/types.ts'

/** A picture somebody is using; disposing lets go of it. */
export interface PinnedPicture extends Disposable {
  readonly picture: GpuPicture
}

interface Entry {
  readonly lease: Lease<GPUTexture>
  readonly picture: GpuPicture
  readonly bytes: number
  pins: number
  /** When it was used last, in uses. */
  lastUse: number
  /** Cleared while pinned: goes when the last pin does. */
  orphaned: boolean
}

export class ResultCache implements Disposable {
  // A Map keeps insertion order: re-inserting on use makes it the order of last use.
  readonly #entries = new Map<string, Entry>()
  #budget: number
  #bytes = 0
  #uses = 0

  constructor(budgetBytes: number) {
    this.#budget = budgetBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): PinnedPicture | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    this.#uses += 1
    entry.lastUse = this.#uses
    return this.#pin(entry)
  }

  /** Whether the key is there, without counting as a use. */
  has(key: string): boolean {
    return this.#entries.has(key)
  }

  /** A moment in the order of uses, to spare what is used from now on. */
  mark(): number {
    return this.#uses
  }

  /**
   * Takes over the lease. Where the key is there already, the older picture stays (they are equal).
   * @param sparing to make room, only what was last used before this `mark` may go; where that is not enough, the
   *   newcomer is not kept
   */
  put(
    key: string,
    lease: Lease<GPUTexture>,
    { desc, part }: Pick<GpuPicture, 'desc' | 'part'>,
    sparing?: number,
  ): PinnedPicture {
    const existing = this.#entries.get(key)
    if (existing) {
      lease[Symbol.dispose]()
      return this.#pin(existing)
    }
    this.#uses += 1
    const entry = {
      lease,
      picture: { texture: lease.value, desc, part },
      bytes: textureBytes({ ...part, format: desc.format }),
      pins: 0,
      lastUse: this.#uses,
      orphaned: false,
    }
    this.#entries.set(key, entry)
    this.#bytes += entry.bytes
    const picture = this.#pin(entry)
    this.#trim(sparing)
    if (sparing !== undefined && this.#bytes > this.#budget) this.#drop(key, entry)
    return picture
  }

  setBudget(bytes: number): void {
    this.#budget = bytes
    this.#trim()
  }

  /** Lets go of all but these. */
  retain(keys: ReadonlySet<string>): void {
    for (const [key, entry] of [...this.#entries]) if (!keys.has(key)) this.#drop(key, entry)
  }

  clear(): void {
    for (const [key, entry] of [...this.#entries]) this.#drop(key, entry)
  }

  [Symbol.dispose](): void {
    this.clear()
  }

  #drop(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#bytes -= entry.bytes
    if (entry.pins > 0) entry.orphaned = true
    else entry.lease[Symbol.dispose]()
  }

  #trim(before = Number.POSITIVE_INFINITY): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#budget || entry.lastUse > before) return
      if (entry.pins === 0) this.#drop(key, entry)
    }
  }

  #pin(entry: Entry): PinnedPicture {
    entry.pins += 1
    let isReleased = false
    return {
      picture: entry.picture,
      [Symbol.dispose]: () => {
        if (isReleased) return
        isReleased = true
        entry.pins -= 1
        if (entry.pins > 0) return
        if (entry.orphaned) entry.lease[Symbol.dispose]()
        else this.#trim()
      },
    }
  }
}
