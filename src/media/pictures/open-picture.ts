/** One picture file, decoded by whoever keeps what is in it: the browser, or a decoder of our own for more bits. */
import type { ColourFacts, SampleFacts } from '../../graph/node/facts.ts'
import { pictureColour, pictureSamples } from '../colour.ts'
import { type Frame, MediaError } from '../types.ts'
import type { DeepPicture } from './deep-picture.ts'
import { exrHead } from './exr-head.ts'
import { orientations, type PictureHead, profileName, readPictureHead, unreadablePicture } from './picture-head.ts'

export interface OpenPicture {
  readonly picture: Frame['picture']
  readonly rotation: Frame['rotation']
  readonly colour: ColourFacts
  readonly samples: SampleFacts
  /** Whole sentences. */
  readonly notes: readonly string[]
}

/** A file whose head is larger (profiles, EXIF with a preview) is read whole, bytes. */
const usualHead = 256 * 1024

/** What a file says at its beginning; of animations, whose frames lie all over it, the whole is read. */
export async function headOf(file: File): Promise<PictureHead> {
  const begin = new Uint8Array(await file.slice(0, usualHead).arrayBuffer())
  const head = await readPictureHead(begin)
  if (head.kind === 'EXR') {
    const { size, alpha } = exrHead(begin)
    return { ...head, size, alpha, bits: 16 }
  }
  if (head.kind === 'TIFF') {
    const { size, orientation } = await tiffDirectory(file)
    return { ...head, size, orientation }
  }
  const whole = file.size <= usualHead || (head.kind === 'JPEG' && head.size !== null)
  return whole ? head : readPictureHead(new Uint8Array(await file.arrayBuffer()))
}

/** Of the first page, whose directory may lie anywhere in the file. */
async function tiffDirectory(file: File): Promise<Pick<PictureHead, 'size' | 'orientation'>> {
  const first = new DataView(await file.slice(0, 8).arrayBuffer())
  const little = first.getUint8(0) === 0x49
  const at = first.byteLength < 8 ? 0 : first.getUint32(4, little)
  const directory = new DataView(await file.slice(at, at + 2 + 12 * 64).arrayBuffer())
  const values = new Map<number, number>()
  const end = directory.byteLength < 2 ? 0 : Math.min(directory.byteLength, 2 + 12 * directory.getUint16(0, little))
  for (let entry = 2; entry + 12 <= end; entry += 12) {
    const short = directory.getUint16(entry + 2, little) === 3
    const value = short ? directory.getUint16(entry + 8, little) : directory.getUint32(entry + 8, little)
    values.set(directory.getUint16(entry, little), value)
  }
  const [width, height] = [values.get(256), values.get(257)]
  return { size: width && height ? { width, height } : null, orientation: values.get(274) ?? 1 }
}

/** Pixels as shown; `null` where only decoding tells. */
export function shownSize({ size, orientation }: PictureHead): PictureHead['size'] {
  return size && turnedBy(orientation).rotation % 180 !== 0 ? { width: size.height, height: size.width } : size
}

/** Whether the browser would drop bits, or does not read it at all. */
const isDeep = ({ kind, bits }: PictureHead): boolean =>
  kind === 'TIFF' || kind === 'EXR' || (kind === 'PNG' && bits > 8)

/** Rejects with `MediaError` where it cannot be read. */
export async function decodePicture(file: File, head: PictureHead): Promise<OpenPicture> {
  if (isDeep(head)) {
    const { picture, orientation, notes, profile } = await decodeAllBits(file, head)
    const converted = profile ? await converting(picture, profile) : []
    const { rotation, mirrored } = turnedBy(head.kind === 'PNG' ? head.orientation : orientation)
    const { bits, alpha } = picture.format
    return {
      picture,
      rotation,
      colour: pictureColour,
      samples: { ...pictureSamples, bits, alpha, mirrored },
      notes: [...notes, ...converted, ...claimNotes(head)],
    }
  }
  const picture = await decodeInBrowser(file, head)
  // Browsers turn JPEG and PNG as EXIF says, and not WebP.
  const { rotation, mirrored } = turnedBy(head.kind === 'WebP' ? head.orientation : 1)
  return {
    picture,
    rotation,
    colour: pictureColour,
    samples: { ...pictureSamples, alpha: head.alpha, mirrored },
    notes: [...(head.profile === null ? [] : [convertedSentence(head.profile)]), ...claimNotes(head)],
  }
}

/** Brings `picture` to sRGB by its `profile` where that can be read; what is to be told of that. */
async function converting(picture: DeepPicture['picture'], profile: Uint8Array): Promise<readonly string[]> {
  const name = profileName(profile)
  if (name === null) return []
  const toSrgb = (await import('./colour-profile.ts')).profileToSrgb(profile)
  if (!toSrgb)
    return [`Its colour profile (${name}) is one of tables, which is not applied: its colours are taken as sRGB.`]
  ;(await import('./deep-picture.ts')).convertColours(picture, toSrgb)
  return [convertedSentence(name)]
}

const claimNotes = ({ claim }: PictureHead): readonly string[] =>
  claim === null ? [] : [`It says that its values are ${claim}: they are taken as sRGB.`]

const convertedSentence = (profile: string): string =>
  `Its colours are converted to sRGB from its own profile, ${profile}.`

/** Loaded only when needed. */
async function decodeAllBits(file: File, { kind }: PictureHead): Promise<DeepPicture> {
  try {
    if (kind === 'EXR') return await (await import('./exr-picture.ts')).decodeExr(file)
    if (kind === 'TIFF') return await (await import('./tiff-picture.ts')).decodeTiff(file)
    return await (await import('./deep-picture.ts')).decodeDeepPng(file)
  } catch (cause) {
    throw cause instanceof MediaError ? cause : unreadablePicture(file.name, cause)
  }
}

const turnedBy = (orientation: number) => orientations[orientation] ?? { rotation: 0 as const, mirrored: false }

async function decodeInBrowser(file: File, { profile }: PictureHead): Promise<ImageBitmap> {
  try {
    // As stored, unless a profile says that the numbers mean something else: no colour management, straight alpha.
    return await createImageBitmap(file, {
      colorSpaceConversion: profile === null ? 'none' : 'default',
      premultiplyAlpha: 'none',
    })
  } catch (cause) {
    throw unreadablePicture(file.name, cause)
  }
}
