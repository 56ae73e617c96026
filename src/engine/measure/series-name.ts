/** Names a number over a whole clip by what it is made of: the same name, the same numbers at the same frames. */
import type { FlatDocument, FlatId } from '../../graph/document/document.ts'
import { offsetsOf } from '../../graph/node/needs.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { contentKey } from '../../graph/plan/dirty.ts'
import type { ExecutionPlan, ValueId } from '../../graph/plan/execution-plan.ts'
import { assetVersions } from '../run/value-names.ts'

/**
 * The name of each value of the plan, whatever the frame. Which frames there are is part of it, since the source and its
 * trim are.
 * @param version changes whenever the file behind an id changes
 */
export function seriesNames(
  plan: Pick<ExecutionPlan, 'steps' | 'values' | 'clock'>,
  document: FlatDocument,
  specs: Specs,
  version: (id: string) => number,
): ReadonlyMap<ValueId, string> {
  const ofNode = new Map<FlatId, string>()
  const names = new Map<ValueId, string>()
  for (const step of plan.steps) {
    for (const id of step.nodes) {
      const record = document.nodes[id]!
      const params = paramValues(specs.get(record.type)!, record)
      const inputs = Object.entries(step.inputs[id] ?? {}).map(([port, source]) => {
        const span = step.needs[id]?.[port]?.frames
        const offsets = span ? offsetsOf(span) : [0]
        if (source.kind === 'local') return [port, ofNode.get(source.from.node), source.from.port, offsets]
        return [port, source.kind === 'value' ? names.get(source.value) : null, offsets]
      })
      ofNode.set(id, contentKey([record.type, params, assetVersions(params, version), inputs, id === plan.clock]))
    }
    for (const value of step.writes) {
      const { node, port } = plan.values[value]!.producer
      names.set(value, `${ofNode.get(node)}/${port}`)
    }
  }
  return names
}
