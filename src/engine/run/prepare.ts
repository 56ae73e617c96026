/**
 * From a plan to things that run. A node whose type, plan params, descriptions and files are as before keeps its instance,
 * so that an edit elsewhere never opens a file or loads a model again.
 */
import type { FlatId } from '../../graph/document/document.ts'
import { NodeFailure } from '../../graph/document/node-failure.ts'
import { isNumberDesc } from '../../graph/node/ports.ts'
import { isNumberType } from '../../graph/node/value-types.ts'
import { paramValues } from '../../graph/node/values.ts'
import type { ExecutionPlan, ValueId } from '../../graph/plan/execution-plan.ts'
import type { NodeDefinition } from '../../nodes/define.ts'
import type { SinkContext } from '../../nodes/kernel.ts'
import { clocksOf } from './clocks.ts'
import { Instances } from './instances.ts'
import type { EngineParts, PrepareRequest } from './prepare-request.ts'
import { drivenParams, StepPreparation } from './prepare-step.ts'
import type { AnySink, PreparedGraph, PreparedStep } from './prepared-graph.ts'
import { ValueNames } from './value-names.ts'

const numberLabels = ({ inputs }: NodeDefinition): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(inputs).flatMap(([name, { type, label }]) => (isNumberType(type) ? [[name, label]] : [])),
  )

/** Values that fused units and sinks alone read. */
function viewableOf({ values, steps }: ExecutionPlan): ReadonlySet<ValueId> {
  const viewable = new Set(values.filter(({ desc }) => !isNumberDesc(desc)).map(({ id }) => id))
  for (const { kind, reads } of steps)
    if (kind !== 'pixel' && kind !== 'sink') for (const { value } of reads) viewable.delete(value)
  return viewable
}

export interface Preparer extends AsyncDisposable {
  prepare(request: PrepareRequest): Promise<PreparedGraph>
  /** Opens `node` for one export. Rejects with `NodeFailure`. */
  openSink(request: PrepareRequest, node: FlatId, sink: SinkContext): Promise<AnySink>
}

export function createPreparer(parts: EngineParts): Preparer {
  const { definitions } = parts
  const instances = new Instances()
  const preparation = new StepPreparation(parts, instances)
  const definitionOf = (type: string) => preparation.definitionOf(type)

  return {
    async prepare(request) {
      const { document, signal } = request
      signal.throwIfAborted()
      const { plan } = request.outcome
      const nodes = plan.steps.flatMap((step) => step.nodes)
      // Whoever asks has taken it out already; this is the last door before it runs.
      const withheldCode = parts.permits.withheld(document).find(({ node }) => nodes.includes(node))
      if (withheldCode) throw new NodeFailure(withheldCode.node, new Error('its code was not allowed to run'))
      const newNames = new Set(
        plan.steps.flatMap((step) =>
          step.nodes.flatMap((node) => (instances.has(node) ? [] : [preparation.slotKey(request, node)])),
        ),
      )
      await instances.retain((node) => document.nodes[node]?.type, newNames)
      // Side by side: while one node reads its model, the shaders of others are compiled. None is told of before all
      // have ended, lest what comes next prepares the same node beside one that is still at it.
      const preparations = await Promise.allSettled(plan.steps.map((step) => preparation.prepare(request, step)))
      await instances.endAdoption()
      const steps = preparations.map((each): PreparedStep => {
        if (each.status === 'rejected') throw each.reason
        return each.value
      })
      const sources = new Map(
        steps.flatMap((step) => (step.kind === 'source' ? [[step.node, step.slot.instance] as const] : [])),
      )
      const entries = plan.steps.flatMap((step) =>
        step.nodes.flatMap((id) => {
          const params = drivenParams(definitionOf(document.nodes[id]!.type), step, id)
          return params.length > 0 ? [[id, params] as const] : []
        }),
      )
      const clocks = clocksOf(plan.clock === undefined ? undefined : sources.get(plan.clock), plan.clock ?? null)
      const graph = {
        plan,
        steps,
        sources,
        clocks,
        clock: clocks.at(plan.rate),
        types: new Map(nodes.map((id) => [id, document.nodes[id]!.type])),
        params: new Map(
          nodes.map((id) => [id, paramValues(definitionOf(document.nodes[id]!.type), document.nodes[id]!)]),
        ),
      }
      return {
        ...graph,
        drivenParams: new Map(entries),
        numberLabels: new Map(nodes.map((id) => [id, numberLabels(definitionOf(document.nodes[id]!.type))] as const)),
        viewable: viewableOf(plan),
        targetRegions: request.targetRegions ?? new Map(),
        parts: request.parts ?? new Map(),
        names: new ValueNames(graph, definitions, (id) => parts.assets.version(id)),
      }
    },

    async openSink(request, node, sink) {
      try {
        const { kernel, type } = definitionOf(request.document.nodes[node]!.type)
        const step = request.outcome.plan.steps.find((candidate) => candidate.nodes.includes(node))
        if (kernel.kind !== 'sink' || !step) throw new Error(`${type} is not a sink of this plan.`)
        return await kernel.prepare({ ...preparation.contextOf(request, step, node), sink })
      } catch (error) {
        throw new NodeFailure(node, error)
      }
    },

    [Symbol.asyncDispose]: () => instances.dispose(),
  }
}
