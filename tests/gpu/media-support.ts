/** What the media tests share: fixtures as files, a GPU, and pixels out of pictures. */
import { requestDevice } from '../../src/gpu/device.ts'
import { createGpu, type OwnedGpu } from '../../src/gpu/gpu.ts'
import { createRecorder, type FrameRecorder } from '../../src/gpu/recorder.ts'
import type { GpuPicture, Lease } from '../../src/gpu/types.ts'

export async function fixture(name: string, type = ''): Promise<File> {
  const response = await fetch(`/tests/fixtures/media/${name}`)
  if (!response.ok) throw new Error(`fixture ${name}: ${response.status}`)
  return new File([await response.arrayBuffer()], name.split('/').pop() ?? name, type ? { type } : {})
}

export const never = new AbortController().signal

export interface Bench {
  readonly gpu: OwnedGpu
  readonly recorder: FrameRecorder
}

export async function openBench(): Promise<Bench> {
  const gpu = createGpu(await requestDevice())
  return { gpu, recorder: createRecorder(gpu.device) }
}

export interface HeldPicture extends GpuPicture, Disposable {}

export function imagePicture(gpu: OwnedGpu, width: number, height: number): HeldPicture {
  const lease: Lease<GPUTexture> = gpu.pool.texture({ width, height, format: 'rgba16float' }, 'test/picture')
  return {
    texture: lease.value,
    desc: { type: 'image', width, height, format: 'rgba16float', frameRate: 24 },
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  }
}

/** Channel values in 0…255, unrounded, of an rgba16float picture. */
export async function readPicture(gpu: OwnedGpu, picture: GpuPicture): Promise<(x: number, y: number) => number[]> {
  const { width, height } = picture.desc
  const bytesPerRow = Math.ceil((width * 8) / 256) * 256
  const buffer = gpu.device.createBuffer({
    size: bytesPerRow * height,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  })
  const encoder = gpu.device.createCommandEncoder()
  encoder.copyTextureToBuffer({ texture: picture.texture }, { buffer, bytesPerRow }, [width, height])
  gpu.device.queue.submit([encoder.finish()])
  await buffer.mapAsync(GPUMapMode.READ)
  const halves = new Uint16Array(buffer.getMappedRange().slice(0))
  buffer.destroy()
  return (x, y) => Array.from({ length: 4 }, (_, c) => fromHalf(halves[(y * bytesPerRow) / 2 + x * 4 + c] ?? 0) * 255)
}

/** IEEE 754 binary16 to a number. */
function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return bits & 0x8000 ? -size : size
}
