/**
 * Times of compute passes, by the GPU's own clock where it has one. Each pass writes its begin and end; the
 * sums per label come back once the frame has run, without stopping it.
 */
import type { Recorder } from './types.ts'

/** Passes a frame that can be timed; more are simply not counted. */
const capacity = 128

export interface PassTimer extends Disposable {
  /** Passes recorded from now on count for `step`; `undefined`: not counted. */
  attribute(step: number | undefined): void
  timestampWrites(): GPUComputePassTimestampWrites | undefined
  /** Forgets what was recorded since the last `resolve`, as after a failed frame. */
  discard(): void
  /** Call once all passes of the frame are recorded, before the last submit; read the result after it. */
  resolve(recorder: Recorder): (() => Promise<ReadonlyMap<number, number>>) | undefined
}

/** `undefined` where the device has no timestamps. Times are milliseconds by step. */
export function createPassTimer(device: GPUDevice): PassTimer | undefined {
  if (!device.features.has('timestamp-query')) return undefined
  const querySet = device.createQuerySet({ label: 'timing', type: 'timestamp', count: capacity * 2 })
  const size = capacity * 2 * 8
  const resolveBuffer = device.createBuffer({
    label: 'timing/resolved',
    size,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  })
  const idle: GPUBuffer[] = []
  let steps: number[] = []
  let current: number | undefined

  return {
    attribute(step) {
      current = step
    },
    timestampWrites() {
      if (current === undefined || steps.length === capacity) return undefined
      const at = steps.length * 2
      steps.push(current)
      return { querySet, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 }
    },
    discard() {
      steps = []
      current = undefined
    },
    resolve(recorder) {
      if (steps.length === 0) return undefined
      const timestamps = steps
      steps = []
      const readback =
        idle.pop() ??
        device.createBuffer({
          label: 'timing/readback',
          size,
          usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
        })
      recorder.encoder.resolveQuerySet(querySet, 0, timestamps.length * 2, resolveBuffer, 0)
      recorder.encoder.copyBufferToBuffer(resolveBuffer, 0, readback, 0, timestamps.length * 16)
      return async () => {
        await readback.mapAsync(GPUMapMode.READ, 0, timestamps.length * 16)
        const stamps = new BigUint64Array(readback.getMappedRange(0, timestamps.length * 16).slice(0))
        readback.unmap()
        idle.push(readback)
        const sums = new Map<number, number>()
        timestamps.forEach((step, i) => {
          // Some drivers reset the counter between passes; such a negative time counts as none.
          const nanoseconds = Math.max(0, Number(stamps[i * 2 + 1]! - stamps[i * 2]!))
          sums.set(step, (sums.get(step) ?? 0) + nanoseconds / 1e6)
        })
        return sums
      }
    },
    [Symbol.dispose]() {
      querySet.destroy()
      resolveBuffer.destroy()
      for (const buffer of idle) buffer.destroy()
    },
  }
}
