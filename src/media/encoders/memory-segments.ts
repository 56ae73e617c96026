/** Segments of what is kept nowhere else, such as an estimate's few frames: kept by the page, gone with it. */
import { BlobWindow } from '../blob-window.ts'
import type { FileRequest, KeptFrames, Segment, SegmentStore } from '../types.ts'

const nameOf = ({ first, next }: Segment): string => `${first}-${next}`

export class MemorySegments implements SegmentStore {
  readonly #notes = new Map<string, string>()
  readonly #entries = new Map<string, { readonly segment: Segment; readonly data: Blob }>()

  async list(): Promise<readonly Segment[]> {
    return [...this.#entries.values()].map(({ segment }) => segment)
  }

  async remove(segments: readonly Segment[]): Promise<void> {
    for (const segment of segments) this.#entries.delete(nameOf(segment))
  }

  async begin(first: number): ReturnType<SegmentStore['begin']> {
    const chunks: Blob[] = []
    return {
      append: async (bytes) => void chunks.push(new Blob([bytes])),
      finish: async (next) => {
        const segment = { first, next }
        this.#entries.set(nameOf(segment), { segment, data: new Blob(chunks) })
      },
      discard: async () => undefined,
    }
  }

  async read(segment: Segment): ReturnType<SegmentStore['read']> {
    const entry = this.#entries.get(nameOf(segment))
    if (!entry) throw new Error('a kept segment is missing')
    return new BlobWindow(entry.data)
  }

  async annotate(name: string, text: string): Promise<void> {
    this.#notes.set(name, text)
  }

  async annotations(): Promise<ReadonlyMap<string, string>> {
    return this.#notes
  }
}

/** Segments of a file for which no other place was named, from key frame to key frame. */
export const keptInMemory = ({ keyFrameSeconds, frameRate }: FileRequest): KeptFrames => ({
  store: new MemorySegments(),
  perSegment: Math.max(1, Math.round(keyFrameSeconds * (frameRate || 24))),
})
