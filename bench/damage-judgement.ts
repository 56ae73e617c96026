/** Whether a damaged file was read right. */
import type { Reading } from './damage-reading.ts'

/** The clip without damage. */
export interface Whole {
  readonly frames: number
  /** Checksums of its frames. */
  readonly sums: ReadonlySet<number>
}

/** Notes that tell of damage, among those on colours and the like. */
const tellsOfDamage = /damaged|cut off|between key frames|gaps/

/**
 * A file is right where as many frames come of it as ffmpeg decodes, within one, those that are held not counted; or
 * where ffmpeg decodes none, one at most, and it is refused. And where nothing is lost in silence: fewer frames than the
 * whole clip has, frames held, or frames that the whole clip does not have come with a note.
 * @param ffmpeg frames that ffmpeg decodes.
 * @returns what is wrong; `null`: nothing.
 */
export function judged(reading: Reading, ffmpeg: number, whole: Whole): string | null {
  const { frames, held } = reading
  if (reading.refusal !== null) return ffmpeg <= 1 && frames === 0 ? null : `refused: ${reading.refusal}`
  if (Math.abs(frames - held - ffmpeg) > 1) return `${frames - held} frames and ${held} held, ffmpeg gives ${ffmpeg}`
  const altered = reading.sums.filter((sum) => !whole.sums.has(sum)).length
  const isLess = frames < whole.frames || held > 0 || altered > 0
  if (isLess && !reading.notes.some((note) => tellsOfDamage.test(note)))
    return `${frames} frames, ${held} held, ${altered} altered, and no note`
  return null
}
