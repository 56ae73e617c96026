/**
 * Numbers on their way from the GPU. Each is copied off its texture as soon as it is made; those of a frame come back in one
 * piece when the frame has ended, or earlier where a step cannot go on without one.
 */
import type { GpuScalar, Recorder } from '../../gpu/types.ts'

/** More than the frames of a long clip times the measures somebody looks at; some 100 bytes each. */
const maxKnown = 200_000

/** Numbers by what they are made of (see `ValueNames`): the same name, the same number. The oldest go first. */
export class KnownNumbers {
  readonly #numbers = new Map<string, number>()

  get(name: string): number | undefined {
    return this.#numbers.get(name)
  }

  has(name: string): boolean {
    return this.#numbers.has(name)
  }

  clear(): void {
    this.#numbers.clear()
  }

  set(name: string, value: number): void {
    this.#numbers.set(name, value)
    if (this.#numbers.size <= maxKnown) return
    for (const oldest of this.#numbers.keys()) {
      this.#numbers.delete(oldest)
      return
    }
  }
}

/** Numbers that one buffer takes; a frame that makes more has more buffers. */
const capacity = 256
const bytesEach = 4

/** The same numbers twice. */
interface Buffers {
  /** For what the GPU makes of them. */
  readonly onGpu: GPUBuffer
  readonly readBack: GPUBuffer
}

/** Buffers that numbers are read through, used again and again. */
export class NumberBuffers implements Disposable {
  readonly #device: GPUDevice
  readonly #idle: Buffers[] = []
  #isDisposed = false

  constructor(device: GPUDevice) {
    this.#device = device
  }

  take(): Buffers {
    const { MAP_READ, COPY_SRC, COPY_DST } = GPUBufferUsage
    const size = capacity * bytesEach
    return (
      this.#idle.pop() ?? {
        onGpu: this.#device.createBuffer({ label: 'numbers', size, usage: COPY_SRC | COPY_DST }),
        readBack: this.#device.createBuffer({ label: 'numbers/readback', size, usage: MAP_READ | COPY_DST }),
      }
    )
  }

  giveBack(buffers: Buffers): void {
    if (!this.#isDisposed) this.#idle.push(buffers)
    else for (const buffer of Object.values(buffers)) buffer.destroy()
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    for (const buffers of this.#idle.splice(0)) this.giveBack(buffers)
  }
}

interface Batch {
  readonly buffers: Buffers
  readonly names: string[]
}

/** Somebody who goes on without the number, and is told it later. */
interface Waiting {
  readonly promise: Promise<number>
  readonly resolve: (value: number) => void
  readonly reject: (error: unknown) => void
}

/** The numbers of one frame. */
export class FrameNumbers {
  readonly #buffers: NumberBuffers
  readonly #knownNumbers: KnownNumbers
  readonly #recorder: Recorder
  #batches: Batch[] = []
  /** Copied and not read yet. */
  readonly #under = new Map<string, Promise<void> | undefined>()
  /** Where those are that nobody has begun to read. */
  readonly #onGpu = new Map<string, GpuScalar>()
  readonly #waiting = new Map<string, Waiting>()

  constructor(buffers: NumberBuffers, knownNumbers: KnownNumbers, recorder: Recorder) {
    this.#buffers = buffers
    this.#knownNumbers = knownNumbers
    this.#recorder = recorder
  }

  /** Whether the number is known, or will be when the frame has ended. */
  has(name: string): boolean {
    return this.#knownNumbers.has(name) || this.#under.has(name)
  }

  set(name: string, value: number): void {
    this.#knownNumbers.set(name, value)
  }

  /** Copies what a step has just written to its texture of one pixel, which may be given back at once. */
  copy(name: string, texture: GPUTexture): void {
    let batch = this.#batches.at(-1)
    if (!batch || batch.names.length === capacity) {
      batch = { buffers: this.#buffers.take(), names: [] }
      this.#batches.push(batch)
    }
    const offset = batch.names.push(name) * bytesEach - bytesEach
    const { onGpu, readBack } = batch.buffers
    this.#under.set(name, undefined)
    this.#onGpu.set(name, { buffer: onGpu, offset })
    for (const buffer of [onGpu, readBack])
      this.#recorder.encoder.copyTextureToBuffer({ texture }, { buffer, offset }, [1, 1])
  }

  /** Where the number is on the GPU, for what is recorded now, as long as it is there alone. */
  unread(name: string): GpuScalar | undefined {
    return this.#knownNumbers.has(name) ? undefined : this.#onGpu.get(name)
  }

  /** The number, which a step is about to use: what is recorded is sent, and waited for, unless it is known. */
  async now(name: string): Promise<number> {
    if (!this.#knownNumbers.has(name)) {
      const reading = this.#under.get(name)
      if (reading) await reading
      else {
        this.#recorder.submit()
        await this.read()
      }
    }
    return this.get(name)
  }

  /** A number that is known. */
  get(name: string): number {
    const value = this.#knownNumbers.get(name)
    if (value === undefined) throw new Error(`the number ${name} was read before it was made`)
    return value
  }

  /** The number for somebody who does not need it to go on. */
  later(name: string): Promise<number> {
    const value = this.#knownNumbers.get(name)
    if (value !== undefined) return Promise.resolve(value)
    const pending = this.#waiting.get(name)
    if (pending) return pending.promise
    let resolve: Waiting['resolve'] = () => undefined
    let reject: Waiting['reject'] = () => undefined
    const promise = new Promise<number>((done, failed) => {
      resolve = done
      reject = failed
    })
    // Perhaps who asked has gone; whoever waits hears of it.
    promise.catch(() => undefined)
    this.#waiting.set(name, { promise, resolve, reject })
    return promise
  }

  /** Resolves once all numbers copied so far are known. What is recorded must have been submitted. */
  read(): Promise<void> {
    const batches = this.#batches
    this.#batches = []
    this.#onGpu.clear()
    if (batches.length === 0) return Promise.all(this.#under.values()).then(() => undefined)
    const reading = Promise.all(batches.map((batch) => this.#readBatch(batch))).then(() => undefined)
    for (const { names } of batches) for (const name of names) this.#under.set(name, reading)
    return reading
  }

  /** After a failure: nothing is told of what was copied. */
  discard(): void {
    for (const { buffers } of this.#batches) this.#buffers.giveBack(buffers)
    this.#batches = []
    this.#onGpu.clear()
  }

  async #readBatch({ buffers, names }: Batch): Promise<void> {
    const bytes = names.length * bytesEach
    const { readBack } = buffers
    try {
      await readBack.mapAsync(GPUMapMode.READ, 0, bytes)
    } catch (error) {
      for (const name of names) this.#waiting.get(name)?.reject(error)
      throw error
    }
    const values = new Float32Array(readBack.getMappedRange(0, bytes).slice(0))
    readBack.unmap()
    this.#buffers.giveBack(buffers)
    for (const [i, name] of names.entries()) {
      const value = values[i]!
      this.#knownNumbers.set(name, value)
      this.#under.delete(name)
      this.#waiting.get(name)?.resolve(value)
      this.#waiting.delete(name)
    }
  }
}
