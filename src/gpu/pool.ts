/**
 * Textures and buffers that are borrowed and given back. GPU work runs in the order it is submitted, so what
 * one pass has given back the next may use at once; only idle resources are ever destroyed.
 */
import { PoolLedger, Shelf } from './pool-shelf.ts'
import type { BufferDesc, Lease, PoolStats, ResourcePool, TextureDesc } from './types.ts'

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

export class Pool implements ResourcePool {
  readonly #device: GPUDevice
  readonly #ledger = new PoolLedger()
  readonly #textures = new Shelf<GPUTexture>(this.#ledger)
  readonly #buffers = new Shelf<GPUBuffer>(this.#ledger)

  constructor(device: GPUDevice) {
    this.#device = device
  }

  texture(desc: TextureDesc, label: string): Lease<GPUTexture> {
    const create = () =>
      this.#device.createTexture({
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
    return this.#textures.lend(`${desc.width}x${desc.height}:${desc.format}`, textureBytes(desc), create, label)
  }

  buffer(desc: BufferDesc, label: string): Lease<GPUBuffer> {
    // WebGPU maps and copies whole 4-byte words; onnxruntime-web binds buffers in 16-byte steps.
    const size = Math.ceil(desc.size / 16) * 16
    const create = () => this.#device.createBuffer({ label, size, usage: desc.usage })
    return this.#buffers.lend(`${size}:${desc.usage}`, size, create, label)
  }

  endFrame(): void {
    this.#textures.age()
    this.#buffers.age()
  }

  resetPeak(): void {
    this.#ledger.resetPeak()
  }

  get stats(): PoolStats {
    return this.#ledger.stats
  }

  [Symbol.dispose](): void {
    this.#ledger.close()
    this.#textures.clear()
    this.#buffers.clear()
  }
}
