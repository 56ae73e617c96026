/** A segment as an encoder outside the browser's own gives it: a small Matroska file, out of which its packets are taken. */
import { BlobSource, type EncodedPacket, EncodedPacketSink, Input, MATROSKA } from 'mediabunny'
import { ebmlHeader, longestHeader } from '../container/ebml-header.ts'
import { dnxhr, ffv1 } from '../output-format.ts'
import { headerOf, type SegmentHeader } from '../packet-log.ts'
import type { SampleFormat } from '../types.ts'

/** Encodes the frames of one segment; a fresh encoder, whatever came before. */
export interface PieceEncoder {
  /** The samples of the next frame, which it takes over. Resolves when the next may come; rejects once it has failed. */
  add(samples: Uint8Array<ArrayBuffer>): Promise<void>
  /** All were given. @returns a Matroska file of one track whose times count the frames at `countingRate` */
  end(): Promise<Blob>
  /** Nothing of it is wanted. */
  abort(): Promise<void>
}

/** What encodes segments, one after the other. */
export interface EncoderHome extends AsyncDisposable {
  /** What encodes and where, for people: `libx264 of the built-in ffmpeg`. */
  readonly name: string
  /** The layout of the frames that it takes. */
  readonly format: SampleFormat
  begin(): Promise<PieceEncoder>
}

/** When a frame is shown, seconds. */
export interface Moment {
  readonly timestamp: number
  readonly duration: number
}

const id = { segment: 0x18538067, tracks: 0x1654ae6b, entry: 0xae, codecPrivate: 0x63a2 } as const

/** What a decoder of the only track must know, which the demuxer tells for codecs alone that it can name. */
async function codecPrivate(file: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
  let at = 0
  while (at < file.size) {
    const header = ebmlHeader(new Uint8Array(await file.slice(at, at + longestHeader).arrayBuffer()))
    if (!header) return null
    const from = at + header.length
    if (header.id === id.codecPrivate)
      return new Uint8Array(await file.slice(from, from + (header.size ?? 0)).arrayBuffer())
    const opens = header.id === id.segment || header.id === id.tracks || header.id === id.entry
    at = opens ? from : from + (header.size ?? Number.POSITIVE_INFINITY)
  }
  return null
}

/** ffmpeg's older versions lay FFV1 into Matroska behind a Windows bitmap header of so many bytes. */
const bitmapHeader = 40

async function headerOfPiece(file: Blob, input: Input): Promise<SegmentHeader | null> {
  const track = await input.getPrimaryVideoTrack()
  if (!track) return null
  const config = await track.getDecoderConfig()
  if (config) return headerOf(config)
  const size = { codedWidth: await track.getCodedWidth(), codedHeight: await track.getCodedHeight() }
  const codecData = await codecPrivate(file)
  const text = codecData ? new TextDecoder('latin1').decode(codecData) : ''
  const codecId = String(await track.getInternalCodecId())
  if (codecId === 'V_FFV1' && codecData) return { codec: ffv1, ...size, description: [...codecData] }
  if (text.slice(16, 20) === 'FFV1' && codecData)
    return { codec: ffv1, ...size, description: [...codecData.subarray(bitmapHeader)] }
  return text.slice(4, 8) === dnxhr ? { codec: dnxhr, ...size } : null
}

export interface PiecePackets {
  /** `null`: of a codec that no file is made of here. */
  readonly header: SegmentHeader | null
  readonly packets: readonly EncodedPacket[]
}

/**
 * The packets of a piece in decoding order, with the times of the frames that they are.
 * @param moments of the frames, in the order in which they were given
 * @param rate frames a second by which the piece counts them
 */
export async function packetsOfPiece(file: Blob, moments: readonly Moment[], rate: number): Promise<PiecePackets> {
  const input = new Input({ source: new BlobSource(file), formats: [MATROSKA] })
  try {
    const header = await headerOfPiece(file, input)
    const track = await input.getPrimaryVideoTrack()
    const packets: EncodedPacket[] = []
    if (!header || !track) return { header, packets }
    const sink = new EncodedPacketSink(track)
    for (let packet = await sink.getFirstPacket(); packet; packet = await sink.getNextPacket(packet)) {
      const moment = moments[Math.round(packet.timestamp * rate)]
      if (!moment) throw new Error('the encoder gave back a frame that it was not given')
      packets.push(packet.clone({ timestamp: moment.timestamp, duration: moment.duration }))
    }
    return { header, packets }
  } finally {
    input.dispose()
  }
}
