/** Contents of a Matroska or WebM file (RFC 9559), read from what lies beside its clusters. */
import {
  BoundedReader,
  type ContainerContents,
  type ContainerPicture,
  type ContainerTrack,
  type Edges,
  silentPicture,
} from './contents.ts'
import { ebmlHeader, longestHeader } from './ebml-header.ts'

const id = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  cluster: 0x1f43b675,
  info: 0x1549a966,
  title: 0x7ba9,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  codecId: 0x86,
  language: 0x22b59c,
  languageBcp47: 0x22b59d,
  name: 0x536e,
  video: 0xe0,
  interlaced: 0x9a,
  fieldOrder: 0x9d,
  alphaMode: 0x53c0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  displayWidth: 0x54b0,
  displayHeight: 0x54ba,
  displayUnit: 0x54b2,
  cropBottom: 0x54aa,
  cropTop: 0x54bb,
  cropLeft: 0x54cc,
  cropRight: 0x54dd,
  colour: 0x55b0,
  matrix: 0x55b1,
  range: 0x55b9,
  transfer: 0x55ba,
  primaries: 0x55bb,
  chapters: 0x1043a770,
  edition: 0x45b9,
  chapter: 0xb6,
  attachments: 0x1941a469,
  attachedFile: 0x61a7,
  fileName: 0x466e,
} as const

interface Element {
  readonly id: number
  /** Of what is in it, bytes of the file. */
  readonly from: number
  readonly to: number
}

const utf8 = new TextDecoder()
/** A text longer than this is not read whole, bytes. */
const maxBytes = 1 << 16

const kinds: Readonly<Record<number, ContainerTrack['kind']>> = { 1: 'picture', 2: 'sound', 17: 'subtitles' }
const codecs: Readonly<Record<string, string>> = {
  'S_TEXT/UTF8': 'SubRip',
  'S_TEXT/ASS': 'ASS',
  'S_TEXT/SSA': 'SSA',
  'S_TEXT/WEBVTT': 'WebVTT',
  S_VOBSUB: 'VobSub',
  'S_HDMV/PGS': 'PGS',
  S_DVBSUB: 'DVB subtitles',
  A_AAC: 'AAC',
  A_AC3: 'AC-3',
  A_EAC3: 'E-AC-3',
  A_DTS: 'DTS',
  A_OPUS: 'Opus',
  A_VORBIS: 'Vorbis',
  A_FLAC: 'FLAC',
  'A_MPEG/L3': 'MP3',
}

/** @returns `null` where the file is none of this kind. Rejects where it leads on for ever. */
export async function matroskaContents(file: Blob): Promise<ContainerContents | null> {
  const reader = new BoundedReader(file)

  /** One element's header; `null` where none can be read. An unknown length reaches to `end`. */
  async function element(position: number, end: number): Promise<Element | null> {
    const head = ebmlHeader(await reader.read(position, longestHeader))
    if (!head) return null
    const from = position + head.length
    return { id: head.id, from, to: head.size === null ? end : Math.min(end, from + head.size) }
  }
  async function* children(parent: Element): AsyncGenerator<Element> {
    for (let position = parent.from; position + 2 <= parent.to; ) {
      const child = await element(position, parent.to)
      if (!child) return
      yield child
      position = child.to
    }
  }
  async function childrenById(parent: Element): Promise<ReadonlyMap<number, Element>> {
    const elementsById = new Map<number, Element>()
    for await (const child of children(parent)) if (!elementsById.has(child.id)) elementsById.set(child.id, child)
    return elementsById
  }
  const bytes = async ({ from, to }: Element): Promise<Uint8Array> => reader.read(from, Math.min(maxBytes, to - from))
  const text = async (leaf: Element | undefined): Promise<string | null> =>
    leaf ? utf8.decode(await bytes(leaf)).replace(/\0+$/, '') : null
  const number = async (leaf: Element | undefined): Promise<number | null> =>
    leaf && leaf.to - leaf.from <= 8 ? (await bytes(leaf)).reduce((sum, byte) => sum * 256 + byte, 0) : null

  const header = await element(0, file.size)
  if (header?.id !== id.ebml) return null
  const segment = await element(header.to, file.size)
  if (segment?.id !== id.segment) return null

  // What lies before the first cluster, then what the index says lies behind.
  const places = new Map<number, Element>()
  for await (const child of children(segment)) {
    if (child.id === id.cluster) break
    if (!places.has(child.id)) places.set(child.id, child)
  }
  const index = places.get(id.seekHead)
  if (index)
    for await (const seek of children(index)) {
      if (seek.id !== id.seek) continue
      const entry = await childrenById(seek)
      const elementId = await number(entry.get(id.seekId))
      const at = await number(entry.get(id.seekPosition))
      if (elementId === null || at === null || places.has(elementId)) continue
      const child = await element(segment.from + at, segment.to)
      if (child?.id === elementId) places.set(elementId, child)
    }

  async function pictureOf(video: Element): Promise<ContainerPicture> {
    const fields = await childrenById(video)
    const interlaced = await number(fields.get(id.interlaced))
    const order = await number(fields.get(id.fieldOrder))
    const colour = fields.get(id.colour)
    const tags = colour ? await childrenById(colour) : new Map<number, Element>()
    const colourValue = async (tag: number): Promise<number | null> => {
      const code = await number(tags.get(tag))
      return code === 2 ? null : code
    }
    const range = await number(tags.get(id.range))
    return {
      ...silentPicture,
      matrix: await colourValue(id.matrix),
      primaries: await colourValue(id.primaries),
      transfer: await colourValue(id.transfer),
      fullRange: range === 1 ? false : range === 2 ? true : null,
      fieldOrder:
        interlaced === 2
          ? 'progressive'
          : interlaced === 1
            ? order === 1 || order === 9
              ? 'top first'
              : order === 6 || order === 14
                ? 'bottom first'
                : 'interlaced'
            : null,
      alpha: ((await number(fields.get(id.alphaMode))) ?? 0) > 0,
      ...(await edgesOf(fields)),
    }
  }

  async function edgesOf(
    fields: ReadonlyMap<number, Element>,
  ): Promise<Pick<ContainerPicture, 'edges' | 'pixelAspect'>> {
    const told = async (field: number): Promise<number> => (await number(fields.get(field))) ?? 0
    const edges: Edges = {
      left: await told(id.cropLeft),
      top: await told(id.cropTop),
      right: await told(id.cropRight),
      bottom: await told(id.cropBottom),
    }
    if (Object.values(edges).every((pixels) => pixels === 0)) return { edges: null, pixelAspect: null }
    const width = (await told(id.pixelWidth)) - edges.left - edges.right
    const height = (await told(id.pixelHeight)) - edges.top - edges.bottom
    // Where nothing else is told, what is left is shown pixel by pixel; 4 means that it is not known.
    const isKnown = (await told(id.displayUnit)) !== 4
    const wide = ((isKnown && (await told(id.displayWidth))) || width) / width
    const high = ((isKnown && (await told(id.displayHeight))) || height) / height
    return { edges, pixelAspect: width > 0 && height > 0 ? wide / high : null }
  }

  const tracks: ContainerTrack[] = []
  const list = places.get(id.tracks)
  if (list)
    for await (const entry of children(list)) {
      if (entry.id !== id.trackEntry) continue
      const fields = await childrenById(entry)
      const codec = (await text(fields.get(id.codecId))) ?? 'unknown'
      const video = fields.get(id.video)
      const kind = kinds[(await number(fields.get(id.trackType))) ?? 0] ?? 'data'
      // Silence means English (RFC 9559, 5.1.4.1.19).
      const language = (await text(fields.get(id.languageBcp47))) ?? (await text(fields.get(id.language))) ?? 'eng'
      tracks.push({
        id: (await number(fields.get(id.trackNumber))) ?? 0,
        kind,
        codec: codecs[codec] ?? (codec.startsWith('A_AAC') ? 'AAC' : codec.replace(/^[ASVD]_/, '')),
        language: language === 'und' ? null : language,
        name: await text(fields.get(id.name)),
        picture: kind === 'picture' && video ? await pictureOf(video) : null,
      })
    }

  let chapters = 0
  const editions = places.get(id.chapters)
  if (editions)
    for await (const edition of children(editions)) {
      if (edition.id !== id.edition || chapters > 0) continue
      for await (const chapter of children(edition)) if (chapter.id === id.chapter) chapters += 1
    }
  const attachments: string[] = []
  const attachmentList = places.get(id.attachments)
  if (attachmentList)
    for await (const file of children(attachmentList))
      if (file.id === id.attachedFile)
        attachments.push((await text((await childrenById(file)).get(id.fileName))) ?? 'unnamed')
  const info = places.get(id.info)
  return { tracks, chapters, attachments, title: info ? await text((await childrenById(info)).get(id.title)) : null }
}
