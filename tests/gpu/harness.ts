/**
 * Runs single nodes on a real GPU without the engine: numbers in, numbers out. What the engine adds around
 * them (order, caching, media) is not here; `conformance.test.ts` goes through the executor.
 */

import type { OpenAsset } from '../../src/assets/asset-store.ts'
import { CodeWatch } from '../../src/engine/run/code-watch.ts'
import { pixelNode } from '../../src/engine/run/prepare-step.ts'
import { requestDevice } from '../../src/gpu/device.ts'
import { createFields } from '../../src/gpu/field.ts'
import { createGpu, type OwnedGpu } from '../../src/gpu/gpu.ts'
import { generatePixelUnit } from '../../src/gpu/pixel.ts'
import type { FrameRecorder, FrameTime, Gpu, GpuPicture, Recorder, Table } from '../../src/gpu/types.ts'
import { endpointKey, type FlatId } from '../../src/graph/document/document.ts'
import type { AssetFacts, ModelFacts } from '../../src/graph/node/facts.ts'
import { needOf, ownFrame } from '../../src/graph/node/needs.ts'
import type { PictureDesc, ValueDesc } from '../../src/graph/node/ports.ts'
import { oneForOne } from '../../src/graph/node/rate.ts'
import type { InputSource, PlanStep, ValueId } from '../../src/graph/plan/execution-plan.ts'
import { wholeOf } from '../../src/graph/plan/region.ts'
import type { Models } from '../../src/models/types.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import type { FrameSet, Prepare, TableContext } from '../../src/nodes/kernel.ts'

/** Numbers of a picture, row by row, channels interleaved: 4 channels for an image (RGBA), 1 for a mask. */
export interface Numbers {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 4
  readonly data: Float32Array
}

export interface Bench {
  readonly gpu: OwnedGpu
  readonly recorder: FrameRecorder
  /** GPU validation errors since the last call; a passing test has none. */
  takeErrors(): string[]
  close(): void
}

export async function openBench(): Promise<Bench> {
  const grant = await requestDevice()
  const gpu = createGpu(grant)
  const recorder = gpu.recorder()
  let errors: string[] = []
  grant.device.addEventListener('uncapturederror', (event) => errors.push(event.error.message))
  return {
    gpu,
    recorder,
    takeErrors() {
      const taken = errors
      errors = []
      return taken
    },
    close() {
      gpu[Symbol.dispose]()
      grant.device.destroy()
    },
  }
}

const floatBits = new DataView(new ArrayBuffer(4))

/** IEEE 754 binary16, round to nearest, ties to even; the values of pictures (no infinity). */
export function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  // Below 2^-14 the spacing is 2^-24.
  if (magnitude < 2 ** -14) return sign | nearestEven(magnitude * 2 ** 24)
  floatBits.setFloat32(0, magnitude)
  const exponent = ((floatBits.getUint32(0) >>> 23) & 0xff) - 127
  return sign | (((exponent + 14) << 10) + nearestEven(magnitude * 2 ** (10 - exponent)))
}

function nearestEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/** The value of each pattern of 16 bits: pictures are read back by the million numbers. */
const halves = Float32Array.from({ length: 1 << 16 }, (_, bits) => fromHalf(bits))

export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

export const imageDesc = (width: number, height: number): PictureDesc => ({
  type: 'image',
  width,
  height,
  format: 'rgba16float',
  frameRate: 24,
})
export const maskDesc = (width: number, height: number): PictureDesc => ({
  type: 'mask',
  width,
  height,
  format: 'r32float',
  frameRate: 24,
})

/** A picture from a function of the pixel: RGB or RGBA for an image, a number for a mask. */
export function draw(
  width: number,
  height: number,
  at: (x: number, y: number) => number | readonly [number, number, number] | readonly [number, number, number, number],
): Numbers {
  const mask = typeof at(0, 0) === 'number'
  const channels = mask ? 1 : 4
  const data = new Float32Array(width * height * channels)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const value = at(x, y)
      data.set(typeof value === 'number' ? [value] : [...value, 1].slice(0, 4), (y * width + x) * channels)
    }
  return { width, height, channels, data }
}

/** The numbers as a picture on the GPU, images in half floats. The caller destroys the texture. */
export function upload({ gpu }: Bench, { width, height, channels, data }: Numbers): GpuPicture {
  const desc = channels === 1 ? maskDesc(width, height) : imageDesc(width, height)
  const texture = emptyPicture(gpu, desc).texture
  const bytes = channels === 1 ? new Float32Array(data) : Uint16Array.from(data, toHalf)
  gpu.device.queue.writeTexture({ texture }, bytes, { bytesPerRow: width * (channels === 1 ? 4 : 8) }, [width, height])
  return { texture, desc, part: wholeOf(desc) }
}

export function emptyPicture(gpu: OwnedGpu, desc: PictureDesc): GpuPicture {
  const texture = gpu.device.createTexture({
    label: 'test',
    size: [desc.width, desc.height],
    format: desc.format,
    usage:
      GPUTextureUsage.TEXTURE_BINDING |
      GPUTextureUsage.STORAGE_BINDING |
      GPUTextureUsage.COPY_SRC |
      GPUTextureUsage.COPY_DST |
      GPUTextureUsage.RENDER_ATTACHMENT,
  })
  return { texture, desc, part: wholeOf(desc) }
}

/** Submits what is recorded and reads back what there is of the picture. */
export async function download(
  { gpu, recorder }: { readonly gpu: Gpu; readonly recorder: Recorder },
  { texture, desc, part }: GpuPicture,
): Promise<Numbers> {
  const { width, height } = part
  const channels = desc.format === 'rgba16float' ? 4 : 1
  const bytesPerRow = Math.ceil((width * (channels === 1 ? 4 : 8)) / 256) * 256
  const buffer = gpu.device.createBuffer({
    label: 'test/download',
    size: bytesPerRow * height,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  })
  recorder.encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow }, [width, height])
  recorder.submit()
  await buffer.mapAsync(GPUMapMode.READ)
  const mapped = buffer.getMappedRange()
  const data = new Float32Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    const first = y * width * channels
    if (channels === 1) data.set(new Float32Array(mapped, y * bytesPerRow, width), first)
    else {
      const row = new Uint16Array(mapped, y * bytesPerRow, width * 4)
      for (let i = 0; i < row.length; i++) data[first + i] = halves[row[i]!]!
    }
  }
  buffer.destroy()
  return { width, height, channels, data }
}

export const defaults = (definition: NodeDefinition): Record<string, unknown> =>
  Object.fromEntries(Object.entries(definition.params).map(([name, spec]) => [name, spec.default]))

const frameTime = (index: number): FrameTime => ({ index, timestamp: index / 24, duration: 1 / 24 })

const absent = (what: string): never => {
  throw new Error(`a node under test asked for ${what}`)
}

export interface RunOptions {
  readonly params?: Readonly<Record<string, unknown>>
  readonly frame?: number
  readonly models?: Models
  /** Facts of the model that the params name. */
  readonly model?: ModelFacts
}

const contents = new WeakMap<GPUTexture, string>()
let seen = 0

/** A picture, or frames of it by their offset, as a node is given them; each texture counts as a content of its own. */
export function frameSet(given: GpuPicture | ReadonlyMap<number, GpuPicture>): FrameSet {
  const frames = given instanceof Map ? (given as ReadonlyMap<number, GpuPicture>) : new Map([[0, given as GpuPicture]])
  const at = (offset: number) => {
    const picture = frames.get(offset)!
    const content = contents.get(picture.texture) ?? `picture ${++seen}`
    contents.set(picture.texture, content)
    return { ...picture, content }
  }
  return { ...at(0), offsets: [...frames.keys()].sort((a, b) => a - b), at }
}

export interface RunningNode {
  /** `changed`: values of `uniform` params that are now others than at the preparation. */
  run(
    inputs: Readonly<Record<string, GpuPicture | ReadonlyMap<number, GpuPicture>>>,
    frame: number,
    changed?: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, GpuPicture>>>
  close(): Promise<void>
}

/** Prepares a `pass` or `async` node for inputs of these sizes. Its output pictures are its own and reused; a number is one pixel. */
export async function prepareNode(
  bench: Bench,
  definition: NodeDefinition,
  inputs: Readonly<Record<string, PictureDesc>>,
  options: RunOptions = {},
): Promise<RunningNode> {
  const { gpu, recorder } = bench
  const params = { ...defaults(definition), ...options.params } as Prepare['params']
  const signal = new AbortController().signal
  const inferred = definition.infer(inputs, params, { media: () => undefined, model: () => options.model })
  if ('problem' in inferred) throw new Error(JSON.stringify(inferred.problem))
  const outputDescs = inferred as Readonly<Record<string, ValueDesc>>
  const outputs = Object.fromEntries(
    Object.entries(outputDescs).map(([name, desc]) => [name, emptyPicture(gpu, desc as PictureDesc)]),
  )
  const given: Prepare = {
    gpu,
    media: {
      open: () => absent('media'),
      mastering: () => absent('media'),
      createSink: () => absent('a sink'),
      createSampleSink: () => absent('a sink'),
      createPictureSink: () => absent('a sink'),
      createAnimationSink: () => absent('a sink'),
      createNumbersSink: () => absent('a sink'),
    },
    open: () => absent('a file'),
    models: options.models ?? { open: () => absent('a model') },
    upload: () => absent('an upload'),
    download: {
      videoFrame: () => absent('a frame'),
      frames: () => absent('a frame'),
      rgba8: () => absent('pixels'),
      png: () => absent('a PNG'),
      samples: () => absent('samples'),
    },
    runtime: 'auto',
    inputs,
    outputs: outputDescs,
    params,
    signal,
  }
  const { kernel } = definition
  if (kernel.kind !== 'pass' && kernel.kind !== 'async') throw new Error(`${definition.type} is a ${kernel.kind} node`)
  const instance = await kernel.prepare(given)
  return {
    async run(pictures, frame, changed = {}) {
      const now = { ...params, ...changed } as Prepare['params']
      const frames = Object.fromEntries(Object.entries(pictures).map(([name, picture]) => [name, frameSet(picture)]))
      const run = { time: frameTime(frame), recorder, inputs: frames, outputs, params: now, signal }
      if ('record' in instance) instance.record(run)
      else await instance.run(run)
      return outputs
    },
    async close() {
      await instance.dispose?.()
      for (const { texture } of Object.values(outputs)) texture.destroy()
    },
  }
}

/** Numbers through one `pass` or `async` node. */
export async function runNode(
  bench: Bench,
  definition: NodeDefinition,
  inputs: Readonly<Record<string, Numbers>>,
  options: RunOptions = {},
): Promise<Readonly<Record<string, Numbers>>> {
  const pictures = Object.fromEntries(Object.entries(inputs).map(([name, numbers]) => [name, upload(bench, numbers)]))
  const descs = Object.fromEntries(Object.entries(pictures).map(([name, { desc }]) => [name, desc]))
  const node = await prepareNode(bench, definition, descs, options)
  const outputs = await node.run(pictures, options.frame ?? 0)
  const result: Record<string, Numbers> = {}
  for (const [name, picture] of Object.entries(outputs)) result[name] = await download(bench, picture)
  await node.close()
  for (const { texture } of Object.values(pictures)) texture.destroy()
  return result
}

/** A pixel node in a chain: an input is numbers, the output of an earlier link (by its position), or absent. */
export interface Link {
  readonly definition: NodeDefinition
  readonly inputs: Readonly<Record<string, Numbers | number>>
  readonly params?: Readonly<Record<string, unknown>>
  readonly assets?: LinkAssets
}

/** The files that a link's params name. */
export interface LinkAssets {
  readonly facts: AssetFacts
  readonly open: OpenAsset
}

/** What a link reads beside its inputs: numbers made of its params and files. */
async function tablesOf(
  { definition: { kernel }, assets }: Link,
  params: TableContext['params'],
): Promise<Record<string, Table>> {
  const makers = Object.entries((kernel.kind === 'pixel' && kernel.tables) || {})
  const open: OpenAsset = assets?.open ?? (() => absent('a file'))
  return Object.fromEntries(
    await Promise.all(makers.map(async ([name, make]) => [name, await make({ open, params })] as const)),
  )
}

/** Runs pixel nodes as one fused unit and gives the output of the last. All pictures have one size. */
export async function runFused(bench: Bench, links: readonly Link[], frame = 0): Promise<Numbers> {
  const { gpu, recorder } = bench
  const ids = links.map((_, i) => `n${i}` as FlatId)
  const reads: GpuPicture[] = []
  const inputs: Record<FlatId, Record<string, InputSource>> = {}
  links.forEach((link, i) => {
    const sources: Record<string, InputSource> = {}
    for (const [port, given] of Object.entries(link.inputs)) {
      if (typeof given === 'number') {
        const [output] = Object.keys(links[given]!.definition.outputs)
        sources[port] = { kind: 'local', from: { node: ids[given]!, port: output! } }
      } else {
        sources[port] = { kind: 'value', value: reads.length as ValueId }
        reads.push(upload(bench, given))
      }
    }
    inputs[ids[i]!] = sources
  })
  const target = reads.length as ValueId
  const values = reads.map((_, i) => i as ValueId)
  const step: PlanStep = {
    kind: 'pixel',
    nodes: ids,
    inputs,
    needs: Object.fromEntries(links.map((link, i) => [ids[i]!, pixelNeeds(link.definition, link.params)])),
    reads: values.map((value) => ({ value, frames: ownFrame, as: 'texture' as const })),
    writes: [target],
    rate: oneForOne,
    ahead: 0,
    period: 1,
  }
  const { width, height } = reads[0]!.desc
  const last = links.at(-1)!
  const desc =
    Object.values(last.definition.outputs)[0]!.type === 'mask' ? maskDesc(width, height) : imageDesc(width, height)
  const paramsOf = (id: FlatId) => {
    const link = links[ids.indexOf(id)]!
    return { ...defaults(link.definition), ...link.params }
  }
  const linkOf = (id: FlatId) => links[ids.indexOf(id)]!
  const nodeOf = (id: FlatId) => pixelNode(linkOf(id).definition, paramsOf(id), linkOf(id).assets?.facts)
  const output = endpointKey({ node: ids.at(-1)!, port: Object.keys(last.definition.outputs)[0]! })
  const unit = generatePixelUnit(step, nodeOf, new Map([[output, { value: target, format: desc.format }]]))
  using fields = new DisposableStack()
  const own = new Map<FlatId, Readonly<Record<string, GPUTexture>>>()
  for (const { node } of unit.fields)
    if (!own.has(node)) {
      const tables = await tablesOf(linkOf(node), paramsOf(node) as TableContext['params'])
      const made = fields.use(await createFields(gpu, nodeOf(node), desc, tables))
      own.set(node, made.textures(recorder, paramsOf(node)))
    }
  const pass = await gpu.compute(unit.spec)
  const made = emptyPicture(gpu, desc)
  const bindings = {
    reads: Object.fromEntries([
      ...unit.textures.map(({ name, value }) => [name, reads[value]!.texture] as const),
      ...unit.fields.map(({ name, node, field }) => [name, own.get(node)![field]!] as const),
    ]),
    writes: { [unit.writeName(target)]: made.texture },
    uniforms: unit.uniforms(
      frame,
      paramsOf,
      () => 0,
      { read: () => made, written: () => made },
      (_, work) => work(),
    ),
    size: desc,
  }
  using watch = new CodeWatch(gpu.device, 30_000)
  const code = watch.frame(recorder)
  if (unit.codeNodes.length === 0) pass.record(recorder, bindings)
  else
    await code.run({
      nodes: unit.codeNodes,
      pass,
      pace: unit.pace(bindings.uniforms),
      size: desc,
      signal: new AbortController().signal,
      record: (buffers, piece) => pass.record(recorder, { ...bindings, buffers, piece }),
    })
  const result = await download(bench, made)
  await code.read()
  for (const { texture } of [...reads, made]) texture.destroy()
  return result
}

const noFacts = { media: () => undefined, model: () => undefined }

/** What a plan says of the needs of a pixel node that looks at its own frame alone. */
function pixelNeeds(definition: NodeDefinition, params: RunOptions['params']): PlanStep['needs'][FlatId] {
  const values = { ...defaults(definition), ...params }
  const needs = Object.keys(definition.inputs).map(
    (name) => [name, needOf(definition, name, values, { ratio: 1, facts: noFacts })] as const,
  )
  return Object.fromEntries(needs.filter(([, { around }]) => around))
}

/** Largest absolute difference, over the colour channels of images (alpha apart) or the one of masks. */
export function largestDifference(a: Numbers, b: Numbers): number {
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels)
    throw new Error(`${a.width}×${a.height}×${a.channels} against ${b.width}×${b.height}×${b.channels}`)
  let largest = 0
  a.data.forEach((value, i) => {
    if (a.channels === 4 && i % 4 === 3) return
    const difference = Math.abs(value - b.data[i]!)
    // A NaN must not slip through a comparison.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
  })
  return largest
}

/** A picture of reproducible noise with some structure, all channels different. */
export function noisePicture(width: number, height: number, seed: number): Numbers {
  let state = seed >>> 0 || 1
  const next = () => {
    // Marsaglia's xorshift32.
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
  return draw(width, height, () => [next(), next(), next()])
}
