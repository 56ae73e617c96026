/**
 * The commands of all frames that are under way, in the one order in which they were recorded, with the uniforms they use.
 * Uniforms gather in an arena and travel in one write a page just before the submit, so that a hundred small passes cost one
 * upload.
 *
 * However many record side by side, there is one row of commands: what one gives back to the pool another may write to in its
 * next pass, and the GPU then comes to that pass after those that read it.
 */
import type { FrameRecorder, Recorder } from './types.ts'

const pageBytes = 64 * 1024
/** WebGPU's guaranteed `minUniformBufferOffsetAlignment`. */
const alignment = 256

interface Page {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly buffer: GPUBuffer
  usedBytes: number
}

/** Uniforms of what is recorded, page by page, until they are sent. */
export class UniformArena implements Disposable {
  readonly #device: GPUDevice
  readonly #pages: Page[] = []

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** Pages there are, full or not. */
  get pageCount(): number {
    return this.#pages.length
  }

  put(bytes: Uint8Array): { readonly buffer: GPUBuffer; readonly offset: number } {
    if (bytes.byteLength > pageBytes) throw new Error(`recorder: uniforms of ${bytes.byteLength} bytes exceed a page`)
    const page = this.#pageFor(bytes.byteLength)
    const offset = page.usedBytes
    page.bytes.set(bytes, offset)
    page.usedBytes = Math.ceil((offset + bytes.byteLength) / alignment) * alignment
    return { buffer: page.buffer, offset }
  }

  #pageFor(length: number): Page {
    const free = this.#pages.find((candidate) => candidate.usedBytes + length <= pageBytes)
    if (free) return free
    const page = {
      bytes: new Uint8Array(pageBytes),
      buffer: this.#device.createBuffer({
        label: 'recorder/uniforms',
        size: pageBytes,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      }),
      usedBytes: 0,
    }
    this.#pages.push(page)
    return page
  }

  /** One write a page that holds anything; all are empty afterwards. */
  send(): void {
    for (const page of this.#pages) {
      if (page.usedBytes === 0) continue
      this.#device.queue.writeBuffer(page.buffer, 0, page.bytes, 0, Math.min(page.usedBytes, pageBytes))
      page.usedBytes = 0
    }
  }

  [Symbol.dispose](): void {
    for (const page of this.#pages) page.buffer.destroy()
    this.#pages.length = 0
  }
}

/** The one row of commands that all recorders of a GPU record into. */
export class Commands implements Disposable {
  readonly #device: GPUDevice
  readonly arena: UniformArena
  #encoder: GPUCommandEncoder | undefined

  constructor(device: GPUDevice) {
    this.#device = device
    this.arena = new UniformArena(device)
  }

  get encoder(): GPUCommandEncoder {
    this.#encoder ??= this.#device.createCommandEncoder({ label: 'frame' })
    return this.#encoder
  }

  /** Both: see `Recorder`. */
  recorder(timestampWrites?: Recorder['timestampWrites'], foundLater?: Recorder['foundLater']): FrameRecorder {
    return new CommandRecorder(this, timestampWrites, foundLater)
  }

  /** Whether there was anything to send. */
  submit(): boolean {
    if (!this.#encoder) return false
    this.arena.send()
    const commands = this.#encoder.finish()
    this.#encoder = undefined
    this.#device.queue.submit([commands])
    return true
  }

  [Symbol.dispose](): void {
    this.#encoder = undefined
    this.arena[Symbol.dispose]()
  }
}

class CommandRecorder implements FrameRecorder {
  readonly #commands: Commands
  readonly #timestampWrites: Recorder['timestampWrites']
  /** Absent where nobody would hear of it. */
  declare readonly foundLater?: NonNullable<Recorder['foundLater']>
  #submits = 0
  #workTime = 0

  constructor(commands: Commands, timestampWrites: Recorder['timestampWrites'], foundLater: Recorder['foundLater']) {
    this.#commands = commands
    this.#timestampWrites = timestampWrites
    if (foundLater) this.foundLater = foundLater
  }

  get encoder(): GPUCommandEncoder {
    return this.#commands.encoder
  }

  get submits(): number {
    return this.#submits
  }

  uniform(bytes: Uint8Array) {
    return this.#commands.arena.put(bytes)
  }

  timestampWrites(): GPUComputePassTimestampWrites | undefined {
    return this.#timestampWrites?.()
  }

  worked(milliseconds: number): void {
    this.#workTime += milliseconds
  }

  takeWorked(): number {
    const spanMs = this.#workTime
    this.#workTime = 0
    return spanMs
  }

  submit(): void {
    if (this.#commands.submit()) this.#submits += 1
  }
}
