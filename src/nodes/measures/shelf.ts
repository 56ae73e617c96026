/**
 * What several measures of one result are made of, kept from one to the next, so that it is worked out once a frame however many
 * of them look.
 */
import type { Gpu, Lease } from '../../gpu/types.ts'

interface ShelvedPicture {
  /** The pictures that it was made of. */
  readonly of: string
  readonly lease: Lease<GPUTexture>
}

/** One picture of a kind, the latest. What one frame has recorded another may read, since all go to the GPU in one row. */
interface Shelf {
  readonly pictures: Map<string, ShelvedPicture>
  readonly users: Set<object>
}

const shelves = new WeakMap<Gpu, Shelf>()

export interface SharedPictures extends Disposable {
  get(kind: string, of: string): GPUTexture | undefined
  /** The shelf gives the lease back when another picture of the kind comes, or its last user goes. */
  keep(kind: string, of: string, lease: Lease<GPUTexture>): void
}

/** All that is opened for one GPU is one shelf, for as long as anybody uses it. */
export function openShelf(gpu: Gpu): SharedPictures {
  const user = {}
  const shelf = shelves.get(gpu) ?? { pictures: new Map(), users: new Set() }
  shelves.set(gpu, shelf)
  shelf.users.add(user)
  return {
    get(kind, of) {
      const slot = shelf.pictures.get(kind)
      return slot?.of === of ? slot.lease.value : undefined
    },
    keep(kind, of, lease) {
      shelf.pictures.get(kind)?.lease[Symbol.dispose]()
      shelf.pictures.set(kind, { of, lease })
    },
    [Symbol.dispose]() {
      shelf.users.delete(user)
      if (shelf.users.size > 0) return
      for (const { lease } of shelf.pictures.values()) lease[Symbol.dispose]()
      shelf.pictures.clear()
    },
  }
}
