/**
 * By which clock each node runs: that of the source that sets the clock, times what the nodes behind it make of it. A node
 * runs as often as the fastest of its pictures, or of its numbers where it has no pictures; the others are held meanwhile. What
 * goes back to no such source (a number from a curve, a second clip) runs as often as the fastest sink: then a frame's number
 * means the same whatever is being looked at.
 */
import type { Inference } from '../analysis/infer.ts'
import { orderFrom } from '../analysis/order.ts'
import type { Targets } from '../analysis/targets.ts'
import { type FlatDocument, type FlatId, type NodeRecord, nodeOf as recordOf } from '../document/document.ts'
import { specOf } from '../document/subgraph.ts'
import { fastest, oneForOne, product, type Rate } from '../node/rate.ts'
import type { Specs } from '../node/spec.ts'
import { storageOf } from '../node/value-types.ts'
import { paramValues } from '../node/values.ts'

export interface RatedNode {
  readonly inputs: readonly { readonly from: FlatId; readonly isPicture: boolean }[]
  /** Frames that it makes of those that it reads, where that is not one of one. */
  readonly clock?: Rate | undefined
}

export interface RatesRequest {
  /** The source that sets the clock. */
  readonly source: FlatId | undefined
  /** What is asked for. */
  readonly targets: readonly FlatId[]
  /** Of the whole document. */
  readonly sinks: readonly FlatId[]
  /** Only sinks are asked for: then they alone decide how often the result has a frame. */
  readonly sinksAlone: boolean
  nodeOf(id: FlatId): RatedNode
}

export interface Rates {
  readonly result: Rate
  of(node: FlatId): Rate
}

export function ratesOf({ source, targets, sinks, sinksAlone, nodeOf }: RatesRequest): Rates {
  const nodes = new Map<FlatId, RatedNode>()
  const { order } = orderFrom(new Set([...targets, ...sinks]), (id) => {
    const node = nodeOf(id)
    nodes.set(id, node)
    return node.inputs.map(({ from }) => from)
  })
  const rates = new Map<FlatId, Rate>()
  const rateOf = ({ inputs, clock = oneForOne }: RatedNode): Rate | undefined => {
    const commonRate = (pictures: boolean) =>
      fastest(inputs.flatMap(({ from, isPicture }) => (isPicture === pictures ? (rates.get(from) ?? []) : [])))
    const rateRead = commonRate(true) ?? commonRate(false)
    return rateRead && product(rateRead, clock)
  }
  if (source !== undefined) rates.set(source, oneForOne)
  for (const id of order) {
    const rate = rates.get(id) ?? rateOf(nodes.get(id)!)
    if (rate) rates.set(id, rate)
  }
  const fastestOf = (ids: readonly FlatId[]) => fastest(ids.flatMap((id) => rates.get(id) ?? []))
  const usual = fastestOf([...targets, ...sinks]) ?? oneForOne
  for (const id of order) if (!rates.has(id)) rates.set(id, rateOf(nodes.get(id)!) ?? usual)
  return {
    result: fastestOf(sinksAlone ? targets : [...targets, ...sinks]) ?? oneForOne,
    of: (node) => rates.get(node) ?? usual,
  }
}

/** The clocks of the nodes of `document`, those of its sinks that are not asked for among them. */
export function ratesInDocument(
  document: FlatDocument,
  specs: Specs,
  { source }: Inference,
  clock: FlatId | undefined,
  targets: readonly FlatId[],
  runTargets: Targets,
): Rates {
  const records = Object.values<NodeRecord<FlatId>>(document.nodes)
  const runs = ({ id, bypass }: NodeRecord<FlatId>) => !bypass && specOf(specs, document.nodes[id]) !== undefined
  const sinks = records.filter((node) => runs(node) && specOf(specs, node)?.kernel.kind === 'sink').map(({ id }) => id)
  return ratesOf({
    source: clock,
    targets,
    sinks,
    sinksAlone: !Array.isArray(runTargets),
    nodeOf(id) {
      const record = recordOf(document, id)
      const spec = specOf(specs, record)
      if (!record || !spec) return { inputs: [] }
      const inputs = Object.entries(spec.inputs).flatMap(([port, { type }]) => {
        const from = storageOf(type) === 'stream' ? undefined : source(id, port)
        return from ? [{ from: from.node, isPicture: storageOf(type) === 'texture' }] : []
      })
      try {
        return { inputs, clock: spec.kernel.clock?.(paramValues(spec, record) as never) }
      } catch {
        // `inferAll` has told it, and the node does not run; others of the document do.
        return { inputs }
      }
    },
  })
}
