/**
 * Folding nodes into a subgraph and unfolding it again: each the inverse of the other, so that wires, the ways they
 * run, places and names are as before.
 */
import type { Draft } from 'immer'
import {
  dependants,
  type EdgeId,
  type EdgeRecord,
  type Endpoint,
  endpointKey,
  type Graph,
  type MarkId,
  type MarkRecord,
  markOf,
  marksOf,
  type NodeId,
  type NodeRecord,
  nodeOf,
  type Point,
  type PortRecord,
  type PromotedRecord,
  subgraphType,
} from '../document/document.ts'
import { compareIds, freeEdgeId, nodeIds } from '../document/ids.ts'
import { depthOf, maxNesting, type Path } from '../document/levels.ts'
import { names, titleOf } from '../document/naming.ts'
import type { Problem } from '../document/problems.ts'
import { boundaryOf, isSubgraph, portsOf, promotedOf, sideOf, specOf } from '../document/subgraph.ts'
import type { PortType } from '../node/ports.ts'
import type { Specs } from '../node/spec.ts'
import { boundaryNode, boundaryPlaces, freeName, freeTitle } from './boundary.ts'
import { cardPlace } from './card-place.ts'
import { commonLead } from './dots.ts'
import { type GraphDraft, place, plain, setPromoted } from './edit.ts'
import { cardWidth } from './passing.ts'

const byId = (a: { readonly id: string }, b: { readonly id: string }) => compareIds(a.id, b.id)
const edgesOf = (graph: Graph) => Object.values<EdgeRecord>(graph.edges).sort(byId)
const copy = <T>(value: T): Draft<T> => structuredClone(value) as Draft<T>
const object = <T extends { readonly id: string }>(records: readonly T[]) =>
  Object.fromEntries(records.map((record): [string, T] => [record.id, record]))

const refusal = (message: string, hint: string, node?: NodeId): Problem<NodeId> => ({
  code: 'not-foldable',
  severity: 'error',
  ...(node === undefined ? {} : { node }),
  message,
  hint,
})

/** Why these graphs may not lie as deep as within the level `path`; `undefined` where they may. */
export function nestingProblem(path: Path, graph: Graph, more = 0): Problem<NodeId> | undefined {
  if (path.length + depthOf(graph) + more <= maxNesting) return undefined
  return refusal(`Subgraphs would be nested more than ${maxNesting} deep.`, 'Unfold one of those around it first.')
}

/** The nodes of `ids` that can be folded. */
export const foldable = (graph: Graph, ids: Iterable<NodeId>): readonly NodeId[] =>
  [...new Set(ids)].filter((id) => nodeOf(graph, id) && !sideOf(nodeOf(graph, id)))

/** Why these nodes cannot become one; `undefined` where they can. */
export function foldProblem(
  graph: Graph,
  specs: Specs,
  ids: Iterable<NodeId>,
  path: Path = [],
): Problem<NodeId> | undefined {
  const memberIds = new Set(foldable(graph, ids))
  if (memberIds.size === 0)
    return refusal('No node is selected to be folded.', 'Select the nodes that belong together.')
  const inside = Object.fromEntries([...memberIds].map((id): [string, NodeRecord] => [id, graph.nodes[id]!]))
  const tooDeep = nestingProblem(path, { nodes: inside, edges: {} }, 1)
  if (tooDeep) return tooDeep
  const readers = dependants(graph, memberIds)
  const nodeNames = names(graph, specs)
  for (const id of [...readers].sort(compareIds)) {
    if (memberIds.has(id)) continue
    const back = [...dependants(graph, [id])].find((reader) => memberIds.has(reader))
    if (back === undefined) continue
    return refusal(
      `These nodes cannot be folded: ${nodeNames.node(id)}, which is not among them, reads what they make and feeds ${nodeNames.node(back)}, so the subgraph would wait for its own result.`,
      `Select ${nodeNames.node(id)} as well.`,
      id,
    )
  }
  return undefined
}

/** The middle of the places of what is folded: where its card lies if it can, and whence it is put back. */
function middleOf(nodes: readonly NodeRecord[]): Point {
  const xs = nodes.map(({ position }) => position.x)
  const ys = nodes.map(({ position }) => position.y)
  const middle = (all: readonly number[]) =>
    all.length === 0 ? 0 : Math.round(Math.min(...all) / 2 + Math.max(...all) / 2)
  return place({ x: middle(xs), y: middle(ys) })
}

const portType = (graph: Graph, specs: Specs, edge: EdgeRecord): PortType => {
  const writer = specOf(specs, nodeOf(graph, edge.from.node))?.outputs
  const reader = specOf(specs, nodeOf(graph, edge.to.node))?.inputs
  const outputPort = writer && Object.hasOwn(writer, edge.from.port) ? writer[edge.from.port] : undefined
  const inputPort = reader && Object.hasOwn(reader, edge.to.port) ? reader[edge.to.port] : undefined
  return (outputPort ?? inputPort)?.type ?? 'image'
}

/** Collects the ports of one side, one for each output that is read across the boundary. */
class PortList {
  readonly ports: PortRecord[] = []
  readonly #byKey = new Map<string, PortRecord>()

  of(key: string, portSpec: { readonly name: string; readonly title: string; readonly type: PortType }): PortRecord {
    const existing = this.#byKey.get(key)
    if (existing) return existing
    const port = {
      name: freeName(portSpec.name, this.ports),
      title: freeTitle(portSpec.title, this.ports),
      type: portSpec.type,
    }
    this.ports.push(port)
    this.#byKey.set(key, port)
    return port
  }
}

export interface Folded {
  readonly node: NodeId
}

/**
 * Folds nodes of one level, and marks, into one node in their midst. What they read from others comes in by its
 * inputs, what others read of them goes out by its outputs; what they need and nothing feeds, and what the last of
 * them make and nobody reads, has a port of its own.
 */
export function fold(
  draft: GraphDraft,
  specs: Specs,
  ids: Iterable<NodeId>,
  options: { readonly marks?: Iterable<MarkId>; readonly title?: string; readonly path?: Path } = {},
): Folded | Problem<NodeId> {
  const graph = plain(draft)
  const problem = foldProblem(graph, specs, ids, options.path)
  if (problem) return problem
  const members = foldable(graph, ids).map((id) => graph.nodes[id]!)
  const memberIds = new Set(members.map(({ id }) => id))
  const marks = [...new Set(options.marks ?? [])].flatMap((id) => markOf(graph, id) ?? [])
  const nodeNames = names(graph, specs)
  const card = nodeIds((id) => Object.hasOwn(graph.nodes, id) && !memberIds.has(id as NodeId))(subgraphType)
  const inner = nodeIds((id) => memberIds.has(id as NodeId))
  const [inputsId, outputsId] = [inner('inputs'), inner('outputs')]

  const edges = edgesOf(graph)
  const inputs = new PortList()
  const outputs = new PortList()
  const inside: EdgeRecord[] = []
  const outside = new Map<EdgeId, EdgeRecord>()
  const isHere = (end: Endpoint) => nodeOf(graph, end.node) !== undefined
  const crossing = (edge: EdgeRecord) =>
    memberIds.has(edge.from.node) !== memberIds.has(edge.to.node) && isHere(edge.from) && isHere(edge.to)
  const left = Math.min(...members.map(({ position }) => position.x))
  const right = middleOf(members).x + cardWidth
  /**
   * The way to the dots that wires across the boundary share with those that stay with their writer, or that lie before all that is
   * folded, where it reads them, or before the end of its card, where it writes them.
   */
  const leads = new Map<string, readonly Point[]>()
  const leadOf = (from: Endpoint): readonly Point[] => {
    const key = endpointKey(from)
    const existing = leads.get(key)
    if (existing) return existing
    const its = edges.filter((edge) => endpointKey(edge.from) === key)
    const lead = commonLead(
      its.filter(crossing),
      its.filter((edge) => !crossing(edge)),
      memberIds.has(from.node) ? ({ x }) => x < right : ({ x }) => x < left,
    )
    leads.set(key, lead)
    return lead
  }
  const along = (via: readonly Point[] | undefined) => (via && via.length > 0 ? { via } : {})
  /** What remains of a wire behind that. */
  const remainder = ({ via: whole = [], ...edge }: EdgeRecord): EdgeRecord => ({
    ...edge,
    ...along(whole.slice(leadOf(edge.from).length)),
  })
  const wireIn = (port: PortRecord, from: Endpoint) => {
    const to = { node: card, port: port.name }
    // One wire from outside for each port, however many read it inside.
    if ([...outside.values()].some((edge) => endpointKey(edge.to) === endpointKey(to))) return
    const id = freeEdgeId(to, (candidate) => outside.has(candidate as EdgeId) || Object.hasOwn(graph.edges, candidate))
    outside.set(id, { id, from: { ...from }, to, ...along(leadOf(from)) })
  }
  const wireOut = (port: PortRecord, from: Endpoint, via?: readonly Point[]) => {
    const to = { node: outputsId, port: port.name }
    if (inside.some((edge) => endpointKey(edge.to) === endpointKey(to))) return
    const id = freeEdgeId(to, (candidate) => inside.some((edge) => edge.id === candidate))
    inside.push({ id, from: { ...from }, to, ...along(via) })
  }
  const removedEdges: EdgeId[] = []
  const crossingOut: EdgeRecord[] = []
  for (const edge of edges) {
    const [fromIn, toIn] = [memberIds.has(edge.from.node), memberIds.has(edge.to.node)]
    if (!fromIn && !toIn) continue
    if (toIn && (fromIn || !isHere(edge.from))) {
      inside.push(edge)
      removedEdges.push(edge.id)
    } else if (toIn) {
      const title = nodeNames.input(edge.to.node, edge.to.port).replaceAll('"', '')
      const port = inputs.of(endpointKey(edge.from), {
        name: edge.to.port,
        title,
        type: portType(graph, specs, edge),
      })
      inside.push({ ...remainder(edge), from: { node: inputsId, port: port.name } })
      removedEdges.push(edge.id)
      wireIn(port, edge.from)
    } else if (isHere(edge.to)) crossingOut.push(edge)
    else {
      inside.push(edge)
      removedEdges.push(edge.id)
    }
  }
  for (const edge of crossingOut) {
    const title = nodeNames.output(edge.from.node, edge.from.port).replaceAll('"', '')
    const port = outputs.of(endpointKey(edge.from), { name: edge.from.port, title, type: portType(graph, specs, edge) })
    wireOut(port, edge.from, leadOf(edge.from))
  }
  openEnds(members, edges, specs, inputs, outputs, { inputsId, wireOut, inside })

  const middle = middleOf(members)
  const places = boundaryPlaces(members, {
    specs,
    inputs: { wires: inside.filter(({ from }) => from.node === inputsId), ports: inputs.ports },
    outputs: { wires: inside.filter(({ to }) => to.node === outputsId), ports: outputs.ports },
  })
  const boundaries = [
    boundaryNode('inputs', inputsId, places.inputs, inputs.ports),
    boundaryNode('outputs', outputsId, places.outputs, outputs.ports),
  ]
  const promotions = (graph.promoted ?? []).filter(({ node }) => memberIds.has(node))
  const ownNames: PromotedRecord[] = []
  for (const entry of promotions)
    ownNames.push({ ...entry, name: freeName(entry.name, [...ownNames, ...inputs.ports]) })
  const body: Graph = {
    nodes: object([...members, ...boundaries]),
    edges: object(inside),
    ...(marks.length > 0 ? { marks: object(marks) } : {}),
    ...(ownNames.length > 0 ? { promoted: ownNames } : {}),
  }
  const record: NodeRecord = {
    id: card,
    type: subgraphType,
    params: {},
    position: middle,
    ...(options.title?.trim() ? { title: options.title.trim() } : {}),
    body,
  }
  for (const id of removedEdges) delete draft.edges[id]
  for (const edge of crossingOut) {
    const port = outputs.of(endpointKey(edge.from), { name: '', title: '', type: 'image' })
    draft.edges[edge.id] = copy({ ...remainder(edge), from: { node: card, port: port.name } })
  }
  for (const edge of outside.values()) draft.edges[edge.id] = copy(edge)
  for (const id of memberIds) delete draft.nodes[id]
  draft.nodes[card] = copy(record)
  for (const { id } of marks) delete draft.marks?.[id]
  if (draft.marks && Object.keys(draft.marks).length === 0) delete draft.marks
  if (promotions.length > 0)
    setPromoted(
      draft,
      (graph.promoted ?? []).map((entry) => {
        const at = promotions.indexOf(entry)
        return at < 0 ? entry : { ...entry, node: card, param: ownNames[at]!.name }
      }),
    )
  draft.nodes[card].position = copy(cardPlace(plain(draft), specs, card, middle))
  return { node: card }
}

/** Ports for what is needed and not fed, and for what the last of the nodes make. */
function openEnds(
  members: readonly NodeRecord[],
  edges: readonly EdgeRecord[],
  specs: Specs,
  inputs: PortList,
  outputs: PortList,
  parts: {
    readonly inputsId: NodeId
    readonly wireOut: (port: PortRecord, from: Endpoint) => void
    readonly inside: EdgeRecord[]
  },
): void {
  const wiredInputs = new Set(edges.map(({ to }) => endpointKey(to)))
  const writers = new Set(edges.map(({ from }) => from.node))
  for (const member of [...members].sort(byId)) {
    const spec = specOf(specs, member)
    if (!spec) continue
    for (const [name, portSpec] of Object.entries(spec.inputs)) {
      const to = { node: member.id, port: name }
      if (portSpec.fallback !== undefined || wiredInputs.has(endpointKey(to))) continue
      const port = inputs.of(`open ${endpointKey(to)}`, { name, title: portSpec.label, type: portSpec.type })
      const id = freeEdgeId(to, (candidate) => parts.inside.some((edge) => edge.id === candidate))
      parts.inside.push({ id, from: { node: parts.inputsId, port: port.name }, to })
    }
    if (writers.has(member.id)) continue
    for (const [name, portSpec] of Object.entries(spec.outputs)) {
      const from = { node: member.id, port: name }
      parts.wireOut(outputs.of(endpointKey(from), { name, title: portSpec.label, type: portSpec.type }), from)
    }
  }
}

/** For each record its own id where nobody has it, else a new one. */
function keptIds<T extends string>(
  records: readonly { readonly id: T }[],
  isTaken: (id: string) => boolean,
): ReadonlyMap<T, T> {
  const ownIds = new Set<string>(records.map(({ id }) => id))
  const next = nodeIds((name) => isTaken(name) || ownIds.has(name))
  const fresh = (id: T): T => {
    const name: string = next(id)
    return name as T
  }
  return new Map(records.map(({ id }) => [id, isTaken(id) ? fresh(id) : id]))
}

/** Puts what a subgraph folds in its place; the new ids of what was inside, or why it cannot be done. */
export function unfold(
  draft: GraphDraft,
  specs: Specs,
  id: NodeId,
): { readonly nodes: readonly NodeId[]; readonly marks: readonly MarkId[] } | Problem<NodeId> {
  const graph = plain(draft)
  const record = nodeOf(graph, id)
  if (!isSubgraph(record))
    return refusal(
      record ? `${titleOf(graph, specs, id)} is not a subgraph.` : `The node "${id}" is not in this graph.`,
      'Select a subgraph.',
      record?.id,
    )
  const { body } = record
  const members = Object.values<NodeRecord>(body.nodes).filter((one) => !sideOf(one))
  const home = cardPlace(graph, specs, id, middleOf(members))
  const shift = { x: record.position.x - home.x, y: record.position.y - home.y }
  const stays = shift.x === 0 && shift.y === 0
  const moved = (at: Point): Point => (stays ? { ...at } : place({ x: at.x + shift.x, y: at.y + shift.y }))
  const ids = keptIds(members, (name) => name !== id && Object.hasOwn(graph.nodes, name))

  delete draft.nodes[id]
  for (const one of members) {
    const its = ids.get(one.id)!
    const flags = {
      ...(record.bypass || one.bypass ? { bypass: true } : {}),
      ...(record.mute || one.mute ? { mute: true } : {}),
    }
    draft.nodes[its] = copy({ ...one, ...flags, id: its, position: moved(one.position) })
  }
  rewire(draft, graph, record.id, body, ids, moved)
  const marks = putMarks(draft, graph, body, moved)
  const remainingPromoted = (graph.promoted ?? []).flatMap((entry) => {
    if (entry.node !== id) return [entry]
    const inner = body.promoted?.find(({ name }) => name === entry.param)
    const node = inner && ids.get(inner.node)
    return node ? [{ ...entry, node, param: inner.param }] : []
  })
  if (graph.promoted) setPromoted(draft, remainingPromoted)
  return { nodes: [...ids.values()], marks }
}

/** Where a wire ends once the subgraph is gone that drove a param on its card. */
function drivenInside(body: Graph, ids: ReadonlyMap<NodeId, NodeId>, name: string): Endpoint | undefined {
  if (portsOf(body, 'inputs').some((port) => port.name === name)) return undefined
  const promotion = promotedOf({ body }, name)
  const node = promotion && ids.get(promotion.node)
  return node && { node, port: promotion.param }
}

function rewire(
  draft: GraphDraft,
  graph: Graph,
  card: NodeId,
  body: Graph,
  ids: ReadonlyMap<NodeId, NodeId>,
  moved: (point: Point) => Point,
): void {
  const inputs = boundaryOf(body, 'inputs')?.id
  const outputs = boundaryOf(body, 'outputs')?.id
  const outer = edgesOf(graph)
  const inner = edgesOf(body)
  interface Run {
    readonly from: Endpoint
    readonly via: readonly Point[]
  }
  const viaOf = (edge: EdgeRecord, inside: boolean) => (inside ? (edge.via ?? []).map(moved) : (edge.via ?? []))
  /** Where what arrives at the end of a wire begins, through the card, and the points on the way; a circle begins nowhere. */
  const runOf = (edge: EdgeRecord, inside: boolean, visitedEdges: ReadonlySet<EdgeRecord>): Run | undefined => {
    if (visitedEdges.has(edge)) return undefined
    const { from } = edge
    const passes = inside ? from.node === inputs : from.node === card
    if (!passes) {
      const node = inside ? (ids.get(from.node) ?? from.node) : from.node
      return { from: { node, port: from.port }, via: viaOf(edge, inside) }
    }
    const before = (inside ? outer : inner).find(
      ({ to }) => to.port === from.port && to.node === (inside ? card : outputs),
    )
    const run = before && runOf(before, !inside, new Set([...visitedEdges, edge]))
    return run && { from: run.from, via: [...run.via, ...viaOf(edge, inside)] }
  }
  const edgeIds = new Set(outer.filter(({ to }) => to.node !== card).map(({ id }) => id as string))
  const put = (id: EdgeId, to: Endpoint, run: Run | undefined) => {
    if (!run) return
    edgeIds.add(id)
    draft.edges[id] = {
      id,
      from: { ...run.from },
      to: { ...to },
      ...(run.via.length > 0 ? { via: copy([...run.via]) } : {}),
    }
  }
  for (const edge of outer) {
    if (edge.to.node !== card && edge.from.node !== card) continue
    delete draft.edges[edge.id]
    const to = edge.to.node === card ? drivenInside(body, ids, edge.to.port) : edge.to
    if (to) put(edge.id, to, runOf(edge, false, new Set()))
  }
  for (const edge of inner) {
    if (edge.to.node === outputs) continue
    const to = { node: ids.get(edge.to.node) ?? edge.to.node, port: edge.to.port }
    const same = to.node === edge.to.node && !edgeIds.has(edge.id)
    put(same ? edge.id : freeEdgeId(to, (name) => edgeIds.has(name)), to, runOf(edge, true, new Set()))
  }
}

function putMarks(draft: GraphDraft, graph: Graph, body: Graph, moved: (point: Point) => Point): MarkId[] {
  const marks = marksOf(body)
  if (marks.length === 0) return []
  const ids = keptIds(marks, (name) => markOf(graph, name) !== undefined)
  draft.marks ??= {}
  return marks.map((mark: MarkRecord) => {
    const its = ids.get(mark.id)!
    draft.marks![its] = copy({ ...mark, id: its, position: moved(mark.position) })
    return its
  })
}
