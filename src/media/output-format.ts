/**
 * The containers that are written, as mediabunny writes them. What it does not name, it can carry all the same: FFV1 in
 * Matroska and DNxHR in QuickTime go under the name of a codec that is laid in there in the same way, and get their own
 * where the header is made.
 */
import { MkvOutputFormat, MovOutputFormat, Mp4OutputFormat, type OutputFormat, WebMOutputFormat } from 'mediabunny'
import type { SinkRequest } from './types.ts'

/** What a muxer is made of beyond mediabunny's published types; the version is pinned, and tests read what comes out. */
interface Muxer {
  creationTime?: number
  tracksElement?: { readonly data: readonly { readonly data: readonly ({ id: number; data: unknown } | null)[] }[] }
  createTracks?(): void
  getVideoTrackData?(...of: readonly unknown[]): { readonly info: { decoderConfig: VideoDecoderConfig } }
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

/** EBML's number of a track's codec (RFC 9559, 5.1.4.1.21). */
const codecIdElement = 0x86

/** VP8 is laid into Matroska as it is, with the configuration beside it: so is FFV1 (RFC 9043, 4.3.3). */
class Ffv1Mkv extends MkvOutputFormat {
  _createMuxer(output: unknown): Muxer {
    const muxer = muxerOf(this, MkvOutputFormat, output)
    const create = muxer.createTracks
    if (!create) throw new Error('mediabunny makes the tracks of Matroska elsewhere than this version of it did')
    muxer.createTracks = () => {
      create.call(muxer)
      for (const track of muxer.tracksElement?.data ?? [])
        for (const element of track.data)
          if (element?.id === codecIdElement && element.data === 'V_VP8') element.data = 'V_FFV1'
    }
    return muxer
  }
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
    return { family, codec: string, named: codec }
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
  return family === undefined ? null : { family, codec, named: codec }
}

/** Whether a file of that kind can hold `codec` (a WebCodecs string, or one of the two above). */
export function holds(container: SinkRequest['container'], codec: string): boolean {
  if (codec === ffv1) return container === 'mkv'
  if (codec === dnxhr) return container === 'mov'
  const carried = carriedAs(codec)
  return carried !== null && outputFormat(container).getSupportedVideoCodecs().includes(carried.family)
}

/** @param codec a WebCodecs string where it is known; it matters for those that mediabunny does not name. */
export function outputFormat(container: SinkRequest['container'], codec = ''): OutputFormat {
  // Index at the end: putting it in front would mean to hold or rewrite the whole file.
  const indexLast = { fastStart: false } as const
  switch (container) {
    case 'mp4':
      return new TimelessMp4(indexLast)
    case 'mov':
      return codec === dnxhr ? new DnxhrMov(indexLast) : new TimelessMov(indexLast)
    case 'webm':
      return new WebMOutputFormat()
    case 'mkv':
      return codec === ffv1 ? new Ffv1Mkv() : new MkvOutputFormat()
  }
}
