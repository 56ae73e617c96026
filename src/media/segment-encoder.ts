/**
 * The browser's encoder for one segment. WebM and Matroska lay transparency beside the colours as a second stream of the same
 * codec, whose frames travel with those that they belong to; browsers encode colours alone, so that there are two encoders then.
 */
import { type EncodedPacket, MkvOutputFormat, NullTarget, Output, VideoSample } from 'mediabunny'
import type { SinkRequest } from './types.ts'
import { VideoEncoding } from './video-encoding.ts'

export type TakePacket = (packet: EncodedPacket, config: VideoDecoderConfig | undefined) => void

export interface SegmentEncoder {
  /** What is to be told of it, one sentence each. */
  readonly notes: readonly string[]
  /** Frames given back with something in them. */
  readonly encodedFrames: number
  start(): Promise<void>
  /** Takes over `frame`, and closes it. */
  add(frame: VideoFrame): Promise<void>
  /** Nothing stays in it. */
  end(): Promise<void>
  abort(): Promise<void>
}

/** @param take gets every packet in decoding order; the first one with what a decoder must know */
function encodeColours(request: SinkRequest, take: TakePacket): SegmentEncoder {
  const video = new VideoEncoding(request, take)
  // An encoder belongs to an output; this one's file goes nowhere, since the packets are what is kept.
  const nowhere = new Output({ format: new MkvOutputFormat(), target: new NullTarget() })
  nowhere.addVideoTrack(video.source)
  return {
    get notes() {
      return video.notes
    },
    get encodedFrames() {
      return video.encodedFrames
    },
    start: () => nowhere.start(),
    async add(frame) {
      using sample = new VideoSample(frame)
      await video.source.add(sample)
    },
    async end() {
      video.source.close()
      await nowhere.finalize()
    },
    async abort() {
      if (nowhere.state !== 'finalized' && nowhere.state !== 'canceled') await nowhere.cancel()
    },
  }
}

/** A frame of I420A as its colours, and as a grey one of its alpha. Closes it. */
async function split(frame: VideoFrame): Promise<readonly [colours: VideoFrame, alpha: VideoFrame]> {
  const { codedWidth, codedHeight, timestamp, duration, colorSpace } = frame
  const bytes = new Uint8Array(frame.allocationSize())
  await frame.copyTo(bytes)
  frame.close()
  const pixels = codedWidth * codedHeight
  const colourBytes = (pixels * 3) / 2
  const grey = new Uint8Array(colourBytes).fill(128, pixels)
  grey.set(bytes.subarray(colourBytes, colourBytes + pixels))
  const init = {
    format: 'I420',
    codedWidth,
    codedHeight,
    timestamp,
    ...(duration === null ? {} : { duration }),
    colorSpace,
  } as const
  return [new VideoFrame(bytes.subarray(0, colourBytes), init), new VideoFrame(grey, init)]
}

/** The same for frames of I420A with even sides. */
function encodeWithAlpha(request: SinkRequest, take: TakePacket): SegmentEncoder {
  const colours: { readonly packet: EncodedPacket; readonly config: VideoDecoderConfig | undefined }[] = []
  const alphas: EncodedPacket[] = []
  let failure: Error | undefined
  const pair = (): void => {
    for (let first = colours[0]; first && alphas[0]; first = colours[0]) {
      const alpha = alphas[0]
      const { packet, config } = first
      colours.shift()
      alphas.shift()
      if (packet.type !== alpha.type)
        failure ??= new Error('its key frames and those of its transparency are not the same')
      take(packet.clone({ sideData: { alpha: alpha.data } }), config)
    }
  }
  const encoders = [
    encodeColours(request, (packet, config) => {
      colours.push({ packet, config })
      pair()
    }),
    encodeColours(request, (packet) => {
      alphas.push(packet)
      pair()
    }),
  ] as const
  const [coloured, grey] = encoders
  return {
    get notes() {
      return coloured.notes
    },
    get encodedFrames() {
      return Math.min(coloured.encodedFrames, grey.encodedFrames)
    },
    async start() {
      for (const encoder of encoders) await encoder.start()
    },
    async add(frame) {
      const [colour, alpha] = await split(frame)
      const adding = await Promise.allSettled([coloured.add(colour), grey.add(alpha)])
      for (const each of adding) if (each.status === 'rejected') throw each.reason
      if (failure) throw failure
    },
    async end() {
      for (const encoder of encoders) await encoder.end()
      if (failure) throw failure
    },
    async abort() {
      for (const encoder of encoders) await encoder.abort()
    },
  }
}

/** Begins nothing before `start`. */
export const segmentEncoder = (request: SinkRequest, take: TakePacket): SegmentEncoder =>
  request.alpha ? encodeWithAlpha(request, take) : encodeColours(request, take)
