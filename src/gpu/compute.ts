/**
 * Compute passes by names. A pass says what it reads, writes and is told; binding numbers, the uniform struct,
 * the bounds check and the dispatch size are made here, so that no shader can disagree with its bindings.
 */
import type { ComputeBindings, ComputePass, ComputeSpec, GpuScalar, ReadKind, Recorder, UniformTypes } from './types.ts'
import { layoutUniforms } from './uniforms.ts'
import { wgslLibrary } from './wgsl/wgsl-library.ts'

const sampledTypes = { float: 'texture_2d<f32>', uint: 'texture_2d<u32>', external: 'texture_external' } as const

const isSampled = (kind: ReadKind): kind is keyof typeof sampledTypes => kind in sampledTypes

const readType = (kind: ReadKind): string =>
  isSampled(kind) ? sampledTypes[kind] : `texture_storage_2d<${kind}, read>`

/** Bind groups a pass keeps: a ring of pooled textures in a steady render comes round within a few frames. */
const keptBindGroups = 32

/** Where the points end that are run over, and in pieces where they begin. */
const extentField = 'extent_'
const cornerField = 'piece_'
/** Points of a row that a workgroup goes through, where its threads take several each. */
const stretchField = 'stretch_'

/** How a pass is spread over threads. */
interface Threads {
  /** Of a workgroup. */
  readonly group: readonly [width: number, height: number]
  /** Each thread takes one point after the other along a row. */
  readonly inRows: boolean
}

/** Where a pass does not say: squares read what lies close together. */
const groupOfGpu = [8, 8] as const
/** A CPU that plays a GPU pays for each group, and runs four threads of a row at once: by 64 a row it is done in two thirds of the time. */
const groupOfSoftware = [64, 1] as const
/**
 * It also pays for each thread: to begin one, and to read its uniforms, takes as long as some thirty additions. Threads that go along a row and
 * read them once were done in two thirds of the time (Residual Blend and Grain, 640×360).
 */
const groupInRows = [16, 1] as const
/** So many turns a thread at most, and so many groups at least, as long as there are points for them: processors share groups. */
const maxTurns = 64
const groupsToShare = 64

function threadsOf({ workgroup, inPieces }: ComputeSpec, software: boolean): Threads {
  if (workgroup || !software || inPieces)
    return { group: workgroup ?? (software ? groupOfSoftware : groupOfGpu), inRows: false }
  return { group: groupInRows, inRows: true }
}

/** Of a row, for a workgroup. */
function stretchOf(width: number, height: number): number {
  const [threads] = groupInRows
  const turns = Math.floor((width * height) / (threads * groupsToShare))
  return threads * Math.min(maxTurns, Math.max(1, turns))
}

const ownUniforms = ({ inPieces }: ComputeSpec, { inRows }: Threads): UniformTypes => ({
  [extentField]: 'vec2u',
  ...(inPieces ? { [cornerField]: 'vec2u' } : {}),
  ...(inRows ? { [stretchField]: 'u32' } : {}),
})

const entryWgsl = ({ inPieces }: ComputeSpec, { group: [x, y], inRows }: Threads): string => {
  if (inRows)
    return `@compute @workgroup_size(${x}, ${y})
fn entry(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u) {
  u = uniforms_;
  let begin = group.x * u.${stretchField};
  let end = min(begin + u.${stretchField}, u.${extentField}.x);
  for (var x = begin + thread.x; x < end; x += ${x}u) { main(vec2u(x, group.y)); }
}`
  const here = inPieces ? `(id.xy + u.${cornerField})` : 'id.xy'
  return `@compute @workgroup_size(${x}, ${y})
fn entry(@builtin(global_invocation_id) id: vec3u) {
  if (any(${here} >= u.${extentField})) { return; }
  main(${here});
}`
}

/** The whole WGSL module of `spec`; exported so that tests can read it without a GPU. */
export function generateComputeWgsl(spec: ComputeSpec, software = false): string {
  const threads = threadsOf(spec, software)
  let binding = 1
  const lines = [
    layoutUniforms({ ...ownUniforms(spec, threads), ...spec.uniforms }).wgsl('Uniforms'),
    ...(threads.inRows
      ? ['@group(0) @binding(0) var<uniform> uniforms_: Uniforms;', 'var<private> u: Uniforms;']
      : ['@group(0) @binding(0) var<uniform> u: Uniforms;']),
    ...Object.entries(spec.reads ?? {}).map(
      ([name, kind]) => `@group(0) @binding(${binding++}) var ${name}: ${readType(kind)};`,
    ),
    ...Object.entries(spec.writes ?? {}).map(
      ([name, format]) => `@group(0) @binding(${binding++}) var ${name}: texture_storage_2d<${format}, write>;`,
    ),
    ...Object.entries(spec.buffers ?? {}).map(
      ([name, { type, access }]) => `@group(0) @binding(${binding++}) var<storage, ${access}> ${name}: ${type};`,
    ),
  ]
  return `${wgslLibrary(spec.wgsl)}
${lines.join('\n')}
${spec.wgsl}
${entryWgsl(spec, threads)}
`
}

/** A shader that does not compile: what the compiler says, and of which line. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError'
  /** The whole text that was compiled. */
  readonly module: string
  /** From 1, in that text. */
  readonly line: number
  readonly column: number
  readonly reason: string

  constructor(label: string, module: string, { lineNum, linePos, message }: GPUCompilationMessage) {
    const text = module.split('\n')[lineNum - 1]?.trim() ?? ''
    super(`${label}: WGSL line ${lineNum}: ${message} (in “${text}”)`)
    this.module = module
    this.line = lineNum
    this.column = linePos
    this.reason = message
  }
}

let nextSerial = 1
const serials = new WeakMap<object, number>()
function serial(resource: object): number {
  const existing = serials.get(resource)
  if (existing !== undefined) return existing
  const serial = nextSerial++
  serials.set(resource, serial)
  return serial
}

/** Compiles `spec`. Rejects with a `ShaderError` of the compiler's first error. */
export async function createComputePass(device: GPUDevice, spec: ComputeSpec, software: boolean): Promise<ComputePass> {
  const { label } = spec
  const threads = threadsOf(spec, software)
  const code = generateComputeWgsl(spec, software)
  // The mistake is thrown below; without the scope it would also come out as an uncaptured error.
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ label, code })
  const scope = device.popErrorScope()
  const [info] = await Promise.all([module.getCompilationInfo(), scope])
  const mistake = info.messages.find((message) => message.type === 'error')
  if (mistake) throw new ShaderError(label, code, mistake)

  const names = {
    reads: Object.entries(spec.reads ?? {}),
    writes: Object.entries(spec.writes ?? {}),
    buffers: Object.entries(spec.buffers ?? {}),
  }
  const uniforms = layoutUniforms({ ...ownUniforms(spec, threads), ...spec.uniforms })
  const visibility = GPUShaderStage.COMPUTE
  const entries: GPUBindGroupLayoutEntry[] = [
    {
      binding: 0,
      visibility,
      buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: uniforms.byteLength },
    },
  ]
  for (const [, kind] of names.reads) {
    const binding = entries.length
    if (!isSampled(kind)) entries.push({ binding, visibility, storageTexture: { format: kind, access: 'read-only' } })
    else if (kind === 'external') entries.push({ binding, visibility, externalTexture: {} })
    else entries.push({ binding, visibility, texture: { sampleType: kind === 'uint' ? 'uint' : 'unfilterable-float' } })
  }
  for (const [, format] of names.writes) {
    entries.push({ binding: entries.length, visibility, storageTexture: { format, access: 'write-only' } })
  }
  for (const [, { access }] of names.buffers) {
    entries.push({
      binding: entries.length,
      visibility,
      buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
    })
  }
  const layout = device.createBindGroupLayout({ label, entries })
  const pipeline = await device.createComputePipelineAsync({
    label,
    layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
    compute: { module, entryPoint: 'entry' },
  })
  const [workgroupX, workgroupY] = threads.group
  const bindGroups = new Map<string, GPUBindGroup>()
  // An external texture lives for one task only: its bind group cannot be used again.
  const lasting = names.reads.every(([, kind]) => kind !== 'external')

  function bound<T>(resources: Readonly<Record<string, T>> | undefined, name: string): T {
    const resource = resources?.[name]
    if (resource === undefined) throw new Error(`${label}: nothing bound to ${name}`)
    return resource
  }

  function bindGroup(bindings: ComputeBindings, uniformBuffer: GPUBuffer): GPUBindGroup {
    // Once for every pass of every frame: nothing is allocated for what is known.
    let key = `${serial(uniformBuffer)}`
    for (const [name] of names.reads) key += `,${serial(bound(bindings.reads, name))}`
    for (const [name] of names.writes) key += `,${serial(bound(bindings.writes, name))}`
    for (const [name] of names.buffers) key += `,${serial(bound(bindings.buffers, name))}`
    const lastingGroup = lasting ? bindGroups.get(key) : undefined
    if (lastingGroup) return lastingGroup
    const textures = [
      ...names.reads.map(([name]) => bound(bindings.reads, name)),
      ...names.writes.map(([name]) => bound(bindings.writes, name)),
    ]
    const buffers = names.buffers.map(([name]) => bound(bindings.buffers, name))
    const resources: GPUBindingResource[] = [
      { buffer: uniformBuffer, size: uniforms.byteLength },
      ...textures.map((texture) => ('createView' in texture ? texture.createView() : texture)),
      ...buffers.map((buffer) => ({ buffer })),
    ]
    const bindGroup = device.createBindGroup({
      label,
      layout,
      entries: resources.map((resource, binding) => ({ binding, resource })),
    })
    if (lasting) {
      bindGroups.set(key, bindGroup)
      if (bindGroups.size > keptBindGroups) {
        for (const oldest of bindGroups.keys()) {
          bindGroups.delete(oldest)
          break
        }
      }
    }
    return bindGroup
  }

  return {
    workgroup: [workgroupX, workgroupY],
    record(recorder: Recorder, bindings: ComputeBindings) {
      const { width, height } = bindings.piece ?? bindings.size
      // A region that says how many points there are has a corner of its own, at which they do not begin.
      const { x, y } = bindings.piece ?? { x: 0, y: 0 }
      if (bindings.piece && !spec.inPieces) throw new Error(`${label}: it cannot be run over a piece`)
      const stretch = threads.inRows ? stretchOf(width, height) : workgroupX
      let onGpu: [source: GpuScalar, at: number][] | undefined
      const { buffer, offset } = recorder.uniform(
        uniforms.pack(
          {
            [extentField]: [x + width, y + height],
            ...(spec.inPieces ? { [cornerField]: [x, y] } : {}),
            ...(threads.inRows ? { [stretchField]: stretch } : {}),
          },
          bindings.uniforms,
          (source, at) => {
            onGpu ??= []
            onGpu.push([source, at])
          },
        ),
      )
      // What is packed is written before all that is recorded, so this comes after it.
      for (const [source, at] of onGpu ?? [])
        recorder.encoder.copyBufferToBuffer(source.buffer, source.offset, buffer, offset + at, 4)
      const timestampWrites = recorder.timestampWrites?.()
      const pass = recorder.encoder.beginComputePass({ label, ...(timestampWrites ? { timestampWrites } : {}) })
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, bindGroup(bindings, buffer), [offset])
      pass.dispatchWorkgroups(Math.ceil(width / stretch), Math.ceil(height / workgroupY))
      pass.end()
    },
  }
}
