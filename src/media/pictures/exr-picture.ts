/**
 * OpenEXR, by ffmpeg. Its numbers are linear light, of any size, and multiplied with their transparency; here they become sRGB of 16 bits.
 */
import { MediaError } from '../types.ts'
import { type DeepPicture, maxPixels, notNumbersNote } from './deep-picture.ts'
import { exrHead, hasAllBlocks } from './exr-head.ts'
import { decodedByFfmpeg } from './ffmpeg-picture.ts'
import { unreadablePicture } from './picture-head.ts'

/** IEC 61966-2-1. */
const toSrgb = (linear: number): number => (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055)

/** Rejects with `MediaError` where it is damaged, too large, or of a kind that ffmpeg does not read. */
export async function decodeExr(file: File): Promise<DeepPicture> {
  const { size, alpha, grey } = exrHead(new Uint8Array(await file.slice(0, 1 << 16).arrayBuffer()))
  if (!size) throw unreadablePicture(file.name, new Error('it does not hold the pixels that it declares'))
  if (!hasAllBlocks(new Uint8Array(await file.arrayBuffer())))
    throw unreadablePicture(file.name, new Error('it is cut off'))
  const pixels = size.width * size.height
  if (pixels > maxPixels)
    throw new MediaError(
      `“${file.name}” is an OpenEXR picture of ${size.width}×${size.height} pixels, which is too large to be read.`,
      'Save it as a 16-bit PNG, or smaller.',
    )
  const bytes = await decodedByFfmpeg(file, 'exr_pipe', grey ? 'grayf32le' : alpha ? 'gbrapf32le' : 'gbrpf32le')
  const planes = new Float32Array(bytes.buffer)
  if (planes.length !== pixels * (grey ? 1 : alpha ? 4 : 3))
    throw unreadablePicture(file.name, new Error('it does not hold the pixels that it declares'))
  return displayed(planes, { ...size, grey, alpha: alpha && !grey })
}

interface LinearKind {
  readonly width: number
  readonly height: number
  readonly grey: boolean
  readonly alpha: boolean
}

/** @param planes G, B, R and alpha in linear light, multiplied with that; of a grey picture one plane */
export function displayed(planes: Float32Array, { width, height, grey, alpha }: LinearKind): DeepPicture {
  const pixels = width * height
  const [green, blue, red] = grey ? [0, 0, 0] : [0, pixels, 2 * pixels]
  const out = new Uint16Array(pixels * 4)
  let clipped = false
  const notNumbers = planes.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0)
  for (let pixel = 0; pixel < pixels; pixel++) {
    const opacity = alpha ? Math.min(1, Math.max(0, planes[3 * pixels + pixel] ?? 0)) : 1
    for (const [channel, plane] of [red, green, blue].entries()) {
      const value = (planes[plane + pixel] ?? 0) / (opacity || 1)
      clipped ||= value > 1 || value < 0
      out[pixel * 4 + channel] = Math.round(toSrgb(Math.min(1, Math.max(0, value))) * 65_535)
    }
    out[pixel * 4 + 3] = Math.round(opacity * 65_535)
  }
  return {
    picture: {
      format: { arrangement: 'rgba', bits: 16, subsampling: [0, 0], alpha },
      ...{ width, height },
      bytes: new Uint8Array(out.buffer),
      close: () => undefined,
    },
    orientation: 1,
    profile: null,
    notes: [
      'Its values are linear light, and were brought to sRGB of 16 bits.',
      ...(clipped ? ['Values beyond 0 and 1 are clipped.'] : []),
      ...notNumbersNote(notNumbers),
    ],
  }
}
