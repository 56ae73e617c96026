/**
 * When the samples of an MP4 or QuickTime track are shown, from its tables as a whole (ISO/IEC 14496-12, 8.6 and 8.7): asking for one
 * packet after another takes seconds for a film. Times are worked out as mediabunny does, which decodes by them.
 */
import { afterTimes, type Box, Mp4Boxes, Table, trackId, uint32 } from './mp4-boxes.ts'

/** In decoding order. */
export interface Mp4Samples {
  /** Seconds. */
  readonly timestamps: Float64Array
  /** 1: decoding can begin there. */
  readonly keys: Uint8Array
  /** Seconds to the next one in decoding order. */
  readonly durations: Float64Array
  /** Whether they are shown in another order than decoded, so that each lasts until the next that is shown. */
  readonly isReordered: boolean
  /** Of all samples. */
  readonly bytes: number
}

/** Tables beyond this are left to the demuxer, bytes and samples: some 9 hours of 120 frames a second. */
const maxTableBytes = 1 << 25
const maxSamples = 4_000_000

/**
 * `null` where the track's frames are not all told by plain tables (fragments, encryption, tables that contradict each other), or
 * where some of its samples lie behind the end of the file: then it takes a demuxer to know what is there.
 */
export async function mp4Samples(file: Blob, track: number): Promise<Mp4Samples | null> {
  const boxes = new Mp4Boxes(file)
  const index = await boxes.index()
  if (!index) return null
  const parts = await boxes.in(index)
  if (parts.some(({ type }) => type === 'mvex')) return null
  for (const trak of parts.filter(({ type }) => type === 'trak')) {
    const header = await boxes.inside(trak, 'tkhd')
    if (!header || trackId(await boxes.bytes(header)) !== track) continue
    const movie = parts.find(({ type }) => type === 'mvhd')
    return samplesOf(
      boxes,
      trak,
      movie ? uint32(await boxes.bytes(movie), afterTimes(await boxes.bytes(movie))) : 0,
      file.size,
    )
  }
  return null
}

async function samplesOf(boxes: Mp4Boxes, trak: Box, movieScale: number, fileSize: number): Promise<Mp4Samples | null> {
  const media = await boxes.inside(trak, 'mdia')
  const mediaHeader = await boxes.inside(media, 'mdhd')
  const tables = await boxes.in(await boxes.inside(media, 'minf', 'stbl'))
  if (!mediaHeader) return null
  const headerBytes = await boxes.bytes(mediaHeader)
  const scale = uint32(headerBytes, afterTimes(headerBytes))
  const table = async (type: string, entryBytes: number): Promise<Table | null> => {
    const box = tables.find((one) => one.type === type)
    return box && box.to - box.from <= maxTableBytes
      ? new Table(await boxes.bytes(box, maxTableBytes), entryBytes)
      : null
  }
  const has = (type: string) => tables.some((one) => one.type === type)
  const description = tables.find(({ type }) => type === 'stsd')
  const [entry] = description ? await boxes.boxes(description.from + 8, description.to) : []
  const times = await table('stts', 8)
  const offset = await editOffset(boxes, trak, movieScale, scale)
  const layout = await layoutOf(table, tables, boxes)
  if (!(scale > 0) || !entry || entry.type === 'encv' || !times?.isWhole || offset === null || !layout) return null
  const { count, end, bytes } = layout
  if (count === 0 || end > fileSize) return null

  const ticks = new Float64Array(count)
  const durations = new Float64Array(count)
  let [at, time] = [0, 0]
  for (let i = 0; i < times.count; i++) {
    const [samples, delta] = [times.uint(i), times.uint(i, 4)]
    if (at + samples > count) return null
    for (const last = at + samples; at < last; at++, time += delta) {
      ticks[at] = time
      durations[at] = delta / scale
    }
  }
  if (at !== count) return null
  const shifts = await table('ctts', 8)
  if (has('ctts')) {
    if (!shifts?.isWhole) return null
    let sample = 0
    for (let i = 0; i < shifts.count; i++) {
      const last = Math.min(count, sample + shifts.uint(i))
      const shift = shifts.int(i, 4)
      for (; sample < last; sample++) ticks[sample]! += shift
    }
  }
  const keys = new Uint8Array(count)
  const sync = await table('stss', 4)
  if (!has('stss')) keys.fill(1)
  else {
    if (!sync?.isWhole) return null
    for (let i = 0; i < sync.count; i++) {
      const sample = sync.uint(i) - 1
      if (sample >= 0 && sample < count) keys[sample] = 1
    }
  }
  return { timestamps: ticks.map((tick) => (tick - offset) / scale), keys, durations, isReordered: has('ctts'), bytes }
}

/** How many samples there are, and where the last of them ends, bytes of the file. `null` where the tables do not say so. */
async function layoutOf(
  table: (type: string, entryBytes: number) => Promise<Table | null>,
  tables: readonly Box[],
  boxes: Mp4Boxes,
): Promise<{ readonly count: number; readonly end: number; readonly bytes: number } | null> {
  const sizes = tables.find(({ type }) => type === 'stsz')
  if (!sizes || sizes.to - sizes.from > maxTableBytes) return null
  const view = await boxes.bytes(sizes, maxTableBytes)
  const [uniformSize, count] = [uint32(view, 4), uint32(view, 8)]
  if (count > maxSamples || (uniformSize === 0 && 12 + count * 4 > view.byteLength)) return null
  const wide = await table('co64', 8)
  const chunks = wide ?? (await table('stco', 4))
  const runs = await table('stsc', 12)
  if (!chunks?.isWhole || !runs?.isWhole) return null
  let [sample, end, total] = [0, 0, 0]
  for (let run = 0; run < runs.count; run++) {
    const perChunk = runs.uint(run, 4)
    const until = run + 1 < runs.count ? runs.uint(run + 1) - 1 : chunks.count
    for (let chunk = runs.uint(run) - 1; chunk < until && sample < count; chunk++) {
      if (chunk < 0 || chunk >= chunks.count) return null
      let bytes = 0
      for (const last = Math.min(count, sample + perChunk); sample < last; sample++)
        bytes += uniformSize === 0 ? view.getUint32(12 + sample * 4) : uniformSize
      total += bytes
      end = Math.max(end, (wide ? chunks.long(chunk) : chunks.uint(chunk)) + bytes)
    }
  }
  return sample === count ? { count, end, bytes: total } : null
}

/** What is taken from the times of its samples, in ticks of the media, since its first edit begins there. `null`: it has other edits. */
async function editOffset(boxes: Mp4Boxes, trak: Box, movieScale: number, scale: number): Promise<number | null> {
  const list = await boxes.inside(trak, 'edts', 'elst')
  if (!list) return 0
  const view = await boxes.bytes(list)
  const version = view.byteLength > 0 ? view.getUint8(0) : 0
  const bytes = version === 1 ? 20 : 12
  const count = uint32(view, 4)
  if (8 + count * bytes > view.byteLength) return null
  let empty = 0
  for (let i = 0; i < count; i++) {
    const at = 8 + i * bytes
    const duration = version === 1 ? Number(view.getBigUint64(at)) : view.getUint32(at)
    const begin = version === 1 ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4)
    if (begin === -1) empty += duration
    else if (i + 1 < count || view.getUint32(at + bytes - 4) !== 0x10000) return null
    else return begin - Math.round((empty / movieScale) * scale)
  }
  return -Math.round((empty / movieScale) * scale)
}
