/**
 * AAC by the core of ffmpeg, which browsers mostly do not encode: samples go in through shared memory, and ADTS frames
 * come out while it runs, so that nothing of a long film's sound is held.
 */
import { type AudioCodec, type AudioSample, CustomAudioEncoder, EncodedPacket, registerEncoder } from 'mediabunny'
import { coreAddresses, EncoderRun, startWorker } from './built-in.ts'
import { inputPath } from './frame-ring.ts'

/** Samples of a channel that an AAC frame holds. */
const frameLength = 1024
/** Frames that ffmpeg's encoder puts in front of the sound: the first is only what the second overlaps with. */
const priming = 1
/** Bytes of an ADTS header without a checksum. */
const adtsHeader = 7
/** ISO/IEC 14496-3, table 1.18. */
const sampleRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000]
/** Bytes shared with the encoder: some seconds of sound. */
const ringBytes = 1 << 20

/** The frames in a stream of ADTS that comes in pieces, without their headers. */
export class AdtsFrames {
  #remainder = new Uint8Array()

  /** @returns what became whole with `bytes`. Throws where it is no such stream. */
  take(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
    const all = new Uint8Array(this.#remainder.byteLength + bytes.byteLength)
    all.set(this.#remainder)
    all.set(bytes, this.#remainder.byteLength)
    const frames: Uint8Array<ArrayBuffer>[] = []
    let at = 0
    while (at + adtsHeader <= all.byteLength) {
      const [sync = 0, flags = 0, , high = 0, middle = 0, low = 0] = all.subarray(at, at + adtsHeader)
      const length = ((high & 3) << 11) | (middle << 3) | (low >> 5)
      const header = flags & 1 ? adtsHeader : adtsHeader + 2
      if (sync !== 0xff || (flags & 0xf6) !== 0xf0 || length < header) throw new Error('the encoder gave back no AAC')
      if (at + length > all.byteLength) break
      frames.push(all.slice(at + header, at + length))
      at += length
    }
    this.#remainder = all.slice(at)
    return frames
  }
}

/** ISO/IEC 14496-3, 1.6.2.1: AAC-LC. */
export function audioSpecificConfig(sampleRate: number, channels: number): Uint8Array<ArrayBuffer> {
  const rate = sampleRates.indexOf(sampleRate)
  return new Uint8Array([(2 << 3) | (rate >> 1), ((rate & 1) << 7) | (channels << 3)])
}

class FfmpegAac extends CustomAudioEncoder {
  readonly #worker = startWorker()
  readonly #frames = new AdtsFrames()
  #run: EncoderRun | undefined
  #failure: unknown
  /** Seconds. */
  #start: number | undefined
  #framesGiven = 0
  #framesTold = 0
  #framesCome = 0

  static override supports(codec: AudioCodec, { sampleRate, numberOfChannels }: AudioEncoderConfig): boolean {
    return codec === 'aac' && sampleRates.includes(sampleRate) && numberOfChannels >= 1 && numberOfChannels <= 2
  }

  init(): void {
    const { sampleRate, numberOfChannels, bitrate = 96_000 * numberOfChannels } = this.config
    const input = ['-f', 'f32le', '-ar', String(sampleRate), '-ac', String(numberOfChannels), '-i', inputPath]
    const args = ['-loglevel', 'error', ...input, '-c:a', 'aac', '-b:a', String(bitrate), '-f', 'adts']
    this.#run = new EncoderRun(this.#worker, { args, ...coreAddresses }, ringBytes, (bytes) => this.#take(bytes))
  }

  #take(bytes: Uint8Array): void {
    try {
      for (const frame of this.#frames.take(bytes)) this.#tell(frame)
    } catch (error) {
      this.#failure ??= error
    }
  }

  #tell(data: Uint8Array<ArrayBuffer>): void {
    const { sampleRate, numberOfChannels } = this.config
    this.#framesCome += 1
    const from = (this.#framesCome - 1 - priming) * frameLength
    // What the encoder adds behind the end is silence.
    if (from < 0 || from >= this.#framesGiven) return
    const timestamp = (this.#start ?? 0) + from / sampleRate
    const description = audioSpecificConfig(sampleRate, numberOfChannels)
    const decoderConfig = { codec: 'mp4a.40.2', sampleRate, numberOfChannels, description }
    this.onPacket(
      new EncodedPacket(data, 'key', timestamp, frameLength / sampleRate),
      this.#framesTold === 0 ? { decoderConfig } : undefined,
    )
    this.#framesTold += 1
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  async encode(sample: AudioSample): Promise<void> {
    this.#start ??= sample.timestamp
    const bytes = new Uint8Array(sample.allocationSize({ format: 'f32', planeIndex: 0 }))
    sample.copyTo(bytes, { format: 'f32', planeIndex: 0 })
    this.#framesGiven += sample.numberOfFrames
    await this.#run?.add(bytes)
    this.#check()
  }

  async flush(): Promise<void> {
    await this.#run?.end()
    this.#check()
  }

  async close(): Promise<void> {
    await this.#run?.abort()
    this.#worker.terminate()
  }
}

let registered = false

/** Has mediabunny encode AAC so. @returns whether it can: the page must be allowed to share memory. */
export function registerFfmpegAac(): boolean {
  if (!globalThis.crossOriginIsolated) return false
  if (!registered) registerEncoder(FfmpegAac)
  registered = true
  return true
}
