/**
 * Frames to a file by way of ffmpeg: each segment is encoded by a fresh one, and what comes out is kept and joined as
 * the segments of the browser's encoder are. Whether ffmpeg is there, knows the encoder, takes the size, and makes what
 * the file can hold is found out with one grey frame before the first real one comes.
 */
import { messageOf } from '../../graph/document/coded-error.ts'
import { keptHeader } from '../join-segments.ts'
import { holds, holdsMastering } from '../output-format.ts'
import { headerBytes, packetBytes, type SegmentHeader } from '../packet-log.ts'
import { sampleBytes } from '../sample-format.ts'
import { type CheckHeader, SegmentedSink, type SegmentWriter } from '../segment-sink.ts'
import {
  type FrameSink,
  MediaError,
  type SampleSink,
  type SampleSinkRequest,
  type SegmentStore,
  type TimedSamples,
} from '../types.ts'
import { containerNames } from '../video-encoding.ts'
import { builtInPlan, codesMastering, countingRate, matrixOf } from './encoding.ts'
import { absentHome, installedHome } from './installed.ts'
import { keptInMemory } from './memory-segments.ts'
import { type EncoderHome, type Moment, type PieceEncoder, packetsOfPiece } from './piece.ts'

/** @param joins all that is to be written is kept already */
async function homeOf(request: SampleSinkRequest, joins: boolean): Promise<EncoderHome> {
  const { encoding, frameRate, keyFrameSeconds } = request
  const perKey = Math.max(1, Math.round(keyFrameSeconds * (frameRate || 24)))
  if (encoding.kind === 'built-in') {
    // Loaded only when needed: most files are made by the browser's own encoder.
    const { builtInHome } = await import('./built-in.ts')
    return builtInHome(builtInPlan(encoding, perKey), request, frameRate, request.hdr?.transfer)
  }
  if (encoding.address !== undefined) return installedHome(encoding, encoding.address, request, frameRate, perKey)
  if (joins) return absentHome(encoding, perKey)
  throw new MediaError(
    `“${request.fileName}” asks for an encoder of an installed ffmpeg, which a page in a browser cannot reach.`,
    'Render this graph on the command line, or choose another encoder in Encode.',
  )
}

class Piece implements SegmentWriter<TimedSamples> {
  readonly #home: EncoderHome
  readonly #rate: number
  readonly #store: SegmentStore
  readonly #first: number
  readonly #check: CheckHeader
  readonly #moments: Moment[] = []
  readonly notes = []
  #encoder: PieceEncoder | null = null

  constructor(home: EncoderHome, rate: number, store: SegmentStore, first: number, check: CheckHeader) {
    this.#home = home
    this.#rate = rate
    this.#store = store
    this.#first = first
    this.#check = check
  }

  get next(): number {
    return this.#first + this.#moments.length
  }

  async start(): Promise<void> {
    this.#encoder = await this.#home.begin()
  }

  async add({ picture, timestamp, duration }: TimedSamples): Promise<void> {
    await this.#encoder?.add(picture.bytes)
    this.#moments.push({ timestamp, duration })
  }

  async end(): Promise<void> {
    const encoder = this.#encoder
    if (!encoder) return
    const { header, packets } = await packetsOfPiece(await encoder.end(), this.#moments, this.#rate)
    this.#encoder = null
    if (!header || packets.length !== this.#moments.length)
      throw new Error(`of ${this.#moments.length} frames the encoder gave back ${packets.length}`)
    this.#check(header)
    const file = await this.#store.begin(this.#first)
    try {
      await file.append(headerBytes(header))
      for (const packet of packets) await file.append(packetBytes(packet))
    } catch (error) {
      await file.discard()
      throw error
    }
    await file.finish(this.next)
  }

  async abort(): Promise<void> {
    await this.#encoder?.abort()
  }
}

/** What the encoder makes of one grey frame. Rejects where it makes nothing. */
async function tryHome(home: EncoderHome, request: SampleSinkRequest): Promise<SegmentHeader | null> {
  const { bits } = home.format
  const size = sampleBytes(home.format, request.width, request.height)
  const grey = bits > 8 ? new Uint8Array(new Uint16Array(size / 2).fill(1 << (bits - 1)).buffer) : undefined
  const encoder = await home.begin()
  try {
    await encoder.add(grey ?? new Uint8Array(size).fill(128))
    const piece = await encoder.end()
    const { header } = await packetsOfPiece(piece, [{ timestamp: 0, duration: 1 }], countingRate(request.frameRate))
    return header
  } catch (error) {
    await encoder.abort()
    throw error
  }
}

async function checkHolds(home: EncoderHome, request: SampleSinkRequest): Promise<void> {
  const { container, fileName } = request
  const header = await tryHome(home, request)
  if (header && holds(container, header.codec)) return
  throw new MediaError(
    header
      ? `${containerNames[container]} does not take what ${home.name} makes (${header.codec}).`
      : `No file can be made from what ${home.name} makes.`,
    `Choose another encoder, or another extension for “${fileName}”.`,
  )
}

/** What of HDR the file does not say. */
function hdrNotes({ hdr, encoding, container, fileName }: SampleSinkRequest): readonly string[] {
  const isHeld = holdsMastering(container) || (encoding.kind === 'installed' && codesMastering(encoding.name))
  return !hdr?.mastering || isHeld
    ? []
    : [
        `What is known of the display on which its HDR was made stays behind: only libx265 and libsvtav1 write it into “${fileName}”; WebM and MKV hold it with any encoder.`,
      ]
}

/** `sink`, which says how it takes pictures, and tells `notes` in its report. */
const withLayout = (
  sink: FrameSink<TimedSamples>,
  { format, matrix }: Pick<SampleSink, 'format' | 'matrix'>,
  notes: readonly string[],
): SampleSink => ({
  format,
  matrix,
  write: (frame, index) => sink.write(frame, index),
  keep: () => sink.keep(),
  abort: () => sink.abort(),
  async finish() {
    const report = await sink.finish()
    return { ...report, notes: [...report.notes, ...notes] }
  },
})

/** Rejects with `MediaError`, and writes nothing, where the encoder is not there or cannot make what is asked for. */
export async function createSampleSink(request: SampleSinkRequest): Promise<SampleSink> {
  const { fileName, frameRate } = request
  const segmentStore = request.segments ?? keptInMemory(request)
  // What was made before was made by the same encoder, which need not be tried again.
  const before = await keptHeader(segmentStore.store)
  const home = await homeOf(request, before !== null)
  const failure = (error: unknown): MediaError =>
    error instanceof MediaError
      ? error
      : new MediaError(
          `“${fileName}” could not be encoded by ${home.name} (${messageOf(error)}).`,
          'Choose another encoder or codec, or another size.',
          { cause: error },
        )
  try {
    if (request.hdr && home.format.bits < 10)
      throw new MediaError(
        `“${fileName}” is to keep HDR, and ${home.name} makes 8 bits.`,
        'Choose an encoder of 10 bits, such as libx265 or libsvtav1, or let Decode bring HDR to SDR (Tone map).',
      )
    if (!before) await checkHolds(home, request)
    const sink = await SegmentedSink.open<TimedSamples>(request, segmentStore, {
      encoder: () => home.name,
      begin: (store, first, check) => new Piece(home, countingRate(frameRate), store, first, check),
      failure,
      close: ({ picture }) => picture.close(),
      end: async () => home[Symbol.asyncDispose](),
    })
    const name = request.encoding.kind === 'installed' ? request.encoding.name : ''
    const layout = { format: home.format, matrix: matrixOf(name, request.hdr !== undefined) }
    return withLayout(sink, layout, hdrNotes(request))
  } catch (error) {
    await home[Symbol.asyncDispose]()
    throw failure(error)
  }
}
