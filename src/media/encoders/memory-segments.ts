/** Segments of what is kept nowhere else, such as an estimate's few frames: kept by the page, gone with it. */
import { BlobWindow } from '../blob-window.ts'
import type { FileRequest, KeptFrames, Segment, SegmentStore } from '../types.ts'

const nameOf = ({ first, next }: Segment): string => `${first}-${next}`

export function memorySegments(): SegmentStore {
  const notes = new Map<string, string>()
  const entries = new Map<string, { readonly segment: Segment; readonly data: Blob }>()
  return {
    list: async () => [...entries.values()].map(({ segment }) => segment),
    async remove(segments) {
      for (const segment of segments) entries.delete(nameOf(segment))
    },
    async begin(first) {
      const chunks: Blob[] = []
      return {
        async append(bytes) {
          chunks.push(new Blob([bytes]))
        },
        async finish(next) {
          const segment = { first, next }
          entries.set(nameOf(segment), { segment, data: new Blob(chunks) })
        },
        discard: async () => undefined,
      }
    },
    async read(segment) {
      const entry = entries.get(nameOf(segment))
      if (!entry) throw new Error('a kept segment is missing')
      return new BlobWindow(entry.data)
    },
    annotate: async (name, text) => void notes.set(name, text),
    annotations: async () => notes,
  }
}

/** Segments of a file for which no other place was named, from key frame to key frame. */
export const keptInMemory = ({ keyFrameSeconds, frameRate }: FileRequest): KeptFrames => ({
  store: memorySegments(),
  perSegment: Math.max(1, Math.round(keyFrameSeconds * (frameRate || 24))),
})
