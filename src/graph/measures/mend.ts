/** Puts the node that mends a symptom behind the picture, under the map of its measure. */
import type { Expansion } from '../analysis/expand.ts'
import {
  dependants,
  type EdgeRecord,
  type Endpoint,
  type FlatEndpoint,
  type Graph,
  type GraphDocument,
  type NodeId,
  nodeOf,
  type Point,
} from '../document/document.ts'
import type { JsonObject } from '../document/json.ts'
import { flatId, graphAt, type Path, placeOf } from '../document/levels.ts'
import { addNode, connect, type GraphDraft, moveNodes, plain as plainData } from '../edits/edit.ts'
import { cardsInTheWay, clearance, tallest } from '../edits/passing.ts'
import type { Room } from '../edits/splice.ts'
import type { Specs } from '../node/spec.ts'
import { mainPort } from '../node/value-types.ts'
import { paramValues } from '../node/values.ts'
import { plainType, type Subject, soughtIn } from './measured-graph.ts'
import type { Remedy, Symptom } from './symptoms.ts'

/** Where a remedy goes: a level of the document, and what it is wired to there. */
export interface MendingPlace {
  readonly path: Path
  readonly picture: Endpoint
  /** `null`: the level does not have it. */
  readonly source: Endpoint | null
  readonly factor: number | null
}

const sameEnd = (a: FlatEndpoint, b: FlatEndpoint) => a.node === b.node && a.port === b.port

/** On the level of the node that makes the picture; `null` where that is no node of the document. */
export function mendingPlace(
  document: GraphDocument,
  { resolve }: Pick<Expansion, 'resolve'>,
  specs: Specs,
  subject: Subject,
  symptom: Symptom,
): MendingPlace | null {
  const { source, factor } = subject
  const at = soughtIn(subject, specs, symptom)
  const { path, id } = placeOf(at.node)
  const level = graphAt(document, path)
  if (!level || !nodeOf(level, id)) return null
  const here = (end: Endpoint): FlatEndpoint => ({ node: flatId(path, end.node), port: end.port })
  const leadsTo = (end: Endpoint) => {
    const resolvedEnd = resolve(here(end))
    return source !== null && resolvedEnd !== undefined && sameEnd(resolvedEnd, source)
  }
  const ends = Object.values<EdgeRecord>(level.edges).map(({ from }) => from)
  return { path, picture: { node: id, port: at.port }, source: ends.find(leadsTo) ?? null, factor }
}

/** Whether all that the symptom’s remedy is wired to is there. */
export function canMend({ remedy, measure }: Symptom, specs: Specs, place: MendingPlace): boolean {
  if (!remedy) return false
  const feeds = new Set(Object.values(remedy.inputs))
  const sourcePort = specs.get(measure)?.inputs.source
  const measured = feeds.has('map') && sourcePort !== undefined && sourcePort.fallback === undefined
  const needsSource = feeds.has('source') || feeds.has('plain') || measured
  return (
    specs.has(remedy.type) &&
    (!needsSource || place.source !== null) &&
    (!feeds.has('plain') || (place.factor !== null && specs.has(plainType)))
  )
}

/** A node of the level that makes the plain upscale already. */
function plainOn(level: Graph, specs: Specs, source: Endpoint, factor: number): Endpoint | null {
  const spec = specs.get(plainType)
  const port = mainPort(spec?.outputs)
  if (!spec || port === undefined) return null
  for (const { from, to } of Object.values<EdgeRecord>(level.edges)) {
    const node = nodeOf(level, to.node)
    if (node?.type !== plainType || node.bypass || node.mute) continue
    if (from.node !== source.node || from.port !== source.port) continue
    const { mode, factor: by, kernel, linear } = paramValues(spec, node)
    if (mode === 'factor' && by === factor && kernel === 'catmull-rom' && linear === false)
      return { node: to.node, port }
  }
  return null
}

interface Mended {
  /** The node that was put in. */
  readonly node: NodeId
  readonly output: string
}

/**
 * Wires the remedy behind the picture; all that read the picture read what it makes of it. As one recipe, so that it is one
 * step of the history.
 * @param numbers what the measure read, by its outputs
 */
export function mend(
  draft: GraphDraft,
  specs: Specs,
  symptom: Symptom & { readonly remedy: Remedy },
  place: MendingPlace,
  numbers: Readonly<Record<string, number>>,
  room: Room,
): Mended {
  const { remedy } = symptom
  const { picture, source, factor } = place
  const before = plainData(draft)
  const readers = Object.values<EdgeRecord>(before.edges).filter(
    ({ from }) => from.node === picture.node && from.port === picture.port,
  )
  const step = room.width + room.gap
  const start = nodeOf(before, picture.node)?.position ?? { x: 0, y: 0 }
  const below = (column: number, row: number): Point => ({ x: start.x + column * step, y: start.y + row * 176 })
  const numbersRead = Object.entries(remedy.measuredParams ?? {}).flatMap(([param, output]) => {
    const value = numbers[output]
    return value === undefined || !Number.isFinite(value) ? [] : [[param, Math.round(value)] as const]
  })
  const feeds = new Set(Object.values(remedy.inputs))
  const wire = (from: Endpoint, node: NodeId, port: string, via?: readonly Point[]) =>
    void connect(draft, specs, from, { node, port }, via)
  let column = 1

  const map = (): Endpoint => {
    const spec = specs.get(symptom.measure)
    const params: JsonObject = remedy.full === undefined ? {} : { full: remedy.full }
    const measure = addNode(draft, { type: symptom.measure, position: below(column, 1), params })
    wire(picture, measure, mainPort(spec?.inputs) ?? 'image')
    if (source && spec && 'source' in spec.inputs)
      wire(source, measure, 'source', wayPast(before, source, below(column, 1), room, 'below'))
    column += 1
    const mapOutput = { node: measure, port: symptom.map }
    if (!remedy.shape) return mapOutput
    const shape = addNode(draft, { type: 'combine-masks', position: below(column, 1), params: { ...remedy.shape } })
    wire(mapOutput, shape, 'first')
    column += 1
    return { node: shape, port: 'mask' }
  }
  const mask = feeds.has('map') ? map() : null
  const base = (): Endpoint | null => {
    if (!source || factor === null) return null
    const existing = plainOn(before, specs, source, factor)
    if (existing) return existing
    const plain = addNode(draft, { type: plainType, position: below(Math.max(1, column - 1), 2), params: { factor } })
    wire(source, plain, mainPort(specs.get(plainType)?.inputs) ?? 'image')
    return { node: plain, port: mainPort(specs.get(plainType)?.outputs) ?? 'image' }
  }
  const ends: Readonly<Record<string, Endpoint | null>> = {
    picture,
    source,
    map: mask,
    plain: feeds.has('plain') ? base() : null,
  }
  const params: JsonObject = { ...remedy.params, ...Object.fromEntries(numbersRead) }
  const node = addNode(draft, { type: remedy.type, position: below(column, 0), params })
  let lane = 0
  for (const [port, feed] of Object.entries(remedy.inputs)) {
    const from = ends[feed]
    if (!from) continue
    const way = feed === 'map' ? undefined : wayPast(before, from, below(column, 0), room, 'above', lane)
    if (way) lane += 1
    wire(from, node, port, way)
  }
  const output = mainPort(specs.get(remedy.type)?.outputs) ?? 'image'
  for (const { to, via } of readers) wire({ node, port: output }, to.node, to.port, via)
  makeRoom(draft, before, readers, below(column, 0).x + step, start.x + room.width)
  leadPast(draft, specs, before, room)
  return { node, output }
}

/** From one wire to the next where several run beside each other: each has what stands on it to itself. */
const laneHeight = 24

/**
 * Through which points a wire to `to` runs above, or below, the cards between, which would hide it; none where there are no cards.
 * @param lane how many wires run there already
 */
function wayPast(
  graph: Graph,
  from: Endpoint,
  to: Point,
  { width, gap }: Room,
  side: 'above' | 'below',
  lane = 0,
): readonly Point[] | undefined {
  const start = nodeOf(graph, from.node)?.position
  if (!start) return undefined
  const between = Object.values(graph.nodes).flatMap(({ position }) =>
    position.x > start.x && position.x < to.x ? [position.y] : [],
  )
  if (between.length === 0) return undefined
  const y =
    side === 'above' ? Math.min(...between, to.y) - clearance - lane * laneHeight : Math.max(...between) + tallest
  return [start.x + width, to.x - gap].map((x) => ({ x: x + gap / 2, y }))
}

/** Wires that were there are led below new cards which would hide them. */
function leadPast(draft: GraphDraft, specs: Specs, before: Graph, { width, gap }: Room): void {
  const graph = plainData(draft)
  const addedNodes = Object.values(graph.nodes).filter(({ id }) => !nodeOf(before, id))
  let lane = 0
  for (const { from, to, via } of Object.values<EdgeRecord>(before.edges)) {
    const [start, end] = [nodeOf(graph, from.node)?.position, nodeOf(graph, to.node)?.position]
    if (via || !start || !end) continue
    const passed = (x: number) => x > start.x && x < end.x
    const isHidden =
      cardsInTheWay(
        start,
        end,
        addedNodes.map(({ position }) => position),
      ) > 0
    const isThere = Object.values<EdgeRecord>(graph.edges).some(
      (edge) => edge.to.node === to.node && edge.to.port === to.port && edge.from.node === from.node,
    )
    if (!isHidden || !isThere) continue
    const lowest = Math.max(...Object.values(graph.nodes).map(({ position: { x, y } }) => (passed(x) ? y : start.y)))
    const y = lowest + tallest + clearance + lane * laneHeight
    lane += 1
    connect(draft, specs, from, to, [
      { x: start.x + width + gap / 2, y },
      { x: end.x - gap / 2, y },
    ])
  }
}

/**
 * What reads the picture moves clear of what was put before it, to the right.
 * @param behind where the picture’s card ends: what of a wire lies behind it moves along
 */
function makeRoom(draft: GraphDraft, before: Graph, readers: readonly EdgeRecord[], x: number, behind: number): void {
  const ids = readers.map(({ to }) => to.node)
  const nearest = Math.min(...ids.map((id) => nodeOf(before, id)?.position.x ?? x))
  if (nearest >= x) return
  const places = [...dependants(before, ids)].flatMap((id): [NodeId, Point][] => {
    const place = nodeOf(before, id)?.position
    return place ? [[id, { x: place.x + x - nearest, y: place.y }]] : []
  })
  moveNodes(draft, Object.fromEntries(places) as Record<NodeId, Point>)
  // Wires between what moves have moved with it.
  const movedNodes = new Set(places.map(([id]) => id))
  for (const { id, from, to, via } of Object.values<EdgeRecord>(before.edges)) {
    const edge = draft.edges[id]
    if (!edge || !via || movedNodes.has(from.node) || !movedNodes.has(to.node)) continue
    edge.via = via.map((at) => (at.x > behind ? { x: at.x + x - nearest, y: at.y } : { ...at }))
  }
}
