/**
 * The commands of one frame on their way to the GPU, with the uniforms they use. Uniforms gather in an arena
 * and travel in one write a page just before the submit, so that a hundred small passes cost one upload.
 */
import type { PassTimer } from './timing.ts'
import type { Recorder } from './types.ts'

const pageBytes = 64 * 1024
/** WebGPU's guaranteed `minUniformBufferOffsetAlignment`. */
const alignment = 256

interface Page {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly buffer: GPUBuffer
  used: number
}

export interface FrameRecorder extends Recorder, Disposable {
  worked(milliseconds: number): void
  /** Milliseconds of `worked` since the last call. */
  takeWorked(): number
  /** How many submits were made since the recorder was created; for tests and the bench. */
  readonly submits: number
}

/** @param timer counts the passes recorded while one is attributed */
export function createRecorder(device: GPUDevice, timer?: PassTimer): FrameRecorder {
  const pages: Page[] = []
  let encoder: GPUCommandEncoder | undefined
  let submits = 0
  let worked = 0

  function page(length: number): Page {
    const free = pages.find((candidate) => candidate.used + length <= pageBytes)
    if (free) return free
    const made = {
      bytes: new Uint8Array(pageBytes),
      buffer: device.createBuffer({
        label: 'recorder/uniforms',
        size: pageBytes,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      }),
      used: 0,
    }
    pages.push(made)
    return made
  }

  return {
    get encoder() {
      encoder ??= device.createCommandEncoder({ label: 'frame' })
      return encoder
    },
    uniform(bytes) {
      if (bytes.byteLength > pageBytes) throw new Error(`recorder: uniforms of ${bytes.byteLength} bytes exceed a page`)
      const target = page(bytes.byteLength)
      const offset = target.used
      target.bytes.set(bytes, offset)
      target.used = Math.ceil((offset + bytes.byteLength) / alignment) * alignment
      return { buffer: target.buffer, offset }
    },
    timestampWrites: () => timer?.timestampWrites(),
    worked(milliseconds) {
      worked += milliseconds
    },
    takeWorked() {
      const taken = worked
      worked = 0
      return taken
    },
    submit() {
      if (!encoder) return
      for (const used of pages) {
        if (used.used === 0) continue
        device.queue.writeBuffer(used.buffer, 0, used.bytes, 0, Math.min(used.used, pageBytes))
        used.used = 0
      }
      const commands = encoder.finish()
      encoder = undefined
      submits += 1
      device.queue.submit([commands])
    },
    get submits() {
      return submits
    },
    [Symbol.dispose]() {
      encoder = undefined
      for (const made of pages) made.buffer.destroy()
      pages.length = 0
    },
  }
}
