/**
 * Frames that ffmpeg decodes. It cannot be paused, so it is asked for a bounded piece at a time: from the key frame
 * before it, so many frames as fit into a fixed number of bytes. Each frame is known by the timestamp the decoder
 * gives it. Played in order, the next piece is made while this one is being used; two pieces are held at most.
 */
import type { MediaFacts } from '../../graph/node/facts.ts'
import type { Region } from '../../graph/plan/region.ts'
import type { DamageLog } from '../damage.ts'
import { frameOf } from '../frame.ts'
import { sampleBytes } from '../sample-format.ts'
import { Turns } from '../turns.ts'
import {
  type AudioStream,
  type CompanionSource,
  type Frame,
  type FrameSource,
  MediaError,
  type SamplePicture,
  type Timeline,
} from '../types.ts'
import { DecoderLog, type FrameSize } from './decoder-log.ts'
import { FfmpegFailure, type MountedFile } from './ffmpeg.ts'
import { type RawFormat, rawFormat } from './pixel-formats.ts'
import type { ProbedVideo } from './stream-facts.ts'

/** Bytes of raw frames a piece holds at most (one frame, if that is larger), and frames. */
const pieceBytes = 48 * 1024 * 1024
const pieceFrames = 120

interface Wish {
  /** Arguments before the input: where to begin. */
  readonly seek: readonly string[]
  /** Filters that choose among the decoded frames. */
  readonly choose: readonly string[]
  /** So many frames at most. */
  readonly maxFrames: number
}

interface RawFrames {
  readonly log: DecoderLog
  /** The frames one after another. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

const noBytes = new Uint8Array()

async function rawFrames(mountedFile: MountedFile, video: ProbedVideo, wish: Wish): Promise<RawFrames> {
  const { codedWidth, codedHeight, pixelFormat } = video
  const raw = rawFormat(pixelFormat)
  const log = new DecoderLog([codedWidth, codedHeight])
  const filters = ['showinfo@decoded=checksum=0', ...wish.choose, 'showinfo@chosen=checksum=0'].join(',')
  const { bytes } = await mountedFile.collect(
    [
      // Of the size that ffprobe tells, where it would be rounded up for the sake of speed.
      ...['-loglevel', 'info', '-flags', 'unaligned', '-noautorotate', '-copyts', ...wish.seek, '-i', mountedFile.path],
      ...['-map', '0:v:0', '-an', '-sn', '-dn', '-frames:v', String(wish.maxFrames), '-fps_mode', 'passthrough'],
      // Where the size changes within a file, all have that of its beginning, wherever decoding begins.
      ...['-vf', filters, '-s', `${codedWidth}x${codedHeight}`, '-pix_fmt', raw.pixelFormat, '-f', 'rawvideo'],
    ],
    (line) => log.hear(line),
  )
  return { log, bytes }
}

interface Piece {
  readonly first: number
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where the frame of each index begins; absent where the decoder gave none. */
  readonly offsets: ReadonlyMap<number, number>
  /** Frames whose damage ffmpeg covered up. */
  readonly patchedFrames: ReadonlySet<number>
  /** The sizes of frames that ffmpeg stretched. */
  readonly stretchedSizes: ReadonlyMap<number, FrameSize>
  readonly end: number
}

export interface PieceParts {
  readonly mountedFile: MountedFile
  readonly video: ProbedVideo
  /** What of its pictures is shown; absent or `null`: all. */
  readonly crop?: Region | null
  readonly facts: MediaFacts
  readonly timeline: Timeline
  /** When ffmpeg’s decoder says that the same frames are shown, where it says otherwise. */
  readonly decoderTimeline?: Timeline
  /** Indices of key frames, ascending. */
  readonly keys: readonly number[]
  /** Seconds at which the file begins; ffmpeg's seeking counts from here. */
  readonly startTime: number
  readonly audio: AudioStream | null
  readonly companions: CompanionSource | undefined
  readonly name: string
  readonly damage: DamageLog
  /** Frames are asked for here and there: none is decoded ahead, and nothing is decoded from the beginning for one of them. */
  readonly isSparse?: true
}

/** The place of one frame's bytes within a piece. */
interface PlacedFrame {
  readonly index: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

export class PieceDecoder implements FrameSource {
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly audio: AudioStream | null
  readonly companions: CompanionSource | undefined
  readonly damage: DamageLog
  readonly #parts: PieceParts
  readonly #decoderTimeline: Timeline
  readonly #raw: RawFormat
  readonly #frameBytes: number
  readonly #perPiece: number
  #piece: Piece | null = null
  /** The last good frame in front of frame `until`, copied: what is held where a piece begins with damage. */
  #last: (PlacedFrame & { readonly until: number }) | null = null
  #ahead: { readonly first: number; readonly piece: Promise<Piece> } | null = null
  readonly #turns = new Turns()
  #closed = false

  constructor(parts: PieceParts) {
    const { codedWidth, codedHeight, pixelFormat } = parts.video
    this.#parts = parts
    this.facts = parts.facts
    this.timeline = parts.timeline
    this.#decoderTimeline = parts.decoderTimeline ?? parts.timeline
    this.audio = parts.audio
    this.companions = parts.companions
    this.damage = parts.damage
    this.#raw = rawFormat(pixelFormat)
    this.#frameBytes = sampleBytes(this.#raw.format, codedWidth, codedHeight)
    this.#perPiece = Math.max(1, Math.min(pieceFrames, Math.floor(pieceBytes / this.#frameBytes)))
  }

  /** When the first frame that can be decoded is shown, seconds; `null` where none can. */
  static async firstTimestamp(mountedFile: MountedFile, video: ProbedVideo): Promise<number | null> {
    const { log } = await rawFrames(mountedFile, video, { seek: [], choose: [], maxFrames: 1 })
    return log.timestamps[0] ?? null
  }

  frame(index: number, signal: AbortSignal): Promise<Frame> {
    return this.#turns.run(() => this.#frame(index, signal))
  }

  async #frame(index: number, signal: AbortSignal): Promise<Frame> {
    signal.throwIfAborted()
    if (this.#closed) throw new Error(`“${this.#parts.name}” was closed.`)
    this.timeline.timestamp(index)
    const piece = await this.#withDamageTold(abortable(this.#pieceWith(index), signal))
    if (
      !this.#parts.isSparse &&
      !this.#ahead &&
      piece.end < this.timeline.count &&
      index >= (piece.first + piece.end) / 2
    )
      this.#ahead = { first: piece.end, piece: this.#decode(piece.end) }
    const nearest =
      this.#in(piece, index) ?? (await this.#withDamageTold(abortable(this.#standIn(piece, index), signal)))
    if (!nearest) throw this.damage.refusal(index)
    if (nearest.index !== index) this.#hold(index, nearest.index)
    if (piece.patchedFrames.has(index)) this.damage.patch(index)
    const ownSize = nearest.index === index ? piece.stretchedSizes.get(index) : undefined
    if (ownSize) this.damage.stretch(index, ...ownSize)
    const { video, crop } = this.#parts
    return frameOf(this.#picture(nearest), index, this.timeline, video.rotation, this.facts, crop)
  }

  #hold(index: number, standIn: number): void {
    this.damage.hold(index, standIn)
    // The decoder goes on behind it, and says nothing of what it makes without it.
    if (this.#parts.keys.length < this.timeline.count) this.damage.leaveTraces()
  }

  /** Frame `index` itself; `null` where the decoder gives none. Rejects as `frame` does. */
  own(index: number, signal: AbortSignal): Promise<SamplePicture | null> {
    return this.#turns.run(async () => {
      signal.throwIfAborted()
      const piece = await this.#withDamageTold(abortable(this.#pieceWith(index), signal))
      const placedFrame = this.#in(piece, index)
      return placedFrame && this.#picture(placedFrame)
    })
  }

  #picture({ bytes }: PlacedFrame): SamplePicture {
    const { codedWidth, codedHeight } = this.#parts.video
    return { format: this.#raw.format, width: codedWidth, height: codedHeight, bytes, close: () => undefined }
  }

  /** `work`, whose failure says which file it was about. */
  async #withDamageTold<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (cause) {
      if (!(cause instanceof FfmpegFailure)) throw cause
      throw new MediaError(
        `“${this.#parts.name}” cannot be decoded any further: ${cause.message}`,
        'Open it again, or convert it to MP4 with another program.',
        { cause },
      )
    }
  }

  #in({ offsets, bytes }: Piece, index: number): PlacedFrame | null {
    const offset = offsets.get(index)
    return offset === undefined ? null : { index, bytes: bytes.subarray(offset, offset + this.#frameBytes) }
  }

  /** What stands for frame `index`, which `piece` should hold and does not: the last good one, else the next. */
  async #standIn(piece: Piece, index: number): Promise<PlacedFrame | null> {
    const offsets = [...piece.offsets.keys()]
    const before = Math.max(-1, ...offsets.filter((each) => each < index))
    if (before >= 0) return this.#in(piece, before)
    if (this.#last?.until === piece.first) return this.#last
    for (let end = piece.first; end > 0; ) {
      const first = Math.max(0, end - this.#perPiece)
      const earlier = await this.#decode(first)
      const last = Math.max(-1, ...[...earlier.offsets.keys()].filter((each) => each < end))
      const frame = last < 0 ? null : this.#in(earlier, last)
      if (frame) return this.#keep(frame, piece.first)
      end = first
    }
    const after = Math.min(...offsets)
    return Number.isFinite(after) ? this.#in(piece, after) : this.#later(piece.end)
  }

  /** The first frame from `first` on that can be decoded. */
  async #later(first: number): Promise<PlacedFrame | null> {
    for (let begin = first; begin < this.timeline.count; begin += this.#perPiece) {
      const piece = await this.#decode(begin)
      const firstOffset = Math.min(...piece.offsets.keys())
      const frame = Number.isFinite(firstOffset) ? this.#in(piece, firstOffset) : null
      if (frame) return { ...frame, bytes: frame.bytes.slice() }
    }
    return null
  }

  #keep(frame: PlacedFrame, until: number): PlacedFrame {
    this.#last = { ...frame, bytes: frame.bytes.slice(), until }
    return this.#last
  }

  async #pieceWith(index: number): Promise<Piece> {
    const current = this.#piece
    if (current && index >= current.first && index < current.end) return current
    const ahead = this.#ahead
    this.#ahead = null
    // One that nobody waits for any more may fail quietly: whoever needs its frames asks again.
    ahead?.piece.catch(() => undefined)
    const fits = ahead && index >= ahead.first && index < ahead.first + this.#perPiece
    const last = current && this.#in(current, Math.max(-1, ...current.offsets.keys()))
    if (last) this.#keep(last, current.end)
    this.#piece = null
    const piece = await (fits ? ahead.piece : this.#decode(index))
    this.#piece = piece
    return piece
  }

  /** Decodes frames from `first` on; begins ever earlier where the seek landed too late. */
  async #decode(first: number): Promise<Piece> {
    const { keys, startTime, mountedFile, isSparse } = this.#parts
    const timeline = this.#decoderTimeline
    const end = Math.min(timeline.count, first + this.#perPiece)
    // Half a frame of slack, since containers round their times.
    const slack = (index: number): number => timeline.duration(index) / 2
    const from = timeline.timestamp(first) - slack(first)
    const to = timeline.timestamp(end - 1) + slack(end - 1)
    const starts = keys.filter((key) => key <= first).slice(-3)
    let best: Piece | null = null
    for (const key of isSparse ? starts.slice(-2).toReversed() : new Set([...starts.toReversed(), 0])) {
      // A key frame's own time may lie a little behind where the container finds it.
      const at = Math.max(0, timeline.timestamp(key) - startTime)
      const seek = key > 0 ? ['-noaccurate_seek', '-ss', at.toFixed(6)] : []
      const decodeCount = end - key + 16
      const isAll = first === 0 && end === timeline.count
      const choose = isAll
        ? []
        : [`trim=end_frame=${decodeCount}`, `select='gte(t,${from.toFixed(6)})*lt(t,${to.toFixed(6)})'`]
      const result = await rawFrames(mountedFile, this.#parts.video, { seek, choose, maxFrames: end - first })
      const piece = this.#place(first, end, result)
      if (piece.offsets.has(first)) return piece
      if (!best || piece.offsets.size > best.offsets.size) best = piece
    }
    return (
      best ?? {
        ...{ first, end, bytes: noBytes, offsets: new Map() },
        ...{ patchedFrames: new Set(), stretchedSizes: new Map() },
      }
    )
  }

  /** The frame shown nearest to `time`; −1 where that is not a number. */
  #nearest(time: number): number {
    if (Number.isNaN(time)) return -1
    const timeline = this.#decoderTimeline
    const before = timeline.indexAt(time)
    const next = Math.min(before + 1, timeline.count - 1)
    const near = (index: number): number => Math.abs(timeline.timestamp(index) - time)
    return near(next) < near(before) ? next : before
  }

  #place(first: number, end: number, { log, bytes }: RawFrames): Piece {
    const { timestamps } = log
    const offsets = new Map<number, number>()
    const patchedFrames = new Set<number>()
    const stretchedSizes = new Map<number, FrameSize>()
    // One more may be announced than is written, where the last wanted frame ended the run.
    const whole = Math.floor(bytes.byteLength / this.#frameBytes)
    let last = first - 1
    timestamps.slice(0, whole).forEach((time, slot) => {
      const nearest = this.#nearest(time)
      // Frames come in order. One whose time is that of an earlier one, or leads back after it, or is none, follows the last.
      const leadsBack = (timestamps[slot + 1] ?? time) < time
      const index = nearest > last && !leadsBack ? nearest : last + 1
      if (index >= this.timeline.count) return
      last = index
      offsets.set(index, slot * this.#frameBytes)
      if (log.patchedFrames.has(slot)) patchedFrames.add(index)
      const ownSize = log.stretchedSizes.get(slot)
      if (ownSize) stretchedSizes.set(index, ownSize)
    })
    return { first, end, bytes, offsets, patchedFrames, stretchedSizes }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#turns.whenIdle()
    this.#ahead?.piece.catch(() => undefined)
    this.#ahead = null
    this.#piece = null
    await this.#parts.mountedFile[Symbol.asyncDispose]()
  }
}

/** A piece that was asked for goes on being made, since ffmpeg cannot be stopped in the middle; nobody waits for it. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
