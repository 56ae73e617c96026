/**
 * A whole graph beside the one that is open, on the same frame. Its nodes come into the request under names of their
 * own; where both graphs open one medium, it reads what the open one decodes, so that the two show the same moment.
 */

import { type MediumPlace, mediumPlace, withMedium } from '../../graph/analysis/medium.ts'
import { viewedOutput } from '../../graph/analysis/viewed-output.ts'
import type {
  EdgeId,
  EdgeRecord,
  FlatDocument,
  FlatEndpoint,
  FlatId,
  GraphDocument,
  NodeRecord,
} from '../../graph/document/document.ts'
import { nodeAt, withNode } from '../../graph/document/levels.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { assetRef } from '../kit/value-text.ts'

/**
 * `other` with the medium of the open graph, and all that is set where that is opened, such as which part of it; as it
 * is where either opens none or several.
 * @param viewer whose medium is meant where the open graph opens several
 */
export function onSameMedium(
  other: GraphDocument,
  open: GraphDocument,
  specs: Specs,
  viewer: MediumPlace | null = null,
): GraphDocument {
  const [ownPlace, its] = [mediumPlace(open, specs) ?? viewer, mediumPlace(other, specs)]
  const record = ownPlace ? nodeAt(open, ownPlace.node) : undefined
  const spec = record && specs.get(record.type)
  const ref = spec && ownPlace ? assetRef(paramValues(spec, record)[ownPlace.param]) : null
  if (!its || !ref || !record) return other
  const filledDocument =
    nodeAt(other, its.node)?.type === record.type
      ? withNode(other, its.node, (node) => ({ ...node, params: record.params }))
      : other
  return withMedium(filledDocument, its, ref)
}

export interface Embedded {
  readonly nodes: Readonly<Record<FlatId, NodeRecord<FlatId>>>
  readonly edges: Readonly<Record<EdgeId, EdgeRecord<FlatId>>>
  /** What it shows; `null`: it makes no picture. */
  readonly view: FlatEndpoint | null
}

/** The nodes and wires of `other` as they come into a request about `open`; both unfolded. @param k tells several apart */
export function embed(other: FlatDocument, open: FlatDocument, specs: Specs, k: number): Embedded {
  const view = viewedOutput(other, specs, null)
  const [ownPlace, its] = [mediumPlace(open, specs), mediumPlace(other, specs)]
  const isSameType = ownPlace && its && open.nodes[ownPlace.node]?.type === other.nodes[its.node]?.type
  const named = (id: FlatId): FlatId => (isSameType && id === its.node ? ownPlace.node : (`${id}~graph${k}` as FlatId))
  const at = ({ node, port }: FlatEndpoint): FlatEndpoint => ({ node: named(node), port })
  const nodes = Object.values<NodeRecord<FlatId>>(other.nodes)
    .filter(({ id }) => named(id) !== ownPlace?.node)
    .map((node): [FlatId, NodeRecord<FlatId>] => [named(node.id), { ...node, id: named(node.id) }])
  const edges = Object.values<EdgeRecord<FlatId>>(other.edges).map((edge): [EdgeId, EdgeRecord<FlatId>] => {
    const id = `${edge.id}~graph${k}` as EdgeId
    return [id, { id, from: at(edge.from), to: at(edge.to) }]
  })
  return { nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges), view: view && at(view) }
}
