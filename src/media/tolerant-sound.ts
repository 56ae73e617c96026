/**
 * Decoded sound in order, with silence where packets are missing or cannot be decoded. A decoder ends at the first packet that
 * it cannot read and does not say which: those that it was given last are tried one by one, and decoding begins anew behind the
 * damaged one. Decoders count samples and take no heed of times, so that each gets packets without a gap between them.
 * mediabunny makes its packets' sink in a method of its own, `_createPacketSink`; see `video-decoding.ts`.
 */
import { AudioSample, AudioSampleSink, type EncodedPacket, EncodedPacketSink, InputDisposedError } from 'mediabunny'
import type { TrackAudio } from './audio-stream.ts'
import type { SoundDamage } from './sound-damage.ts'
import { MediaError } from './types.ts'

/** Damaged packets in a row after which ever more are passed over at once: not every one of an hour can be tried. */
const triedInRow = 16
/** Packets passed over at once at most; about a second and a half of AAC. */
const longestStride = 64
/** Packets of which one must be decoded for the browser to be believed to know the codec. */
const triedFirst = 8
/** Seconds of silence in one sample. */
const silenceSeconds = 0.5
/** Seconds by which times differ that are the same: containers round. */
const sameTime = 1e-3

/** A time without sound between two packets that is a gap: so much of the first one's duration, and so many seconds. */
const gapShare = 0.75
const shortestGap = 0.012

/** Packets from `first` on that follow one another, up to one that is left out. */
class RowSink extends EncodedPacketSink {
  /** Sequence number of the packet read last. */
  lastSequence: number
  /** The packet in front of which the row ends; `null` at the end of the sound. */
  next: EncodedPacket | null = null
  readonly #first: EncodedPacket
  readonly #isBad: (packet: EncodedPacket) => boolean

  constructor({ track }: TrackAudio, first: EncodedPacket, isBad: (packet: EncodedPacket) => boolean) {
    super(track)
    this.lastSequence = first.sequenceNumber
    this.#first = first
    this.#isBad = isBad
  }

  override getKeyPacket(): Promise<EncodedPacket> {
    return Promise.resolve(this.#first)
  }

  override async getNextPacket(packet: EncodedPacket): Promise<EncodedPacket | null> {
    const next = await super.getNextPacket(packet)
    if (next && (this.#isBad(next) || hasGap(packet, next))) {
      this.next = next
      return null
    }
    this.lastSequence = next?.sequenceNumber ?? this.lastSequence
    return next
  }
}

function hasGap({ timestamp, duration }: EncodedPacket, next: EncodedPacket): boolean {
  const gap = next.timestamp - timestamp - duration
  return duration > 0 && gap > Math.max(shortestGap, duration * gapShare)
}

/**
 * The packet right in front of `packet`, by which a decoder gets going: of AAC and most other codecs each is the second half of
 * what sounds in the one before.
 */
export async function packetBefore(sink: EncodedPacketSink, packet: EncodedPacket): Promise<EncodedPacket | null> {
  const before = await sink.getPacket(packet.timestamp - packet.duration / 2)
  return before && before.sequenceNumber < packet.sequenceNumber && !hasGap(before, packet) ? before : null
}

class RowSamples extends AudioSampleSink {
  readonly row: RowSink

  constructor(audio: TrackAudio, first: EncodedPacket, isBad: (packet: EncodedPacket) => boolean) {
    super(audio.track)
    this.row = new RowSink(audio, first, isBad)
  }

  _createPacketSink(): EncodedPacketSink {
    return this.row
  }
}

/** Whether `packet` is decoded, alone. */
async function isSound(audio: TrackAudio, packet: EncodedPacket): Promise<boolean> {
  const samples = new RowSamples(audio, packet, () => true).samples(packet.timestamp)
  try {
    for await (const sample of samples) sample.close()
    return true
  } catch (error) {
    if (error instanceof InputDisposedError) throw error
    return false
  }
}

/** Whether the browser decodes any of the first packets from `start` on, seconds; browsers promise more than they keep. */
export async function canReallyDecode(audio: TrackAudio, start: number): Promise<boolean> {
  if (!(await audio.track.canDecode())) return false
  const sink = audio.packets()
  let packet = (await sink.getPacket(start)) ?? (await sink.getFirstPacket())
  for (let packetsTried = 0; packet && packetsTried < triedFirst; packetsTried++) {
    if (await isSound(audio, packet)) return true
    packet = await sink.getNextPacket(packet)
  }
  return false
}

function* silence(from: number, to: number, sampleRate: number, channels: number): Generator<AudioSample> {
  const frames = Math.round((to - from) * sampleRate)
  const maxFrames = Math.round(silenceSeconds * sampleRate)
  for (let at = 0; at < frames; at += maxFrames) {
    const count = Math.min(maxFrames, frames - at)
    const data = new Float32Array(count * channels)
    const timestamp = from + at / sampleRate
    yield new AudioSample({ data, format: 'f32-planar', numberOfChannels: channels, sampleRate, timestamp })
  }
}

/** The packets of one pass, and those of them that are left out, found as they are met. */
class SoundPackets {
  readonly #audio: TrackAudio
  readonly #damage: SoundDamage
  readonly #packets: EncodedPacketSink
  readonly #bad = new Set<number>()
  #inRow = 0
  #lastTime = Number.NEGATIVE_INFINITY

  constructor(audio: TrackAudio, damage: SoundDamage) {
    this.#audio = audio
    this.#damage = damage
    this.#packets = audio.packets()
  }

  readonly isBad = ({ sequenceNumber }: EncodedPacket): boolean => this.#bad.has(sequenceNumber)

  /** The packet that sounds at `seconds`, or the next one, that is not left out. */
  async at(seconds: number): Promise<EncodedPacket | null> {
    let packet = (await this.#packets.getPacket(seconds)) ?? (await this.#packets.getFirstPacket())
    while (packet && packet.timestamp + packet.duration <= seconds + sameTime)
      packet = await this.#packets.getNextPacket(packet)
    return this.good(packet)
  }

  /** Where to begin so that what sounds at `seconds` comes out right. */
  async before(seconds: number): Promise<EncodedPacket | null> {
    const packet = await this.at(seconds)
    return packet && ((await packetBefore(this.#packets, packet)) ?? packet)
  }

  /** `packet`, or the first behind it, that is not left out. */
  async good(packet: EncodedPacket | null): Promise<EncodedPacket | null> {
    let candidate = packet
    while (candidate && this.isBad(candidate)) candidate = await this.#packets.getNextPacket(candidate)
    return candidate
  }

  /**
   * After a decoder failed that had given everything up to `reached`, seconds: leaves out what it cannot read.
   * @param lastSequence sequence number of the packet that it was given last
   */
  async blame(reachedTime: number, lastSequence: number, cause: unknown): Promise<void> {
    this.#inRow = reachedTime > this.#lastTime + sameTime ? 0 : this.#inRow + 1
    this.#lastTime = reachedTime
    let bad = await this.#firstBad(reachedTime, lastSequence)
    const stride = Math.min(longestStride, 2 ** Math.max(0, this.#inRow - triedInRow))
    for (let count = 0; bad && count < stride; count++) {
      this.#bad.add(bad.sequenceNumber)
      this.#damage.miss(bad.timestamp, bad.timestamp + bad.duration, cause)
      bad = await this.#packets.getNextPacket(bad, { metadataOnly: true })
    }
  }

  async #firstBad(reachedTime: number, lastSequence: number): Promise<EncodedPacket | null> {
    const first = await this.at(reachedTime)
    let packet = first
    while (packet && packet.sequenceNumber <= lastSequence) {
      if (!(await isSound(this.#audio, packet))) return packet
      packet = await this.good(await this.#packets.getNextPacket(packet))
    }
    // Each of them can be decoded, and yet the row of them cannot.
    return first
  }
}

/**
 * What sounds between `start` and `end`, seconds of the medium, without gaps from the first sample on. The samples are the
 * caller's to close. Rejects with `MediaError` where `damage` is strict.
 */
export async function* tolerantSamples(
  audio: TrackAudio,
  start: number,
  end: number,
  damage: SoundDamage,
): AsyncGenerator<AudioSample, void, unknown> {
  const packets = new SoundPackets(audio, damage)
  let reachedTime = start
  let hasBegun = false
  try {
    for (let first = await packets.before(start); first && first.timestamp < end; ) {
      const sink = new RowSamples(audio, first, packets.isBad)
      const samples = sink.samples(reachedTime, end)
      try {
        for (;;) {
          const sample = await decoded(samples)
          if (!(sample instanceof AudioSample)) {
            if (sample) await packets.blame(reachedTime, sink.row.lastSequence, sample.failure)
            first = sample ? await packets.at(reachedTime) : await packets.good(sink.row.next)
            break
          }
          const { timestamp, duration, sampleRate, numberOfChannels } = sample
          if (hasBegun && timestamp + duration <= reachedTime + sameTime) {
            sample.close()
            continue
          }
          if (hasBegun && timestamp - reachedTime > Math.max(shortestGap, duration / 2)) {
            damage.miss(reachedTime, timestamp)
            yield* silence(reachedTime, timestamp, sampleRate, numberOfChannels)
          }
          reachedTime = timestamp + duration
          hasBegun = true
          yield sample
        }
      } finally {
        await samples.return()
      }
    }
  } catch (error) {
    if (error instanceof InputDisposedError || error instanceof MediaError) throw error
    // The packets themselves cannot be read on.
    damage.end(reachedTime, error)
  }
}

/** `null` at the end. Rejects where the medium was closed. */
async function decoded(
  samples: AsyncGenerator<AudioSample, void, unknown>,
): Promise<AudioSample | { readonly failure: unknown } | null> {
  try {
    const result = await samples.next()
    return result.done ? null : result.value
  } catch (failure) {
    if (failure instanceof InputDisposedError) throw failure
    return { failure }
  }
}
