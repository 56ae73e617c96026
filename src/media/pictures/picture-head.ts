/**
 * What a picture file says at its beginning: kind, size, depth, colour profile, and when the frames of an animation are
 * shown. Read by hand, since browsers decode without telling.
 */
import { MediaError } from '../types.ts'

export type PictureKind = 'PNG' | 'JPEG' | 'GIF' | 'WebP' | 'TIFF' | 'EXR' | 'other'

export interface PictureHead {
  readonly kind: PictureKind
  /** As stored, not yet turned as EXIF says; `null` where it is not known here. */
  readonly size: { readonly width: number; readonly height: number } | null
  /** Of a component; 8 where it is not known here. */
  readonly bits: number
  /** The name of an embedded colour profile that is not sRGB's. */
  readonly profile: string | null
  readonly alpha: boolean
  /** What it says of its values beside a profile, where that is not sRGB's; it is not heeded. */
  readonly claim: string | null
  /** EXIF's orientation, 1 to 8. */
  readonly orientation: number
  /** Seconds that each frame is shown; `null` where there is one alone. */
  readonly durations: readonly number[] | null
}

const latin = new TextDecoder('latin1')
const ascii = (bytes: Uint8Array, at: number, length: number): string => latin.decode(bytes.subarray(at, at + length))
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const still: Omit<PictureHead, 'kind'> = {
  size: null,
  bits: 8,
  profile: null,
  alpha: false,
  claim: null,
  orientation: 1,
  durations: null,
}

/** @param bytes of the whole file, or at least of all that lies before its pixels. */
export async function readPictureHead(bytes: Uint8Array<ArrayBuffer>): Promise<PictureHead> {
  if (ascii(bytes, 1, 3) === 'PNG') return { ...still, kind: 'PNG', ...(await pngHead(bytes)) }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return { ...still, kind: 'JPEG', ...jpegHead(bytes) }
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return { ...still, kind: 'GIF', ...gifHead(bytes) }
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP')
    return { ...still, kind: 'WebP', ...webpHead(bytes) }
  const mark = ascii(bytes, 0, 4)
  if (mark === 'II*\0' || mark === 'MM\0*') return { ...still, kind: 'TIFF' }
  if (mark === 'v/1\x01') return { ...still, kind: 'EXR' }
  return { ...still, kind: 'other', size: ascii(bytes, 0, 2) === 'BM' ? bitmapSize(bytes) : null }
}

/** BITMAPINFOHEADER; rows may run from the top, which a negative height says. */
function bitmapSize(bytes: Uint8Array): PictureHead['size'] {
  if (bytes.byteLength < 26) return null
  const view = viewOf(bytes)
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }
}

/** ICC.1:2022, 9.2.22 (`desc`) in both of its shapes; “unnamed” where it has none. `null`: it is sRGB's. */
export function profileName(profile: Uint8Array): string | null {
  const view = viewOf(profile)
  let name = 'unnamed'
  const count = profile.byteLength >= 132 ? Math.min(100, view.getUint32(128)) : 0
  for (let i = 0; i < count; i++) {
    const at = 132 + 12 * i
    if (at + 12 > profile.byteLength || ascii(profile, at, 4) !== 'desc') continue
    const from = view.getUint32(at + 4)
    if (from + 28 > profile.byteLength) break
    if (ascii(profile, from, 4) === 'desc')
      name = ascii(profile, from + 12, view.getUint32(from + 8)).replace(/\0.*$/s, '')
    else if (ascii(profile, from, 4) === 'mluc') {
      const length = view.getUint32(from + 20)
      const text = from + view.getUint32(from + 24)
      name = new TextDecoder('utf-16be').decode(profile.subarray(text, text + length)).replace(/\0.*$/s, '')
    }
  }
  return /sRGB/i.test(name) ? null : name.trim()
}

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

async function pngHead(bytes: Uint8Array<ArrayBuffer>): Promise<Partial<PictureHead>> {
  const view = viewOf(bytes)
  let head: Partial<PictureHead> = {}
  const durations: number[] = []
  let frames = 0
  let isSrgb = false
  const claims = new Map<string, Uint8Array>()
  for (let at = 8; at + 12 <= bytes.byteLength; ) {
    const length = view.getUint32(at)
    const type = ascii(bytes, at + 4, 4)
    const data = at + 8
    if (data + length > bytes.byteLength && type !== 'IDAT') break
    if (type === 'IHDR')
      head = {
        size: { width: view.getUint32(data), height: view.getUint32(data + 4) },
        bits: Math.max(8, bytes[data + 8] ?? 8),
        alpha: ((bytes[data + 9] ?? 0) & 4) !== 0,
      }
    else if (type === 'iCCP') {
      const name = bytes.indexOf(0, data)
      try {
        head = { ...head, profile: profileName(await inflated(bytes.subarray(name + 2, data + length))) }
      } catch {
        // Damaged: a browser passes it by, too.
        head = { ...head, profile: null }
      }
    } else if (type === 'eXIf') head = { ...head, orientation: orientationOf(bytes.subarray(data, data + length)) }
    else if (type === 'tRNS') head = { ...head, alpha: true }
    else if (type === 'sRGB') isSrgb = true
    else if (type === 'cICP' || type === 'gAMA' || type === 'cHRM')
      claims.set(type, bytes.subarray(data, data + length))
    else if (type === 'acTL') frames = view.getUint32(data)
    else if (type === 'fcTL') durations.push(view.getUint16(data + 20) / (view.getUint16(data + 22) || 100))
    at = data + length + 4
  }
  // As browsers have it: what is shown for no time at all is shown for a tenth of a second.
  const displayTimes = durations.map((seconds) => (seconds <= 0 ? 0.1 : seconds))
  const isTold = isSrgb || head.profile !== undefined
  return {
    ...head,
    claim:
      codesClaim(claims.get('cICP')) ??
      (isTold || claims.has('cICP') ? null : plainClaim(claims.get('gAMA'), claims.get('cHRM'))),
    durations: frames > 1 && displayTimes.length === frames ? displayTimes : null,
  }
}

/** Transfers of ITU-T H.273 that make HDR, and those that sRGB's is near to. */
const hdrTransfers: Readonly<Record<number, string>> = { 16: 'HDR (PQ)', 18: 'HDR (HLG)' }
const usualTransfers: ReadonlySet<number> = new Set([1, 6, 13, 14])
/** By how much, as a share, a gamma may differ from sRGB's 2.2. */
const sameGamma = 0.05

/** x and y of white, red, green and blue of BT.709, as `cHRM` has them, and how far others may lie from them. */
const usualChromaticities = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]
const sameChromaticity = 500

/** PNG (third edition), 11.3.2.6: code points of H.273. `null`: none, or such as mean sRGB or nearly so. */
function codesClaim(codes: Uint8Array | undefined): string | null {
  if (!codes || codes.byteLength < 4) return null
  const [primaries = 1, transfer = 13] = codes
  if (hdrTransfers[transfer]) return hdrTransfers[transfer]
  const isUsual = primaries === 1 && usualTransfers.has(transfer)
  return isUsual ? null : `of primaries ${primaries} and transfer ${transfer} of H.273`
}

/** PNG (third edition), 11.3.2.1 and 11.3.2.2. `null`: they are silent, or mean sRGB or nearly so. */
function plainClaim(gamma: Uint8Array | undefined, chromaticities: Uint8Array | undefined): string | null {
  const told = gamma && gamma.byteLength >= 4 ? 100_000 / viewOf(gamma).getUint32(0) : 2.2
  if (Number.isFinite(told) && Math.abs(told / 2.2 - 1) > sameGamma) return `of gamma ${told.toFixed(2)}`
  if (!chromaticities || chromaticities.byteLength < 32) return null
  const view = viewOf(chromaticities)
  const isUsual = usualChromaticities.every((usual, i) => Math.abs(view.getUint32(4 * i) - usual) <= sameChromaticity)
  return isUsual ? null : 'of other primaries (cHRM)'
}

function jpegHead(bytes: Uint8Array): Partial<PictureHead> {
  const view = viewOf(bytes)
  const profile: Uint8Array[] = []
  let head: Partial<PictureHead> = {}
  for (let at = 2; at + 4 <= bytes.byteLength; ) {
    if (bytes[at] !== 0xff) break
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    const length = view.getUint16(at + 2)
    const data = bytes.subarray(at + 4, at + 2 + length)
    if (marker === 0xe1 && ascii(data, 0, 6) === 'Exif\0\0')
      head = { ...head, orientation: orientationOf(data.subarray(6)) }
    else if (marker === 0xe2 && ascii(data, 0, 12) === 'ICC_PROFILE\0') profile[data[12] ?? 0] = data.subarray(14)
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const size = { height: (data[1] ?? 0) * 256 + (data[2] ?? 0), width: (data[3] ?? 0) * 256 + (data[4] ?? 0) }
      head = { ...head, size, bits: data[0] ?? 8 }
    } else if (marker === 0xda) break
    at += 2 + length
  }
  const parts = profile.filter((part) => part !== undefined)
  if (parts.length === 0) return head
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return { ...head, profile: profileName(whole) }
}

/** GIF89a: each frame's time stands in the graphic control extension before it, in hundredths of a second. */
function gifHead(bytes: Uint8Array): Partial<PictureHead> {
  const view = viewOf(bytes)
  const colours = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  const durations: number[] = []
  let delay = 0
  let at = 13 + colours(bytes[10] ?? 0)
  const skipBlocks = (): void => {
    while (at < bytes.byteLength && bytes[at] !== 0) at += (bytes[at] ?? 0) + 1
    at += 1
  }
  while (at < bytes.byteLength) {
    const mark = bytes[at]
    if (mark === 0x21) {
      if (bytes[at + 1] === 0xf9 && at + 6 <= bytes.byteLength) delay = view.getUint16(at + 4, true)
      at += 2
      skipBlocks()
    } else if (mark === 0x2c) {
      // As browsers and ffmpeg have it: so short a time is shown as a tenth of a second.
      durations.push(delay < 2 ? 0.1 : delay / 100)
      delay = 0
      at += 10 + colours(bytes[at + 9] ?? 0) + 1
      skipBlocks()
    } else break
  }
  const size = { width: view.getUint16(6, true), height: view.getUint16(8, true) }
  return { size, durations: durations.length > 1 ? durations : null }
}

/** WebP container specification: chunks of even length. */
function webpHead(bytes: Uint8Array): Partial<PictureHead> {
  const view = viewOf(bytes)
  const three = (at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
  let head: Partial<PictureHead> = {}
  const durations: number[] = []
  for (let at = 12; at + 8 <= bytes.byteLength; ) {
    const type = ascii(bytes, at, 4)
    const length = view.getUint32(at + 4, true)
    const data = at + 8
    if (type === 'VP8X')
      head = {
        ...head,
        size: { width: three(data + 4) + 1, height: three(data + 7) + 1 },
        alpha: ((bytes[data] ?? 0) & 0x10) !== 0,
      }
    else if (type === 'VP8 ' && !head.size && data + 10 <= bytes.byteLength)
      head = {
        ...head,
        size: { width: view.getUint16(data + 6, true) & 0x3fff, height: view.getUint16(data + 8, true) & 0x3fff },
      }
    else if (type === 'VP8L' && !head.size && data + 5 <= bytes.byteLength) {
      const bits = view.getUint32(data + 1, true)
      head = {
        ...head,
        size: { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 },
        alpha: (bits & 0x10000000) !== 0,
      }
    } else if (type === 'ICCP') head = { ...head, profile: profileName(bytes.subarray(data, data + length)) }
    else if (type === 'EXIF') {
      const exif = bytes.subarray(data, data + length)
      head = { ...head, orientation: orientationOf(ascii(exif, 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif) }
    } else if (type === 'ANMF') durations.push(Math.max(1, three(data + 12)) / 1000)
    at = data + length + (length & 1)
  }
  return { ...head, durations: durations.length > 1 ? durations : null }
}

/** TIFF's tag 0x0112 in the first directory of EXIF data. */
function orientationOf(exif: Uint8Array): number {
  if (exif.byteLength < 14) return 1
  const view = viewOf(exif)
  const little = ascii(exif, 0, 2) === 'II'
  const directory = view.getUint32(4, little)
  if (directory + 2 > exif.byteLength) return 1
  const count = view.getUint16(directory, little)
  for (let i = 0; i < count; i++) {
    const at = directory + 2 + 12 * i
    if (at + 12 > exif.byteLength) break
    if (view.getUint16(at, little) !== 0x0112) continue
    const value = view.getUint16(at + 8, little)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

/** How EXIF's orientation is brought about: turned clockwise, then mirrored left for right. */
export const orientations: readonly { readonly rotation: 0 | 90 | 180 | 270; readonly mirrored: boolean }[] = [
  { rotation: 0, mirrored: false },
  { rotation: 0, mirrored: false },
  { rotation: 0, mirrored: true },
  { rotation: 180, mirrored: false },
  { rotation: 180, mirrored: true },
  { rotation: 90, mirrored: true },
  { rotation: 90, mirrored: false },
  { rotation: 270, mirrored: true },
  { rotation: 270, mirrored: false },
]

export const unreadablePicture = (name: string, cause: unknown): MediaError =>
  new MediaError(
    `“${name}” cannot be read as a picture: it is damaged, or of a kind that the browser does not know.`,
    'Save it again as PNG, JPEG, WebP or AVIF.',
    { cause },
  )
