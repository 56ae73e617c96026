/** What an edit invalidates, so that a moved node costs nothing and a slider no more than the nodes below it. */
import { dependants, type EdgeRecord, type GraphDocument, type NodeId, type NodeRecord, nodeOf } from './document.ts'
import { sameJson } from './json.ts'
import type { Specs } from './spec.ts'

export type Dirty =
  /** Places, titles, descriptions: every result and the plan stand. */
  | { readonly kind: 'nothing' }
  /** Params of uniform buffers: the plan stands. */
  | {
      readonly kind: 'uniform'
      /** Whose buffers are written anew. */
      readonly nodes: ReadonlySet<NodeId>
      /** Whose results change: those and all below them. */
      readonly stale: ReadonlySet<NodeId>
    }
  /** The plan is made anew; results of all nodes but `stale` stand. */
  | { readonly kind: 'suffix'; readonly nodes: ReadonlySet<NodeId>; readonly stale: ReadonlySet<NodeId> }
  /** No result stands: a source that others read is another one now, and with it, maybe, the clock. */
  | { readonly kind: 'plan' }

const wireText = ({ from, to }: EdgeRecord) => JSON.stringify([to.node, to.port, from.node, from.port])
const wiresOf = (document: GraphDocument) =>
  new Map(Object.values<EdgeRecord>(document.edges).map((edge) => [wireText(edge), edge]))

type NodeChange = 'nothing' | 'uniform' | 'other'

function nodeChange(before: NodeRecord, after: NodeRecord, specs: Specs): NodeChange {
  if (before === after) return 'nothing'
  const runs = (record: NodeRecord) => [record.type, record.bypass ?? false, record.mute ?? false]
  if (!sameJson(runs(before), runs(after))) return 'other'
  if (sameJson(before.params, after.params)) return 'nothing'
  const spec = specs.get(after.type)
  let change: NodeChange = 'nothing'
  for (const name of new Set([...Object.keys(before.params), ...Object.keys(after.params)])) {
    const own = (record: NodeRecord) => (Object.hasOwn(record.params, name) ? record.params[name] : undefined)
    if (sameJson(own(before), own(after))) continue
    // Nobody knows what a param of an unknown type does; one that a known type does not have does nothing.
    if (!spec) return 'other'
    if (!Object.hasOwn(spec.params, name)) continue
    if (spec.params[name]!.affects === 'plan') return 'other'
    change = 'uniform'
  }
  return change
}

/**
 * Compares two states of a document. Records shared by both (as immer leaves them) cost nothing. Facts are not
 * looked at: a file that has become known changes results without an edit.
 */
export function dirtyBetween(before: GraphDocument, after: GraphDocument, specs: Specs): Dirty {
  if (before.nodes === after.nodes && before.edges === after.edges) return { kind: 'nothing' }
  const uniform = new Set<NodeId>()
  const other = new Set<NodeId>()
  const gone: NodeId[] = []
  for (const id of Object.keys(before.nodes) as NodeId[]) {
    const now = nodeOf(after, id)
    const change = now && nodeChange(before.nodes[id]!, now, specs)
    if (!change) gone.push(id)
    else if (change === 'uniform') uniform.add(id)
    else if (change === 'other') other.add(id)
  }
  for (const id of Object.keys(after.nodes) as NodeId[]) if (!nodeOf(before, id)) other.add(id)
  if (before.edges !== after.edges) {
    const [old, now] = [wiresOf(before), wiresOf(after)]
    for (const [text, { to }] of old) if (!now.has(text) && nodeOf(after, to.node)) other.add(to.node)
    for (const [text, { to }] of now) if (!old.has(text) && nodeOf(after, to.node)) other.add(to.node)
  }
  if (other.size === 0 && gone.length === 0) {
    if (uniform.size === 0) return { kind: 'nothing' }
    return { kind: 'uniform', nodes: uniform, stale: dependants(after, uniform) }
  }
  const isSource = (document: GraphDocument, id: NodeId) =>
    specs.get(nodeOf(document, id)?.type ?? '')?.kernel.kind === 'source'
  const isRead = (document: GraphDocument, id: NodeId) => dependants(document, [id]).size > 1
  const otherClock =
    gone.some((id) => isSource(before, id) && isRead(before, id)) ||
    [...other].some((id) => (isSource(after, id) || isSource(before, id)) && isRead(after, id))
  if (otherClock) return { kind: 'plan' }
  const nodes = new Set([...other, ...uniform])
  return { kind: 'suffix', nodes, stale: dependants(after, nodes) }
}
