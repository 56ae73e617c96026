/** Kept segments behind an address: those of the command line, which has the disk. See `host/parts-server.ts`. */
import { type Answer, addressOf, type Parcel, send, textOf } from './courier.ts'
import { GatheredBytes } from './gathered-bytes.ts'
import { writeError } from './output-files.ts'
import { type KeptBytes, MediaError, type Segment, type SegmentStore } from './types.ts'

/** Bytes that are fetched at once. */
const chunkBytes = 1024 * 1024
const what = 'The part that is kept until the render is whole'

const nameOf = ({ first, next }: Segment): string => `${first}-${next}`

type Ask = (method: Parcel['method'], query: Readonly<Record<string, string>>, body?: Parcel['body']) => Promise<Answer>

function asking(url: string): Ask {
  return async (method, query, body) => {
    let answer: Answer
    try {
      answer = await send({ address: addressOf(url, query), method, ...(body === undefined ? {} : { body }) })
    } catch (cause) {
      throw writeError(what, cause)
    }
    if (answer.ok) return answer
    throw new MediaError(
      textOf(answer).trim() || `${what} could not be reached: the receiver answered ${answer.status}.`,
      'Try again, or write to another place.',
    )
  }
}

/** Fetches bytes `from` up to, not including, `to`. */
type Fetch = (from: number, to: number) => Promise<Answer>

/** Small pieces of a segment, out of large ones that are fetched. */
class FetchedBytes implements KeptBytes {
  readonly size: number
  readonly #fetch: Fetch
  #from = 0
  #bytes: Answer['bytes']

  private constructor(fetch: Fetch, { bytes, size }: Answer) {
    this.#fetch = fetch
    this.#bytes = bytes
    this.size = size
  }

  static async open(fetch: Fetch): Promise<FetchedBytes> {
    return new FetchedBytes(fetch, await fetch(0, chunkBytes))
  }

  async read(from: number, to: number): Promise<Answer['bytes']> {
    const end = Math.min(this.size, to)
    if (end <= from) return new Uint8Array()
    if (from < this.#from || end > this.#from + this.#bytes.byteLength) {
      this.#bytes = (await this.#fetch(from, Math.max(end, from + chunkBytes))).bytes
      this.#from = from
    }
    return this.#bytes.subarray(from - this.#from, end - this.#from)
  }
}

export function httpSegments(url: string): SegmentStore {
  const ask = asking(url)
  return {
    list: async () => JSON.parse(textOf(await ask('GET', {}))) as Segment[],
    async remove(segments) {
      for (const segment of segments) await ask('POST', { remove: nameOf(segment) })
    },
    async begin(first) {
      const begin = String(first)
      const gathered = new GatheredBytes((body, position) => ask('PUT', { begin, position: String(position) }, body))
      return {
        append: (bytes) => gathered.add(bytes),
        async finish(next) {
          await gathered.flush()
          await ask('POST', { begin, next: String(next) })
        },
        async discard() {
          await ask('POST', { begin, discard: '1' })
        },
      }
    },
    read: (segment) =>
      FetchedBytes.open((from, to) => ask('GET', { segment: nameOf(segment), from: String(from), to: String(to) })),
    async annotate(name, text) {
      await ask('PUT', { note: name }, text)
    },
    annotations: async () => new Map(JSON.parse(textOf(await ask('GET', { notes: '1' }))) as [string, string][]),
  }
}
