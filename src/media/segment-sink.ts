/**
 * Frames to a file by way of kept segments: each begins with a key frame and outlives a crash, a closed tab or a
 * pause. At the end their packets are joined as they are, and sound is laid beside them.
 *
 * Segments end at fixed frames, and each has an encoder of its own: what a segment becomes depends on its frames alone,
 * so that the file is the same byte for byte whether it was made at once, after a crash, or in pieces on many machines.
 */
import { MkvOutputFormat, NullTarget, Output, VideoSample } from 'mediabunny'
import { joinSegments, unlike } from './join-segments.ts'
import { headerBytes, headerOf, packetBytes, readHeader, type SegmentHeader, sameHeader } from './packet-log.ts'
import type { FrameSink, KeptFrames, SegmentFile, SegmentStore, SinkRequest } from './types.ts'
import { checkComplete, encodeError, encodeVideo, nothingToWrite, type VideoEncoding } from './video-encoding.ts'

/** One segment: an encoder, and the file that its packets go to as they come. */
class SegmentWriter {
  readonly #request: SinkRequest
  readonly #store: SegmentStore
  readonly #first: number
  readonly #check: (header: SegmentHeader) => void
  readonly #video: VideoEncoding
  /** An encoder belongs to an output; this one's file goes nowhere, since the packets are what is kept. */
  readonly #nowhere = new Output({ format: new MkvOutputFormat(), target: new NullTarget() })
  #frames = 0
  #file: SegmentFile | null = null
  #turn: Promise<void> = Promise.resolve()
  #failure: unknown

  /** @param check told how the packets must be decoded; throws where that is not as in the other segments. */
  constructor(request: SinkRequest, store: SegmentStore, first: number, check: (header: SegmentHeader) => void) {
    this.#request = request
    this.#store = store
    this.#first = first
    this.#check = check
    this.#video = encodeVideo(request, (packet, config) => this.#take(packetBytes(packet), config))
    this.#nowhere.addVideoTrack(this.#video.source)
  }

  start(): Promise<void> {
    return this.#nowhere.start()
  }

  /** The number of the frame that comes next. */
  get next(): number {
    return this.#first + this.#frames
  }

  get notes(): readonly string[] {
    return this.#video.notes
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

  async add(sample: VideoSample): Promise<void> {
    await this.#video.source.add(sample)
    await this.#settled()
    this.#frames += 1
  }

  /** Nothing stays in the encoder, and the segment is kept. */
  async end(): Promise<void> {
    try {
      this.#video.source.close()
      await this.#nowhere.finalize()
      await this.#settled()
      checkComplete(this.#request, this.#frames, this.#video.encoded)
    } catch (error) {
      await this.abort()
      throw error
    }
    await this.#file?.finish(this.next)
    this.#file = null
  }

  async abort(): Promise<void> {
    if (this.#nowhere.state !== 'finalized' && this.#nowhere.state !== 'canceled') await this.#nowhere.cancel()
    await this.#turn
    const file = this.#file
    this.#file = null
    await file?.discard()
  }
}

/** How the kept segments were encoded; `null` where there is none. */
async function keptHeader(store: SegmentStore): Promise<SegmentHeader | null> {
  const [segment] = await store.list()
  return segment ? (await readHeader(await store.read(segment))).header : null
}

/** `request` was checked already: this browser can encode it. */
export async function createSegmentSink(request: SinkRequest, { store, perSegment }: KeptFrames): Promise<FrameSink> {
  let header = await keptHeader(store)
  const check = (of: SegmentHeader): void => {
    header ??= of
    if (!sameHeader(header, of)) throw unlike(request.fileName)
  }
  let current: SegmentWriter | null = null
  let closed = false
  let notes: readonly string[] = []

  /** Waits until the encoder has run empty: whenever the page dies, no more than one segment is unfinished. */
  async function endCurrent(): Promise<void> {
    const ended = current
    current = null
    notes = ended?.notes ?? notes
    await ended?.end()
  }
  async function end(): Promise<void> {
    closed = true
    try {
      await endCurrent()
    } catch (error) {
      throw encodeError(request, error)
    }
  }

  return {
    async write(frame, index) {
      if (closed) {
        frame.close()
        throw new Error(`“${request.fileName}” is closed.`)
      }
      using sample = new VideoSample(frame)
      try {
        if (!current || index !== current.next || index % perSegment === 0) {
          await endCurrent()
          current = new SegmentWriter(request, store, index, check)
          await current.start()
        }
        await current.add(sample)
      } catch (error) {
        throw encodeError(request, error)
      }
    },
    keep: end,
    async finish() {
      await end()
      if ((await store.list()).length === 0) throw nothingToWrite(request.fileName)
      const joined = await joinSegments(request, store)
      return { ...joined, notes: [...joined.notes, ...notes] }
    },
    async abort() {
      if (closed) return
      closed = true
      await current?.abort()
    },
  }
}
