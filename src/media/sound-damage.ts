/**
 * What cannot be had of a medium's sound, and how that is told. It does not end a render: what nobody can decode is
 * silent for as long as it would have sounded, or stays in the packets that are copied; all of it is counted and told with
 * its times. Whoever wants none of that reads strictly, and is refused.
 */
import { clock } from './clock-text.ts'
import { MediaError } from './types.ts'

/** Places named in one note; what lies behind them is counted. */
const placesTold = 6
/** Silences nearer than this are told as one, seconds: a decoder that begins anew needs a packet to get going. */
const samePlace = 0.1

interface Silence {
  /** Seconds of the medium. */
  readonly from: number
  to: number
  seconds: number
}

export class SoundDamage {
  readonly #subject: string
  readonly #origin: number
  readonly #strict: boolean
  readonly #silences: Silence[] = []
  #endsAt: number | null = null
  #isUnchecked = false

  /**
   * @param subject what is damaged: `The sound of “a.mp4”`
   * @param origin seconds of the medium that people call its beginning
   * @param strict anything missing rejects
   */
  constructor(subject: string, origin: number, strict: boolean) {
    this.#subject = subject
    this.#origin = origin
    this.#strict = strict
  }

  #at(seconds: number): string {
    return clock(Math.max(0, Number((seconds - this.#origin).toFixed(2))))
  }

  /** Between `from` and `to`, seconds of the medium, nothing can be decoded. Throws `MediaError` for the strict. */
  miss(from: number, to: number, cause?: unknown): void {
    if (this.#strict) throw this.#refusal(from, cause)
    const last = this.#silences.at(-1)
    if (last && from <= last.to + samePlace) {
      last.seconds += Math.max(0, to - Math.max(from, last.to))
      last.to = Math.max(last.to, to)
    } else this.#silences.push({ from, to, seconds: to - from })
  }

  /** Behind `seconds` of the medium nothing can be read any more. Throws `MediaError` for the strict. */
  end(seconds: number, cause?: unknown): void {
    if (this.#strict) throw this.#refusal(seconds, cause)
    this.#endsAt ??= seconds
  }

  /** Nobody could look whether anything is damaged. */
  unchecked(): void {
    this.#isUnchecked = true
  }

  #refusal(seconds: number, cause: unknown): MediaError {
    return new MediaError(
      `${this.#subject} is damaged at ${this.#at(seconds)}.`,
      'Let Decode go on where the medium is damaged, switch sound off in Encode, or trim that place away in Decode.',
      { cause },
    )
  }

  /** @param copied whether packets were passed on as they are, those that cannot be decoded among them */
  notes(copied: boolean): readonly string[] {
    const sentences = this.#silences.slice(0, placesTold).map(({ from, to }) => {
      const [first, last] = [this.#at(from), this.#at(to)]
      return first === last ? first : `${first} to ${last}`
    })
    const further = this.#silences.length - sentences.length
    const places =
      further > 0
        ? `${sentences.join(', ')} and ${further} more ${further === 1 ? 'place' : 'places'}`
        : sentences.join(', ')
    const seconds = this.#silences.reduce((sum, each) => sum + each.seconds, 0)
    return [
      ...(sentences.length > 0
        ? [
            `${this.#subject} is damaged: ${Math.max(0.01, seconds).toFixed(2)} s of it are missing or cannot be decoded, ${
              copied ? 'and were copied as they are, for players to skip' : 'and are silent in the result'
            }, at ${places}.`,
          ]
        : []),
      ...(this.#isUnchecked
        ? [`${this.#subject} was copied without being checked for damage: ffmpeg, which decodes it, failed.`]
        : []),
      ...(this.#endsAt === null
        ? []
        : [
            `${this.#subject} is damaged: it cannot be read after ${this.#at(this.#endsAt)}, and the result is silent from there on.`,
          ]),
    ]
  }
}
