/**
 * Frames to a file: WebCodecs encodes, mediabunny writes the container, the bytes stream out as they come. Nothing is
 * opened before it is known that this browser can encode what is asked for, and nothing stays of a broken-off file.
 */
import { Output, VideoSample } from 'mediabunny'
import { type AudioFeed, addAudio } from './audio-feed.ts'
import { keptInMemory } from './encoders/memory-segments.ts'
import { FileTarget } from './file-target.ts'
import { writeError } from './output-files.ts'
import { outputFormat } from './output-format.ts'
import { createSegmentSink } from './segment-sink.ts'
import { type FrameSink, MediaError, type OutputFile, type PicturesReport, type SinkRequest } from './types.ts'
import {
  browserEncoder,
  checkComplete,
  checkEncodable,
  encodeError,
  nothingToWrite,
  VideoEncoding,
} from './video-encoding.ts'

/** Seconds by which sound is written ahead of the picture. */
const audioAhead = 0.5

/** Opens a sink. Rejects with `MediaError` where codec, container or sound cannot be had; then nothing was written. */
export async function createSink(request: SinkRequest): Promise<FrameSink> {
  await checkEncodable(request)
  if (request.segments) return createSegmentSink(request, request.segments)
  // What lies beside the colours is put together with them where packets are kept.
  if (request.alpha) return createSegmentSink(request, keptInMemory(request))
  const file = await request.output.open(request.fileName)
  try {
    return await start(request, file)
  } catch (error) {
    await file.discard()
    throw error instanceof MediaError ? error : writeError(request.fileName, error)
  }
}

async function start(request: SinkRequest, file: OutputFile): Promise<FrameSink> {
  const format = outputFormat(request.container)
  const target = new FileTarget(file)
  const output = new Output({ format, target: target.target })
  // Of all tags the comment is the one that MP4, WebM and Matroska have alike and that tools carry over.
  if (request.comment !== undefined) output.setMetadataTags({ comment: request.comment })
  const video = new VideoEncoding(request)
  output.addVideoTrack(video.source)
  const audio = request.audio ? await addAudio(output, format, request.audio) : null
  try {
    await output.start()
  } catch (error) {
    await audio?.close()
    throw error
  }
  return new MuxedSink({ request, output, file, target, video, audio })
}

interface Parts {
  readonly request: SinkRequest
  readonly output: Output
  readonly file: OutputFile
  readonly target: FileTarget
  readonly video: VideoEncoding
  readonly audio: AudioFeed | null
}

class MuxedSink implements FrameSink {
  readonly #parts: Parts
  #frames = 0
  #state: 'open' | 'closed' = 'open'

  constructor(parts: Parts) {
    this.#parts = parts
  }

  #failure(error: unknown): MediaError {
    const { request, target } = this.#parts
    if (error instanceof MediaError) return error
    if (target.failure !== undefined) return writeError(request.fileName, target.failure)
    return encodeError(request, error)
  }

  async write(frame: VideoFrame): Promise<void> {
    const { audio, video, request } = this.#parts
    if (this.#state === 'closed') {
      frame.close()
      throw new Error(`“${request.fileName}” is closed.`)
    }
    // Takes over the frame; closing the sample closes it.
    using sample = new VideoSample(frame)
    const shift = (audio?.lead ?? 0) - (request.begin ?? 0)
    if (shift !== 0) sample.setTimestamp(Math.max(0, sample.timestamp + shift))
    try {
      await audio?.upTo(sample.timestamp + audioAhead)
      await video.source.add(sample)
    } catch (error) {
      throw this.#failure(error)
    }
    this.#frames += 1
  }

  async finish(): Promise<PicturesReport> {
    const { output, file, video, audio, request, target } = this.#parts
    if (this.#state === 'closed') throw new Error(`“${request.fileName}” is closed.`)
    if (this.#frames === 0) {
      await this.abort()
      throw nothingToWrite(request.fileName)
    }
    try {
      await audio?.upTo(Number.POSITIVE_INFINITY)
      await audio?.close()
      video.source.close()
      await output.finalize()
      checkComplete(request, this.#frames, video.encodedFrames)
      await file.close()
      await file.commit()
    } catch (error) {
      const failure = this.#failure(error)
      await this.abort()
      throw failure
    }
    this.#state = 'closed'
    return {
      kind: 'pictures',
      fileName: request.fileName,
      bytes: target.bytes,
      frames: this.#frames,
      encoder: browserEncoder,
      width: request.width,
      height: request.height,
      videoCodec: video.codec,
      audioCodec: audio?.codec ?? null,
      audioCopied: audio?.copied ?? false,
      notes: [
        ...(audio?.notes ?? []),
        ...(request.audio && !audio ? ['No sound lies in the chosen range.'] : []),
        ...video.notes,
      ],
      packets: video.sizes,
      audioBytes: audio?.bytes ?? 0,
    }
  }

  keep(): Promise<void> {
    throw new Error(`“${this.#parts.request.fileName}” has no segments to be kept in.`)
  }

  async abort(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    const { output, audio, file } = this.#parts
    try {
      await audio?.close()
      if (output.state !== 'finalized' && output.state !== 'canceled') await output.cancel()
    } finally {
      await file.discard()
    }
  }
}
