/**
 * Brings sound into an output beside the pictures: packet by packet as they are where the container takes the codec,
 * else decoded and encoded anew as Opus, or as AAC by ffmpeg. It is asked for sound up to a moment, so that neither runs far ahead.
 */
import {
  type AudioCodec,
  AudioSample,
  AudioSampleSource,
  canEncodeAudio,
  EncodedAudioPacketSource,
  type EncodedPacket,
  type EncodedPacketSink,
  type Output,
  type OutputFormat,
  Quality,
} from 'mediabunny'
import { type ForeignAudio, knownAudio, TrackAudio, UnreadableSound, unreadableHint } from './audio-stream.ts'
import { SoundDamage } from './sound-damage.ts'
import { SoundTrack } from './sound-track.ts'
import { canReallyDecode, packetBefore, tolerantSamples } from './tolerant-sound.ts'
import { MediaError, type SoundRange } from './types.ts'

export interface AudioFeed {
  readonly copied: boolean
  /** As written, e.g. `mp4a.40.2` or `opus`; `null`: there is sound, and it cannot be read. */
  readonly codec: string | null
  /** What was met so far. */
  readonly notes: readonly string[]
  /** Seconds by which the sound begins before the picture: all pictures are to be shown so much later. */
  readonly lead: number
  /** Bytes of sound added so far, without what the container lays around them. */
  readonly bytes: number
  /** Adds what sounds before `seconds` of the result. */
  upTo(seconds: number): Promise<void>
  close(): Promise<void>
}

/** Sound that begins before the picture by less is rounding, seconds: containers tell thousandths. */
const shortestLead = 0.002

/** Seconds by which the sound of `audio` begins before `start`, and after the beginning of the medium. */
async function leadOf({ track }: TrackAudio, { start, fromBeginning }: SoundRange): Promise<number> {
  if (!fromBeginning) return 0
  const lead = start - Math.max(0, await track.getFirstTimestamp())
  return lead >= shortestLead ? lead : 0
}

/** Seconds by which the sound is to begin before the picture; 0 where that is not known without reading it. */
export async function soundLead(range: SoundRange): Promise<number> {
  const sound = knownAudio(range.stream)
  return sound instanceof TrackAudio ? leadOf(sound, range) : 0
}

const leadSentence = (lead: number): string =>
  `The sound begins ${lead.toFixed(lead < 0.1 ? 3 : 2)} s before the picture, in the result as well.`

/** Bits a second per channel: transparent for nearly everybody. */
const bitsPerChannel = { opus: 80_000, aac: 96_000 } as const
const codecTitles = { opus: 'Opus', aac: 'AAC' } as const

/** Sound that nobody can read: there is none in the result, and that is told. */
const silentFeed = (notes: readonly string[]): AudioFeed => ({
  copied: false,
  codec: null,
  notes,
  lead: 0,
  bytes: 0,
  upTo: async () => undefined,
  close: async () => undefined,
})

/**
 * Adds an audio track to `output`, which has not started yet. `null` where nothing sounds in the range.
 * Rejects with `MediaError` where the sound can be neither copied nor encoded, and where it is damaged and was opened strictly.
 */
export async function addAudio(output: Output, format: OutputFormat, range: SoundRange): Promise<AudioFeed | null> {
  const sound = knownAudio(range.stream)
  try {
    return await addReadable(output, format, range, sound)
  } catch (error) {
    if (!(error instanceof UnreadableSound) || sound.strict) throw error
    return silentFeed([`${error.message.replace(/\.$/, '')}, and the result has none.`])
  }
}

async function addReadable(
  output: Output,
  format: OutputFormat,
  range: SoundRange,
  sound: TrackAudio | ForeignAudio,
): Promise<AudioFeed | null> {
  const readable = await readableTrack(sound, format, range.start)
  try {
    const lead = await leadOf(readable.audio, range)
    const damage = new SoundDamage(`The sound of “${sound.name}”`, range.origin ?? 0, sound.strict)
    const cutRange = { ...range, start: range.start - lead }
    const feed = await feedFrom(output, format, cutRange, readable, sound.desc.codec, damage)
    if (!feed) {
      const isEmpty = (await readable.audio.packets().getFirstPacket({ metadataOnly: true })) === null
      await readable.dispose()
      if (isEmpty) throw new UnreadableSound(`The sound of “${sound.name}” cannot be read.`, unreadableHint)
      const notes = damage.notes(false)
      return notes.length > 0 ? silentFeed(notes) : null
    }
    return {
      ...feed,
      lead,
      get notes() {
        const notes = [...feed.notes, ...damage.notes(feed.copied)]
        return lead > 0 ? [...notes, leadSentence(lead)] : notes
      },
      get bytes() {
        return feed.bytes
      },
      async close() {
        await feed.close()
        await readable.dispose()
      },
    } satisfies AudioFeed
  } catch (error) {
    await readable.dispose()
    throw error
  }
}

/** A feed that counts from where its own sound begins. */
type TrackFeed = Omit<AudioFeed, 'lead'>

interface Readable {
  readonly audio: TrackAudio
  /** The packets are the medium's own, not made by ffmpeg from them. */
  readonly original: boolean
  dispose(): Promise<void>
}

/** @param start seconds of the medium */
async function readableTrack(sound: TrackAudio | ForeignAudio, format: OutputFormat, start: number): Promise<Readable> {
  const usable = async (audio: TrackAudio): Promise<boolean> => {
    const codec = await audio.track.getCodec()
    return (codec !== null && takes(format, codec)) || canReallyDecode(audio, start)
  }
  if (sound instanceof TrackAudio) {
    if (await usable(sound)) return { audio: sound, original: true, dispose: async () => undefined }
  } else if (sound.asItIs) {
    const packetTrack = await sound.asItIs()
    const dispose = async (): Promise<void> => {
      await packetTrack[Symbol.asyncDispose]()
    }
    if (await usable(packetTrack)) return { audio: packetTrack, original: true, dispose }
    await dispose()
  }
  const decodedTrack = await sound.byFfmpeg.decoded()
  return {
    audio: decodedTrack,
    original: false,
    async dispose() {
      await decodedTrack[Symbol.asyncDispose]()
    },
  }
}

const takes = (format: OutputFormat, codec: AudioCodec): boolean => format.getSupportedAudioCodecs().includes(codec)

async function feedFrom(
  output: Output,
  format: OutputFormat,
  range: SoundRange,
  { audio, original }: Readable,
  label: string,
  damage: SoundDamage,
): Promise<TrackFeed | null> {
  const codec = await audio.track.getCodec()
  const aac = range.preferAac === true && (await canBeAac())
  const canCopy = codec !== null && takes(format, codec) && !(aac && uncommon.has(codec))
  if (original && canCopy) return copyFeed(output, range, audio, codec, damage)
  return encodeFeed(output, range, audio, label, aac ? 'aac' : 'opus', damage)
}

/** Codecs that MP4 and MOV can hold, and many of their players cannot play. */
const uncommon: ReadonlySet<AudioCodec> = new Set(['opus', 'vorbis', 'dts'])

/** Loaded only when needed: most sound is copied. */
const canBeAac = async (): Promise<boolean> => (await import('./encoders/aac.ts')).registerFfmpegAac()

async function copyFeed(
  output: Output,
  { start, end, at = 0 }: SoundRange,
  audio: TrackAudio,
  codec: AudioCodec,
  damage: SoundDamage,
): Promise<TrackFeed | null> {
  const sink = audio.packets()
  const first = await firstPacket(sink, start)
  if (!first || first.timestamp >= end) return null
  const decoderConfig = await audio.track.getDecoderConfig()
  if (!decoderConfig) return null
  // Before 0 in the result, which is never heard; a result that begins later would sound too early.
  const runUp = at === 0 && codec === 'aac' ? await packetBefore(sink, first) : null
  const meta: EncodedAudioChunkMetadata = { decoderConfig }

  const source = new EncodedAudioPacketSource(codec)
  output.addAudioTrack(source)
  let bytes = 0
  const check = await checkOf(audio, start, end, damage)
  // A packet half of which lies behind the end is left out, so that sound never outlasts the picture by more.
  const inRange = (packet: EncodedPacket | null) =>
    packet && packet.timestamp + packet.duration / 2 <= end ? packet : null
  const begun = runUp ?? first
  const earliest = runUp ? Number.NEGATIVE_INFINITY : 0
  const track = new SoundTrack(source, start - at, inRange(begun), {
    async add(packet) {
      const shiftedPacket = packet.clone({ timestamp: at + Math.max(earliest, packet.timestamp - start) })
      await source.add(shiftedPacket, ...(packet === begun ? [meta] : []))
      bytes += shiftedPacket.byteLength
      await check.upTo(packet.timestamp)
    },
    async next(packet) {
      try {
        return inRange(await sink.getNextPacket(packet))
      } catch (cause) {
        damage.end(packet.timestamp + packet.duration, cause)
        return null
      }
    },
  })
  return {
    copied: true,
    codec: decoderConfig.codec,
    notes: [],
    get bytes() {
      return bytes
    },
    async upTo(seconds) {
      await track.upTo(seconds)
      if (seconds === Number.POSITIVE_INFINITY) await check.upTo(seconds)
    },
    async close() {
      track.close()
      await check.close()
    },
  }
}

interface SoundCheck {
  /** Looks at what sounds before `seconds` of the medium. */
  upTo(seconds: number): Promise<void>
  close(): Promise<void>
}

/**
 * Decodes packets that are copied, to find and tell those that nobody can decode: a thousandth of what frames cost. What the
 * browser does not decode ffmpeg does, at once, when all of it is copied.
 */
async function checkOf(audio: TrackAudio, start: number, end: number, damage: SoundDamage): Promise<SoundCheck> {
  if (!(await canReallyDecode(audio, start)))
    return {
      async upTo(seconds) {
        if (seconds === Number.POSITIVE_INFINITY) await audio.byFfmpeg.check(start, end, damage)
      },
      close: async () => undefined,
    }
  const samples = tolerantSamples(audio, start, end, damage)
  let reachedTime = start
  return {
    async upTo(seconds) {
      while (reachedTime < seconds) {
        const result = await samples.next()
        if (result.done) reachedTime = Number.POSITIVE_INFINITY
        else {
          reachedTime = result.value.timestamp
          result.value.close()
        }
      }
    },
    close: async () => void (await samples.return()),
  }
}

/** The first packet of which at least half lies at or behind `start`. */
async function firstPacket(sink: EncodedPacketSink, start: number): Promise<EncodedPacket | null> {
  let packet = (await sink.getPacket(start)) ?? (await sink.getFirstPacket())
  while (packet && packet.timestamp + packet.duration / 2 < start) packet = await sink.getNextPacket(packet)
  return packet
}

/** @param label the codec of the medium, for messages. */
async function encodeFeed(
  output: Output,
  { start, end, at = 0 }: SoundRange,
  audio: TrackAudio,
  label: string,
  codec: 'opus' | 'aac',
  damage: SoundDamage,
): Promise<TrackFeed | null> {
  const channels = Math.min(2, audio.desc.channels)
  const quality = new Quality({ bitrate: bitsPerChannel[codec] * channels })
  if (!(await canEncodeAudio(codec, { numberOfChannels: channels, sampleRate: 48_000, quality })))
    throw new MediaError(
      `This browser cannot encode sound as ${codecTitles[codec]}, and the container does not take that of “${audio.name}” (${label}) as it is.`,
      'Switch sound off in Encode, or choose another container: MKV takes the most.',
    )
  const samples = tolerantSamples(audio, start, end, damage)
  const next = async (): Promise<AudioSample | null> => {
    const result = await samples.next()
    return result.done ? null : result.value
  }
  const first = await next()
  if (!first) return null
  let bytes = 0
  const source = new AudioSampleSource({
    codec,
    quality,
    onEncodedPacket: (packet) => {
      bytes += packet.byteLength
    },
    transform: { sampleRate: 48_000, numberOfChannels: channels },
  })
  output.addAudioTrack(source)
  const track = new SoundTrack(source, start - at, first, {
    async add(sample) {
      using piece = within(sample, start, end, at)
      sample.close()
      if (piece) await source.add(piece)
    },
    next,
    free: (sample) => sample.close(),
  })
  return {
    copied: false,
    codec: codec === 'aac' ? 'mp4a.40.2' : 'opus',
    notes: [
      codec === 'aac'
        ? `The sound (${label}) was re-encoded as AAC, by the built-in ffmpeg, so that it plays everywhere.`
        : `The sound (${label}) was re-encoded as Opus, since the container does not take it as it is.`,
      ...(audio.desc.channels > 2 ? [`Its ${audio.desc.channels} channels became two.`] : []),
    ],
    get bytes() {
      return bytes
    },
    upTo: (seconds) => track.upTo(seconds),
    async close() {
      track.close()
      await samples.return()
    },
  }
}

/** The part of `sample` between `start`, which is `at` in the result, and `end`; `null` where nothing is. */
function within(sample: AudioSample, start: number, end: number, at: number): AudioSample | null {
  const { sampleRate, numberOfFrames, numberOfChannels, timestamp } = sample
  const from = Math.max(0, Math.round((start - timestamp) * sampleRate))
  const to = Math.min(numberOfFrames, Math.round((end - timestamp) * sampleRate))
  const frames = to - from
  if (frames <= 0) return null
  const data = new Float32Array(frames * numberOfChannels)
  for (let channel = 0; channel < numberOfChannels; channel++)
    sample.copyTo(data.subarray(channel * frames, (channel + 1) * frames), {
      planeIndex: channel,
      format: 'f32-planar',
      frameOffset: from,
      frameCount: frames,
    })
  return new AudioSample({
    data,
    format: 'f32-planar',
    numberOfChannels,
    sampleRate,
    timestamp: at + Math.max(0, timestamp + from / sampleRate - start),
  })
}
