/** Segments of what is only tried, such as an estimate's few frames: kept by the page, gone with it. */
import type { Segment, SegmentStore } from '../types.ts'

const nameOf = ({ first, next }: Segment): string => `${first}-${next}`

export function memorySegments(): SegmentStore {
  const kept = new Map<string, { readonly segment: Segment; readonly data: Blob }>()
  return {
    list: async () => [...kept.values()].map(({ segment }) => segment),
    async remove(segments) {
      for (const segment of segments) kept.delete(nameOf(segment))
    },
    async begin(first) {
      const chunks: Blob[] = []
      return {
        async append(bytes) {
          chunks.push(new Blob([bytes]))
        },
        async finish(next) {
          const segment = { first, next }
          kept.set(nameOf(segment), { segment, data: new Blob(chunks) })
        },
        discard: async () => undefined,
      }
    },
    async read(segment) {
      const found = kept.get(nameOf(segment))
      if (!found) throw new Error('a kept segment is missing')
      return found.data
    },
  }
}
