/** The ways that wires run: dots put on them, moved, shared and taken apart. */
import { type EdgeId, type Endpoint, endpointKey, type Graph, type Point } from '../../../graph/document/document.ts'
import { dotNear, freed, type Stop, stretchFor, wiresOf, withPoint } from '../../../graph/edits/dots.ts'
import { addPoint, freeWires, movePoints, removePoints, setWays } from '../../../graph/edits/reroute.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import type { ViewStore } from '../../store/view.ts'
import { text } from '../../text/text.ts'
import type { CanvasDoor } from './canvas-door.ts'

const { edits } = text

interface Parts {
  readonly document: DocumentStore
  readonly view: ViewStore
  readonly canvas: () => CanvasDoor | null
}

export interface Rerouting {
  /** Puts a dot on the selected wires, half way; those of one output get one that they share. */
  bendSelected(): void
  /** Takes the selected wires out of dots that they share. */
  free(): void
  /** Puts a dot on a wire, canvas units. */
  bend(edge: EdgeId, at: Point): void
  /** `part`: they are taken out of a dot that other wires keep. */
  move(stops: readonly Stop[], to: Point, part: boolean): void
  remove(stops: readonly Stop[]): void
}

export function createRerouting({ document, view, canvas }: Parts): Rerouting {
  const graph = (): Graph => document.getState().level
  const snapToGrid = ({ x, y }: Point): Point => ({ x: Math.round(x / 8) * 8, y: Math.round(y / 8) * 8 })
  const selectedEdges = (): EdgeId[] => [...view.getState().selectedEdges].filter((id) => graph().edges[id])

  function bendSelected() {
    const bundles = new Map<string, EdgeId[]>()
    for (const edge of selectedEdges()) {
      const from = graph().edges[edge]?.from as Endpoint
      bundles.set(endpointKey(from), [...(bundles.get(endpointKey(from)) ?? []), edge])
    }
    const dots = [...bundles.values()].flatMap((edges) => {
      const middles = edges.flatMap((edge) => canvas()?.middleOf(edge) ?? [])
      const [first] = middles
      if (!first) return []
      const mean = (of: (point: Point) => number) => middles.reduce((sum, at) => sum + of(at), 0) / middles.length
      return [{ edges, at: snapToGrid({ x: mean(({ x }) => x), y: mean(({ y }) => y) }) }]
    })
    const [only, ...others] = dots
    if (!only) return
    if (others.length === 0 && only.edges.length === 1 && only.edges[0]) return bend(only.edges[0], only.at)
    const ways = dots.flatMap(({ edges, at }) => edges.flatMap((edge) => through(edge, at)))
    document.edit(edits.addDot(ways.length), (draft) => setWays(draft, new Map(ways)))
  }
  /** The way of a wire with one more point, its own alone. */
  function through(edge: EdgeId, at: Point): [EdgeId, readonly Point[]][] {
    const ends = canvas()?.endsOf(edge)
    const via = graph().edges[edge]?.via ?? []
    if (!ends) return []
    const index = stretchFor(via, at, ends.start, ends.end)
    return [[edge, [...via.slice(0, index), at, ...via.slice(index)]]]
  }

  function bend(edge: EdgeId, at: Point) {
    const wire = graph().edges[edge]
    const ends = wire && canvas()?.endsOf(edge)
    if (!wire || !ends) return
    const index = stretchFor(wire.via ?? [], at, ends.start, ends.end)
    const count = withPoint(graph(), edge, index, at).size
    document.edit(edits.addDot(count), (draft) => addPoint(draft, edge, index, snapToGrid(at)))
  }

  function free() {
    const edges = selectedEdges()
    const count = [...freed(graph(), edges).keys()].length
    document.edit(edits.free(count), (draft) => freeWires(draft, edges))
  }

  return {
    bendSelected,
    free,
    bend,
    move(stops, to, part) {
      const joins = dotNear(graph(), stops, to, 0) !== undefined
      const count = wiresOf({ stops }).length
      document.edit(joins ? edits.joinDots : part ? edits.takeApart : edits.moveDot(count), (draft) =>
        movePoints(draft, stops, to),
      )
    },
    remove(stops) {
      document.edit(edits.removeDot(wiresOf({ stops }).length), (draft) => removePoints(draft, stops))
    },
  }
}
