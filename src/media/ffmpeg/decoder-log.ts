/** What ffmpeg's log says of the frames that it gives, line by line. */

export type FrameSize = readonly [width: number, height: number]

/** `n: 3 pts: 120 pts_time:0.12 … s:320x180 …`, which the filter `showinfo` says of each frame that goes by. */
const announcement = /showinfo@(decoded|chosen).*\bn:\s*\d+\s+pts:\s*\S+\s+pts_time:\s*(\S+)(?:.*\bs:(\d+)x(\d+))?/
/** Said of a frame before it goes by. */
const patch = /corrupt decoded frame|concealing \d+/

/** Hears a run with a `showinfo@decoded` behind the decoder and a `showinfo@chosen` behind the filters that choose. */
export class DecoderLog {
  readonly #usual: FrameSize
  readonly #timestamps: number[] = []
  readonly #patchedFrames = new Set<number>()
  readonly #stretchedSizes = new Map<number, FrameSize>()
  /** Damage was told of since the last decoded frame: the next is the one with it. */
  #isDamageTold = false
  /** The decoded frame that went by last is damaged. */
  #isPatched = false

  /** @param usual the size that all are to have */
  constructor(usual: FrameSize) {
    this.#usual = usual
  }

  hear(line: string): void {
    if (patch.test(line)) this.#isDamageTold = true
    const [, place, time, width, height] = announcement.exec(line) ?? []
    if (place === 'decoded') {
      this.#isPatched = this.#isDamageTold
      this.#isDamageTold = false
    }
    if (place === 'chosen')
      this.#choose(Number(time), [Number(width ?? this.#usual[0]), Number(height ?? this.#usual[1])])
  }

  /** Seconds, one a frame, as the decoder gave them. */
  get timestamps(): readonly number[] {
    return this.#timestamps
  }

  /** Places in `timestamps` of frames whose damage ffmpeg covered up. */
  get patchedFrames(): ReadonlySet<number> {
    return this.#patchedFrames
  }

  /** The sizes of those that ffmpeg stretched, by their places in `timestamps`. */
  get stretchedSizes(): ReadonlyMap<number, FrameSize> {
    return this.#stretchedSizes
  }

  #choose(time: number, size: FrameSize): void {
    const at = this.#timestamps.length
    if (this.#isPatched) this.#patchedFrames.add(at)
    if (size[0] !== this.#usual[0] || size[1] !== this.#usual[1]) this.#stretchedSizes.set(at, size)
    this.#timestamps.push(time)
  }
}
