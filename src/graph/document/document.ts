/**
 * The document: what a person made, and nothing else. Plain JSON, immutable, edited only by the recipes of
 * `edit.ts`. Selection, viewport and previews are not in it.
 */
import type { Immutable } from 'immer'
import type { z } from 'zod'
import type {
  BodyFields,
  edgeShape,
  endpointShape,
  HeadFields,
  LevelFields,
  markShape,
  NodeFields,
  pointShape,
  portShape,
  promotedShape,
} from '../file/shape.ts'
import type { AnyNodeId, EdgeId, FlatId, MarkId, NodeId } from './ids.ts'
import type { JsonObject } from './json.ts'

export type { AnyNodeId, EdgeId, FlatId, MarkId, NodeId, OutermostId } from './ids.ts'
export { boundaryTypes, type MarkColour, markColours, type PortSide, subgraphType } from './kinds.ts'

/** What a shape reads, never changed in place. What its fields mean stands there. */
type Fields<Shape extends z.core.$ZodType> = Immutable<z.infer<Shape>>

/** A port of a node: an output where an edge begins, an input where it ends. */
export interface Endpoint<Id extends AnyNodeId = NodeId> extends Omit<Fields<typeof endpointShape>, 'node'> {
  readonly node: Id
}
export type FlatEndpoint = Endpoint<FlatId>

/** As in the file, but that it knows its id and that what it folds is a graph of records. */
export interface NodeRecord<Id extends AnyNodeId = NodeId> extends Immutable<Omit<NodeFields, 'params' | 'body'>> {
  readonly id: Id
  readonly params: JsonObject
  /** A subgraph always has one. */
  readonly body?: Graph
}

export type PortRecord = Fields<typeof portShape>
export type PromotedRecord = Fields<typeof promotedShape>
export type Point = Fields<typeof pointShape>

export interface EdgeRecord<Id extends AnyNodeId = NodeId> extends Omit<Fields<typeof edgeShape>, 'from' | 'to'> {
  readonly id: EdgeId
  readonly from: Endpoint<Id>
  readonly to: Endpoint<Id>
}

export type MarkRecord = Fields<typeof markShape> & { readonly id: MarkId }

/**
 * Nodes, wires and marks of one level: a whole document, or what a subgraph folds. The fields that only the latter has, such as
 * `promoted`, are absent where there is nothing in them.
 */
export interface Graph<Id extends AnyNodeId = NodeId> extends Immutable<Omit<BodyFields, keyof LevelFields>> {
  readonly nodes: Readonly<Record<Id, NodeRecord<Id>>>
  readonly edges: Readonly<Record<EdgeId, EdgeRecord<Id>>>
  /** Absent where there are none. */
  readonly marks?: Readonly<Record<MarkId, MarkRecord>>
}

export interface GraphDocument<Id extends AnyNodeId = NodeId> extends Graph<Id>, Immutable<HeadFields> {
  readonly title: string
  readonly description: string
}

/** All levels in one, as `expand` makes it; it has no subgraphs but such as do not run. */
export type FlatDocument = GraphDocument<FlatId>
export type AnyDocument = GraphDocument | FlatDocument

export const emptyDocument: GraphDocument = { title: 'Untitled', description: '', nodes: {}, edges: {} }

/** The text by which maps know an endpoint. */
export const endpointKey = (endpoint: Endpoint<AnyNodeId>): string => `${endpoint.node}.${endpoint.port}`

/** The node called `id`, if the document has one; safe for any text, such as `toString`. */
export const nodeOf = <Id extends AnyNodeId>(document: Graph<Id>, id: string): NodeRecord<Id> | undefined =>
  Object.hasOwn(document.nodes, id) ? document.nodes[id as Id] : undefined

export const marksOf = (document: Pick<Graph, 'marks'>): MarkRecord[] => Object.values(document.marks ?? {})

/** The mark called `id`, if the document has one. */
export const markOf = ({ marks }: Pick<Graph, 'marks'>, id: string): MarkRecord | undefined =>
  marks && Object.hasOwn(marks, id) ? marks[id as MarkId] : undefined

/** `nodes` and everything that reads them, however far below. */
export function dependants<Id extends AnyNodeId>(document: Graph<Id>, nodes: Iterable<Id>): Set<Id> {
  const readers = new Map<Id, Id[]>()
  for (const { from, to } of Object.values<EdgeRecord<Id>>(document.edges)) {
    const nodeReaders = readers.get(from.node)
    if (nodeReaders) nodeReaders.push(to.node)
    else readers.set(from.node, [to.node])
  }
  const dependantIds = new Set([...nodes].filter((id) => nodeOf(document, id)))
  // A set grows while it is walked: each node is visited once.
  for (const id of dependantIds)
    for (const reader of readers.get(id) ?? []) if (nodeOf(document, reader)) dependantIds.add(reader)
  return dependantIds
}
