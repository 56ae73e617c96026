/**
 * When the frames of a track are shown, read from its packets' metadata: decoded frames equal packets. What is not
 * there (a file that was cut off, a recording that begins between key frames) is left out and told.
 */
import { type EncodedPacket, EncodedPacketSink, InputDisposedError, type InputVideoTrack } from 'mediabunny'
import { type Mp4Samples, mp4Samples } from './container/mp4-samples.ts'
import { hiddenPackets, mayHideFrames } from './hidden-frames.ts'

/** A remainder below this is rounding, not the duration of a frame, seconds. */
const shortestFrame = 0.004

export interface FrameTable {
  /** In presentation order, seconds. */
  readonly timestamps: Float64Array
  /** Of the packet of each frame: ascending in decoding order. */
  readonly sequences: Float64Array
  /** Seconds. */
  readonly lastDuration: number
  /** Frames at which decoding can begin, ascending. */
  readonly keys: readonly number[]
  /**
   * Packets were left out that show nothing. Decoded frames are then known by their order from a key frame, since
   * mediabunny counts those packets when it gives out timestamps.
   */
  readonly byOrder: boolean
  /** Of all packets, those that show nothing among them, in decoding order. */
  readonly decoding: { readonly sequences: Float64Array; readonly keys: Uint8Array }
  /** Of all packets that are there, those that show nothing among them. */
  readonly bytes: number
  /** Packets that the file names and does not hold, since it was cut off. */
  readonly cutOff: number
  /** Packets in front of the first key frame, which nothing can be made of. */
  readonly headless: number
  /** The file says how long each frame is shown, so that no frame is missing where one is shown for longer. */
  readonly hasDurations: boolean
}

/** Of the picture in `file`: by its tables where it has such, else packet by packet, without their bytes. */
export async function frameTable(track: InputVideoTrack, file: Blob): Promise<FrameTable> {
  const samples = mayHideFrames(await track.getCodec()) ? null : await samplesIn(file, track.id)
  return samples ? tableOf(track, samples) : readPackets(track)
}

/** What is wrong with its tables the demuxer tells better. */
const samplesIn = (file: Blob, track: number): Promise<Mp4Samples | null> => mp4Samples(file, track).catch(() => null)

async function tableOf(track: InputVideoTrack, { timestamps, keys, durations, isReordered, bytes }: Mp4Samples) {
  const count = timestamps.length
  const firstKey = Math.max(0, keys.indexOf(1))
  const order = Float64Array.from({ length: count - firstKey }, (_, i) => firstKey + i)
  if (isReordered) order.sort((one, other) => timestamps[one]! - timestamps[other]! || one - other)
  const endOf = (place: number): number => {
    const next = order[place + 1]
    const ownSample = order[place]!
    return isReordered && next !== undefined ? timestamps[next]! : timestamps[ownSample]! + durations[ownSample]!
  }
  let hidden = 0
  while (hidden < order.length && !isShown(timestamps[order[hidden]!]!, endOf(hidden))) hidden += 1
  const visible = order.subarray(hidden)
  const visibleTimes = Float64Array.from(visible, (sample) => timestamps[sample]!)
  const last = visible.at(-1)
  const keyFrames: number[] = []
  for (const [frame, sample] of visible.entries()) if (keys[sample] === 1) keyFrames.push(frame)
  return {
    timestamps: visibleTimes,
    sequences: visible,
    lastDuration: await lastDuration(track, visibleTimes, last === undefined ? 0 : durations[last]!),
    keys: keyFrames,
    byOrder: false,
    decoding: { sequences: Float64Array.from({ length: count }, (_, i) => i), keys },
    bytes,
    cutOff: 0,
    headless: firstKey,
    hasDurations: true,
  }
}

/** Packets that the edit list puts wholly before 0 are never shown. */
const isShown = (from: number, to: number): boolean => to > 1e-6 || from >= 0

/** Reads all of `track`'s packets. */
export async function readPackets(track: InputVideoTrack): Promise<FrameTable> {
  const sink = new EncodedPacketSink(track)
  const all: EncodedPacket[] = []
  let packet = await sink.getFirstPacket({ metadataOnly: true })
  while (packet) {
    all.push(packet)
    packet = await sink.getNextPacket(packet, { metadataOnly: true })
  }
  const packets = all.slice(0, await readable(sink, all))
  const codec = await track.getCodec()
  const hidden = mayHideFrames(codec) ? await hiddenPackets(sink, codec, packets) : new Set<EncodedPacket>()
  const firstKey = Math.max(
    0,
    packets.findIndex(({ type }) => type === 'key'),
  )
  const visiblePackets = packets
    .slice(firstKey)
    .filter((each) => isShown(each.timestamp, each.timestamp + each.duration) && !hidden.has(each))
    .sort((one, other) => one.timestamp - other.timestamp)
  const timestamps = Float64Array.from(visiblePackets, ({ timestamp }) => timestamp)
  return {
    timestamps,
    sequences: Float64Array.from(visiblePackets, ({ sequenceNumber }) => sequenceNumber),
    lastDuration: await lastDuration(track, timestamps, visiblePackets.at(-1)?.duration ?? 0),
    keys: visiblePackets.flatMap(({ type }, index) => (type === 'key' ? [index] : [])),
    byOrder: hidden.size > 0,
    decoding: {
      sequences: Float64Array.from(packets, ({ sequenceNumber }) => sequenceNumber),
      keys: Uint8Array.from(packets, ({ type }) => (type === 'key' ? 1 : 0)),
    },
    bytes: packets.reduce((sum, { byteLength }) => sum + byteLength, 0),
    cutOff: all.length - packets.length,
    headless: firstKey,
    hasDurations: false,
  }
}

/**
 * Whether its times begin anew on the way: a key frame is shown in front of frames that are decoded before it. One such frame may
 * be a damaged time.
 */
export function startsAnew({ sequences, keys }: FrameTable): boolean {
  const isKey = new Set(keys)
  let [earliest, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let index = sequences.length - 1; index >= 0; index--) {
    const own = sequences[index]!
    if (isKey.has(index) && second < own) return true
    if (own < earliest) [earliest, second] = [own, earliest]
    else if (own < second) second = own
  }
  return false
}

/** Without its first `count` frames. */
export const withoutFirst = (table: FrameTable, count: number): FrameTable => ({
  ...table,
  timestamps: table.timestamps.subarray(count),
  sequences: table.sequences.subarray(count),
  keys: table.keys.flatMap((key) => (key >= count ? [key - count] : [])),
})

async function lastDuration(
  track: InputVideoTrack,
  timestamps: Float64Array,
  declaredDuration: number,
): Promise<number> {
  if (declaredDuration > 0) return declaredDuration
  const last = timestamps.at(-1) ?? 0
  const before = timestamps.length > 1 ? last - (timestamps.at(-2) ?? 0) : 1 / 24
  // Matroska's last block often has none; the file's own duration tells it then, unless sound goes on for longer.
  const untilEnd = ((await track.getDurationFromMetadata()) ?? 0) - last
  const guess = untilEnd >= shortestFrame ? Math.min(untilEnd, before) : before
  return guess > 0 ? guess : 1 / 24
}

/** How many of `packets`, in decoding order, are there with their bytes: found by bisection, since a file is cut at its end. */
async function readable(sink: EncodedPacketSink, packets: readonly EncodedPacket[]): Promise<number> {
  const there = async (index: number): Promise<boolean> => {
    const before = packets[index - 1]
    try {
      const packet = await (before ? sink.getNextPacket(before) : sink.getFirstPacket())
      return packet !== null && packet.data.byteLength > 0
    } catch (error) {
      if (error instanceof InputDisposedError) throw error
      return false
    }
  }
  if (packets.length === 0 || (await there(packets.length - 1))) return packets.length
  let good = -1
  let bad = packets.length - 1
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (await there(middle)) good = middle
    else bad = middle
  }
  return bad
}
