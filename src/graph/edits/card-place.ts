/**
 * Where a card lies that nobody puts at a place of their own: where it belongs, or as near to that as it can without lying on a card,
 * hiding a wire, or having its own wires hidden.
 */
import type { EdgeRecord, Graph, NodeId, NodeRecord, Point } from '../document/document.ts'
import { nodeOf } from '../document/document.ts'
import { specOf } from '../document/subgraph.ts'
import { cardParams } from '../node/card-params.ts'
import { ownInputs } from '../node/driven-params.ts'
import type { Specs } from '../node/spec.ts'
import { cardWidth, clearance, firstPort, hidesWire, tallest, usual } from './passing.ts'

/** Of cards as they are drawn, canvas units. */
export const portHeight = 22
const [head, settingHeight] = [70, 28]
/** Between two cards, one above the other. */
const gap = 24
/** What cards are drawn on. */
const grid = 8

export function heightOf(specs: Specs, record: NodeRecord): number {
  const spec = specOf(specs, record)
  if (!spec) return usual
  const rows = Math.max(ownInputs(spec).length, Object.keys(spec.outputs).length)
  const height = head + rows * portHeight + cardParams(spec, record).length * settingHeight
  // What a node chose by itself stands on its card beside the settings.
  return spec.ownChoices ? Math.max(height, tallest) : height
}

/** How far below a card’s top a port lies. */
function portDrop(specs: Specs, record: NodeRecord, port: string, side: 'in' | 'out'): number {
  const spec = specOf(specs, record)
  const ports = !spec ? [] : side === 'in' ? ownInputs(spec).map(([name]) => name) : Object.keys(spec.outputs)
  return firstPort + Math.max(0, ports.indexOf(port)) * portHeight
}

/** Where a wire ends at a port. */
export const portPlace = (specs: Specs, record: NodeRecord, port: string, side: 'in' | 'out'): Point => ({
  x: record.position.x + (side === 'in' ? 0 : cardWidth),
  y: record.position.y + portDrop(specs, record, port, side),
})

/** @param middle where the card would lie if nothing stood in its way; it moves up or down from there @returns the same for the same graph, wherever the card lies in it */
export function cardPlace(graph: Graph, specs: Specs, card: NodeId, middle: Point): Point {
  const record = nodeOf(graph, card)
  if (!record) return middle
  const others = Object.values<NodeRecord>(graph.nodes)
    .filter(({ id }) => id !== card)
    .map((other) => ({ ...other.position, height: heightOf(specs, other) }))
  const height = heightOf(specs, record)
  const edges = Object.values<EdgeRecord>(graph.edges)
  const costOf = (at: Point) => {
    const itself = { ...at, height }
    const stopAt = (id: NodeId, port: string, side: 'in' | 'out'): Point | undefined => {
      const node = nodeOf(graph, id)
      const { x, y } = id === card ? at : (node?.position ?? at)
      return node && { x: side === 'in' ? x : x + cardWidth, y: y + portDrop(specs, node, port, side) }
    }
    let obstacles = 0
    for (const { from, to, via = [] } of edges) {
      const isOwn = from.node === card || to.node === card
      const [start, end] = [stopAt(from.node, from.port, 'out'), stopAt(to.node, to.port, 'in')]
      if (!start || !end) continue
      const stops = [start, ...via, end]
      for (let n = 1; n < stops.length; n++)
        obstacles += (isOwn ? [...others, itself] : [itself]).filter((each) =>
          hidesWire(stops[n - 1]!, stops[n]!, each),
        ).length
    }
    const coveredCards = others.filter(
      (other) =>
        Math.abs(other.x - at.x) < cardWidth && at.y < other.y + other.height + gap && other.y < at.y + height + gap,
    )
    return { covered: coveredCards.length, hidden: obstacles, distance: Math.abs(at.y - middle.y) }
  }
  const rows = others.flatMap((other) => [other.y, other.y - height - clearance, other.y + other.height + clearance])
  // Just above a wire that it would hide, and just below it.
  const besideWires = edges.flatMap(({ from, to }) =>
    [nodeOf(graph, from.node), nodeOf(graph, to.node)].flatMap((node, end) => {
      if (!node || from.node === card || to.node === card) return []
      const y = node.position.y + portDrop(specs, node, end === 0 ? from.port : to.port, end === 0 ? 'out' : 'in')
      return [y - height, y + clearance]
    }),
  )
  const onGrid = [...rows, ...besideWires].map((y) => Math.round(y / grid) * grid)
  const costs = [middle.y, ...onGrid].map((y) => ({ at: { x: middle.x, y }, cost: costOf({ x: middle.x, y }) }))
  const [best] = costs.toSorted(
    (a, b) => a.cost.covered - b.cost.covered || a.cost.hidden - b.cost.hidden || a.cost.distance - b.cost.distance,
  )
  return best?.at ?? middle
}
