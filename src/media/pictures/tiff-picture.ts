/**
 * TIFF 6.0 with its tiles, planes and orientation. The decoder that is used (`tiff`) knows strips of interleaved whole numbers and floats: tiles and
 * planes are told to it as such, each as a file of its own around the same bytes. What it does not know at all (PackBits, fax, CMYK)
 * ffmpeg decodes.
 */
import { decode } from 'tiff'
import { MediaError } from '../types.ts'
import { type DeepPicture, type Interleaved, notNumbersNote, packPixels } from './deep-picture.ts'
import { decodedByFfmpeg } from './ffmpeg-picture.ts'
import { unreadablePicture } from './picture-head.ts'

const tag = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  planar: 284,
  predictor: 317,
  palette: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  extraSamples: 338,
  sampleFormat: 339,
  profile: 34675,
} as const

/** Bytes of a value, by its type. */
const valueBytes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4 }

/** Whole numbers of one page's directory. */
class Directory {
  readonly #view: DataView
  readonly #little: boolean
  readonly #entries = new Map<number, { readonly bytes: number; readonly count: number; readonly at: number }>()
  /** Whether another page follows. */
  readonly isLast: boolean

  constructor(file: Uint8Array) {
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength)
    this.#little = file[0] === 0x49
    const start = this.#view.getUint32(4, this.#little)
    const count = this.#view.getUint16(start, this.#little)
    for (let i = 0; i < count; i++) {
      const at = start + 2 + 12 * i
      const bytes = valueBytes[this.#view.getUint16(at + 2, this.#little)]
      const values = this.#view.getUint32(at + 4, this.#little)
      if (bytes === undefined) continue
      const place = bytes * values <= 4 ? at + 8 : this.#view.getUint32(at + 8, this.#little)
      this.#entries.set(this.#view.getUint16(at, this.#little), { bytes, count: values, at: place })
    }
    this.isLast = this.#view.getUint32(start + 2 + 12 * count, this.#little) === 0
  }

  get isLittle(): boolean {
    return this.#little
  }

  numbers(of: number): readonly number[] {
    const entry = this.#entries.get(of)
    if (!entry) return []
    const { bytes, count, at } = entry
    // What does not fit into the file is not made room for.
    if (at + bytes * count > this.#view.byteLength) throw new Error(`entry ${of} does not lie in the file`)
    return Array.from({ length: count }, (_, i) => {
      const place = at + bytes * i
      return bytes === 1
        ? this.#view.getUint8(place)
        : bytes === 2
          ? this.#view.getUint16(place, this.#little)
          : this.#view.getUint32(place, this.#little)
    })
  }

  number(of: number, usual: number): number {
    return this.numbers(of)[0] ?? usual
  }
}

/** Strips of samples, one behind the other. */
interface Strips {
  readonly width: number
  readonly height: number
  readonly rows: number
  readonly samples: number
  readonly offsets: readonly number[]
  readonly bytes: readonly number[]
}

type Samples = ReturnType<typeof decode>[number]['data']

/** What is the same in all strips of a file. */
interface Coding {
  readonly bits: number
  readonly format: number
  readonly compression: number
  readonly predictor: number
}

/** Decodes `strips` of `file` by a directory of their own, laid behind it. */
function decodeStrips(file: Uint8Array, isLittle: boolean, strips: Strips, coding: Coding): Samples {
  const { width, height, rows, samples, offsets, bytes } = strips
  const [short, long] = [3, 4]
  const entries: readonly (readonly [tag: number, type: number, values: readonly number[]])[] = [
    [tag.width, long, [width]],
    [tag.height, long, [height]],
    [tag.bits, short, [coding.bits]],
    [tag.compression, short, [coding.compression]],
    // Grey or colour: what the samples mean is worked out by whoever asks.
    [tag.photometric, short, [samples < 3 ? 1 : 2]],
    [tag.stripOffsets, long, offsets],
    [tag.samples, short, [samples]],
    [tag.rowsPerStrip, long, [rows]],
    [tag.stripBytes, long, bytes],
    [tag.predictor, short, [coding.predictor]],
    [tag.sampleFormat, short, [coding.format]],
  ]
  const start = file.byteLength + (file.byteLength & 1)
  const listsAt = start + 2 + 12 * entries.length + 4
  const listed = entries.reduce((sum, [, , values]) => sum + (values.length > 1 ? 4 * values.length : 0), 0)
  const whole = new Uint8Array(listsAt + listed)
  whole.set(file)
  const view = new DataView(whole.buffer)
  view.setUint32(4, start, isLittle)
  view.setUint16(start, entries.length, isLittle)
  let free = listsAt
  for (const [i, [name, type, values]] of entries.entries()) {
    const at = start + 2 + 12 * i
    view.setUint16(at, name, isLittle)
    view.setUint16(at + 2, type, isLittle)
    view.setUint32(at + 4, values.length, isLittle)
    const [first = 0] = values
    if (values.length > 1) {
      view.setUint32(at + 8, free, isLittle)
      for (const value of values) {
        view.setUint32(free, value, isLittle)
        free += 4
      }
    } else if (type === short) view.setUint16(at + 8, first, isLittle)
    else view.setUint32(at + 8, first, isLittle)
  }
  const [page] = decode(whole)
  if (!page) throw new Error('there is no page')
  return page.data
}

/** All samples of a page, interleaved. */
function samplesOf(file: Uint8Array, directory: Directory, coding: Coding): Samples {
  const [width, height] = [directory.number(tag.width, 0), directory.number(tag.height, 0)]
  const samples = directory.number(tag.samples, 1)
  const planes = directory.number(tag.planar, 1) === 2 ? samples : 1
  const perPlane = samples / planes
  const tileWidth = directory.number(tag.tileWidth, 0)
  const tileHeight = directory.number(tag.tileHeight, 0)
  const isTiled = tileWidth > 0 && tileHeight > 0
  const offsets = directory.numbers(isTiled ? tag.tileOffsets : tag.stripOffsets)
  const told = directory.numbers(isTiled ? tag.tileBytes : tag.stripBytes)
  // Old files of one strip without compression do not say how long it is.
  const bytes = told.length === offsets.length ? told : [file.byteLength - (offsets[0] ?? 0)]
  const across = isTiled ? Math.ceil(width / tileWidth) : 1
  const pieces = offsets.length / planes
  if (!Number.isInteger(pieces) || bytes.length !== offsets.length) throw new Error('its pieces are not all there')
  const pieceWidth = isTiled ? tileWidth : width
  const rows = isTiled ? tileHeight : Math.min(height, directory.number(tag.rowsPerStrip, height))
  if (pieces !== across * Math.ceil(height / rows)) throw new Error('it has another number of pieces')
  let all: Samples | undefined
  for (let plane = 0; plane < planes; plane++) {
    const own = { from: plane * pieces, to: (plane + 1) * pieces }
    const data = decodeStrips(
      file,
      directory.isLittle,
      {
        width: pieceWidth,
        // The last tile is as high as the others, the last strip ends with the picture.
        height: isTiled ? tileHeight * pieces : height,
        rows,
        samples: perPlane,
        offsets: offsets.slice(own.from, own.to),
        bytes: bytes.slice(own.from, own.to),
      },
      coding,
    )
    // Strips of interleaved samples are in order already.
    if (!isTiled && planes === 1) return data
    all ??= new (data.constructor as new (length: number) => Samples)(width * height * samples)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const piece = Math.floor(y / rows) * across + Math.floor(x / pieceWidth)
        const row = isTiled ? piece * rows + (y % rows) : y
        const from = (row * pieceWidth + (x % pieceWidth)) * perPlane
        const to = (y * width + x) * samples + plane
        for (let c = 0; c < perPlane; c++) all[to + c] = data[from + c] ?? 0
      }
  }
  if (!all) throw new Error('it has no samples')
  return all
}

const compressions: Readonly<Record<number, string>> = {
  1: 'none',
  5: 'LZW',
  8: 'Deflate',
  32946: 'Deflate',
}
/** Those that ffmpeg knows beside them, in strips. */
const byFfmpeg: Readonly<Record<number, string>> = { ...compressions, 2: 'fax', 3: 'fax', 4: 'fax', 32773: 'PackBits' }
const otherCompressions: Readonly<Record<number, string>> = {
  6: 'JPEG',
  7: 'JPEG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
}

const unread = (name: string, what: string): MediaError =>
  new MediaError(`“${name}” is a TIFF ${what}, which is not read.`, 'Save it as PNG, or as a plain TIFF of R, G and B.')

/** Rejects with `MediaError` where the file is damaged or of a kind that is not read. */
export async function decodeTiff(file: File): Promise<DeepPicture> {
  try {
    return await firstPage(file)
  } catch (cause) {
    throw cause instanceof MediaError ? cause : unreadablePicture(file.name, cause)
  }
}

async function firstPage(file: File): Promise<DeepPicture> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const directory = new Directory(bytes)
  const [width, height] = [directory.number(tag.width, 0), directory.number(tag.height, 0)]
  const bits = directory.number(tag.bits, 1)
  const format = directory.number(tag.sampleFormat, 1)
  const compression = directory.number(tag.compression, 1)
  const photometric = directory.number(tag.photometric, 1)
  const isFloat = format === 3
  const isTiled = directory.number(tag.tileWidth, 0) > 0
  const predictor = directory.number(tag.predictor, 1)
  const notes = directory.isLast ? [] : ['Its further pages stay behind, since the first alone is read.']
  const orientation = directory.number(tag.orientation, 1)
  const profileBytes = directory.numbers(tag.profile)
  const profile = profileBytes.length > 0 ? Uint8Array.from(profileBytes) : null
  const isPlain =
    compressions[compression] !== undefined &&
    photometric <= 3 &&
    (isFloat ? bits === 32 || bits === 64 : format === 1 && (bits === 1 || bits === 8 || bits === 16)) &&
    predictor <= 2
  if (!isPlain) {
    if (otherCompressions[compression]) throw unread(file.name, `compressed by ${otherCompressions[compression]}`)
    if (photometric === 8 || photometric === 9) throw unread(file.name, 'of Lab colours')
    if (isFloat) throw unread(file.name, `of floating-point numbers of ${bits} bits`)
    if (format === 2 || bits > 16) throw unread(file.name, `of ${format === 2 ? 'signed ' : ''}numbers of ${bits} bits`)
    if (isTiled || !byFfmpeg[compression] || photometric > 6) throw unread(file.name, 'of a rare kind')
    const picture = await throughFfmpeg(file, width, height, bits)
    const separated = photometric === 5 ? ['Its CMYK is brought to R, G and B without a profile.'] : []
    return { picture, orientation, notes: [...notes, ...separated], profile: photometric === 5 ? null : profile }
  }
  const samples = samplesOf(bytes, directory, { bits, format, compression, predictor })
  const channels = samples.length / (width * height)
  const palette = directory.numbers(tag.palette)
  if (photometric === 3) {
    const entries = palette.length / 3
    const data = Uint16Array.from(
      { length: width * height * 3 },
      (_, i) => palette[(i % 3) * entries + (samples[Math.floor(i / 3)] ?? 0)] ?? 0,
    )
    const colours = { width, height, channels: 3, data, white: 65535, alphaAt: -1, inverted: false }
    return { picture: packPixels(colours, 16), orientation, notes, profile }
  }
  const white = isFloat ? 1 : 2 ** bits - 1
  const coloured = photometric === 2
  const beside = coloured ? 3 : 1
  const extra = directory.numbers(tag.extraSamples)[0]
  const isAlpha = channels > beside && extra !== 0
  const shown = extra === 1 && isAlpha ? unmultiplied(samples, channels, beside, white) : samples
  const interleaved: Interleaved = {
    ...{ width, height, channels, data: shown, white },
    alphaAt: isAlpha ? beside : -1,
    inverted: photometric === 0,
  }
  const float = [
    'Its values are floating-point numbers; those beyond 0 and 1 are clipped, and the rest brought to 16 bits.',
    ...notNumbersNote(isFloat ? Array.from(samples).filter(Number.isNaN).length : 0),
  ]
  return {
    picture: packPixels(interleaved, bits > 8 ? 16 : 8),
    orientation,
    notes: [...notes, ...(isFloat ? float : [])],
    profile,
  }
}

/** Colours that are multiplied with the sample `alphaAt` of their pixel, divided by it. */
function unmultiplied(samples: Samples, channels: number, alphaAt: number, white: number): Float64Array {
  return Float64Array.from({ length: samples.length }, (_, i) => {
    const alpha = samples[i - (i % channels) + alphaAt] ?? 0
    const value = samples[i] ?? 0
    return i % channels >= alphaAt || alpha === 0 ? value : Math.min(white, (value * white) / alpha)
  })
}

async function throughFfmpeg(file: File, width: number, height: number, bits: number): Promise<DeepPicture['picture']> {
  const isDeep = bits > 8
  const bytes = await decodedByFfmpeg(file, 'tiff_pipe', isDeep ? 'rgba64le' : 'rgba')
  if (bytes.length !== width * height * (isDeep ? 8 : 4))
    throw unreadablePicture(file.name, new Error('it does not hold the pixels that it declares'))
  const format = { arrangement: 'rgba', bits: isDeep ? 16 : 8, subsampling: [0, 0], alpha: false } as const
  return { format, width, height, bytes, close: () => undefined }
}
