/**
 * What several measures of one result are made of, kept from one to the next, so that it is worked out once a frame however many
 * of them look.
 */
import type { Lease, Recorder } from '../../gpu/types.ts'

interface Kept {
  /** The pictures that it was made of. */
  readonly of: string
  readonly lease: Lease<GPUTexture>
}

/** One picture of a kind, the latest, for one recorder: what one has recorded another must not read, which may be submitted before. */
interface Shelf {
  readonly kept: Map<string, Kept>
  readonly users: Set<object>
}

const shelves = new WeakMap<Recorder, Shelf>()

export interface SharedPictures extends Disposable {
  get(recorder: Recorder, kind: string, of: string): GPUTexture | undefined
  /** The shelf gives the lease back when another picture of the kind comes, or its last user goes. */
  keep(recorder: Recorder, kind: string, of: string, lease: Lease<GPUTexture>): void
}

export function openShelf(): SharedPictures {
  const user = {}
  const used = new Set<Shelf>()
  function shelfOf(recorder: Recorder): Shelf {
    const shelf = shelves.get(recorder) ?? { kept: new Map(), users: new Set() }
    shelves.set(recorder, shelf)
    shelf.users.add(user)
    used.add(shelf)
    return shelf
  }
  return {
    get(recorder, kind, of) {
      const found = shelfOf(recorder).kept.get(kind)
      return found?.of === of ? found.lease.value : undefined
    },
    keep(recorder, kind, of, lease) {
      const { kept } = shelfOf(recorder)
      kept.get(kind)?.lease[Symbol.dispose]()
      kept.set(kind, { of, lease })
    },
    [Symbol.dispose]() {
      for (const { kept, users } of used) {
        users.delete(user)
        if (users.size > 0) continue
        for (const { lease } of kept.values()) lease[Symbol.dispose]()
        kept.clear()
      }
      used.clear()
    },
  }
}
