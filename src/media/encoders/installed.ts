/** An ffmpeg of the machine as an encoder, behind an address: the command line's. See `host/encoder-server.ts`. */
import { type Answer, addressOf, type Parcel, send, textOf } from '../courier.ts'
import { type InstalledEncoding, MediaError } from '../types.ts'
import { holdsQuality, type InstalledEncoder, installedPlan, type PictureSize } from './encoding.ts'
import type { EncoderHome, PieceEncoder } from './piece.ts'

interface Told {
  readonly version: string
  readonly encoder: InstalledEncoder
}

async function ask(
  url: string,
  query: Readonly<Record<string, string>>,
  method: Parcel['method'] = 'GET',
  body?: Parcel['body'],
): Promise<Answer> {
  const answer = await send({ address: addressOf(url, query), method, ...(body === undefined ? {} : { body }) })
  if (answer.ok) return answer
  throw new Error(textOf(answer).trim() || `the receiver answered ${answer.status}`)
}

/** `bytes` alone in their memory, which can then be handed over. */
const ownBytes = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()

class InstalledPiece implements PieceEncoder {
  readonly #url: string
  readonly #piece: string

  constructor(url: string, piece: string) {
    this.#url = url
    this.#piece = piece
  }

  async add(samples: Uint8Array<ArrayBuffer>): Promise<void> {
    await ask(this.#url, { piece: this.#piece }, 'PUT', ownBytes(samples))
  }

  async end(): Promise<Blob> {
    await ask(this.#url, { piece: this.#piece, end: '1' }, 'POST')
    const { bytes } = await ask(this.#url, { piece: this.#piece })
    const file = new Blob([bytes])
    await this.abort()
    return file
  }

  async abort(): Promise<void> {
    await ask(this.#url, { piece: this.#piece, discard: '1' }, 'POST')
  }
}

/** Rejects with `MediaError` where the encoder cannot do what is asked for. */
export async function installedHome(
  encoding: InstalledEncoding,
  address: string,
  { width, height }: PictureSize,
  frameRate: number,
  perKey: number,
): Promise<EncoderHome> {
  const { version, encoder } = JSON.parse(textOf(await ask(address, {}))) as Told
  if (encoding.rate.mode === 'quality' && !holdsQuality(encoder.name))
    throw new MediaError(
      `How ${encoder.name} is told a constant quality is not known here.`,
      'Choose Bitrate for the rate in Encode.',
    )
  const { bits, alpha, hdr, effort, rate } = encoding
  const order = JSON.stringify({ width, height, frameRate, perKey, bits, alpha, hdr, effort, rate })
  return {
    name: `${encoder.name} of ffmpeg ${version}`,
    format: installedPlan(encoder, encoding, perKey).format,
    async begin() {
      return new InstalledPiece(address, textOf(await ask(address, { begin: '1' }, 'POST', order)))
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** The same where there is nothing left to encode, and no ffmpeg need be there: pieces of it are only joined. */
export const absentHome = (encoding: InstalledEncoding, perKey: number): EncoderHome => ({
  name: `${encoding.name} of an installed ffmpeg`,
  format: installedPlan({ name: encoding.name, pixelFormats: [] }, encoding, perKey).format,
  begin: () => Promise.reject(new Error('it is not there')),
  [Symbol.asyncDispose]: async () => undefined,
})
