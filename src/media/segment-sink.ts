/**
 * Frames to a file by way of kept segments: each begins with a key frame and outlives a crash, a closed tab or a
 * pause. At the end their packets are joined as they are, and sound is laid beside them.
 *
 * Segments end at fixed frames, and each has an encoder of its own: what a segment becomes depends on its frames alone,
 * so that the file is the same byte for byte whether it was made at once, after a crash, or in pieces on many machines.
 */
import { joinSegments, keptHeader, unlike } from './join-segments.ts'
import { headerBytes, headerOf, packetBytes, type SegmentHeader, sameHeader } from './packet-log.ts'
import { type SegmentEncoder, segmentEncoder } from './segment-encoder.ts'
import type {
  FileRequest,
  FrameSink,
  KeptFrames,
  MediaError,
  PicturesReport,
  SegmentFile,
  SegmentStore,
  SinkRequest,
} from './types.ts'
import { browserEncoder, checkComplete, encodeError, nothingToWrite } from './video-encoding.ts'

/** One segment: an encoder, and the file that its packets go to. */
export interface SegmentWriter<Picture> {
  /** The number of the frame that comes next. */
  readonly next: number
  /** What is to be told of the encoder, one sentence each. */
  readonly notes: readonly string[]
  start(): Promise<void>
  add(frame: Picture): Promise<void>
  /** Nothing stays in the encoder, and the segment is kept. */
  end(): Promise<void>
  abort(): Promise<void>
}

/** Told how the packets of a segment must be decoded; throws where that is not as in the other segments. */
export type CheckHeader = (header: SegmentHeader) => void

/** What encodes, and how. */
export interface SegmentEncoding<Picture> {
  /** For the report. */
  encoder(): string
  begin(store: SegmentStore, first: number, check: CheckHeader): SegmentWriter<Picture>
  /** What went wrong while encoding, as a sentence. */
  failure(error: unknown): MediaError
  /** Frees a frame that nobody takes. */
  close(frame: Picture): void
  /** No more segments come. */
  end?(): Promise<void>
}

const encoderNote = 'encoder'

/** Only this file writes them. */
const readNotes = (text = '[]'): readonly string[] => JSON.parse(text) as readonly string[]

export class SegmentedSink<Picture> implements FrameSink<Picture> {
  readonly #request: FileRequest
  readonly #keptFrames: KeptFrames
  readonly #encoding: SegmentEncoding<Picture>
  #header: SegmentHeader | null
  /** What was told of the encoder, here or in an earlier run. */
  #notes: readonly string[]
  #current: SegmentWriter<Picture> | null = null
  #isClosed = false

  private constructor(
    request: FileRequest,
    keptFrames: KeptFrames,
    encoding: SegmentEncoding<Picture>,
    kept: { readonly header: SegmentHeader | null; readonly notes: readonly string[] },
  ) {
    this.#request = request
    this.#keptFrames = keptFrames
    this.#encoding = encoding
    this.#header = kept.header
    this.#notes = kept.notes
  }

  /** Goes on from what `keptFrames` holds already. */
  static async open<Picture>(
    request: FileRequest,
    keptFrames: KeptFrames,
    encoding: SegmentEncoding<Picture>,
  ): Promise<SegmentedSink<Picture>> {
    const { store } = keptFrames
    const header = await keptHeader(store)
    const notes = readNotes((await store.annotations()).get(encoderNote))
    return new SegmentedSink(request, keptFrames, encoding, { header, notes })
  }

  readonly #check = (header: SegmentHeader): void => {
    this.#header ??= header
    if (!sameHeader(this.#header, header)) throw unlike(this.#request.fileName)
  }

  async write(frame: Picture, index: number): Promise<void> {
    const encoding = this.#encoding
    if (this.#isClosed) {
      encoding.close(frame)
      throw new Error(`“${this.#request.fileName}” is closed.`)
    }
    try {
      const segment = await this.#segmentAt(index)
      await segment.add(frame)
    } catch (error) {
      throw encoding.failure(error)
    } finally {
      encoding.close(frame)
    }
  }

  async #segmentAt(index: number): Promise<SegmentWriter<Picture>> {
    const { store, perSegment } = this.#keptFrames
    if (this.#current && index === this.#current.next && index % perSegment !== 0) return this.#current
    await this.#endCurrent()
    const segment = this.#encoding.begin(store, index, this.#check)
    this.#current = segment
    await segment.start()
    return segment
  }

  /** Waits until the encoder has run empty: whenever the page dies, no more than one segment is unfinished. */
  async #endCurrent(): Promise<void> {
    const segment = this.#current
    this.#current = null
    const text = JSON.stringify(segment?.notes ?? this.#notes)
    if (text !== JSON.stringify(this.#notes)) {
      await this.#keptFrames.store.annotate(encoderNote, text)
      this.#notes = readNotes(text)
    }
    await segment?.end()
  }

  async keep(): Promise<void> {
    this.#isClosed = true
    try {
      await this.#endCurrent()
    } catch (error) {
      throw this.#encoding.failure(error)
    } finally {
      await this.#encoding.end?.()
    }
  }

  async finish(): Promise<PicturesReport> {
    await this.keep()
    const { store } = this.#keptFrames
    if ((await store.list()).length === 0) throw nothingToWrite(this.#request.fileName)
    const report = await joinSegments(this.#request, store, this.#encoding.encoder())
    return { ...report, notes: [...report.notes, ...this.#notes] }
  }

  async abort(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      await this.#current?.abort()
    } finally {
      await this.#encoding.end?.()
    }
  }
}

/** A segment whose packets are kept as the browser's encoder gives them. */
class BrowserSegment implements SegmentWriter<VideoFrame> {
  readonly #request: SinkRequest
  readonly #store: SegmentStore
  readonly #first: number
  readonly #check: CheckHeader
  readonly #encoder: SegmentEncoder
  #frames = 0
  #file: SegmentFile | null = null
  #turn: Promise<void> = Promise.resolve()
  #failure: unknown

  constructor(request: SinkRequest, store: SegmentStore, first: number, check: CheckHeader) {
    this.#request = request
    this.#store = store
    this.#first = first
    this.#check = check
    this.#encoder = segmentEncoder(request, (packet, config) => this.#take(packetBytes(packet), config))
  }

  start(): Promise<void> {
    return this.#encoder.start()
  }

  get next(): number {
    return this.#first + this.#frames
  }

  get notes(): readonly string[] {
    return this.#encoder.notes
  }

  #take(bytes: Uint8Array<ArrayBuffer>, config: VideoDecoderConfig | undefined): void {
    this.#turn = this.#turn.then(async () => {
      if (this.#failure !== undefined) return
      try {
        this.#file ??= await this.#begin(config)
        await this.#file.append(bytes)
      } catch (error) {
        this.#failure = error
      }
    })
  }

  async #begin(config: VideoDecoderConfig | undefined): Promise<SegmentFile> {
    if (!config) throw new Error('the encoder did not say how to decode its packets')
    const header = headerOf(config)
    this.#check(header)
    const file = await this.#store.begin(this.#first)
    await file.append(headerBytes(header))
    return file
  }

  async #settled(): Promise<void> {
    await this.#turn
    if (this.#failure !== undefined) throw this.#failure
  }

  async add(frame: VideoFrame): Promise<void> {
    await this.#encoder.add(frame)
    await this.#settled()
    this.#frames += 1
  }

  async end(): Promise<void> {
    try {
      await this.#encoder.end()
      await this.#settled()
      checkComplete(this.#request, this.#frames, this.#encoder.encodedFrames)
    } catch (error) {
      await this.abort()
      throw error
    }
    await this.#file?.finish(this.next)
    this.#file = null
  }

  async abort(): Promise<void> {
    await this.#encoder.abort()
    await this.#turn
    const file = this.#file
    this.#file = null
    await file?.discard()
  }
}

/** `request` was checked already: this browser can encode it. */
export const createSegmentSink = (request: SinkRequest, keptFrames: KeptFrames): Promise<FrameSink> =>
  SegmentedSink.open<VideoFrame>(request, keptFrames, {
    encoder: () => browserEncoder,
    begin: (store, first, check) => new BrowserSegment(request, store, first, check),
    failure: (error) => encodeError(request, error),
    // Closing it twice does nothing.
    close: (frame) => frame.close(),
  })
