/** Reads what ffprobe says of a file: streams, colours, geometry, and when its packets are shown. */
import type { ChromaSite, FieldOrder } from '../../graph/node/facts.ts'
import type { ColourTags } from '../colour.ts'
import type { ContainerContents, ContainerTrack } from '../container/contents.ts'

export interface ProbedVideo {
  /** Which of the streams in the file, from 0. */
  readonly stream: number
  readonly codec: string
  readonly codedWidth: number
  readonly codedHeight: number
  /** Pixels are so many times as wide as high. */
  readonly pixelAspect: number
  /** Degrees clockwise. */
  readonly rotation: 0 | 90 | 180 | 270
  readonly pixelFormat: string
  readonly colour: ColourTags
  readonly frameRate: number
  /** As the container counts them; 0 where it does not. */
  readonly frameCount: number
  /** Frames may be decoded in another order than that in which they are shown. */
  readonly isReordered: boolean
  readonly fieldOrder: FieldOrder | null
  readonly chromaSite: ChromaSite
  /** Left for right after the rotation. */
  readonly mirrored: boolean
  /** Transparency lies beside the colours, in packets of its own (WebM and Matroska). */
  readonly alphaBeside: boolean
}

export interface ProbedAudio {
  /** Which of the sounds in the file, from 0. */
  readonly place: number
  readonly codec: string
  readonly sampleRate: number
  readonly channels: number
}

export interface Probed {
  readonly container: string
  /** Seconds at which the file begins; seeking counts from here. */
  readonly startTime: number
  /**
   * It tells no times (AVI): frames are counted, and one that is skipped is an empty packet, which says “as before”. So where
   * a frame is shown for longer nothing is missing.
   */
  readonly isCounted: boolean
  readonly video: ProbedVideo | null
  readonly audio: ProbedAudio | null
  readonly contents: ContainerContents
  /** Ids, in `contents`, of the picture and the sound above. */
  readonly usedStreams: ReadonlySet<number>
}

type Fields = Readonly<Record<string, unknown>>

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => {
  const parsedNumber = typeof value === 'number' ? value : Number.parseFloat(text(value))
  return Number.isFinite(parsedNumber) ? parsedNumber : 0
}
const ratio = (value: unknown, separator: string): number => {
  const [top, bottom] = text(value).split(separator).map(Number)
  return top && bottom ? top / bottom : 0
}

/** ffmpeg's names for what WebCodecs names otherwise; the rest is the same in both, or unknown to WebCodecs. */
const webCodecsNames: Readonly<Record<string, string>> = {
  bt2020nc: 'bt2020-ncl',
  gbr: 'rgb',
  'arib-std-b67': 'hlg',
  smpte2084: 'pq',
  'bt2020-10': 'bt709',
  'bt2020-12': 'bt709',
}
const colourName = (value: unknown): string | null => {
  const name = text(value)
  return name === '' || name === 'unknown' || name === 'reserved' ? null : (webCodecsNames[name] ?? name)
}

/** @param json what `ffprobe -show_streams -show_chapters -show_format -of json` printed. */
export function readProbe(json: string): Probed {
  let parsedFields: Fields
  try {
    parsedFields = fields(JSON.parse(json))
  } catch {
    // ffprobe prints nothing, or half of it, where it cannot read the file at all.
    parsedFields = {}
  }
  const format = fields(parsedFields.format)
  const streams = list(parsedFields.streams)
  const isCover = (stream: Fields): boolean => number(fields(stream.disposition).attached_pic) === 1
  const video = streams.find((stream) => stream.codec_type === 'video' && !isCover(stream))
  const sounds = streams.filter((stream) => stream.codec_type === 'audio')
  // As players choose: the first that is marked as the usual one, else the first.
  const audio = sounds.find((stream) => number(fields(stream.disposition).default) === 1) ?? sounds[0]
  return {
    container: text(format.format_long_name) || text(format.format_name),
    startTime: number(format.start_time),
    isCounted: text(format.format_name) === 'avi',
    video: video ? readVideo(video) : null,
    audio: audio
      ? {
          place: sounds.indexOf(audio),
          codec: text(audio.codec_name) || 'unknown',
          sampleRate: number(audio.sample_rate),
          channels: number(audio.channels),
        }
      : null,
    contents: readContents(streams, list(parsedFields.chapters).length, fields(format.tags)),
    usedStreams: new Set([video, audio].flatMap((stream) => (stream ? [number(stream.index)] : []))),
  }
}

const trackKinds: Readonly<Record<string, ContainerTrack['kind']>> = {
  video: 'picture',
  audio: 'sound',
  subtitle: 'subtitles',
}

function readContents(streams: readonly Fields[], chapters: number, tags: Fields): ContainerContents {
  const isFile = (stream: Fields): boolean =>
    stream.codec_type === 'attachment' || number(fields(stream.disposition).attached_pic) === 1
  return {
    tracks: streams
      .filter((stream) => !isFile(stream))
      .map((stream) => {
        const streamTags = fields(stream.tags)
        const language = text(streamTags.language)
        return {
          id: number(stream.index),
          kind: trackKinds[text(stream.codec_type)] ?? 'data',
          codec: text(stream.codec_name) || text(stream.codec_tag_string) || 'unknown',
          language: language === '' || language === 'und' ? null : language,
          name: text(streamTags.title) || null,
          picture: null,
        }
      }),
    chapters,
    attachments: streams.filter(isFile).map((stream) => text(fields(stream.tags).filename) || 'cover picture'),
    title: text(tags.title) || null,
  }
}

/** Where a container knows no rate, ffprobe gives its clock's (1000, 90000 a second). */
const plausible = (rate: number): number => (rate <= 480 ? rate : 0)

const fieldOrders: Readonly<Record<string, FieldOrder>> = {
  progressive: 'progressive',
  tt: 'top first',
  tb: 'top first',
  bb: 'bottom first',
  bt: 'bottom first',
}
const chromaSites: Readonly<Record<string, ChromaSite>> = { left: 'left', center: 'centre', topleft: 'top-left' }

const isRgb = /^(gbr|rgb|bgr|pal8|argb|abgr|0rgb|0bgr)/

/** Grey and R'G'B' use all codes unless they say otherwise, as ffmpeg takes them; `null`: nobody said. */
function fullRange(range: string, pixelFormat: string): boolean | null {
  if (range === 'pc') return true
  if (range === 'tv') return false
  return isRgb.test(pixelFormat) || /^(yuvj|gray|ya|mono)/.test(pixelFormat) ? true : null
}

/** A negative determinant of the upper left of the matrix, which is printed as rows of `00000000: a b u`. */
function isMirrored(matrix: string): boolean {
  const [[a = 1, b = 0] = [], [c = 0, d = 1] = []] = matrix
    .trim()
    .split('\n')
    .map((row) => row.replace(/^.*:/, '').trim().split(/\s+/).map(Number))
  return a * d - b * c < 0
}

function readVideo(stream: Fields): ProbedVideo {
  const pixelFormat = text(stream.pix_fmt)
  const turn = list(stream.side_data_list).find((data) => 'rotation' in data)
  const mirrored = isMirrored(text(turn?.displaymatrix))
  // The angle that is told leaves the mirror out of account.
  const angle = mirrored ? 180 - number(turn?.rotation) : number(turn?.rotation)
  const clockwise = (((Math.round(-angle / 90) * 90) % 360) + 360) % 360
  return {
    stream: number(stream.index),
    codec: text(stream.codec_name) || 'unknown',
    codedWidth: number(stream.width),
    codedHeight: number(stream.height),
    pixelAspect: ratio(stream.sample_aspect_ratio, ':') || 1,
    rotation: clockwise === 90 || clockwise === 180 || clockwise === 270 ? clockwise : 0,
    pixelFormat,
    colour: {
      matrix: colourName(stream.color_space) ?? (isRgb.test(pixelFormat) ? 'rgb' : null),
      primaries: colourName(stream.color_primaries),
      transfer: colourName(stream.color_transfer),
      fullRange: fullRange(text(stream.color_range), pixelFormat),
    },
    frameRate: plausible(ratio(stream.avg_frame_rate, '/')) || plausible(ratio(stream.r_frame_rate, '/')),
    frameCount: number(stream.nb_frames),
    isReordered: number(stream.has_b_frames) > 0,
    fieldOrder: fieldOrders[text(stream.field_order)] ?? null,
    chromaSite: chromaSites[text(stream.chroma_location)] ?? 'left',
    mirrored,
    alphaBeside: text(fields(stream.tags).alpha_mode) === '1',
  }
}

export interface PacketTable {
  /** When frames are shown, seconds, ascending, one a frame. */
  readonly timestamps: Float64Array
  /** The times that ffmpeg’s decoder gives the same frames, where they are others. */
  readonly decoderTimes: Float64Array
  /** Indices of frames that can be jumped to, ascending. */
  readonly keys: readonly number[]
  /** Of all packets. */
  readonly bytes: number
}

interface Packet {
  readonly size: number
  readonly pts: number
  readonly dts: number
  readonly key: boolean
  /** Others are made from it, and an edit list leaves it out. */
  readonly discarded: boolean
}

/**
 * @param csv what `ffprobe -show_entries packet=pts_time,dts_time,flags,size -of csv=p=0` printed.
 * @param frameRate frames a second, 0 where it is not known.
 * @param first when the first frame that can be decoded is shown, seconds.
 * @param isReordered see `ProbedVideo`
 */
export function readPackets(csv: string, frameRate: number, first: number, isReordered = false): PacketTable {
  const packets = packetsIn(csv)
  const { times, displayTimes } = presentationTimes(packets, frameRate > 0 ? 1 / frameRate : 1 / 24, first, isReordered)
  const timedPackets = packets
    .map(({ key, discarded }, index) => ({ time: times[index] ?? 0, key, discarded }))
    .filter(({ discarded }) => !discarded)
    .sort((a, b) => a.time - b.time)
  const decoderTimes = Float64Array.from(timedPackets, ({ time }) => time)
  return {
    timestamps: displayTimes ?? decoderTimes,
    decoderTimes,
    keys: timedPackets.flatMap(({ key }, index) => (key ? [index] : [])),
    bytes: packets.reduce((sum, { size }) => sum + size, 0),
  }
}

/** Seconds by which the times of ordinary files may go back. */
const usualStepBack = 0.1

/**
 * Whether the moments of decoding begin anew on the way and go on from there, as where recordings were put one behind the other:
 * two lie behind the two in front of them, since one alone may be damaged.
 * @param csv as for `readPackets`.
 */
export function startsAnew(csv: string): boolean {
  const times = packetsIn(csv).flatMap(({ pts, dts }) => (Number.isNaN(dts) ? (Number.isNaN(pts) ? [] : [pts]) : [dts]))
  return times.some((time, index) => {
    const [twoBefore, before, after] = [times[index - 2], times[index - 1], times[index + 1]]
    if (twoBefore === undefined || before === undefined || after === undefined) return false
    return Math.max(time, after) < Math.min(twoBefore, before) && time < before - usualStepBack
  })
}

function packetsIn(csv: string): readonly Packet[] {
  return (
    csv
      .split('\n')
      .map((line) => line.trim().split(','))
      // Empty packets say “as before” and give no frame.
      .filter((parts) => parts.length >= 4 && Number(parts[2]) !== 0)
      .map(
        ([pts, dts, size, flags]): Packet => ({
          size: Number.parseInt(size ?? '', 10) || 0,
          pts: Number.parseFloat(pts ?? ''),
          dts: Number.parseFloat(dts ?? ''),
          key: (flags ?? '').includes('K'),
          discarded: (flags ?? '').includes('D'),
        }),
      )
  )
}

/** A decoder holds back so many frames at most, to bring them into order. */
const maxReordered = 4

interface PresentationTimes {
  /** As ffmpeg’s decoder gives them, seconds, one a packet. */
  readonly times: readonly number[]
  /** When frames are shown, in that order; `null`: at those times. */
  readonly displayTimes: Float64Array | null
}

/**
 * When each packet's frame is shown. Program streams and AVI tell it of some packets only, or of none. A decoder that brings
 * frames into order holds some back, and gives one as each later packet comes: frames are shown at the moments at which
 * packets are decoded, so many packets later, and in another order. The moments which nobody else has are those of the packets
 * without a time.
 * @param step seconds from one frame to the next, where nothing tells it.
 */
function presentationTimes(
  packets: readonly Packet[],
  step: number,
  first: number,
  isReordered: boolean,
): PresentationTimes {
  let before = -step
  const decodeTimes = packets.map(({ pts, dts }, index) => {
    const time = Number.isNaN(dts) && index === 0 ? pts : dts
    before = Number.isNaN(time) ? before + step : time
    return before
  })
  // Times are told in microseconds.
  const near = step / 2 + 1e-5
  const heldBack = decodeTimes.slice(0, maxReordered + 1).findIndex((time) => Math.abs(time - first) <= near)
  const last = decodeTimes.at(-1) ?? 0
  const later = (count: number): readonly number[] => [
    ...decodeTimes.slice(count),
    ...decodeTimes.slice(0, count).map((_, index) => last + (index + 1) * step),
  ]
  const shift = first - (decodeTimes[0] ?? 0)
  const byShift = (by: number): readonly number[] => decodeTimes.map((time) => time + by)
  if (packets.every(({ pts }) => Number.isNaN(pts)))
    return { times: heldBack > 0 ? later(heldBack) : byShift(shift), displayTimes: null }
  // Where no packet has a time of its own but the first (MPEG-1 without a container or in AVI), the decoder gives that to the first
  // frame, and holds back the others all the same: a gap behind it of which the file says nothing.
  const isTimeless = packets.every(({ pts, dts }) => Number.isNaN(pts) || Math.abs(pts - dts) <= near)
  if (isTimeless && isReordered && heldBack === 0 && packets.length > 1)
    return {
      times: timesAmong(packets, decodeTimes, [first, ...later(1).slice(1)], near, first),
      displayTimes: Float64Array.from(byShift(shift)).sort(),
    }
  // Where nothing can be decoded at the beginning, the first frame says nothing of how many are held back.
  const isNear = shift > -step / 2 && shift < (maxReordered + 0.5) * step
  const moments = heldBack >= 0 ? later(heldBack) : byShift(isNear ? shift : step)
  return { times: timesAmong(packets, decodeTimes, moments, near, first), displayTimes: null }
}

/**
 * Of each packet the time that it tells, else one of `moments` that no packet tells.
 * @param decodeTimes when each packet is decoded.
 * @param near half a step between frames.
 * @param first when the first frame that can be decoded is shown.
 */
function timesAmong(
  packets: readonly Packet[],
  decodeTimes: readonly number[],
  moments: readonly number[],
  near: number,
  first: number,
): readonly number[] {
  const knownTimes = packets.flatMap(({ pts }) => (Number.isNaN(pts) ? [] : [pts])).sort((a, b) => a - b)
  let nextKnown = 0
  const free = moments
    .toSorted((a, b) => a - b)
    .filter((moment) => {
      while (nextKnown < knownTimes.length && (knownTimes[nextKnown] ?? 0) < moment - near) nextKnown += 1
      const isTaken = Math.abs((knownTimes[nextKnown] ?? Number.POSITIVE_INFINITY) - moment) <= near
      if (isTaken) nextKnown += 1
      return !isTaken
    })
  let last = first - 2 * near
  let untimedCount = packets.length - knownTimes.length
  return packets.map(({ pts }, index) => {
    if (!Number.isNaN(pts)) last = pts
    else {
      // Nothing is shown before it is decoded: such a moment was that of a packet which is not there any more.
      while (free.length > untimedCount && (free[0] ?? 0) < (decodeTimes[index] ?? 0) - near) free.shift()
      last = free.shift() ?? last + 2 * near
      untimedCount -= 1
    }
    return last
  })
}
