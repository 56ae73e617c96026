/** The joints of the media layer: frames in, frames out, sound beside them. */

import { CodedError } from '../graph/document/coded-error.ts'
import type { Companion } from '../graph/node/companions.ts'
import type { ChromaSite, ColourFacts, KeptHdr, MasteringFacts, MediaFacts } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import type { AudioDesc } from '../graph/node/ports.ts'
import type { Region } from '../graph/plan/region.ts'
import type { Segment } from './segments.ts'

/** When each frame of a medium is shown; frames are numbered from 0 in presentation order. */
export interface Timeline {
  readonly count: number
  /** The frames are still being counted: `count` is about right, and moments far on are. */
  readonly estimated?: true
  /** Seconds. */
  timestamp(index: number): number
  /** Seconds. */
  duration(index: number): number
  /** The frame being shown at `seconds`: the last whose timestamp is not later; clamped to the ends. */
  indexAt(seconds: number): number
}

/** How samples lie in memory: planes without gaps in the order given, components of more than 8 bits in two bytes, little-endian. */
export interface SampleFormat {
  /** `yuv`: Y, U, V, then A; `grey`: Y; `gbr`: G, B, R, then A; `rgba`: one plane of R, G, B, A. */
  readonly arrangement: 'yuv' | 'grey' | 'gbr' | 'rgba'
  readonly bits: number
  /** log2 of how much narrower and lower chroma is. */
  readonly subsampling: readonly [number, number]
  readonly alpha: boolean
}

/** Samples in memory, of any depth and layout: `VideoFrame` has none for many of them. */
export interface SamplePicture {
  readonly format: SampleFormat
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array<ArrayBuffer>
  close(): void
}

/** A decoded picture. Whoever receives it must close it; a `VideoFrame` not closed stalls its decoder. */
export interface Frame extends Disposable {
  readonly index: number
  /** Seconds. */
  readonly timestamp: number
  readonly duration: number
  /** As coded: not yet rotated, in non-square pixels where the file says so. */
  readonly picture: VideoFrame | ImageBitmap | SamplePicture
  /** What of `picture` is shown, in its pixels; `null`: all of it. */
  readonly crop: Region | null
  /** Degrees clockwise that the picture must be turned for display. */
  readonly rotation: 0 | 90 | 180 | 270
  /** Turned left for right after the rotation. */
  readonly mirrored: boolean
  readonly chromaSite: ChromaSite
  /** How to read the picture's samples; a `VideoFrame` itself cannot tell what was said from what was assumed. */
  readonly colour: ColourFacts
  close(): void
}

/** Sound of an open medium; opaque outside the media layer, which alone reads and writes it. */
export interface AudioStream {
  readonly desc: AudioDesc
}

/** What `Damage` tells of, as plain data. */
export interface DamageRecord {
  /** Frames and those that stand in their places. */
  readonly held: readonly (readonly [frame: number, standIn: number])[]
  readonly patched: readonly number[]
  /** Frames were decoded that build on what is not there. */
  readonly traces: boolean
  /** Frames of another size than the medium's, with theirs in pixels; absent from what earlier versions wrote. */
  readonly stretched?: readonly (readonly [frame: number, width: number, height: number])[]
}

/** What cannot be had of a medium, as far as it was asked for. */
export interface Damage {
  /** What was found missing when it was opened, in front of its first frame and behind its last. */
  readonly opening: readonly MediaError[]
  /** Frames that were asked for and could not be decoded; of each, the frame whose picture stands in its place. */
  readonly standIns: ReadonlyMap<number, number>
  /** Frames that were asked for and came out in part: what was missing is covered up. */
  readonly patchedFrames: ReadonlySet<number>
  /** What is to be told of the frames asked for so far, one sentence each. */
  notes(): readonly string[]
  record(): DamageRecord
  /** Takes up what another run met, so that it is told as well. */
  recall(record: DamageRecord): void
  /** How frame `index`, which is held or patched, is refused. */
  refusal(index: number): MediaError
}

/** What a medium holds beside picture and sound; opaque outside the media layer, which alone reads and writes it. */
export interface CompanionSource {
  readonly facts: readonly Companion[]
}

/** Companions to take along, in seconds of their medium. */
export interface CompanionRange {
  readonly source: CompanionSource
  readonly start: number
  readonly end: number
  /** Seconds of the file at which the range begins; 0 where absent. */
  readonly at?: number
}

export interface FrameSource extends AsyncDisposable {
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly audio: AudioStream | null
  readonly companions?: CompanionSource | undefined
  /**
   * Frame `index`. Asked for in order, frames are decoded ahead within a bound; any other index seeks to the
   * key frame before it. Where the file is damaged there, the picture of another frame stands in its place and
   * `damage` says so. Rejects with `MediaError` where nothing can be decoded or nothing comes any more, and with the
   * signal's reason when aborted.
   */
  frame(index: number, signal: AbortSignal): Promise<Frame>
  /** Absent where a medium can only be whole. */
  readonly damage?: Damage | undefined
}

export type { Segment }

export type AnimationContainer = 'gif' | 'apng' | 'webp'
export type ContainerFormat = 'mp4' | 'mov' | 'webm' | 'mkv' | 'png' | AnimationContainer
export type VideoCodecName = 'avc' | 'vp8' | 'vp9' | 'av1'

/** Sound to write, in seconds of its medium. */
export interface SoundRange {
  readonly stream: AudioStream
  readonly start: number
  readonly end: number
  /** Seconds of the file at which it begins; 0 where absent. */
  readonly at?: number
  /** The picture begins with the medium's own first frame: what sounds before it is written, too. */
  readonly fromBeginning?: boolean
  /** Seconds of the medium from which times are told to people; 0 where absent. */
  readonly origin?: number
  /**
   * Sound that such a file's players may not know becomes AAC, by ffmpeg, where the page can; else it is copied as long
   * as the container takes it, and what cannot be copied becomes Opus.
   */
  readonly preferAac?: boolean
}

/** What is written, whatever encodes it. */
export interface FileRequest {
  readonly container: Exclude<ContainerFormat, 'png' | AnimationContainer>
  /** Pixels; the encoder's subsampling needs even sides, the sink's caller pads to them. */
  readonly width: number
  readonly height: number
  /** Mean frames a second, for the encoder's rate control. */
  readonly frameRate: number
  /** Seconds between key frames at most. */
  readonly keyFrameSeconds: number
  /** The moment of the frames' own time, in seconds, that is 0 in the file; 0 where absent. */
  readonly begin?: number
  readonly audio: SoundRange | null
  /** Frames are HDR, in BT.2020, and are tagged so; absent: BT.709. */
  readonly hdr?: KeptHdr | undefined
  /** What else goes along, as far as the container takes it. */
  readonly companions?: CompanionRange | undefined
  readonly output: OutputFiles
  /** File name without folder, extension included. */
  readonly fileName: string
  /** A text that travels in the file's metadata, as its comment. */
  readonly comment?: string
  /** Where frames are kept until the whole is there; what lies there already is not asked for again. */
  readonly segments?: KeptFrames
}

/** Encoded by the browser's own encoder. Frames are BT.709, but BT.601 for VP8, which knows no other matrix. */
export interface SinkRequest extends FileRequest {
  readonly codec: VideoCodecName
  /** Frames come as I420A, and their transparency is written: VP8 and VP9 in WebM and MKV. */
  readonly alpha?: boolean
  readonly rate:
    | { readonly mode: 'quality'; readonly quality: number }
    | { readonly mode: 'bitrate'; readonly bitsPerSecond: number }
}

/** How much time an encoder may take for a small file. */
export type Effort = 'fast' | 'medium' | 'slow'

/** Codecs of the ffmpeg core that comes with the page. */
export type BuiltInFormat = 'x264' | 'ffv1' | 'prores-hq' | 'prores-4444' | 'dnxhr-hq' | 'dnxhr-hqx'

export interface BuiltInEncoding {
  readonly kind: 'built-in'
  readonly format: BuiltInFormat
  /** Of a component; those that have one depth only take no heed of it. */
  readonly bits: 8 | 10
  /** x264 alone: its constant rate factor, 0 (finest) to 51. */
  readonly crf: number
  readonly effort: Effort
}

/** An encoder of the ffmpeg that is installed on the machine, which only the command line reaches. */
export interface InstalledEncoding {
  readonly kind: 'installed'
  /** As ffmpeg calls it. */
  readonly name: string
  /** Where frames are sent to; absent: there is no such place. See `host/encoder-server.ts`. */
  readonly address?: string
  readonly bits: 8 | 10
  /** Transparency is written where the encoder can. */
  readonly alpha: boolean
  /** `null`: frames are BT.709. */
  readonly hdr: KeptHdr | null
  /** `crf` on x264's scale, from which other encoders' are reckoned. */
  readonly rate:
    | { readonly mode: 'quality'; readonly crf: number }
    | { readonly mode: 'bitrate'; readonly bitsPerSecond: number }
  readonly effort: Effort
}

/** Encoded by ffmpeg. */
export interface SampleSinkRequest extends FileRequest {
  readonly encoding: BuiltInEncoding | InstalledEncoding
}

/** A picture in memory, and when it is shown, seconds of the result. */
export interface TimedSamples {
  readonly picture: SamplePicture
  readonly timestamp: number
  readonly duration: number
}

/** Takes frames in order. `write` waits while the encoder is behind: awaiting it is the back-pressure. */
export interface FrameSink<Picture = VideoFrame> {
  /**
   * Takes over `frame`, number `index` of the result, and closes it. Timestamps are those of the result, microseconds
   * inside a `VideoFrame`. Numbers ascend; only those that the segments hold already may be left out.
   */
  write(frame: Picture, index: number): Promise<void>
  /** Everything on disk, under its final name. */
  finish(): Promise<PicturesReport>
  /** Ends it with all that was written kept in the segments, from where another sink goes on. Needs `segments`. */
  keep(): Promise<void>
  /** Nothing of the output remains; finished segments do. */
  abort(): Promise<void>
}

export interface SampleSink extends FrameSink<TimedSamples> {
  /** The layout in which it takes pictures, and the matrix by which they are made. */
  readonly format: SampleFormat
  readonly matrix: 'bt601' | 'bt709' | 'bt2020'
}

/** A kept file, of which small pieces are read one after another. */
export interface KeptBytes {
  readonly size: number
  /** A view of the bytes `from` up to, not including, `to`; fewer where they lie behind the end. */
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>
}

/** Frames of one output that are finished and outlive the page: files, each of which can be decoded alone. */
export interface SegmentStore {
  /** The finished segments, in no order. */
  list(): Promise<readonly Segment[]>
  /** Removes these, and whatever was begun here and never finished. */
  remove(segments: readonly Segment[]): Promise<void>
  /** Begins the segment whose first frame is `first`. */
  begin(first: number): Promise<SegmentFile>
  read(segment: Segment): Promise<KeptBytes>
  /** Keeps `text` beside the segments under `name` (letters, and a number behind a hyphen), in place of what stood there. */
  annotate(name: string, text: string): Promise<void>
  /** What was kept so, by name. */
  annotations(): Promise<ReadonlyMap<string, string>>
}

/** Where an output keeps its frames, and in segments of how many: the last of each row of frames may be shorter. */
export interface KeptFrames {
  readonly store: SegmentStore
  readonly perSegment: number
}

/** A segment being written; it counts only once finished. */
export interface SegmentFile {
  append(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Its last frame is the one before `next`. */
  finish(next: number): Promise<void>
  discard(): Promise<void>
}

export interface PictureSinkRequest {
  /** It is refused: there is no place for it. */
  readonly hdr?: KeptHdr | undefined
  /** They stay behind, and that is told. */
  readonly companions?: CompanionRange | undefined
  readonly output: OutputFiles
  /** File name without folder, extension included; several pictures are numbered: `name-0001.png`. */
  readonly fileName: string
  /** How many pictures will come at most. */
  readonly count: number
  /** The index of the picture that gets the number 1; 0 where absent. */
  readonly begin?: number
  /** Of each picture, pixels. */
  readonly width: number
  readonly height: number
  /** What is to be told of what stays behind, one sentence each. */
  readonly notes?: readonly string[]
  readonly segments?: KeptFrames
}

export interface AnimationSinkRequest {
  /** It is refused: there is no place for it. */
  readonly hdr?: KeptHdr | undefined
  readonly container: AnimationContainer
  /** They stay behind, and that is told. */
  readonly companions?: CompanionRange | undefined
  readonly output: OutputFiles
  readonly fileName: string
  /** Of each frame, pixels. */
  readonly width: number
  readonly height: number
  /** WebP alone: 0 (coarsest) to 100. */
  readonly quality: number
  /** Frames come with a text that is to travel in the file. */
  readonly hasComment: boolean
  /** What is to be told of what stays behind, one sentence each. */
  readonly notes: readonly string[]
  readonly segments?: KeptFrames
}

/** Takes frames in order, as PNG files of RGBA. */
export interface AnimationSink {
  /** Number `index` of the result; times in seconds of the result. */
  write(
    frame: { readonly png: Uint8Array<ArrayBuffer>; readonly timestamp: number; readonly duration: number },
    index: number,
  ): Promise<void>
  finish(): Promise<PicturesReport>
  keep(): Promise<void>
  abort(): Promise<void>
}

export interface NumbersSinkRequest {
  readonly output: OutputFiles
  /** Ends in `.csv` or `.json`. */
  readonly fileName: string
  readonly columns: readonly NumberColumn[]
  readonly segments?: KeptFrames
}

/** Takes a row of numbers for each frame, in order. */
export interface NumbersSink {
  /**
   * @param index as that of `FrameSink`
   * @param time seconds in the result
   * @param values may come later, some only when this call has resolved
   */
  write(index: number, time: number, values: readonly Promise<number>[]): Promise<void>
  finish(): Promise<NumbersReport>
  keep(): Promise<void>
  abort(): Promise<void>
}

/** Takes PNG files in order. */
export interface PictureSink {
  /** Number `index` of the result; numbers as those of `FrameSink`. */
  write(png: Uint8Array<ArrayBuffer>, index: number): Promise<void>
  finish(): Promise<PicturesReport>
  /** As that of `FrameSink`. */
  keep(): Promise<void>
  abort(): Promise<void>
}

/** Counts and bytes of what an encoder gave back. */
export interface PacketSizes {
  readonly keys: number
  readonly keyBytes: number
  readonly deltas: number
  readonly deltaBytes: number
}

/** What a sink wrote. */
export type SinkReport = PicturesReport | NumbersReport

/** Numbers of frames under one heading. */
export interface NumberColumn {
  readonly title: string
  readonly unit?: string
  /** Which end of its scale is the worse one. */
  readonly worst: 'highest' | 'lowest'
}

export interface NumberRow {
  /** Number of the frame in the whole result, from 0, though a range of it alone is made. */
  readonly frame: number
  /** Seconds in the whole result. */
  readonly time: number
  /** NaN where there is none. */
  readonly values: readonly number[]
}

/** `null` where no frame has a number. */
export interface NumberStatistics {
  readonly title: string
  readonly unit?: string
  /** Frames that have a number. */
  readonly frames: number
  readonly mean: number | null
  /** No more than 5 % of the frames are worse. */
  readonly percentile95: number | null
  readonly worst: { readonly frame: number; readonly time: number; readonly value: number } | null
}

export interface NumbersReport {
  readonly kind: 'numbers'
  readonly fileName: string
  readonly bytes: number
  readonly frames: number
  readonly numbers: readonly NumberStatistics[]
  readonly notes: readonly string[]
}

export interface PicturesReport {
  readonly kind: 'pictures'
  readonly fileName: string
  readonly bytes: number
  readonly frames: number
  /** What encoded the pictures, for people: `the browser`, `libx264 of the built-in ffmpeg`. */
  readonly encoder: string
  /** As written, pixels: video codecs want even sides, so an odd one has grown by one. */
  readonly width: number
  readonly height: number
  /** Codec strings as written, e.g. `avc1.640028`, `opus`. */
  readonly videoCodec: string
  readonly audioCodec: string | null
  /** Sound copied packet by packet (true) or encoded anew (false). */
  readonly audioCopied: boolean
  readonly notes: readonly string[]
  /** Of the pictures alone; every PNG counts as a key frame. */
  readonly packets: PacketSizes
  /** Of the sound alone. */
  readonly audioBytes: number
}

/** One file being written; nothing stands under its final name before `commit`. */
export interface OutputFile {
  /** `position`: bytes from the start; earlier bytes may be written again (headers). Resolves once taken. */
  write(position: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** All bytes are there; it takes no more, holds nothing open, and still has no final name. */
  close(): Promise<void>
  /** Gives a closed file its final name. */
  commit(): Promise<void>
  /** Nothing of it remains; after `commit`, too, where several files belong together. */
  discard(): Promise<void>
}

/** Where files go: a folder or file the person chose, the browser's private store, or the command line's disk. */
export interface OutputFiles {
  open(fileName: string): Promise<OutputFile>
}

export interface Media {
  /**
   * Opens what `ref` names; rejects with `MediaError` where it is missing or cannot be read, and with `strict` also
   * where it is damaged: at once where that shows on opening, else at the first frame that cannot be decoded.
   */
  open(ref: AssetRef, options?: { readonly strict?: boolean }): Promise<FrameSource>
  /** What `ref` says of the display on which its HDR was made; rejects as `open` does, and where ffmpeg cannot be had. */
  mastering(ref: AssetRef): Promise<MasteringFacts | null>
  /** Rejects with `MediaError`, and writes nothing, where the browser cannot encode what is asked for. */
  createSink(request: SinkRequest): Promise<FrameSink>
  /** Rejects with `MediaError`, and writes nothing, where ffmpeg cannot be had or cannot encode what is asked for. */
  createSampleSink(request: SampleSinkRequest): Promise<SampleSink>
  createPictureSink(request: PictureSinkRequest): PictureSink
  /** Rejects with `MediaError` as `createSink` does. */
  createAnimationSink(request: AnimationSinkRequest): Promise<AnimationSink>
  createNumbersSink(request: NumbersSinkRequest): NumbersSink
}

/** A file that cannot be used: what and where in `message`, what to do in `hint`; both whole sentences. */
export class MediaError extends CodedError {
  override readonly name = 'MediaError'
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super('media-failed', message, hint, options)
  }
}
