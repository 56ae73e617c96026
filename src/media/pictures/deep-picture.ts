/**
 * Pictures that browsers read not at all (TIFF) or to eight bits alone (PNG of 16): decoded here, all their bits kept.
 * Loaded only when one is met.
 */
import { decode as decodePng } from 'fast-png'
import { decode as decodeTiff } from 'tiff'
import { MediaError, type SamplePicture } from '../types.ts'
import type { PictureKind } from './picture-head.ts'
import { unreadablePicture } from './picture-head.ts'

export interface DeepPicture {
  readonly picture: SamplePicture
  /** As EXIF's, 1 to 8. */
  readonly orientation: number
  readonly notes: readonly string[]
}

/** Interleaved samples of a file. */
interface Interleaved {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: ArrayLike<number>
  /** The value that stands for 1. */
  readonly white: number
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
function packPixels({ width, height, channels, data, white, inverted }: Interleaved, bits: 8 | 16): SamplePicture {
  const pixels = width * height
  const full = bits === 8 ? 255 : 65535
  const scale = full / white
  const out = bits === 8 ? new Uint8Array(pixels * 4) : new Uint16Array(pixels * 4)
  const coloured = channels >= 3
  const alphaAt = channels === 2 ? 1 : channels >= 4 ? 3 : -1
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

/** Rejects with `MediaError` where the file is damaged or of a kind that is not read. */
export async function decodeDeep(file: File, kind: PictureKind): Promise<DeepPicture> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  try {
    return kind === 'TIFF' ? tiff(bytes, file.name) : png(bytes)
  } catch (cause) {
    throw cause instanceof MediaError ? cause : unreadablePicture(file.name, cause)
  }
}

function png(bytes: Uint8Array): DeepPicture {
  const { width, height, channels, data, depth } = decodePng(bytes)
  const bits = depth === 16 ? 16 : 8
  const white = 2 ** depth - 1
  return {
    picture: packPixels({ width, height, channels, data, white, inverted: false }, bits),
    orientation: 1,
    notes: [],
  }
}

/** Baseline TIFF 6.0 and its common extensions: grey and R'G'B', 8 and 16 bits and float. */
function tiff(bytes: Uint8Array, name: string): DeepPicture {
  const pages = decodeTiff(bytes)
  const [page] = pages
  if (!page) throw new Error('There is no page.')
  const { width, height, data, type, bitsPerSample, palette } = page
  const float = data instanceof Float32Array || data instanceof Float64Array
  if (type > 3)
    throw new MediaError(
      `“${name}” is a TIFF of ${type === 5 ? 'CMYK' : type === 6 ? 'YCbCr' : 'Lab'} colours, which are not read.`,
      'Save it as RGB, in TIFF or PNG.',
    )
  const bits = bitsPerSample > 8 ? 16 : 8
  const notes = [
    ...(pages.length > 1
      ? [
          `Its further ${pages.length - 1 === 1 ? 'page stays' : `${pages.length - 1} pages stay`} behind, since the first alone is read.`,
        ]
      : []),
    ...(float
      ? ['Its values are floating-point numbers; those beyond 0 and 1 are clipped, and the rest brought to 16 bits.']
      : []),
  ]
  if (type === 3 && palette) {
    const colours = Uint16Array.from(
      { length: width * height * 3 },
      (_, i) => palette[data[Math.floor(i / 3)] ?? 0]?.[i % 3] ?? 0,
    )
    return {
      picture: packPixels({ width, height, channels: 3, data: colours, white: 65535, inverted: false }, 16),
      orientation: page.orientation ?? 1,
      notes,
    }
  }
  const channels = data.length / (width * height)
  const white = float ? 1 : 2 ** bitsPerSample - 1
  const notNumbers = float ? Array.from(data).filter(Number.isNaN).length : 0
  return {
    picture: packPixels({ width, height, channels, data, white, inverted: type === 0 }, bits),
    orientation: page.orientation ?? 1,
    notes: [...notes, ...notNumbersNote(notNumbers)],
  }
}
