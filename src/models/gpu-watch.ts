/** Whether the GPU complained while a model ran, which WebGPU tells only to who asked beforehand. */
import { CodedError } from '../graph/document/coded-error.ts'

/** The memory gave out; carries what happened. */
export class OutOfMemory extends CodedError {
  override readonly name = 'OutOfMemory'
  constructor(message: string, options?: ErrorOptions) {
    super('out-of-memory', message, '', options)
  }
}

/** The watch that each device is under: its error scopes are one stack, so two watches would end each other's. */
const watches = new WeakMap<GPUDevice, Promise<void>>()

const filters = ['validation', 'out-of-memory', 'internal'] as const

export class GpuWatch {
  readonly #device: GPUDevice
  readonly #end: () => void
  #isOver = false

  private constructor(device: GPUDevice, end: () => void) {
    this.#device = device
    this.#end = end
  }

  /** Waits for the device's watch before, then collects its errors until the first `settle`. */
  static async begin(device: GPUDevice): Promise<GpuWatch> {
    const before = watches.get(device)
    let end = (): void => undefined
    watches.set(
      device,
      new Promise((resolve) => {
        end = resolve
      }),
    )
    await before
    for (const filter of filters) device.pushErrorScope(filter)
    return new GpuWatch(device, end)
  }

  /** The first call rejects with one of the errors since the watch began, if any; out of memory before others. */
  async settle(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    const errors = await Promise.all(filters.map(() => this.#device.popErrorScope())).finally(() => this.#end())
    const error = errors.find((each) => each instanceof GPUOutOfMemoryError) ?? errors.find((each) => each !== null)
    if (error instanceof GPUOutOfMemoryError) throw new OutOfMemory(error.message)
    if (error) throw new Error(`sr-model: ${error.message}`)
  }
}
