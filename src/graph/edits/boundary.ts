/**
 * What of a subgraph is to be seen from outside: its inputs, its outputs, and the params that stand on its card.
 * These recipes are given the whole document, since a port that goes takes wires of two levels with it.
 */
import type { Draft } from 'immer'
import {
  boundaryTypes,
  type EdgeRecord,
  type Endpoint,
  type Graph,
  type NodeId,
  type NodeRecord,
  nodeOf,
  type Point,
  type PortRecord,
  type PortSide,
  type PromotedRecord,
} from '../document/document.ts'
import { isName, nodeIds } from '../document/ids.ts'
import { draftAt, graphAt, type Path } from '../document/levels.ts'
import { titleOf } from '../document/naming.ts'
import { boundaryOf, portsOf, specOf } from '../document/subgraph.ts'
import type { Specs } from '../node/spec.ts'
import { heightOf, portHeight, portPlace } from './card-place.ts'
import { disconnect, type GraphDraft, plain, setPromoted } from './edit.ts'
import { clearance, firstPort, hidesWire, tallest } from './passing.ts'

/** `image`, then `image-2`: a name that none of `others` has. */
export function freeName(proposal: string, others: readonly { readonly name: string }[]): string {
  const base = isName(proposal) ? proposal : 'value'
  let name = base
  for (let n = 2; others.some((one) => one.name === name); n += 1) name = `${base}-${n}`
  return name
}

/** `Image`, then `Image 2`: a title that none of `others` has. */
export function freeTitle(proposal: string, others: readonly { readonly title: string }[]): string {
  let title = proposal
  for (let n = 2; others.some((one) => one.title === title); n += 1) title = `${proposal} ${n}`
  return title
}

/** Names of what wires from outside may end on: the inputs of a body, and the params on its card. */
const namesOutside = (body: Graph): readonly { readonly name: string }[] => [
  ...portsOf(body, 'inputs'),
  ...(body.promoted ?? []),
]

/** Of cards and their distance, canvas units: a boundary stands clear of what it is wired to. */
const clear = { x: 288, width: 200, dot: 48 } as const

/** Canvas units between the heights at which a boundary is tried, and how many are at most. */
const [rowStep, maxRows] = [32, 128]

/** What is wired to a boundary, in the body. */
export interface BoundaryWires {
  readonly wires: readonly EdgeRecord[]
  readonly ports: readonly PortRecord[]
}

/**
 * Where the boundaries of a body lie that holds these nodes: so that as few of their wires as can be run behind cards, and those are short.
 * @param wired what each is wired to; absent: they lie as high as the highest node
 */
export function boundaryPlaces(
  nodes: readonly NodeRecord[],
  wired?: { readonly specs: Specs } & Readonly<Record<PortSide, BoundaryWires>>,
): Readonly<Record<PortSide, Point>> {
  const cards = nodes.map(({ position }) => position)
  const xs = cards.map(({ x }) => x)
  const ys = cards.map(({ y }) => y)
  const [left, right] = xs.length > 0 ? [Math.min(...xs), Math.max(...xs)] : [0, 0]
  const [top, bottom] = ys.length > 0 ? [Math.min(...ys), Math.max(...ys)] : [0, 0]
  const around = tallest + clearance
  const rows = [
    ...[top, ...ys, top - around, bottom + around],
    ...Array.from(
      { length: Math.min(maxRows, Math.ceil((bottom - top + 2 * around) / rowStep)) },
      (_, n) => top - around + n * rowStep,
    ),
  ]
  const best = (side: PortSide): Point => {
    const { wires: sideWires, ports } = wired?.[side] ?? { wires: [], ports: [] }
    const dots = sideWires.flatMap(({ via = [] }) => via.map((dot) => dot.x))
    const x =
      side === 'inputs'
        ? Math.min(left - clear.x, ...dots.map((dot) => dot - clear.width - clear.dot))
        : Math.max(right + clear.x, ...dots.map((dot) => dot + clear.dot))
    // A wire runs to its nearest dot, if it has any, as to the port of a card.
    const ends = sideWires.flatMap(({ from, to, via = [] }) => {
      const [near, far] = side === 'inputs' ? [from, to] : [to, from]
      const dot = side === 'inputs' ? via[0] : via.at(-1)
      const node = nodes.find(({ id }) => id === far.node)
      const end = dot ?? (wired && node && portPlace(wired.specs, node, far.port, side === 'inputs' ? 'in' : 'out'))
      const row = ports.findIndex(({ name }) => name === near.port)
      return end ? [{ end, drop: firstPort + Math.max(0, row) * portHeight }] : []
    })
    const cardBoxes = wired ? nodes.map((node) => ({ ...node.position, height: heightOf(wired.specs, node) })) : []
    const costOf = (y: number) => {
      const hidden = ends.flatMap(({ end, drop }) => {
        const start = { x: side === 'inputs' ? x + clear.width : x, y: y + drop }
        return cardBoxes.filter((box) => (side === 'inputs' ? hidesWire(start, end, box) : hidesWire(end, start, box)))
      })
      const length = ends.reduce((total, { end, drop }) => total + Math.abs(end.y - y - drop), 0)
      return { obstacles: hidden.length, length }
    }
    const costs = rows.map((y) => ({ y, ...costOf(y) }))
    const [first] = costs.toSorted((a, b) => a.obstacles - b.obstacles || a.length - b.length)
    return { x, y: first?.y ?? top }
  }
  return { inputs: best('inputs'), outputs: best('outputs') }
}

/** A boundary node with these ports. */
export const boundaryNode = (
  side: PortSide,
  id: NodeId,
  position: Point,
  ports: readonly PortRecord[],
): NodeRecord => ({
  id,
  type: boundaryTypes[side],
  params: {},
  position: { ...position },
  ports: [...ports],
})

/** The boundary of a body, made where a file came without one. */
function boundaryIn(body: GraphDraft, side: PortSide): Draft<NodeRecord> {
  const graph = plain(body)
  const existing = boundaryOf(graph, side)
  const id = existing?.id ?? nodeIds((candidate) => Object.hasOwn(graph.nodes, candidate))(side)
  if (!existing) {
    const node = boundaryNode(side, id, boundaryPlaces(Object.values<NodeRecord>(graph.nodes))[side], [])
    body.nodes[id] = structuredClone(node) as Draft<NodeRecord>
  }
  const record = body.nodes[id]!
  record.ports ??= []
  return record
}

/** Adds a port to the subgraph whose body lies at `path`; its name, or `undefined` where there is no such subgraph. */
export function addPort(
  draft: GraphDraft,
  path: Path,
  side: PortSide,
  port: { readonly title: string; readonly type: PortRecord['type']; readonly name?: string },
): string | undefined {
  const body = path.length > 0 ? draftAt(draft, path) : undefined
  if (!body) return undefined
  const graph = plain(body)
  const ports = portsOf(graph, side)
  const name = freeName(port.name ?? port.type, side === 'inputs' ? namesOutside(graph) : ports)
  boundaryIn(body, side).ports!.push({ name, title: freeTitle(port.title.trim() || name, ports), type: port.type })
  return name
}

/** An empty title changes nothing. */
export function renamePort(draft: GraphDraft, path: Path, side: PortSide, name: string, title: string): void {
  const body = draftAt(draft, path)
  const boundary = body && boundaryOf(plain(body), side)
  const at = boundary?.ports?.findIndex((port) => port.name === name) ?? -1
  if (!body || !boundary || at < 0 || title.trim() === '' || boundary.ports![at]!.title === title.trim()) return
  body.nodes[boundary.id]!.ports![at]!.title = title.trim()
}

/** Moves a port up (below 0) or down in the list by as many places as there are. */
export function movePort(draft: GraphDraft, path: Path, side: PortSide, name: string, by: number): void {
  const body = draftAt(draft, path)
  const boundary = body && boundaryOf(plain(body), side)
  const ports = boundary && shifted(boundary.ports ?? [], name, by)
  if (ports) body.nodes[boundary.id]!.ports = ports.map((port) => ({ ...port }))
}

/** `undefined` where nothing moves. */
function shifted<T extends { readonly name: string }>(list: readonly T[], name: string, by: number): T[] | undefined {
  const at = list.findIndex((one) => one.name === name)
  const to = Math.min(list.length - 1, Math.max(0, at + by))
  if (at < 0 || to === at) return undefined
  const next = [...list]
  next.splice(to, 0, ...next.splice(at, 1))
  return next
}

/** Removes the wires of a level that begin or end at a place. */
function cut(graph: GraphDraft, end: keyof Pick<EdgeRecord, 'from' | 'to'>, at: Endpoint): void {
  const edges = Object.values<EdgeRecord>(plain(graph).edges)
  disconnect(
    graph,
    edges.filter((edge) => edge[end].node === at.node && edge[end].port === at.port).map(({ id }) => id),
  )
}

/** Removes a port with its wires on both sides. */
export function removePort(draft: GraphDraft, path: Path, side: PortSide, name: string): void {
  const body = draftAt(draft, path)
  const boundary = body && boundaryOf(plain(body), side)
  const card = path.at(-1)
  const around = draftAt(draft, path.slice(0, -1))
  if (!body || !boundary?.ports?.some((port) => port.name === name) || !around || card === undefined) return
  body.nodes[boundary.id]!.ports = boundary.ports.flatMap((port) => (port.name === name ? [] : [{ ...port }]))
  cut(body, side === 'inputs' ? 'from' : 'to', { node: boundary.id, port: name })
  cut(around, side === 'inputs' ? 'to' : 'from', { node: card, port: name })
}

/** The entry by which a param of `node` stands on the card of the subgraph with this body. */
export const promotionOf = (body: Graph, node: NodeId, param: string): PromotedRecord | undefined =>
  body.promoted?.find((one) => one.node === node && one.param === param)

/** Puts a param of a node of the body at `path` onto the subgraph's card; the name it has there. */
export function promote(draft: GraphDraft, path: Path, specs: Specs, node: NodeId, param: string): string | undefined {
  const body = path.length > 0 ? draftAt(draft, path) : undefined
  const graph = body && plain(body)
  const paramSpecs = graph && specOf(specs, nodeOf(graph, node))?.params
  if (!body || !graph || !paramSpecs || !Object.hasOwn(paramSpecs, param) || promotionOf(graph, node, param))
    return undefined
  const promotions = graph.promoted ?? []
  const { label } = paramSpecs[param]!
  const plainTitle = promotions.some(({ title }) => title === label)
    ? `${titleOf(graph, specs, node)}: ${label}`
    : label
  const entry = { name: freeName(param, namesOutside(graph)), title: freeTitle(plainTitle, promotions), node, param }
  setPromoted(body, [...promotions, entry])
  return entry.name
}

/** Takes a param off the card of the subgraph with the body at `path`, with the wire that drives it; its value stays. */
export function demote(draft: GraphDraft, path: Path, name: string): void {
  const body = draftAt(draft, path)
  const graph = body && plain(body)
  const promotions = graph?.promoted
  if (!body || !graph || !promotions?.some((one) => one.name === name)) return
  const card = path.at(-1)
  const around = draftAt(draft, path.slice(0, -1))
  if (around && card !== undefined && !portsOf(graph, 'inputs').some((port) => port.name === name))
    cut(around, 'to', { node: card, port: name })
  setPromoted(
    body,
    promotions.filter((one) => one.name !== name),
  )
}

/** An empty title changes nothing. */
export function renamePromoted(draft: GraphDraft, path: Path, name: string, title: string): void {
  const body = draftAt(draft, path)
  const at = body ? (plain(body).promoted ?? []).findIndex((one) => one.name === name) : -1
  const entry = body?.promoted?.[at]
  if (entry && title.trim() !== '' && entry.title !== title.trim()) entry.title = title.trim()
}

export function movePromoted(draft: GraphDraft, path: Path, name: string, by: number): void {
  const body = draftAt(draft, path)
  const promotions = body && shifted(plain(body).promoted ?? [], name, by)
  if (promotions) setPromoted(body, promotions)
}

/** Ports of a body for whoever lists them. */
export const portsAt = (document: Graph, path: Path, side: PortSide): readonly PortRecord[] => {
  const graph = graphAt(document, path)
  return graph ? portsOf(graph, side) : []
}
