/**
 * The document: what a person made, and nothing else. Plain JSON, immutable, edited only by the recipes of
 * `edit.ts`. Selection, viewport and previews are not in it.
 */
import type { JsonObject } from '../json.ts'
import type { PortType } from '../node/ports.ts'

export type NodeId = string & { readonly __id: 'node' }
export type EdgeId = string & { readonly __id: 'edge' }
export type MarkId = string & { readonly __id: 'mark' }

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
  /** The node passes its input on as it is. */
  readonly bypass?: boolean
  /** The node gives nothing, as if nothing were connected to whoever reads it; what needs it rests with it. */
  readonly mute?: boolean
  /** The card shows its title alone. */
  readonly collapsed?: boolean
  /** Of an unknown type only: the version its params were written in, kept so that whoever knows the type can migrate them. */
  readonly version?: number
  /** Of a subgraph only, which always has one: what it folds. */
  readonly body?: Graph
  /** Of a subgraph's boundary only (see `boundaryTypes`): what comes in, or goes out, in the order of the card. */
  readonly ports?: readonly PortRecord[]
}

/** A node of this type folds a graph of its own; `expand.ts` unfolds it before anything is inferred or run. */
export const subgraphType = 'subgraph'

/**
 * The two nodes that stand at the boundary of a subgraph's body: what comes in begins at the one, what goes out
 * ends at the other. That they are nodes lets wires inside be made, bent, moved and undone like any others.
 */
export const boundaryTypes = { inputs: 'subgraph-inputs', outputs: 'subgraph-outputs' } as const
export type PortSide = keyof typeof boundaryTypes

/** A port of a subgraph. */
export interface PortRecord {
  /** By which wires know it; never changes. */
  readonly name: string
  /** What people read. */
  readonly title: string
  readonly type: PortType
}

/** A param of a node inside that stands on the subgraph's card as well; its value is the node's own. */
export interface PromotedRecord {
  /** By which the command line knows it; never changes. */
  readonly name: string
  /** What people read. */
  readonly title: string
  /** A node of the body; of one that is a subgraph itself, `param` is one of those promoted there. */
  readonly node: NodeId
  readonly param: string
}

/** A place on the canvas, in its units. */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface EdgeRecord {
  readonly id: EdgeId
  readonly from: Endpoint
  readonly to: Endpoint
  /** Points that the wire runs through on its way, canvas units; absent where it runs straight. */
  readonly via?: readonly Point[]
}

export const markColours = ['grey', 'blue', 'green', 'amber', 'red', 'violet'] as const
export type MarkColour = (typeof markColours)[number]

/** What stands on the canvas beside nodes and wires, for people alone: no result depends on it. */
export interface MarkRecord {
  readonly id: MarkId
  /** A `frame` lies behind the nodes inside it and takes them along when it is moved; a `note` is a text. */
  readonly kind: 'frame' | 'note'
  /** The frame's title, or the note. */
  readonly text: string
  readonly colour: MarkColour
  /** Canvas units, top left corner. */
  readonly position: { readonly x: number; readonly y: number }
  /** Canvas units, above 0. */
  readonly size: { readonly width: number; readonly height: number }
}

/** Nodes, wires and marks of one level: a whole document, or what a subgraph folds. */
export interface Graph {
  readonly nodes: Readonly<Record<NodeId, NodeRecord>>
  readonly edges: Readonly<Record<EdgeId, EdgeRecord>>
  /** Absent where there are none. */
  readonly marks?: Readonly<Record<MarkId, MarkRecord>>
  /** Of a subgraph only: in the order in which they are shown; absent where there are none. */
  readonly promoted?: readonly PromotedRecord[]
}

export interface GraphDocument extends Graph {
  readonly title: string
  /** What the graph is for, in the words of whoever shares it. */
  readonly description: string
}

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
