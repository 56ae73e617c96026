/** The media that a graph opens: where they stand, which of them a new one takes the place of, and the graph with it. */
import type { AnyDocument, FlatId, GraphDocument, NodeId, NodeRecord } from '../document/document.ts'
import { flatId, graphAt, nodeAt, type Path, placeOf, withNode } from '../document/levels.ts'
import { type AssetRef, isAssetOf } from '../node/params.ts'
import type { Specs } from '../node/spec.ts'
import { expand } from './expand.ts'

/** The nodes that run, of all levels. */
export const plainNodes = (graph: AnyDocument, specs: Specs): readonly NodeRecord<FlatId>[] =>
  Object.values<NodeRecord<FlatId>>(expand(graph, specs).document.nodes)

/** The param by which nodes of a type open media, if they do. */
export const mediumParam = (specs: Specs, type: string): string | undefined =>
  Object.entries(specs.get(type)?.params ?? {}).find(([, param]) => isAssetOf(param, 'media'))?.[0]

/** Where a medium of a graph stands; nodes are named as from outside. */
export interface MediumPlace {
  readonly node: FlatId
  readonly param: string
}

/** `null` where the graph opens none, or several. */
export function mediumPlace(graph: AnyDocument, specs: Specs): MediumPlace | null {
  const places = plainNodes(graph, specs).flatMap((node) =>
    Object.entries(specs.get(node.type)?.params ?? {})
      .filter(([, param]) => isAssetOf(param, 'media') && !node.bypass)
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

/**
 * Whose medium gives way to one that is opened while the level `path` is on the canvas: the selected source there,
 * else its only one, else, where it has none, the only one of the nearest level around it, from which it reads. Where
 * a level has several, and where none has any, it is the one that feeds what is looked at. `null`: nobody's.
 * @param seen the source of what is looked at, named as from outside
 */
export function mediumTaker(
  document: GraphDocument,
  specs: Specs,
  now: { readonly path: Path; readonly selection: ReadonlySet<NodeId>; readonly viewedNode: FlatId | undefined },
): MediumPlace | null {
  const place = (node: FlatId): MediumPlace[] => {
    const param = mediumParam(specs, nodeAt(document, node)?.type ?? '')
    return param === undefined ? [] : [{ node, param }]
  }
  const takersOn = (level: Path) =>
    Object.keys(graphAt(document, level)?.nodes ?? {}).flatMap((id) => place(flatId(level, id as NodeId)))
  const selectedPlace = takersOn(now.path).find(({ node }) => now.selection.has(placeOf(node).id))
  if (selectedPlace) return selectedPlace
  for (let depth = now.path.length; depth >= 0; depth -= 1) {
    const [only, ...others] = takersOn(now.path.slice(0, depth))
    if (only && others.length === 0) return only
    if (only) break
  }
  return now.viewedNode === undefined ? null : (place(now.viewedNode)[0] ?? null)
}
