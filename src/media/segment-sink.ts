/**
 * Frames to a file by way of kept segments: each begins with a key frame and outlives a crash, a closed tab or a
 * pause. At the end their packets are joined as they are, and sound is laid beside them.
 */
import { EncodedVideoPacketSource, MkvOutputFormat, NullTarget, Output, VideoSample } from 'mediabunny'
import { addAudio } from './audio-feed.ts'
import { fileTarget } from './file-target.ts'
import { writeError } from './output-files.ts'
import {
  configOf,
  headerBytes,
  headerOf,
  packetBytes,
  readHeader,
  readPackets,
  type SegmentHeader,
  sameHeader,
} from './packet-log.ts'
import {
  type FrameSink,
  MediaError,
  type PacketSizes,
  type SegmentFile,
  type SegmentStore,
  type SinkReport,
  type SinkRequest,
} from './types.ts'
import { checkComplete, encodeError, encodeVideo, nothingToWrite, ourColours, outputFormat } from './video-encoding.ts'

/** Key frames may come closer than that; a file for each would be many. */
const shortestSegment = 1
/** Seconds by which sound is joined ahead of the picture. */
const audioAhead = 0.5

/** Packets of the run to segments, one after the other. */
class SegmentWriter {
  readonly #request: SinkRequest
  readonly #store: SegmentStore
  readonly #before: SegmentHeader | null
  #header: SegmentHeader | null = null
  #open: { readonly file: SegmentFile; readonly began: number } | null = null
  #next: number
  #turn: Promise<void> = Promise.resolve()
  #failure: unknown

  /** @param before what the segments that are kept already were encoded with. */
  constructor(request: SinkRequest, store: SegmentStore, kept: number, before: SegmentHeader | null) {
    this.#request = request
    this.#store = store
    this.#before = before
    this.#next = kept
  }

  /** Takes a packet; `settled` tells when it is written. */
  add(bytes: Uint8Array<ArrayBuffer>, at: number, key: boolean, config: VideoDecoderConfig | undefined): void {
    this.#turn = this.#turn.then(async () => {
      if (this.#failure !== undefined) return
      try {
        if (config) this.#header ??= this.#checked(headerOf(config))
        if (this.#open && key && at - this.#open.began >= shortestSegment) await this.#finish()
        this.#open ??= await this.#begin(at)
        await this.#open.file.append(bytes)
        this.#next += 1
      } catch (error) {
        this.#failure = error
      }
    })
  }

  #checked(header: SegmentHeader): SegmentHeader {
    if (this.#before && !sameHeader(this.#before, header))
      throw new MediaError(
        `“${this.#request.fileName}” cannot be continued: this browser now encodes it differently than when it was begun.`,
        'Remove this export and begin it anew.',
      )
    return header
  }

  async #begin(at: number) {
    if (!this.#header) throw new Error('the encoder did not say how to decode its packets')
    const file = await this.#store.begin(this.#next)
    await file.append(headerBytes(this.#header))
    return { file, began: at }
  }

  async #finish(): Promise<void> {
    const file = this.#open?.file
    this.#open = null
    await file?.finish(this.#next)
  }

  /** Resolves once all that came is written. */
  async settled(): Promise<void> {
    await this.#turn
    if (this.#failure !== undefined) throw this.#failure
  }

  async end(): Promise<void> {
    await this.settled()
    await this.#finish()
  }

  async abort(): Promise<void> {
    await this.#turn
    const file = this.#open?.file
    this.#open = null
    await file?.discard()
  }
}

/** How the kept segments were encoded; `null` where there is none. */
async function keptHeader(store: SegmentStore): Promise<SegmentHeader | null> {
  for await (const segment of store.read()) return (await readHeader(segment)).header
  return null
}

/** `request` was checked already: this browser can encode it. */
export async function createSegmentSink(request: SinkRequest, store: SegmentStore): Promise<FrameSink> {
  const kept = (await store.ends()).at(-1) ?? 0
  const writer = new SegmentWriter(request, store, kept, await keptHeader(store))
  const video = encodeVideo(request, (packet, config) =>
    writer.add(packetBytes(packet), packet.timestamp, packet.type === 'key', config),
  )
  // The encoder belongs to an output; this one's file goes nowhere, since the packets are what is kept.
  const nowhere = new Output({ format: new MkvOutputFormat(), target: new NullTarget() })
  nowhere.addVideoTrack(video.source)
  await nowhere.start()
  let frames = 0
  let closed = false

  /** Nothing stays in the encoder, and its packets are kept. */
  async function end(): Promise<void> {
    closed = true
    if (frames === 0) await nowhere.cancel()
    else {
      video.source.close()
      await nowhere.finalize()
    }
    await writer.end()
    checkComplete(request, frames, video.encoded)
  }
  async function abort(): Promise<void> {
    if (nowhere.state !== 'finalized' && nowhere.state !== 'canceled') await nowhere.cancel()
    await writer.abort()
  }

  return {
    async write(frame) {
      if (closed) {
        frame.close()
        throw new Error(`“${request.fileName}” is closed.`)
      }
      using sample = new VideoSample(frame)
      try {
        await video.source.add(sample)
        await writer.settled()
      } catch (error) {
        throw encodeError(request, error)
      }
      frames += 1
    },
    async keep() {
      try {
        await end()
      } catch (error) {
        await abort()
        throw encodeError(request, error)
      }
    },
    async finish() {
      if (kept + frames === 0) {
        closed = true
        await abort()
        throw nothingToWrite(request.fileName)
      }
      try {
        await end()
      } catch (error) {
        await abort()
        throw encodeError(request, error)
      }
      const joined = await joinSegments(request, store)
      return { ...joined, notes: [...joined.notes, ...video.notes] }
    },
    async abort() {
      if (closed) return
      closed = true
      await abort()
    },
  }
}

/** Writes the file: packets of all segments as they are, and the sound. */
async function joinSegments(request: SinkRequest, store: SegmentStore): Promise<SinkReport> {
  const { fileName, codec } = request
  const format = outputFormat(request.container)
  const file = await request.output.open(fileName)
  const written = fileTarget(file)
  const output = new Output({ format, target: written.target })
  if (request.comment !== undefined) output.setMetadataTags({ comment: request.comment })
  const video = new EncodedVideoPacketSource(codec)
  output.addVideoTrack(video)
  const sizes = { keys: 0, keyBytes: 0, deltas: 0, deltaBytes: 0 }
  let first: SegmentHeader | undefined
  try {
    const audio = request.audio ? await addAudio(output, format, request.audio) : null
    try {
      await output.start()
      for await (const segment of store.read()) {
        const { header, end } = await readHeader(segment)
        for await (const packet of readPackets(segment, end)) {
          await audio?.upTo(packet.timestamp + audioAhead)
          const meta = first ? undefined : { decoderConfig: { ...configOf(header), colorSpace: { ...ourColours } } }
          first ??= header
          await video.add(packet, meta)
          count(sizes, packet.type, packet.byteLength)
        }
      }
      await audio?.upTo(Number.POSITIVE_INFINITY)
    } finally {
      await audio?.close()
    }
    video.close()
    await output.finalize()
    await file.close()
    await file.commit()
    return {
      fileName,
      bytes: written.bytes,
      frames: sizes.keys + sizes.deltas,
      width: request.width,
      height: request.height,
      videoCodec: first?.codec ?? codec,
      audioCodec: audio?.codec ?? null,
      audioCopied: audio?.copied ?? false,
      notes: [...(audio?.notes ?? []), ...(request.audio && !audio ? ['No sound lies in the chosen range.'] : [])],
      packets: sizes,
      audioBytes: audio?.bytes ?? 0,
    }
  } catch (error) {
    if (output.state !== 'finalized' && output.state !== 'canceled') await output.cancel()
    await file.discard()
    if (error instanceof MediaError) throw error
    throw writeError(fileName, written.failure ?? error)
  }
}

function count(sizes: { -readonly [K in keyof PacketSizes]: PacketSizes[K] }, type: 'key' | 'delta', bytes: number) {
  if (type === 'key') {
    sizes.keys += 1
    sizes.keyBytes += bytes
  } else {
    sizes.deltas += 1
    sizes.deltaBytes += bytes
  }
}
