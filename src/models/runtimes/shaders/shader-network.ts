/** A lowered network on a device: its pipelines and parameters, and the memory that it needs for pictures of one size. */
import type { Gpu, Lease, Recorder } from '../../../gpu/types.ts'
import type { Layout } from '../../inspect.ts'
import { workgroup } from './convolution.ts'
import type { Lowering, Pass } from './cut-passes.ts'
import { type Sides, sidesOf, type TensorId } from './network.ts'
import { inputShader, type PassShader, passShader, uniformVectors } from './pass-shader.ts'
import { type Place, placeBytes, placeOf, shareMemory, type Variant } from './tensor-layout.ts'

/** The numbers of one model of a structure: weights, biases, constants. */
export interface ParameterSet extends Disposable {
  readonly buffer: GPUBuffer
}

export interface MixedPart {
  readonly set: ParameterSet
  readonly share: number
}

export interface ShaderNetwork extends Disposable {
  /** Gives back the memory between the layers; the next picture takes it anew. */
  releaseMemory(): void
  readonly lowering: Lowering
  readonly variant: Variant
  /** Those of the file that it was made of. */
  readonly ownWeights: ParameterSet
  /** Bytes of the tensors between the layers for the size last recorded. */
  readonly bytes: number
  /**
   * The numbers of another model, whose shaders are the same text. Throws where they are not, as where weights stand
   * in it.
   */
  load(lowering: Lowering): ParameterSet
  /** Two to four sets, each times its share, which sum to 1: one small dispatch, submitted at once. */
  mix(parts: readonly MixedPart[]): ParameterSet
  /**
   * Records the network on float32 tensors of the file's layout: reads `input`, whose pictures are `size` large, and
   * writes `output`. Waits for nothing. What was recorded for another size must have been submitted. Throws
   * `RangeError` where the GPU's buffers are too small for the size.
   */
  record(recorder: Encoding, parameters: ParameterSet, input: GPUBuffer, output: GPUBuffer, size: Sides): void
}

/** What of a recorder the passes use. */
export type Encoding = Pick<Recorder, 'encoder' | 'timestampWrites'>

/** WebGPU's guaranteed alignment of uniform and storage bindings. */
const alignment = 256

const alignUp = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

interface Step {
  readonly pass: Pass
  readonly shader: PassShader
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
  /** Bytes into the parameters. */
  readonly offset: number
}

interface Space extends Disposable {
  readonly size: Sides
  readonly places: ReadonlyMap<TensorId, Place>
  readonly bufferOf: (id: TensorId) => GPUBuffer
  readonly uniforms: GPUBuffer
  readonly bytes: number
  /** Bind groups by what they bind of what is not the space's own. */
  readonly bindGroups: Map<string, readonly GPUBindGroup[]>
}

/** Rejects with the compiler's or the device's own error. */
export async function compileNetwork(
  gpu: Gpu,
  label: string,
  lowering: Lowering,
  variant: Variant,
  layout: Layout,
): Promise<ShaderNetwork> {
  const { device } = gpu
  const { network, passes } = lowering
  const maxReads = Math.max(...passes.map((pass) => pass.reads.length))
  // Beside what it reads a pass binds its parameters and its result.
  if (maxReads + 2 > device.limits.maxStorageBuffersPerShaderStage) {
    throw new Error(`a layer reads ${maxReads} tensors, more than this GPU binds at once`)
  }
  const inputId = network.operations.findIndex(({ kind }) => kind === 'input')
  const opening = await compile(
    device,
    `${label}/input`,
    inputShader(network.tensors[inputId]!.channels, variant, layout),
    ['uniform', 'read-only-storage', 'storage'],
  )
  const shaders = passes.map((pass) => passShader(lowering, pass, variant, layout))
  const offsets = parameterOffsets(shaders)
  const steps = await Promise.all(
    passes.map(async (pass, i): Promise<Step> => {
      const shader = shaders[i]!
      const name = `${label}/${network.tensors[pass.result]!.name}`
      const kinds = [
        'uniform',
        shader.binding,
        ...pass.reads.map(() => 'read-only-storage' as const),
        'storage',
      ] as const
      return { pass, shader, offset: offsets.begins[i]!, ...(await compile(device, name, shader.code, kinds)) }
    }),
  )
  const mixing = await createMixing(gpu)

  function leaseParameters(): ParameterSet {
    const { UNIFORM, STORAGE, COPY_DST } = GPUBufferUsage
    const lease = gpu.pool.buffer({ size: offsets.bytes, usage: UNIFORM | STORAGE | COPY_DST }, `${label}/parameters`)
    return { buffer: lease.value, [Symbol.dispose]: () => lease[Symbol.dispose]() }
  }

  function fill(from: readonly PassShader[]): ParameterSet {
    const set = leaseParameters()
    const values = new Float32Array(offsets.bytes / 4)
    for (const [i, { parameters }] of from.entries()) values.set(parameters, offsets.begins[i]! / 4)
    device.queue.writeBuffer(set.buffer, 0, values)
    return set
  }

  const ownWeights = fill(shaders)
  let space: Space | undefined

  function spaceFor(recorder: Encoding, size: Sides): Space {
    if (space && space.size.width === size.width && space.size.height === size.height) return space
    space?.[Symbol.dispose]()
    space = undefined
    space = leaseSpace(gpu, label, lowering, variant, inputId, recorder, size)
    return space
  }

  function bind(space: Space, parameters: GPUBuffer, input: GPUBuffer, output: GPUBuffer): readonly GPUBindGroup[] {
    const key = [parameters, input, output].map(serialOf).join()
    const cachedGroups = space.bindGroups.get(key)
    if (cachedGroups) return cachedGroups
    const group = (layout: GPUBindGroupLayout, resources: readonly GPUBindingResource[]) =>
      device.createBindGroup({ label, layout, entries: resources.map((resource, binding) => ({ binding, resource })) })
    const groups = [
      group(opening.layout, [
        { buffer: space.uniforms, offset: 0, size: 48 },
        { buffer: input },
        { buffer: space.bufferOf(inputId) },
      ]),
      ...steps.map(({ pass, shader, layout, offset }, i) =>
        group(layout, [
          { buffer: space.uniforms, offset: (i + 1) * uniformStride(passes), size: uniformVectors(pass) * 16 },
          { buffer: parameters, offset, size: Math.max(16, shader.parameters.byteLength) },
          ...pass.reads.map((id) => ({ buffer: space.bufferOf(id) })),
          { buffer: pass.result === network.output ? output : space.bufferOf(pass.result) },
        ]),
      ),
    ]
    // As many as two places of a dial need, twice.
    if (space.bindGroups.size >= 4) space.bindGroups.clear()
    space.bindGroups.set(key, groups)
    return groups
  }

  return {
    lowering,
    variant,
    ownWeights,
    get bytes() {
      return space?.bytes ?? 0
    },
    load(other) {
      const otherShaders = other.passes.map((pass) => passShader(other, pass, variant, layout))
      if (otherShaders.length !== shaders.length || otherShaders.some(({ code }, i) => code !== shaders[i]!.code)) {
        throw new Error(`${label}: the shaders of the other model are others`)
      }
      return fill(otherShaders)
    },
    mix(parts) {
      const mixedParameters = leaseParameters()
      mixing.run(parts, mixedParameters, offsets.bytes)
      return mixedParameters
    },
    record(recorder, parameters, input, output, size) {
      const here = spaceFor(recorder, size)
      const groups = bind(here, parameters.buffer, input, output)
      const timestampWrites = recorder.timestampWrites?.()
      const encoder = recorder.encoder.beginComputePass({ label, ...(timestampWrites ? { timestampWrites } : {}) })
      encoder.setPipeline(opening.pipeline)
      encoder.setBindGroup(0, groups[0]!)
      encoder.dispatchWorkgroups(Math.ceil(size.width / workgroup[0]), Math.ceil(size.height / workgroup[1]))
      for (const [i, { pass, shader, pipeline }] of steps.entries()) {
        encoder.setPipeline(pipeline)
        encoder.setBindGroup(0, groups[i + 1]!)
        if (shader.pixels) {
          const { width, height } = sidesOf(pass.grid, size)
          encoder.dispatchWorkgroups(Math.ceil(width / shader.pixels[0]), Math.ceil(height / shader.pixels[1]))
        } else encoder.dispatchWorkgroups(here.places.get(pass.result)!.groups)
      }
      encoder.end()
    },
    releaseMemory() {
      space?.[Symbol.dispose]()
      space = undefined
    },
    [Symbol.dispose]() {
      space?.[Symbol.dispose]()
      space = undefined
      ownWeights[Symbol.dispose]()
    },
  }
}

/** Where each pass's parameters begin in the buffer of all, and how long that is, in bytes. */
function parameterOffsets(shaders: readonly PassShader[]) {
  let bytes = 0
  const begins = shaders.map(({ parameters }) => {
    const begin = bytes
    bytes += alignUp(Math.max(16, parameters.byteLength))
    return begin
  })
  return { begins, bytes }
}

let nextSerial = 1
const serials = new WeakMap<GPUBuffer, number>()

/** A number for each buffer, since buffers have no name of their own. */
function serialOf(buffer: GPUBuffer): number {
  const serial = serials.get(buffer)
  if (serial !== undefined) return serial
  serials.set(buffer, nextSerial)
  return nextSerial++
}

const mixThreads = 64
/** A dispatch has at most 65535 groups along one axis. */
const mixRow = 32768

const mixShader = `
@group(0) @binding(0) var<uniform> shares: vec4f;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read> c: array<vec4f>;
@group(0) @binding(4) var<storage, read> d: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> mixed: array<vec4f>;
@compute @workgroup_size(${mixThreads})
fn main(@builtin(workgroup_id) block: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = (block.y * ${mixRow}u + block.x) * ${mixThreads}u + thread;
  if (i >= arrayLength(&mixed)) { return; }
  let first = a[i];
  mixed[i] = first + (b[i] - first) * shares.y + (c[i] - first) * shares.z + (d[i] - first) * shares.w;
}
`

/** As many as meet between the places of two dials. */
const maxMixed = 4

/** Mixes the parameters of up to four models of one structure, in one small dispatch; the first stands for those that there are not. */
async function createMixing({ device, pool }: Gpu) {
  const label = 'models/mix'
  const readBindings = Array.from({ length: maxMixed }, () => 'read-only-storage' as const)
  const { pipeline, layout } = await compile(device, label, mixShader, ['uniform', ...readBindings, 'storage'])
  return {
    /** Submits at once. `bytes`: of each of the sets. */
    run(parts: readonly MixedPart[], mixedParameters: ParameterSet, bytes: number) {
      const [first] = parts
      if (!first || parts.length > maxMixed)
        throw new RangeError(`one to ${maxMixed} models are mixed, not ${parts.length}`)
      const shares = Float32Array.from({ length: maxMixed }, (_, i) => parts[i]?.share ?? 0)
      const sets = Array.from({ length: maxMixed }, (_, i) => (parts[i] ?? first).set)
      const { UNIFORM, COPY_DST } = GPUBufferUsage
      using uniforms = pool.buffer({ size: 16, usage: UNIFORM | COPY_DST }, label)
      device.queue.writeBuffer(uniforms.value, 0, shares)
      const resources = [uniforms.value, ...sets.map(({ buffer }) => buffer), mixedParameters.buffer]
      const entries = resources.map((buffer, binding) => ({ binding, resource: { buffer } }))
      const encoder = device.createCommandEncoder({ label })
      const pass = encoder.beginComputePass({ label })
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, device.createBindGroup({ label, layout, entries }))
      const groups = Math.ceil(bytes / 16 / mixThreads)
      pass.dispatchWorkgroups(Math.min(groups, mixRow), Math.ceil(groups / mixRow))
      pass.end()
      device.queue.submit([encoder.finish()])
    },
  }
}

/** Bytes from one pass's uniforms to the next one's. */
const uniformStride = (passes: readonly Pass[]): number =>
  alignUp(Math.max(...passes.map((pass) => uniformVectors(pass) * 16)))

interface Compiled {
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
}

/** Models of one structure, and a model that is opened again, find their shaders compiled. */
const compiledOnDevice = new WeakMap<GPUDevice, Map<string, Promise<Compiled>>>()

function compile(
  device: GPUDevice,
  label: string,
  code: string,
  kinds: readonly GPUBufferBindingType[],
): Promise<Compiled> {
  const compiledByKey = compiledOnDevice.get(device) ?? new Map<string, Promise<Compiled>>()
  compiledOnDevice.set(device, compiledByKey)
  const key = `${kinds.join()}\n${code}`
  const cachedCompile = compiledByKey.get(key)
  if (cachedCompile) return cachedCompile
  const promise = compileAnew(device, label, code, kinds)
  compiledByKey.set(key, promise)
  return promise
}

async function compileAnew(
  device: GPUDevice,
  label: string,
  code: string,
  kinds: readonly GPUBufferBindingType[],
): Promise<Compiled> {
  // The mistake is thrown below; without the scope it would also come out as an uncaptured error.
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ label, code })
  const scope = device.popErrorScope()
  const [info] = await Promise.all([module.getCompilationInfo(), scope])
  const mistake = info.messages.find((message) => message.type === 'error')
  if (mistake) {
    const line = code.split('\n')[mistake.lineNum - 1]?.trim() ?? ''
    throw new Error(`${label}: WGSL line ${mistake.lineNum}: ${mistake.message} (in “${line.slice(0, 200)}”)`)
  }
  const layout = device.createBindGroupLayout({
    label,
    entries: kinds.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
  })
  const pipeline = await device.createComputePipelineAsync({
    label,
    layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: 'main' },
  })
  return { pipeline, layout }
}

function leaseSpace(
  gpu: Gpu,
  label: string,
  lowering: Lowering,
  variant: Variant,
  inputId: TensorId,
  recorder: Encoding,
  size: Sides,
): Space {
  const { device, pool } = gpu
  const { network, passes, storedTensors } = lowering
  const places = new Map([...storedTensors].map((id) => [id, placeOf(lowering, id, size)] as const))
  const sharedMemory = shareMemory(lowering)
  const leases = new Map<number, Lease<GPUBuffer>>()
  const dispose = () => {
    for (const lease of leases.values()) lease[Symbol.dispose]()
    leases.clear()
  }
  const limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize)
  let bytes = 0
  for (const [id, number] of sharedMemory) {
    if (number < 0 || leases.has(number)) continue
    const length = placeBytes(places.get(id)!, variant.half)
    if (length > limit) {
      dispose()
      throw new RangeError(`a layer of ${length} bytes exceeds the limit of ${limit} bytes`)
    }
    bytes += length
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
    leases.set(number, pool.buffer({ size: length, usage }, `${label}/layers`))
  }
  // What was lent before may hold anything; around the pictures must be zeros.
  for (const lease of leases.values()) recorder.encoder.clearBuffer(lease.value)
  const stride = uniformStride(passes)
  const words = new Int32Array(((passes.length + 1) * stride) / 4)
  const put = (at: number, grid: Sides, tensors: readonly TensorId[]) => {
    words.set([grid.width, grid.height], at)
    tensors.forEach((id, i) => {
      const { border, stride: row, plane, width, height } = places.get(id)!
      words.set([border * row + border, row, plane, 0, width, height], at + 4 + 8 * i)
    })
  }
  put(0, size, [inputId])
  passes.forEach((pass, i) => {
    put(((i + 1) * stride) / 4, sidesOf(pass.grid, size), [...pass.reads, pass.result])
  })
  const uniforms = pool.buffer(
    { size: words.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST },
    `${label}/places`,
  )
  device.queue.writeBuffer(uniforms.value, 0, words)
  return {
    size,
    places,
    bytes,
    uniforms: uniforms.value,
    bufferOf: (id) => {
      const number = sharedMemory.get(id)
      const lease = number === undefined ? undefined : leases.get(number)
      if (!lease) throw new Error(`tensor ${id} of ${network.tensors[id]?.name} has no memory`)
      return lease.value
    },
    bindGroups: new Map(),
    [Symbol.dispose]() {
      dispose()
      uniforms[Symbol.dispose]()
    },
  }
}
