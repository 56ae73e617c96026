/** GIF, WebP and APNG that move: a clip whose frames the browser's `ImageDecoder` gives, at the times the file tells. */
import type { MediaFacts } from '../../graph/node/facts.ts'
import { colourNotes, pictureColour, pictureSamples, sampleNotes } from '../colour.ts'
import { frameOf } from '../frame.ts'
import { pace } from '../probe.ts'
import { createTimeline } from '../timeline.ts'
import { Turns } from '../turns.ts'
import { type Frame, type FrameSource, MediaError, type Timeline } from '../types.ts'
import { type PictureHead, unreadablePicture } from './picture-head.ts'

const types: Readonly<Record<string, string>> = { GIF: 'image/gif', WebP: 'image/webp', PNG: 'image/png' }

/** Rejects with `MediaError` where it is damaged. */
export async function openAnimation(file: File, head: PictureHead, durations: readonly number[]): Promise<FrameSource> {
  const decoder = new ImageDecoder({
    data: await file.arrayBuffer(),
    type: types[head.kind] ?? 'image/gif',
    colorSpaceConversion: head.profile === null ? 'none' : 'default',
    preferAnimation: true,
  })
  try {
    await decoder.tracks.ready
    await decoder.completed
    const { image } = await decoder.decode({ frameIndex: 0 })
    const { displayWidth: width, displayHeight: height, format } = image
    image.close()
    const count = Math.min(decoder.tracks.selectedTrack?.frameCount ?? 0, durations.length)
    const starts = new Float64Array(count)
    for (let i = 1; i < count; i++) starts[i] = (starts[i - 1] ?? 0) + (durations[i - 1] ?? 0)
    const timeline = createTimeline(starts, durations[count - 1] ?? 0.1)
    const samples = { ...pictureSamples, alpha: format === 'RGBA' || format === 'BGRA' }
    const facts: MediaFacts = {
      kind: 'video',
      width,
      height,
      frameCount: count,
      ...pace(timeline),
      audio: null,
      colour: pictureColour,
      samples,
      hdr: null,
      container: 'Animated picture',
      codec: head.kind === 'PNG' ? 'APNG' : head.kind,
      route: 'image',
      notes: [
        ...(count < durations.length
          ? [`It is damaged: of its ${durations.length} frames ${count} can be decoded.`]
          : []),
        ...(head.profile === null ? [] : [`Its colours are converted to sRGB from its own profile, ${head.profile}.`]),
        ...colourNotes(pictureColour, samples),
        ...sampleNotes(samples),
      ],
    }
    return new AnimationSource(decoder, file.name, facts, timeline)
  } catch (cause) {
    decoder.close()
    throw cause instanceof MediaError ? cause : unreadablePicture(file.name, cause)
  }
}

class AnimationSource implements FrameSource {
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly audio = null
  readonly #decoder: ImageDecoder
  readonly #name: string
  readonly #turns = new Turns()

  constructor(decoder: ImageDecoder, name: string, facts: MediaFacts, timeline: Timeline) {
    this.#decoder = decoder
    this.#name = name
    this.facts = facts
    this.timeline = timeline
  }

  frame(index: number, signal: AbortSignal): Promise<Frame> {
    return this.#turns.run(() => this.#frame(index, signal))
  }

  async #frame(index: number, signal: AbortSignal): Promise<Frame> {
    signal.throwIfAborted()
    this.timeline.timestamp(index)
    try {
      const { image } = await this.#decoder.decode({ frameIndex: index })
      return frameOf(image, index, this.timeline, 0, this.facts)
    } catch (cause) {
      throw unreadablePicture(this.#name, cause)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#decoder.close()
  }
}
