/**
 * What ffmpeg makes of frames that the browser cannot decode. Its decoders go on behind damage: they cover up what is
 * missing of a picture from those beside it, where a browser's end.
 */
import type { MediaFacts } from '../../graph/node/facts.ts'
import { DamageLog } from '../damage.ts'
import type { Timeline } from '../types.ts'
import type { Recovery } from '../webcodecs-source.ts'
import { mountFile } from './ffmpeg.ts'
import { PieceDecoder } from './piece-decoder.ts'
import { readProbe } from './stream-facts.ts'

/** A file that was opened otherwise. */
export interface Recoverable {
  readonly file: Blob
  /** As people know it. */
  readonly name: string
  readonly facts: MediaFacts
  readonly timeline: Timeline
  /** Indices of key frames, ascending. */
  readonly keys: readonly number[]
}

/** `null` where ffmpeg cannot be had, does not know the codec, or reads other times in the file. */
export async function openRecovery(of: Recoverable): Promise<Recovery | null> {
  const { file, name, facts, timeline, keys } = of
  // A frame that is held instead is told; that ffmpeg is not to be had is no reason to end.
  const mountedFile = await mountFile(file).catch(() => null)
  if (!mountedFile) return null
  const isSameTime = (time: number): boolean => {
    const index = timeline.indexAt(time)
    return Math.abs(timeline.timestamp(index) - time) < timeline.duration(index) / 2
  }
  try {
    const json = await mountedFile.probe([
      '-v',
      'error',
      '-show_streams',
      '-show_format',
      '-of',
      'json',
      mountedFile.path,
    ])
    const { video, startTime } = readProbe(json)
    const first = video && (await PieceDecoder.firstTimestamp(mountedFile, video))
    if (!video || first === null || !isSameTime(first)) {
      await mountedFile[Symbol.asyncDispose]()
      return null
    }
    const source = new PieceDecoder({
      mountedFile,
      video,
      facts,
      timeline,
      keys,
      startTime,
      audio: null,
      companions: undefined,
      name,
      // Told by whoever asks for the frames.
      damage: new DamageLog(name, timeline, []),
      isSparse: true,
    })
    return {
      picture: (index, signal) => source.own(index, signal),
      [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
    }
  } catch {
    // As above: what it cannot read is held, and told.
    await mountedFile[Symbol.asyncDispose]()
    return null
  }
}
