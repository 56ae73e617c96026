/** Pictures: one, or a sequence shown one after another in the natural order of their names. */
import type { MediaFacts } from '../graph/node/facts.ts'
import { frameOf } from './frame.ts'
import { openAnimation } from './pictures/animation-source.ts'
import { decodePicture, headOf, type OpenPicture, shownSize } from './pictures/open-picture.ts'
import type { PictureHead } from './pictures/picture-head.ts'
import { pictureFacts } from './probe.ts'
import { steadyTimeline } from './timeline.ts'
import { type Frame, type FrameSource, MediaError, type SamplePicture, type Timeline } from './types.ts'

/** Frames a second of a sequence, until Decode says otherwise. */
export const sequenceFrameRate = 24
/** Seconds for which a single picture is shown when it sets the clock. */
const stillSeconds = 1 / sequenceFrameRate

const pictureName = /\.(png|apng|jpe?g|webp|avif|gif|bmp|tiff?|exr)$/i

export const isPicture = (file: File): boolean =>
  file.type ? file.type.startsWith('image/') : pictureName.test(file.name)

/** `frame_2` before `frame_10`. */
export const naturalOrder = (a: File, b: File): number =>
  a.name.localeCompare(b.name, 'en', { numeric: true }) || (a.name < b.name ? -1 : 1)

/** Opens one picture, one that moves, or a sequence. Rejects with `MediaError` where one cannot be read or is of another size. */
export async function openPictures(files: readonly File[], name: string): Promise<FrameSource> {
  const sortedFiles = files.toSorted(naturalOrder)
  const [first] = sortedFiles
  if (!first) throw new MediaError(`“${name}” holds no pictures.`, 'Choose at least one picture.')
  const heads: PictureHead[] = []
  for (const file of sortedFiles) heads.push(await headOf(file))
  const [head] = heads
  if (!head) throw new MediaError(`“${name}” holds no pictures.`, 'Choose at least one picture.')
  if (sortedFiles.length === 1 && head.durations) return openAnimation(first, head, head.durations)

  const picture = await decodePicture(first, head)
  const size = sizeOf(picture)
  picture.picture.close()
  checkSizes(sortedFiles, heads, size)
  const timeline = steadyTimeline(sortedFiles.length, sortedFiles.length === 1 ? 1 / stillSeconds : sequenceFrameRate)
  const format = (first.type.split('/')[1] ?? first.name.split('.').pop() ?? '').toUpperCase()
  const moving = sortedFiles.filter((_, index) => heads[index]?.durations)
  const facts = pictureFacts(
    sortedFiles.length === 1 ? 'image' : 'sequence',
    size.width,
    size.height,
    timeline,
    format,
    {
      samples: picture.samples,
      bytes: sortedFiles.reduce((sum, { size }) => sum + size, 0),
      notes: [
        ...picture.notes,
        ...(moving.length > 0
          ? [
              `${moving.length === 1 ? `“${moving[0]?.name}” moves` : `${moving.length} of its pictures move`}; in a sequence the first frame alone is shown.`,
            ]
          : []),
      ],
    },
  )
  return new PictureSource(sortedFiles, heads, facts, timeline)
}

/** As shown, pixels. */
function sizeOf({ picture, rotation }: OpenPicture): { readonly width: number; readonly height: number } {
  const { width, height } = picture as ImageBitmap | SamplePicture
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width }
}

type Size = ReturnType<typeof sizeOf>

const otherSize = (file: File, ownSize: Size, frameSize: Size, more: number): MediaError =>
  new MediaError(
    `“${file.name}” is ${ownSize.width}×${ownSize.height}, the first picture of the sequence ${frameSize.width}×${frameSize.height}${more > 0 ? `; ${more} more differ from it` : ''}.`,
    'Choose pictures of one size, or resize this one.',
  )

/** All are looked at before any is rendered. */
function checkSizes(files: readonly File[], heads: readonly PictureHead[], frameSize: Size): void {
  const different = files.flatMap((file, index) => {
    const head = heads[index]
    const ownSize = head && shownSize(head)
    return ownSize && (ownSize.width !== frameSize.width || ownSize.height !== frameSize.height)
      ? [{ file, own: ownSize }]
      : []
  })
  const [first] = different
  if (first) throw otherSize(first.file, first.own, frameSize, different.length - 1)
}

class PictureSource implements FrameSource {
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly audio = null
  readonly #files: readonly File[]
  readonly #heads: readonly PictureHead[]

  constructor(files: readonly File[], heads: readonly PictureHead[], facts: MediaFacts, timeline: Timeline) {
    this.#files = files
    this.#heads = heads
    this.facts = facts
    this.timeline = timeline
  }

  async frame(index: number, signal: AbortSignal): Promise<Frame> {
    signal.throwIfAborted()
    this.timeline.timestamp(index)
    const file = this.#files[index]
    const head = this.#heads[index]
    if (!file || !head) throw new RangeError(`There is no picture ${index}.`)
    const picture = await decodePicture(file, head)
    try {
      signal.throwIfAborted()
      const ownSize = sizeOf(picture)
      const { width, height } = this.facts
      if (ownSize.width !== width || ownSize.height !== height) throw otherSize(file, ownSize, this.facts, 0)
    } catch (error) {
      picture.picture.close()
      throw error
    }
    return frameOf(picture.picture, index, this.timeline, picture.rotation, picture)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Pictures are decoded one at a time and belong to whoever asked; nothing is held here.
  }
}
