/** How far an export is, in words. */
import { about, span } from '../kit/value-text.ts'
import type { ExportJob } from '../store/export-job.ts'
import { dialogText } from '../text/dialogs.ts'
import { number } from '../text/format.ts'

const words = dialogText.export.job

/** Seconds after which the rate means something. */
const settlingSeconds = 1.5

export function figures({ state, framesDone, frames, fromEarlier }: ExportJob): string {
  switch (state.kind) {
    case 'waiting':
      return framesDone > 0 ? words.waitingToGoOn(framesDone, frames) : words.waiting
    case 'running': {
      const { progress, ending } = state
      if (ending === 'cancel') return words.cancelling
      if (ending === 'pause') return words.pausing
      if (!progress) return words.preparing
      // The first frames only fill the encoder's queue: their rate would promise far too much.
      if (progress.elapsedSeconds < settlingSeconds)
        return [words.progress(progress.frame, progress.frames), words.soFar(span(progress.elapsedSeconds))].join(' · ')
      const rate = progress.rate > 0 ? words.rate(number(progress.rate, progress.rate < 10 ? 2 : 1)) : words.noRate
      return [
        words.progress(progress.frame, progress.frames),
        rate,
        words.left(about(progress.remaining)),
        words.soFar(span(progress.elapsedSeconds)),
      ].join(' · ')
    }
    case 'paused':
      if (fromEarlier) return framesDone > 0 ? words.interrupted(framesDone, frames) : words.interruptedEmpty
      return framesDone > 0 ? words.paused(framesDone, frames) : words.pausedEmpty
    case 'cancelled':
      return words.cancelled
    case 'failed':
      return framesDone > 0 ? words.failedKept(framesDone, frames) : words.failed
    case 'done':
      return ''
  }
}
