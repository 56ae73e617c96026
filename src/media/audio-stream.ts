/** Sound as the media layer hands it about: outside, only its description; here, the track it comes from. */
import { EncodedPacketSink, type InputAudioTrack } from 'mediabunny'
import type { AudioDesc } from '../graph/node/ports.ts'
import type { SoundDamage } from './sound-damage.ts'
import { type AudioStream, MediaError } from './types.ts'

/** What ffmpeg can do for a sound that WebCodecs cannot read. */
export interface SoundByFfmpeg {
  /** Decodes it (into FLAC). The stream is the caller's to dispose. */
  decoded(): Promise<TrackAudio & AsyncDisposable>
  /** Looks for what cannot be decoded between `start` and `end`, seconds of the medium. Rejects with `MediaError` where `damage` is strict. */
  check(start: number, end: number, damage: SoundDamage): Promise<void>
}

export class TrackAudio implements AudioStream {
  readonly desc: AudioDesc
  readonly track: InputAudioTrack
  /** The medium's name, for messages. */
  readonly name: string
  readonly byFfmpeg: SoundByFfmpeg
  /** Damaged sound is refused. */
  readonly strict: boolean

  constructor(desc: AudioDesc, track: InputAudioTrack, name: string, byFfmpeg: SoundByFfmpeg, strict = false) {
    this.desc = desc
    this.track = track
    this.name = name
    this.byFfmpeg = byFfmpeg
    this.strict = strict
  }

  packets(): EncodedPacketSink {
    return new EncodedPacketSink(this.track)
  }
}

/** Sound that only ffmpeg can reach: nothing is done until somebody wants it. */
export class ForeignAudio implements AudioStream {
  readonly desc: AudioDesc
  readonly name: string
  /** The packets as they are, in a container that can be read here; `null` where their codec is foreign, too. */
  readonly asItIs: SoundByFfmpeg['decoded'] | null
  readonly byFfmpeg: SoundByFfmpeg
  /** Damaged sound is refused. */
  readonly strict: boolean

  constructor(
    desc: AudioDesc,
    name: string,
    asItIs: SoundByFfmpeg['decoded'] | null,
    byFfmpeg: SoundByFfmpeg,
    strict = false,
  ) {
    this.desc = desc
    this.name = name
    this.asItIs = asItIs
    this.byFfmpeg = byFfmpeg
    this.strict = strict
  }
}

/** The same sound for those who want it whole or not at all. */
export function strictSound(stream: AudioStream): AudioStream {
  const sound = knownAudio(stream)
  const { desc, name, byFfmpeg } = sound
  return sound instanceof TrackAudio
    ? new TrackAudio(desc, sound.track, name, byFfmpeg, true)
    : new ForeignAudio(desc, name, sound.asItIs, byFfmpeg, true)
}

/** There is sound, and nobody can read it. */
export class UnreadableSound extends MediaError {}

export const unreadableHint = 'Switch sound off in Encode, or leave its audio input unconnected.'

/** What the media layer knows of a stream it made; rejects streams from anywhere else. */
export function knownAudio(stream: AudioStream): TrackAudio | ForeignAudio {
  if (stream instanceof TrackAudio || stream instanceof ForeignAudio) return stream
  throw new MediaError(
    'The sound does not come from an open medium.',
    'Connect the audio input to a Decode node, or leave it unconnected.',
  )
}
