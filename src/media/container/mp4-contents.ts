/** Contents of an MP4 or QuickTime file (ISO/IEC 14496-12; QuickTime File Format), read from its index alone. */
import { type ContainerContents, type ContainerPicture, type ContainerTrack, silentPicture } from './contents.ts'
import { afterTimes, type Box, fourCharacters, Mp4Boxes, maxBytes, trackId, uint32 } from './mp4-boxes.ts'

const utf8 = new TextDecoder()

const kinds: Readonly<Record<string, ContainerTrack['kind']>> = {
  vide: 'picture',
  soun: 'sound',
  sbtl: 'subtitles',
  subt: 'subtitles',
  text: 'subtitles',
  clcp: 'subtitles',
}
const codecs: Readonly<Record<string, string>> = {
  tx3g: 'timed text',
  text: 'timed text',
  wvtt: 'WebVTT',
  stpp: 'TTML',
  c608: 'CEA-608',
  c708: 'CEA-708',
  mp4a: 'AAC',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  Opus: 'Opus',
  fLaC: 'FLAC',
  tmcd: 'timecode',
  gpmd: 'camera telemetry',
  mebx: 'timed metadata',
}

/** @returns `null` where the file is none of this kind. Rejects where its index leads on for ever. */
export async function mp4Contents(file: Blob): Promise<ContainerContents | null> {
  const boxes = new Mp4Boxes(file)
  const bytes = (box: Box) => boxes.bytes(box)
  const inside = (box: Box | undefined, ...path: readonly string[]) => boxes.inside(box, ...path)

  const index = await boxes.index()
  if (!index) return null
  const parts = await boxes.in(index)
  const tracks: ContainerTrack[] = []
  const chapterTracks = new Set<number>()
  let chapters = 0
  const counts = new Map<number, number>()
  for (const trak of parts.filter(({ type }) => type === 'trak')) {
    const header = await inside(trak, 'tkhd')
    const media = await inside(trak, 'mdia')
    const handler = await inside(media, 'hdlr')
    if (!header || !media || !handler) continue
    const headerBytes = await bytes(header)
    const id = trackId(headerBytes)
    const handlerBytes = await bytes(handler)
    const mediaHeader = await inside(media, 'mdhd')
    const table = await inside(media, 'minf', 'stbl')
    const description = await inside(table, 'stsd')
    const sizes = await inside(table, 'stsz')
    if (sizes) counts.set(id, uint32(await boxes.bytes(sizes, 12), 8))
    const entry = description ? (await boxes.boxes(description.from + 8, description.to))[0] : undefined
    const kind = kinds[fourCharacters(handlerBytes, 8)] ?? 'data'
    for (const reference of await boxes.in(await inside(trak, 'tref')))
      if (reference.type === 'chap') {
        const ids = await bytes(reference)
        for (let at = 0; at + 4 <= ids.byteLength; at += 4) chapterTracks.add(ids.getUint32(at))
      }
    tracks.push({
      id,
      kind,
      codec: entry ? (codecs[entry.type] ?? entry.type.trim()) : 'unknown',
      language: mediaHeader ? language(await bytes(mediaHeader)) : null,
      name: null,
      picture: kind === 'picture' && entry ? { ...(await pictureOf(entry)), slant: slantIn(headerBytes) } : null,
    })
  }

  async function pictureOf(entry: Box): Promise<ContainerPicture> {
    // A visual sample entry: 78 bytes, then boxes.
    let picture = silentPicture
    for (const box of await boxes.boxes(entry.from + 78, entry.to)) {
      const view = await bytes(box)
      if (box.type === 'colr' && view.byteLength >= 10) {
        const type = fourCharacters(view, 0)
        if (type !== 'nclx' && type !== 'nclc') continue
        picture = {
          ...picture,
          primaries: knownCode(view.getUint16(4)),
          transfer: knownCode(view.getUint16(6)),
          matrix: knownCode(view.getUint16(8)),
          fullRange: type === 'nclx' && view.byteLength >= 11 ? (view.getUint8(10) & 0x80) !== 0 : null,
        }
      } else if (box.type === 'fiel' && view.byteLength >= 2) picture = { ...picture, fieldOrder: fields(view) }
      else if (box.type === 'clap' && view.byteLength >= 32) {
        const codedBytes = await boxes.read(entry.from + 24, 4)
        const side = (at: number): number => (codedBytes[at] ?? 0) * 256 + (codedBytes[at + 1] ?? 0)
        const [left, right] = beyondAperture(view, 0, side(0))
        const [top, bottom] = beyondAperture(view, 8, side(2))
        const isWhole = [left, top, right, bottom].every((pixels) => pixels === 0)
        picture = { ...picture, edges: isWhole ? null : { left, top, right, bottom } }
      }
    }
    return picture
  }

  const userData = parts.find(({ type }) => type === 'udta')
  const nero = await inside(userData, 'chpl')
  if (nero) {
    const view = await bytes(nero)
    chapters = view.byteLength > 0 ? view.getUint8(view.getUint8(0) > 0 ? 8 : 4) : 0
  }
  for (const id of chapterTracks) chapters = Math.max(chapters, counts.get(id) ?? 0)
  // `meta` is a full box in MP4 and a plain one in QuickTime: its version is told by where its first box lies.
  const meta = (await inside(userData, 'meta')) ?? (await inside(index, 'meta'))
  const list = meta && ((await inside({ ...meta, from: meta.from + 4 }, 'ilst')) ?? (await inside(meta, 'ilst')))
  const title = await inside(list, '\u00a9nam', 'data')
  const cover = await inside(list, 'covr')
  return {
    tracks: tracks.filter(({ id }) => !chapterTracks.has(id)),
    chapters,
    attachments: cover ? ['cover picture'] : [],
    title: title ? utf8.decode(await boxes.read(title.from + 8, Math.min(maxBytes, title.to - title.from - 8))) : null,
  }
}

/** Three letters of five bits each. */
function language(view: DataView): string | null {
  const at = view.byteLength > 0 && view.getUint8(0) === 1 ? 32 : 20
  if (at + 2 > view.byteLength) return null
  const packed = view.getUint16(at)
  const letters = [10, 5, 0].map((shift) => String.fromCharCode(0x60 + ((packed >> shift) & 31))).join('')
  return /^[a-z]{3}$/.test(letters) && letters !== 'und' ? letters : null
}

/** 2 is H.273's “unspecified”. */
const knownCode = (code: number): number | null => (code === 2 ? null : code)

/** Of the matrix in a `tkhd`: how far its axes lie from whole quarter turns, the farther of both, degrees. */
function slantIn(header: DataView): number {
  const at = afterTimes(header) + (header.byteLength > 0 && header.getUint8(0) === 1 ? 32 : 28)
  if (at + 20 > header.byteLength) return 0
  const [a = 0, b = 0, c = 0, d = 0] = [0, 4, 12, 16].map((part) => header.getInt32(at + part))
  const slants = [Math.atan2(b, a), Math.atan2(c, d)].map((radians) => {
    const quarters = radians / (Math.PI / 2)
    return Math.abs(quarters - Math.round(quarters)) * 90
  })
  return Math.max(...slants)
}

/**
 * Pixels before and behind the clean aperture along a side of `length`. It is told by its own length and by how far its middle lies
 * from the picture's, each a fraction; a pixel of which it takes a part is shown or not as ffmpeg does it (`mov_read_clap`).
 * @param at where its length stands in the box
 */
function beyondAperture(view: DataView, at: number, length: number): readonly [before: number, behind: number] {
  const own = view.getInt32(at) / view.getInt32(at + 4)
  const middle = (length - 1) / 2 + view.getInt32(at + 16) / view.getInt32(at + 20)
  return [Math.trunc(middle - (own - 1) / 2), length - 1 - Math.trunc(middle + (own - 1) / 2)]
}

/** QuickTime File Format, “Field handling”: number of fields, then which one is shown and stored first. */
function fields(view: DataView): ContainerPicture['fieldOrder'] {
  if (view.getUint8(0) === 1) return 'progressive'
  if (view.getUint8(0) !== 2) return null
  const order = view.getUint8(1)
  if (order === 1 || order === 9) return 'top first'
  return order === 6 || order === 14 ? 'bottom first' : 'interlaced'
}
