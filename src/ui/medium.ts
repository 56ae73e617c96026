/** The one medium that a graph opens: where it stands, and the graph with another in its place. */
import type { GraphDocument, NodeId, NodeRecord } from '../graph/document.ts'
import { expand } from '../graph/expand.ts'
import { withNode } from '../graph/levels.ts'
import type { AssetRef } from '../graph/params.ts'
import type { Specs } from '../graph/spec.ts'

/** The nodes that run, of all levels. */
export const plainNodes = (graph: GraphDocument, specs: Specs): readonly NodeRecord[] =>
  Object.values<NodeRecord>(expand(graph, specs).document.nodes)

/** Where the one medium of a graph stands. */
export interface MediumPlace {
  readonly node: NodeId
  readonly param: string
}

/** `null` where the graph opens none, or several. */
export function mediumPlace(graph: GraphDocument, specs: Specs): MediumPlace | null {
  const places = plainNodes(graph, specs).flatMap((node) =>
    Object.entries(specs.get(node.type)?.params ?? {})
      .filter(([, param]) => param.kind === 'media' && !node.bypass)
      .map(([param]) => ({ node: node.id, param })),
  )
  return places.length === 1 ? (places[0] ?? null) : null
}

export function withMedium(graph: GraphDocument, place: MediumPlace, ref: AssetRef): GraphDocument {
  return withNode(graph, place.node, (record) => ({
    ...record,
    params: { ...record.params, [place.param]: { ...ref } },
  }))
}
