/**
 * From a step of a plan to one that runs: a pipeline for a fused unit, an instance for every other node. The instances
 * are kept by what they were made with, so that the same step prepared again opens nothing anew.
 */

import { createFields } from '../../gpu/field.ts'
import { viewKey } from '../../gpu/picture-views.ts'
import { generatePixelUnit, type PixelNode, type PixelUnit, type StoredReads } from '../../gpu/pixel.ts'
import type { Gpu, PictureView } from '../../gpu/types.ts'
import { isPicture } from '../../graph/analysis/infer.ts'
import { endpointKey, type FlatId } from '../../graph/document/document.ts'
import { NodeFailure, onBehalfOf } from '../../graph/document/node-failure.ts'
import { codeBody } from '../../graph/node/code-body.ts'
import type { AssetFacts } from '../../graph/node/facts.ts'
import type { Params } from '../../graph/node/params.ts'
import type { PictureDesc, ValueDesc } from '../../graph/node/ports.ts'
import { paramValues } from '../../graph/node/values.ts'
import type { PlanStep, ValueId } from '../../graph/plan/execution-plan.ts'
import type { NodeDefinition } from '../../nodes/define.ts'
import type { NodeInstance, Prepare } from '../../nodes/kernel.ts'
import { type CodeFailure, codeFailure } from './code-failure.ts'
import type { Instances, Slot } from './instances.ts'
import type { EngineParts, PrepareRequest } from './prepare-request.ts'
import type {
  AnyAsync,
  AnyPass,
  AnySource,
  DrivenParam,
  FieldsInstance,
  ParamValues,
  PixelPass,
  PreparedStep,
} from './prepared-graph.ts'
import { assetVersions } from './value-names.ts'

/** A pixel node as its unit is generated from: its body for these params and files. */
export function pixelNode(definition: NodeDefinition, params: ParamValues, facts: AssetFacts = {}): PixelNode {
  const { kernel } = definition
  if (kernel.kind !== 'pixel') throw new Error(`${definition.type} is not a pixel node`)
  const { wgsl } = kernel
  const body = typeof wgsl === 'string' ? wgsl : wgsl(withGuardedCode(definition, params) as never, facts)
  return { ...definition, kernel: { ...kernel, wgsl: body } }
}

/** No node sees code as a person wrote it. */
const withGuardedCode = ({ params: paramSpecs }: NodeDefinition, params: ParamValues): ParamValues =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const spec = paramSpecs[name]
      return [name, spec?.kind === 'code' ? codeBody(String(value), spec) : value]
    }),
  )

async function preparePixels(
  gpu: Gpu,
  facts: AssetFacts,
  definitionOf: (type: string) => NodeDefinition,
  request: PrepareRequest,
  step: PlanStep,
  openFields: (node: FlatId, definition: PixelNode) => Promise<Slot<FieldsInstance>>,
): Promise<PreparedStep> {
  const valuesOf = (id: FlatId): ParamValues => {
    const record = request.document.nodes[id]!
    const definition = definitionOf(record.type)
    // A body made from params leaves out nothing that a number may switch on.
    const maxima = drivenParams(definition, step, id).map(({ name, max }) => [name, max] as const)
    return { ...paramValues(definition, record), ...Object.fromEntries(maxima) }
  }
  const nodeOf = (id: FlatId): PixelNode =>
    onBehalfOf(id, () => pixelNode(definitionOf(request.document.nodes[id]!.type), valuesOf(id), facts))
  const outputs = new Map(
    step.writes.map((value) => {
      const { producer, desc } = request.outcome.plan.values[value]!
      return [endpointKey(producer), { value, format: desc.format }] as const
    }),
  )
  const storageReads = storedReads(gpu, request, step)
  const plain = generatePixelUnit(step, nodeOf, outputs, new Map(), storageReads)
  const passes = new Map<string, Promise<PixelPass>>()
  const compile = async (views: ReadonlyMap<string, PictureView>): Promise<PixelPass> => {
    const unit = views.size > 0 ? generatePixelUnit(step, nodeOf, outputs, views, storageReads) : plain
    return { unit, pass: await gpu.compute(unit.spec) }
  }
  try {
    const fields = new Map(
      await Promise.all(
        [...new Set(plain.fields.map(({ node }) => node))].map(
          async (node) => [node, await openFields(node, nodeOf(node))] as const,
        ),
      ),
    )
    return {
      kind: 'pixel',
      step,
      plain: await compile(new Map()),
      fields,
      awaitedNumbers: awaitedNumbers(step, plain),
      reading(views) {
        const key = viewKey(views)
        const pass = passes.get(key) ?? compile(views)
        passes.set(key, pass)
        return pass
      },
    }
  } catch (error) {
    throw (await failureAlone(gpu, step, nodeOf, valuesOf)) ?? error
  }
}

/** On software graphics as many as the device binds; a GPU has caches of its own for textures that are sampled. */
function storedReads(
  { software, device }: Gpu,
  { outcome }: PrepareRequest,
  { writes }: PlanStep,
): StoredReads | undefined {
  if (!software || !navigator.gpu.wgslLanguageFeatures.has('readonly_and_readwrite_storage_textures')) return undefined
  return {
    count: device.limits.maxStorageTexturesPerShaderStage - writes.length,
    formatOf: (value) => {
      const { desc } = outcome.plan.values[value]!
      if (!isPicture(desc)) throw new Error(`value ${value} is no picture`)
      return desc.format
    },
  }
}

/** The numbers by which loops of people's code run: how large its pieces may be follows what is asked of it. */
const awaitedNumbers = (step: PlanStep, { looping }: PixelUnit): ReadonlySet<ValueId> =>
  new Set(
    looping.flatMap((id) =>
      Object.values(step.inputs[id] ?? {}).flatMap((source) => (source.kind === 'value' ? [source.value] : [])),
    ),
  )

/** The params of a node that numbers are wired to. */
export function drivenParams({ inputs, params }: NodeDefinition, step: PlanStep, id: FlatId): readonly DrivenParam[] {
  return Object.entries(step.inputs[id] ?? {}).flatMap(([name, source]) => {
    const paramSpec = params[name]
    if (source.kind !== 'value' || !inputs[name]?.drives || paramSpec?.kind !== 'float') return []
    const { label, min, max } = paramSpec
    return [{ name, label, min, max }]
  })
}

/** Which node of a unit does not compile: the first that does not by itself either. */
async function failureAlone(
  gpu: Gpu,
  step: PlanStep,
  nodeOf: (id: FlatId) => PixelNode,
  valuesOf: (id: FlatId) => ParamValues,
): Promise<NodeFailure | undefined> {
  for (const id of step.nodes) {
    const { params } = nodeOf(id)
    const unwiredPorts = Object.keys(step.inputs[id] ?? {}).map((port) => [port, { kind: 'none' } as const])
    const alone = { ...step, nodes: [id], inputs: { [id]: Object.fromEntries(unwiredPorts) }, reads: [], writes: [] }
    try {
      await gpu.compute(generatePixelUnit(alone, nodeOf, new Map()).spec)
    } catch (error) {
      return new NodeFailure(id, failureOfCode(params, valuesOf(id), error) ?? error)
    }
  }
  return undefined
}

const codedParam = (params: Params): string | undefined =>
  Object.entries(params).find(([, { kind }]) => kind === 'code')?.[0]

function failureOfCode(params: Params, values: ParamValues, error: unknown): CodeFailure | undefined {
  const param = codedParam(params)
  return param === undefined ? undefined : codeFailure(param, String(values[param]), error)
}

/** Prepares the steps of plans, and keeps what was opened for them in `instances`. */
export class StepPreparation {
  readonly #parts: EngineParts
  readonly #instances: Instances

  constructor(parts: EngineParts, instances: Instances) {
    this.#parts = parts
    this.#instances = instances
  }

  definitionOf(type: string): NodeDefinition {
    const definition = this.#parts.definitions.get(type)
    if (!definition) throw new Error(`No node type “${type}”.`)
    return definition
  }

  /** What the node is told; the exact types of its ports and params are erased (see `AnyPass`). */
  contextOf(request: PrepareRequest, step: PlanStep, node: FlatId): Prepare {
    const { document } = request
    const { plan, descs } = request.outcome
    const record = document.nodes[node]!
    const definition = this.definitionOf(record.type)
    const inputs: Record<string, ValueDesc | undefined> = {}
    for (const port of Object.keys(definition.inputs)) {
      const source = step.inputs[node]?.[port] ?? { kind: 'none' }
      if (source.kind === 'value') inputs[port] = plan.values[source.value]!.desc
      else if (source.kind !== 'none') inputs[port] = descs.get(endpointKey(source.from))
    }
    const outputs: Record<string, ValueDesc | undefined> = {}
    for (const port of Object.keys(definition.outputs)) outputs[port] = descs.get(endpointKey({ node, port }))
    return {
      gpu: this.#parts.gpu,
      media: this.#parts.media,
      models: this.#parts.models,
      open: this.#parts.assets.open,
      upload: this.#parts.upload,
      download: this.#parts.download,
      runtime: request.runtime,
      inputs: inputs as Prepare['inputs'],
      outputs: outputs as Prepare['outputs'],
      params: paramValues(definition, record) as Prepare['params'],
      signal: request.signal,
    }
  }

  /** What an instance was made with: the same key, the same instance. */
  slotKey(request: PrepareRequest, node: FlatId): string {
    const record = request.document.nodes[node]!
    const versions = assetVersions(paramValues(this.definitionOf(record.type), record), (id) =>
      this.#parts.assets.version(id),
    )
    return [request.outcome.nodeKeys[node], request.runtime, ...versions].join()
  }

  async #slotFor<T extends NodeInstance>(
    request: PrepareRequest,
    step: PlanStep,
    node: FlatId,
    open: (context: Prepare) => Promise<T>,
  ): Promise<Slot<T>> {
    const { type } = request.document.nodes[node]!
    const context = this.contextOf(request, step, node)
    return this.#instances.get(node, this.slotKey(request, node), type, () => open(context))
  }

  /** The pictures of a pixel node's own, kept as instances of other nodes are. */
  async #fieldSlot(request: PrepareRequest, step: PlanStep, node: FlatId, definition: PixelNode) {
    return this.#slotFor<FieldsInstance>(request, step, node, async ({ outputs, open, params }) => {
      const desc = Object.values(outputs)[0] as PictureDesc
      const { kernel } = this.definitionOf(request.document.nodes[node]!.type)
      const makers = Object.entries((kernel.kind === 'pixel' && kernel.tables) || {})
      const making = makers.map(async ([name, make]) => [name, await make({ open, params })] as const)
      // Others of the unit are not to blame.
      const members = await Promise.all(making).catch((error: unknown) => {
        throw new NodeFailure(node, error)
      })
      const fields = await createFields(this.#parts.gpu, definition, desc, Object.fromEntries(members))
      return { textures: fields.textures, dispose: () => fields[Symbol.dispose]() }
    })
  }

  async prepare(request: PrepareRequest, step: PlanStep): Promise<PreparedStep> {
    const node = step.nodes[0]!
    try {
      const { kernel } = this.definitionOf(request.document.nodes[node]!.type)
      switch (kernel.kind) {
        case 'pixel':
          return await preparePixels(
            this.#parts.gpu,
            this.#parts.assets.facts,
            (type) => this.definitionOf(type),
            request,
            step,
            (id, definition) => this.#fieldSlot(request, step, id, definition),
          )
        case 'sink':
          return { kind: 'sink', step, node }
        case 'number':
          return { kind: 'number', step, node, readsFrame: kernel.readsFrame === true, numbers: kernel.numbers }
        case 'pass':
          return {
            kind: 'pass',
            step,
            node,
            slot: await this.#slotFor<AnyPass>(request, step, node, (c) => kernel.prepare(c)),
          }
        case 'async':
          return {
            kind: 'async',
            step,
            node,
            slot: await this.#slotFor<AnyAsync>(request, step, node, (c) => kernel.prepare(c)),
          }
        case 'source':
          return {
            kind: 'source',
            step,
            node,
            slot: await this.#slotFor<AnySource>(request, step, node, (c) => kernel.prepare(c)),
          }
      }
    } catch (error) {
      throw error instanceof NodeFailure ? error : new NodeFailure(node, error)
    }
  }
}
