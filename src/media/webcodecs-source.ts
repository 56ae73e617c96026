/**
 * Frames that the browser decodes, in presentation order, decoded ahead within mediabunny's bound (at most eight decoded
 * frames wait). A decoder ends at the first packet that it cannot read and does not say which: that packet is found by
 * decoding up to ever fewer packets. From there to the next key frame ffmpeg decodes, which covers up what is missing;
 * where it cannot, the packet is left out, and decoding goes on behind it.
 */
import { type Input, InputDisposedError, type InputVideoTrack, type VideoSample } from 'mediabunny'
import type { MediaFacts } from '../graph/node/facts.ts'
import type { Region } from '../graph/plan/region.ts'
import { type PictureSize, stretchedCrop } from './crop.ts'
import type { DamageLog } from './damage.ts'
import { frameOf } from './frame.ts'
import type { FrameTable } from './frame-table.ts'
import type { Samples } from './transparency.ts'
import { Turns } from './turns.ts'
import {
  type AudioStream,
  type CompanionSource,
  type Frame,
  type FrameSource,
  MediaError,
  type SamplePicture,
  type Timeline,
} from './types.ts'
import { decodedTime, PacketDecoder } from './video-decoding.ts'

/** A decoder that gives nothing for so long is held to be stuck, seconds. */
const patience = 60
/** Going forward by so few frames decodes them in passing; farther away a new run begins at a key frame. */
const skipAhead = 8
/** Times that differ by less are the same, seconds: containers and decoders round. */
const sameTime = 1e-3
/** Key frames tried until one can be decoded; where none can, the browser does not know the codec after all. */
const keysTried = 4
/** Damaged packets looked for between two key frames; with more, all that is left up to the next one is held. */
const damagedPerRun = 16

/** Codecs whose frames may be shown in another order than that in which they are decoded. */
const mayReorder: ReadonlySet<string> = new Set(['avc', 'hevc'])

/** Another decoder of the same frames, which gives what it can of those that the browser cannot decode. */
export interface Recovery extends AsyncDisposable {
  /** `null` where it cannot either. */
  picture(index: number, signal: AbortSignal): Promise<SamplePicture | null>
}

export interface WebCodecsParts {
  readonly input: Input
  readonly track: InputVideoTrack
  readonly rotation: 0 | 90 | 180 | 270
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly table: FrameTable
  readonly audio: AudioStream | null
  readonly companions: CompanionSource | undefined
  /** As mediabunny names it. */
  readonly codec: string
  /** Transparency lies beside the colours. */
  readonly hasAlpha: boolean
  readonly name: string
  readonly damage: DamageLog
  /** Asked once, at the first packet that cannot be decoded; `null` where there is nobody else. */
  readonly recover: () => Promise<Recovery | null>
  /** Frame 0 where it was decoded already; the source closes it. */
  readonly first: VideoFrame | null
  /** Of that frame, and of the medium, with what is not shown of it. */
  readonly pictureSize: PictureSize
  /** What is shown of it; `null`: all. */
  readonly crop: Region | null
}

/** Of what of a frame is to be seen, pixels of the bitstream. */
export const pictureSizeOf = ({ visibleRect, codedWidth, codedHeight }: VideoFrame): PictureSize =>
  visibleRect ?? { width: codedWidth, height: codedHeight }

/**
 * Decodes the first frame that can be decoded. Browsers promise more than they keep (10-bit and 4:2:2 H.264): only a
 * decoded frame tells. `null` where none of the first key frames can be.
 */
export async function firstDecodable(
  track: InputVideoTrack,
  hasAlpha: boolean,
  table: FrameTable,
  name: string,
): Promise<{ readonly index: number; readonly picture: VideoFrame } | null> {
  const { timestamps, sequences, keys } = table
  for (const key of (keys.length > 0 ? keys : [0]).slice(0, keysTried)) {
    const ownSequence = sequences[key] ?? 0
    // Frames that are decoded behind the key frame may be shown in front of it.
    const withLeading = Math.max(ownSequence, ...sequences.subarray(0, key + 1))
    for (const until of withLeading > ownSequence ? [withLeading, ownSequence] : [ownSequence]) {
      const sink = new PacketDecoder(track, hasAlpha, new Set(), until)
      const samples = sink.samples(timestamps[until === ownSequence ? key : 0] ?? 0)
      try {
        const sample = await next(samples, name, null)
        if (!sample) continue
        const index = table.byOrder ? key : nearest(timestamps, sample.timestamp)
        const picture = sample.toVideoFrame()
        sample.close()
        return { index, picture }
      } catch (error) {
        if (error instanceof MediaError || error instanceof InputDisposedError) throw error
      } finally {
        void samples.return()
      }
    }
  }
  return null
}

/** The index of the value of `ascending` that is nearest to `time`. */
function nearest(ascending: Float64Array, time: number): number {
  const after = ascending.findIndex((value) => value >= time)
  if (after < 0) return ascending.length - 1
  const before = Math.max(0, after - 1)
  return time - (ascending[before] ?? 0) < (ascending[after] ?? 0) - time ? before : after
}

/** `null` at the end. Rejects with the signal's reason, and with `MediaError` where the decoder is stuck. */
async function next(samples: Samples, name: string, signal: AbortSignal | null): Promise<VideoSample | null> {
  let stuck = false
  const stop = (): void => void samples.return()
  const timer = setTimeout(() => {
    stuck = true
    stop()
  }, patience * 1000)
  // Ending the run makes the pending `next` resolve, so nothing is left behind.
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const result = await samples.next()
    if (signal?.aborted || stuck) result.value?.close()
    signal?.throwIfAborted()
    if (stuck)
      throw new MediaError(
        `“${name}” cannot be decoded any further: the browser’s decoder gave nothing for ${patience} seconds.`,
        'Reload the page and try again, or convert the file to H.264 in MP4.',
      )
    return result.done ? null : result.value
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

/** A frame that can be had: from the browser, or recovered. */
interface FrameContent {
  readonly index: number
  readonly recoveredPicture: SamplePicture | null
}

/** One pass of a decoder, from a key frame on. */
interface Run {
  readonly sink: PacketDecoder
  readonly samples: Samples
  /** The frame expected next. */
  next: number
  /** Came out of the decoder and was not taken yet; `index` is the count of frames at the end. */
  waiting: { readonly index: number; readonly sample: VideoSample | null } | null
  /** Sequence number of the packet of the frame that came last; −1: none came. */
  good: number
}

export class WebCodecsSource implements FrameSource {
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly audio: AudioStream | null
  readonly companions: CompanionSource | undefined
  readonly damage: DamageLog
  readonly #parts: WebCodecsParts
  #run: Run | null = null
  /** The frame given last, kept so that asking for it again costs nothing, and in case the next one must be held. */
  #lastPicture: { readonly index: number; readonly picture: VideoFrame } | null
  /** Sequence numbers of packets that no decoder is given. */
  readonly #skippedPackets = new Set<number>()
  /** Frames that did not come out, though their packets went in. */
  readonly #lostFrames = new Set<number>()
  /** Packets found damaged behind each key packet. */
  readonly #standIns = new Map<number, number>()
  /** The frame at which decoding failed without a packet that could be blamed. */
  #failedAt = -1
  #recovery: Promise<Recovery | null> | undefined
  /** Frames that nobody can decode. */
  readonly #undecodableFrames = new Set<number>()
  readonly #turns = new Turns()
  /**
   * Decoded frames carry the time of their own packet. Where packets of H.264 and H.265 are timed in decoding order
   * they may carry another's.
   */
  readonly #hasOwnTimes: boolean
  #closed = false

  constructor(parts: WebCodecsParts) {
    this.#parts = parts
    const { sequences } = parts.table
    const isReordered = sequences.some((sequence, index) => index > 0 && sequence < (sequences[index - 1] ?? 0))
    this.#hasOwnTimes = !parts.table.byOrder && (isReordered || !mayReorder.has(parts.codec))
    this.facts = parts.facts
    this.timeline = parts.timeline
    this.audio = parts.audio
    this.companions = parts.companions
    this.damage = parts.damage
    this.#lastPicture = parts.first ? { index: 0, picture: parts.first } : null
  }

  frame(index: number, signal: AbortSignal): Promise<Frame> {
    return this.#turns.run(() => this.#frame(index, signal))
  }

  async #frame(index: number, signal: AbortSignal): Promise<Frame> {
    signal.throwIfAborted()
    this.timeline.timestamp(index)
    for (;;) {
      if (this.#closed) throw new Error(`“${this.#parts.name}” was closed.`)
      const content = await this.#shownFor(index, signal)
      if (content === null) throw this.damage.refusal(index)
      const ownPicture = content.recoveredPicture ? null : await this.#own(content.index, signal)
      const picture = content.recoveredPicture ?? ownPicture
      if (!picture) continue
      if (ownPicture) this.#noteSize(index, ownPicture)
      if (content.index !== index) this.damage.hold(index, content.index)
      else if (content.recoveredPicture) this.damage.patch(index)
      const { rotation, crop, pictureSize } = this.#parts
      const ownSize = picture instanceof VideoFrame ? pictureSizeOf(picture) : picture
      const ownCrop = crop && stretchedCrop(crop, pictureSize, ownSize)
      return frameOf(picture, index, this.timeline, rotation, this.facts, ownCrop)
    }
  }

  #noteSize(index: number, picture: VideoFrame): void {
    const { width, height } = pictureSizeOf(picture)
    const { pictureSize } = this.#parts
    if (width !== pictureSize.width || height !== pictureSize.height) this.damage.stretch(index, width, height)
  }

  #isLost(index: number): boolean {
    return this.#lostFrames.has(index) || this.#skippedPackets.has(this.#parts.table.sequences[index] ?? -1)
  }

  /** The frame whose picture stands for `index`, as far as is known, with what was recovered of it; `null`: there is none. */
  async #shownFor(index: number, signal: AbortSignal): Promise<FrameContent | null> {
    for (let before = index; before >= 0; before--) {
      const standIn = await this.#there(before, signal)
      if (standIn) return standIn
    }
    for (let after = index + 1; after < this.timeline.count; after++) {
      const standIn = await this.#there(after, signal)
      if (standIn) return standIn
    }
    return null
  }

  /** `null` where frame `index` can be had from nobody. */
  async #there(index: number, signal: AbortSignal): Promise<FrameContent | null> {
    if (!this.#isLost(index)) return { index, recoveredPicture: null }
    if (this.#undecodableFrames.has(index)) return null
    const recoveredPicture = (await (await this.#recovering())?.picture(index, signal)) ?? null
    if (!recoveredPicture) this.#undecodableFrames.add(index)
    return recoveredPicture && { index, recoveredPicture }
  }

  #recovering(): Promise<Recovery | null> {
    this.#recovery ??= this.#parts.recover()
    return this.#recovery
  }

  /** The browser's own picture of frame `index`; `null` as `#decode` gives it. */
  async #own(index: number, signal: AbortSignal): Promise<VideoFrame | null> {
    if (this.#lastPicture?.index !== index) {
      const picture = await this.#decode(index, signal)
      if (!picture) return null
      this.#lastPicture?.picture.close()
      this.#lastPicture = { index, picture }
    }
    return this.#lastPicture.picture.clone()
  }

  /** `null` where it turned out that `index`, or another frame, cannot be had. */
  async #decode(index: number, signal: AbortSignal): Promise<VideoFrame | null> {
    try {
      return await this.#advance(index, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (this.#closed || error instanceof MediaError || error instanceof InputDisposedError) {
        this.#endRun()
        throw error
      }
      await this.#blame(index, signal)
      return null
    }
  }

  async #advance(index: number, signal: AbortSignal): Promise<VideoFrame | null> {
    if (this.#run && (index < this.#run.next || index > this.#run.next + skipAhead)) this.#endRun()
    this.#run ??= this.#begin(index)
    const run = this.#run
    for (;;) {
      run.waiting ??= await this.#come(run, signal)
      const { index: at, sample } = run.waiting
      for (let missing = run.next; missing < at; missing++) if (!this.#isLost(missing)) this.#lostFrames.add(missing)
      run.next = Math.max(run.next, at)
      if (at > index || !sample) return null
      run.waiting = null
      run.next = Math.max(run.next, at + 1)
      if (at === index) {
        const picture = sample.toVideoFrame()
        sample.close()
        return picture
      }
      sample.close()
    }
  }

  #begin(index: number): Run {
    const { table, track, hasAlpha } = this.#parts
    const live = (key: number): boolean => key <= index && !this.#isLost(key)
    const first = table.byOrder ? (table.keys.findLast(live) ?? 0) : index
    const sink = new PacketDecoder(track, hasAlpha, this.#skippedPackets)
    return { sink, samples: sink.samples(this.timeline.timestamp(first)), next: first, waiting: null, good: -1 }
  }

  async #come(run: Run, signal: AbortSignal): Promise<NonNullable<Run['waiting']>> {
    const { table, name } = this.#parts
    const sample = await next(run.samples, name, signal)
    if (!sample) return { index: this.timeline.count, sample: null }
    const index = this.#indexOf(sample, run.next)
    run.good = Math.max(run.good, table.sequences[index] ?? -1)
    return { index, sample }
  }

  #indexOf(sample: VideoSample, expectedIndex: number): number {
    const { table } = this.#parts
    const time = this.#hasOwnTimes ? (decodedTime(sample) ?? sample.timestamp) : sample.timestamp
    let at = expectedIndex
    while (at < this.timeline.count && this.#skippedPackets.has(table.sequences[at] ?? -1)) at += 1
    const timestamp = table.timestamps[at]
    if (table.byOrder || (timestamp !== undefined && Math.abs(timestamp - time) < sameTime)) return at
    return nearest(table.timestamps, time)
  }

  /** After the decoder failed on the way to frame `index`: finds the packet, which is left out from now on. */
  async #blame(index: number, signal: AbortSignal): Promise<void> {
    const run = this.#run
    const { sequences, keys } = this.#parts.table.decoding
    const place = (sequence: number | undefined): number => sequences.indexOf(sequence ?? -1)
    const start = run && this.#startFor(run)
    let bad = place(run?.sink.lastSequence)
    this.#endRun()
    const sound = (packet: number): Promise<boolean> =>
      this.#decodesUpTo(sequences[packet] ?? 0, start?.timestamp ?? 0, signal)
    // Nothing was read, or a decoder that was idle for long was taken away: begun anew, it goes on.
    if (!start || bad < 0 || (await sound(bad))) {
      if (this.#failedAt === index) this.#lostFrames.add(index)
      this.#failedAt = index
      return
    }
    let good = Math.max(place(run?.good), place(start.sequence) - 1)
    while (bad - good > 1) {
      const middle = (good + bad) >> 1
      if (await sound(middle)) good = middle
      else bad = middle
    }
    const standInCount = (this.#standIns.get(start.sequence) ?? 0) + 1
    this.#standIns.set(start.sequence, standInCount)
    this.damage.leaveTraces()
    const isAll = standInCount >= damagedPerRun || (await this.#recovering()) !== null
    do this.#skippedPackets.add(sequences[bad] ?? -1)
    while (isAll && ++bad < sequences.length && keys[bad] !== 1)
  }

  /** The last key frame in front of what `run` decoded well, else the one that it began with. */
  #startFor({ good, sink: { began } }: Run): { readonly sequence: number; readonly timestamp: number } | null {
    if (!began) return null
    const { keys, sequences, timestamps } = this.#parts.table
    const last = keys.findLast((key) => {
      const sequence = sequences[key] ?? 0
      return sequence <= good && sequence > began.sequenceNumber && !this.#skippedPackets.has(sequence)
    })
    return last === undefined
      ? { sequence: began.sequenceNumber, timestamp: began.timestamp }
      : { sequence: sequences[last] ?? 0, timestamp: timestamps[last] ?? 0 }
  }

  /** Whether all packets up to the one numbered `until` are decoded without a failure. */
  async #decodesUpTo(until: number, from: number, signal: AbortSignal): Promise<boolean> {
    const { track, hasAlpha } = this.#parts
    const samples = new PacketDecoder(track, hasAlpha, this.#skippedPackets, until).samples(from)
    try {
      for (;;) {
        const sample = await next(samples, this.#parts.name, signal)
        if (!sample) return true
        sample.close()
      }
    } catch (error) {
      signal.throwIfAborted()
      if (this.#closed || error instanceof MediaError || error instanceof InputDisposedError) throw error
      return false
    } finally {
      void samples.return()
    }
  }

  #endRun(): void {
    this.#run?.waiting?.sample?.close()
    void this.#run?.samples.return()
    this.#run = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#endRun()
    await this.#turns.whenIdle()
    this.#endRun()
    this.#lastPicture?.picture.close()
    this.#lastPicture = null
    this.#parts.input.dispose()
    await (await this.#recovery?.catch(() => null))?.[Symbol.asyncDispose]()
  }
}
