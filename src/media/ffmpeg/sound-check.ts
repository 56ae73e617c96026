/**
 * Decodes sound that is copied and that no browser decodes (AC-3, DTS), or that nobody else looks at (further sounds), to
 * find what of it is damaged. Nothing is kept: each piece of decoded sound is announced, and what ffmpeg's decoders say in between is
 * about the next one.
 */
import type { SoundDamage } from '../sound-damage.ts'
import type { MountedFile } from './ffmpeg.ts'

/** A piece of decoded sound goes by: `n:3 pts:4608 pts_time:0.096 … rate:48000 nb_samples:1536 …`. */
const announcement = /ashowinfo.*\bpts_time:(\S+).*\brate:(\d+).*\bnb_samples:(\d+)/
/** What decoders and ffmpeg say of packets that they cannot read, or of which some are missing. Tags are printed as well, behind spaces. */
const complaint =
  /^(\[(?!Parsed_|out)[^\]]* @ |Error |\S+: corrupt ).*(error|invalid|mismatch|corrupt|incomplete|missing|overread|monoton|conceal|exceed|fail|out-of-range)|^Error /i
/** Packets stay in one place for so long, seconds; sound that is not there for longer is missing. */
const shortestGap = 0.012

/** What is met while ffmpeg decodes, line by line of its log. */
export class SoundLog {
  readonly #damage: SoundDamage
  #hasComplaint = false
  #reachedTime: number | null = null

  constructor(damage: SoundDamage) {
    this.#damage = damage
  }

  /** Throws `MediaError` where the damage is strict. */
  hear(line: string): void {
    const [, time, rate, samples] = announcement.exec(line) ?? []
    if (time === undefined) {
      this.#hasComplaint ||= complaint.test(line)
      return
    }
    const from = Number(time)
    const duration = Number(samples) / Number(rate)
    if (Number.isNaN(from) || !(duration > 0)) return
    const gap = this.#reachedTime === null ? 0 : from - this.#reachedTime
    if (gap > Math.max(shortestGap, duration * 0.75)) this.#damage.miss(this.#reachedTime ?? from, from)
    if (this.#hasComplaint) this.#damage.miss(from, from + duration)
    this.#hasComplaint = false
    this.#reachedTime = from + duration
  }

  /** The sound has come to its end, which is asked for at `end`, seconds. */
  end(end: number): void {
    if (this.#hasComplaint) this.#damage.miss(Math.min(this.#reachedTime ?? end, end), end)
  }
}

/**
 * @param place which of the sounds in the file, from 0
 * @param start @param end seconds of the medium
 * Rejects with `MediaError` where `damage` is strict, with `FfmpegFailure` where ffmpeg breaks down.
 */
export async function checkSound(
  mountedFile: MountedFile,
  place: number,
  start: number,
  end: number,
  damage: SoundDamage,
): Promise<void> {
  const log = new SoundLog(damage)
  let refusal: unknown
  await mountedFile.collect(
    [
      ...['-nostats', '-loglevel', 'info', '-copyts', '-seek_timestamp', '1', '-ss', Math.max(0, start).toFixed(6)],
      ...['-i', mountedFile.path, '-map', `0:a:${place}`, '-vn', '-sn', '-dn', '-af', 'ashowinfo'],
      ...['-t', Math.max(0, end - start).toFixed(6), '-f', 'null'],
    ],
    (line) => {
      if (refusal !== undefined) return
      try {
        log.hear(line)
      } catch (error) {
        refusal = error
      }
    },
  )
  if (refusal !== undefined) throw refusal
  log.end(end)
}
