/** What goes into a sound track one after another: packets as they are, or decoded samples. */
export interface SoundPieces<Piece> {
  /** Takes `piece` over. */
  add(piece: Piece): Promise<void>
  /** The one behind `piece`; `null`: that was the last. */
  next(piece: Piece): Promise<Piece | null>
  /** Frees one that was never added. */
  free?(piece: Piece): void
}

/** Sound on its way into a track of the output, piece by piece and never further than it was asked for. */
export class SoundTrack<Piece extends { readonly timestamp: number }> {
  readonly #track: { close(): void }
  readonly #start: number
  readonly #pieces: SoundPieces<Piece>
  #waiting: Piece | null
  #closed = false

  /**
   * @param track of the output; it is closed behind the last piece.
   * @param start seconds of the medium at which the output begins.
   * @param first `null`: nothing sounds.
   */
  constructor(track: { close(): void }, start: number, first: Piece | null, pieces: SoundPieces<Piece>) {
    this.#track = track
    this.#start = start
    this.#waiting = first
    this.#pieces = pieces
  }

  /** Adds what begins before `seconds` of the output. */
  async upTo(seconds: number): Promise<void> {
    while (this.#waiting && !this.#closed) {
      const piece = this.#waiting
      if (piece.timestamp - this.#start >= seconds) return
      this.#waiting = null
      await this.#pieces.add(piece)
      this.#waiting = await this.#pieces.next(piece)
    }
    this.close()
  }

  /** Closing early tells the muxer not to wait for sound any more. */
  close(): void {
    if (this.#waiting) this.#pieces.free?.(this.#waiting)
    this.#waiting = null
    if (!this.#closed) this.#track.close()
    this.#closed = true
  }
}
