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

export interface Commands extends Disposable {
  /** Both: see `Recorder`. */
  recorder(timestampWrites?: Recorder['timestampWrites'], foundLater?: Recorder['foundLater']): FrameRecorder
}

export function createCommands(device: GPUDevice): Commands {
  const pages: Page[] = []
  let encoder: GPUCommandEncoder | undefined

  function pageFor(length: number): Page {
    const free = pages.find((candidate) => candidate.usedBytes + length <= pageBytes)
    if (free) return free
    const chunk = {
      bytes: new Uint8Array(pageBytes),
      buffer: device.createBuffer({
        label: 'recorder/uniforms',
        size: pageBytes,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      }),
      usedBytes: 0,
    }
    pages.push(chunk)
    return chunk
  }

  function uniform(bytes: Uint8Array) {
    if (bytes.byteLength > pageBytes) throw new Error(`recorder: uniforms of ${bytes.byteLength} bytes exceed a page`)
    const target = pageFor(bytes.byteLength)
    const offset = target.usedBytes
    target.bytes.set(bytes, offset)
    target.usedBytes = Math.ceil((offset + bytes.byteLength) / alignment) * alignment
    return { buffer: target.buffer, offset }
  }

  /** Whether there was anything to send. */
  function submit(): boolean {
    if (!encoder) return false
    for (const page of pages) {
      if (page.usedBytes === 0) continue
      device.queue.writeBuffer(page.buffer, 0, page.bytes, 0, Math.min(page.usedBytes, pageBytes))
      page.usedBytes = 0
    }
    const commands = encoder.finish()
    encoder = undefined
    device.queue.submit([commands])
    return true
  }

  return {
    recorder(timestampWrites, foundLater) {
      let submits = 0
      let workTime = 0
      return {
        get encoder() {
          encoder ??= device.createCommandEncoder({ label: 'frame' })
          return encoder
        },
        uniform,
        timestampWrites: () => timestampWrites?.(),
        ...(foundLater ? { foundLater } : {}),
        worked(milliseconds) {
          workTime += milliseconds
        },
        takeWorked() {
          const spanMs = workTime
          workTime = 0
          return spanMs
        },
        submit() {
          if (submit()) submits += 1
        },
        get submits() {
          return submits
        },
      }
    },
    [Symbol.dispose]() {
      encoder = undefined
      for (const page of pages) page.buffer.destroy()
      pages.length = 0
    },
  }
}
