/** Sound as the media layer hands it about: outside, only its description; here, the track it comes from. */
import { EncodedPacketSink, type InputAudioTrack } from 'mediabunny'
import type { AudioDesc } from '../graph/node/ports.ts'
import { type AudioStream, MediaError } from './types.ts'

export class TrackAudio implements AudioStream {
  readonly desc: AudioDesc
  readonly track: InputAudioTrack
  /** The medium's name, for messages. */
  readonly name: string
  /** Lets ffmpeg decode (into FLAC) what WebCodecs cannot. The stream is the caller's to dispose. */
  readonly viaFfmpeg: () => Promise<TrackAudio & AsyncDisposable>
  /** Damaged sound is refused. */
  readonly strict: boolean

  constructor(
    desc: AudioDesc,
    track: InputAudioTrack,
    name: string,
    viaFfmpeg: TrackAudio['viaFfmpeg'],
    strict = false,
  ) {
    this.desc = desc
    this.track = track
    this.name = name
    this.viaFfmpeg = viaFfmpeg
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
  readonly asItIs: TrackAudio['viaFfmpeg'] | null
  readonly viaFfmpeg: TrackAudio['viaFfmpeg']
  /** Damaged sound is refused. */
  readonly strict: boolean

  constructor(
    desc: AudioDesc,
    name: string,
    asItIs: TrackAudio['viaFfmpeg'] | null,
    viaFfmpeg: TrackAudio['viaFfmpeg'],
    strict = false,
  ) {
    this.desc = desc
    this.name = name
    this.asItIs = asItIs
    this.viaFfmpeg = viaFfmpeg
    this.strict = strict
  }
}

/** The same sound for those who want it whole or not at all. */
export function strictSound(stream: AudioStream): AudioStream {
  const sound = knownAudio(stream)
  const { desc, name, viaFfmpeg } = sound
  return sound instanceof TrackAudio
    ? new TrackAudio(desc, sound.track, name, viaFfmpeg, true)
    : new ForeignAudio(desc, name, sound.asItIs, viaFfmpeg, true)
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
