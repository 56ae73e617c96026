/**
 * Textures and buffers that are borrowed and given back. GPU work runs in the order it is submitted, so what
 * one pass has given back the next may use at once; only idle resources are ever destroyed.
 */
import type { BufferDesc, Lease, PoolStats, ResourcePool, TextureDesc } from './types.ts'

/** Frames after which an idle resource is given back to the system: long enough for pauses of the hand, short enough to fit a new size. */
const maxIdleFrames = 24

const bytesPerPixel: Readonly<Record<TextureDesc['format'], number>> = {
  r8unorm: 1,
  rg8unorm: 2,
  r16uint: 2,
  rg16uint: 4,
  rgba8unorm: 4,
  r32float: 4,
  rgba16float: 8,
  rgba32float: 16,
}

const storable: ReadonlySet<TextureDesc['format']> = new Set(['rgba16float', 'r32float', 'rgba8unorm', 'rgba32float'])

export const textureBytes = (desc: TextureDesc): number => desc.width * desc.height * bytesPerPixel[desc.format]

interface Idle<T> {
  readonly resource: T
  readonly bytes: number
  idleFrames: number
}

export function createPool(device: GPUDevice): ResourcePool {
  const textures = new Map<string, Idle<GPUTexture>[]>()
  const buffers = new Map<string, Idle<GPUBuffer>[]>()
  let liveBytes = 0
  let idleBytes = 0
  let peakBytes = 0
  let leases = 0
  let disposed = false

  function lend<T extends GPUTexture | GPUBuffer>(
    shelf: Map<string, Idle<T>[]>,
    key: string,
    bytes: number,
    make: () => T,
    label: string,
  ): Lease<T> {
    if (disposed) throw new Error(`pool: ${label} asked for after the pool was disposed`)
    const idle = shelf.get(key)?.pop()
    if (idle) idleBytes -= bytes
    const resource = idle?.resource ?? make()
    if (resource.label !== label) resource.label = label
    liveBytes += bytes
    peakBytes = Math.max(peakBytes, liveBytes)
    leases += 1
    let returned = false
    return {
      value: resource,
      [Symbol.dispose]() {
        if (returned) throw new Error(`pool: the lease of ${label} was given back twice`)
        returned = true
        liveBytes -= bytes
        leases -= 1
        if (disposed) {
          resource.destroy()
          return
        }
        idleBytes += bytes
        const row = shelf.get(key)
        const entry = { resource, bytes, idleFrames: 0 }
        if (row) row.push(entry)
        else shelf.set(key, [entry])
      },
    }
  }

  function age<T extends GPUTexture | GPUBuffer>(shelf: Map<string, Idle<T>[]>) {
    for (const [key, row] of shelf) {
      const stillUsed = row.filter((entry) => {
        entry.idleFrames += 1
        if (entry.idleFrames <= maxIdleFrames) return true
        entry.resource.destroy()
        idleBytes -= entry.bytes
        return false
      })
      if (stillUsed.length) shelf.set(key, stillUsed)
      else shelf.delete(key)
    }
  }

  return {
    texture(desc, label) {
      const key = `${desc.width}x${desc.height}:${desc.format}`
      const make = () =>
        device.createTexture({
          label,
          size: [desc.width, desc.height],
          format: desc.format,
          usage:
            GPUTextureUsage.TEXTURE_BINDING |
            GPUTextureUsage.RENDER_ATTACHMENT |
            GPUTextureUsage.COPY_SRC |
            GPUTextureUsage.COPY_DST |
            (storable.has(desc.format) ? GPUTextureUsage.STORAGE_BINDING : 0),
        })
      return lend(textures, key, textureBytes(desc), make, label)
    },
    buffer(desc: BufferDesc, label) {
      // WebGPU maps and copies whole 4-byte words; onnxruntime-web binds buffers in 16-byte steps.
      const size = Math.ceil(desc.size / 16) * 16
      const make = () => device.createBuffer({ label, size, usage: desc.usage })
      return lend(buffers, `${size}:${desc.usage}`, size, make, label)
    },
    endFrame() {
      age(textures)
      age(buffers)
    },
    resetPeak() {
      peakBytes = liveBytes
    },
    get stats(): PoolStats {
      return { liveBytes, idleBytes, peakBytes, leases }
    },
    [Symbol.dispose]() {
      disposed = true
      for (const row of textures.values()) for (const entry of row) entry.resource.destroy()
      for (const row of buffers.values()) for (const entry of row) entry.resource.destroy()
      textures.clear()
      buffers.clear()
      idleBytes = 0
    },
  }
}
