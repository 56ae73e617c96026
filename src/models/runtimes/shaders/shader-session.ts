/** A network with the numbers of one model, in the shape in which models are run. */
import type { Gpu, Recorder } from '../../../gpu/types.ts'
import type { ElementType, Layout } from '../../inspect.ts'
import { halvesToFloats } from '../../onnx/half.ts'
import type { Sides } from './network.ts'
import type { ParameterSet, ShaderNetwork } from './shader-network.ts'

export interface ShaderSession {
  readonly runtime: 'shaders'
  readonly note: string | undefined
  /** Records the model on float32 tensors of these dimensions, and waits for nothing. */
  record(recorder: Recorder, input: GPUBuffer, output: GPUBuffer, dims: readonly number[]): void
}

/** Width and height of a tensor of one picture. */
export const sidesOfDims = (layout: Layout, dims: readonly number[]): Sides =>
  layout === 'nchw' ? { width: dims[3]!, height: dims[2]! } : { width: dims[2]!, height: dims[1]! }

export const shaderSession = (network: ShaderNetwork, parameters: ParameterSet, layout: Layout): ShaderSession => ({
  runtime: 'shaders',
  note: undefined,
  record: (recorder, input, output, dims) =>
    network.record(recorder, parameters, input, output, sidesOfDims(layout, dims)),
})

export interface NumbersRequest {
  readonly network: ShaderNetwork
  readonly layout: Layout
  /** Output side ÷ input side. */
  readonly scale: number
  readonly dims: readonly number[]
  readonly elementType: ElementType
  readonly data: ArrayBuffer
}

/** Runs the network's own model on numbers and reads back what it gives, as float32. */
export async function runOnNumbers({ device }: Gpu, request: NumbersRequest): Promise<Float32Array<ArrayBuffer>> {
  const { network, layout, scale, dims, elementType, data } = request
  const input = elementType === 'float16' ? halvesToFloats(new Uint16Array(data)) : new Float32Array(data)
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC
  const size = input.byteLength * scale ** 2
  const buffers = [
    device.createBuffer({ label: 'models/numbers-in', size: input.byteLength, usage }),
    device.createBuffer({ label: 'models/numbers-out', size, usage }),
    device.createBuffer({
      label: 'models/numbers-read',
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    }),
  ] as const
  const [from, to, landing] = buffers
  try {
    device.queue.writeBuffer(from, 0, input)
    const encoder = device.createCommandEncoder({ label: 'models/numbers' })
    network.record({ encoder }, network.ownWeights, from, to, sidesOfDims(layout, dims))
    encoder.copyBufferToBuffer(to, 0, landing, 0, size)
    device.queue.submit([encoder.finish()])
    await landing.mapAsync(GPUMapMode.READ)
    return new Float32Array(landing.getMappedRange().slice(0))
  } finally {
    for (const buffer of buffers) buffer.destroy()
  }
}
