/** Pictures that browsers read to eight bits alone, or not at all: decoded here, all their bits kept. Loaded only when one is met. */
import { decode as decodePng } from 'fast-png'
import type { SamplePicture } from '../types.ts'
import type { ToSrgb } from './colour-profile.ts'

/** Pixels beyond which a picture is refused: each is up to 16 bytes on the way. */
export const maxPixels = 64 * 1024 * 1024

export interface DeepPicture {
  readonly picture: SamplePicture
  /** As EXIF's, 1 to 8. */
  readonly orientation: number
  readonly notes: readonly string[]
  /** The colour profile that it brings; `null`: none, or none that is of its pixels as they are here. */
  readonly profile: Uint8Array | null
}

/** Interleaved samples of a file. */
export interface Interleaved {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: ArrayLike<number>
  /** The value that stands for 1. */
  readonly white: number
  /** The sample of each pixel that is its alpha; −1: none is. */
  readonly alphaAt: number
  readonly inverted: boolean
}

/** Said of a picture of floating-point numbers, some of which are none: without it they would pass for black. */
export const notNumbersNote = (values: number): readonly string[] =>
  values === 0
    ? []
    : [
        `${values} of its values ${values === 1 ? 'is not a number (NaN), and is' : 'are not numbers (NaN), and are'} shown as black.`,
      ]

/** R, G, B, A of 8 or 16 bits; grey is spread, a missing alpha is opaque. */
export function packPixels(samples: Interleaved, bits: 8 | 16): SamplePicture {
  const { width, height, channels, data, white, alphaAt, inverted } = samples
  const pixels = width * height
  const full = bits === 8 ? 255 : 65535
  const scale = full / white
  const out = bits === 8 ? new Uint8Array(pixels * 4) : new Uint16Array(pixels * 4)
  const coloured = channels >= 3
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * channels
    for (let c = 0; c < 3; c++) {
      const value = Math.min(full, Math.max(0, Math.round((data[from + (coloured ? c : 0)] ?? 0) * scale)))
      out[pixel * 4 + c] = inverted ? full - value : value
    }
    out[pixel * 4 + 3] =
      alphaAt < 0 ? full : Math.min(full, Math.max(0, Math.round((data[from + alphaAt] ?? 0) * scale)))
  }
  return {
    format: { arrangement: 'rgba', bits, subsampling: [0, 0], alpha: alphaAt >= 0 },
    width,
    height,
    bytes: new Uint8Array(out.buffer),
    close: () => undefined,
  }
}

/** A PNG of up to 16 bits. Rejects with the decoder's own error where it is damaged. */
export async function decodeDeepPng(file: File): Promise<DeepPicture> {
  const decoded = decodePng(new Uint8Array(await file.arrayBuffer()))
  const { width, height, channels, data, depth, transparency, iccEmbeddedProfile } = decoded
  const bits = depth === 16 ? 16 : 8
  const white = 2 ** depth - 1
  const alphaAt = channels === 2 || channels === 4 ? channels - 1 : -1
  const picture = packPixels({ width, height, channels, data, white, alphaAt, inverted: false }, bits)
  return {
    picture: transparency && alphaAt < 0 ? withoutColour(picture, data, channels, transparency) : picture,
    orientation: 1,
    notes: [],
    profile: iccEmbeddedProfile?.profile ?? null,
  }
}

/** `picture` with the pixels of `data` that are of one colour transparent (PNG's `tRNS`). */
function withoutColour(
  picture: SamplePicture,
  data: ArrayLike<number>,
  channels: number,
  colour: ArrayLike<number>,
): SamplePicture {
  const step = picture.format.bits > 8 ? 2 : 1
  for (let pixel = 0; pixel < picture.width * picture.height; pixel++) {
    let isIt = true
    for (let c = 0; c < channels; c++) isIt &&= data[pixel * channels + c] === colour[c]
    if (isIt) picture.bytes.fill(0, (pixel * 4 + 3) * step, (pixel * 4 + 4) * step)
  }
  return { ...picture, format: { ...picture.format, alpha: true } }
}

/** Brings what `picture` shows to sRGB, in place. */
export function convertColours({ bytes, width, height, format }: SamplePicture, toSrgb: ToSrgb): void {
  const samples = format.bits > 8 ? new Uint16Array(bytes.buffer, bytes.byteOffset, width * height * 4) : bytes
  const full = format.bits > 8 ? 65535 : 255
  const pixel = new Float64Array(3)
  for (let at = 0; at < width * height * 4; at += 4) {
    for (let c = 0; c < 3; c++) pixel[c] = (samples[at + c] ?? 0) / full
    toSrgb(pixel)
    for (let c = 0; c < 3; c++) samples[at + c] = Math.round((pixel[c] ?? 0) * full)
  }
}
