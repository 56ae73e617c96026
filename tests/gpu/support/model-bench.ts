/** What the tests of the model layer share: fixture models as files, synthetic pictures, and their pixels back. */

import { requestDevice } from '../../../src/gpu/device.ts'
import { createGpu, type OwnedGpu } from '../../../src/gpu/gpu.ts'
import { createRecorder, type FrameRecorder } from '../../../src/gpu/recorder.ts'
import type { GpuPicture, Lease } from '../../../src/gpu/types.ts'
import type { ModelFacts } from '../../../src/graph/facts.ts'
import { createModelLibrary, createModels, type OwnedModels } from '../../../src/models/models.ts'
import type { SuperResolverOptions } from '../../../src/models/types.ts'

const fixtureUrls = import.meta.glob<string>('../../fixtures/models/*.onnx', {
  query: '?url',
  import: 'default',
  eager: true,
})

export async function modelFile(name: string): Promise<File> {
  const url = fixtureUrls[`../../fixtures/models/${name}.onnx`]
  if (!url) throw new Error(`no fixture ${name}`)
  return new File([await (await fetch(url)).arrayBuffer()], `${name}.onnx`)
}

/** RGBA in [0,1] by place. */
export type Pattern = (x: number, y: number) => readonly [number, number, number, number]

/** Uneven in every channel and direction, so that a swapped axis, channel or half a pixel shows. */
export const waves: Pattern = (x, y) => [
  0.5 + 0.4 * Math.sin(x * 0.9 + y * 0.23),
  0.5 + 0.4 * Math.cos(x * 0.31 - y * 0.71),
  0.5 + 0.3 * Math.sin(x * 0.13 + y * 1.1) + 0.15 * Math.cos(x * 1.7),
  1,
]

export interface Bench extends AsyncDisposable {
  readonly gpu: OwnedGpu
  readonly models: OwnedModels
  readonly recorder: FrameRecorder
  /** Errors the device reported to nobody in particular. */
  readonly errors: readonly string[]
  picture(width: number, height: number, pattern: Pattern): GpuPicture
  blank(width: number, height: number): GpuPicture
  /** Numbers of a picture, 4 (image) or 1 (mask) a pixel. */
  read(picture: GpuPicture): Promise<Float32Array>
  upscale(
    file: File | { readonly id: string },
    input: GpuPicture,
    options?: Partial<SuperResolverOptions>,
  ): Promise<{
    readonly pixels: Float32Array
    readonly facts: ModelFacts
    readonly report: { runtime: string; note?: string }
  }>
}

export async function openBench(): Promise<Bench> {
  const grant = await requestDevice()
  const { device } = grant
  const gpu = createGpu(grant)
  const models = createModels({ gpu, library: createModelLibrary(new URL('/', location.href).href) })
  const recorder = createRecorder(device)
  const errors: string[] = []
  device.addEventListener('uncapturederror', (event) => errors.push(event.error.message))
  const leases: Lease<GPUTexture>[] = []

  const blank = (width: number, height: number): GpuPicture => {
    const lease = gpu.pool.texture({ width, height, format: 'rgba16float' }, 'test/picture')
    leases.push(lease)
    return { texture: lease.value, desc: { type: 'image', width, height, format: 'rgba16float', frameRate: 0 } }
  }

  async function read({ texture, desc }: GpuPicture): Promise<Float32Array> {
    const { width, height } = desc
    const channels = desc.type === 'mask' ? 1 : 4
    const pixelBytes = desc.type === 'mask' ? 4 : 8
    const rowBytes = Math.ceil((width * pixelBytes) / 256) * 256
    const buffer = device.createBuffer({
      size: rowBytes * height,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    })
    recorder.encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow: rowBytes }, [width, height])
    recorder.submit()
    await buffer.mapAsync(GPUMapMode.READ)
    const bytes = buffer.getMappedRange()
    const pixels = new Float32Array(width * height * channels)
    for (let y = 0; y < height; y++) {
      const row =
        desc.type === 'mask'
          ? new Float32Array(bytes, y * rowBytes, width)
          : new Float16Array(bytes, y * rowBytes, width * 4)
      pixels.set(row, y * width * channels)
    }
    buffer.destroy()
    return pixels
  }

  return {
    gpu,
    models,
    recorder,
    errors,
    blank,
    read,
    picture(width, height, pattern) {
      const made = blank(width, height)
      const values = new Float16Array(width * height * 4)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) values.set(pattern(x, y), (y * width + x) * 4)
      device.queue.writeTexture({ texture: made.texture }, values, { bytesPerRow: width * 8 }, [width, height])
      return made
    },
    async upscale(source, input, options = {}) {
      const ref = source instanceof File ? await models.add(source) : source
      await using resolver = await models.superResolver(
        { id: ref.id },
        { runtime: 'wasm', tile: 'auto', overlap: 32, ...options },
      )
      const { scale } = resolver.facts
      const output = blank(input.desc.width * scale, input.desc.height * scale)
      await resolver.run(recorder, input, output, new AbortController().signal)
      const pixels = await read(output)
      return { pixels, facts: resolver.facts, report: resolver.report }
    },
    async [Symbol.asyncDispose]() {
      for (const lease of leases) lease[Symbol.dispose]()
      recorder[Symbol.dispose]()
      await models[Symbol.asyncDispose]()
      gpu[Symbol.dispose]()
      device.destroy()
    },
  }
}
