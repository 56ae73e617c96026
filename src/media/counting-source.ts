/**
 * A clip that is shown while its frames are still being counted, which for hours of it takes a while: the beginning is there, how far it
 * goes is estimated. Who asks for a frame behind the beginning waits for the count.
 */
import type { MediaFacts } from '../graph/node/facts.ts'
import { pace } from './probe.ts'
import type { AudioStream, CompanionSource, Damage, Frame, FrameSource, Timeline } from './types.ts'
import { unlessAborted } from './unless-aborted.ts'

/** `known`, and behind it frames at its pace, up to `count`. */
export function estimatedTimeline(knownTimeline: Timeline, count: number): Timeline {
  const lastKnown = knownTimeline.count - 1
  const { duration } = pace(knownTimeline)
  const each = duration / knownTimeline.count
  const end = knownTimeline.timestamp(0) + duration
  return {
    count,
    estimated: true,
    timestamp(index) {
      if (!(index >= 0 && index < count)) throw new RangeError(`There is no frame ${index} among ${count}.`)
      return index <= lastKnown ? knownTimeline.timestamp(index) : end + (index - knownTimeline.count) * each
    },
    duration: (index) => (index <= lastKnown ? knownTimeline.duration(index) : each),
    indexAt: (seconds) =>
      seconds < end
        ? knownTimeline.indexAt(seconds)
        : Math.min(count - 1, knownTimeline.count + Math.floor((seconds - end) / each + 1e-6)),
  }
}

export class CountingSource implements FrameSource {
  readonly facts: MediaFacts
  readonly timeline: Timeline
  readonly audio: AudioStream | null
  readonly companions: CompanionSource | undefined
  readonly damage: Damage | undefined
  readonly #beginning: FrameSource
  readonly #openCounted: () => Promise<FrameSource>
  #countedSource: Promise<FrameSource> | undefined

  /** @param count estimated, of all frames @param openCounted asked once, when a frame behind the beginning is */
  constructor(beginning: FrameSource, count: number, openCounted: () => Promise<FrameSource>) {
    this.#beginning = beginning
    this.#openCounted = openCounted
    this.timeline = estimatedTimeline(beginning.timeline, count)
    this.facts = { ...beginning.facts, frameCount: count, duration: pace(this.timeline).duration, counting: true }
    this.audio = beginning.audio
    this.companions = beginning.companions
    this.damage = beginning.damage
  }

  async frame(index: number, signal: AbortSignal): Promise<Frame> {
    if (index < this.#beginning.timeline.count) return this.#beginning.frame(index, signal)
    this.#countedSource ??= this.#openCounted()
    const countedSource = await unlessAborted(this.#countedSource, signal)
    return countedSource.frame(Math.min(index, countedSource.timeline.count - 1), signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#beginning[Symbol.asyncDispose]()
    // Nobody waits for a count that may take minutes.
    this.#countedSource?.then(
      (countedSource) => countedSource[Symbol.asyncDispose](),
      () => undefined,
    )
  }
}
