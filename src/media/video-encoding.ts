/**
 * How pictures become packets: which container takes which codec, at which rate, and what the encoder really did. Both
 * sinks use it: the one that writes its file at once, and the one that keeps segments first.
 */

import { canEncodeVideo, type EncodedPacket, Quality, VideoSampleSource } from 'mediabunny'
import { messageOf } from '../graph/document/coded-error.ts'
import { outputFormat } from './output-format.ts'
import { codecName } from './probe.ts'
import { type FileRequest, MediaError, type PacketSizes, type SinkRequest } from './types.ts'

export const containerNames = { mp4: 'MP4', mov: 'MOV', webm: 'WebM', mkv: 'MKV' } as const

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
  const [min, max] = bitsPerPixel
  const bits =
    appetite[codec] *
    min *
    (max / min) ** share *
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

/** Rejects with `MediaError` where the container does not take the codec, or this browser does not encode it. */
export async function checkEncodable(request: SinkRequest): Promise<void> {
  const { container, codec, width, height, frameRate, fileName } = request
  if (!outputFormat(container).getSupportedVideoCodecs().includes(codec))
    throw new MediaError(
      `${containerNames[container]} does not take ${codecName(codec)}.`,
      `Choose another codec or another container for “${fileName}”.`,
    )
  const pace = frameRate > 0 ? { frameRate } : {}
  if (!(await canEncodeVideo(codec, { width, height, quality: rateOf(request), ...pace })))
    throw new MediaError(
      `This browser cannot encode ${codecName(codec)} at ${width}×${height}.`,
      'Choose another codec, or another size.',
    )
}

/** What the frames are, whatever the encoder made of their tags. */
const ourColours: VideoColorSpaceInit = {
  matrix: 'bt709',
  primaries: 'bt709',
  transfer: 'bt709',
  fullRange: false,
}

/** WebCodecs' names, of which TypeScript's DOM knows fewer. */
const bt2020: Readonly<Record<'matrix' | 'primaries', string>> = { matrix: 'bt2020-ncl', primaries: 'bt2020' }

/**
 * The same where HDR may have been kept, or the codec knows one matrix alone.
 * @param codec its name, or the string of a decoder's configuration
 */
export function coloursOf({ hdr }: Pick<FileRequest, 'hdr'>, codec: string): VideoColorSpaceInit {
  if (codec.startsWith('vp8')) return { ...ourColours, matrix: 'smpte170m' }
  if (!hdr) return ourColours
  const transfer: string = hdr.transfer
  return {
    matrix: bt2020.matrix as VideoMatrixCoefficients,
    primaries: bt2020.primaries as VideoColorPrimaries,
    transfer: transfer as VideoTransferCharacteristics,
    fullRange: false,
  }
}

/** What an encoder gave back so far. */
export class PacketTally {
  readonly #sizes = { keys: 0, keyBytes: 0, deltas: 0, deltaBytes: 0 }
  #frames = 0

  add({ type, byteLength }: Pick<EncodedPacket, 'type' | 'byteLength'>): void {
    if (byteLength > 0) this.#frames += 1
    if (type === 'key') {
      this.#sizes.keys += 1
      this.#sizes.keyBytes += byteLength
    } else {
      this.#sizes.deltas += 1
      this.#sizes.deltaBytes += byteLength
    }
  }

  /** Frames with something in them. */
  get frames(): number {
    return this.#frames
  }

  get sizes(): PacketSizes {
    return { ...this.#sizes }
  }
}

export class VideoEncoding {
  readonly source: VideoSampleSource
  readonly #request: SinkRequest
  readonly #tally = new PacketTally()
  #codec: string
  #encoderConfig: VideoEncoderConfig | undefined

  /** @param onPacket gets every packet in decoding order; the first one with what a decoder must know. */
  constructor(
    request: SinkRequest,
    onPacket: (packet: EncodedPacket, config: VideoDecoderConfig | undefined) => void = () => undefined,
  ) {
    const { codec, frameRate } = request
    this.#request = request
    this.#codec = codec
    this.source = new VideoSampleSource({
      codec,
      quality: rateOf(request),
      keyFrameInterval: request.keyFrameSeconds,
      latencyMode: 'quality',
      // Told to the encoder alone: told to the muxer, it would round timestamps to it, and variable rates were lost.
      onEncoderConfig: (config) => {
        if (frameRate > 0) config.framerate = frameRate
        this.#encoderConfig = config
      },
      onEncodedPacket: (packet, meta) => {
        this.#tally.add(packet)
        if (meta?.decoderConfig) {
          this.#codec = meta.decoderConfig.codec
          meta.decoderConfig.colorSpace = { ...coloursOf(request, codec) }
        }
        onPacket(packet, meta?.decoderConfig)
      },
    })
  }

  /** As written, e.g. `avc1.640028`; the bare codec before the first packet. */
  get codec(): string {
    return this.#codec
  }

  /** Frames that the encoder gave back with something in them. */
  get encodedFrames(): number {
    return this.#tally.frames
  }

  get sizes(): PacketSizes {
    return this.#tally.sizes
  }

  get notes(): readonly string[] {
    return this.#encoderConfig ? rateNotes(this.#request, this.#encoderConfig) : []
  }
}

/** What of the wished rate the encoder does not do, one sentence each. */
export const rateNotes = (
  { codec, rate }: Pick<SinkRequest, 'codec' | 'rate'>,
  { bitrateMode, bitrate = 0 }: Pick<VideoEncoderConfig, 'bitrate' | 'bitrateMode'>,
): readonly string[] =>
  rate.mode === 'quality' && bitrateMode !== 'quantizer'
    ? [`This browser cannot encode ${codecName(codec)} at constant quality; ${megabits(bitrate)} was the target.`]
    : []

const megabits = (bits: number): string => `${(bits / 1e6).toFixed(2)} Mbit/s`

/** What went wrong while encoding or writing, as a sentence. */
export function encodeError({ fileName, codec }: SinkRequest, error: unknown): MediaError {
  if (error instanceof MediaError) return error
  return new MediaError(
    `“${fileName}” could not be encoded as ${codecName(codec)} (${messageOf(error)}).`,
    'Choose another codec, or a smaller size.',
    { cause: error },
  )
}

/** Encoders have swallowed frames beyond their limits without a word. */
export function checkComplete({ fileName, codec }: SinkRequest, frames: number, framesEncoded: number): void {
  if (framesEncoded !== frames)
    throw new MediaError(
      `“${fileName}” could not be encoded as ${codecName(codec)}: of ${frames} frames the encoder gave back ${framesEncoded}.`,
      'Choose another codec, or a smaller size.',
    )
}

/** How the browser's own encoder is called in reports. */
export const browserEncoder = 'the browser'

export const nothingToWrite = (fileName: string): MediaError =>
  new MediaError(
    `“${fileName}” was not written: there was no frame to write.`,
    'Check the trim of Decode and the range to export.',
  )
