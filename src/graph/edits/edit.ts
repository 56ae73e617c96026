/**
 * Everything that can be done to a document, as recipes on an immer draft: `history.ts` runs them and keeps what
 * undoes them. A recipe that cannot do what it is asked changes nothing and, where a person may have asked for
 * it, returns the problem. One that would change nothing changes nothing, so no empty step enters the history.
 */

import { current, type Draft, isDraft } from 'immer'
import { bypassInput, followBack, portOf, wire } from '../analysis/wiring.ts'
import {
  type EdgeId,
  type EdgeRecord,
  type Endpoint,
  endpointKey,
  type Graph,
  type GraphDocument,
  type NodeId,
  type NodeRecord,
  nodeOf,
  type Point,
  type PromotedRecord,
} from '../document/document.ts'
import { compareIds, freeEdgeId, isName, nodeIds } from '../document/ids.ts'
import { isFiniteJson, type Json, type JsonObject, sameJson } from '../document/json.ts'
import { names } from '../document/naming.ts'
import type { Problem } from '../document/problems.ts'
import { innermost, isDrivenInside, isSubgraph, ownParam, sideOf, specOf } from '../document/subgraph.ts'
import type { Specs } from '../node/spec.ts'
import { valueTypes } from '../node/value-types.ts'
import { dotKey, dotsOf } from './dots.ts'

/** One level of a document, to be changed: recipes know of no other. */
export type GraphDraft = Draft<Graph>
export type DocumentDraft = Draft<GraphDocument>

/** Plain data of a draft: walking it costs no proxies. */
export const plain = (document: Graph | GraphDraft): Graph =>
  isDraft(document) ? current(document as GraphDraft) : document

export const edgesOf = (document: Graph): EdgeRecord[] => Object.values<EdgeRecord>(document.edges)

export const freeIds = (document: Graph) => nodeIds((id) => Object.hasOwn(document.nodes, id))

/** A deep copy that shares nothing with `value`, so that a draft never holds one object twice. */
export const copy = <T>(value: T): Draft<T> => structuredClone(value) as Draft<T>

/** Not −0, which files would not keep apart from 0. */
export const place = ({ x, y }: Point) => ({ x: x + 0, y: y + 0 })
export const isPlace = ({ x, y }: Point) => Number.isFinite(x) && Number.isFinite(y)

/** Adds a node of `type` with defaults; its id is the type's name, numbered where that is taken. */
export function addNode(
  draft: GraphDraft,
  node: {
    readonly type: string
    readonly position: Point
    readonly params?: JsonObject
    readonly title?: string
    /** Of a subgraph: what it folds. */
    readonly body?: Graph
  },
): NodeId {
  const id = freeIds(plain(draft))(node.type)
  draft.nodes[id] = copy({
    id,
    type: node.type,
    params: node.params ?? {},
    position: isPlace(node.position) ? place(node.position) : { x: 0, y: 0 },
    ...(node.title ? { title: node.title } : {}),
    ...(node.body ? { body: node.body } : {}),
  } satisfies NodeRecord)
  return id
}

/** Muted nodes count as any other here: their wires are there, even if nothing travels along them. */
const awake = (document: Graph): Graph => {
  const nodes = Object.entries<NodeRecord>(document.nodes)
  if (!nodes.some(([, node]) => node.mute)) return document
  return { ...document, nodes: Object.fromEntries(nodes.map(([id, { mute: _, ...node }]) => [id, node])) }
}

/** The way that a wire ran belonged to where it came from. */
function setSource(edge: Draft<EdgeRecord>, from: Endpoint): void {
  edge.from = { ...from }
  delete edge.via
}

/** What may be taken away or copied: anything but the boundary of a subgraph, which is there as long as it is. */
export const movable = (document: Graph, ids: Iterable<NodeId>): Set<NodeId> =>
  new Set([...ids].filter((id) => nodeOf(document, id) && !sideOf(nodeOf(document, id))))

/** Promoted params of nodes that are gone lead nowhere. */
function forget(draft: GraphDraft, removedIds: ReadonlySet<NodeId>): void {
  const { promoted } = plain(draft)
  if (!promoted?.some(({ node }) => removedIds.has(node))) return
  setPromoted(
    draft,
    promoted.filter(({ node }) => !removedIds.has(node)),
  )
}

/** None is no list. */
export function setPromoted(draft: GraphDraft, promotions: readonly PromotedRecord[]): void {
  if (promotions.length > 0) draft.promoted = copy(promotions)
  else delete draft.promoted
}

/**
 * The wire that is left of `edge`, whose writer goes with `removed`, when all that these pass on is wired to whoever
 * reads it: it runs the way that the wires ran of which it is made. `undefined`: nothing is passed on.
 */
function joining(
  document: Graph,
  specs: Specs,
  removedIds: ReadonlySet<NodeId>,
): (edge: EdgeRecord) => Pick<EdgeRecord, 'from' | 'via'> | undefined {
  const { wires } = wire(awake(document), specs)
  const passes = ({ node, port }: Endpoint) => {
    if (!removedIds.has(node)) return undefined
    const spec = specOf(specs, nodeOf(document, node))
    return { input: spec && bypassInput(spec, port) }
  }
  const follow = followBack(wires, passes)
  return (edge) => {
    if (!follow(edge.from)) return undefined
    let { from, via = [] } = edge
    for (let bypass = passes(from); bypass; bypass = passes(from)) {
      const before = wires.get(`${from.node}.${bypass.input}`)!
      via = [...(before.via ?? []), ...via]
      from = before.from
    }
    return { from, via }
  }
}

/**
 * Removes nodes with their wires. With `reconnect`, what they would pass on if bypassed is wired to whoever read
 * them, so that a chain stays a chain.
 */
export function removeNodes(draft: GraphDraft, ids: Iterable<NodeId>, reconnect?: Specs): void {
  const document = plain(draft)
  const removedIds = movable(document, ids)
  const joinEnds = reconnect && joining(document, reconnect, removedIds)
  for (const edge of edgesOf(document)) {
    if (!removedIds.has(edge.from.node) && !removedIds.has(edge.to.node)) continue
    const bridge = removedIds.has(edge.to.node) ? undefined : joinEnds?.(edge)
    if (bridge) {
      setSource(draft.edges[edge.id]!, bridge.from)
      setVia(draft, edge.id, bridge.via ?? [])
    } else delete draft.edges[edge.id]
  }
  for (const id of removedIds) delete draft.nodes[id]
  forget(draft, removedIds)
}

function dependsOn(document: Graph, node: NodeId, target: NodeId): boolean {
  const writers = new Map<NodeId, NodeId[]>()
  for (const { from, to } of edgesOf(document)) {
    const nodeWriters = writers.get(to.node)
    if (nodeWriters) nodeWriters.push(from.node)
    else writers.set(to.node, [from.node])
  }
  const visitedNodes = new Set([node])
  const stack = [node]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at === target) return true
    for (const writer of writers.get(at) ?? []) {
      if (visitedNodes.has(writer)) continue
      visitedNodes.add(writer)
      stack.push(writer)
    }
  }
  return false
}

/** Why a wire from `from` to `to` may not be; `undefined` where it may. A wire already on the input does not count. */
export function connectProblem(
  document: Graph | GraphDraft,
  specs: Specs,
  from: Endpoint,
  to: Endpoint,
): Problem<NodeId> | undefined {
  const graph = plain(document)
  const nodeNames = names(graph, specs)
  const refuse = (code: Problem['code'], message: string, hint: string, on: Endpoint = to): Problem<NodeId> => ({
    code,
    severity: 'error',
    ...(nodeOf(graph, on.node) ? { node: on.node } : {}),
    ...(on === to ? { port: to.port } : {}),
    message,
    hint,
  })
  for (const end of [from, to])
    if (!nodeOf(graph, end.node))
      return refuse('dangling-edge', `The node "${end.node}" is not in this graph.`, 'Connect another node.', end)
  const writer = specOf(specs, nodeOf(graph, from.node))
  const reader = specOf(specs, nodeOf(graph, to.node))
  for (const [spec, end] of [[writer, from] as const, [reader, to] as const])
    if (!spec) {
      const message = `${nodeNames.node(end.node)} is of a type that this version does not know, so it cannot be wired.`
      return refuse('unknown-node', message, 'Replace it with a known node.', end)
    }
  const output = writer && portOf(writer.outputs, from.port)
  const input = reader && portOf(reader.inputs, to.port)
  if (!output)
    return refuse(
      'unknown-port',
      `${nodeNames.node(from.node)} has no output "${from.port}".`,
      'Use another output.',
      from,
    )
  if (!input)
    return refuse('unknown-port', `${nodeNames.node(to.node)} has no input "${to.port}".`, 'Use another input.')
  if (input.type !== output.type)
    return refuse(
      'wrong-type',
      `${nodeNames.input(to.node, to.port)} of ${nodeNames.node(to.node)} takes ${valueTypes[input.type].noun}, but ${nodeNames.output(from.node, from.port)} of ${nodeNames.node(from.node)} is ${valueTypes[output.type].noun}.`,
      `Connect ${valueTypes[input.type].noun} to it.`,
    )
  const card = nodeOf(graph, to.node)
  if (input.drives && isSubgraph(card) && isDrivenInside(card, to.port))
    return refuse(
      'two-wires',
      `${nodeNames.input(to.node, to.port)} of ${nodeNames.node(to.node)} is driven by a number inside it already.`,
      'Open it, and remove that wire first.',
    )
  if (from.node === to.node)
    return refuse('cycle', `${nodeNames.node(to.node)} cannot read its own result.`, 'Connect another node.')
  if (dependsOn(graph, from.node, to.node))
    return refuse(
      'cycle',
      `${nodeNames.node(from.node)} already reads what ${nodeNames.node(to.node)} makes, so this wire would close a circle.`,
      'Connect a node that does not depend on it.',
    )
  return undefined
}

/** Wires an output to an input, in place of the wire that is there. `via`: the points that the wire then runs through. */
export function connect(
  draft: GraphDraft,
  specs: Specs,
  from: Endpoint,
  to: Endpoint,
  via?: readonly Point[],
): Problem<NodeId> | undefined {
  const document = plain(draft)
  const problem = connectProblem(document, specs, from, to)
  if (problem) return problem
  const key = endpointKey(to)
  const [first, ...others] = edgesOf(document)
    .filter((edge) => endpointKey(edge.to) === key)
    .sort((a, b) => compareIds(a.id, b.id))
  for (const other of others) delete draft.edges[other.id]
  const id = first?.id ?? freeEdgeId(to, (candidate) => Object.hasOwn(document.edges, candidate))
  if (!first) draft.edges[id] = { id, from: { ...from }, to: { ...to } }
  else if (endpointKey(first.from) !== endpointKey(from)) setSource(draft.edges[id]!, from)
  if (via) setVia(draft, id, via)
  return undefined
}

export function disconnect(draft: GraphDraft, ids: Iterable<EdgeId>): void {
  for (const id of ids) delete draft.edges[id]
}

/** The node whose param is meant: the record itself, or for a promoted param the node inside that has it. */
function holderOf(draft: GraphDraft, node: NodeId, inside: readonly NodeId[]): Draft<NodeRecord> {
  let at = draft.nodes[node]!
  // `innermost` has been this way.
  for (const id of inside) at = at.body!.nodes[id]!
  return at
}

/**
 * Sets a param, of a subgraph one that is promoted there; `undefined` takes it back to the default. Any JSON may stand there, since `validate` tells what
 * does not fit; only what no file can hold is refused.
 */
export function setParam(
  draft: GraphDraft,
  node: NodeId,
  param: string,
  value: Json | undefined,
): Problem<NodeId> | undefined {
  const record = nodeOf(plain(draft), node)
  const at = { severity: 'error', param } as const
  if (!record)
    return { code: 'bad-param', ...at, message: `The node "${node}" is not in this graph.`, hint: 'Choose another.' }
  if (!isName(param))
    return {
      code: 'unknown-param',
      ...at,
      node,
      message: `No setting can be called "${param.slice(0, 40)}".`,
      hint: 'Use another name.',
    }
  if (value !== undefined && !isFiniteJson(value))
    return {
      code: 'bad-param',
      ...at,
      node,
      message: `The setting "${param}" of "${node}" must be a finite number.`,
      hint: 'Enter a number.',
    }
  const place = innermost(record, param)
  if (!place)
    return {
      code: 'unknown-param',
      ...at,
      node,
      message: `The subgraph "${record.title ?? node}" shows no setting "${param.slice(0, 40)}".`,
      hint: 'Open it, and show that setting on its card.',
    }
  const next = Object.is(value, -0) ? 0 : value
  if (sameJson(ownParam(record, param), next)) return undefined
  const { params } = holderOf(draft, node, place.inside)
  if (next === undefined) delete params[place.param]
  else params[place.param] = copy(next)
  return undefined
}

/**
 * Places are top left corners in canvas units. The points of a wire whose both ends move by the same go along; a dot
 * goes once all of its wires do, so that moving never takes it apart.
 */
export function moveNodes(draft: GraphDraft, places: Readonly<Record<NodeId, Point>>): void {
  const document = plain(draft)
  const newPositions = new Map<NodeId, Point>()
  for (const [id, position] of Object.entries<Point>(places)) {
    const record = nodeOf(document, id)
    if (!record || !isPlace(position) || sameJson(record.position, place(position))) continue
    draft.nodes[record.id]!.position = place(position)
    newPositions.set(record.id, { x: position.x - record.position.x, y: position.y - record.position.y })
  }
  if (newPositions.size === 0) return
  const shifts = new Map<EdgeId, Point>()
  for (const { id, from, to } of edgesOf(document)) {
    const [by, other] = [newPositions.get(from.node), newPositions.get(to.node)]
    if (by && other && sameJson(by, other)) shifts.set(id, by)
  }
  const stays = new Set(
    dotsOf(document)
      .filter(({ stops }) => stops.some(({ edge }) => !shifts.has(edge)))
      .map((dot) => dotKey(dot.from, dot.at)),
  )
  for (const [id, by] of shifts) {
    const { from, via = [] } = document.edges[id]!
    setVia(
      draft,
      id,
      via.map((at) => (stays.has(dotKey(from, at)) ? at : { x: at.x + by.x, y: at.y + by.y })),
    )
  }
}

export const shifted = (points: readonly Point[], by: Point): Point[] =>
  points.map(({ x, y }) => ({ x: x + by.x, y: y + by.y }))

/** The points that a wire runs through, canvas units, in its order; none lets it run straight. */
export function setVia(draft: GraphDraft, id: EdgeId, via: readonly Point[]): void {
  const edges = plain(draft).edges
  const record = Object.hasOwn(edges, id) ? edges[id] : undefined
  const points = via.filter(isPlace).map(place)
  if (!record || sameJson(record.via ?? [], points)) return
  if (points.length > 0) draft.edges[id]!.via = points
  else delete draft.edges[id]!.via
}

/** `bypass`: the node passes its input on; `mute`: it gives nothing; `collapsed`: its card shows the title alone. */
export function setFlag(
  draft: GraphDraft,
  ids: Iterable<NodeId>,
  flag: 'bypass' | 'mute' | 'collapsed',
  on: boolean,
): void {
  const document = plain(draft)
  for (const id of ids) {
    const record = nodeOf(document, id)
    // What comes into a subgraph and goes out of it can neither be passed over nor silenced there.
    if (!record || (record[flag] ?? false) === on || (flag !== 'collapsed' && sideOf(record))) continue
    if (on) draft.nodes[id]![flag] = true
    else delete draft.nodes[id]![flag]
  }
}

/** Params whose controls stand on the card, in this order; `undefined`: those that the node's type puts there. */
export function setOnCard(draft: GraphDraft, id: NodeId, names: readonly string[] | undefined): void {
  const record = nodeOf(plain(draft), id)
  if (!record || sideOf(record) || sameJson(record.onCard, names && [...names])) return
  if (names) draft.nodes[id]!.onCard = [...names]
  else delete draft.nodes[id]!.onCard
}

/** A name of the node's own; empty takes it back to the type's title. */
export function setTitle(draft: GraphDraft, id: NodeId, title: string): void {
  const record = nodeOf(plain(draft), id)
  const trimmedTitle = title.trim()
  if (!record || (record.title ?? '') === trimmedTitle) return
  if (trimmedTitle === '') delete draft.nodes[id]!.title
  else draft.nodes[id]!.title = trimmedTitle
}

export function setMeta(draft: DocumentDraft, meta: { readonly title?: string; readonly description?: string }): void {
  if (meta.title !== undefined) draft.title = meta.title
  if (meta.description !== undefined) draft.description = meta.description
}

/** Makes the document another one, as one step. */
export function replaceBy(draft: DocumentDraft, next: GraphDocument): void {
  for (const key of Object.keys(draft) as (keyof GraphDocument)[]) if (!(key in next)) delete draft[key]
  Object.assign(draft, copy(next))
}
