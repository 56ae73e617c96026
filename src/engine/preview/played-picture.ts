/** What is played: one picture at a time, of which frame after frame is asked for. */

export interface Played {
  /** The same for requests that differ in nothing but the frame. */
  readonly key: string
  /** Ends what is under way for it. */
  end(): Promise<void>
}

export class PlayedPicture<P extends Played> {
  #current: P | undefined

  get current(): P | undefined {
    return this.#current
  }

  /** What is played goes on where it has that key, and ends else; without a key, nothing is played. */
  async turnTo(key: string | undefined): Promise<void> {
    if (this.#current?.key !== key) await this.end()
  }

  begin(played: P): void {
    this.#current = played
  }

  /** Nothing is played from now on; resolves once nothing is under way for what was. */
  async end(): Promise<void> {
    const ending = this.#current
    this.#current = undefined
    await ending?.end()
  }
}
