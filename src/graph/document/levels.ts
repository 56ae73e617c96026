/**
 * Where in a document something is: the way through its subgraphs, and ids that hold on every level. The node
 * `grain` of the subgraph `look` is `look/grain` from outside; no id of a node has a slash in it.
 */
import type { Draft } from 'immer'
import { type FlatId, type Graph, type GraphDocument, type NodeId, type NodeRecord, nodeOf } from './document.ts'
import { compareIds } from './ids.ts'
import { isSubgraph } from './subgraph.ts'

/** The subgraphs on the way inwards; empty for the document itself. */
export type Path = readonly NodeId[]

const separator = '/'

/** Subgraphs within subgraphs, at most. */
export const maxNesting = 16

/** Nodes of all levels together, at most. */
export const maxNodes = 50_000

/** What a node of the level `path` is called from outside. */
export const flatId = (path: Path, id: NodeId): FlatId => [...path, id].join(separator) as string as FlatId

/** The level that a node called so from outside is on, and its id there. */
export function placeOf(flat: FlatId): { readonly path: Path; readonly id: NodeId } {
  const parts = flat.split(separator) as string[] as NodeId[]
  return { path: parts.slice(0, -1), id: parts.at(-1)! }
}

/** By the ids that nodes have on their own level, so that folding leaves the order as it is; of equal ones, by the whole. */
export const compareFlat = (a: FlatId, b: FlatId): number =>
  compareIds(placeOf(a).id, placeOf(b).id) || compareIds(a, b)

/** The level that `path` leads to; `undefined` where it leads nowhere. */
export function graphAt(document: Graph, path: Path): Graph | undefined {
  let at: Graph = document
  for (const id of path) {
    const record = nodeOf(at, id)
    if (!isSubgraph(record)) return undefined
    at = record.body
  }
  return at
}

/** The same in a draft, to be changed. */
export function draftAt(draft: Draft<Graph>, path: Path): Draft<Graph> | undefined {
  let at = draft
  for (const id of path) {
    const body = Object.hasOwn(at.nodes, id) ? at.nodes[id]?.body : undefined
    if (!body) return undefined
    at = body
  }
  return at
}

/** As much of `path` as the document has. */
export function existingPath(document: Graph, path: Path): Path {
  const existing: NodeId[] = []
  let at: Graph = document
  for (const id of path) {
    const record = nodeOf(at, id)
    if (!isSubgraph(record)) break
    existing.push(id)
    at = record.body
  }
  return existing.length === path.length ? path : existing
}

/** The node of any level that is called `flat` from outside. */
export function nodeAt(document: Graph, flat: string): NodeRecord | undefined {
  const { path, id } = placeOf(flat as FlatId)
  const graph = graphAt(document, path)
  return graph && nodeOf(graph, id)
}

/** Every node of every level, subgraphs before what is in them, by what it is called from outside. */
export function* allNodes(document: Graph, path: Path = []): Generator<readonly [flat: FlatId, record: NodeRecord]> {
  for (const record of Object.values<NodeRecord>(document.nodes)) {
    yield [flatId(path, record.id), record]
    if (isSubgraph(record)) yield* allNodes(record.body, [...path, record.id])
  }
}

/** Nodes of all levels, the boundaries of subgraphs among them. */
export function countNodes(document: Graph): number {
  let count = 0
  for (const _ of allNodes(document)) count += 1
  return count
}

/** How many subgraphs lie within one another; 0 where there is none. */
export function depthOf(graph: Graph): number {
  let deepest = 0
  for (const record of Object.values<NodeRecord>(graph.nodes))
    if (isSubgraph(record)) deepest = Math.max(deepest, 1 + depthOf(record.body))
  return deepest
}

function changedIn<G extends Graph>(graph: G, path: Path, id: NodeId, change: (record: NodeRecord) => NodeRecord): G {
  const [first, ...inner] = path
  const at = first ?? id
  const record = graph.nodes[at]
  if (!record) return graph
  if (first === undefined) return { ...graph, nodes: { ...graph.nodes, [at]: change(record) } }
  if (!record.body) return graph
  const body = changedIn(record.body, inner, id, change)
  return { ...graph, nodes: { ...graph.nodes, [at]: { ...record, body } } }
}

/** The document with another record for the node called `flat` from outside. */
export function withNode(
  document: GraphDocument,
  flat: FlatId,
  change: (record: NodeRecord) => NodeRecord,
): GraphDocument {
  const { path, id } = placeOf(flat)
  return changedIn(document, path, id, change)
}
