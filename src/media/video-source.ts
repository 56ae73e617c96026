/**
 * Videos that the browser itself can open: mediabunny reads the container, WebCodecs decodes. Frames come in
 * presentation order, decoded ahead within mediabunny's bound (at most eight decoded frames wait), and are found
 * by index in a table of timestamps made from the packets' metadata, so that decoded frames equal packets.
 */
import {
  ALL_FORMATS,
  BlobSource,
  type EncodedPacket,
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  InputDisposedError,
  type InputTrack,
  type InputVideoTrack,
  MPEG_TS,
  UnsupportedInputFormatError,
  type VideoSample,
  VideoSampleSink,
} from 'mediabunny'
import type { MediaFacts } from '../graph/node/facts.ts'
import { TrackAudio } from './audio-stream.ts'
import { clock } from './clock-text.ts'
import { containerContents } from './container/container-contents.ts'
import { damagedFrame, frameOf } from './frame.ts'
import { hiddenPackets, mayHideFrames } from './hidden-frames.ts'
import { leftBehind } from './left-behind.ts'
import { codecName, videoFacts } from './probe.ts'
import { isProtected } from './protection.ts'
import { createTimeline } from './timeline.ts'
import { Turns } from './turns.ts'
import { type AudioStream, type Frame, type FrameSource, MediaError, type Timeline } from './types.ts'

/** Why the browser's own codecs cannot open a file, so that ffmpeg is asked. */
export interface Foreign {
  readonly foreign: 'container' | 'codec'
}

/** A decoder that gives nothing for so long is held to be stuck, seconds. */
const patience = 60
/** Going forward by so few frames decodes them in passing; farther away a new run begins at a key frame. */
const skipAhead = 8
/** A remainder below this is rounding, not the duration of a frame, seconds. */
const shortestFrame = 0.004

export interface OpenVideo {
  readonly file: Blob
  /** As people know the file. */
  readonly name: string
  readonly route: MediaFacts['route']
  readonly audioViaFfmpeg: TrackAudio['viaFfmpeg']
  /** Sentences to add to the facts. */
  readonly notes?: readonly string[]
}

/** Opens `file`; gives `Foreign` where ffmpeg should try. Rejects with `MediaError` where nobody can. */
export async function openVideo(open: OpenVideo): Promise<FrameSource | Foreign> {
  const input = new Input({ source: new BlobSource(open.file), formats: ALL_FORMATS })
  try {
    const found = await read(input, open)
    if ('foreign' in found) input.dispose()
    else if (!(await decodes(found))) {
      await found[Symbol.asyncDispose]()
      return { foreign: 'codec' }
    }
    return found
  } catch (error) {
    input.dispose()
    if (error instanceof MediaError) throw error
    if (error instanceof UnsupportedInputFormatError) return { foreign: 'container' }
    throw (await isProtected(open.file)) ? encrypted(open.name, error) : damaged(open.name, error)
  }
}

/** Browsers promise more than they keep (10-bit and 4:2:2 H.264): only a decoded frame tells. It is kept for whoever asks first. */
async function decodes(source: FrameSource): Promise<boolean> {
  try {
    const frame = await source.frame(0, new AbortController().signal)
    frame.close()
    return true
  } catch (error) {
    if (error instanceof MediaError) return false
    throw error
  }
}

const damaged = (name: string, cause: unknown): MediaError =>
  new MediaError(
    `“${name}” is damaged: its container cannot be read.`,
    'Copy or download the file again, or repair it, then choose it anew.',
    { cause },
  )

const encrypted = (name: string, cause?: unknown): MediaError =>
  new MediaError(`“${name}” is encrypted.`, 'Choose a copy without copy protection.', { cause })

async function read(input: Input, open: OpenVideo): Promise<FrameSource | Foreign> {
  const { name } = open
  const format = await input.getFormat()
  const track = await input.getPrimaryVideoTrack()
  const audioTrack = await mainSound(input)
  if (!track) {
    // A transport stream may hold a picture whose codec mediabunny passes over (MPEG-2).
    if (!audioTrack || format === MPEG_TS) return { foreign: 'codec' }
    throw new MediaError(
      `“${name}” holds sound but no picture.`,
      'Choose a video, a picture or a sequence of pictures.',
    )
  }
  if (await isProtected(open.file)) throw encrypted(name)
  const table = await frameTable(track)
  if (table.timestamps.length === 0)
    throw new MediaError(`“${name}” holds no frames.`, 'Choose a video with at least one frame.')
  const codec = await track.getCodec()
  if (codec === null || !(await track.canDecode())) return { foreign: 'codec' }

  const cut = await readable(track, table.timestamps, name)
  const timeline = createTimeline(table.timestamps, table.lastDuration)
  const audio = audioTrack
    ? new TrackAudio(
        {
          type: 'audio',
          sampleRate: await audioTrack.getSampleRate(),
          channels: await audioTrack.getNumberOfChannels(),
          codec: (await audioTrack.getCodec()) ?? String((await audioTrack.getInternalCodecId()) ?? 'unknown'),
        },
        audioTrack,
        name,
        open.audioViaFfmpeg,
      )
    : null
  const facts = await videoFacts(track, {
    timeline,
    audio: audio?.desc ?? null,
    container: format.name,
    route: open.route,
    notes: [
      ...(open.notes ?? []),
      ...(open.route === 'webcodecs' ? await notPassedOn(input, open.file, [track, audioTrack]) : []),
      ...(cut === null ? [] : [cutSentence(name, timeline, cut)]),
    ],
  })
  return new WebCodecsSource({
    input,
    track,
    rotation: await track.getRotation(),
    facts,
    timeline,
    audio,
    name,
    cut,
    keys: table.keys,
  })
}

/** The sound that players choose: the first that is marked as the usual one, else the first. */
async function mainSound(input: Input): Promise<InputAudioTrack | null> {
  const tracks = await input.getAudioTracks()
  for (const track of tracks) if ((await track.getDisposition()).default) return track
  return tracks[0] ?? null
}

/** What else is in the file. Containers that are not known here are asked for their tracks of picture and sound alone. */
async function notPassedOn(
  input: Input,
  file: Blob,
  passed: readonly (InputTrack | null)[],
): Promise<readonly string[]> {
  const used = new Set(passed.flatMap((track) => (track ? [track.id] : [])))
  const contents = await containerContents(file)
  if (contents === 'unreadable') return ['What it holds beside picture and sound could not be read, and stays behind.']
  if (contents) return leftBehind(contents, used)
  const tracks = await Promise.all(
    (await input.getTracks()).map(async (track) => {
      const language = await track.getLanguageCode()
      return {
        id: track.id,
        kind: track.isVideoTrack() ? ('picture' as const) : ('sound' as const),
        codec: codecName((await track.getCodec()) ?? 'unknown'),
        language: language === 'und' ? null : language,
        name: await track.getName(),
        picture: null,
      }
    }),
  )
  return leftBehind({ tracks, chapters: 0, attachments: [], title: null }, used)
}

const cutSentence = (name: string, timeline: Timeline, readableFrames: number): string =>
  `“${name}” is cut off: of its ${timeline.count} frames only about ${readableFrames} are there, up to ${clock(timeline.timestamp(readableFrames))}.`

interface FrameTable {
  /** In presentation order, seconds. */
  readonly timestamps: Float64Array
  /** Seconds. */
  readonly lastDuration: number
  /**
   * Only where packets were left out that show nothing: the frames at which decoding can begin, ascending. Frames are
   * then known by their order from there, since mediabunny counts those packets when it gives out timestamps.
   */
  readonly keys: readonly number[] | null
}

/** Packets that the edit list puts wholly before 0 are never shown. */
async function frameTable(track: InputVideoTrack): Promise<FrameTable> {
  const sink = new EncodedPacketSink(track)
  const packets: EncodedPacket[] = []
  let packet = await sink.getFirstPacket({ metadataOnly: true })
  while (packet) {
    packets.push(packet)
    packet = await sink.getNextPacket(packet, { metadataOnly: true })
  }
  const codec = await track.getCodec()
  const hidden = mayHideFrames(codec) ? await hiddenPackets(sink, codec, packets) : new Set()
  const shown = packets
    .filter((each) => (each.timestamp + each.duration > 1e-6 || each.timestamp >= 0) && !hidden.has(each))
    .sort((one, other) => one.timestamp - other.timestamp)
  const timestamps = Float64Array.from(shown, ({ timestamp }) => timestamp)
  const count = timestamps.length
  const before = count > 1 ? (timestamps[count - 1] ?? 0) - (timestamps[count - 2] ?? 0) : 1 / 24
  const told = shown[count - 1]?.duration ?? 0
  // Matroska's last block often has none; the file's own duration tells it then, unless sound goes on for longer.
  const left = ((await track.getDurationFromMetadata()) ?? 0) - (timestamps[count - 1] ?? 0)
  const guess = left >= shortestFrame ? Math.min(left, before) : before
  return {
    timestamps,
    lastDuration: told > 0 ? told : guess > 0 ? guess : 1 / 24,
    keys: hidden.size === 0 ? null : shown.flatMap(({ type }, index) => (type === 'key' ? [index] : [])),
  }
}

/**
 * Whether the bytes of the last frame are there; else the number of frames, in presentation order, up to the first
 * that is not, by bisection.
 */
async function readable(track: InputVideoTrack, timestamps: Float64Array, name: string): Promise<number | null> {
  const sink = new EncodedPacketSink(track)
  const there = async (index: number): Promise<boolean> => {
    try {
      const packet = await sink.getPacket(timestamps[index] ?? 0)
      return packet !== null && packet.data.byteLength > 0
    } catch (error) {
      if (error instanceof InputDisposedError) throw error
      return false
    }
  }
  const count = timestamps.length
  if (await there(count - 1)) return null
  let good = 0
  let bad = count - 1
  if (!(await there(0)))
    throw new MediaError(
      `“${name}” is cut off: not one of its ${count} frames is there.`,
      'Copy or download the file again, then choose it anew.',
    )
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (await there(middle)) good = middle
    else bad = middle
  }
  return bad
}

interface Parts {
  readonly input: Input
  readonly track: InputVideoTrack
  readonly rotation: 0 | 90 | 180 | 270
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly audio: AudioStream | null
  readonly name: string
  /** Frames up to the place where the file was cut off; `null` where it is whole. */
  readonly cut: number | null
  /** See `FrameTable`. */
  readonly keys: readonly number[] | null
}

class WebCodecsSource implements FrameSource {
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly audio: AudioStream | null
  readonly #parts: Parts
  readonly #sink: VideoSampleSink
  #run: { readonly samples: AsyncGenerator<VideoSample, void, unknown>; next: number } | null = null
  /** The frame given last, kept so that asking for it again costs nothing. */
  #held: { readonly index: number; readonly picture: VideoFrame } | null = null
  readonly #turns = new Turns()
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.facts = parts.facts
    this.timeline = parts.timeline
    this.audio = parts.audio
    this.#sink = new VideoSampleSink(parts.track)
  }

  frame(index: number, signal: AbortSignal): Promise<Frame> {
    return this.#turns.run(() => this.#frame(index, signal))
  }

  async #frame(index: number, signal: AbortSignal): Promise<Frame> {
    signal.throwIfAborted()
    if (this.#closed) throw new Error(`“${this.#parts.name}” was closed.`)
    this.timeline.timestamp(index)
    if (this.#held?.index !== index) {
      const picture = await this.#decode(index, signal)
      this.#held?.picture.close()
      this.#held = { index, picture }
    }
    const held = this.#held
    if (!held) throw new Error(`“${this.#parts.name}” was closed.`)
    return frameOf(held.picture.clone(), index, this.timeline, this.#parts.rotation, this.facts.colour)
  }

  /** Tries twice: a decoder that was idle for long may have been taken away and is built anew at a key frame. */
  async #decode(index: number, signal: AbortSignal): Promise<VideoFrame> {
    const fresh = this.#run === null
    try {
      return await this.#advance(index, signal)
    } catch (error) {
      this.#endRun()
      signal.throwIfAborted()
      if (this.#closed || error instanceof MediaError || fresh) throw this.#unreadable(index, error)
    }
    try {
      return await this.#advance(index, signal)
    } catch (error) {
      this.#endRun()
      signal.throwIfAborted()
      throw this.#unreadable(index, error)
    }
  }

  async #advance(index: number, signal: AbortSignal): Promise<VideoFrame> {
    if (this.#run && (index < this.#run.next || index > this.#run.next + skipAhead)) this.#endRun()
    const { keys } = this.#parts
    if (!this.#run) {
      const begin = keys ? (keys.findLast((key) => key <= index) ?? 0) : index
      this.#run = { samples: this.#sink.samples(this.timeline.timestamp(begin)), next: begin }
    }
    const run = this.#run
    for (;;) {
      const sample = await this.#next(run.samples, signal)
      if (!sample) throw new Error('The decoder gave no more frames.')
      const at = run.next
      run.next += 1
      if (!keys && Math.abs(sample.timestamp - this.timeline.timestamp(at)) > 1e-3) {
        const { timestamp } = sample
        sample.close()
        throw new Error(`The decoder gave the frame of ${timestamp} s for that of ${this.timeline.timestamp(at)} s.`)
      }
      if (at === index) {
        const picture = sample.toVideoFrame()
        sample.close()
        return picture
      }
      sample.close()
    }
  }

  async #next(samples: AsyncGenerator<VideoSample, void, unknown>, signal: AbortSignal): Promise<VideoSample | null> {
    let stuck = false
    const stop = (): void => void samples.return()
    const timer = setTimeout(() => {
      stuck = true
      stop()
    }, patience * 1000)
    // Ending the run makes the pending `next` resolve, so nothing is left behind.
    signal.addEventListener('abort', stop, { once: true })
    try {
      const result = await samples.next()
      if (signal.aborted || stuck) result.value?.close()
      if (signal.aborted) throw signal.reason
      if (stuck) throw new Error(`The decoder gave nothing for ${patience} seconds.`)
      return result.done ? null : result.value
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  #unreadable(index: number, cause: unknown): MediaError {
    if (cause instanceof MediaError) return cause
    const { name, cut } = this.#parts
    if (cut === null || index < cut - 1) return damagedFrame(name, this.timeline, index, cause)
    const when = clock(this.timeline.timestamp(index))
    return new MediaError(
      `“${name}” is cut off at ${when}: frame ${index + 1} of ${this.timeline.count} and what follows are missing.`,
      `Copy the file again, or set Decode’s end to ${when} to use what is there.`,
      { cause },
    )
  }

  #endRun(): void {
    void this.#run?.samples.return()
    this.#run = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#endRun()
    await this.#turns.ended()
    this.#endRun()
    this.#held?.picture.close()
    this.#held = null
    this.#parts.input.dispose()
  }
}
