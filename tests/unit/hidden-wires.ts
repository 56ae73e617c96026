/** Which wires run behind cards, where they would seem to begin or to end: reckoned with how cards and wires are drawn. */
import type { Endpoint, Graph, NodeRecord, Point } from '../../src/graph/document/document.ts'
import { specOf } from '../../src/graph/document/subgraph.ts'
import { cardParams } from '../../src/graph/node/card-params.ts'
import { ownInputs } from '../../src/graph/node/driven-params.ts'
import { specs } from '../../src/nodes/registry.ts'
import { routeOf } from '../../src/ui/canvas/wire-route.ts'

/** Of cards as they are drawn, canvas units. */
const card = { width: 200, head: 46, firstPort: 50, port: 22, setting: 28, foot: 24, chosen: 39 }

const specFor = (record: NodeRecord) => specOf(specs, record)!
const inputsOf = (record: NodeRecord) => ownInputs(specFor(record)).map(([name]) => name)
const outputsOf = (record: NodeRecord) => Object.keys(specFor(record).outputs)

function heightOf(graph: Graph, record: NodeRecord): number {
  const rows = Math.max(inputsOf(record).length, outputsOf(record).length)
  // A model shows one dial, or two where a mask chooses between them; and what it found out about the clip, in two lines.
  const isModel = record.type === 'sr-model'
  const masked = Object.values(graph.edges).some(({ to }) => to.node === record.id && to.port === 'personalityMask')
  const settings = isModel ? (masked ? 2 : 1) : cardParams(specFor(record), record).length
  return card.head + rows * card.port + settings * card.setting + (isModel ? card.chosen : 0) + card.foot
}

function portAt(graph: Graph, { node, port }: Endpoint, side: 'in' | 'out'): Point {
  const record = graph.nodes[node]!
  const row = (side === 'in' ? inputsOf(record) : outputsOf(record)).indexOf(port)
  const { x, y } = record.position
  return { x: side === 'in' ? x : x + card.width, y: y + card.firstPort + row * card.port }
}

/** Places along a path of cubic Bézier curves. */
function along(path: string): Point[] {
  const numbers = (path.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number)
  const points = Array.from({ length: numbers.length / 2 }, (_, n) => ({ x: numbers[2 * n]!, y: numbers[2 * n + 1]! }))
  return Array.from({ length: (points.length - 1) / 3 }, (_, n) => points.slice(3 * n, 3 * n + 4)).flatMap(
    ([a, b, c, d]) =>
      Array.from({ length: 41 }, (_, step) => {
        const t = step / 40
        const at = (axis: 'x' | 'y') =>
          (1 - t) ** 3 * a![axis] +
          3 * (1 - t) ** 2 * t * b![axis] +
          3 * (1 - t) * t ** 2 * c![axis] +
          t ** 3 * d![axis]
        return { x: at('x'), y: at('y') }
      }),
  )
}

/** “wire behind card”, for each wire of which more than a corner is covered. */
export function hiddenWires(graph: Graph): string[] {
  return Object.values(graph.edges).flatMap((edge) => {
    const stops = [portAt(graph, edge.from, 'out'), ...(edge.via ?? []), portAt(graph, edge.to, 'in')]
    const points = along(routeOf(stops).path)
    return Object.values(graph.nodes).flatMap((record) => {
      const { x, y } = record.position
      const covered = points.filter(
        (at) => at.x > x + 4 && at.x < x + card.width - 4 && at.y > y && at.y < y + heightOf(graph, record),
      )
      return covered.length > 2 ? [`${edge.id} behind ${record.id}`] : []
    })
  })
}
