/** Shows how a render goes: one line redrawn on a terminal; in a log, a plain line now and then. */
import type { ExportProgress } from '../engine/door/api.ts'
import type { ErrorStream } from './command-process.ts'

const barWidth = 24
/** Seconds between plain lines. */
const plainEvery = 5

/** `75` → `1:15`, `3671` → `1:01:11`; `?` while unknown. */
export function clockText(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '?'
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const fields = parts[0] === 0 ? parts.slice(1) : parts
  return fields.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

export const progressText = (p: ExportProgress): string =>
  `${p.frame}/${p.frames} frames, ${p.rate.toFixed(p.rate < 10 ? 2 : 0)} frames/s, ${clockText(p.remaining)} left`

export class ProgressBar {
  readonly #stream: ErrorStream
  /** Seconds of the render at which the last plain line was written. */
  #lastPlain = Number.NEGATIVE_INFINITY
  #isDrawn = false

  constructor(stream: ErrorStream) {
    this.#stream = stream
  }

  update(progress: ExportProgress): void {
    if (!this.#stream.isTTY) {
      if (progress.elapsedSeconds - this.#lastPlain < plainEvery && progress.frame < progress.frames) return
      this.#lastPlain = progress.elapsedSeconds
      this.#stream.write(`${progressText(progress)}\n`)
      return
    }
    const share = progress.frames > 0 ? Math.min(1, progress.frame / progress.frames) : 0
    const full = Math.round(share * barWidth)
    const line = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${progressText(progress)}`
    // Back to the line's start, and clear what an earlier, longer line left.
    this.#stream.write(`\r${line.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1))}\u001b[K`)
    this.#isDrawn = true
  }

  /** Leaves the line to whatever is printed next. */
  end(): void {
    if (this.#isDrawn) this.#stream.write('\n')
    this.#isDrawn = false
  }
}
