/**
 * mediabunny's way from packets to decoded frames, with packets left out that are known to be damaged. mediabunny makes
 * its packets' sink in a method of its own, `_createPacketSink`, and keeps a sample's frame as `_data`; neither is part of its published types; the version
 * is pinned, and `tests/gpu/media-damage.test.ts` fails where that method is not asked any more.
 */
import {
  type EncodedPacket,
  EncodedPacketSink,
  type InputVideoTrack,
  type VideoSample,
  VideoSampleSink,
} from 'mediabunny'

/**
 * Seconds, as the decoder told them of a frame: mediabunny gives out times in the order in which frames come, so that
 * behind one that the decoder drops all others would be shown too early. `null` where the frame holds none.
 */
export function decodedTime(sample: VideoSample): number | null {
  const data: unknown = Reflect.get(sample, '_data')
  return data instanceof VideoFrame ? data.timestamp / 1e6 : null
}

interface Selection {
  /** Sequence numbers of packets that are passed over. */
  readonly skipped: ReadonlySet<number>
  /** Nothing behind this one is read. */
  readonly until: number
  /** The key packet that decoding began with, and the sequence number of the packet read last. */
  began: EncodedPacket | null
  readFrames: number
}

type Options = NonNullable<Parameters<EncodedPacketSink['getNextPacket']>[1]>

class SelectingPacketSink extends EncodedPacketSink {
  readonly #selection: Selection

  constructor(track: InputVideoTrack, selection: Selection) {
    super(track)
    this.#selection = selection
  }

  override async getKeyPacket(timestamp: number, options: Options = {}): Promise<EncodedPacket | null> {
    const packet = await super.getKeyPacket(timestamp, options)
    if (packet && this.#selection.skipped.has(packet.sequenceNumber))
      return this.getKeyPacket(packet.timestamp - 1e-6, options)
    return this.#begins(packet)
  }

  override async getFirstKeyPacket(options: Options = {}): Promise<EncodedPacket | null> {
    let packet = await super.getFirstKeyPacket(options)
    while (packet && this.#selection.skipped.has(packet.sequenceNumber))
      packet = await super.getNextKeyPacket(packet, options)
    return this.#begins(packet)
  }

  #begins(packet: EncodedPacket | null): EncodedPacket | null {
    this.#selection.began = packet
    this.#selection.readFrames = packet?.sequenceNumber ?? -1
    return packet
  }

  override async getNextPacket(packet: EncodedPacket, options: Options = {}): Promise<EncodedPacket | null> {
    const { skipped, until } = this.#selection
    let before = packet
    // The bytes of a damaged packet are perhaps what cannot be read.
    if (skipped.size > 0)
      for (;;) {
        const next = await super.getNextPacket(before, { ...options, verifyKeyPackets: false, metadataOnly: true })
        if (!next || next.sequenceNumber > until) return null
        if (!skipped.has(next.sequenceNumber)) break
        before = next
      }
    const next = await super.getNextPacket(before, options)
    if (!next || next.sequenceNumber > until) return null
    this.#selection.readFrames = next.sequenceNumber
    return next
  }
}

/** Give `samples` of it once only. */
export class TolerantSink extends VideoSampleSink {
  readonly #track: InputVideoTrack
  readonly #selection: Selection

  constructor(track: InputVideoTrack, skipped: ReadonlySet<number>, until = Number.POSITIVE_INFINITY) {
    super(track)
    this.#track = track
    this.#selection = { skipped, until, began: null, readFrames: -1 }
  }

  /** The key packet that decoding began with; `null` before that. */
  get began(): EncodedPacket | null {
    return this.#selection.began
  }

  /** The sequence number of the packet read last; −1 before the first. */
  get read(): number {
    return this.#selection.readFrames
  }

  _createPacketSink(): EncodedPacketSink {
    return new SelectingPacketSink(this.#track, this.#selection)
  }
}
