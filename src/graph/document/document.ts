/**
 * The document: what a person made, and nothing else. Plain JSON, immutable, edited only by the recipes of
 * `edit.ts`. Selection, viewport and previews are not in it.
 */
import type { Immutable } from 'immer'
import type { z } from 'zod'
import type {
  edgeShape,
  endpointShape,
  FileFields,
  markShape,
  NodeFields,
  pointShape,
  portShape,
  promotedShape,
} from '../file/shape.ts'
import type { EdgeId, MarkId, NodeId } from './ids.ts'
import type { JsonObject } from './json.ts'

export type { EdgeId, MarkId, NodeId } from './ids.ts'
export { boundaryTypes, type MarkColour, markColours, type PortSide, subgraphType } from './kinds.ts'

/** What a shape reads, never changed in place. What its fields mean stands there. */
type Fields<Shape extends z.core.$ZodType> = Immutable<z.infer<Shape>>

/** A port of a node: an output where an edge begins, an input where it ends. */
export type Endpoint = Fields<typeof endpointShape>

/** As in the file, but that it knows its id and that what it folds is a graph of records. */
export interface NodeRecord extends Immutable<Omit<NodeFields, 'params' | 'body'>> {
  readonly id: NodeId
  readonly params: JsonObject
  /** A subgraph always has one. */
  readonly body?: Graph
}

export type PortRecord = Fields<typeof portShape>
export type PromotedRecord = Fields<typeof promotedShape>
export type Point = Fields<typeof pointShape>

export type EdgeRecord = Fields<typeof edgeShape> & { readonly id: EdgeId }

export type MarkRecord = Fields<typeof markShape> & { readonly id: MarkId }

/** Nodes, wires and marks of one level: a whole document, or what a subgraph folds. */
export interface Graph {
  readonly nodes: Readonly<Record<NodeId, NodeRecord>>
  readonly edges: Readonly<Record<EdgeId, EdgeRecord>>
  /** Absent where there are none. */
  readonly marks?: Readonly<Record<MarkId, MarkRecord>>
  /** Of a subgraph only: in the order in which they are shown; absent where there are none. */
  readonly promoted?: readonly PromotedRecord[]
}

export interface GraphDocument extends Graph, Readonly<Required<Pick<FileFields, 'title' | 'description'>>> {}

export const emptyDocument: GraphDocument = { title: 'Untitled', description: '', nodes: {}, edges: {} }

/** The text by which maps know an endpoint. */
export const endpointKey = (endpoint: Endpoint): string => `${endpoint.node}.${endpoint.port}`

/** The node called `id`, if the document has one; safe for any text, such as `toString`. */
export const nodeOf = (document: Graph, id: string): NodeRecord | undefined =>
  Object.hasOwn(document.nodes, id) ? document.nodes[id as NodeId] : undefined

export const marksOf = (document: Pick<Graph, 'marks'>): MarkRecord[] => Object.values(document.marks ?? {})

/** The mark called `id`, if the document has one. */
export const markOf = ({ marks }: Pick<Graph, 'marks'>, id: string): MarkRecord | undefined =>
  marks && Object.hasOwn(marks, id) ? marks[id as MarkId] : undefined

/** `nodes` and everything that reads them, however far below. */
export function dependants(document: Graph, nodes: Iterable<NodeId>): Set<NodeId> {
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
