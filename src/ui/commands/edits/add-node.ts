/**
 * Adding a node so that it is of use at once: where it lies, and what it is wired to. A node added while others
 * are selected reads them, as in a chain that grows to the right; a source added beside a node that lacks a
 * picture feeds it.
 */

import { type Endpoint, type Graph, type NodeId, type Point, subgraphType } from '../../../graph/document/document.ts'
import type { JsonObject } from '../../../graph/document/json.ts'
import { specOf } from '../../../graph/document/subgraph.ts'
import { addNode, connect, type GraphDraft } from '../../../graph/edits/edit.ts'
import { ownInputs } from '../../../graph/node/driven-params.ts'
import type { NodeSpec, Specs } from '../../../graph/node/spec.ts'
import { isStreamType } from '../../../graph/node/value-types.ts'
import { fittingPort } from '../../kit/node-search.ts'
import type { LooseWire } from '../../store/view.ts'

/** Size of a card as placing reckons with it, canvas units. */
export const card = { width: 200, height: 136, gapX: 88, gapY: 24 } as const

const outputsOf = (document: Graph, specs: Specs, node: NodeId) =>
  Object.entries(specOf(specs, document.nodes[node])?.outputs ?? {})

const free = (document: Graph, at: Point): boolean =>
  Object.values(document.nodes).every(
    ({ position }) => Math.abs(position.x - at.x) >= card.width + 8 || Math.abs(position.y - at.y) >= card.height - 16,
  )

const snapToGrid = ({ x, y }: Point): Point => ({ x: Math.round(x / 8) * 8, y: Math.round(y / 8) * 8 })

/** `at`, or the free place of its column that is nearest to it: just below a card there, else just above one. */
export function freePlace(document: Graph, at: Point): Point {
  const start = snapToGrid(at)
  if (free(document, start)) return start
  const step = card.height + card.gapY
  const column = Object.values(document.nodes).flatMap(({ position: { x, y } }) =>
    Math.abs(x - start.x) < card.width + 8 ? [y] : [],
  )
  const away = (place: Point) => Math.abs(place.y - start.y)
  const [nearest] = [...column.map((y) => y + step), ...column.map((y) => y - step)]
    .map((y) => snapToGrid({ x: start.x, y }))
    .filter((place) => free(document, place))
    .sort((a, b) => away(a) - away(b))
  // Below the lowest card of the column there is always room.
  return nearest ?? start
}

/** The sound that belongs to a picture: that of the first source before it that has some. */
function soundBefore(document: Graph, specs: Specs, node: NodeId): Endpoint | undefined {
  const visitedNodes = new Set<NodeId>()
  const queue = [node]
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (visitedNodes.has(at)) continue
    visitedNodes.add(at)
    const sound = outputsOf(document, specs, at).find(([, port]) => isStreamType(port.type))
    if (sound) return { node: at, port: sound[0] }
    for (const edge of Object.values(document.edges)) if (edge.to.node === at) queue.push(edge.from.node)
  }
  return undefined
}

const isWired = (document: Graph, to: Endpoint): boolean =>
  Object.values(document.edges).some((edge) => edge.to.node === to.node && edge.to.port === to.port)

/** Wires of a new node of type `spec` to the selected ones, from its side: its input, and what it would read. */
export function wiresFrom(
  document: Graph,
  specs: Specs,
  spec: NodeSpec,
  selectedIds: readonly NodeId[],
): readonly { readonly port: string; readonly from: Endpoint }[] {
  const wires: { port: string; from: Endpoint }[] = []
  const usedNodes = new Set<NodeId>()
  for (const [port, { type }] of ownInputs(spec)) {
    if (isStreamType(type)) continue
    for (const node of selectedIds) {
      const output = usedNodes.has(node)
        ? undefined
        : outputsOf(document, specs, node).find(([, out]) => out.type === type)
      if (!output) continue
      usedNodes.add(node)
      wires.push({ port, from: { node, port: output[0] } })
      break
    }
  }
  const first = wires[0]
  const sound = Object.entries(spec.inputs).find(([, input]) => isStreamType(input.type))
  const from = first && sound && soundBefore(document, specs, first.from.node)
  if (sound && from) wires.push({ port: sound[0], from })
  return wires
}

export interface AddOptions {
  /** Top left corner; absent: beside the selection, else `middle`. */
  readonly at?: Point
  readonly wire?: LooseWire | null
  /** Nodes that the new one reads, in the order of their places. */
  readonly selectedNodes: readonly NodeId[]
  readonly middle: Point
  /** It lies where it is put, even on others: whoever puts it into a wire makes room for it. */
  readonly exact?: boolean
  readonly params?: JsonObject
  /** Of a piece: what it folds, and its title. */
  readonly piece?: { readonly title: string; readonly body: Graph }
}

/** Adds and wires a node in one recipe; returns its id. */
export function addWired(
  draft: GraphDraft,
  document: Graph,
  specs: Specs,
  spec: NodeSpec,
  options: AddOptions,
): NodeId {
  const { wire, selectedNodes } = options
  const nodesInOrder = selectedNodes
    .filter((id) => document.nodes[id])
    .sort((a, b) => (document.nodes[a]?.position.y ?? 0) - (document.nodes[b]?.position.y ?? 0))
  const wires = wire ? [] : wiresFrom(document, specs, spec, nodesInOrder)
  const feeds = wires.length === 0 && !wire ? openInputs(document, specs, spec, nodesInOrder) : undefined
  const place = options.at ?? beside(document, nodesInOrder, feeds, options.middle)
  const position = options.exact ? snapToGrid(place) : freePlace(document, place)
  const { piece, params = {} } = options
  const id = addNode(
    draft,
    piece
      ? { type: subgraphType, position, title: piece.title, body: piece.body }
      : { type: spec.type, position, params },
  )
  for (const { port, from } of wires) connect(draft, specs, from, { node: id, port })
  if (feeds) connect(draft, specs, { node: id, port: feeds.port }, feeds.to)
  if (wire) {
    const type = portTypeOf(document, specs, wire)
    const port = type && fittingPort(spec, type, wire.side)
    if (port && wire.side === 'source') {
      connect(draft, specs, wire.end, { node: id, port }, wire.via)
      const sound = Object.entries(spec.inputs).find(([, input]) => isStreamType(input.type))
      const from = sound && !isStreamType(type) ? soundBefore(document, specs, wire.end.node) : undefined
      if (sound && from) connect(draft, specs, from, { node: id, port: sound[0] })
    } else if (port) connect(draft, specs, { node: id, port }, wire.end)
  }
  return id
}

/** The input of a selected node that lacks what a new source would give. */
function openInputs(document: Graph, specs: Specs, spec: NodeSpec, selectedIds: readonly NodeId[]) {
  if (ownInputs(spec).length > 0) return undefined
  for (const node of selectedIds)
    for (const [input, { type, fallback }] of Object.entries(specOf(specs, document.nodes[node])?.inputs ?? {})) {
      const to = { node, port: input }
      const output = Object.entries(spec.outputs).find(([, port]) => port.type === type)
      if (output && fallback === undefined && !isWired(document, to)) return { port: output[0], to }
    }
  return undefined
}

function beside(
  document: Graph,
  selectedIds: readonly NodeId[],
  feeds: { to: Endpoint } | undefined,
  middle: Point,
): Point {
  const reader = feeds && document.nodes[feeds.to.node]
  if (reader) return { x: reader.position.x - card.width - card.gapX, y: reader.position.y }
  const places = selectedIds.flatMap((id) => document.nodes[id]?.position ?? [])
  if (places.length === 0) return { x: middle.x - card.width / 2, y: middle.y - card.height / 2 }
  return {
    x: Math.max(...places.map((place) => place.x)) + card.width + card.gapX,
    y: places.reduce((sum, place) => sum + place.y, 0) / places.length,
  }
}

export function portTypeOf(document: Graph, specs: Specs, wire: LooseWire) {
  const spec = specOf(specs, document.nodes[wire.end.node])
  return (wire.side === 'source' ? spec?.outputs : spec?.inputs)?.[wire.end.port]?.type
}
