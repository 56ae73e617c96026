/**
 * Times of compute passes, by the GPU's own clock where it has one. Each pass writes its begin and end; the
 * sums per label come back once the frame has run, without stopping it.
 */
import type { Recorder } from './types.ts'

/** Passes a frame that can be timed; more are simply not counted. */
const capacity = 128

/** A begin and an end of eight bytes each. */
const stampBytes = capacity * 2 * 8

/** Which step each timed pass of a frame counts for, in the order of the passes. */
export class PassSlots {
  #steps: number[] = []
  #current: number | undefined

  /** Passes from now on count for `step`; `undefined`: not counted. */
  attribute(step: number | undefined): void {
    this.#current = step
  }

  /** The place of the pass that begins now; `undefined`: it is not counted. */
  take(): number | undefined {
    if (this.#current === undefined || this.#steps.length === capacity) return undefined
    return this.#steps.push(this.#current) - 1
  }

  /** The step of each pass since the last time. */
  drain(): readonly number[] {
    const steps = this.#steps
    this.#steps = []
    return steps
  }

  clear(): void {
    this.#steps = []
    this.#current = undefined
  }
}

/** Milliseconds by step. @param stamps nanoseconds: begin and end of each pass */
export function timeByStep(steps: readonly number[], stamps: BigUint64Array): ReadonlyMap<number, number> {
  const sums = new Map<number, number>()
  for (const [i, step] of steps.entries()) {
    // Some drivers reset the counter between passes; such a negative time counts as none.
    const nanoseconds = Math.max(0, Number(stamps[i * 2 + 1]! - stamps[i * 2]!))
    sums.set(step, (sums.get(step) ?? 0) + nanoseconds / 1e6)
  }
  return sums
}

export class PassTimer implements Disposable {
  readonly #device: GPUDevice
  readonly #slots = new PassSlots()
  readonly #querySet: GPUQuerySet
  readonly #stamps: GPUBuffer
  readonly #idleReadbacks: GPUBuffer[] = []

  private constructor(device: GPUDevice) {
    this.#device = device
    this.#querySet = device.createQuerySet({ label: 'timing', type: 'timestamp', count: capacity * 2 })
    this.#stamps = device.createBuffer({
      label: 'timing/resolved',
      size: stampBytes,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    })
  }

  /** `undefined` where the device has no timestamps. */
  static of(device: GPUDevice): PassTimer | undefined {
    return device.features.has('timestamp-query') ? new PassTimer(device) : undefined
  }

  /** Passes recorded from now on count for `step`; `undefined`: not counted. */
  attribute(step: number | undefined): void {
    this.#slots.attribute(step)
  }

  timestampWrites(): GPUComputePassTimestampWrites | undefined {
    const slot = this.#slots.take()
    if (slot === undefined) return undefined
    return {
      querySet: this.#querySet,
      beginningOfPassWriteIndex: slot * 2,
      endOfPassWriteIndex: slot * 2 + 1,
    }
  }

  /** Forgets what was recorded since the last `resolve`, as after a failed frame. */
  discard(): void {
    this.#slots.clear()
  }

  /** Call once all passes of the frame are recorded, before the last submit; read the result, milliseconds by step, after it. */
  resolve({ encoder }: Recorder): (() => Promise<ReadonlyMap<number, number>>) | undefined {
    const steps = this.#slots.drain()
    if (steps.length === 0) return undefined
    const readback =
      this.#idleReadbacks.pop() ??
      this.#device.createBuffer({
        label: 'timing/readback',
        size: stampBytes,
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      })
    const bytes = steps.length * 16
    encoder.resolveQuerySet(this.#querySet, 0, steps.length * 2, this.#stamps, 0)
    encoder.copyBufferToBuffer(this.#stamps, 0, readback, 0, bytes)
    return async () => {
      await readback.mapAsync(GPUMapMode.READ, 0, bytes)
      const stamps = new BigUint64Array(readback.getMappedRange(0, bytes).slice(0))
      readback.unmap()
      this.#idleReadbacks.push(readback)
      return timeByStep(steps, stamps)
    }
  }

  [Symbol.dispose](): void {
    this.#querySet.destroy()
    this.#stamps.destroy()
    for (const buffer of this.#idleReadbacks) buffer.destroy()
  }
}
