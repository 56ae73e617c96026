/**
 * Transparency of VP8 and VP9 in WebM and Matroska: beside each packet of colours lies one of the same codec, whose luma is
 * alpha. mediabunny lays both together in workers that it makes out of text, which this app's content policy forbids; here it is
 * done where the frames are wanted.
 */
import { type EncodedPacket, EncodedPacketSink, type InputVideoTrack, VideoSample } from 'mediabunny'

/** Seconds within which two frames of one packet are shown. */
const sameTime = 1e-3

/** What samples come as, one after another. */
export type Samples = AsyncGenerator<VideoSample, void, unknown>

/** Whether transparency lies beside the colours of the first packet. */
export async function holdsAlpha(track: InputVideoTrack): Promise<boolean> {
  return (await new EncodedPacketSink(track).getFirstPacket())?.sideData.alpha !== undefined
}

/** Which packets a decoder is given for one of a track. */
export type PacketPart = (packet: EncodedPacket) => Promise<EncodedPacket | null>

export const coloursOnly: PacketPart = async (packet) =>
  packet.sideData.alpha === undefined ? packet : packet.clone({ sideData: {} })

/** The packet beside it; `null` where there is none: the frame is opaque. */
export const alphaOnly =
  (track: InputVideoTrack): PacketPart =>
  async (packet) => {
    const { alpha } = packet.sideData
    if (alpha === undefined) return null
    const alphaPacket = packet.clone({ data: alpha, sideData: {} })
    // Its key frames need not be those of the colours.
    return alphaPacket.clone({ type: (await track.determinePacketType(alphaPacket)) ?? packet.type })
  }

interface Planes {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly layout: readonly PlaneLayout[]
  readonly width: number
  readonly height: number
}

async function planesOf(frame: VideoFrame): Promise<Planes> {
  const bytes = new Uint8Array(frame.allocationSize())
  const layout = await frame.copyTo(bytes)
  const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight }
  return { bytes, layout, width, height }
}

/** Copies rows of `bytes` each, one behind the other. */
function copyRows(
  from: Uint8Array,
  { offset, stride }: PlaneLayout,
  to: Uint8Array,
  bytes: number,
  rows: number,
): void {
  for (let row = 0; row < rows; row++)
    to.set(from.subarray(offset + row * stride, offset + row * stride + bytes), row * bytes)
}

const planar = /^(I420|I422|I444)(P10|P12)?$/

/** A frame with the colours of one and, as its alpha, the luma of the other. Rejects where they are of unlike kinds. Closes neither. */
async function merged(colour: VideoFrame, alpha: VideoFrame): Promise<VideoFrame> {
  const [, planes, depth = ''] = planar.exec(colour.format === 'NV12' ? 'I420' : (colour.format ?? '')) ?? []
  const alphaDepth = /P1[02]$/.exec(alpha.format ?? '')?.[0] ?? ''
  if (planes === undefined || depth !== alphaDepth || alpha.format === null)
    throw new Error(`transparency of ${alpha.format} cannot be laid over colours of ${colour.format}`)
  const [ownPlanes, beside] = await Promise.all([planesOf(colour), planesOf(alpha)])
  const { width, height } = ownPlanes
  const step = depth === '' ? 1 : 2
  const chromaWidth = planes === 'I444' ? width : Math.ceil(width / 2)
  const chromaHeight = planes === 'I420' ? Math.ceil(height / 2) : height
  const [luma, chroma] = [width * height * step, chromaWidth * chromaHeight * step]
  const data = new Uint8Array(2 * (luma + chroma))
  copyRows(ownPlanes.bytes, ownPlanes.layout[0]!, data, width * step, height)
  const [u, v] = [data.subarray(luma, luma + chroma), data.subarray(luma + chroma, luma + 2 * chroma)]
  if (colour.format === 'NV12') {
    const { offset, stride } = ownPlanes.layout[1]!
    for (let y = 0; y < chromaHeight; y++)
      for (let x = 0; x < chromaWidth; x++) {
        u[y * chromaWidth + x] = ownPlanes.bytes[offset + y * stride + 2 * x]!
        v[y * chromaWidth + x] = ownPlanes.bytes[offset + y * stride + 2 * x + 1]!
      }
  } else
    for (const [i, plane] of [u, v].entries())
      copyRows(ownPlanes.bytes, ownPlanes.layout[i + 1]!, plane, chromaWidth * step, chromaHeight)
  if (beside.width !== width || beside.height !== height)
    throw new Error('its transparency is of another size than its colours')
  copyRows(beside.bytes, beside.layout[0]!, data.subarray(luma + 2 * chroma), width * step, height)
  return new VideoFrame(data, {
    // TypeScript's DOM knows none of more than 8 bits.
    format: `${planes}A${depth}` as VideoPixelFormat,
    codedWidth: width,
    codedHeight: height,
    timestamp: colour.timestamp,
    ...(colour.duration === null ? {} : { duration: colour.duration }),
    colorSpace: colour.colorSpace.toJSON(),
  })
}

async function mergedSample(colour: VideoSample, alpha: VideoSample): Promise<VideoSample> {
  const [colours, transparency] = [colour.toVideoFrame(), alpha.toVideoFrame()]
  try {
    const frame = await merged(colours, transparency)
    return new VideoSample(frame, { timestamp: colour.timestamp, duration: colour.duration })
  } finally {
    colours.close()
    transparency.close()
  }
}

/** Goes along samples in order, and holds one of them until what is asked for lies behind it. */
export class SamplesInStep<S extends Pick<VideoSample, 'close'>> {
  readonly #samples: AsyncGenerator<S, void, unknown>
  readonly #timeOf: (sample: S) => number
  #waiting: S | null = null
  #hasEnded = false

  /** @param timeOf seconds at which a sample is shown */
  constructor(samples: AsyncGenerator<S, void, unknown>, timeOf: (sample: S) => number) {
    this.#samples = samples
    this.#timeOf = timeOf
  }

  /** The one of that moment, which stays here; `null` where there is none. Moments are asked for in order. */
  async at(time: number): Promise<S | null> {
    while (!this.#hasEnded && (!this.#waiting || this.#timeOf(this.#waiting) < time - sameTime)) {
      this.release()
      const { value, done } = await this.#samples.next()
      if (done) this.#hasEnded = true
      else this.#waiting = value
    }
    return this.#waiting && this.#timeOf(this.#waiting) < time + sameTime ? this.#waiting : null
  }

  /** Closes the one that waits. */
  release(): void {
    this.#waiting?.close()
    this.#waiting = null
  }

  /** No more are taken; also while one is awaited. */
  async end(): Promise<void> {
    this.#hasEnded = true
    await this.#samples.return()
    this.release()
  }
}

/** Samples of colours with the transparency that others give of the same moments; opaque where they give none. */
export class TransparentSamples implements Samples {
  readonly #colours: Samples
  readonly #alphas: SamplesInStep<VideoSample>
  readonly #timeOf: (sample: VideoSample) => number

  /** @param timeOf seconds at which the decoder places a sample */
  constructor(colours: Samples, alphas: Samples, timeOf: (sample: VideoSample) => number) {
    this.#colours = colours
    this.#alphas = new SamplesInStep(alphas, timeOf)
    this.#timeOf = timeOf
  }

  async next(): Promise<IteratorResult<VideoSample, void>> {
    const result = await this.#colours.next()
    if (result.done) {
      await this.return()
      return result
    }
    const colour = result.value
    try {
      const alpha = await this.#alphas.at(this.#timeOf(colour))
      if (!alpha) return result
      const value = await mergedSample(colour, alpha)
      colour.close()
      this.#alphas.release()
      return { value, done: false }
    } catch (error) {
      colour.close()
      await this.return()
      throw error
    }
  }

  /** A generator of the language would end only once what is awaited has come. */
  async return(): Promise<IteratorReturnResult<void>> {
    await Promise.all([this.#colours.return(), this.#alphas.end()])
    return { value: undefined, done: true }
  }

  async throw(error: unknown): Promise<never> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }
}
