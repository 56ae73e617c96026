/**
 * Turns a compile unit (one pixel node, or several that the planner fused) into a single compute pass: each
 * node becomes a WGSL function, values between them stay in registers, only what leaves the unit is stored.
 */

import { endpointKey, type FlatEndpoint, type FlatId } from '../graph/document/document.ts'
import { maxTurns, turnsLeft } from '../graph/node/code-guard.ts'
import { type FrameSpan, offsetsOf, ownFrame } from '../graph/node/needs.ts'
import type { ParamSpec, Params } from '../graph/node/params.ts'
import type { Ports, PortType } from '../graph/node/ports.ts'
import type { FieldSpec } from '../graph/node/spec.ts'
import { isNumberType, isPictureType, isScalar } from '../graph/node/value-types.ts'
import type { InputSource, PlanStep, ValueId } from '../graph/plan/execution-plan.ts'
import { viewParts } from './picture-views.ts'
import { paramStruct, paramsFrom, type ShaderParam, shaderParams, toUniform } from './pixel-params.ts'
import type {
  ComputeSpec,
  GpuPicture,
  GpuScalar,
  PictureFormat,
  PictureView,
  UniformType,
  UniformValue,
} from './types.ts'

/** Of a field's texture. */
export const fieldFormat = 'rgba16float'

/** What of a pixel node the generator needs; a `NodeDefinition` with a pixel kernel has it. */
export interface PixelNode {
  readonly type: string
  readonly inputs: Ports
  readonly outputs: Ports
  readonly params: Params
  readonly kernel: {
    readonly wgsl: string
    readonly functions?: string
    readonly readsFrame?: true
    readonly fields?: Readonly<Record<string, FieldSpec>>
    readonly tables?: Readonly<Record<string, unknown>>
  }
}

/** One texture that a unit reads: a frame of a value. */
export interface PixelTexture {
  /** Of its binding. */
  readonly name: string
  readonly value: ValueId
  readonly frames: FrameSpan
  /** Which frame of the span. */
  readonly offset: number
}

/** One texture of a node's own that a unit reads. */
export interface PixelField {
  /** Of its binding. */
  readonly name: string
  readonly node: FlatId
  /** What the node calls it. */
  readonly field: string
}

export interface PixelUnit {
  readonly spec: ComputeSpec
  /** Nodes that run a person's code, each with `codeAlarms` of its own in the buffer `alarms`, in this order. */
  readonly codeNodes: readonly FlatId[]
  /** Those of them whose code has loops. */
  readonly looping: readonly FlatId[]
  /** What of the uniforms decides how long that code takes, beside the pictures: nothing, where it has no loop. */
  pace(uniforms: Readonly<Record<string, UniformValue>>): string
  readonly textures: readonly PixelTexture[]
  readonly fields: readonly PixelField[]
  readonly writeName: (value: ValueId) => string
  /**
   * `params`: current values by node. `numbers`: what is wired to a number input. `frame`: index of the clock's frame.
   * `onBehalfOf`: calls what is the node's own, and tells whose failure it is if that throws.
   */
  uniforms(
    frame: number,
    params: (node: FlatId) => Readonly<Record<string, unknown>>,
    numbers: (node: FlatId, port: string) => number | GpuScalar,
    pictures: {
      read(texture: PixelTexture): Pick<GpuPicture, 'part'>
      written(value: ValueId): Pick<GpuPicture, 'desc' | 'part'>
    },
    onBehalfOf: <T>(node: FlatId, work: () => T) => T,
  ): Record<string, UniformValue>
}

/** What a person's code may do wrong while it runs: each sets a number of its own in the buffer to 1. */
export const codeAlarms = ['too many turns', 'not finite'] as const
export type CodeAlarm = (typeof codeAlarms)[number]
export const alarmsBuffer = 'alarms'

const alarmAt = (alarm: CodeAlarm) => `${alarmsBuffer}[first + ${codeAlarms.indexOf(alarm)}u]`

/**
 * How many turns the loops of code have: none, once another pixel has taken all of its own, so that what would never end is over
 * soon. And the code's value, held to what a picture is.
 */
const codeChecks = `
var<private> ${turnsLeft}: u32;
fn turns_from_(first: u32) -> u32 {
  return select(${maxTurns}u, 0u, atomicLoad(&${alarmAt('too many turns')}) != 0u);
}
fn checked_(value: vec4f, first: u32) -> vec4f {
  if (${turnsLeft} == 0u) { atomicStore(&${alarmAt('too many turns')}, 1u); }
  let exponents = bitcast<vec4u>(value) & vec4u(0x7f800000u);
  if (any(exponents == vec4u(0x7f800000u))) {
    atomicStore(&${alarmAt('not finite')}, 1u);
    return vec4f(0.0, 0.0, 0.0, 1.0);
  }
  return clamp(value, vec4f(0.0), vec4f(1.0));
}
`

const wgslType = (type: PortType) => (isScalar(type) ? 'f32' : 'vec4f')

/** As a storage texture takes it. */
const stored = (value: string, type: PortType) => (isScalar(type) ? `vec4f(${value}, 0.0, 0.0, 1.0)` : value)

/** What a body reads of a port that nothing is wired to. */
const constant = (node: PixelNode, port: string) => {
  const { type, fallback } = node.inputs[port]!
  return isScalar(type) ? `f32(${fallback ?? 0})` : `vec4f(${fallback ?? 0})`
}

/** Textures that a unit may read as storage textures: see `ReadKind`. */
export interface StoredReads {
  /** How many of them, beside those that it writes. */
  readonly count: number
  formatOf(value: ValueId): PictureFormat
}

/** Of those that are offered the first ones. */
class StoredTextures {
  readonly formats = new Map<string, PictureFormat>()
  readonly #reads: StoredReads | undefined

  constructor(reads: StoredReads | undefined) {
    this.#reads = reads
  }

  offer(name: string, format: (reads: StoredReads) => PictureFormat): void {
    if (this.#reads && this.formats.size < this.#reads.count) this.formats.set(name, format(this.#reads))
  }
}

/** Which of a value's frames is meant: the same in every span that holds it. */
const sameFrame = (a: FrameSpan, b: FrameSpan): boolean => ('every' in a ? a.every : 1) === ('every' in b ? b.every : 1)

const cornerOf = (texture: string) => `${texture}_corner`

/** The textures of a step's reads, one for each frame. */
function texturesOf(step: PlanStep): readonly PixelTexture[] {
  const textures: PixelTexture[] = []
  for (const { value, frames, as } of step.reads)
    for (const offset of as === 'texture' ? offsetsOf(frames) : []) {
      const isThere = textures.some(
        (one) => one.value === value && one.offset === offset && sameFrame(one.frames, frames),
      )
      if (!isThere) textures.push({ name: `in${textures.length}`, value, frames, offset })
    }
  return textures
}

/** Params that a node's body names: software graphics read every uniform for every pixel, used or not. */
const namedParams = ({ params, kernel }: PixelNode): readonly ShaderParam[] =>
  shaderParams(params).filter(({ name }) => new RegExp(`\\bp\\.${name}\\b`).test(kernel.wgsl))

const readsOf = (
  textures: readonly { readonly name: string }[],
  views: ReadonlyMap<string, PictureView>,
  storageFormats: ReadonlyMap<string, PictureFormat>,
) =>
  Object.fromEntries(
    textures
      .filter(({ name }) => !views.has(name))
      .map(({ name }) => [name, storageFormats.get(name) ?? ('float' as const)]),
  )

const unitWgsl = (functions: string, calls: string): string => `struct Pixel { at: vec2u, size: vec2u }
struct FramePixel { at: vec2u, size: vec2u, frame: u32 }
${functions}
fn main(here: vec2u) {
  let at = here + u.corner_;
${calls}
}`

const loadText = (texture: string, at: string, storageFormats: ReadonlyMap<string, PictureFormat>): string =>
  `textureLoad(${texture}, ${at}${storageFormats.has(texture) ? '' : ', 0'})`

const pushOf = (texture: string) => `${texture}_push`

/** A place of which each side is less than twice the picture's, on a picture that closes on itself. */
const roundWgsl = `
fn round_(at: vec2u) -> vec2u { return select(at, at - u.whole_, at >= u.whole_); }
`

const alarmsBinding = (codeNodes: readonly FlatId[]): ComputeSpec['buffers'] =>
  codeNodes.length > 0 ? { [alarmsBuffer]: { type: 'array<atomic<u32>>', access: 'read_write' } } : {}

/** The function by which a body reads around its pixel: in its own frame, or so many frames before or after. */
const readerOf = (port: string, offset: number): string => {
  if (offset === 0) return `${port}_at`
  return offset < 0 ? `${port}_before${-offset}_at` : `${port}_after${offset}_at`
}

/** What a body calls what it returns where the node has several outputs. */
const outputsStruct = /\bOutputs\b/g

/** What a node's function returns: the value of its one output, or a struct of all. */
function returned(outputs: Ports, at: number): { readonly type: string; readonly wgsl: string } {
  const ports = Object.entries(outputs)
  if (ports.length === 1) return { type: wgslType(ports[0]![1].type), wgsl: '' }
  const fields = ports.map(([port, { type }]) => `${port}: ${wgslType(type)}`)
  return { type: `O${at}`, wgsl: `struct O${at} { ${fields.join(', ')} }\n` }
}

/** Makes `value<at>` of what people's code returns, each output of it held to what a picture is. */
function checkedCalls(outputs: Ports, at: number, value: string, first: number): string[] {
  const checked = (expression: string, type: PortType) =>
    isScalar(type) ? `checked_(vec4f(${expression}), ${first}u).x` : `checked_(${expression}, ${first}u)`
  const ports = Object.entries(outputs)
  if (ports.length === 1) return [`  let value${at} = ${checked(value, ports[0]![1].type)};`]
  const all = ports.map(([port, { type }]) => checked(`given${at}.${port}`, type))
  return [`  let given${at} = ${value};`, `  let value${at} = O${at}(${all.join(', ')});`]
}

/** Beyond the edges the nearest pixel is read. */
const withinPicture = 'clamp(at, vec2i(0), vec2i(u.whole_) - 1)'

/** The uniforms that a node of a unit brings with it: of its params, and of number inputs that its body reads. */
interface NodeUniforms {
  readonly id: FlatId
  readonly params: readonly { readonly uniform: string; readonly name: string; readonly spec: ParamSpec }[]
  readonly ports: readonly { readonly uniform: string; readonly port: string }[]
}

/** The uniform that says where a field is read, as its node has it pushed. */
interface PushUniform {
  readonly uniform: string
  readonly node: FlatId
  readonly spec: FieldSpec
}

/** What gives the uniforms of each frame. What does not change from frame to frame is worked out here. */
function uniformsFrom(
  firstWrite: ValueId,
  textures: readonly PixelTexture[],
  pushes: readonly PushUniform[],
  nodes: readonly NodeUniforms[],
): PixelUnit['uniforms'] {
  const corners = textures.map((texture) => ({ texture, corner: cornerOf(texture.name) }))
  return (frame, params, numbers, { read, written }, onBehalfOf) => {
    const { desc, part } = written(firstWrite)
    const values: Record<string, UniformValue> = {
      frame_: frame,
      whole_: [desc.width, desc.height],
      corner_: [part.x, part.y],
    }
    for (const { texture, corner } of corners) {
      const { x, y } = read(texture).part
      values[corner] = [x, y]
    }
    for (const { uniform, node, spec } of pushes)
      values[uniform] = onBehalfOf(node, () =>
        spec.pushed!({ params: params(node), frame, width: desc.width, height: desc.height }),
      )
    for (const { id, params: own, ports } of nodes) {
      const current = params(id)
      for (const { uniform, name, spec } of own) values[uniform] = toUniform(spec, current[name])
      for (const { uniform, port } of ports) values[uniform] = numbers(id, port)
    }
    return values
  }
}

/**
 * @param step a `pixel` step of a plan
 * @param nodeOf the definition of a node of the step
 * @param outputs by the endpoint keys of outputs that leave the step, the value that each becomes
 * @param views by the names of `textures`, those that are read otherwise
 * @param storedReads left out: none
 */
export function generatePixelUnit(
  step: PlanStep,
  nodeOf: (id: FlatId) => PixelNode,
  outputs: ReadonlyMap<string, { readonly value: ValueId; readonly format: PictureFormat }>,
  views: ReadonlyMap<string, PictureView> = new Map(),
  storedReads?: StoredReads,
): PixelUnit {
  const textures = texturesOf(step)
  const storing = new StoredTextures(storedReads)
  for (const { name, value } of textures) if (!views.has(name)) storing.offer(name, (reads) => reads.formatOf(value))
  const writeNames = new Map(step.writes.map((value, i) => [value, `out${i}`] as const))
  const writeName = (value: ValueId) => writeNames.get(value)!
  const viewText = viewParts(views)
  const uniformTypes: Record<string, UniformType> = {
    ...viewText.uniforms,
    frame_: 'u32',
    /** Of the picture, and where the part of it begins that is written. */
    whole_: 'vec2u',
    corner_: 'vec2u',
    ...Object.fromEntries(textures.map(({ name }) => [cornerOf(name), 'vec2i' as const])),
  }
  const fields: PixelField[] = []
  const emittedTypes = new Set<string>()
  const functions: string[] = []
  const calls: string[] = []
  const codeNodes: FlatId[] = []
  const looping: FlatId[] = []

  const load = (value: ValueId, span: FrameSpan, offset: number, type: PortType, at: string) => {
    const { name } = textures.find(
      (one) => one.value === value && one.offset === offset && sameFrame(one.frames, span),
    )!
    const text = views.has(name)
      ? `${name}_view(vec2i(${at}))`
      : loadText(name, `vec2i(${at}) - u.${cornerOf(name)}`, storing.formats)
    return `${text}${isScalar(type) ? '.r' : ''}`
  }
  /** Number inputs that a body reads by name; those that stand for params come as the params do. */
  const numbersOf = (id: FlatId) =>
    Object.entries(nodeOf(id).inputs).flatMap(([port, { type, drives }]) =>
      isNumberType(type) && !drives && step.inputs[id]?.[port]?.kind === 'value' ? [port] : [],
    )
  const numberName = (id: FlatId, port: string) => `n${step.nodes.indexOf(id)}_${port}`
  const localName = ({ node, port }: FlatEndpoint) => {
    const name = `value${step.nodes.indexOf(node)}`
    return Object.keys(nodeOf(node).outputs).length === 1 ? name : `${name}.${port}`
  }
  const spanOf = (id: FlatId, port: string) => step.needs[id]?.[port]?.frames ?? ownFrame
  const valueAt = (id: FlatId, node: PixelNode, port: string, source: InputSource, at: string, offset = 0) => {
    if (source.kind === 'value' && isNumberType(node.inputs[port]!.type)) return `u.${numberName(id, port)}`
    if (source.kind === 'value') return load(source.value, spanOf(id, port), offset, node.inputs[port]!.type, at)
    if (source.kind === 'local') return localName(source.from)
    return constant(node, port)
  }

  step.nodes.forEach((id, i) => {
    const node = nodeOf(id)
    const result = returned(node.outputs, i)
    const params = namedParams(node)
    const ports = Object.entries(node.inputs).filter(
      ([, { type, drives }]) => isPictureType(type) || (isNumberType(type) && !drives),
    )
    const sourceOf = (port: string): InputSource => step.inputs[id]?.[port] ?? { kind: 'none' }

    if (!emittedTypes.has(node.type)) {
      emittedTypes.add(node.type)
      if (node.kernel.functions) functions.push(node.kernel.functions)
    }
    functions.push(paramStruct(`P${i}`, params))

    let body = result.wgsl === '' ? node.kernel.wgsl : node.kernel.wgsl.replaceAll(outputsStruct, result.type)
    for (const field of Object.keys({ ...node.kernel.fields, ...node.kernel.tables })) {
      const texture = `field${fields.length}`
      fields.push({ name: texture, node: id, field })
      body = body.replaceAll(new RegExp(`\\b${field}_at\\b`, 'g'), `n${i}_${field}_at`)
      const isPushed = node.kernel.fields?.[field]?.pushed !== undefined
      if (isPushed) uniformTypes[pushOf(texture)] = 'vec2u'
      if (node.kernel.fields?.[field]) storing.offer(texture, () => fieldFormat)
      const place = isPushed ? `round_(vec2u(at) + u.${pushOf(texture)})` : 'at'
      functions.push(
        `fn n${i}_${field}_at(at: vec2i) -> vec4f { return ${loadText(texture, place, storing.formats)}; }`,
      )
    }
    for (const port of Object.keys(step.needs[id] ?? {}).filter((name) => isPictureType(node.inputs[name]!.type)))
      for (const offset of offsetsOf(spanOf(id, port))) {
        const reader = readerOf(port, offset)
        const name = `n${i}_${reader}`
        body = body.replaceAll(new RegExp(`\\b${reader}\\b`, 'g'), name)
        const value = valueAt(id, node, port, sourceOf(port), withinPicture, offset)
        functions.push(`fn ${name}(at: vec2i) -> ${wgslType(node.inputs[port]!.type)} { return ${value}; }`)
      }
    const args = ports.map(([port, spec]) => `${port}: ${wgslType(spec.type)}`)
    functions.push(
      `${result.wgsl}fn node${i}(${[node.kernel.readsFrame ? 'px: FramePixel' : 'px: Pixel', `p: P${i}`, ...args].join(', ')}) -> ${result.type} {${body}\n}`,
    )

    for (const { name, uniform } of params) uniformTypes[`n${i}_${name}`] = uniform
    for (const port of numbersOf(id)) uniformTypes[numberName(id, port)] = 'f32'
    const inputs = ports.map(([port]) => valueAt(id, node, port, sourceOf(port), 'at'))
    const pixel = node.kernel.readsFrame ? 'FramePixel(at, u.whole_, u.frame_)' : 'Pixel(at, u.whole_)'
    const isDriven = (param: string) => sourceOf(param).kind === 'value'
    const value = `node${i}(${[pixel, paramsFrom(`P${i}`, params, `n${i}_`, isDriven), ...inputs].join(', ')})`
    if (Object.values(node.params).some(({ kind }) => kind === 'code')) {
      const first = codeAlarms.length * (codeNodes.push(id) - 1)
      if (body.includes(turnsLeft)) looping.push(id)
      calls.push(`  ${turnsLeft} = turns_from_(${first}u);`, ...checkedCalls(node.outputs, i, value, first))
    } else calls.push(`  let value${i} = ${value};`)
    for (const [port, { type }] of Object.entries(node.outputs)) {
      const write = outputs.get(endpointKey({ node: id, port }))
      if (write)
        calls.push(`  textureStore(${writeName(write.value)}, here, ${stored(localName({ node: id, port }), type)});`)
    }
  })

  const ownUniforms = step.nodes.map((id, i) => ({
    id,
    params: namedParams(nodeOf(id)).map(({ name, spec }) => ({ uniform: `n${i}_${name}`, name, spec })),
    ports: numbersOf(id).map((port) => ({ uniform: numberName(id, port), port })),
  }))
  const pushes = fields.flatMap(({ name, node, field }) => {
    const spec = nodeOf(node).kernel.fields?.[field]
    return spec?.pushed ? [{ uniform: pushOf(name), node, spec }] : []
  })
  const formats = new Map([...outputs.values()].map(({ value, format }) => [value, format]))
  const spec: ComputeSpec = {
    label: step.nodes.map((id) => nodeOf(id).type).join('+'),
    reads: readsOf([...textures, ...fields], views, storing.formats),
    writes: Object.fromEntries(step.writes.map((value) => [writeName(value), formats.get(value) ?? 'rgba16float'])),
    buffers: { ...viewText.buffers, ...alarmsBinding(codeNodes) },
    ...(codeNodes.length > 0 ? { inPieces: true } : {}),
    uniforms: uniformTypes,
    wgsl: unitWgsl(
      `${codeNodes.length > 0 ? codeChecks : ''}${pushes.length > 0 ? roundWgsl : ''}${viewText.wgsl}${functions.join('\n')}`,
      calls.join('\n'),
    ),
  }

  const ofLoops = looping.map((id) => `n${step.nodes.indexOf(id)}_`)
  return {
    spec,
    codeNodes,
    looping,
    pace: (uniforms) =>
      JSON.stringify(Object.entries(uniforms).filter(([name]) => ofLoops.some((prefix) => name.startsWith(prefix)))),
    textures,
    fields,
    writeName,
    uniforms: uniformsFrom(step.writes[0]!, textures, pushes, ownUniforms),
  }
}
