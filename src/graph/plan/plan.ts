/** From a graph to a plan: which nodes run in which order, which of them together, what they read and write. */

import { type Expansion, expand } from '../analysis/expand.ts'
import { type Inference, inferAll, isPerFrame, isPicture } from '../analysis/infer.ts'
import { orderFrom } from '../analysis/order.ts'
import { type Targets, wantedBy } from '../analysis/targets.ts'
import { problemsOfParams } from '../analysis/validate.ts'
import {
  type AnyDocument,
  endpointKey,
  type FlatDocument,
  type FlatEndpoint,
  type FlatId,
  type NodeRecord,
  nodeOf,
} from '../document/document.ts'
import { type Names, names } from '../document/naming.ts'
import { failureOf } from '../document/node-failure.ts'
import type { Problem } from '../document/problems.ts'
import { specOf } from '../document/subgraph.ts'
import type { AssetFacts, AssetKind } from '../node/facts.ts'
import { type FrameSpan, offsetsOf, ownFrame, widestNeed } from '../node/needs.ts'
import type { AssetRef } from '../node/params.ts'
import type { PictureDesc, ValueDesc } from '../node/ports.ts'
import { isSameRate, oneForOne } from '../node/rate.ts'
import type { NodeSpec, Specs } from '../node/spec.ts'
import { type StorageKind, storageOf } from '../node/value-types.ts'
import { paramValues } from '../node/values.ts'
import { preparedKey } from './dirty.ts'
import {
  bytesOf,
  type ExecutionPlan,
  type InputSource,
  type PlannedNeed,
  type PlannedRead,
  type PlannedValue,
  type PlanStep,
  type ValueId,
} from './execution-plan.ts'
import { type Schedulable, schedule } from './fuse.ts'
import { type Rates, ratesInDocument } from './rates.ts'
import { framesHeld, peakBytesOf, withTimes } from './windows.ts'

/** Of the device: how many textures one dispatch may read and write. */
export interface PlanLimits {
  readonly sampledTextures: number
  readonly storageTextures: number
  /** Longest side of a texture, pixels. */
  readonly textureSize: number
  /** Bytes of textures that may be alive at once. */
  readonly textureBytes: number
}

/** What every WebGPU device offers, and the memory that most of them have. */
export const defaultLimits: PlanLimits = {
  sampledTextures: 16,
  storageTextures: 4,
  textureSize: 8192,
  textureBytes: 4 * 2 ** 30,
}

export interface PlanRequest {
  /** Subgraphs are unfolded; the plan names what is in them as `levels.ts` does. */
  readonly document: AnyDocument
  readonly specs: Specs
  readonly facts: AssetFacts
  /** All sinks, some sinks (in an export), or outputs to look at (in a preview, where no sink runs). */
  readonly targets: Targets
  readonly limits: PlanLimits
  /** A node that is to begin a unit: see `schedule`. */
  readonly begins?: FlatId | undefined
}

export type PlanOutcome =
  | {
      readonly ok: true
      readonly plan: ExecutionPlan
      /** For each output asked for the target that it comes down to: several where nodes are passed over. */
      readonly shownTargets: readonly ValueId[]
      /** By endpoint key of an output: as `inferAll` gives them, for the whole document. */
      readonly descs: Inference['descs']
      readonly source: Inference['source']
      /** For each node of the plan what it is prepared for (see `preparedKey`). */
      readonly nodeKeys: Readonly<Record<FlatId, string>>
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

interface PlannedNode {
  readonly id: FlatId
  readonly record: NodeRecord<FlatId>
  readonly spec: NodeSpec
  /** In the order of its ports. */
  readonly inputs: readonly {
    readonly port: string
    readonly from: FlatEndpoint | undefined
    readonly storage: StorageKind
  }[]
  /** By input port: those of which it reads more than its own pixel of its own frame. */
  readonly needs: ReadonlyMap<string, PlannedNeed>
  readonly scratch: Scratch
}

/** Bytes that a node borrows while it runs, and those that it keeps. */
interface Scratch {
  readonly running: number
  readonly resident: number
}

/** Of a node that has not been asked yet. */
const none: Scratch = { running: 0, resident: 0 }

/** Names of the textures that reading `from` takes: one for each frame. */
const texturesOf = (from: FlatEndpoint, need: PlannedNeed | undefined): string[] => {
  const span = need?.frames ?? ownFrame
  return offsetsOf(span).map((offset) => `${endpointKey(from)} ${'every' in span ? `every ${span.every}` : offset}`)
}

/** Names of the textures that are the node's own. */
const fieldsOf = ({ id, spec }: PlannedNode): string[] =>
  Object.keys({ ...spec.kernel.fields, ...spec.kernel.tables }).map((name) => `${id} ${name}`)

/** Errors on the nodes that would run and on the bypassed ones between them. */
function blockingProblem(
  document: FlatDocument,
  specs: Specs,
  inference: Inference,
  nodes: readonly FlatId[],
  roots: readonly FlatEndpoint[],
): Problem[] {
  const concernedNodes = new Set(nodes)
  const starts = nodes.flatMap((id) => {
    const spec = specOf(specs, nodeOf(document, id))
    return Object.keys(spec?.inputs ?? {}).flatMap((input) => inference.wiring.wires.get(`${id}.${input}`)?.from ?? [])
  })
  for (const id of inference.wiring.passedBy([...starts, ...roots])) concernedNodes.add(id)
  const problems = [...inference.problems, ...problemsOfParams(document, specs)]
  return problems.filter(
    (problem) => problem.severity === 'error' && problem.node !== undefined && concernedNodes.has(problem.node),
  )
}

function beyondLimits(node: PlannedNode, outputs: number, limits: PlanLimits, nodeName: string): Problem | undefined {
  const texturesRead =
    new Set(
      node.inputs.flatMap(({ port, from, storage }) =>
        from && storage === 'texture' ? texturesOf(from, node.needs.get(port)) : [],
      ),
    ).size + fieldsOf(node).length
  const at = { code: 'size-limit', severity: 'error', node: node.id } as const
  if (texturesRead > limits.sampledTextures)
    return {
      ...at,
      message: `${nodeName} reads ${texturesRead} pictures at once; this GPU allows ${limits.sampledTextures}.`,
      hint: 'Combine some of them before it.',
    }
  if (outputs > limits.storageTextures)
    return {
      ...at,
      message: `${nodeName} writes ${outputs} pictures at once; this GPU allows ${limits.storageTextures}.`,
      hint: 'Use two such nodes, each for some of the outputs.',
    }
  return undefined
}

/** From the first wanted node back, inputs in port order: the first source of moving pictures, else the first source. */
function clockOf(
  targets: readonly FlatId[],
  nodes: ReadonlyMap<FlatId, PlannedNode>,
  facts: AssetFacts,
): FlatId | undefined {
  let still: FlatId | undefined
  const visitedNodes = new Set<FlatId>()
  const stack = [...targets].reverse()
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const node = nodes.get(id)
    if (!node || visitedNodes.has(id)) continue
    visitedNodes.add(id)
    if (node.spec.kernel.kind === 'source') {
      if (assetsOf(node).some(({ ref }) => (facts.media?.(ref)?.frameCount ?? 0) > 1)) return id
      still ??= id
    }
    for (const { from } of [...node.inputs].reverse()) if (from) stack.push(from.node)
  }
  return still
}

/** The files that a node names. */
function assetsOf(
  { spec, record }: PlannedNode,
  values = paramValues(spec, record),
): { readonly asset: AssetKind; readonly ref: AssetRef }[] {
  return Object.entries(spec.params).flatMap(([name, paramSpec]) => {
    if (paramSpec.kind !== 'asset') return []
    const ref = values[name]
    return typeof ref === 'object' && ref !== null && 'id' in ref ? [{ asset: paramSpec.asset, ref }] : []
  })
}

function keyOf(node: PlannedNode, descs: ReadonlyMap<string, ValueDesc>, facts: AssetFacts): string {
  const values = paramValues(node.spec, node.record)
  const files = assetsOf(node, values).map(({ asset, ref }) => facts[asset]?.(ref) ?? null)
  const inputs = node.inputs.map(({ port, from }) => [port, (from && descs.get(endpointKey(from))) ?? null] as const)
  const outputs = Object.keys(node.spec.outputs).map((port) => [port, descs.get(`${node.id}.${port}`) ?? null] as const)
  return preparedKey(node.spec, values, files, inputs, outputs)
}

/** The needs of a node, for the inputs of which it says any. */
function needsOf(
  { id, spec, record, inputs }: PlannedNode,
  descs: ReadonlyMap<string, ValueDesc>,
  facts: AssetFacts,
): ReadonlyMap<string, PlannedNeed> {
  if (!spec.kernel.needs) return new Map()
  const params = paramValues(spec, record)
  const drivenParams = inputs.flatMap(({ port, from }) => (from && spec.inputs[port]?.drives ? [port] : []))
  const outputs = Object.keys(spec.outputs).flatMap((port) => descs.get(`${id}.${port}`) ?? [])
  return new Map(
    inputs.flatMap(({ port, from }) => {
      const ratio = ratioOf(from && descs.get(endpointKey(from)), outputs.find(isPicture))
      const { around, frames } = widestNeed(spec, port, params, { ratio, facts }, drivenParams)
      return around ? [[port, { around, frames }] as const] : []
    }),
  )
}

/** Input pixels per output pixel, along the side where it is larger. */
const ratioOf = (from: ValueDesc | undefined, to: PictureDesc | undefined): number =>
  isPicture(from) && to ? Math.max(from.width / to.width, from.height / to.height) : 1

/** Outputs of subgraphs stand for those of the nodes inside that make them. */
const within = (targets: Targets, expansion: Expansion): Targets =>
  Array.isArray(targets)
    ? (targets as readonly FlatEndpoint[]).map((output) => expansion.resolve(output) ?? output)
    : targets

/**
 * Plans what the targets need and nothing else, whatever the order in which the document lists its nodes. Refuses with
 * every error found on the nodes that would run.
 */
export function plan(request: PlanRequest): PlanOutcome {
  const { specs, facts, limits } = request
  const expansion = expand(request.document, specs)
  const { document } = expansion
  const inference = inferAll(document, specs, facts, limits)
  const { descs } = inference
  const flatTargets = within(request.targets, expansion)
  const goal = wantedBy(document, specs, flatTargets, inference)
  if ('code' in goal) return { ok: false, problems: [goal] }

  const nodes = new Map<FlatId, PlannedNode>()
  const { order } = orderFrom(goal.nodes, (id) => {
    const record = nodeOf(document, id)
    const spec = specOf(specs, record)
    if (!record || !spec) return []
    const inputs = Object.entries(spec.inputs).map(([port, { type }]) => {
      const from = inference.source(id, port)
      return { port, from, storage: storageOf(type) }
    })
    nodes.set(id, { id, record, spec, inputs, needs: new Map(), scratch: none })
    return inputs.flatMap(({ from }) => from?.node ?? [])
  })
  const problems = blockingProblem(document, specs, inference, order, Array.isArray(flatTargets) ? flatTargets : [])
  const unknown = goal.outputs.find((output) => !descs.has(endpointKey(output)))
  if (problems.length === 0 && unknown)
    problems.push({
      code: 'no-output',
      severity: 'error',
      node: unknown.node,
      message: `${names(document, specs).node(unknown.node)} gives nothing on its output "${unknown.port}" here.`,
      hint: 'View another output.',
    })
  if (problems.length > 0) return { ok: false, problems }

  const nodeNames = names(document, specs)
  for (const id of order) {
    const node = nodes.get(id)!
    try {
      nodes.set(id, { ...node, needs: needsOf(node, descs, facts), scratch: scratchOf(node, descs) })
    } catch (error) {
      // `inferAll` has asked with the params alone; here numbers that drive them and sizes come in.
      problems.push({ ...failureOf(nodeNames.node(id), error), severity: 'error', node: id })
    }
  }
  if (problems.length > 0) return { ok: false, problems }

  const plannedNodes = order.map((id) => nodes.get(id)!)
  const readers = new Map<string, Set<FlatId>>()
  for (const node of plannedNodes)
    for (const { from, storage } of node.inputs) {
      if (!from || storage === 'stream') continue
      const key = endpointKey(from)
      readers.set(key, (readers.get(key) ?? new Set()).add(node.id))
    }
  const targetKeys = new Set(goal.outputs.map(endpointKey))
  const clock = clockOf(goal.nodes, nodes, facts)
  const rates = ratesInDocument(document, specs, inference, clock, goal.nodes, flatTargets)
  const schedulables = plannedNodes.map((node) => schedulable(node, descs, readers, targetKeys, rates))
  for (const [at, node] of plannedNodes.entries()) {
    if (node.spec.kernel.kind !== 'pixel') continue
    const problem = beyondLimits(node, schedulables[at]!.outputs.length, limits, nodeNames.node(node.id))
    if (problem) problems.push(problem)
  }
  if (problems.length > 0) return { ok: false, problems }

  const units = schedule(schedulables, limits, request.begins)
  const laidOut = layOut(units, nodes, descs, readers, goal.outputs, facts, rates)
  const { steps, values, targets } = laidOut
  const running = (step: PlanStep) => Math.max(...step.nodes.map((id) => nodes.get(id)!.scratch.running))
  const acrossFrames = plannedNodes.reduce((sum, { scratch }) => sum + scratch.resident, 0)
  const peakBytes = peakBytesOf(steps, values, targets, running) + acrossFrames + fieldBytes(plannedNodes, descs)
  if (peakBytes > limits.textureBytes) {
    const problem = tooMuchHeld(values, nodes, peakBytes, limits.textureBytes, nodeNames)
    if (problem) return { ok: false, problems: [problem] }
  }
  const requestedTargets = goal.requestedOutputs.map(
    (output) => targets[goal.outputs.findIndex((one) => sameEnd(one, output))]!,
  )
  return {
    ok: true,
    plan: { steps, values, targets, clock, rate: rates.result, peakBytes },
    shownTargets: requestedTargets,
    descs,
    source: inference.source,
    nodeKeys: Object.fromEntries(plannedNodes.map((node) => [node.id, keyOf(node, descs, facts)])),
  }
}

const sameEnd = (a: FlatEndpoint, b: FlatEndpoint): boolean => a.node === b.node && a.port === b.port

function schedulable(
  node: PlannedNode,
  descs: ReadonlyMap<string, ValueDesc>,
  readers: ReadonlyMap<string, ReadonlySet<FlatId>>,
  targets: ReadonlySet<string>,
  rates: Rates,
): Schedulable {
  const { kind } = node.spec.kernel
  const outputs = Object.keys(node.spec.outputs).flatMap((port) => {
    const key = `${node.id}.${port}`
    const desc = descs.get(key)
    const readingNodes = readers.get(key) ?? new Set<FlatId>()
    const isTarget = targets.has(key)
    return isPerFrame(desc) && (readingNodes.size > 0 || isTarget)
      ? [{ key, readers: readingNodes, isTarget, desc }]
      : []
  })
  const size = outputs[0] ? `${outputs[0].desc.width}x${outputs[0].desc.height}` : ''
  const rate = rates.of(node.id)
  return {
    id: node.id,
    kind,
    after: node.inputs.flatMap(({ from }) => from?.node ?? []),
    pictures: node.inputs.flatMap(({ port, from, storage }) =>
      from && storage === 'texture'
        ? [{ from, neighbour: node.needs.has(port), textures: texturesOf(from, node.needs.get(port)) }]
        : [],
    ),
    fields: fieldsOf(node),
    outputs,
    size,
    rate: `${rate.frames}/${rate.of}`,
  }
}

function scratchOf({ id, spec, record, inputs }: PlannedNode, descs: ReadonlyMap<string, ValueDesc>): Scratch {
  const { running, resident = 0 } = spec.kernel.scratch?.(paramValues(spec, record)) ?? { running: 0 }
  const ends = [
    ...inputs.flatMap(({ from }) => (from ? [endpointKey(from)] : [])),
    ...Object.keys(spec.outputs).map((port) => `${id}.${port}`),
  ]
  const pixels = ends.flatMap((end) => {
    const desc = descs.get(end)
    return isPicture(desc) ? [desc.width * desc.height] : []
  })
  const maxPixels = Math.max(0, ...pixels)
  return { running: Math.ceil(running * maxPixels), resident: Math.ceil(resident * maxPixels) }
}

/** Bytes of the nodes' own pictures, which are there all the time. */
function fieldBytes(nodes: readonly PlannedNode[], descs: ReadonlyMap<string, ValueDesc>): number {
  return nodes.reduce((sum, node) => {
    const [port] = Object.keys(node.spec.outputs)
    const desc = descs.get(`${node.id}.${port}`)
    if (!isPicture(desc)) return sum
    return sum + fieldsOf(node).length * bytesOf({ ...desc, type: 'image', format: 'rgba16float' })
  }, 0)
}

/** Numbers the values, and says for each step what it reads and writes. */
function layOut(
  units: readonly (readonly FlatId[])[],
  nodes: ReadonlyMap<FlatId, PlannedNode>,
  descs: ReadonlyMap<string, ValueDesc>,
  readers: ReadonlyMap<string, ReadonlySet<FlatId>>,
  outputs: readonly FlatEndpoint[],
  facts: AssetFacts,
  rates: Rates,
): Pick<ExecutionPlan, 'steps' | 'values' | 'targets'> {
  const values: Omit<PlannedValue, 'window' | 'period' | 'lasting'>[] = []
  const ids = new Map<string, ValueId>()
  const targetKeys = new Set(outputs.map(endpointKey))
  const steps = units.map((unit) => {
    const members = new Set(unit)
    const kernels = unit.map((id) => nodes.get(id)!)
    const { kind } = kernels[0]!.spec.kernel
    // Every frame of the result goes into every sink.
    const rate = kind === 'sink' ? rates.result : rates.of(unit[0]!)
    const reads = new Map<string, PlannedRead>()
    const writes: ValueId[] = []
    const inputs: Record<FlatId, Record<string, InputSource>> = {}
    const sourceOf = (from: FlatEndpoint | undefined, storage: StorageKind, frames: FrameSpan): InputSource => {
      if (!from) return { kind: 'none' }
      if (storage === 'stream') return { kind: 'stream', from }
      if (members.has(from.node)) return { kind: 'local', from }
      const value = ids.get(endpointKey(from))!
      reads.set(JSON.stringify([value, frames]), { value, frames, as: storage })
      return { kind: 'value', value }
    }
    for (const id of unit) {
      const node = nodes.get(id)!
      inputs[id] = Object.fromEntries(
        node.inputs.map(({ port, from, storage }) => [
          port,
          sourceOf(from, storage, node.needs.get(port)?.frames ?? ownFrame),
        ]),
      )
    }
    for (const id of unit)
      for (const port of Object.keys(nodes.get(id)!.spec.outputs)) {
        const producer = { node: id, port }
        const key = endpointKey(producer)
        const desc = descs.get(key)
        const leaves = [...(readers.get(key) ?? [])].some((reader) => !members.has(reader))
        if (!isPerFrame(desc) || !(leaves || targetKeys.has(key))) continue
        const value = values.length as ValueId
        values.push({ id: value, producer, desc, rate })
        ids.set(key, value)
        writes.push(value)
      }
    return {
      kind,
      nodes: unit,
      inputs,
      needs: Object.fromEntries(kernels.map(({ id, needs }) => [id, Object.fromEntries(needs)])),
      reads: [...reads.values()],
      writes,
      rate,
      moves: kernels.some((node) => movesByItself(node, facts)),
    }
  })
  const targets = outputs.map((output) => ids.get(endpointKey(output))!)
  return { targets, ...withTimes(steps, values, targets, rates.result) }
}

/** Whether each frame of the node's results is another though its inputs are not. */
function movesByItself(node: PlannedNode, facts: AssetFacts): boolean {
  const { kind, readsFrame, clock } = node.spec.kernel
  const rate = clock?.(paramValues(node.spec, node.record) as never) ?? oneForOne
  if (kind !== 'source') return readsFrame === true || !isSameRate(rate, oneForOne)
  const files = assetsOf(node)
  return files.length === 0 || files.some(({ ref }) => facts.media?.(ref)?.frameCount !== 1)
}

/** Where more must be alive at once than there is room for: the node that looks at so many frames, and what they take. */
function tooMuchHeld(
  values: readonly PlannedValue[],
  nodes: ReadonlyMap<FlatId, PlannedNode>,
  peak: number,
  limit: number,
  nodeNames: Names<FlatId>,
): Problem | undefined {
  const bytesHeld = (value: PlannedValue) => bytesOf(value.desc) * framesHeld(value)
  const windowedValues = values.filter((value) => framesHeld(value) > 1).sort((a, b) => bytesHeld(b) - bytesHeld(a))
  const [largest] = windowedValues
  if (!largest) return undefined
  const readers = [...nodes.values()].filter((node) =>
    node.inputs.some(({ from }) => from && endpointKey(from) === endpointKey(largest.producer)),
  )
  const span = (node: PlannedNode) =>
    Math.max(0, ...[...node.needs.values()].map(({ frames }) => offsetsOf(frames).length))
  const reader = readers.sort((a, b) => span(b) - span(a))[0]?.id ?? largest.producer.node
  const size = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  return {
    code: 'window-too-large',
    severity: 'error',
    node: reader,
    message: `${nodeNames.node(reader)} looks at ${framesHeld(largest)} frames of ${nodeNames.node(largest.producer.node)} at once, which take ${size(bytesHeld(largest))}; the whole graph would take ${size(peak)} of graphics memory, and ${size(limit)} may be used.`,
    hint: 'Let it look at fewer frames, or put it before the pictures are enlarged.',
  }
}
