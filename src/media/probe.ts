/** Facts of a medium: what is known of it before its pixels are decoded. */
import type { InputVideoTrack } from 'mediabunny'
import type { ColourFacts, MediaFacts, SampleFacts } from '../graph/node/facts.ts'
import type { AudioDesc } from '../graph/node/ports.ts'
import { colourNotes, hdrOf, pictureColour, sampleNotes } from './colour.ts'
import type { PictureSize } from './crop.ts'
import type { Timeline } from './types.ts'

const codecNames: Readonly<Record<string, string>> = {
  avc: 'H.264',
  hevc: 'H.265',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  prores: 'ProRes',
  h264: 'H.264',
  mpeg4: 'MPEG-4 Visual',
  mpeg2video: 'MPEG-2',
  mpeg1video: 'MPEG-1',
  wmv1: 'WMV 7',
  wmv2: 'WMV 8',
  wmv3: 'WMV 9',
  vc1: 'VC-1',
  mjpeg: 'Motion JPEG',
}

/** For people; the technical name where there is no other. */
export const codecName = (codec: string): string => codecNames[codec] ?? codec

interface Known {
  /** Of the stream's packets. */
  readonly bytes: number
  readonly timeline: Timeline
  readonly audio: AudioDesc | null
  readonly container: string
  readonly route: MediaFacts['route']
  readonly notes: readonly string[]
  readonly colour: ColourFacts
  readonly samples: SampleFacts
  /** Of its first picture, without what the bitstream hides at its edges. */
  readonly visible: PictureSize
  /** What the container says to show of that; `null`: all. */
  readonly crop: PictureSize | null
  /** Pixels are so many times as wide as high; `null`: as the demuxer tells. */
  readonly pixelAspect: number | null
}

/** Pixels by which the sizes that are told and decoded may differ: odd ones are rounded. */
const sameSize = 1

/** Seconds from the first frame's beginning to the last one's end, and mean frames a second. */
export function pace(timeline: Timeline): { duration: number; frameRate: number } {
  const last = timeline.count - 1
  const duration = timeline.timestamp(last) + timeline.duration(last) - timeline.timestamp(0)
  return { duration, frameRate: duration > 0 ? timeline.count / duration : 0 }
}

/** In square pixels, of a picture whose pixels are so many times as wide as high: neither side becomes smaller. */
export const squareSize = ({ width, height }: PictureSize, pixelAspect: number): PictureSize =>
  pixelAspect > 1
    ? { width: Math.round(width * pixelAspect), height }
    : { width, height: Math.round(height / pixelAspect) }

/** Bits of a stream of `bytes` for each pixel of its `frames`; nothing where that is no number. */
export function spentBits(bytes: number, pixels: number, frames: number): Pick<MediaFacts, 'bitsPerPixel'> {
  const bits = (8 * bytes) / (pixels * frames)
  return Number.isFinite(bits) && bits > 0 ? { bitsPerPixel: bits } : {}
}

export async function videoFacts(track: InputVideoTrack, containerFacts: Known): Promise<MediaFacts> {
  const codec = (await track.getCodec()) ?? 'unknown'
  const { colour, samples } = containerFacts
  const rotation = await track.getRotation()
  const codedSize = { width: await track.getCodedWidth(), height: await track.getCodedHeight() }
  const { visible } = containerFacts
  const isOther =
    Math.abs(codedSize.width - visible.width) > sameSize || Math.abs(codedSize.height - visible.height) > sameSize
  const { crop, pixelAspect } = containerFacts
  const shown = crop ?? (isOther ? visible : codedSize)
  const { width, height } = pixelAspect
    ? squareSize(shown, pixelAspect)
    : {
        width: Math.round(((await track.getSquarePixelWidth()) / codedSize.width) * shown.width),
        height: Math.round(((await track.getSquarePixelHeight()) / codedSize.height) * shown.height),
      }
  const turned = rotation % 180 !== 0
  return {
    kind: 'video',
    width: turned ? height : width,
    height: turned ? width : height,
    frameCount: containerFacts.timeline.count,
    ...pace(containerFacts.timeline),
    audio: containerFacts.audio,
    colour,
    samples,
    hdr: hdrOf(colour),
    container: containerFacts.container,
    codec: codecName(codec),
    ...spentBits(
      containerFacts.bytes,
      (await track.getCodedWidth()) * (await track.getCodedHeight()),
      containerFacts.timeline.count,
    ),
    route: containerFacts.route,
    notes: [
      ...containerFacts.notes,
      ...(isOther
        ? [
            `Its container tells ${codedSize.width} × ${codedSize.height} pixels, and its pictures have ${visible.width} × ${visible.height}, which counts.`,
          ]
        : []),
      ...colourNotes(colour, samples),
      ...sampleNotes(samples),
    ],
  }
}

export function pictureFacts(
  kind: 'image' | 'sequence',
  width: number,
  height: number,
  timeline: Timeline,
  format: string,
  { samples, notes, bytes }: Pick<MediaFacts, 'samples' | 'notes'> & { readonly bytes: number },
): MediaFacts {
  const { duration, frameRate } = pace(timeline)
  return {
    kind,
    width,
    height,
    frameCount: timeline.count,
    duration: kind === 'image' ? 0 : duration,
    frameRate: kind === 'image' ? 0 : frameRate,
    audio: null,
    colour: pictureColour,
    samples,
    hdr: null,
    container: kind === 'image' ? 'Picture' : 'Sequence of pictures',
    codec: format,
    ...spentBits(bytes, width * height, timeline.count),
    route: 'image',
    notes: [...notes, ...sampleNotes(samples)],
  }
}
