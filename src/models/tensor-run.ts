/**
 * Runs a model on buffers of our device, whichever runtime it is in: on WebGPU the model reads and writes them
 * itself; for WASM the input is read back once and the output uploaded once.
 */
import type { Gpu, Lease, Recorder } from '../gpu/types.ts'
import type { RunnableSession } from './dial.ts'
import { type ModelSession, type TensorDesc, tensorBytes } from './sessions.ts'

/** A tensor's place on the GPU, kept as long as its size is used. */
export interface TensorBuffer extends TensorDesc {
  readonly name: string
  readonly lease: Lease<GPUBuffer>
}

export interface TensorPair extends Disposable {
  readonly input: TensorBuffer
  readonly output: TensorBuffer
  /**
   * Runs the model on what `recorder` fills the input with: shaders are recorded there, for others it is submitted.
   * What is recorded next may read the output.
   * Resolves with the model's own numbers where they passed through the CPU. Rejects with the runtime's own error, and where
   * the output has other dimensions than expected.
   */
  run(recorder: Recorder, session: RunnableSession): Promise<CpuTensors | undefined>
}

/** What a model was given and gave, as bytes of its numbers. */
export interface CpuTensors {
  readonly input: Uint8Array<ArrayBuffer>
  readonly output: Uint8Array<ArrayBuffer>
}

interface TensorRequest extends TensorDesc {
  readonly name: string
}

const words = (tensor: TensorDesc): number => Math.ceil(tensorBytes(tensor) / 4) * 4

export interface TensorsRequest {
  readonly input: TensorRequest
  readonly output: TensorRequest
  readonly runtime: RunnableSession['runtime']
  /** They hold colours, of a model of luma. */
  readonly inColours: boolean
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(buffer, byteOffset, byteLength)

export function leaseTensors(
  gpu: Gpu,
  label: string,
  { input, output, runtime, inColours }: TensorsRequest,
): TensorPair {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
  const leases: Lease<GPUBuffer>[] = []
  const lease = (size: number, bufferUsage: GPUBufferUsageFlags, name: string) => {
    const buffer = gpu.pool.buffer({ size, usage: bufferUsage }, `${label}/${name}`)
    leases.push(buffer)
    return buffer
  }
  const from: TensorBuffer = { ...input, lease: lease(words(input), usage, 'input') }
  const to: TensorBuffer = { ...output, lease: lease(words(output), usage, 'output') }
  const readback =
    runtime === 'wasm' ? lease(words(input), GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST, 'readback') : undefined

  async function runOnBytes(session: ModelSession, data: ArrayBuffer) {
    const result = await session.runOnBytes({ ...input, data }, output.name)
    if (result.elementType !== output.elementType || result.dims.join() !== output.dims.join()) {
      throw new Error(
        `the output is ${result.elementType} ${result.dims.join(' × ')}, expected ${output.elementType} ${output.dims.join(' × ')}`,
      )
    }
    const { bytes, milliseconds } = result
    const seen: CpuTensors = { input: new Uint8Array(data, 0, tensorBytes(input)), output: bytes }
    return { bytes, seen, milliseconds }
  }

  async function runOnColours(session: ModelSession, data: ArrayBuffer) {
    const [, height, width] = input.dims as readonly [number, number, number, number]
    if (!session.runOnColours) throw new Error('the session runs on luma alone')
    const { result, luma, milliseconds } = await session.runOnColours(new Float32Array(data), { width, height })
    const seen: CpuTensors = { input: bytesOf(luma.input), output: bytesOf(luma.output) }
    return { bytes: bytesOf(result), seen, milliseconds }
  }

  async function onCpu(recorder: Recorder, session: ModelSession, landing: GPUBuffer): Promise<CpuTensors> {
    recorder.encoder.copyBufferToBuffer(from.lease.value, 0, landing, 0, words(input))
    recorder.submit()
    await landing.mapAsync(GPUMapMode.READ)
    // A copy: the buffer is unmapped before the model runs.
    const data = landing.getMappedRange(0, words(input)).slice(0)
    landing.unmap()
    const { bytes, seen, milliseconds } = await (inColours ? runOnColours : runOnBytes)(session, data)
    recorder.worked?.(milliseconds)
    // Writes go by whole words; float16 tensors may end half way through one.
    const whole = bytes.byteLength & ~3
    gpu.device.queue.writeBuffer(to.lease.value, 0, bytes, 0, whole)
    if (whole < bytes.byteLength) {
      const tail = new Uint8Array(4)
      tail.set(bytes.subarray(whole))
      gpu.device.queue.writeBuffer(to.lease.value, whole, tail)
    }
    return seen
  }

  return {
    input: from,
    output: to,
    async run(recorder, session) {
      if (session.runtime === 'shaders') {
        session.record(recorder, from.lease.value, to.lease.value, input.dims)
        return undefined
      }
      if (readback) return onCpu(recorder, session, readback.value)
      recorder.submit()
      // The GPU's clock is not onnxruntime's: its time is that of the call.
      const began = performance.now()
      await session.runOnBuffers({ ...input, buffer: from.lease.value }, { ...output, buffer: to.lease.value })
      recorder.worked?.(performance.now() - began)
      return undefined
    },
    [Symbol.dispose]() {
      for (const each of leases) each[Symbol.dispose]()
    },
  }
}
