/** How fast frames come, and how long the others will take. */
import type { ExportProgress } from '../door/api.ts'

const progressInterval = 100
/** The rate shown is over this many milliseconds. */
const rateWindow = 3000

export class Pace {
  readonly #frames: number
  readonly #now: () => number
  readonly #began: number
  readonly #marks: { time: number; frame: number }[]
  #toldAt = 0

  /**
   * @param framesDone of `frames` frames so many were there before
   * @param now milliseconds
   */
  constructor(framesDone: number, frames: number, now: () => number = () => performance.now()) {
    this.#frames = frames
    this.#now = now
    this.#began = now()
    this.#marks = [{ time: this.#began, frame: framesDone }]
  }

  /** What to tell after `frame` frames; `undefined`: nothing yet. */
  tell(frame: number): ExportProgress | undefined {
    const frames = this.#frames
    const time = this.#now()
    const marks = this.#marks
    marks.push({ time, frame })
    while (marks.length > 2 && time - marks[0]!.time > rateWindow) marks.shift()
    if (time - this.#toldAt < progressInterval && frame < frames) return undefined
    this.#toldAt = time
    const oldest = marks[0]!
    const rate = ((frame - oldest.frame) * 1000) / Math.max(1, time - oldest.time)
    return {
      frame,
      frames,
      rate,
      elapsedSeconds: (time - this.#began) / 1000,
      remaining: rate > 0 ? (frames - frame) / rate : Number.POSITIVE_INFINITY,
    }
  }

  get seconds(): number {
    return (this.#now() - this.#began) / 1000
  }
}
