/** Kept segments behind an address: those of the command line, which has the disk. See `host/parts-server.ts`. */
import { writeError } from './output-files.ts'
import { MediaError, type Segment, type SegmentStore } from './types.ts'

/** Bytes that gather before they are sent. */
const chunkBytes = 1024 * 1024
const what = 'The part that is kept until the render is whole'

const nameOf = ({ first, next }: Segment): string => `${first}-${next}`

export function httpSegments(url: string): SegmentStore {
  async function send(method: 'GET' | 'PUT' | 'POST', query: Readonly<Record<string, string>>, body?: Blob) {
    const address = new URL(url, globalThis.location?.href)
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
    let response: Response
    try {
      response = await fetch(address, { method, ...(body ? { body } : {}) })
    } catch (cause) {
      throw writeError(what, cause)
    }
    if (response.ok) return response
    const sentence = (await response.text()).trim()
    throw new MediaError(
      sentence || `${what} could not be reached: the receiver answered ${response.status}.`,
      'Try again, or write to another place.',
    )
  }
  return {
    async list() {
      const text = await (await send('GET', {})).text()
      return JSON.parse(text) as Segment[]
    },
    async remove(segments) {
      for (const segment of segments) await send('POST', { remove: nameOf(segment) })
    },
    async begin(first) {
      const begin = String(first)
      let waiting: Uint8Array<ArrayBuffer>[] = []
      let gathered = 0
      let position = 0
      const flush = async (): Promise<void> => {
        const body = new Blob(waiting)
        waiting = []
        gathered = 0
        await send('PUT', { begin, position: String(position) }, body)
        position += body.size
      }
      return {
        async append(bytes) {
          waiting.push(bytes)
          gathered += bytes.byteLength
          if (gathered >= chunkBytes) await flush()
        },
        async finish(next) {
          await flush()
          await send('POST', { begin, next: String(next) })
        },
        async discard() {
          await send('POST', { begin, discard: '1' })
        },
      }
    },
    read: async (segment) => (await send('GET', { segment: nameOf(segment) })).blob(),
  }
}
