/** The plan: pure data that says what runs in which order, what it reads and writes, and when memory is free again. */

import { type Expansion, expand } from '../analysis/expand.ts'
import { type Inference, inferAll, isPicture } from '../analysis/infer.ts'
import { orderFrom } from '../analysis/order.ts'
import { type Targets, wantedBy } from '../analysis/targets.ts'
import { problemsOfParams } from '../analysis/validate.ts'
import {
  type Endpoint,
  endpointKey,
  type GraphDocument,
  type NodeId,
  type NodeRecord,
  nodeOf,
} from '../document/document.ts'
import { names } from '../document/naming.ts'
import type { Problem } from '../document/problems.ts'
import { specOf } from '../document/subgraph.ts'
import type { AssetFacts } from '../node/facts.ts'
import type { AssetRef } from '../node/params.ts'
import type { PictureDesc, ValueDesc } from '../node/ports.ts'
import type { KernelKind, NodeSpec, Specs } from '../node/spec.ts'
import { isStreamType } from '../node/value-types.ts'
import { paramValues } from '../node/values.ts'
import { type Schedulable, schedule } from './fuse.ts'

export type ValueId = number & { readonly __id: 'value' }

/** A picture that exists as a texture: the output of one step, read by others, viewed, or both. */
export interface PlannedValue {
  readonly id: ValueId
  readonly producer: Endpoint
  readonly desc: PictureDesc
}

/** Where one input of one node of a step comes from. */
export type InputSource =
  | { readonly kind: 'value'; readonly value: ValueId }
  /** Another node of the same fused unit. */
  | { readonly kind: 'local'; readonly from: Endpoint }
  | { readonly kind: 'stream'; readonly from: Endpoint }
  | { readonly kind: 'none' }

export interface PlanStep {
  readonly kind: KernelKind
  /** One node, or several `pixel` nodes fused into one dispatch, in the order they run. */
  readonly nodes: readonly NodeId[]
  /** For each node, for each of its input ports. */
  readonly inputs: Readonly<Record<NodeId, Readonly<Record<string, InputSource>>>>
  readonly reads: readonly ValueId[]
  readonly writes: readonly ValueId[]
  /** Values whose last reader is this step (or that it wrote and nobody reads): back to the pool after it. */
  readonly releases: readonly ValueId[]
}

export interface ExecutionPlan {
  readonly steps: readonly PlanStep[]
  readonly values: readonly PlannedValue[]
  /** The values asked for (viewed outputs), held until the caller has taken them. */
  readonly targets: readonly ValueId[]
  /** The source whose frames, with their timestamps, are the frames of the result; absent without any source. */
  readonly clock: NodeId | undefined
  /** Same key, same pipelines: edits that only touch `uniform` params keep it. */
  readonly key: string
  /** The least number of texture bytes that must be alive at once for this order of steps. */
  readonly peakBytes: number
}

/** Of the device: how many textures one dispatch may read and write. */
export interface PlanLimits {
  readonly sampledTextures: number
  readonly storageTextures: number
  /** Longest side of a texture, pixels. */
  readonly textureSize: number
}

/** What every WebGPU device offers. */
export const defaultLimits: PlanLimits = { sampledTextures: 16, storageTextures: 4, textureSize: 8192 }

export interface PlanRequest {
  /** Subgraphs are unfolded; the plan names what is in them as `levels.ts` does. */
  readonly document: GraphDocument
  readonly specs: Specs
  readonly facts: AssetFacts
  /** All sinks, some sinks (in an export), or outputs to look at (in a preview, where no sink runs). */
  readonly targets: Targets
  readonly limits: PlanLimits
}

export type PlanOutcome =
  | {
      readonly ok: true
      readonly plan: ExecutionPlan
      /** By endpoint key of an output: as `inferAll` gives them, for the whole document. */
      readonly descs: ReadonlyMap<string, ValueDesc>
      /**
       * For each node of the plan: the same text, the same `prepare`. It covers the node's type, its `plan`
       * params, the facts of its assets and the descriptions of its inputs and outputs.
       */
      readonly nodeKeys: Readonly<Record<NodeId, string>>
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Bytes of a picture as a texture. */
export const bytesOf = (desc: PictureDesc): number => desc.width * desc.height * (desc.format === 'rgba16float' ? 8 : 4)

interface PlannedNode {
  readonly id: NodeId
  readonly record: NodeRecord
  readonly spec: NodeSpec
  /** In the order of its ports. */
  readonly inputs: readonly { readonly port: string; readonly from: Endpoint | undefined; readonly sound: boolean }[]
}

/** Errors on the nodes that would run and on the bypassed ones between them. */
function blocking(
  document: GraphDocument,
  specs: Specs,
  inference: Inference,
  nodes: readonly NodeId[],
  roots: readonly Endpoint[],
): Problem[] {
  const concerned = new Set(nodes)
  const starts = nodes.flatMap((id) => {
    const spec = specOf(specs, nodeOf(document, id))
    return Object.keys(spec?.inputs ?? {}).flatMap((input) => inference.wiring.wires.get(`${id}.${input}`)?.from ?? [])
  })
  for (const id of inference.wiring.passedBy([...starts, ...roots])) concerned.add(id)
  const problems = [...inference.problems, ...problemsOfParams(document, specs)]
  return problems.filter(
    (problem) => problem.severity === 'error' && problem.node !== undefined && concerned.has(problem.node),
  )
}

function beyondLimits(node: PlannedNode, outputs: number, limits: PlanLimits, called: string): Problem | undefined {
  const read = new Set(node.inputs.flatMap(({ from, sound }) => (from && !sound ? [endpointKey(from)] : []))).size
  const at = { code: 'size-limit', severity: 'error', node: node.id } as const
  if (read > limits.sampledTextures)
    return {
      ...at,
      message: `${called} reads ${read} pictures at once; this GPU allows ${limits.sampledTextures}.`,
      hint: 'Combine some of them before it.',
    }
  if (outputs > limits.storageTextures)
    return {
      ...at,
      message: `${called} writes ${outputs} pictures at once; this GPU allows ${limits.storageTextures}.`,
      hint: 'Use two such nodes, each for some of the outputs.',
    }
  return undefined
}

/** From the first wanted node back, inputs in port order: the first source of moving pictures, else the first source. */
function clockOf(
  wanted: readonly NodeId[],
  nodes: ReadonlyMap<NodeId, PlannedNode>,
  facts: AssetFacts,
): NodeId | undefined {
  let still: NodeId | undefined
  const seen = new Set<NodeId>()
  const stack = [...wanted].reverse()
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const node = nodes.get(id)
    if (!node || seen.has(id)) continue
    seen.add(id)
    if (node.spec.kernel.kind === 'source') {
      if (assetsOf(node, 'media').some((ref) => (facts.media(ref)?.frameCount ?? 0) > 1)) return id
      still ??= id
    }
    for (const { from } of [...node.inputs].reverse()) if (from) stack.push(from.node)
  }
  return still
}

function assetsOf(
  { spec, record }: PlannedNode,
  kind: 'media' | 'model',
  values = paramValues(spec, record),
): AssetRef[] {
  return Object.entries(spec.params).flatMap(([name, declared]) => {
    if (declared.kind !== kind) return []
    const ref = values[name]
    return typeof ref === 'object' && ref !== null ? [ref] : []
  })
}

function nodeKey(node: PlannedNode, descs: ReadonlyMap<string, ValueDesc>, facts: AssetFacts): string {
  const values = paramValues(node.spec, node.record)
  return JSON.stringify([
    node.spec.type,
    Object.entries(node.spec.params).flatMap(([name, p]) => (p.affects === 'plan' ? [[name, values[name]]] : [])),
    assetsOf(node, 'media', values).map((ref) => facts.media(ref) ?? null),
    assetsOf(node, 'model', values).map((ref) => facts.model(ref) ?? null),
    node.inputs.map(({ port, from }) => [port, (from && descs.get(endpointKey(from))) ?? null]),
    Object.keys(node.spec.outputs).map((port) => [port, descs.get(`${node.id}.${port}`) ?? null]),
  ])
}

/** Outputs of subgraphs stand for those of the nodes inside that make them. */
const within = (targets: Targets, expansion: Expansion): Targets =>
  Array.isArray(targets)
    ? (targets as readonly Endpoint[]).map((output) => expansion.resolve(output) ?? output)
    : targets

/**
 * Plans what the targets need and nothing else. Refuses with every error found on the nodes that would run.
 * The key does not depend on the order in which the document lists its nodes; it holds their ids, so that
 * whatever was prepared under a key belongs to the very nodes that the plan names.
 */
export function plan(request: PlanRequest): PlanOutcome {
  const { specs, facts, limits } = request
  const expansion = expand(request.document, specs)
  const { document } = expansion
  const inference = inferAll(document, specs, facts, limits)
  const { descs } = inference
  const asked = within(request.targets, expansion)
  const wanted = wantedBy(document, specs, asked, inference)
  if ('code' in wanted) return { ok: false, problems: [wanted] }

  const nodes = new Map<NodeId, PlannedNode>()
  const { order } = orderFrom(wanted.nodes, (id) => {
    const record = nodeOf(document, id)
    const spec = specOf(specs, record)
    if (!record || !spec) return []
    const inputs = Object.entries(spec.inputs).map(([port, { type }]) => {
      const from = inference.source(id, port)
      return { port, from, sound: isStreamType(type) }
    })
    nodes.set(id, { id, record, spec, inputs })
    return inputs.flatMap(({ from }) => from?.node ?? [])
  })
  const problems = blocking(document, specs, inference, order, Array.isArray(asked) ? asked : [])
  const unknown = wanted.outputs.find((output) => !descs.has(endpointKey(output)))
  if (problems.length === 0 && unknown)
    problems.push({
      code: 'no-output',
      severity: 'error',
      node: unknown.node,
      message: `${names(document, specs).node(unknown.node)} has nothing on its output "${unknown.port}" here.`,
      hint: 'View another output.',
    })
  if (problems.length > 0) return { ok: false, problems }

  const planned = order.map((id) => nodes.get(id)!)
  const readers = new Map<string, Set<NodeId>>()
  for (const node of planned)
    for (const { from, sound } of node.inputs) {
      if (!from || sound) continue
      const key = endpointKey(from)
      readers.set(key, (readers.get(key) ?? new Set()).add(node.id))
    }
  const targetKeys = new Set(wanted.outputs.map(endpointKey))
  const schedulables = planned.map((node) => schedulable(node, descs, readers, targetKeys))
  const called = names(document, specs)
  for (const [at, node] of planned.entries()) {
    if (node.spec.kernel.kind !== 'pixel') continue
    const problem = beyondLimits(node, schedulables[at]!.outputs.length, limits, called.node(node.id))
    if (problem) problems.push(problem)
  }
  if (problems.length > 0) return { ok: false, problems }

  const units = schedule(schedulables, limits)
  const { steps, values, targets } = layOut(units, nodes, descs, readers, wanted.outputs)
  const clock = clockOf(wanted.nodes, nodes, facts)
  const nodeKeys = Object.fromEntries(planned.map((node) => [node.id, nodeKey(node, descs, facts)]))
  const key = JSON.stringify([
    steps.map((step) => step.nodes.map((id) => [id, nodeKeys[id], Object.entries(step.inputs[id]!)])),
    values.map((value) => [value.producer.node, value.producer.port]),
    targets,
    clock ?? null,
  ])
  return {
    ok: true,
    plan: { steps, values, targets, clock, key, peakBytes: peakBytes(steps, values) },
    descs,
    nodeKeys,
  }
}

function schedulable(
  node: PlannedNode,
  descs: ReadonlyMap<string, ValueDesc>,
  readers: ReadonlyMap<string, ReadonlySet<NodeId>>,
  targets: ReadonlySet<string>,
): Schedulable {
  const { kind, neighbours } = node.spec.kernel
  const outputs = Object.keys(node.spec.outputs).flatMap((port) => {
    const key = `${node.id}.${port}`
    const desc = descs.get(key)
    const read = readers.get(key) ?? new Set<NodeId>()
    const isTarget = targets.has(key)
    return isPicture(desc) && (read.size > 0 || isTarget) ? [{ key, readers: read, isTarget, desc }] : []
  })
  const size = outputs[0] ? `${outputs[0].desc.width}x${outputs[0].desc.height}` : ''
  return {
    id: node.id,
    kind,
    after: node.inputs.flatMap(({ from }) => from?.node ?? []),
    pictures: node.inputs.flatMap(({ port, from, sound }) =>
      from && !sound ? [{ from, neighbour: neighbours?.includes(port) ?? false }] : [],
    ),
    outputs,
    size,
  }
}

/** Numbers the values, and says for each step what it reads, writes and releases. */
function layOut(
  units: readonly (readonly NodeId[])[],
  nodes: ReadonlyMap<NodeId, PlannedNode>,
  descs: ReadonlyMap<string, ValueDesc>,
  readers: ReadonlyMap<string, ReadonlySet<NodeId>>,
  outputs: readonly Endpoint[],
): Pick<ExecutionPlan, 'steps' | 'values' | 'targets'> {
  const values: PlannedValue[] = []
  const ids = new Map<string, ValueId>()
  const targetKeys = new Set(outputs.map(endpointKey))
  const lastReader = new Map<ValueId, number>()
  const steps = units.map((unit, position) => {
    const members = new Set(unit)
    const reads = new Set<ValueId>()
    const writes: ValueId[] = []
    const inputs: Record<NodeId, Record<string, InputSource>> = {}
    const sourceOf = (from: Endpoint | undefined, sound: boolean): InputSource => {
      if (!from) return { kind: 'none' }
      if (sound) return { kind: 'stream', from }
      if (members.has(from.node)) return { kind: 'local', from }
      const value = ids.get(endpointKey(from))!
      reads.add(value)
      lastReader.set(value, position)
      return { kind: 'value', value }
    }
    for (const id of unit) {
      const node = nodes.get(id)!
      inputs[id] = Object.fromEntries(node.inputs.map(({ port, from, sound }) => [port, sourceOf(from, sound)]))
    }
    for (const id of unit)
      for (const port of Object.keys(nodes.get(id)!.spec.outputs)) {
        const producer = { node: id, port }
        const key = endpointKey(producer)
        const desc = descs.get(key)
        const leaves = [...(readers.get(key) ?? [])].some((reader) => !members.has(reader))
        if (!isPicture(desc) || !(leaves || targetKeys.has(key))) continue
        const value = values.length as ValueId
        values.push({ id: value, producer, desc })
        ids.set(key, value)
        writes.push(value)
      }
    const kind = nodes.get(unit[0]!)!.spec.kernel.kind
    return { kind, nodes: unit, inputs, reads: [...reads], writes }
  })
  const targets = outputs.map((output) => ids.get(endpointKey(output))!)
  const kept = new Set(targets)
  return {
    steps: steps.map((step, position) => ({
      ...step,
      releases: step.reads.filter((value) => lastReader.get(value) === position && !kept.has(value)),
    })),
    values,
    targets,
  }
}

function peakBytes(steps: readonly PlanStep[], values: readonly PlannedValue[]): number {
  let live = 0
  let peak = 0
  for (const step of steps) {
    for (const value of step.writes) live += bytesOf(values[value]!.desc)
    peak = Math.max(peak, live)
    for (const value of step.releases) live -= bytesOf(values[value]!.desc)
  }
  return peak
}
