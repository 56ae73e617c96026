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
  type MarkId,
  markOf,
  marksOf,
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
import { dotKey, dotsOf, leadOf } from './dots.ts'

/** One level of a document, to be changed: recipes know of no other. */
export type GraphDraft = Draft<Graph>
export type DocumentDraft = Draft<GraphDocument>

/** Some nodes, the wires between them, and marks: what the clipboard holds. */
export type Fragment = Graph

/** Plain data of a draft: walking it costs no proxies. */
export const plain = (document: Graph | GraphDraft): Graph =>
  isDraft(document) ? current(document as GraphDraft) : document

const edgesOf = (document: Fragment): EdgeRecord[] => Object.values<EdgeRecord>(document.edges)

const freeIds = (document: Graph) => nodeIds((id) => Object.hasOwn(document.nodes, id))

/** A deep copy that shares nothing with `value`, so that a draft never holds one object twice. */
const copy = <T>(value: T): Draft<T> => structuredClone(value) as Draft<T>

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
const movable = (document: Graph, ids: Iterable<NodeId>): Set<NodeId> =>
  new Set([...ids].filter((id) => nodeOf(document, id) && !sideOf(nodeOf(document, id))))

/** Promoted params of nodes that are gone lead nowhere. */
function forget(draft: GraphDraft, gone: ReadonlySet<NodeId>): void {
  const { promoted } = plain(draft)
  if (!promoted?.some(({ node }) => gone.has(node))) return
  setPromoted(
    draft,
    promoted.filter(({ node }) => !gone.has(node)),
  )
}

/** None is no list. */
export function setPromoted(draft: GraphDraft, promoted: readonly PromotedRecord[]): void {
  if (promoted.length > 0) draft.promoted = copy(promoted)
  else delete draft.promoted
}

/**
 * The wire that is left of `edge`, whose writer goes with `removed`, when all that these pass on is wired to whoever
 * reads it: it runs the way that the wires ran of which it is made. `undefined`: nothing is passed on.
 */
function joining(
  document: Graph,
  specs: Specs,
  removed: ReadonlySet<NodeId>,
): (edge: EdgeRecord) => Pick<EdgeRecord, 'from' | 'via'> | undefined {
  const { wires } = wire(awake(document), specs)
  const passes = ({ node, port }: Endpoint) => {
    if (!removed.has(node)) return undefined
    const spec = specOf(specs, nodeOf(document, node))
    return { input: spec && bypassInput(spec, port) }
  }
  const follow = followBack(wires, passes)
  return (edge) => {
    if (!follow(edge.from)) return undefined
    let { from, via = [] } = edge
    for (let passed = passes(from); passed; passed = passes(from)) {
      const before = wires.get(`${from.node}.${passed.input}`)!
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
  const joined = reconnect && joining(document, reconnect, removedIds)
  for (const edge of edgesOf(document)) {
    if (!removedIds.has(edge.from.node) && !removedIds.has(edge.to.node)) continue
    const left = removedIds.has(edge.to.node) ? undefined : joined?.(edge)
    if (left) {
      setSource(draft.edges[edge.id]!, left.from)
      setVia(draft, edge.id, left.via ?? [])
    } else delete draft.edges[edge.id]
  }
  for (const id of removedIds) delete draft.nodes[id]
  forget(draft, removedIds)
}

function dependsOn(document: Graph, node: NodeId, sought: NodeId): boolean {
  const writers = new Map<NodeId, NodeId[]>()
  for (const { from, to } of edgesOf(document)) {
    const known = writers.get(to.node)
    if (known) known.push(from.node)
    else writers.set(to.node, [from.node])
  }
  const seen = new Set([node])
  const stack = [node]
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at === sought) return true
    for (const writer of writers.get(at) ?? []) {
      if (seen.has(writer)) continue
      seen.add(writer)
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
      return refuse('unknown-node', message, 'Replace it by a node that is known.', end)
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
  const id = first?.id ?? freeEdgeId(to, (taken) => Object.hasOwn(document.edges, taken))
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
  const wanted = Object.is(value, -0) ? 0 : value
  if (sameJson(ownParam(record, param), wanted)) return undefined
  const { params } = holderOf(draft, node, place.inside)
  if (wanted === undefined) delete params[place.param]
  else params[place.param] = copy(wanted)
  return undefined
}

/**
 * Places are top left corners in canvas units. The points of a wire whose both ends move by the same go along; a dot
 * goes once all of its wires do, so that moving never takes it apart.
 */
export function moveNodes(draft: GraphDraft, places: Readonly<Record<NodeId, Point>>): void {
  const document = plain(draft)
  const moved = new Map<NodeId, Point>()
  for (const [id, position] of Object.entries<Point>(places)) {
    const record = nodeOf(document, id)
    if (!record || !isPlace(position) || sameJson(record.position, place(position))) continue
    draft.nodes[record.id]!.position = place(position)
    moved.set(record.id, { x: position.x - record.position.x, y: position.y - record.position.y })
  }
  if (moved.size === 0) return
  const shifts = new Map<EdgeId, Point>()
  for (const { id, from, to } of edgesOf(document)) {
    const [by, other] = [moved.get(from.node), moved.get(to.node)]
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

const shifted = (points: readonly Point[], by: Point): Point[] =>
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
  const trimmed = title.trim()
  if (!record || (record.title ?? '') === trimmed) return
  if (trimmed === '') delete draft.nodes[id]!.title
  else draft.nodes[id]!.title = trimmed
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

/** The nodes `ids`, the wires between them, and `marks`; with `incoming`, also the wires that come from other nodes. */
export function fragmentOf(
  document: Graph,
  ids: Iterable<NodeId>,
  { incoming = false, marks = [] }: { readonly incoming?: boolean; readonly marks?: Iterable<MarkId> } = {},
): Fragment {
  const chosen = movable(document, ids)
  const nodes = Object.fromEntries([...chosen].map((id): [string, NodeRecord] => [id, document.nodes[id]!]))
  const inside = edgesOf(document).filter(
    ({ from, to }) => chosen.has(to.node) && (incoming ? nodeOf(document, from.node) : chosen.has(from.node)),
  )
  const edges = Object.fromEntries(inside.map((edge): [string, EdgeRecord] => [edge.id, edge]))
  const carried = [...marks].flatMap((id) => markOf(document, id) ?? [])
  if (carried.length === 0) return { nodes, edges }
  return { nodes, edges, marks: Object.fromEntries(carried.map((mark) => [mark.id, mark])) }
}

/** The top left corner of what a fragment holds, canvas units. */
export const cornerOf = (fragment: Fragment): Point =>
  [...Object.values<NodeRecord>(fragment.nodes), ...marksOf(fragment)].reduce(
    (low, { position }) => ({ x: Math.min(low.x, position.x), y: Math.min(low.y, position.y) }),
    { x: Number.POSITIVE_INFINITY, y: Number.POSITIVE_INFINITY },
  )

/**
 * Adds a fragment's nodes under new ids, with its wires; a wire that leads out of the fragment is left out, but
 * with `incoming` one that comes from a node which the document has too, and that may be, is kept.
 * `offset`: how far it is moved, canvas units; absent: where it was.
 * Returns the new id of each of the fragment's nodes.
 */
export function paste(
  draft: GraphDraft,
  fragment: Fragment,
  offset: Point = { x: 0, y: 0 },
  incoming?: Specs,
): Map<NodeId, NodeId> {
  const document = plain(draft)
  const records = Object.values<NodeRecord>(fragment.nodes).filter((record) => !sideOf(record))
  const nextId = freeIds(document)
  const ids = new Map(records.map((record) => [record.id, nextId(record.type)]))
  for (const record of records) {
    const id = ids.get(record.id)!
    const moved = { x: record.position.x + offset.x, y: record.position.y + offset.y }
    draft.nodes[id] = { ...copy(record), id, position: isPlace(moved) ? place(moved) : { x: 0, y: 0 } }
  }
  const taken = new Set(Object.keys(document.edges))
  for (const edge of edgesOf(fragment)) {
    const [from, to] = [ids.get(edge.from.node), ids.get(edge.to.node)]
    if (!from || !to) continue
    const end = { node: to, port: edge.to.port }
    const id = freeEdgeId(end, (name) => taken.has(name))
    taken.add(id)
    const via = edge.via && shifted(edge.via, offset).filter(isPlace).map(place)
    draft.edges[id] = { id, from: { node: from, port: edge.from.port }, to: end, ...(via?.length ? { via } : {}) }
  }
  pasteMarks(draft, fragment, offset)
  if (incoming)
    for (const { id, from, to, via = [] } of edgesOf(fragment)) {
      const node = ids.get(to.node)
      // It runs through the dots that others run through here, and has none of the original's bends.
      if (node && !ids.has(from.node))
        connect(draft, incoming, from, { node, port: to.port }, leadOf(document, from, via, id))
    }
  return ids
}

function pasteMarks(draft: GraphDraft, fragment: Fragment, shift: Point): void {
  const marks = marksOf(fragment)
  if (marks.length === 0) return
  const taken = plain(draft).marks ?? {}
  const nextId = nodeIds((id) => Object.hasOwn(taken, id))
  draft.marks ??= {}
  for (const mark of marks) {
    const name: string = nextId(mark.kind)
    const moved = { x: mark.position.x + shift.x, y: mark.position.y + shift.y }
    const position = isPlace(moved) ? place(moved) : { x: 0, y: 0 }
    draft.marks[name as MarkId] = { ...copy(mark), id: name as MarkId, position }
  }
}

/**
 * Copies nodes, and frames and notes (`marks`), beside themselves, with the wires between them; with `incoming`, the
 * copies also read what the originals read from other nodes. Returns the new id of each node.
 */
export function duplicate(
  draft: GraphDraft,
  ids: Iterable<NodeId>,
  options: { readonly incoming?: boolean; readonly offset?: Point; readonly marks?: Iterable<MarkId> } = {},
): Map<NodeId, NodeId> {
  const document = plain(draft)
  const { marks = [] } = options
  const copies = paste(draft, fragmentOf(document, ids, { marks }), options.offset)
  if (!options.incoming) return copies
  const taken = new Set(Object.keys(plain(draft).edges))
  for (const edge of edgesOf(document)) {
    const to = copies.get(edge.to.node)
    if (!to || copies.has(edge.from.node) || !nodeOf(document, edge.from.node)) continue
    const end = { node: to, port: edge.to.port }
    const id = freeEdgeId(end, (name) => taken.has(name))
    taken.add(id)
    const via = leadOf(document, edge.from, edge.via ?? [], edge.id).map(place)
    draft.edges[id] = { id, from: { ...edge.from }, to: end, ...(via.length > 0 ? { via } : {}) }
  }
  return copies
}
