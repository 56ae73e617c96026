/**
 * Frames to a picture that moves: animated PNG as it is, GIF and WebP out of that by ffmpeg's core, which
 * reckons the time of the last frame from those before. Each frame is kept as a
 * PNG file with the time for which it is shown, in segments of one, until all are there.
 */
import { messageOf } from '../graph/document/coded-error.ts'
import { type AnimationFrame, apngParts } from './apng.ts'
import { MemorySegments } from './encoders/memory-segments.ts'
import { FfmpegFailure, mountFile } from './ffmpeg/ffmpeg.ts'
import { writeError } from './output-files.ts'
import {
  type AnimationContainer,
  type AnimationSink,
  type AnimationSinkRequest,
  type KeptBytes,
  MediaError,
  type PicturesReport,
  type SegmentStore,
} from './types.ts'
import { nothingToWrite } from './video-encoding.ts'

interface Kind {
  readonly title: string
  /** Of either side, pixels. */
  readonly maxSide: number
  /** What it counts time by, seconds. */
  readonly tick: number
  readonly holdsComment: boolean
  /** What ffmpeg is told to make it of an animated PNG; absent: it is one. */
  readonly arguments?: (quality: number) => readonly string[]
}

const kinds: Readonly<Record<AnimationContainer, Kind>> = {
  apng: { title: 'APNG', maxSide: 2 ** 31 - 1, tick: 0.001, holdsComment: true },
  gif: {
    title: 'GIF',
    maxSide: 65_535,
    tick: 0.01,
    holdsComment: false,
    // A palette for each frame: one for all would have to wait for the last of them.
    arguments: () => [
      '-filter_complex',
      '[0:v]split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=sierra2_4a',
      ...['-f', 'gif'],
    ],
  },
  webp: {
    title: 'WebP',
    maxSide: 16_383,
    tick: 0.001,
    holdsComment: false,
    arguments: (quality) => ['-c:v', 'libwebp_anim', '-quality', String(quality), '-f', 'webp'],
  },
}

/** Seconds without a sign of life after which ffmpeg is ended: it says something of every frame. */
const patience = 180
const chunkBytes = 4 * 1024 * 1024
/** A frame as it is kept: when it begins and ends, seconds, then the PNG file. */
const headBytes = 16

const noFfmpeg = (title: string, cause: unknown) =>
  new MediaError(
    `${title} needs ffmpeg, which could not be loaded (${messageOf(cause)}).`,
    'Choose .apng, which needs none, or a video.',
    { cause },
  )

/** Opens a sink. Rejects with `MediaError` where such a file cannot be made; then nothing was written. */
export async function createAnimationSink(request: AnimationSinkRequest): Promise<AnimationSink> {
  const { container, width, height } = request
  const { title, maxSide, arguments: ffmpegArguments } = kinds[container]
  if (Math.max(width, height) > maxSide)
    throw new MediaError(
      `${title} cannot hold a picture of ${width} × ${height}: neither side may be longer than ${maxSide}.`,
      'Make it smaller, or choose another file.',
    )
  if (ffmpegArguments) {
    try {
      // So that it is known before the first frame, and not behind the last, whether there is one.
      await using _ = await mountFile(new Blob())
    } catch (cause) {
      if (!(cause instanceof FfmpegFailure)) throw cause
      throw noFfmpeg(title, cause)
    }
  }
  return new Animation(request, request.segments?.store ?? new MemorySegments())
}

class Animation implements AnimationSink {
  readonly #request: AnimationSinkRequest
  readonly #store: SegmentStore

  constructor(request: AnimationSinkRequest, store: SegmentStore) {
    this.#request = request
    this.#store = store
  }

  async write({ png, timestamp, duration }: Parameters<AnimationSink['write']>[0], index: number): Promise<void> {
    const head = new Uint8Array(Float64Array.of(timestamp, timestamp + duration).buffer)
    const segment = await this.#store.begin(index)
    await segment.append(head)
    await segment.append(png)
    await segment.finish(index + 1)
  }

  async finish(): Promise<PicturesReport> {
    const { container, fileName, output, width, height, quality, notes } = this.#request
    const kind = kinds[container]
    const segments = [...(await this.#store.list())].sort((a, b) => a.first - b.first)
    if (segments.length === 0) throw nothingToWrite(fileName)
    const moments = new Moments()
    const frames = segments.map((segment) => () => this.#store.read(segment))
    const parts: Blob[] = []
    for await (const part of apngParts(animationFrames(frames, moments), frames.length)) parts.push(new Blob([part]))
    const apng = new Blob(parts, { type: 'image/apng' })
    const animation = kind.arguments ? await this.#convert(apng, kind, kind.arguments(quality)) : apng
    const file = await output.open(fileName)
    try {
      for (let at = 0; at < animation.size; at += chunkBytes)
        await file.write(at, new Uint8Array(await animation.slice(at, at + chunkBytes).arrayBuffer()))
      await file.close()
      await file.commit()
    } catch (error) {
      await file.discard()
      throw writeError(fileName, error)
    }
    const roundingError = moments.farthestFrom(kind.tick)
    return {
      kind: 'pictures',
      fileName,
      bytes: animation.size,
      frames: segments.length,
      encoder: kind.arguments ? `${kind.title}, by the built-in ffmpeg` : `${kind.title}, without loss`,
      width,
      height,
      videoCodec: container,
      audioCodec: null,
      audioCopied: false,
      notes: [
        ...notes,
        ...(roundingError > 0.001
          ? [
              `${kind.title} stores time in steps of ${kind.tick * 1000} ms: frames begin up to ${Math.round(roundingError * 1000)} ms off.`,
            ]
          : []),
        ...(this.#request.hasComment && !kind.holdsComment
          ? [`The graph stays behind: ${kind.title} has no place for it.`]
          : []),
      ],
      packets: { keys: segments.length, keyBytes: animation.size, deltas: 0, deltaBytes: 0 },
      audioBytes: 0,
    }
  }

  async #convert(apng: Blob, { title, tick }: Kind, ffmpegArguments: readonly string[]): Promise<Blob> {
    const lines: string[] = []
    try {
      await using input = await mountFile(apng)
      // Else it counts in frames of the mean rate.
      const timing = ['-enc_time_base', `1:${Math.round(1 / tick)}`]
      const args = [
        '-y',
        '-f',
        'apng',
        '-i',
        input.path,
        ...ffmpegArguments.slice(0, -2),
        '-vsync',
        'passthrough',
        ...timing,
        '-loop',
        '0',
      ]
      const { bytes } = await input.collect(
        [...args, ...ffmpegArguments.slice(-2)],
        (line) => lines.push(line),
        patience,
      )
      if (bytes.byteLength > 0) return new Blob([bytes])
    } catch (cause) {
      throw cause instanceof FfmpegFailure ? noFfmpeg(title, cause) : cause
    }
    throw new MediaError(
      `${title} could not be made from these frames (${lines.findLast((line) => /error|invalid|failed/i.test(line)) ?? 'ffmpeg gave nothing'}).`,
      'Choose .apng or a video, or make the pictures smaller.',
    )
  }

  /** Every frame is kept as soon as it is written, and no file was begun. */
  keep = async (): Promise<void> => undefined

  abort = async (): Promise<void> => undefined
}

/** When the frames of an animation begin and end, and how far off a format's clock puts them. */
class Moments {
  readonly #begins: number[] = []
  #end = 0

  add(begin: number, end: number): void {
    this.#begins.push(begin)
    this.#end = end
  }

  /** Seconds. */
  farthestFrom(tick: number): number {
    const first = this.#begins[0] ?? 0
    const off = (at: number) => Math.abs(Math.round((at - first) / tick) * tick - (at - first))
    return Math.max(0, ...[...this.#begins, this.#end].map(off))
  }
}

async function* animationFrames(
  reads: readonly (() => Promise<KeptBytes>)[],
  moments: Moments,
): AsyncGenerator<AnimationFrame> {
  // Each begins where the rounded time of the whole has come to, so that nothing adds up.
  let at: number | undefined
  for (const read of reads) {
    const file = await read()
    const bytes = await file.read(0, file.size)
    const [begin = 0, end = 0] = new Float64Array(bytes.slice(0, headBytes).buffer)
    moments.add(begin, end)
    at ??= Math.round(begin * 1000)
    const until = Math.round(end * 1000)
    const milliseconds = Math.min(65_535, Math.max(1, until - at))
    at = until
    yield { png: bytes.subarray(headBytes), milliseconds }
  }
}
