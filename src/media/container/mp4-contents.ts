/** Contents of an MP4 or QuickTime file (ISO/IEC 14496-12; QuickTime File Format), read from its index alone. */
import {
  boundedReader,
  type ContainerContents,
  type ContainerPicture,
  type ContainerTrack,
  silentPicture,
} from './contents.ts'

interface Box {
  readonly type: string
  /** Of what is in it, bytes of the file. */
  readonly from: number
  readonly to: number
}

const latin = new TextDecoder('latin1')
const utf8 = new TextDecoder()
/** A text or table longer than this is not read whole, bytes. */
const maxBytes = 1 << 16

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
  const read = boundedReader(file)

  async function boxes(from: number, to: number): Promise<readonly Box[]> {
    const boxList: Box[] = []
    let position = from
    while (position + 8 <= to) {
      const head = await read(position, 16)
      if (head.byteLength < 8) break
      const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
      let size = view.getUint32(0)
      let header = 8
      if (size === 1 && head.byteLength >= 16) {
        size = Number(view.getBigUint64(8))
        header = 16
      } else if (size === 0) size = to - position
      if (size < header) break
      const end = Math.min(to, position + size)
      boxList.push({ type: latin.decode(head.subarray(4, 8)), from: position + header, to: end })
      position += size
    }
    return boxList
  }
  const bytes = async (box: Box): Promise<DataView> => {
    const data = await read(box.from, Math.min(maxBytes, box.to - box.from))
    return new DataView(data.buffer, data.byteOffset, data.byteLength)
  }
  async function inside(box: Box | undefined, ...path: readonly string[]): Promise<Box | undefined> {
    let at = box
    for (const type of path) {
      if (!at) return undefined
      at = (await boxes(at.from, at.to)).find((child) => child.type === type)
    }
    return at
  }

  const top = await boxes(0, file.size)
  const index = top.find(({ type }) => type === 'moov')
  if (!index) return null
  const parts = await boxes(index.from, index.to)
  const tracks: ContainerTrack[] = []
  const chapterTracks = new Set<number>()
  let chapters = 0
  const counts = new Map<number, number>()
  for (const trak of parts.filter(({ type }) => type === 'trak')) {
    const header = await inside(trak, 'tkhd')
    const media = await inside(trak, 'mdia')
    const handler = await inside(media, 'hdlr')
    if (!header || !media || !handler) continue
    const id = trackId(await bytes(header))
    const handlerBytes = await bytes(handler)
    const mediaHeader = await inside(media, 'mdhd')
    const table = await inside(media, 'minf', 'stbl')
    const description = await inside(table, 'stsd')
    const sizes = await inside(table, 'stsz')
    if (sizes) counts.set(id, uint32(await bytes(sizes), 8))
    const entry = description ? (await boxes(description.from + 8, description.to))[0] : undefined
    const kind = kinds[fourCharacters(handlerBytes, 8)] ?? 'data'
    for (const reference of await boxesIn(await inside(trak, 'tref'), boxes))
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
      picture: kind === 'picture' && entry ? await pictureOf(entry) : null,
    })
  }

  async function pictureOf(entry: Box): Promise<ContainerPicture> {
    // A visual sample entry: 78 bytes, then boxes.
    let picture = silentPicture
    for (const box of await boxes(entry.from + 78, entry.to)) {
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
    title: title ? utf8.decode(await read(title.from + 8, Math.min(maxBytes, title.to - title.from - 8))) : null,
  }
}

const boxesIn = async (
  box: Box | undefined,
  boxes: (from: number, to: number) => Promise<readonly Box[]>,
): Promise<readonly Box[]> => (box ? boxes(box.from, box.to) : [])

const uint32 = (view: DataView, at: number): number => (at + 4 <= view.byteLength ? view.getUint32(at) : 0)
const fourCharacters = (view: DataView, at: number): string =>
  latin.decode(new Uint8Array(view.buffer, view.byteOffset + at, Math.max(0, Math.min(4, view.byteLength - at))))

/** Version 1 has creation and modification times of eight bytes each. */
const trackId = (view: DataView): number => uint32(view, view.byteLength > 0 && view.getUint8(0) === 1 ? 20 : 12)

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

/** QuickTime File Format, “Field handling”: number of fields, then which one is shown and stored first. */
function fields(view: DataView): ContainerPicture['fieldOrder'] {
  if (view.getUint8(0) === 1) return 'progressive'
  if (view.getUint8(0) !== 2) return null
  const order = view.getUint8(1)
  if (order === 1 || order === 9) return 'top first'
  return order === 6 || order === 14 ? 'bottom first' : 'interlaced'
}
