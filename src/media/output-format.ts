/**
 * The containers that are written, as mediabunny writes them. What it does not name, it can carry all the same: FFV1 in
 * Matroska and DNxHR in QuickTime go under the name of a codec that is laid in there in the same way, and get their own
 * where the header is made.
 */
import { MkvOutputFormat, MovOutputFormat, Mp4OutputFormat, type OutputFormat, WebMOutputFormat } from 'mediabunny'
import type { MasteringFacts } from '../graph/node/facts.ts'
import { masteringElements } from './container/matroska-mastering.ts'
import type { SinkRequest } from './types.ts'

/** What a muxer is made of beyond mediabunny's published types; the version is pinned, and tests read what comes out. */
interface Muxer {
  creationTime?: number
  tracksElement?: MadeElement
  createTracks?(): void
  fixVP9ColorSpace?(track: { readonly info: { readonly decoderConfig: VideoDecoderConfig } }, packet: unknown): void
  getVideoTrackData?(...of: readonly unknown[]): { readonly info: { decoderConfig: VideoDecoderConfig } }
}

/** An element of Matroska as it is made, before it is written: its data are a value, or elements in lists. */
interface MadeElement {
  readonly id: number
  data: unknown
}

function muxerOf(format: object, formatClass: new () => OutputFormat, output: unknown): Muxer {
  const make: unknown = Reflect.get(formatClass.prototype, '_createMuxer')
  const muxer: unknown = typeof make === 'function' ? Reflect.apply(make, format, [output]) : undefined
  if (typeof muxer !== 'object' || muxer === null) throw new Error('mediabunny makes its muxers elsewhere than it did')
  return muxer
}

/**
 * Leaves out the time of making: what the same frames become is then the same file, byte for byte, whenever and by
 * however many machines it was made. (mediabunny writes the time at which the muxer was made.)
 */
function timeless(muxer: Muxer): Muxer {
  if (!('creationTime' in muxer))
    throw new Error('mediabunny keeps the time of making elsewhere than this version of it did')
  muxer.creationTime = 0
  return muxer
}

class TimelessMp4 extends Mp4OutputFormat {
  _createMuxer(output: unknown): Muxer {
    return timeless(muxerOf(this, Mp4OutputFormat, output))
  }
}

class TimelessMov extends MovOutputFormat {
  _createMuxer(output: unknown): Muxer {
    return timeless(muxerOf(this, MovOutputFormat, output))
  }
}

/** EBML's numbers of a track's codec and of what its colours mean (RFC 9559). */
const [codecIdElement, colourElement] = [0x86, 0x55b0]

const isElement = (value: unknown): value is MadeElement => typeof value === 'object' && value !== null && 'id' in value

/** All elements of that number in `within`, however deep. */
function elementsIn(within: unknown, id: number): readonly MadeElement[] {
  if (Array.isArray(within)) return within.flatMap((each) => elementsIn(each, id))
  if (!isElement(within)) return []
  return within.id === id ? [within] : elementsIn(within.data, id)
}

/** Has what `muxer` makes of the tracks of Matroska changed before it is written. */
function changingTracks(muxer: Muxer, change: (tracks: MadeElement) => void): Muxer {
  const create = muxer.createTracks
  if (!create) throw new Error('mediabunny makes the tracks of Matroska elsewhere than this version of it did')
  muxer.createTracks = () => {
    create.call(muxer)
    if (muxer.tracksElement) change(muxer.tracksElement)
  }
  return muxer
}

/** mediabunny writes the matrix anew into VP9's key frames, and knows no number for that of BT.2020, which encoders write. */
function keepingBt2020(muxer: Muxer): Muxer {
  const fix = muxer.fixVP9ColorSpace
  if (!fix) throw new Error('mediabunny mends the matrix of VP9 elsewhere than this version of it did')
  muxer.fixVP9ColorSpace = (track, packet) => {
    const matrix: string | null | undefined = track.info.decoderConfig.colorSpace?.matrix
    if (matrix !== 'bt2020-ncl') fix.call(muxer, track, packet)
  }
  return muxer
}

/** VP8 is laid into Matroska as it is, with the configuration beside it: so is FFV1 (RFC 9043, 4.3.3). */
function renameCodec(tracks: MadeElement): void {
  for (const element of elementsIn(tracks, codecIdElement)) if (element.data === 'V_VP8') element.data = 'V_FFV1'
}

function addMastering(tracks: MadeElement, mastering: MasteringFacts): void {
  for (const colour of elementsIn(tracks, colourElement))
    if (Array.isArray(colour.data)) colour.data = [...colour.data, ...masteringElements(mastering)]
}

/** What Matroska says of its picture beyond what mediabunny lets it say. */
interface MatroskaMore {
  readonly codec: string
  readonly mastering: MasteringFacts | null
}

const changeTracks = (tracks: MadeElement, { codec, mastering }: MatroskaMore): void => {
  if (codec === ffv1) renameCodec(tracks)
  if (mastering) addMastering(tracks, mastering)
}

/** A file of `formatClass`, which says `more`. */
function matroska(formatClass: typeof MkvOutputFormat | typeof WebMOutputFormat, more: MatroskaMore): OutputFormat {
  const format = new formatClass()
  return Object.assign(format, {
    _createMuxer: (output: unknown) =>
      changingTracks(keepingBt2020(muxerOf(format, formatClass, output)), (tracks) => changeTracks(tracks, more)),
  })
}

/** ProRes is laid into QuickTime as it is, under the four characters that name it: so is DNxHR. */
class DnxhrMov extends TimelessMov {
  override _createMuxer(output: unknown): Muxer {
    const muxer = super._createMuxer(output)
    const get = muxer.getVideoTrackData
    if (!get) throw new Error('mediabunny makes the tracks of QuickTime elsewhere than this version of it did')
    muxer.getVideoTrackData = (...of) => {
      const track = get.apply(muxer, [...of])
      track.info.decoderConfig = { ...track.info.decoderConfig, codec: dnxhr }
      return track
    }
    return muxer
  }
}

/** How the codecs that mediabunny does not name are called here, as WebCodecs would call them. */
export const ffv1 = 'ffv1'
export const dnxhr = 'AVdh'

/** The codec under whose name packets of `codec` (a WebCodecs string) are given to mediabunny, and its string. */
export function carriedAs(codec: string) {
  const standIns = { [ffv1]: ['vp8', 'vp8'], [dnxhr]: ['prores', 'apch'] } as const
  if (codec === ffv1 || codec === dnxhr) {
    const [family, string] = standIns[codec]
    return { family, codec: string, codecName: codec }
  }
  const families = {
    avc1: 'avc',
    avc3: 'avc',
    hvc1: 'hevc',
    hev1: 'hevc',
    vp09: 'vp9',
    vp8: 'vp8',
    av01: 'av1',
    ap4h: 'prores',
    ap4x: 'prores',
    apch: 'prores',
    apcn: 'prores',
    apcs: 'prores',
    apco: 'prores',
  } as const
  const [prefix] = codec.split('.')
  const family = Object.entries(families).find(([name]) => name === prefix)?.[1]
  return family === undefined ? null : { family, codec, codecName: codec }
}

/** Whether a file of that kind can hold `codec` (a WebCodecs string, or one of the two above). */
export function holds(container: SinkRequest['container'], codec: string): boolean {
  if (codec === ffv1) return container === 'mkv'
  if (codec === dnxhr) return container === 'mov'
  const stream = carriedAs(codec)
  return stream !== null && outputFormat(container).getSupportedVideoCodecs().includes(stream.family)
}

/** Containers that themselves say on which display HDR was made; others leave that to the stream. */
export const holdsMastering = (container: SinkRequest['container']): boolean =>
  container === 'webm' || container === 'mkv'

/**
 * @param codec a WebCodecs string where it is known; it matters for those that mediabunny does not name.
 * @param mastering laid into containers that `holdsMastering`
 */
export function outputFormat(
  container: SinkRequest['container'],
  codec = '',
  mastering: MasteringFacts | null = null,
): OutputFormat {
  // Index at the end: putting it in front would mean to hold or rewrite the whole file.
  const indexLast = { fastStart: false } as const
  switch (container) {
    case 'mp4':
      return new TimelessMp4(indexLast)
    case 'mov':
      return codec === dnxhr ? new DnxhrMov(indexLast) : new TimelessMov(indexLast)
    case 'webm':
      return matroska(WebMOutputFormat, { codec, mastering })
    case 'mkv':
      return matroska(MkvOutputFormat, { codec, mastering })
  }
}
