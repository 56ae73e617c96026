/**
 * The form of a kept segment: encoded packets exactly as they came, times in full precision, so that joining them
 * gives what one uninterrupted run would have given. A container would round the times to its own ticks.
 *
 *     "FWS1", uint32 length of the header, header: JSON (see `SegmentHeader`)
 *     then per packet: float64 timestamp, float64 duration (seconds), uint32 bytes, uint32 flags (1: a key frame, 2: with
 *     transparency), the bytes; with transparency uint32 bytes of it, the bytes
 *
 * Numbers are little-endian.
 */
import { EncodedPacket } from 'mediabunny'
import type { KeptBytes } from './types.ts'

const magic = 0x31535746
const recordBytes = 24
const sizeBytes = 4
const flag = { key: 1, alpha: 2 } as const

/** What a decoder must know, as the encoder told it. */
export interface SegmentHeader {
  readonly codec: string
  readonly codedWidth?: number
  readonly codedHeight?: number
  /** Bytes, such as H.264's avcC. */
  readonly description?: readonly number[]
}

const bytesOf = (source: AllowSharedBufferSource): Uint8Array =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)

export function headerOf({ codec, codedWidth, codedHeight, description }: VideoDecoderConfig): SegmentHeader {
  return {
    codec,
    ...(codedWidth === undefined ? {} : { codedWidth }),
    ...(codedHeight === undefined ? {} : { codedHeight }),
    ...(description === undefined ? {} : { description: [...bytesOf(description)] }),
  }
}

export const configOf = ({ description, ...rest }: SegmentHeader): VideoDecoderConfig => ({
  ...rest,
  ...(description === undefined ? {} : { description: new Uint8Array(description) }),
})

export const sameHeader = (a: SegmentHeader, b: SegmentHeader): boolean => JSON.stringify(a) === JSON.stringify(b)

export function headerBytes(header: SegmentHeader): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint32(4, text.byteLength, true)
  bytes.set(text, 8)
  return bytes
}

export function packetBytes(packet: EncodedPacket): Uint8Array<ArrayBuffer> {
  const { alpha } = packet.sideData
  const end = recordBytes + packet.data.byteLength
  const bytes = new Uint8Array(end + (alpha ? sizeBytes + alpha.byteLength : 0))
  const view = new DataView(bytes.buffer)
  view.setFloat64(0, packet.timestamp, true)
  view.setFloat64(8, packet.duration, true)
  view.setUint32(16, packet.data.byteLength, true)
  view.setUint32(20, (packet.type === 'key' ? flag.key : 0) | (alpha ? flag.alpha : 0), true)
  bytes.set(packet.data, recordBytes)
  if (alpha) {
    view.setUint32(end, alpha.byteLength, true)
    bytes.set(alpha, end + sizeBytes)
  }
  return bytes
}

/** Rejects where `segment` does not begin as one. */
export async function readHeader(
  segment: KeptBytes,
): Promise<{ readonly header: SegmentHeader; readonly end: number }> {
  const start = viewOf(await segment.read(0, 8))
  if (start.byteLength < 8 || start.getUint32(0, true) !== magic) throw new Error('a kept segment is damaged')
  const end = 8 + start.getUint32(4, true)
  const header = JSON.parse(new TextDecoder().decode(await segment.read(8, end))) as SegmentHeader
  return { header, end }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength)

/** The packets of one segment in decoding order. */
export async function* readPackets(segment: KeptBytes, from: number): AsyncGenerator<EncodedPacket, void, unknown> {
  let at = from
  while (at < segment.size) {
    const record = viewOf(await segment.read(at, at + recordBytes))
    if (record.byteLength < recordBytes) throw new Error('a kept segment is cut off')
    const flags = record.getUint32(20, true)
    at += recordBytes
    const take = async (length: number): Promise<Uint8Array<ArrayBuffer>> => {
      const bytes = (await segment.read(at, at + length)).slice()
      if (bytes.byteLength < length) throw new Error('a kept segment is cut off')
      at += length
      return bytes
    }
    const timestamp = record.getFloat64(0, true)
    const duration = record.getFloat64(8, true)
    const data = await take(record.getUint32(16, true))
    const alpha = flags & flag.alpha ? await take(viewOf(await take(sizeBytes)).getUint32(0, true)) : undefined
    const type = flags & flag.key ? 'key' : 'delta'
    yield new EncodedPacket(data, type, timestamp, duration, undefined, undefined, alpha ? { alpha } : {})
  }
}
