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
import { alphaOnly, coloursOnly, type PacketPart, type Samples, TransparentSamples } from './transparency.ts'

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
  readonly skippedPackets: ReadonlySet<number>
  /** Nothing behind this one is read. */
  readonly until: number
  /** The key packet that decoding began with, and the sequence number of the packet read last. */
  began: EncodedPacket | null
  readFrames: number
}

type Options = NonNullable<Parameters<EncodedPacketSink['getNextPacket']>[1]>

/** Packets of a track as a decoder is given them. */
class SelectingPacketSink extends EncodedPacketSink {
  readonly #selection: Selection
  readonly #part: PacketPart
  /** Packets of the track by what was given of them. */
  readonly #wholes = new WeakMap<EncodedPacket, EncodedPacket>()

  constructor(track: InputVideoTrack, selection: Selection, part: PacketPart) {
    super(track)
    this.#selection = selection
    this.#part = part
  }

  override async getKeyPacket(timestamp: number, options: Options = {}): Promise<EncodedPacket | null> {
    for (
      let packet = await super.getKeyPacket(timestamp, options);
      packet;
      packet = await super.getKeyPacket(packet.timestamp - 1e-6, options)
    ) {
      const part = await this.#keyOf(packet)
      if (part) return this.#begins(part)
    }
    return this.#begins(null)
  }

  override async getFirstKeyPacket(options: Options = {}): Promise<EncodedPacket | null> {
    for (
      let packet = await super.getFirstKeyPacket(options);
      packet;
      packet = await super.getNextKeyPacket(packet, options)
    ) {
      const part = await this.#keyOf(packet)
      if (part) return this.#begins(part)
    }
    return this.#begins(null)
  }

  /** What is given of `packet` where decoding can begin with it, else `null`. */
  async #keyOf(packet: EncodedPacket): Promise<EncodedPacket | null> {
    if (this.#selection.skippedPackets.has(packet.sequenceNumber)) return null
    const part = await this.#given(packet)
    return part?.type === 'key' ? part : null
  }

  async #given(packet: EncodedPacket): Promise<EncodedPacket | null> {
    const part = await this.#part(packet)
    if (part) this.#wholes.set(part, packet)
    return part
  }

  #begins(packet: EncodedPacket | null): EncodedPacket | null {
    this.#selection.began = packet
    this.#selection.readFrames = packet?.sequenceNumber ?? -1
    return packet
  }

  override async getNextPacket(packet: EncodedPacket, options: Options = {}): Promise<EncodedPacket | null> {
    let whole = this.#wholes.get(packet) ?? packet
    for (;;) {
      const next = await this.#nextWhole(whole, options)
      if (!next) return null
      const part = await this.#given(next)
      if (part) {
        this.#selection.readFrames = next.sequenceNumber
        return part
      }
      whole = next
    }
  }

  async #nextWhole(packet: EncodedPacket, options: Options): Promise<EncodedPacket | null> {
    const { skippedPackets, until } = this.#selection
    let before = packet
    // The bytes of a damaged packet are perhaps what cannot be read.
    if (skippedPackets.size > 0)
      for (;;) {
        const next = await super.getNextPacket(before, { ...options, verifyKeyPackets: false, metadataOnly: true })
        if (!next || next.sequenceNumber > until) return null
        if (!skippedPackets.has(next.sequenceNumber)) break
        before = next
      }
    const next = await super.getNextPacket(before, options)
    return !next || next.sequenceNumber > until ? null : next
  }
}

class AlphaSink extends VideoSampleSink {
  readonly #track: InputVideoTrack
  readonly #selection: Selection

  constructor(track: InputVideoTrack, { skippedPackets, until }: Selection) {
    super(track)
    this.#track = track
    this.#selection = { skippedPackets, until, began: null, readFrames: -1 }
  }

  _createPacketSink(): EncodedPacketSink {
    return new SelectingPacketSink(this.#track, this.#selection, alphaOnly(this.#track))
  }
}

/** Packets of a track to its frames. Give `samples` of it once only. */
export class PacketDecoder extends VideoSampleSink {
  readonly #track: InputVideoTrack
  readonly #selection: Selection
  readonly #hasAlpha: boolean

  /** @param hasAlpha transparency lies beside the colours; see `transparency.ts` */
  constructor(
    track: InputVideoTrack,
    hasAlpha: boolean,
    skippedPackets: ReadonlySet<number>,
    until = Number.POSITIVE_INFINITY,
  ) {
    super(track)
    this.#track = track
    this.#hasAlpha = hasAlpha
    this.#selection = { skippedPackets, until, began: null, readFrames: -1 }
  }

  override samples(...range: Parameters<VideoSampleSink['samples']>): Samples {
    const colours = super.samples(...range)
    if (!this.#hasAlpha) return colours
    const alphas = new AlphaSink(this.#track, this.#selection).samples(...range)
    return new TransparentSamples(colours, alphas, (sample) => decodedTime(sample) ?? sample.timestamp)
  }

  /** The key packet that decoding began with; `null` before that. */
  get began(): EncodedPacket | null {
    return this.#selection.began
  }

  /** The sequence number of the packet read last; −1 before the first. */
  get lastSequence(): number {
    return this.#selection.readFrames
  }

  _createPacketSink(): EncodedPacketSink {
    return new SelectingPacketSink(this.#track, this.#selection, coloursOnly)
  }
}
