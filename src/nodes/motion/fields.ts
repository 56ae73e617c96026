/**
 * Motion that was worked out, kept by the frames it leads from and to: a frame's planes are made once however many
 * neighbours look at it, and a motion once however many nodes ask for it, or how often a slider behind it moves. Nodes
 * share what they find with the same settings; a node looks at two to six neighbours, which no single wire carries.
 */
import type { Gpu, Recorder } from '../../gpu/types.ts'
import type { FramePicture } from '../kernel.ts'
import { type BlockMotion, createMotionSearch, type MotionSearch, type Pyramid, type Size } from './search.ts'

/** What is kept of frames of one size. What one frame has recorded another may read, since all go to the GPU in one row. */
interface Shelf {
  readonly pyramids: Map<string, Pyramid>
  readonly motions: Map<string, BlockMotion>
  readonly users: Set<object>
  room: number
}

export interface Motions extends Disposable {
  /** From `from` into each of `others`, whole pictures; valid until the next call. `undefined` where both are the same. */
  between(recorder: Recorder, from: FramePicture, others: readonly FramePicture[]): readonly (BlockMotion | undefined)[]
  /** For each pixel; see `MotionSearch.dense`. What is asked of must come of the last call of `between`. */
  dense(
    recorder: Recorder,
    from: FramePicture,
    to: FramePicture,
    motion: BlockMotion,
    noise: number,
    result: GPUTexture,
    nearer?: BlockMotion,
  ): void
}

const shelves = new WeakMap<Gpu, Map<string, Shelf>>()

/** Gives back all but the `room` entries used last. */
function trim(entries: Map<string, Disposable>, room: number): void {
  for (const [key, value] of entries) {
    if (entries.size <= room) return
    entries.delete(key)
    value[Symbol.dispose]()
  }
}

/** The entry, now the one used last. */
function take<T>(entries: Map<string, T>, key: string, make: () => T): T {
  const value = entries.get(key) ?? make()
  entries.delete(key)
  entries.set(key, value)
  return value
}

/**
 * @param whole size of the frames
 * @param neighbours at most so many frames are looked at from one
 * @param blur see `createMotionSearch`
 */
export async function openMotions(gpu: Gpu, whole: Size, neighbours: number, blur = 0): Promise<Motions> {
  const search: MotionSearch = await createMotionSearch(gpu, whole, blur)
  const kind = `${whole.width}×${whole.height}/${blur}`
  const ofGpu = shelves.get(gpu) ?? new Map<string, Shelf>()
  shelves.set(gpu, ofGpu)
  const shelf = ofGpu.get(kind) ?? { pyramids: new Map(), motions: new Map(), users: new Set(), room: 0 }
  ofGpu.set(kind, shelf)
  const user = {}
  shelf.users.add(user)
  shelf.room += neighbours
  const pyramidOf = (recorder: Recorder, frame: FramePicture) =>
    take(shelf.pyramids, frame.content, () => search.pyramid(recorder, frame))

  return {
    between(recorder, from, others) {
      const current = pyramidOf(recorder, from)
      const keyOf = (to: FramePicture) => `${from.content}→${to.content}`
      const neighbours = new Map(others.filter(({ content }) => content !== from.content).map((to) => [keyOf(to), to]))
      const missing = [...neighbours].filter(([key]) => !shelf.motions.has(key))
      const blockMotions = search.blocks(
        recorder,
        current,
        missing.map(([, to]) => pyramidOf(recorder, to)),
      )
      for (const [i, [key]] of missing.entries()) shelf.motions.set(key, blockMotions[i]!)
      const fields = others.map((to) =>
        neighbours.has(keyOf(to)) ? take(shelf.motions, keyOf(to), () => never(keyOf(to))) : undefined,
      )
      trim(shelf.pyramids, shelf.room + 1)
      trim(shelf.motions, shelf.room)
      return fields
    },
    dense(recorder, from, to, motion, noise, result, nearer) {
      search.dense(recorder, from, to, motion, noise, result, nearer)
    },
    [Symbol.dispose]() {
      shelf.users.delete(user)
      shelf.room -= neighbours
      if (shelf.users.size > 0) return
      trim(shelf.pyramids, 0)
      trim(shelf.motions, 0)
    },
  }
}

function never(key: string): never {
  throw new Error(`motion: ${key} was not made`)
}
