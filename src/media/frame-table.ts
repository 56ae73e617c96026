/**
 * When the frames of a track are shown, read from its packets' metadata: decoded frames equal packets. What is not
 * there (a file that was cut off, a recording that begins between key frames) is left out and told.
 */
import { type EncodedPacket, EncodedPacketSink, InputDisposedError, type InputVideoTrack } from 'mediabunny'
import { type Mp4Samples, mp4Samples } from './container/mp4-samples.ts'
import { hiddenPackets, mayHideFrames } from './hidden-frames.ts'

/** Packets that a beginning has at least, before the next key frame ends it: those of ten seconds of a film. */
export const beginningPackets = 240

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
  /** Where this is the beginning of a track alone: how many frames there are in all, about. */
  readonly estimatedCount?: number
}

/** Of the picture in `file`: by its tables where it has such, else packet by packet, without their bytes. */
export async function frameTable(track: InputVideoTrack, file: Blob): Promise<FrameTable> {
  const samples = mayHideFrames(await track.getCodec()) ? null : await samplesIn(file, track.id)
  return samples ? tableOf(track, samples) : readPackets(track)
}

/** How much of a file has been read for its beginning, and whether its end is found without reading what lies between. */
export interface ReadSoFar {
  /** 0…1. */
  share(): number
  readonly hasQuickEnd: boolean
}

/**
 * As `frameTable`, but where that takes reading packet after packet, of the beginning alone, however long the file is: up to a key
 * frame, so that no frame in front of it is missing. Of a short file it is the whole.
 */
export async function beginningTable(
  track: InputVideoTrack,
  file: Blob,
  readSoFar: ReadSoFar,
  atLeast = beginningPackets,
): Promise<FrameTable> {
  const samples = mayHideFrames(await track.getCodec()) ? null : await samplesIn(file, track.id)
  if (samples) return tableOf(track, samples)
  const sink = new EncodedPacketSink(track)
  const { packets, isWhole } = await packetsOf(sink, atLeast)
  if (isWhole) return tableOfPackets(track, sink, packets)
  const table = await tableOfShown(track, sink, packets, 0)
  return table.timestamps.length === 0
    ? readPackets(track)
    : { ...table, estimatedCount: await estimateCount(track, sink, table, readSoFar) }
}

/** From how long the file says that it is, else from when its last frame is shown, else from how much of it was read. */
async function estimateCount(
  track: InputVideoTrack,
  sink: EncodedPacketSink,
  { timestamps, lastDuration }: FrameTable,
  readSoFar: ReadSoFar,
): Promise<number> {
  const { length } = timestamps
  const from = timestamps[0]!
  const duration = timestamps[length - 1]! + lastDuration - from
  const declaredEnd = await track.getDurationFromMetadata()
  const last = declaredEnd === null && readSoFar.hasQuickEnd ? await lastPacket(sink) : null
  const end = declaredEnd ?? (last ? last.timestamp + last.duration : null)
  const times = end === null ? 1 / Math.max(readSoFar.share(), Number.MIN_VALUE) : (end - from) / duration
  return Math.max(length + 1, Math.round(length * (Number.isFinite(times) ? times : 1)))
}

const lastPacket = (sink: EncodedPacketSink): Promise<EncodedPacket | null> =>
  sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true })

/** What is wrong with its tables the demuxer tells better. */
const samplesIn = (file: Blob, track: number): Promise<Mp4Samples | null> => mp4Samples(file, track).catch(() => null)

/** Of hours of frames: loops, since functions called for each of them would take most of the time that opening a film takes. */
async function tableOf(track: InputVideoTrack, { timestamps, keys, durations, isReordered, bytes }: Mp4Samples) {
  const count = timestamps.length
  const firstKey = Math.max(0, keys.indexOf(1))
  const decoding = new Float64Array(count)
  for (let sample = 0; sample < count; sample++) decoding[sample] = sample
  const order = decoding.slice(firstKey)
  if (isReordered) sortNearly(order, timestamps)
  const endOf = (place: number): number => {
    const next = order[place + 1]
    const ownSample = order[place]!
    return isReordered && next !== undefined ? timestamps[next]! : timestamps[ownSample]! + durations[ownSample]!
  }
  let hiddenCount = 0
  while (hiddenCount < order.length && !isShown(timestamps[order[hiddenCount]!]!, endOf(hiddenCount))) hiddenCount += 1
  const visible = order.slice(hiddenCount)
  const visibleTimes = new Float64Array(visible.length)
  const keyFrames: number[] = []
  for (let frame = 0; frame < visible.length; frame++) {
    const sample = visible[frame]!
    visibleTimes[frame] = timestamps[sample]!
    if (keys[sample] === 1) keyFrames.push(frame)
  }
  const last = visible.at(-1)
  const isHiddenKey = order.subarray(0, hiddenCount).includes(firstKey)
  return {
    timestamps: visibleTimes,
    sequences: visible,
    lastDuration: await lastDuration(track, visibleTimes, last === undefined ? 0 : durations[last]!),
    keys: isHiddenKey ? fromTheFirst(keyFrames) : keyFrames,
    byOrder: false,
    decoding: { sequences: decoding, keys },
    bytes,
    cutOff: 0,
    headless: firstKey,
    hasDurations: true,
  }
}

/** Sorts `order` by `times`, earlier ones first where those are equal: by insertion, since frames are shown close to where they are decoded. */
function sortNearly(order: Float64Array, times: Float64Array): void {
  let moves = 0
  for (let place = 1; place < order.length; place++) {
    const sampleIndex = order[place]!
    const time = times[sampleIndex]!
    let to = place
    for (; to > 0 && times[order[to - 1]!]! > time; to--) order[to] = order[to - 1]!
    order[to] = sampleIndex
    moves += place - to
    // Times without any order would take forever.
    if (moves > farthestMoves * order.length) {
      order.sort((one, other) => times[one]! - times[other]! || one - other)
      return
    }
  }
}

/** Places that a frame moves on average, at most: a decoder holds sixteen. */
const farthestMoves = 32

/** Decoding can begin at the first frame: the key frame that it is made from is there, in front of what an edit list shows. */
const fromTheFirst = (keys: readonly number[]): readonly number[] => (keys[0] === 0 ? keys : [0, ...keys])

/** Edit lists are told in ticks of the movie, mostly a thousandth of a second: what is left of a frame by less is rounding. */
const editTick = 1e-3

/** Packets that the edit list puts wholly before 0 are never shown. */
const isShown = (from: number, to: number): boolean => to > editTick || from >= 0

/** Reads all of `track`'s packets. */
export async function readPackets(track: InputVideoTrack): Promise<FrameTable> {
  const sink = new EncodedPacketSink(track)
  return tableOfPackets(track, sink, (await packetsOf(sink, Number.POSITIVE_INFINITY)).packets)
}

/** In decoding order, without their bytes: all, or in front of the first key packet behind `atLeast`. */
async function packetsOf(sink: EncodedPacketSink, atLeast: number) {
  const packets: EncodedPacket[] = []
  let packet = await sink.getFirstPacket({ metadataOnly: true })
  while (packet && !(packets.length >= atLeast && packet.type === 'key')) {
    packets.push(packet)
    packet = await sink.getNextPacket(packet, { metadataOnly: true })
  }
  return { packets, isWhole: packet === null }
}

async function tableOfPackets(track: InputVideoTrack, sink: EncodedPacketSink, all: readonly EncodedPacket[]) {
  const packets = all.slice(0, await readable(sink, all))
  return tableOfShown(track, sink, packets, all.length - packets.length)
}

/** @param packets all of them there @param cutOff see `FrameTable` */
async function tableOfShown(
  track: InputVideoTrack,
  sink: EncodedPacketSink,
  packets: readonly EncodedPacket[],
  cutOff: number,
): Promise<FrameTable> {
  const codec = await track.getCodec()
  const packetsNotShown = mayHideFrames(codec) ? await hiddenPackets(sink, codec, packets) : new Set<EncodedPacket>()
  const firstKey = Math.max(
    0,
    packets.findIndex(({ type }) => type === 'key'),
  )
  const isVisible = (each: EncodedPacket) =>
    isShown(each.timestamp, each.timestamp + each.duration) && !packetsNotShown.has(each)
  const visiblePackets = packets
    .slice(firstKey)
    .filter(isVisible)
    .sort((one, other) => one.timestamp - other.timestamp)
  const timestamps = Float64Array.from(visiblePackets, ({ timestamp }) => timestamp)
  const keys = visiblePackets.flatMap(({ type }, index) => (type === 'key' ? [index] : []))
  const first = packets[firstKey]
  const isHiddenKey = first?.type === 'key' && !isVisible(first)
  return {
    timestamps,
    sequences: Float64Array.from(visiblePackets, ({ sequenceNumber }) => sequenceNumber),
    lastDuration: await lastDuration(track, timestamps, visiblePackets.at(-1)?.duration ?? 0),
    keys: isHiddenKey ? fromTheFirst(keys) : keys,
    byOrder: packetsNotShown.size > 0,
    decoding: {
      sequences: Float64Array.from(packets, ({ sequenceNumber }) => sequenceNumber),
      keys: Uint8Array.from(packets, ({ type }) => (type === 'key' ? 1 : 0)),
    },
    bytes: packets.reduce((sum, { byteLength }) => sum + byteLength, 0),
    cutOff,
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
    const sequence = sequences[index]!
    if (isKey.has(index) && second < sequence) return true
    if (sequence < earliest) [earliest, second] = [sequence, earliest]
    else if (sequence < second) second = sequence
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
