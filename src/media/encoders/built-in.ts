/** The core of ffmpeg in the page as an encoder. Fetched (GPL, 32 MB) by whoever chooses it, and by nobody else. */
import wasmURL from '@ffmpeg/core/wasm?url'
import coreURL from '@ffmpeg/core?url'
import type { KeptHdr } from '../../graph/node/facts.ts'
import { sampleBytes } from '../sample-format.ts'
import type { EncodeOrder, EncoderNews } from './encoder.worker.ts'
import { type EncoderPlan, encoderArguments, type PictureSize } from './encoding.ts'
import { createRing, endRing, inputPath, readSoFar, writeRing } from './frame-ring.ts'
import type { EncoderHome, PieceEncoder } from './piece.ts'
import { reasonIn } from './reason.ts'

/** Seconds without a sign of life after which an encoder that has something to do is taken to be stuck. */
const patience = 180
/** Frames that may wait for the encoder. */
const waitingFrames = 2
/** Of what ffmpeg says, the lines that may tell why it failed. */
const keptLines = 12

/** One run of the core: what it reads is given to it, and what it writes comes back. */
export class EncoderRun implements PieceEncoder {
  readonly #worker: Worker
  readonly #memory: SharedArrayBuffer | null
  readonly #order: Omit<EncodeOrder, 'input'>
  readonly #frames: Blob[] = []
  readonly #chunks: Blob[] = []
  readonly #take: (bytes: Uint8Array<ArrayBuffer>) => void
  readonly #lines: string[] = []
  readonly #outcome: Promise<void>
  readonly #failure: Promise<never>
  #settle: (error: Error | null) => void = () => undefined
  #heardAt = performance.now()
  #watch: ReturnType<typeof setInterval> | undefined

  /**
   * @param ring bytes of the memory that is shared with it; `null`: none is, and all is gathered first
   * @param take gets what it writes as it comes; else `end` gives it
   */
  constructor(
    worker: Worker,
    order: Omit<EncodeOrder, 'input'>,
    ring: number | null,
    take?: (bytes: Uint8Array<ArrayBuffer>) => void,
  ) {
    this.#take = take ?? ((bytes) => this.#chunks.push(new Blob([bytes])))
    this.#worker = worker
    this.#order = order
    this.#memory = ring === null ? null : createRing(ring)
    this.#outcome = new Promise<void>((resolve, reject) => {
      this.#settle = (error) => {
        clearInterval(this.#watch)
        if (error) reject(error)
        else resolve()
      }
    })
    this.#failure = this.#outcome.then(() => {
      throw new Error('the encoder ended before all frames were there')
    })
    // Whoever awaits them is told; nobody need await both.
    this.#outcome.catch(() => undefined)
    this.#failure.catch(() => undefined)
    worker.onmessage = ({ data }: MessageEvent<EncoderNews>) => this.#heed(data)
    worker.onerror = (event) => {
      event.preventDefault()
      this.#settle(new Error(`ffmpeg could not be started (${event.message || 'its worker is not there'})`))
    }
    if (this.#memory) this.#begin(this.#memory)
  }

  #begin(input: EncodeOrder['input']): void {
    this.#heardAt = performance.now()
    this.#worker.postMessage({ ...this.#order, input } satisfies EncodeOrder)
  }

  #heed(news: EncoderNews): void {
    this.#heardAt = performance.now()
    switch (news.kind) {
      case 'bytes':
        this.#take(news.bytes)
        return
      case 'line':
        this.#lines.push(news.line)
        if (this.#lines.length > keptLines) this.#lines.shift()
        return
      case 'end':
        this.#settle(news.code === 0 ? null : new Error(reasonIn(this.#lines)))
        return
      case 'failed':
        this.#settle(new Error(news.message))
    }
  }

  /** It counts only while there is something to encode: a chain may take as long as it likes for a frame. */
  #watched<T>(work: Promise<T>): Promise<T> {
    this.#heardAt = performance.now()
    clearInterval(this.#watch)
    let bytesRead = 0
    this.#watch = setInterval(() => {
      const now = this.#memory ? readSoFar(this.#memory) : 0
      if (now !== bytesRead) this.#heardAt = performance.now()
      bytesRead = now
      if (performance.now() - this.#heardAt > patience * 1000)
        this.#settle(new Error(`ffmpeg gave no sign of life for ${patience} seconds`))
    }, 1000)
    return work.finally(() => clearInterval(this.#watch))
  }

  async add(samples: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#memory) await this.#watched(writeRing(this.#memory, samples, this.#failure))
    else this.#frames.push(new Blob([samples]))
  }

  async end(): Promise<Blob> {
    if (this.#memory) endRing(this.#memory)
    else this.#begin(new Blob(this.#frames.splice(0)))
    await this.#watched(this.#outcome)
    return new Blob(this.#chunks)
  }

  async abort(): Promise<void> {
    this.#settle(new Error('the encoder was ended'))
  }
}

export const startWorker = (): Worker => new Worker(new URL('./encoder.worker.ts', import.meta.url), { type: 'module' })

/** Where the core lies. */
export const coreAddresses = { coreURL, wasmURL } as const

export function builtInHome(
  plan: EncoderPlan,
  size: PictureSize,
  frameRate: number,
  hdr?: KeptHdr['transfer'],
): EncoderHome {
  const bytes = sampleBytes(plan.format, size.width, size.height)
  // Where no memory can be shared the frames of a segment are gathered, by the browser, before they are encoded.
  const ring = globalThis.crossOriginIsolated ? 2 ** Math.ceil(Math.log2(bytes * waitingFrames)) : null
  const args = ['-loglevel', 'error', ...encoderArguments(plan, size, frameRate, inputPath, hdr)]
  let worker: Worker | undefined
  const end = (): void => {
    worker?.terminate()
    worker = undefined
  }
  return {
    name: `${plan.codec[0]} of the built-in ffmpeg`,
    format: plan.format,
    async begin() {
      worker ??= startWorker()
      const piece = new EncoderRun(worker, { args, ...coreAddresses }, ring)
      return {
        add: (samples) => piece.add(samples),
        end: () => piece.end(),
        // A run can be ended together with its worker alone.
        async abort() {
          end()
          await piece.abort()
        },
      }
    },
    async [Symbol.asyncDispose]() {
      end()
    },
  }
}
