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

export interface ResultCache extends Disposable {
  get(key: string): PinnedPicture | undefined
  /** Whether the key is there, without counting as a use. */
  has(key: string): boolean
  /**
   * Takes over the lease. Where the key is there already, the older picture stays (they are equal).
   * `sparing`: to make room, only what was last used before this `mark` may go; where that is not enough, the
   * newcomer is not kept.
   */
  put(key: string, lease: Lease<GPUTexture>, what: Pick<GpuPicture, 'desc' | 'part'>, sparing?: number): PinnedPicture
  /** A moment in the order of uses, to spare what is used from now on. */
  mark(): number
  setBudget(bytes: number): void
  /** Lets go of all but these. */
  retain(keys: ReadonlySet<string>): void
  clear(): void
  readonly bytes: number
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

export function createResultCache(budgetBytes: number): ResultCache {
  // A Map keeps insertion order: re-inserting on use makes it the order of last use.
  const entries = new Map<string, Entry>()
  let budget = budgetBytes
  let bytes = 0
  let uses = 0

  function drop(key: string, entry: Entry) {
    entries.delete(key)
    bytes -= entry.bytes
    if (entry.pins > 0) entry.orphaned = true
    else entry.lease[Symbol.dispose]()
  }

  function trim(before = Number.POSITIVE_INFINITY) {
    for (const [key, entry] of entries) {
      if (bytes <= budget || entry.lastUse > before) return
      if (entry.pins === 0) drop(key, entry)
    }
  }

  function pin(entry: Entry): PinnedPicture {
    entry.pins += 1
    let released = false
    return {
      picture: entry.picture,
      [Symbol.dispose]() {
        if (released) return
        released = true
        entry.pins -= 1
        if (entry.pins > 0) return
        if (entry.orphaned) entry.lease[Symbol.dispose]()
        else trim()
      },
    }
  }

  const clear = () => {
    for (const [key, entry] of [...entries]) drop(key, entry)
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      entries.set(key, entry)
      uses += 1
      entry.lastUse = uses
      return pin(entry)
    },
    has: (key) => entries.has(key),
    mark: () => uses,
    put(key, lease, { desc, part }, sparing) {
      const existing = entries.get(key)
      if (existing) {
        lease[Symbol.dispose]()
        return pin(existing)
      }
      uses += 1
      const entry = {
        lease,
        picture: { texture: lease.value, desc, part },
        bytes: textureBytes({ ...part, format: desc.format }),
        pins: 0,
        lastUse: uses,
        orphaned: false,
      }
      entries.set(key, entry)
      bytes += entry.bytes
      const picture = pin(entry)
      trim(sparing)
      if (sparing !== undefined && bytes > budget) drop(key, entry)
      return picture
    },
    retain(keys) {
      for (const [key, entry] of [...entries]) if (!keys.has(key)) drop(key, entry)
    },
    setBudget(next) {
      budget = next
      trim()
    },
    clear,
    get bytes() {
      return bytes
    },
    [Symbol.dispose]: clear,
  }
}
