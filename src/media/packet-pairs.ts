/** Packets of colours and of transparency, which two encoders give each at its own pace, put together two by two. */
import type { EncodedPacket } from 'mediabunny'

export type TakePacket = (packet: EncodedPacket, config: VideoDecoderConfig | undefined) => void

export class PacketPairs {
  readonly #take: TakePacket
  readonly #colours: { readonly packet: EncodedPacket; readonly config: VideoDecoderConfig | undefined }[] = []
  readonly #alphas: EncodedPacket[] = []
  #failure: Error | undefined

  /** @param take gets a packet of colours once its transparency is there, which lies beside it */
  constructor(take: TakePacket) {
    this.#take = take
  }

  addColours(packet: EncodedPacket, config: VideoDecoderConfig | undefined): void {
    this.#colours.push({ packet, config })
    this.#pair()
  }

  addAlpha(packet: EncodedPacket): void {
    this.#alphas.push(packet)
    this.#pair()
  }

  /** Throws where the key frames of one are not those of the other, which no file can hold. */
  throwIfUnlike(): void {
    if (this.#failure) throw this.#failure
  }

  #pair(): void {
    for (let first = this.#colours[0]; first && this.#alphas[0]; first = this.#colours[0]) {
      const alpha = this.#alphas[0]
      const { packet, config } = first
      this.#colours.shift()
      this.#alphas.shift()
      if (packet.type !== alpha.type)
        this.#failure ??= new Error('its key frames and those of its transparency are not the same')
      this.#take(packet.clone({ sideData: { alpha: alpha.data } }), config)
    }
  }
}
