/**
 * Models as shaders of our own against onnxruntime on WebGPU and on WASM, and against `anime4k-webgpu`, which writes its
 * shaders by hand: one after the other in one page, as multiply-adds a second, since their networks differ.
 */
import { CNNx2VL } from 'anime4k-webgpu'
import { requestDevice } from '../src/gpu/device.ts'
import { createGpu, type OwnedGpu } from '../src/gpu/gpu.ts'
import { onSession } from '../src/models/gpu-proof.ts'
import type { ModelForm } from '../src/models/inspect.ts'
import { readOnnx } from '../src/models/onnx/onnx-file.ts'
import { costOf, type Lowering } from '../src/models/runtimes/shaders/cut-passes.ts'
import { type Sides, sidesOf } from '../src/models/runtimes/shaders/network.ts'
import { openShaders, variantsFor } from '../src/models/runtimes/shaders/open-shaders.ts'
import { openSession } from '../src/models/sessions.ts'

export interface ModelSpeed {
  readonly name: string
  /** Of one picture. */
  readonly milliseconds: number
  /** Billions of multiply-adds a second. */
  readonly rate: number
}

export interface ModelsResult {
  readonly adapter: string
  readonly picture: Sides
  readonly variant: string
  readonly speeds: readonly ModelSpeed[]
  readonly convolutions: number
  /** Those that compute a convolution, and all. */
  readonly convolving: number
  readonly dispatches: number
  /** Bytes of tensors read and written, each once a dispatch that does, and if each were written and read but once. */
  readonly bytes: number
  readonly leastBytes: number
  /** What plain shaders of one purpose reach on this device: billions of multiply-adds, of bytes read and written, a second. */
  readonly peakRate: number
  readonly peakBytes: number
}

const form: ModelForm = {
  ...{ input: 'input', output: 'output', layout: 'nchw', channels: 'y', elementType: 'float32' },
  ...{ fixedSize: null, scale: 2, sizeStep: 1 },
}

const modelName = 'framewright-s-coded-x2'

/** Multiply-adds a pixel of Anime4K's CNN x2 VL: 3 to 8 channels, six times 16 to 8, all of 3 × 3, then 112 to 12 of 1 × 1. */
const animeMultiplyAdds = 9 * (3 * 8 + 6 * 16 * 8) + 112 * 12

const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage

export async function models(rounds: number): Promise<ModelsResult> {
  const grant = await requestDevice()
  const gpu = createGpu(grant)
  const { device, software } = grant
  // What is played on a CPU takes seconds where a GPU takes a millisecond.
  const picture = software ? { width: 96, height: 64 } : { width: 960, height: 540 }
  const area = picture.width * picture.height
  const url = new URL(`models/${modelName}.onnx`, document.baseURI)
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
  await using onWasm = await openSession({ name: modelName, bytes, runtime: 'wasm', gpu })
  await using onWebGpu = await openSession({ name: modelName, bytes, runtime: 'webgpu', gpu })
  const halves = device.features.has('shader-f16')
  const opened = await openShaders({
    ...{ gpu, name: modelName, form, onCpu: onSession(onWasm, form) },
    ...{ model: readOnnx(modelName, bytes), variants: variantsFor(software, halves) },
  })
  if ('complaint' in opened) throw new Error(opened.complaint)
  const { network, lowering, variant } = opened

  const dims = [1, 1, picture.height, picture.width]
  const numbers = Float32Array.from({ length: area }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.37))
  const input = device.createBuffer({ size: numbers.byteLength, usage: STORAGE | COPY_DST | COPY_SRC })
  const output = device.createBuffer({ size: numbers.byteLength * 4, usage: STORAGE | COPY_DST | COPY_SRC })
  device.queue.writeBuffer(input, 0, numbers)
  const inputTexture = device.createTexture({
    size: [picture.width, picture.height],
    format: 'rgba8unorm',
    usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
  })
  const anime = new CNNx2VL({ device, inputTexture })
  const times = software ? 1 : 20

  const recorded = (record: (encoder: GPUCommandEncoder) => void) => async () => {
    const encoder = device.createCommandEncoder()
    for (let i = 0; i < times; i++) record(encoder)
    device.queue.submit([encoder.finish()])
    await device.queue.onSubmittedWorkDone()
    return times
  }
  const { multiplyAdds } = costOf(lowering, picture)
  const ways = [
    {
      name: 'shaders',
      multiplyAdds,
      run: recorded((encoder) => network.record({ encoder }, network.ownWeights, input, output, picture)),
    },
    { name: 'anime4k-webgpu, CNN x2 VL', multiplyAdds: animeMultiplyAdds * area, run: recorded((e) => anime.pass(e)) },
    {
      name: 'onnxruntime on WebGPU',
      multiplyAdds,
      async run() {
        const from = { name: 'input', elementType: 'float32', dims, buffer: input } as const
        const large = [1, 1, picture.height * 2, picture.width * 2]
        await onWebGpu.runOnBuffers(from, { name: 'output', elementType: 'float32', dims: large, buffer: output })
        await device.queue.onSubmittedWorkDone()
        return 1
      },
    },
    {
      name: 'onnxruntime on WASM',
      multiplyAdds,
      async run() {
        await onWasm.runOnBytes({ name: 'input', elementType: 'float32', dims, data: numbers.buffer }, 'output')
        return 1
      },
    },
  ]
  const best = ways.map(() => Number.POSITIVE_INFINITY)
  // The first round compiles; they take turns, so that a busy moment hits all.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { run }] of ways.entries()) {
      const began = performance.now()
      const count = await run()
      if (round > 0) best[i] = Math.min(best[i]!, (performance.now() - began) / count)
    }
  }
  const { convolutions, convolving, bytes: moved, leastBytes } = traffic(lowering, picture, variant.half ? 2 : 4)
  const peaks = await measurePeaks(gpu, rounds)
  network[Symbol.dispose]()
  gpu[Symbol.dispose]()
  device.destroy()
  return {
    adapter: grant.description,
    picture,
    variant: JSON.stringify(variant),
    speeds: ways.map(({ name, multiplyAdds: all }, i) => ({
      name,
      milliseconds: best[i]!,
      rate: all / best[i]! / 1e6,
    })),
    convolutions,
    convolving,
    // One more puts the picture where the network looks for it.
    dispatches: lowering.passes.length + 1,
    bytes: moved,
    leastBytes,
    ...peaks,
  }
}

/** In the memory's own units: groups of four channels, whether all four are used or not. */
function traffic({ network, passes, storedTensors }: Lowering, picture: Sides, bytesANumber: number) {
  const size = (id: number): number => {
    const { channels, extent } = network.tensors[id]!
    const { width, height } = sidesOf(extent, picture)
    const lanes = id === network.output ? channels : Math.ceil(channels / 4) * 4
    return width * height * lanes * (id === network.output ? 4 : bytesANumber)
  }
  const exact = (id: number): number => {
    const { channels, extent } = network.tensors[id]!
    const { width, height } = sidesOf(extent, picture)
    return width * height * channels * (id === network.output ? 4 : bytesANumber)
  }
  let bytes = 0
  for (const pass of passes) bytes += size(pass.result) + pass.reads.reduce((sum, id) => sum + size(id), 0)
  let leastBytes = 0
  for (const id of storedTensors) {
    const ends = network.operations[id]!.kind === 'input' || id === network.output
    leastBytes += exact(id) * (ends ? 1 : 2)
  }
  return {
    bytes,
    leastBytes,
    convolutions: network.operations.filter(({ kind }) => kind === 'convolution').length,
    convolving: passes.filter(({ convolution }) => convolution !== null).length,
  }
}

/** What the device reaches where a shader does nothing but multiply and add, or nothing but copy. */
async function measurePeaks({ device, software }: OwnedGpu, rounds: number) {
  const threads = software ? 1024 : 1 << 20
  const steps = 256
  const words = software ? 1 << 18 : 1 << 24
  const pipeline = (code: string) =>
    device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
    })
  const multiply = await pipeline(`
@group(0) @binding(0) var<storage, read_write> result: array<vec4f>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = vec4f(f32(id.x)) * 1e-9 + 0.999;
  var a = vec4f(1.0); var b = vec4f(2.0); var c = vec4f(3.0); var d = vec4f(4.0);
  for (var i = 0; i < ${steps}; i++) { a = a * x + x; b = b * x + x; c = c * x + x; d = d * x + x; }
  result[id.x] = a + b + c + d;
}`)
  const copy = await pipeline(`
@group(0) @binding(0) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(1) var<storage, read> given: array<vec4f>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) all: vec3u) {
  let i = id.y * all.x * 64u + id.x;
  result[i] = given[i];
}`)
  const buffers = [0, 1].map(() => device.createBuffer({ size: Math.max(words, threads) * 16, usage: STORAGE }))
  async function best(pipeline: GPUComputePipeline, count: number, groups: readonly [number, number]) {
    const entries = buffers.slice(0, count).map((buffer, binding) => ({ binding, resource: { buffer } }))
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries })
    let least = Number.POSITIVE_INFINITY
    for (let round = 0; round <= rounds; round++) {
      const began = performance.now()
      const encoder = device.createCommandEncoder()
      const pass = encoder.beginComputePass()
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, group)
      for (let i = 0; i < 4; i++) pass.dispatchWorkgroups(...groups)
      pass.end()
      device.queue.submit([encoder.finish()])
      await device.queue.onSubmittedWorkDone()
      if (round > 0) least = Math.min(least, (performance.now() - began) / 4)
    }
    return least
  }
  const arithmetic = await best(multiply, 1, [threads / 64, 1])
  const bandwidth = await best(copy, 2, [4096, words / 64 / 4096])
  for (const buffer of buffers) buffer.destroy()
  return { peakRate: (threads * steps * 16) / arithmetic / 1e6, peakBytes: (words * 32) / bandwidth / 1e6 }
}
