/** Pictures: one, or a sequence shown one after another in the natural order of their names. */
import type { MediaFacts } from '../graph/node/facts.ts'
import { frameOf } from './frame.ts'
import { pictureFacts } from './probe.ts'
import { steadyTimeline } from './timeline.ts'
import { type Frame, type FrameSource, MediaError, type Timeline } from './types.ts'

/** Frames a second of a sequence, until Decode says otherwise. */
export const sequenceFrameRate = 24
/** Seconds for which a single picture is shown when it sets the clock. */
const stillSeconds = 1 / sequenceFrameRate

const pictureName = /\.(png|jpe?g|webp|avif|gif|bmp)$/i

export const isPicture = (file: File): boolean =>
  file.type ? file.type.startsWith('image/') : pictureName.test(file.name)

/** `frame_2` before `frame_10`. */
export const naturalOrder = (a: File, b: File): number =>
  a.name.localeCompare(b.name, 'en', { numeric: true }) || (a.name < b.name ? -1 : 1)

/** Opens one picture or a sequence of them. Rejects with `MediaError` where the first cannot be read. */
export async function openPictures(files: readonly File[], name: string): Promise<FrameSource> {
  const ordered = files.toSorted(naturalOrder)
  const [first] = ordered
  if (!first) throw new MediaError(`“${name}” holds no pictures.`, 'Choose at least one picture.')
  const bitmap = await decode(first)
  const { width, height } = bitmap
  bitmap.close()
  const timeline = steadyTimeline(ordered.length, ordered.length === 1 ? 1 / stillSeconds : sequenceFrameRate)
  const format = (first.type.split('/')[1] ?? first.name.split('.').pop() ?? '').toUpperCase()
  const facts = pictureFacts(ordered.length === 1 ? 'image' : 'sequence', width, height, timeline, format)
  return new PictureSource(ordered, facts, timeline)
}

async function decode(file: File): Promise<ImageBitmap> {
  try {
    // As stored: no colour management and straight alpha, so that the numbers are the file's own.
    return await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
  } catch (cause) {
    throw new MediaError(
      `“${file.name}” cannot be read as a picture: it is damaged, or of a kind that the browser does not know.`,
      'Save it again as PNG, JPEG, WebP or AVIF.',
      { cause },
    )
  }
}

class PictureSource implements FrameSource {
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly audio = null
  readonly #files: readonly File[]

  constructor(files: readonly File[], facts: MediaFacts, timeline: Timeline) {
    this.#files = files
    this.facts = facts
    this.timeline = timeline
  }

  async frame(index: number, signal: AbortSignal): Promise<Frame> {
    signal.throwIfAborted()
    this.timeline.timestamp(index)
    const file = this.#files[index]
    if (!file) throw new RangeError(`There is no picture ${index}.`)
    const bitmap = await decode(file)
    const { width, height } = this.facts
    try {
      signal.throwIfAborted()
      if (bitmap.width !== width || bitmap.height !== height)
        throw new MediaError(
          `“${file.name}” is ${bitmap.width}×${bitmap.height}, the first picture of the sequence ${width}×${height}.`,
          'Choose pictures of one size, or resize this one.',
        )
    } catch (error) {
      bitmap.close()
      throw error
    }
    return frameOf(bitmap, index, this.timeline, 0, this.facts)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Pictures are decoded one at a time and belong to whoever asked; nothing is held here.
  }
}
