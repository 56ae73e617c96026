/**
 * The browser's encoder for one segment. WebM and Matroska lay transparency beside the colours as a second stream of the same
 * codec, whose frames travel with those that they belong to; browsers encode colours alone, so that there are two encoders then.
 */
import { MkvOutputFormat, NullTarget, Output, VideoSample } from 'mediabunny'
import { PacketPairs, type TakePacket } from './packet-pairs.ts'
import type { SinkRequest } from './types.ts'
import { VideoEncoding } from './video-encoding.ts'

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
  const pairs = new PacketPairs(take)
  const encoders = [
    encodeColours(request, (packet, config) => pairs.addColours(packet, config)),
    encodeColours(request, (packet) => pairs.addAlpha(packet)),
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
      pairs.throwIfUnlike()
    },
    async end() {
      for (const encoder of encoders) await encoder.end()
      pairs.throwIfUnlike()
    },
    async abort() {
      for (const encoder of encoders) await encoder.abort()
    },
  }
}

/** Begins nothing before `start`. */
export const segmentEncoder = (request: SinkRequest, take: TakePacket): SegmentEncoder =>
  request.alpha ? encodeWithAlpha(request, take) : encodeColours(request, take)
