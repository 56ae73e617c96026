/**
 * What cannot be had of a medium, and how that is told. Damage does not end a render: what the browser cannot decode
 * ffmpeg may in part; a frame that nobody can decode is held, that is, the last good one stands in its place (at the
 * beginning the first good one), and every such frame is counted and told with its time. Whoever wants none of that reads strictly, and is refused with the same sentences.
 */
import { strictSound } from './audio-stream.ts'
import { clock } from './clock-text.ts'
import { damagedFrame } from './frame.ts'
import { type Damage, type DamageRecord, type FrameSource, MediaError, type Timeline } from './types.ts'

/** Places named in one note; what lies behind them is counted. */
const placesTold = 6

const frames = (count: number): string => (count === 1 ? 'one frame' : `${count} frames`)

const copyHint = 'Copy or download the file again, or let Decode go on where it is damaged.'

export const frontSentence = (name: string, frames: number): string =>
  frames === 1
    ? `“${name}” begins between key frames: its first frame cannot be decoded and is left out.`
    : `“${name}” begins between key frames: its first ${frames} frames cannot be decoded and are left out.`

/** A step between frames longer than the usual one by this factor is a gap, where nine in ten steps are the usual one. */
const gapFactor = 1.75
const steadyShare = 0.9

interface Gap {
  /** The frame behind it. */
  readonly next: number
  /** Frames that would fill it. */
  readonly frames: number
}

/** Where a file of steady rate has no frames; none where the steps vary by themselves. */
export function gapsIn(timestamps: Float64Array): readonly Gap[] {
  const steps = timestamps.slice(1)
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0]
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]! - timestamps[i]!
    steps[i] = step
    if (step < shortest) shortest = step
    if (step > longest) longest = step
  }
  // The usual step is none below the shortest. Of hours of frames, sorting takes a tenth of what opening them may.
  if (!(longest > shortest * gapFactor)) return []
  const usual = steps.toSorted()[steps.length >> 1] ?? 0
  const tolerance = Math.max(0.0015, usual / 10)
  const gaps: Gap[] = []
  let steady = 0
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!
    if (Math.abs(step - usual) <= tolerance) steady += 1
    if (step > usual * gapFactor) gaps.push({ next: i + 1, frames: Math.round(step / usual) - 1 })
  }
  return usual <= 0 || steady < steps.length * steadyShare ? [] : gaps
}

interface ToldGaps {
  /** Frames that would fill all of them. */
  readonly count: number
  readonly places: string
  /** What is shown in their place. */
  readonly before: string
}

/** Where gaps are, in words. */
function toldGaps(timestamps: Float64Array): ToldGaps | null {
  const gaps = gapsIn(timestamps)
  if (gaps.length === 0) return null
  const gapTimes = gaps
    .slice(0, placesTold)
    .map(({ next }) => clock((timestamps[next] ?? 0) - (timestamps[0] ?? 0)))
    .join(', ')
  const further = gaps.length - placesTold
  const places = further > 0 ? `${gapTimes} and ${further} more ${further === 1 ? 'place' : 'places'}` : gapTimes
  const before = gaps.length === 1 ? 'the one before' : 'the one before each'
  return { count: gaps.reduce((sum, gap) => sum + gap.frames, 0), places, before }
}

/** A sentence on frames that a file of steady rate does not have: lost with a damaged part, or never recorded. */
export function gapSentence(name: string, timestamps: Float64Array): readonly string[] {
  const gaps = toldGaps(timestamps)
  if (!gaps) return []
  const missing = gaps.count === 1 ? 'one frame is' : `${gaps.count} frames are`
  return [`“${name}” has gaps: ${missing} missing before ${gaps.places}, and ${gaps.before} is shown for longer.`]
}

/**
 * The same of a file that says itself how long each frame is shown: nothing of it is missing.
 * @param atEnd frames that it skips behind the last.
 */
export function skipSentence(name: string, timestamps: Float64Array, atEnd = 0): readonly string[] {
  const gaps = toldGaps(timestamps)
  return [
    ...(gaps
      ? [`“${name}” skips ${frames(gaps.count)}, before ${gaps.places}, and says to show ${gaps.before} for longer.`]
      : []),
    ...(atEnd > 0 ? [`“${name}” skips ${frames(atEnd)} at its end, and says to show the last one for longer.`] : []),
  ]
}

export const fewerSentence = (name: string, framesDeclared: number, readable: number): string =>
  `“${name}” is damaged: it declares ${framesDeclared} frames, of which ${readable} are there.`

export const brokenSentence = (name: string): string =>
  `“${name}” is damaged: its container is broken, and only what could be read of it is here.`

/** Keeps account for one open source. */
export class DamageLog implements Damage {
  readonly opening: readonly MediaError[]
  readonly #name: string
  readonly #timeline: Timeline
  readonly #standIns = new Map<number, number>()
  readonly #patchedFrames = new Set<number>()
  /** Sizes of frames that are not of the medium's, by frame. */
  readonly #stretchedFrames = new Map<number, readonly [width: number, height: number]>()
  #hasTraces = false

  /** @param opening sentences on what was found missing before any frame was asked for. */
  constructor(name: string, timeline: Timeline, opening: readonly string[]) {
    this.#name = name
    this.#timeline = timeline
    this.opening = opening.map((sentence) => new MediaError(sentence, copyHint))
  }

  get standIns(): ReadonlyMap<number, number> {
    return this.#standIns
  }

  get patchedFrames(): ReadonlySet<number> {
    return this.#patchedFrames
  }

  /** Frame `index` cannot be decoded; `shown` stands in its place. */
  hold(index: number, standIn: number): void {
    this.#standIns.set(index, standIn)
  }

  /** A decoder covered up what was missing of frame `index`. */
  patch(index: number): void {
    this.#patchedFrames.add(index)
  }

  /** A packet was left out on which others build. */
  leaveTraces(): void {
    this.#hasTraces = true
  }

  /** Frame `index` has another size, in pixels, than the medium, to whose size it is stretched. */
  stretch(index: number, width: number, height: number): void {
    this.#stretchedFrames.set(index, [width, height])
  }

  record(): DamageRecord {
    return {
      held: [...this.#standIns],
      patched: [...this.#patchedFrames],
      traces: this.#hasTraces,
      stretched: [...this.#stretchedFrames].map(([index, [width, height]]) => [index, width, height]),
    }
  }

  recall({ held: standIns, patched, traces, stretched = [] }: DamageRecord): void {
    for (const [index, width, height] of stretched) this.stretch(index, width, height)
    for (const [index, standIn] of standIns) this.hold(index, standIn)
    for (const index of patched) this.patch(index)
    if (traces) this.leaveTraces()
  }

  refusal(index: number, cause?: unknown): MediaError {
    return damagedFrame(this.#name, this.#timeline, index, cause)
  }

  notes(): readonly string[] {
    const inOrder = (frames: Iterable<number>): number[] => [...frames].sort((a, b) => a - b)
    const heldFrames = inOrder(this.#standIns.keys())
    const patchedFrames = inOrder(this.#patchedFrames)
    const name = `“${this.#name}” is damaged`
    const [first = 0] = heldFrames
    const instead =
      (this.#standIns.get(first) ?? 0) < first
        ? 'the last good one was held instead'
        : 'the next good one was shown instead'
    return [
      ...(heldFrames.length > 0
        ? [
            `${name}: ${frames(heldFrames.length)} could not be decoded, and ${instead}, at ${this.#places(heldFrames)}.`,
          ]
        : []),
      ...(patchedFrames.length > 0
        ? [
            `${name}: ${frames(patchedFrames.length)} came out incomplete and may show it, at ${this.#places(patchedFrames)}.`,
          ]
        : []),
      ...(this.#hasTraces && heldFrames.length > 0
        ? ['Frames after such a place, up to the next key frame, depend on it and may show traces.']
        : []),
      ...this.#sizeNotes(inOrder(this.#stretchedFrames.keys())),
    ]
  }

  #sizeNotes(stretchedFrames: readonly number[]): readonly string[] {
    if (stretchedFrames.length === 0) return []
    const sizes = new Set([...this.#stretchedFrames.values()].map(([width, height]) => `${width} × ${height}`))
    const [isOrAre, wasOrWere] = stretchedFrames.length === 1 ? ['is', 'was'] : ['are', 'were']
    return [
      `“${this.#name}” changes its size: ${frames(stretchedFrames.length)} ${isOrAre} of ${[...sizes].join(' and ')}, and ${wasOrWere} stretched to the size of the first, at ${this.#places(stretchedFrames)}.`,
    ]
  }

  /** `1.2 s (frame 31), 2 s to 2.4 s (frames 51 to 61)`. */
  #places(indices: readonly number[]): string {
    const runs: { first: number; last: number }[] = []
    for (const index of indices) {
      const run = runs.at(-1)
      if (run && index === run.last + 1) run.last = index
      else runs.push({ first: index, last: index })
    }
    const at = (index: number): string => clock(this.#timeline.timestamp(index) - this.#timeline.timestamp(0))
    const sentences = runs
      .slice(0, placesTold)
      .map(({ first, last }) =>
        first === last
          ? `${at(first)} (frame ${first + 1})`
          : `${at(first) === at(last) ? at(first) : `${at(first)} to ${at(last)}`} (frames ${first + 1} to ${last + 1})`,
      )
    const further = runs.length - sentences.length
    return further > 0
      ? `${sentences.join(', ')} and ${further} more ${further === 1 ? 'place' : 'places'}`
      : sentences.join(', ')
  }
}

/**
 * `source` for those who want a whole medium or none. Rejects, and closes it, where something was missing as it was
 * opened; its frames reject where they would be held, or are incomplete.
 */
export async function refusingDamage(source: FrameSource): Promise<FrameSource> {
  const { damage } = source
  if (!damage) return source
  const [first] = damage.opening
  if (first) {
    await source[Symbol.asyncDispose]()
    throw first
  }
  return {
    facts: source.facts,
    timeline: source.timeline,
    audio: source.audio && strictSound(source.audio),
    companions: source.companions,
    damage,
    async frame(index, signal) {
      const frame = await source.frame(index, signal)
      if (!damage.standIns.has(index) && !damage.patchedFrames.has(index)) return frame
      frame.close()
      throw damage.refusal(index)
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  }
}
