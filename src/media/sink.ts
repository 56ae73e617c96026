/**
 * Frames to a file: WebCodecs encodes, mediabunny writes the container, the bytes stream out as they come. Nothing is
 * opened before it is known that this browser can encode what is asked for, and nothing stays of a broken-off file.
 */
import {
  canEncodeVideo,
  type EncodedPacket,
  MkvOutputFormat,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  Quality,
  StreamTarget,
  type StreamTargetChunk,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny'
import { type AudioFeed, addAudio } from './audio-feed.ts'
import { writeError } from './output-files.ts'
import { codecName } from './probe.ts'
import { type FrameSink, MediaError, type OutputFile, type SinkReport, type SinkRequest } from './types.ts'

/** Bytes that gather before they are written. */
const chunkBytes = 2 * 1024 * 1024
/** Seconds by which sound is written ahead of the picture. */
const audioAhead = 0.5

const containerNames = { mp4: 'MP4', webm: 'WebM', mkv: 'MKV' } as const

function outputFormat(container: SinkRequest['container']): OutputFormat {
  switch (container) {
    case 'mp4':
      // Index at the end: putting it in front would mean to hold or rewrite the whole file.
      return new Mp4OutputFormat({ fastStart: false })
    case 'webm':
      return new WebMOutputFormat()
    case 'mkv':
      return new MkvOutputFormat()
  }
}

/**
 * Quantizers of quality 0 and 100, in each codec's own scale; VP8 has none in WebCodecs. At quality 75 the shipped
 * reference clip (640×360) comes out at 41 to 45 dB luma PSNR. Chromium's VP9 is finer than its numbers promise: even
 * the coarsest gives 43 dB there.
 */
const quantizers: Readonly<Partial<Record<SinkRequest['codec'], readonly [number, number]>>> = {
  avc: [41, 16],
  vp9: [63, 30],
  av1: [200, 56],
}
/** Bits that a codec needs for a like picture, where H.264 needs 1. */
const appetite: Readonly<Record<SinkRequest['codec'], number>> = { avc: 1, vp8: 1.2, vp9: 0.6, av1: 0.4 }
/** H.264 bits a pixel of quality 0 and 100 at 640×360 and 24 frames/s; exponential between: 0.30 at 75, 0.52 at 90. */
const bitsPerPixel = [0.02, 0.75] as const

/**
 * Rate control. Quality becomes a constant quantizer where browser and codec have one, linear between the ends above.
 * Elsewhere a bitrate is aimed at, which is an estimate of our own: the bits a pixel above, times the pixels to the
 * power 0.85 (a larger picture of one scene has more alike in it) and the frames a second to the power 0.75 (so have
 * frames closer in time). Grain is the dearest of what a chain makes; at 90 that of the default recipe survives. Of
 * H.264 at 24 frames/s, quality 90 takes 2.9 Mbit/s at 640×360, 9.4 at 1280×720 and 18.7 at 1920×1080.
 */
export function rateOf({ codec, width, height, frameRate, rate }: SinkRequest): Quality {
  if (rate.mode === 'bitrate') return new Quality({ bitrate: Math.max(1, Math.round(rate.bitsPerSecond)) })
  const share = rate.quality / 100
  const [least, most] = bitsPerPixel
  const bits =
    appetite[codec] *
    least *
    (most / least) ** share *
    640 *
    360 *
    ((width * height) / (640 * 360)) ** 0.85 *
    24 *
    ((frameRate || 24) / 24) ** 0.75
  const ends = quantizers[codec]
  return new Quality({
    bitrate: Math.max(10_000, Math.round(bits)),
    ...(ends ? { quantizer: Math.round(ends[0] + (ends[1] - ends[0]) * share) } : {}),
  })
}

/** Opens a sink. Rejects with `MediaError` where codec, container or sound cannot be had; then nothing was written. */
export async function createSink(request: SinkRequest): Promise<FrameSink> {
  const { container, codec, width, height, frameRate, fileName } = request
  const format = outputFormat(container)
  if (!format.getSupportedVideoCodecs().includes(codec))
    throw new MediaError(
      `${containerNames[container]} does not take ${codecName(codec)}.`,
      `Choose another codec or another container for “${fileName}”.`,
    )
  const quality = rateOf(request)
  const pace = frameRate > 0 ? { frameRate } : {}
  if (!(await canEncodeVideo(codec, { width, height, quality, ...pace })))
    throw new MediaError(
      `This browser cannot encode ${codecName(codec)} at ${width}×${height}.`,
      'Choose another codec, or another size.',
    )

  const file = await request.output.open(fileName)
  try {
    return await start(request, format, quality, file)
  } catch (error) {
    await file.discard()
    throw error instanceof MediaError ? error : writeError(fileName, error)
  }
}

async function start(
  request: SinkRequest,
  format: OutputFormat,
  quality: Quality,
  file: OutputFile,
): Promise<FrameSink> {
  const { codec, frameRate, fileName } = request
  let bytes = 0
  let writeFailure: unknown
  const target = new StreamTarget(
    new WritableStream<StreamTargetChunk>({
      async write(chunk) {
        try {
          await file.write(chunk.position, chunk.data)
          bytes = Math.max(bytes, chunk.position + chunk.data.byteLength)
        } catch (error) {
          writeFailure ??= error
          throw error
        }
      },
    }),
    { chunked: true, chunkSize: chunkBytes },
  )
  const output = new Output({ format, target })
  // Of all tags the comment is the one that MP4, WebM and Matroska have alike and that tools carry over.
  if (request.comment !== undefined) output.setMetadataTags({ comment: request.comment })
  let codecString: string = codec
  let encoded = 0
  let chosen: VideoEncoderConfig | undefined
  const video = new VideoSampleSource({
    codec,
    quality,
    keyFrameInterval: request.keyFrameSeconds,
    latencyMode: 'quality',
    // Told to the encoder alone: told to the muxer, it would round timestamps to it, and variable rates were lost.
    onEncoderConfig: (config) => {
      if (frameRate > 0) config.framerate = frameRate
      chosen = config
    },
    onEncodedPacket: (packet: EncodedPacket, meta: EncodedVideoChunkMetadata | undefined) => {
      if (packet.byteLength > 0) encoded += 1
      if (!meta?.decoderConfig) return
      codecString = meta.decoderConfig.codec
      // What the frames are, whatever the encoder made of their tags.
      meta.decoderConfig.colorSpace = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false }
    },
  })
  output.addVideoTrack(video)
  const audio = request.audio ? await addAudio(output, format, request.audio) : null
  try {
    await output.start()
  } catch (error) {
    await audio?.close()
    throw error
  }
  return new MuxedSink({
    request,
    output,
    file,
    video,
    audio,
    notes: () => [
      ...(audio?.notes ?? []),
      ...(request.audio && !audio ? ['No sound lies in the chosen range.'] : []),
      ...(request.rate.mode === 'quality' && chosen && chosen.bitrateMode !== 'quantizer'
        ? [
            `This browser cannot hold a constant quality for ${codecName(codec)}; ${megabits(chosen.bitrate ?? 0)} were aimed at.`,
          ]
        : []),
    ],
    bytes: () => bytes,
    codecString: () => codecString,
    encoded: () => encoded,
    failure: (error) => {
      if (error instanceof MediaError) return error
      if (writeFailure !== undefined) return writeError(fileName, writeFailure)
      return new MediaError(
        `“${fileName}” could not be encoded as ${codecName(codec)} (${error instanceof Error ? error.message : String(error)}).`,
        'Choose another codec, or a smaller size.',
        { cause: error },
      )
    },
  })
}

const megabits = (bits: number): string => `${(bits / 1e6).toFixed(2)} Mbit/s`

interface Parts {
  readonly request: SinkRequest
  readonly output: Output
  readonly file: OutputFile
  readonly video: VideoSampleSource
  readonly audio: AudioFeed | null
  readonly notes: () => string[]
  readonly bytes: () => number
  readonly codecString: () => string
  /** Frames that the encoder gave back with something in them. */
  readonly encoded: () => number
  readonly failure: (error: unknown) => MediaError
}

class MuxedSink implements FrameSink {
  readonly #parts: Parts
  #frames = 0
  #state: 'open' | 'closed' = 'open'

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async write(frame: VideoFrame): Promise<void> {
    const { audio, video, failure, request } = this.#parts
    if (this.#state === 'closed') {
      frame.close()
      throw new Error(`“${request.fileName}” is closed.`)
    }
    // Takes over the frame; closing the sample closes it.
    using sample = new VideoSample(frame)
    try {
      await audio?.upTo(sample.timestamp + audioAhead)
      await video.add(sample)
    } catch (error) {
      throw failure(error)
    }
    this.#frames += 1
  }

  async finish(): Promise<SinkReport> {
    const { output, file, video, audio, failure, request, notes, bytes, codecString, encoded } = this.#parts
    if (this.#state === 'closed') throw new Error(`“${request.fileName}” is closed.`)
    if (this.#frames === 0) {
      await this.abort()
      throw new MediaError(
        `“${request.fileName}” was not written: there was no frame to write.`,
        'Check the trim of Decode and the range to export.',
      )
    }
    try {
      await audio?.upTo(Number.POSITIVE_INFINITY)
      await audio?.close()
      video.close()
      await output.finalize()
      // Encoders have swallowed frames beyond their limits without a word.
      if (encoded() !== this.#frames)
        throw new MediaError(
          `“${request.fileName}” could not be encoded as ${codecName(request.codec)}: of ${this.#frames} frames the encoder gave back ${encoded()}.`,
          'Choose another codec, or a smaller size.',
        )
    } catch (error) {
      const told = failure(error)
      await this.abort()
      throw told
    }
    this.#state = 'closed'
    await file.commit()
    return {
      fileName: request.fileName,
      bytes: bytes(),
      frames: this.#frames,
      videoCodec: codecString(),
      audioCodec: audio?.codec ?? null,
      audioCopied: audio?.copied ?? false,
      notes: notes(),
    }
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
