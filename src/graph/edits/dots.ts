/**
 * Reroute dots. Wires of one output that run through the same point share a dot there. No file says so: the points of
 * the wires (`via`) are all there is, and whatever moves, copies or folds them alike keeps the dots together.
 */
import {
  type EdgeId,
  type EdgeRecord,
  type Endpoint,
  endpointKey,
  type Graph,
  type NodeId,
  type Point,
} from '../document/document.ts'
import { compareIds } from '../document/ids.ts'

/** One of a wire's points, by its place in the wire's `via`. */
export interface Stop {
  readonly edge: EdgeId
  readonly index: number
}

export interface Dot {
  /** The output that all of its wires come from. */
  readonly from: Endpoint
  /** Canvas units. */
  readonly at: Point
  /** At least one; in the order of the wires' ids. */
  readonly stops: readonly Stop[]
}

/** Some wires' points as they would be; wires that are not in it keep theirs. */
export type Ways = ReadonlyMap<EdgeId, readonly Point[]>

const viaOf = (graph: Graph, edge: EdgeId): readonly Point[] =>
  Object.hasOwn(graph.edges, edge) ? (graph.edges[edge]?.via ?? []) : []
const fromOf = (graph: Graph, edge: EdgeId): Endpoint | undefined =>
  Object.hasOwn(graph.edges, edge) ? graph.edges[edge]?.from : undefined
const isAt = (a: Point) => (b: Point) => a.x === b.x && a.y === b.y
const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

/** The text by which maps know a point of the wires of an output. */
export const dotKey = (from: Endpoint, { x, y }: Point): string => `${endpointKey(from)} ${x} ${y}`

/** The wires that run through a dot. */
export const wiresOf = ({ stops }: Pick<Dot, 'stops'>): EdgeId[] => [...new Set(stops.map(({ edge }) => edge))]

/** Every point of every wire, those that wires share once. */
export function dotsOf(graph: Graph): Dot[] {
  const dots = new Map<string, Dot & { readonly stops: Stop[] }>()
  for (const { id, from, via = [] } of Object.values<EdgeRecord>(graph.edges).sort((a, b) => compareIds(a.id, b.id)))
    for (const [index, at] of via.entries()) {
      const key = dotKey(from, at)
      const dot = dots.get(key)
      if (dot) dot.stops.push({ edge: id, index })
      else dots.set(key, { from, at, stops: [{ edge: id, index }] })
    }
  return [...dots.values()]
}

/** The dot nearest to `at`, within `reach` canvas units, that the points `stops` would join there. */
export function dotNear(graph: Graph, stops: readonly Stop[], at: Point, reach: number): Dot | undefined {
  const [first] = stops
  const from = first && fromOf(graph, first.edge)
  if (!from) return undefined
  const draggedStops = new Set(stops.map(({ edge, index }) => `${index} ${edge}`))
  let nearest: Dot | undefined
  for (const dot of dotsOf(graph)) {
    if (endpointKey(dot.from) !== endpointKey(from) || distance(dot.at, at) > reach) continue
    if (dot.stops.every(({ edge, index }) => draggedStops.has(`${index} ${edge}`))) continue
    if (!nearest || distance(dot.at, at) < distance(nearest.at, at)) nearest = dot
  }
  return nearest
}

/** The points on the way from the output to a dot and the dot itself, as the first of its wires runs. */
export function leadTo(graph: Graph, { stops }: Pick<Dot, 'stops'>): readonly Point[] {
  const [first] = stops
  return first ? viaOf(graph, first.edge).slice(0, first.index + 1) : []
}

/** As much of `via` as leads to the last point in which one of `others` runs as well, or that stays for another reason. */
const sharedLead = (
  via: readonly Point[],
  others: readonly (readonly Point[])[],
  stays: (point: Point) => boolean = () => false,
): readonly Point[] =>
  via.slice(0, via.findLastIndex((point) => stays(point) || others.some((other) => other.some(isAt(point)))) + 1)

/**
 * What remains of a wire's way when it leads elsewhere: as far as it shares dots with other wires of `from`.
 * `besides`: the wire itself, where the graph has it.
 */
export function leadOf(graph: Graph, from: Endpoint, via: readonly Point[], besides?: EdgeId): readonly Point[] {
  if (via.length === 0) return via
  const others = Object.values<EdgeRecord>(graph.edges).filter(
    (edge) => edge.id !== besides && endpointKey(edge.from) === endpointKey(from),
  )
  return sharedLead(
    via,
    others.map((edge) => edge.via ?? []),
  )
}

/**
 * The part of their ways that `leaving` wires of one output have in common with one another, as far as they share
 * dots with those that stay, or as points that stay: what one wire in their place runs through.
 */
export function commonLead(
  leaving: readonly EdgeRecord[],
  staying: readonly EdgeRecord[],
  stays?: (point: Point) => boolean,
): readonly Point[] {
  const [first = [], ...others] = leaving.map(({ via }) => via ?? [])
  const end = first.findIndex((point, n) => !others.every((other) => other[n] && isAt(point)(other[n])))
  return sharedLead(
    end < 0 ? first : first.slice(0, end),
    staying.map(({ via }) => via ?? []),
    stays,
  )
}

/**
 * Points moved to `to`. Where other wires of the output have a dot there, the moved ones join it: they reach it the way
 * those do, and go on as they went on before.
 */
export function movedPoints(graph: Graph, stops: readonly Stop[], to: Point): Ways {
  const ways = new Map<EdgeId, readonly Point[]>()
  const heldStops = new Map<EdgeId, Set<number>>()
  for (const { edge, index } of stops) {
    if (index >= viaOf(graph, edge).length) continue
    heldStops.set(edge, (heldStops.get(edge) ?? new Set()).add(index))
  }
  const [first] = heldStops.keys()
  const from = first && fromOf(graph, first)
  if (!from) return ways
  // Without those that are held: whose dots there are to be joined.
  const edges = Object.values<EdgeRecord>(graph.edges)
    .filter((edge) => endpointKey(edge.from) === endpointKey(from))
    .filter(({ id, via = [] }) => via.some((point, n) => isAt(to)(point) && !heldStops.get(id)?.has(n)))
    .sort((a, b) => compareIds(a.id, b.id))
  const target = edges.map(({ id }) => id)
  for (const [edge, its] of heldStops) {
    const via = viaOf(graph, edge).map((point, n) => (its.has(n) ? { x: to.x, y: to.y } : point))
    // Through both already: what lay between them would now be a loop.
    const loops = target.includes(edge)
    ways.set(
      edge,
      loops ? [...via.slice(0, via.findIndex(isAt(to)) + 1), ...via.slice(via.findLastIndex(isAt(to)) + 1)] : via,
    )
  }
  const [guide] = target
  if (guide === undefined) return ways
  const way = ways.get(guide) ?? viaOf(graph, guide)
  const lead = way.slice(0, way.findIndex(isAt(to)) + 1)
  for (const edge of heldStops.keys()) {
    if (target.includes(edge)) continue
    const via = ways.get(edge) ?? []
    ways.set(edge, [...lead, ...via.slice(via.findLastIndex(isAt(to)) + 1)])
  }
  return ways
}

/** Without these points. */
export function withoutPoints(graph: Graph, stops: readonly Stop[]): Ways {
  const removedPoints = new Map<EdgeId, Set<number>>()
  for (const { edge, index } of stops) removedPoints.set(edge, (removedPoints.get(edge) ?? new Set()).add(index))
  return new Map([...removedPoints].map(([edge, its]) => [edge, viaOf(graph, edge).filter((_, n) => !its.has(n))]))
}

/** Wires taken out of the dots that they share with any but one another; the points that are theirs alone stay. */
export function freed(graph: Graph, edges: Iterable<EdgeId>): Ways {
  const edgeIds = new Set(edges)
  return withoutPoints(
    graph,
    dotsOf(graph)
      .filter((dot) => !wiresOf(dot).every((edge) => edgeIds.has(edge)))
      .flatMap(({ stops }) => stops.filter(({ edge }) => edgeIds.has(edge))),
  )
}

/** Where in `via` a new point makes the wire from `start` to `end` the least longer. */
export function stretchFor(via: readonly Point[], at: Point, start: Point, end: Point): number {
  const stops = [start, ...via, end]
  let best = 0
  let leastDistance = Number.POSITIVE_INFINITY
  for (let n = 0; n + 1 < stops.length; n += 1) {
    const [a, b] = [stops[n]!, stops[n + 1]!]
    const detour = distance(a, at) + distance(at, b) - distance(a, b)
    if (detour >= leastDistance) continue
    best = n
    leastDistance = detour
  }
  return best
}

/** A wire with one more point, and with it every wire that lies over that stretch of it. */
export function withPoint(graph: Graph, edge: EdgeId, index: number, at: Point): Ways {
  const from = fromOf(graph, edge)
  const via = viaOf(graph, edge)
  const ways = new Map<EdgeId, readonly Point[]>()
  if (!from) return ways
  const [before, after] = [via[index - 1], via[index]]
  const put = (way: readonly Point[], n: number) => [...way.slice(0, n), at, ...way.slice(n)]
  ways.set(edge, put(via, index))
  // Each wire has the last stretch for itself.
  if (!after) return ways
  for (const other of Object.values<EdgeRecord>(graph.edges)) {
    if (other.id === edge || endpointKey(other.from) !== endpointKey(from)) continue
    const way = other.via ?? []
    const n = way.findIndex((point, k) => isAt(after)(point) && (before ? k > 0 && isAt(before)(way[k - 1]!) : k === 0))
    if (n >= 0) ways.set(other.id, put(way, n))
  }
  return ways
}

/**
 * Which strand of a dot leads most in the direction of `toward` (a way, not a place): its points there.
 * `endOf`: where a wire ends, canvas units.
 */
export function strandToward(
  graph: Graph,
  dot: Dot,
  toward: Point,
  endOf: (edge: EdgeId) => Point | undefined,
): readonly Stop[] {
  let best: EdgeId | undefined
  let furthest = Number.NEGATIVE_INFINITY
  for (const { edge, index } of dot.stops) {
    const next = viaOf(graph, edge)[index + 1] ?? endOf(edge)
    if (!next) continue
    const [x, y] = [next.x - dot.at.x, next.y - dot.at.y]
    const along = (x * toward.x + y * toward.y) / (Math.hypot(x, y) || 1)
    if (along <= furthest) continue
    best = edge
    furthest = along
  }
  return dot.stops.filter(({ edge }) => edge === (best ?? dot.stops[0]?.edge))
}

/** A dot as a layout sees it: something that lies between its output and what comes after it. */
export interface LaidDot {
  /** No node's id has a colon. */
  readonly id: NodeId
  readonly dot: Dot
  /** The nodes at the ends of its wires. */
  readonly nodes: ReadonlySet<NodeId>
}

/**
 * What a layout of `nodes` places beside them: the shared dots whose wires all lie among them, and the wires from one
 * to the next, so that a reroute stays one. Other points belong to how the nodes lay before.
 */
export function laidDots(graph: Graph, nodes: ReadonlySet<NodeId>): { dots: readonly LaidDot[]; edges: EdgeRecord[] } {
  const within = (edge: EdgeId) => {
    const record = graph.edges[edge]
    return record !== undefined && nodes.has(record.from.node) && nodes.has(record.to.node)
  }
  const sharedDots = dotsOf(graph).filter(
    (dot) => wiresOf(dot).length > 1 && dot.stops.every(({ edge }) => within(edge)),
  )
  const dots = sharedDots.map((dot, n): LaidDot => {
    const ends = dot.stops.flatMap(({ edge }) => graph.edges[edge]?.to.node ?? [])
    return { id: `dot:${n}` as NodeId, dot, nodes: new Set([dot.from.node, ...ends]) }
  })
  const byKey = new Map(dots.map((laidDot) => [dotKey(laidDot.dot.from, laidDot.dot.at), laidDot]))
  const edges = new Map<string, EdgeRecord>()
  for (const { id, from, to, via = [] } of Object.values<EdgeRecord>(graph.edges)) {
    let at = from
    for (const point of via) {
      const laidDot = byKey.get(dotKey(from, point))
      if (!laidDot) continue
      const stretch = `${at.node} ${laidDot.id}` as EdgeId
      edges.set(stretch, { id: stretch, from: at, to: { node: laidDot.id, port: '' } })
      at = { node: laidDot.id, port: '' }
    }
    edges.set(id, { id, from: at, to })
  }
  return { dots, edges: [...edges.values()] }
}

/** The ways of the wires among `nodes` once a layout has put the dots of `laidDots` at `places` (their middles). */
export function laidWays(
  graph: Graph,
  nodes: ReadonlySet<NodeId>,
  dots: readonly LaidDot[],
  places: (dot: LaidDot) => Point | undefined,
): Ways {
  const byKey = new Map(dots.map((laidDot) => [dotKey(laidDot.dot.from, laidDot.dot.at), laidDot]))
  const stayingDots = new Set(
    dotsOf(graph)
      .filter(({ stops }) =>
        stops.some(({ edge }) => !nodes.has(graph.edges[edge]!.from.node) || !nodes.has(graph.edges[edge]!.to.node)),
      )
      .map(({ from, at }) => dotKey(from, at)),
  )
  const within = Object.values<EdgeRecord>(graph.edges).filter(
    ({ from, to }) => nodes.has(from.node) && nodes.has(to.node),
  )
  return new Map(
    within.map(({ id, from, via = [] }) => [
      id,
      via.flatMap((point) => {
        const laidDot = byKey.get(dotKey(from, point))
        return (laidDot ? places(laidDot) : stayingDots.has(dotKey(from, point)) ? point : undefined) ?? []
      }),
    ]),
  )
}
