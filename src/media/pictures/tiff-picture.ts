/** TIFF 6.0 and what became common beside it, by geotiff; what that does not know (fax, one bit, packed chroma) by ffmpeg. */
import { fromArrayBuffer, type GeoTIFFImage } from 'geotiff'
import { MediaError } from '../types.ts'
import { type DeepPicture, type Interleaved, maxPixels, notNumbersNote, packPixels } from './deep-picture.ts'
import { decodedByFfmpeg } from './ffmpeg-picture.ts'
import { unreadablePicture } from './picture-head.ts'

/** Of PhotometricInterpretation. */
const meaning = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3, separated: 5, yCbCr: 6 } as const
/** Of SampleFormat. */
const format = { unsigned: 1, signed: 2, float: 3 } as const
const jpeg = 7
const profileTag = 34675

const fax: readonly unknown[] = [2, 3, 4]
const unreadCompressions: ReadonlyMap<unknown, string> = new Map([
  [6, 'JPEG of the old kind'],
  [34712, 'JPEG 2000'],
  [34925, 'LZMA'],
])

/** What of the directory decides how the first page is read. */
interface Page {
  readonly width: number
  readonly height: number
  readonly bits: number
  readonly format: number
  readonly compression: number
  readonly meaning: number
}

const pageOf = (image: GeoTIFFImage): Page => ({
  width: image.getWidth(),
  height: image.getHeight(),
  bits: image.getBitsPerSample() || 1,
  format: image.getSampleFormat(),
  compression: image.fileDirectory.getValue('Compression') ?? 1,
  meaning: image.fileDirectory.getValue('PhotometricInterpretation') ?? meaning.blackIsZero,
})

const unread = (name: string, what: string): MediaError =>
  new MediaError(`“${name}” is a TIFF ${what}, which is not read.`, 'Save it as PNG, or as a plain TIFF of R, G and B.')

/** Throws a `MediaError` for what neither decoder reads. */
function refuseUnread(
  name: string,
  { width, height, bits, format: numbers, compression, meaning: colours }: Page,
): void {
  if (width * height > maxPixels)
    throw new MediaError(
      `“${name}” is a TIFF of ${width}×${height} pixels, which is too large to be read.`,
      'Save it as a 16-bit PNG, or smaller.',
    )
  const unreadCompression = unreadCompressions.get(compression)
  if (unreadCompression !== undefined) throw unread(name, `compressed by ${unreadCompression}`)
  if (colours === 8 || colours === 9) throw unread(name, 'of Lab colours')
  if (colours > meaning.yCbCr || colours === 4) throw unread(name, 'of a rare kind')
  if (numbers === format.signed) throw unread(name, `of signed numbers of ${bits} bits`)
  if (numbers !== format.float && bits > 16) throw unread(name, `of numbers of ${bits} bits`)
}

/** Rejects with `MediaError` where it is of a kind that is not read, or with a decoder's own error where it is damaged. */
export async function decodeTiff(file: File): Promise<DeepPicture> {
  const image = await (await fromArrayBuffer(await file.arrayBuffer())).getImage()
  const { fileDirectory: directory } = image
  const page = pageOf(image)
  refuseUnread(file.name, page)
  const notes =
    directory.nextIFDByteOffset === 0 ? [] : ['Its further pages stay behind, since the first alone is read.']
  const isCmyk = page.meaning === meaning.separated
  const profile = directory.hasTag(profileTag) && !isCmyk ? await profileOf(image) : null
  const orientation = (await directory.loadValue('Orientation')) ?? 1
  if (await isForFfmpeg(image, page)) return { picture: await throughFfmpeg(file, page), orientation, notes, profile }
  const samples = await samplesOf(image, page)
  const floats =
    page.format === format.float
      ? [
          'Its values are floating-point numbers; those beyond 0 and 1 are clipped, and the rest brought to 16 bits.',
          ...notNumbersNote(Array.from(samples.data).filter(Number.isNaN).length),
        ]
      : []
  const separated = isCmyk ? ['Its CMYK is brought to R, G and B without a profile.'] : []
  const bits = page.format === format.float || samples.white > 255 ? 16 : 8
  return { picture: packPixels(samples, bits), orientation, notes: [...notes, ...floats, ...separated], profile }
}

async function profileOf({ fileDirectory }: GeoTIFFImage): Promise<Uint8Array> {
  const bytes: ArrayBuffer | ArrayLike<number> = await fileDirectory.loadValue(profileTag)
  return new Uint8Array(bytes)
}

/** Fax; bits that no entry tells of; and chroma that lies beside several pixels' luma. */
async function isForFfmpeg({ fileDirectory }: GeoTIFFImage, page: Page): Promise<boolean> {
  if (fax.includes(page.compression) || !fileDirectory.hasTag('BitsPerSample')) return true
  if (page.meaning !== meaning.yCbCr || page.compression === jpeg) return false
  const subsampling: ArrayLike<number> = (await fileDirectory.loadValue('YCbCrSubSampling')) ?? [2, 2]
  return Array.from(subsampling).some((factor) => factor !== 1)
}

async function samplesOf(image: GeoTIFFImage, page: Page): Promise<Interleaved> {
  const { width, height } = page
  const size = { width, height }
  if (page.meaning === meaning.yCbCr) {
    const data = (await image.readRGB({ interleave: true })) as ArrayLike<number>
    return { ...size, channels: 3, data, white: 255, alphaAt: -1, inverted: false }
  }
  const data = (await image.readRasters({ interleave: true })) as ArrayLike<number>
  const white = page.format === format.float ? 1 : 2 ** page.bits - 1
  const channels = data.length / (width * height)
  if (page.meaning === meaning.palette) {
    const palette: ArrayLike<number> = (await image.fileDirectory.loadValue('ColorMap')) ?? []
    const entries = palette.length / 3
    const colours = Uint16Array.from(
      { length: width * height * 3 },
      (_, i) => palette[(i % 3) * entries + (data[Math.floor(i / 3)] ?? 0)] ?? 0,
    )
    return { ...size, channels: 3, data: colours, white: 65535, alphaAt: -1, inverted: false }
  }
  if (page.meaning === meaning.separated) {
    const ink = (i: number, c: number) => data[Math.floor(i / 3) * channels + c] ?? 0
    const colours = Float64Array.from(
      { length: width * height * 3 },
      (_, i) => ((white - ink(i, i % 3)) * (white - ink(i, 3))) / white,
    )
    return { ...size, channels: 3, data: colours, white, alphaAt: -1, inverted: false }
  }
  const beside = page.meaning === meaning.rgb ? 3 : 1
  const [extra] = Array.from<number>(image.fileDirectory.getValue('ExtraSamples') ?? [])
  const isAlpha = channels > beside && extra !== 0
  return {
    ...{ ...size, channels, white },
    data: extra === 1 && isAlpha ? unmultiplied(data, channels, beside, white) : data,
    alphaAt: isAlpha ? beside : -1,
    inverted: page.meaning === meaning.whiteIsZero,
  }
}

/** Colours that are multiplied with the sample `alphaAt` of their pixel, divided by it. */
function unmultiplied(samples: ArrayLike<number>, channels: number, alphaAt: number, white: number): Float64Array {
  return Float64Array.from({ length: samples.length }, (_, i) => {
    const alpha = samples[i - (i % channels) + alphaAt] ?? 0
    const value = samples[i] ?? 0
    return i % channels >= alphaAt || alpha === 0 ? value : Math.min(white, (value * white) / alpha)
  })
}

async function throughFfmpeg(file: File, { width, height, bits }: Page): Promise<DeepPicture['picture']> {
  const isDeep = bits > 8
  const bytes = await decodedByFfmpeg(file, 'tiff_pipe', isDeep ? 'rgba64le' : 'rgba')
  if (bytes.length !== width * height * (isDeep ? 8 : 4))
    throw unreadablePicture(file.name, new Error('it does not hold the pixels that it declares'))
  const shape = { arrangement: 'rgba', bits: isDeep ? 16 : 8, subsampling: [0, 0], alpha: false } as const
  return { format: shape, width, height, bytes, close: () => undefined }
}
