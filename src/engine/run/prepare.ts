/**
 * From a plan to things that run: pipelines for fused units, an instance for every other node. A node whose
 * type, plan params, descriptions and files are as before keeps its instance, so that an edit elsewhere never
 * opens a file or loads a model again.
 */
import { createFields } from '../../gpu/field.ts'
import { generatePixelUnit, type PixelNode } from '../../gpu/pixel.ts'
import type { Gpu } from '../../gpu/types.ts'
import { endpointKey, type FlatDocument, type FlatId } from '../../graph/document/document.ts'
import type { PictureDesc, ValueDesc } from '../../graph/node/ports.ts'
import { paramValues } from '../../graph/node/values.ts'
import type { ExecutionPlan, PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import type { PlanOutcome } from '../../graph/plan/plan.ts'
import type { Region } from '../../graph/plan/region.ts'
import type { Media } from '../../media/types.ts'
import type { Models, RuntimeChoice } from '../../models/types.ts'
import type { NodeDefinition } from '../../nodes/define.ts'
import type { Download, NodeInstance, Prepare, SinkContext } from '../../nodes/kernel.ts'
import { NodeFailure } from './errors.ts'
import { Instances, type Slot } from './instances.ts'
import type {
  AnyAsync,
  AnyPass,
  AnySink,
  AnySource,
  Clock,
  DrivenParam,
  FieldsInstance,
  ParamValues,
  PreparedGraph,
  PreparedStep,
} from './prepared-graph.ts'
import { assetVersions, ValueNames } from './value-names.ts'

export interface EngineParts {
  readonly gpu: Gpu
  readonly media: Media
  readonly models: Models
  readonly upload: Prepare['upload']
  readonly download: Download
  readonly definitions: ReadonlyMap<string, NodeDefinition>
  /** Changes whenever the file behind a media or model id changes. */
  readonly assetVersion: (id: string) => number
}

export type Planned = Extract<PlanOutcome, { ok: true }>

export interface PrepareRequest {
  readonly document: FlatDocument
  readonly planned: Planned
  readonly runtime: RuntimeChoice
  readonly signal: AbortSignal
  /** Parts of targets that are to be handed out; the whole of those that are not named. */
  readonly wanted?: ReadonlyMap<ValueId, Region>
  /** Parts of values that are to be made for that (see `regionsOf`). */
  readonly parts?: ReadonlyMap<ValueId, Region>
}

/** A graph without a source has one moment only. */
const standingStill: Clock = {
  node: null,
  first: 0,
  last: 0,
  time: () => ({ index: 0, timestamp: 0, duration: 0 }),
}

function clockOf(plan: ExecutionPlan, sources: ReadonlyMap<FlatId, AnySource>): Clock {
  const source = plan.clock === undefined ? undefined : sources.get(plan.clock)
  if (!source) return standingStill
  const { timeline, range } = source
  return {
    node: plan.clock!,
    first: range.first,
    last: range.last,
    time: (index) => ({ index, timestamp: timeline.timestamp(index), duration: timeline.duration(index) }),
  }
}

export interface Preparer extends AsyncDisposable {
  prepare(request: PrepareRequest): Promise<PreparedGraph>
  /** Opens `node` for one export. Rejects with `NodeFailure`. */
  openSink(request: PrepareRequest, node: FlatId, sink: SinkContext): Promise<AnySink>
}

/** A pixel node as its unit is generated from: its body for these params. */
export function pixelNode(definition: NodeDefinition, params: ParamValues): PixelNode {
  const { kernel } = definition
  if (kernel.kind !== 'pixel') throw new Error(`${definition.type} is not a pixel node`)
  const { wgsl } = kernel
  return { ...definition, kernel: { ...kernel, wgsl: typeof wgsl === 'string' ? wgsl : wgsl(params as never) } }
}

async function preparePixels(
  gpu: Gpu,
  definitionOf: (type: string) => NodeDefinition,
  request: PrepareRequest,
  step: PlanStep,
  openFields: (node: FlatId, own: PixelNode) => Promise<Slot<FieldsInstance>>,
): Promise<PreparedStep> {
  const nodeOf = (id: FlatId): PixelNode => {
    const record = request.document.nodes[id]!
    const definition = definitionOf(record.type)
    // A body made from params leaves out nothing that a number may switch on.
    const driven = drivenParams(definition, step, id).map(({ name, max }) => [name, max] as const)
    return pixelNode(definition, { ...paramValues(definition, record), ...Object.fromEntries(driven) })
  }
  const written = new Map(
    step.writes.map((value) => {
      const { producer, desc } = request.planned.plan.values[value]!
      return [producer.node, { value, format: desc.format }] as const
    }),
  )
  const unit = generatePixelUnit(step, nodeOf, written)
  try {
    const fields = new Map(
      await Promise.all(
        [...new Set(unit.fields.map(({ node }) => node))].map(
          async (node) => [node, await openFields(node, nodeOf(node))] as const,
        ),
      ),
    )
    return { kind: 'pixel', step, unit, fields, pass: await gpu.compute(unit.spec) }
  } catch (error) {
    throw (await failureAlone(gpu, step, nodeOf)) ?? error
  }
}

/** The params of a node that numbers are wired to. */
function drivenParams({ inputs, params }: NodeDefinition, step: PlanStep, id: FlatId): readonly DrivenParam[] {
  return Object.entries(step.inputs[id] ?? {}).flatMap(([name, source]) => {
    const declared = params[name]
    if (source.kind !== 'value' || !inputs[name]?.drives || declared?.kind !== 'float') return []
    const { label, min, max } = declared
    return [{ name, label, min, max }]
  })
}

/** Which node of a unit does not compile: the first that does not by itself either. */
async function failureAlone(
  gpu: Gpu,
  step: PlanStep,
  nodeOf: (id: FlatId) => PixelNode,
): Promise<NodeFailure | undefined> {
  for (const id of step.nodes) {
    const unwired = Object.keys(step.inputs[id] ?? {}).map((port) => [port, { kind: 'none' } as const])
    const alone = { ...step, nodes: [id], inputs: { [id]: Object.fromEntries(unwired) }, reads: [], writes: [] }
    try {
      await gpu.compute(generatePixelUnit(alone, nodeOf, new Map()).spec)
    } catch (error) {
      return new NodeFailure(id, error)
    }
  }
  return undefined
}

export function createPreparer(parts: EngineParts): Preparer {
  const { gpu, definitions } = parts
  const instances = new Instances()

  function definitionOf(type: string): NodeDefinition {
    const definition = definitions.get(type)
    if (!definition) throw new Error(`No node type “${type}”.`)
    return definition
  }

  /** What the node is told; the exact types of its ports and params are erased (see `AnyPass`). */
  function contextOf(request: PrepareRequest, step: PlanStep, node: FlatId): Prepare {
    const { document } = request
    const { plan, descs } = request.planned
    const record = document.nodes[node]!
    const definition = definitionOf(record.type)
    const inputs: Record<string, ValueDesc | undefined> = {}
    for (const port of Object.keys(definition.inputs)) {
      const source = step.inputs[node]?.[port] ?? { kind: 'none' }
      if (source.kind === 'value') inputs[port] = plan.values[source.value]!.desc
      else if (source.kind !== 'none') inputs[port] = descs.get(endpointKey(source.from))
    }
    const outputs: Record<string, ValueDesc | undefined> = {}
    for (const port of Object.keys(definition.outputs)) outputs[port] = descs.get(endpointKey({ node, port }))
    return {
      gpu,
      media: parts.media,
      models: parts.models,
      upload: parts.upload,
      download: parts.download,
      runtime: request.runtime,
      inputs: inputs as Prepare['inputs'],
      outputs: outputs as Prepare['outputs'],
      params: paramValues(definition, record) as Prepare['params'],
      signal: request.signal,
    }
  }

  /** What an instance was made with: the same key, the same instance. */
  function slotKey(request: PrepareRequest, node: FlatId): string {
    const record = request.document.nodes[node]!
    const versions = assetVersions(paramValues(definitionOf(record.type), record), parts.assetVersion)
    return [request.planned.nodeKeys[node], request.runtime, ...versions].join()
  }

  async function slotFor<T extends NodeInstance>(
    request: PrepareRequest,
    step: PlanStep,
    node: FlatId,
    open: (context: Prepare) => Promise<T>,
  ): Promise<Slot<T>> {
    const { type } = request.document.nodes[node]!
    const context = contextOf(request, step, node)
    return instances.get(node, slotKey(request, node), type, () => open(context))
  }

  /** The pictures of a pixel node's own, kept as instances of other nodes are. */
  async function fieldSlot(request: PrepareRequest, step: PlanStep, node: FlatId, own: PixelNode) {
    return slotFor<FieldsInstance>(request, step, node, async ({ outputs }) => {
      const desc = Object.values(outputs)[0] as PictureDesc
      const fields = await createFields(gpu, own, desc)
      return { textures: fields.textures, dispose: () => fields[Symbol.dispose]() }
    })
  }

  async function prepareStep(request: PrepareRequest, step: PlanStep): Promise<PreparedStep> {
    const node = step.nodes[0]!
    try {
      const { kernel } = definitionOf(request.document.nodes[node]!.type)
      switch (kernel.kind) {
        case 'pixel':
          return await preparePixels(gpu, definitionOf, request, step, (id, own) => fieldSlot(request, step, id, own))
        case 'sink':
          return { kind: 'sink', step, node }
        case 'number':
          return { kind: 'number', step, node, readsFrame: kernel.readsFrame === true, numbers: kernel.numbers }
        case 'pass':
          return {
            kind: 'pass',
            step,
            node,
            slot: await slotFor<AnyPass>(request, step, node, (c) => kernel.prepare(c)),
          }
        case 'async':
          return {
            kind: 'async',
            step,
            node,
            slot: await slotFor<AnyAsync>(request, step, node, (c) => kernel.prepare(c)),
          }
        case 'source':
          return {
            kind: 'source',
            step,
            node,
            slot: await slotFor<AnySource>(request, step, node, (c) => kernel.prepare(c)),
          }
      }
    } catch (error) {
      throw error instanceof NodeFailure ? error : new NodeFailure(node, error)
    }
  }

  return {
    async prepare(request) {
      const { document, signal } = request
      signal.throwIfAborted()
      const { plan } = request.planned
      const renamed = new Set(
        plan.steps.flatMap((step) =>
          step.nodes.flatMap((node) => (instances.has(node) ? [] : [slotKey(request, node)])),
        ),
      )
      await instances.retain((node) => document.nodes[node]?.type, renamed)
      // Side by side: while one node reads its model, the shaders of others are compiled. None is told of before all
      // have ended, lest what comes next prepares the same node beside one that is still at it.
      const ended = await Promise.allSettled(plan.steps.map((step) => prepareStep(request, step)))
      await instances.endAdoption()
      const steps = ended.map((each): PreparedStep => {
        if (each.status === 'rejected') throw each.reason
        return each.value
      })
      const sources = new Map(
        steps.flatMap((step) => (step.kind === 'source' ? [[step.node, step.slot.instance] as const] : [])),
      )
      const nodes = plan.steps.flatMap((step) => step.nodes)
      const driven = plan.steps.flatMap((step) =>
        step.nodes.flatMap((id) => {
          const params = drivenParams(definitionOf(document.nodes[id]!.type), step, id)
          return params.length > 0 ? [[id, params] as const] : []
        }),
      )
      const named = {
        plan,
        steps,
        sources,
        clock: clockOf(plan, sources),
        types: new Map(nodes.map((id) => [id, document.nodes[id]!.type])),
        params: new Map(
          nodes.map((id) => [id, paramValues(definitionOf(document.nodes[id]!.type), document.nodes[id]!)]),
        ),
      }
      return {
        ...named,
        driven: new Map(driven),
        wanted: request.wanted ?? new Map(),
        parts: request.parts ?? new Map(),
        names: new ValueNames(named, definitions, parts.assetVersion),
      }
    },

    async openSink(request, node, sink) {
      try {
        const { kernel, type } = definitionOf(request.document.nodes[node]!.type)
        const step = request.planned.plan.steps.find((candidate) => candidate.nodes.includes(node))
        if (kernel.kind !== 'sink' || !step) throw new Error(`${type} is not a sink of this plan.`)
        return await kernel.prepare({ ...contextOf(request, step, node), sink })
      } catch (error) {
        throw new NodeFailure(node, error)
      }
    },

    [Symbol.asyncDispose]: () => instances.dispose(),
  }
}
