/**
 * The document: what a person made, and nothing else. Plain JSON, immutable, edited only by the recipes of
 * `edit.ts`. Selection, viewport and previews are not in it.
 */
import type { JsonObject } from './json.ts'

export type NodeId = string & { readonly __id: 'node' }
export type EdgeId = string & { readonly __id: 'edge' }

/** A port of a node: an output where an edge begins, an input where it ends. */
export interface Endpoint {
  readonly node: NodeId
  readonly port: string
}

export interface NodeRecord {
  readonly id: NodeId
  /** A registered node type; an unknown one is kept, with its data, as a placeholder. */
  readonly type: string
  /** Only what differs from the defaults needs to stand here; unknown names are kept. */
  readonly params: JsonObject
  /** Canvas units (CSS pixels at zoom 1), top left corner. */
  readonly position: { readonly x: number; readonly y: number }
  /** A name of its own, shown instead of the type's title. */
  readonly title?: string
  readonly bypass?: boolean
  /** Of an unknown type only: the version its params were written in, kept so that whoever knows the type can migrate them. */
  readonly version?: number
}

export interface EdgeRecord {
  readonly id: EdgeId
  readonly from: Endpoint
  readonly to: Endpoint
}

export interface GraphDocument {
  readonly title: string
  /** What the graph is for, in the words of whoever shares it. */
  readonly description: string
  readonly nodes: Readonly<Record<NodeId, NodeRecord>>
  readonly edges: Readonly<Record<EdgeId, EdgeRecord>>
}

export const emptyDocument: GraphDocument = { title: 'Untitled', description: '', nodes: {}, edges: {} }

/** The text by which maps know an endpoint. */
export const endpointKey = (endpoint: Endpoint): string => `${endpoint.node}.${endpoint.port}`

/** The node called `id`, if the document has one; safe for any text, such as `toString`. */
export const nodeOf = (document: GraphDocument, id: string): NodeRecord | undefined =>
  Object.hasOwn(document.nodes, id) ? document.nodes[id as NodeId] : undefined

/** `nodes` and everything that reads them, however far below. */
export function dependants(document: GraphDocument, nodes: Iterable<NodeId>): Set<NodeId> {
  const readers = new Map<NodeId, NodeId[]>()
  for (const { from, to } of Object.values<EdgeRecord>(document.edges)) {
    const known = readers.get(from.node)
    if (known) known.push(to.node)
    else readers.set(from.node, [to.node])
  }
  const found = new Set([...nodes].filter((id) => nodeOf(document, id)))
  // A set grows while it is walked: each node is visited once.
  for (const id of found) for (const reader of readers.get(id) ?? []) if (nodeOf(document, reader)) found.add(reader)
  return found
}
