/** Puts the GPU layer together: what nodes and models are given as `Gpu`. */
import { createComputePass } from './compute.ts'
import type { DeviceGrant } from './device.ts'
import { Pool } from './pool.ts'
import { Commands } from './recorder.ts'
import type { ComputePass, ComputeSpec, Gpu } from './types.ts'

/** A hand that has moved nothing for so long rests, milliseconds. */
const idleDelayMs = 250

/**
 * One compile a text, for as long as the device lives: undoing an edit finds its pipeline again, and so does a second
 * `Gpu` on the device.
 */
const passesOfDevice = new WeakMap<GPUDevice, Map<string, Promise<ComputePass>>>()

export interface OwnedGpu extends Gpu, Disposable {}

export function createGpu(grant: DeviceGrant): OwnedGpu {
  const { device, software } = grant
  const pool = new Pool(device)
  const commands = new Commands(device)
  const passes = passesOfDevice.get(device) ?? new Map<string, Promise<ComputePass>>()
  passesOfDevice.set(device, passes)
  let lastDrawn = Number.NEGATIVE_INFINITY
  return {
    device,
    software,
    pool,
    compute(spec: ComputeSpec) {
      const key = JSON.stringify(spec)
      const pending = passes.get(key)
      if (pending) return pending
      const pass = createComputePass(device, spec, software)
      passes.set(key, pass)
      return pass
    },
    recorder: (timestampWrites, foundLater) => commands.recorder(timestampWrites, foundLater),
    noteDrawing() {
      lastDrawn = performance.now()
    },
    async giveWay(recorder) {
      if (performance.now() - lastDrawn >= idleDelayMs) return
      recorder?.submit()
      await device.queue.onSubmittedWorkDone()
    },
    [Symbol.dispose]() {
      commands[Symbol.dispose]()
      pool[Symbol.dispose]()
    },
  }
}
