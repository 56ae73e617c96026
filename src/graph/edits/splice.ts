/** A node put into a wire: what the wire brought goes into the node, and what the node makes of it goes on. */

import { bypassInput, portOf } from '../analysis/wiring.ts'
import {
  dependants,
  type EdgeId,
  type EdgeRecord,
  type Endpoint,
  endpointKey,
  type Graph,
  type NodeId,
  nodeOf,
  type Point,
} from '../document/document.ts'
import { compareIds } from '../document/ids.ts'
import { specOf } from '../document/subgraph.ts'
import { ownInputs } from '../node/driven-params.ts'
import type { NodeSpec, Specs } from '../node/spec.ts'
import { leadOf, stretchFor } from './dots.ts'
import { connect, connectProblem, type GraphDraft, moveNodes, plain } from './edit.ts'

/** The ports of the node by which it stands in the wire. */
export interface Splice {
  readonly input: string
  readonly output: string
}

const edgeOf = (document: Graph, id: EdgeId): EdgeRecord | undefined =>
  Object.hasOwn(document.edges, id) ? document.edges[id] : undefined

/**
 * Where a new node of `spec` would stand in the wire `edge`: it must take and give what the wire carries. Its
 * output and the input that passes it on belong together, as when it is bypassed.
 */
export function spliceOf(document: Graph, specs: Specs, spec: NodeSpec, edge: EdgeId): Splice | undefined {
  const wire = edgeOf(document, edge)
  const writer = wire && nodeOf(document, wire.from.node)
  const reader = wire && nodeOf(document, wire.to.node)
  const type = writer && portOf(specOf(specs, writer)?.outputs ?? {}, wire.from.port)?.type
  if (!type || portOf(specOf(specs, reader)?.inputs ?? {}, wire.to.port)?.type !== type) return undefined
  for (const [output, port] of Object.entries(spec.outputs)) {
    const input = port.type === type ? bypassInput(spec, output) : undefined
    if (input !== undefined) return { input, output }
  }
  return undefined
}

/**
 * The same for a node of the document. One that already stands in a chain, on either of these ports, is left
 * where it is: putting it elsewhere would tear that chain.
 */
export function spliceOfNode(document: Graph, specs: Specs, node: NodeId, edge: EdgeId): Splice | undefined {
  const wire = edgeOf(document, edge)
  const spec = specOf(specs, nodeOf(document, node))
  const splice = spec && spliceOf(document, specs, spec, edge)
  if (!wire || !splice || wire.from.node === node || wire.to.node === node) return undefined
  const isWired = Object.values<EdgeRecord>(document.edges).some(
    ({ from, to }) =>
      (to.node === node && to.port === splice.input) || (from.node === node && from.port === splice.output),
  )
  if (isWired) return undefined
  const [into, out] = [
    { node, port: splice.input },
    { node, port: splice.output },
  ]
  if (connectProblem(document, specs, wire.from, into) || connectProblem(document, specs, out, wire.to))
    return undefined
  // Both wires alone may be sound and yet close a circle together: the node reads what the wire's reader makes.
  return dependants(document, [wire.to.node]).has(node) ? undefined : splice
}

export interface Room {
  /** Of a card, and between two; canvas units. */
  readonly width: number
  readonly gap: number
}

/** The dots before a node in a wire, as far as the wire shares them: it goes on branching off there. */
function leadBefore(document: Graph, { id, from, to, via = [] }: EdgeRecord, node: NodeId, { width }: Room) {
  const [start, at, end] = [from.node, node, to.node].map((each) => document.nodes[each]!.position)
  const index = stretchFor(via, at!, { x: start!.x + width, y: start!.y }, end!)
  return leadOf(document, from, via.slice(0, index), id)
}

/**
 * Puts a node into a wire, which keeps its id: it now comes from the node. Where that is too tight, the node moves
 * clear of the one before it, and the one behind it, with all that reads it, clear of the node. Whether it was done.
 */
export function insertNode(draft: GraphDraft, specs: Specs, node: NodeId, edge: EdgeId, room: Room): boolean {
  const document = plain(draft)
  const splice = spliceOfNode(document, specs, node, edge)
  const wire = edgeOf(document, edge)
  if (!splice || !wire) return false
  connect(draft, specs, wire.from, { node, port: splice.input }, leadBefore(document, wire, node, room))
  connect(draft, specs, { node, port: splice.output }, wire.to)
  makeRoom(draft, document, wire, node, room)
  return true
}

/**
 * The wires of `from` behind which a new node of `spec` may stand: all of them, where it passes on what they carry and
 * needs nothing else to do so. None where it would leave what reads them without a picture until more is wired.
 */
export function wiresBehind(document: Graph, specs: Specs, spec: NodeSpec, from: Endpoint): readonly EdgeId[] {
  const wires = Object.values<EdgeRecord>(document.edges)
    .filter((edge) => endpointKey(edge.from) === endpointKey(from))
    .sort((a, b) => compareIds(a.id, b.id))
  const splices = wires.map(({ id }) => spliceOf(document, specs, spec, id))
  const [first] = splices
  if (!first || !splices.every((splice) => splice?.input === first.input && splice.output === first.output)) return []
  const needsMore = ownInputs(spec).some(([name, { fallback }]) => name !== first.input && fallback === undefined)
  return needsMore ? [] : wires.map(({ id }) => id)
}

/**
 * Puts a node behind an output: whoever read that reads the node, by wires that keep their ids and the points that lie beyond the
 * node. Room is made as by `insertNode`. Whether it was done.
 * @param wires of one output, as `wiresBehind` gives them
 */
export function insertBehind(
  draft: GraphDraft,
  specs: Specs,
  node: NodeId,
  wires: readonly EdgeId[],
  room: Room,
): boolean {
  const document = plain(draft)
  const [first] = wires
  const splice = first && spliceOfNode(document, specs, node, first)
  const before = first && edgeOf(document, first)
  if (!splice || !before) return false
  connect(draft, specs, before.from, { node, port: splice.input })
  for (const id of wires) {
    const wire = edgeOf(document, id)
    if (!wire) continue
    makeRoom(draft, plain(draft), wire, node, room)
    const end = (draft.nodes[node]?.position.x ?? 0) + room.width
    const via = (wire.via ?? []).filter(({ x }) => x > end)
    connect(draft, specs, { node, port: splice.output }, wire.to, via)
  }
  return true
}

/** Chains that run to the left are left as they lie. */
function makeRoom(draft: GraphDraft, document: Graph, wire: EdgeRecord, node: NodeId, room: Room): void {
  const [before, at, behind] = [wire.from.node, node, wire.to.node].map((id) => nodeOf(document, id)?.position)
  if (!before || !at || !behind || behind.x <= before.x) return
  const step = room.width + room.gap
  const x = Math.max(at.x, before.x + step)
  const places: Record<NodeId, Point> = { [node]: { x, y: at.y } }
  const lack = x + step - behind.x
  if (lack > 0)
    for (const id of dependants(document, [wire.to.node])) {
      const place = nodeOf(document, id)?.position
      if (place && id !== node) places[id] = { x: place.x + lack, y: place.y }
    }
  moveNodes(draft, places)
}
