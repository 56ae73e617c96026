/**
 * Numbers on their way from the GPU. Each is copied off its texture as soon as it is made; those of a frame come back in one
 * piece when the frame has ended, or earlier where a step cannot go on without one.
 */
import type { Recorder } from '../../gpu/types.ts'

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

/** Buffers that numbers are read through, used again and again. */
export class NumberBuffers implements Disposable {
  readonly #device: GPUDevice
  readonly #idle: GPUBuffer[] = []
  #isDisposed = false

  constructor(device: GPUDevice) {
    this.#device = device
  }

  take(): GPUBuffer {
    return (
      this.#idle.pop() ??
      this.#device.createBuffer({
        label: 'numbers/readback',
        size: capacity * bytesEach,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      })
    )
  }

  giveBack(buffer: GPUBuffer): void {
    if (this.#isDisposed) buffer.destroy()
    else this.#idle.push(buffer)
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    for (const buffer of this.#idle) buffer.destroy()
  }
}

interface Batch {
  readonly buffer: GPUBuffer
  readonly names: string[]
}

/** Somebody who goes on without the number, and is told it later. */
interface Waiting {
  readonly promise: Promise<number>
  readonly resolve: (value: number) => void
}

/** The numbers of one frame. */
export class FrameNumbers {
  readonly #buffers: NumberBuffers
  readonly #knownNumbers: KnownNumbers
  readonly #recorder: Recorder
  #batches: Batch[] = []
  /** Copied and not read yet. */
  readonly #under = new Map<string, Promise<void> | undefined>()
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
      batch = { buffer: this.#buffers.take(), names: [] }
      this.#batches.push(batch)
    }
    const offset = batch.names.push(name) * bytesEach - bytesEach
    this.#under.set(name, undefined)
    this.#recorder.encoder.copyTextureToBuffer({ texture }, { buffer: batch.buffer, offset }, [1, 1])
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
    const promise = new Promise<number>((done) => {
      resolve = done
    })
    this.#waiting.set(name, { promise, resolve })
    return promise
  }

  /** Resolves once all numbers copied so far are known. What is recorded must have been submitted. */
  read(): Promise<void> {
    const batches = this.#batches
    this.#batches = []
    if (batches.length === 0) return Promise.all(this.#under.values()).then(() => undefined)
    const reading = Promise.all(batches.map((batch) => this.#readBatch(batch))).then(() => undefined)
    for (const { names } of batches) for (const name of names) this.#under.set(name, reading)
    return reading
  }

  /** After a failure: nothing is told of what was copied. */
  discard(): void {
    for (const { buffer } of this.#batches) this.#buffers.giveBack(buffer)
    this.#batches = []
  }

  async #readBatch({ buffer, names }: Batch): Promise<void> {
    const bytes = names.length * bytesEach
    await buffer.mapAsync(GPUMapMode.READ, 0, bytes)
    const values = new Float32Array(buffer.getMappedRange(0, bytes).slice(0))
    buffer.unmap()
    this.#buffers.giveBack(buffer)
    for (const [i, name] of names.entries()) {
      const value = values[i]!
      this.#knownNumbers.set(name, value)
      this.#under.delete(name)
      this.#waiting.get(name)?.resolve(value)
      this.#waiting.delete(name)
    }
  }
}
