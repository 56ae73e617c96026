/**
 * The beginning of a long MP4 or QuickTime film as a file of its own: the same bytes, but for an index whose tables of the picture end in
 * front of a key frame (ISO/IEC 14496-12, 8.6 and 8.7). Whoever opens it reads some hundred entries where a film has hundreds of
 * thousands. What is left of the room that the index takes becomes a `free` box, so that all else stays where it is.
 */
import { type Box, fourCharacters, Mp4Boxes, Table, trackId, uint32 } from './mp4-boxes.ts'

export interface Mp4Beginning {
  readonly file: Blob
  /** Samples of each track of pictures that were cut, by the track's id, that are behind its beginning. */
  readonly behind: ReadonlyMap<number, number>
}

/** Tracks of fewer samples are read whole in no time. */
const shortestFilm = 8000
/** Samples that a beginning may have until a key frame ends it. */
const longestBeginning = 4000

type Piece = Blob | Uint8Array<ArrayBuffer>

interface Cut {
  readonly pieces: readonly Piece[]
  /** Samples that were left out. */
  readonly behind: number
}

/**
 * @param atLeast samples that a beginning has, before the next key frame ends it @param shortest a track of fewer is left as it is
 * @returns `null` where no track of pictures is so long, and where their tables are of another kind or contradict the file: then all of
 * it must be read to know what is there.
 */
export async function mp4Beginning(file: Blob, atLeast: number, shortest = shortestFilm): Promise<Mp4Beginning | null> {
  const boxes = new Mp4Boxes(file)
  const index = await boxes.index()
  if (!index) return null
  const parts = await boxes.in(index)
  if (parts.some(({ type }) => type === 'mvex')) return null
  const copy = (box: Box): Blob => file.slice(box.start, box.to)

  /** Of a track, or of a box in it on the way to its tables. */
  async function cut(box: Box, path: readonly string[]): Promise<Cut | null> {
    const inside = await boxes.in(box)
    const [next, ...rest] = path
    if (next === undefined) {
      const short = await shortTables(boxes, inside, { fileSize: file.size, atLeast })
      if (!short) return null
      const pieces = inside.flatMap((table) => {
        const bytes = short.tables.get(table.type)
        return bytes ? boxOf(table.type, [bytes]) : [copy(table)]
      })
      return { pieces: boxOf(box.type, pieces), behind: short.behind }
    }
    const pieces: Piece[] = []
    let behind: number | null = null
    for (const part of inside) {
      const short = part.type === next ? await cut(part, rest) : null
      if (part.type === next && !short) return null
      pieces.push(...(short ? short.pieces : [copy(part)]))
      behind = short?.behind ?? behind
    }
    return behind === null ? null : { pieces: boxOf(box.type, pieces), behind }
  }

  const behind = new Map<number, number>()
  const pieces: Piece[] = []
  for (const part of parts) {
    const header =
      part.type === 'trak' && (await pictures(boxes, part)) >= shortest ? await boxes.inside(part, 'tkhd') : null
    if (!header) {
      pieces.push(copy(part))
      continue
    }
    const track = await cut(part, ['mdia', 'minf', 'stbl'])
    if (!track) return null
    behind.set(trackId(await boxes.bytes(header)), track.behind)
    pieces.push(...track.pieces)
  }
  const head = boxOf(index.type, pieces)
  const room = index.to - index.start - sizeOf(head)
  if (behind.size === 0 || room < 8) return null
  const free = new Uint8Array(8)
  writeHeader(free, 'free', room)
  return { file: new Blob([file.slice(0, index.start), ...head, free, file.slice(index.to - room + 8)]), behind }
}

/** How many samples a track of pictures has; 0 where it is one of something else. */
async function pictures(boxes: Mp4Boxes, trak: Box): Promise<number> {
  const media = await boxes.inside(trak, 'mdia')
  const handler = await boxes.inside(media, 'hdlr')
  if (!handler || fourCharacters(await boxes.bytes(handler, 16), 8) !== 'vide') return 0
  const sizes = await boxes.inside(media, 'minf', 'stbl', 'stsz')
  return sizes ? uint32(await boxes.bytes(sizes, 12), 8) : 0
}

interface ShortTables {
  /** What is in the boxes of each type. */
  readonly tables: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
  readonly behind: number
}

async function shortTables(
  boxes: Mp4Boxes,
  tables: readonly Box[],
  { fileSize, atLeast }: { readonly fileSize: number; readonly atLeast: number },
): Promise<ShortTables | null> {
  const short = new Map<string, Uint8Array<ArrayBuffer>>()
  const beginnings = new Map<string, Table>()
  const boxOfType = (type: string) => tables.find((one) => one.type === type)
  for (const [type, entryBytes] of entrySizes) {
    const box = boxOfType(type)
    if (!box) continue
    const table = new Table(await boxes.bytes(box), entryBytes)
    if (8 + table.count * entryBytes > box.to - box.from) return null
    beginnings.set(type, table)
  }
  const [times, shifts, sync] = ['stts', 'ctts', 'stss'].map((type) => beginnings.get(type))
  const [runs, wide] = [beginnings.get('stsc'), beginnings.get('co64')]
  const chunks = wide ?? beginnings.get('stco')
  const sizeBox = boxOfType('stsz')
  if (!times || !runs || !chunks || !sizeBox) return null
  const sizes = await boxes.bytes(sizeBox)
  const [same, count] = [uint32(sizes, 4), uint32(sizes, 8)]
  if (same === 0 && 12 + count * 4 > sizeBox.to - sizeBox.from) return null
  const end = sync ? keyBehind(sync, atLeast) : atLeast
  if (end === null || end >= count || end > longestBeginning) return null
  // A file that was cut off is read whole, to tell how much of it is missing.
  const ends = {
    runs: boxOfType('stsc'),
    chunks: boxOfType(wide ? 'co64' : 'stco'),
    sizes: same === 0 ? sizeBox : null,
    same,
  }
  const fileEnd = await endOfSamples(boxes, ends)
  if (fileEnd === null || fileEnd > fileSize) return null

  for (const [type, table] of [['stts', times] as const, ['ctts', shifts] as const]) {
    const entries = table && runsUpTo(table, end)
    if (entries) short.set(type, tableBytes(table, entries))
    else if (table) return null
  }
  if (sync) {
    const keys: number[][] = []
    for (let i = 0; i < sync.available && sync.uint(i) <= end; i++) keys.push([sync.uint(i)])
    short.set('stss', tableBytes(sync, keys))
  }
  const layout = chunksUpTo(runs, chunks.count, end)
  if (!layout || layout.chunks > chunks.available) return null
  short.set('stsc', tableBytes(runs, layout.runs))
  short.set(wide ? 'co64' : 'stco', chunks.first(layout.chunks))
  const sizeBytes = new Uint8Array(12 + (same === 0 ? end * 4 : 0))
  if (sizeBytes.byteLength > sizes.byteLength) return null
  sizeBytes.set(new Uint8Array(sizes.buffer, sizes.byteOffset, sizeBytes.byteLength))
  new DataView(sizeBytes.buffer).setUint32(8, end)
  short.set('stsz', sizeBytes)
  return { tables: short, behind: count - end }
}

/** Where the last chunk ends, byte of the file. `null` where its samples are more than are looked at. */
async function endOfSamples(
  boxes: Mp4Boxes,
  of: { runs: Box | undefined; chunks: Box | undefined; sizes: Box | null; same: number },
): Promise<number | null> {
  const lastBytes = async (box: Box, length: number) => {
    const bytes = await boxes.read(Math.max(box.from, box.to - length), length)
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  if (!of.runs || !of.chunks) return null
  const run = await lastBytes(of.runs, 12)
  const chunk = await lastBytes(of.chunks, of.chunks.type === 'co64' ? 8 : 4)
  if (run.byteLength < 12 || chunk.byteLength < 4) return null
  const samples = run.getUint32(4)
  const begin = chunk.byteLength === 8 ? Number(chunk.getBigUint64(0)) : chunk.getUint32(0)
  if (!of.sizes) return begin + samples * of.same
  if (samples > longestBeginning) return null
  const sizes = await lastBytes(of.sizes, samples * 4)
  let end = begin
  for (let at = 0; at + 4 <= sizes.byteLength; at += 4) end += sizes.getUint32(at)
  return end
}

const entrySizes: readonly (readonly [string, number])[] = [
  ['stts', 8],
  ['ctts', 8],
  ['stss', 4],
  ['stsc', 12],
  ['stco', 4],
  ['co64', 8],
]

/** The first sample behind `atLeast` that is a key frame, from 0. `null`: none was found in what was read of the table. */
function keyBehind(sync: Table, atLeast: number): number | null {
  for (let i = 0; i < sync.available; i++) if (sync.uint(i) > atLeast) return sync.uint(i) - 1
  return null
}

/** Of runs of samples with one value each: those up to sample `end`. `null` where they do not reach that far. */
function runsUpTo(table: Table, end: number): number[][] | null {
  const entries: number[][] = []
  let sample = 0
  for (let i = 0; sample < end; i++) {
    if (i >= table.available) return null
    const samples = Math.min(table.uint(i), end - sample)
    entries.push([samples, table.uint(i, 4)])
    sample += samples
  }
  return entries
}

/** Which chunks hold the samples up to `end`, the last one perhaps in part. */
function chunksUpTo(runs: Table, chunkCount: number, end: number): { runs: number[][]; chunks: number } | null {
  const entries: number[][] = []
  let [sample, chunk] = [0, 0]
  for (let run = 0; sample < end; run++) {
    if (run >= runs.available || runs.uint(run) !== chunk + 1) return null
    const [perChunk, description] = [runs.uint(run, 4), runs.uint(run, 8)]
    const until = run + 1 < runs.count ? (run + 1 < runs.available ? runs.uint(run + 1) - 1 : null) : chunkCount
    if (until === null || perChunk === 0) return null
    const whole = Math.min(until - chunk, Math.floor((end - sample) / perChunk))
    if (whole > 0) entries.push([chunk + 1, perChunk, description])
    chunk += whole
    sample += whole * perChunk
    if (sample < end && chunk < until) {
      entries.push([chunk + 1, end - sample, description])
      chunk += 1
      sample = end
    }
  }
  return { runs: entries, chunks: chunk }
}

/** Version and flags as in `table`, then `entries` of 32-bit numbers. */
function tableBytes(table: Table, entries: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const numbers = entries.flat()
  const bytes = new Uint8Array(8 + numbers.length * 4)
  bytes.set(table.first(0))
  const view = new DataView(bytes.buffer)
  view.setUint32(4, entries.length)
  for (const [i, number] of numbers.entries()) view.setUint32(8 + i * 4, number)
  return bytes
}

const sizeOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + (piece instanceof Blob ? piece.size : piece.byteLength), 0)

function writeHeader(bytes: Uint8Array, type: string, size: number): void {
  new DataView(bytes.buffer).setUint32(0, size)
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i)
}

function boxOf(type: string, pieces: readonly Piece[]): readonly Piece[] {
  const header = new Uint8Array(8)
  writeHeader(header, type, 8 + sizeOf(pieces))
  return [header, ...pieces]
}
