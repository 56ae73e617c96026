/**
 * A drag lives on the canvas alone and is committed once, when the hand lets go. A frame takes along what lies in
 * it (with Alt held, it goes alone); a single node let go on a wire goes into it.
 */
import type { OnNodeDrag } from '@xyflow/react'
import { type Dispatch, type MouseEvent, type RefObject, type SetStateAction, useMemo, useRef } from 'react'
import type { MarkId, NodeId, Point } from '../../graph/document/document.ts'
import { membersOf } from '../../graph/edits/marks.ts'
import { useEditor } from '../editor.ts'
import { type CanvasNode, markFlowId, markIdOf } from './projection.ts'
import { type Box, wireUnder } from './wire-under.ts'

/** @param movingNodes is set here: ids of what is in the person's hand. */
export function useDrag(
  host: RefObject<HTMLElement | null>,
  setNodes: Dispatch<SetStateAction<CanvasNode[]>>,
  movingNodes: RefObject<ReadonlySet<string>>,
) {
  const { document, view, commands } = useEditor()
  /** What a frame takes along, by its id on the canvas: where it lay when the drag began. */
  const along = useRef<ReadonlyMap<string, Point>>(new Map())
  const start = useRef<Point>({ x: 0, y: 0 })

  return useMemo(() => {
    /** Marks the wire into which what is in the hand would go, so that letting go surprises nobody. */
    const land = (box: Box, what: Parameters<typeof commands.fitsInto>[1]) => {
      const edge = host.current && wireUnder(host.current, box, (id) => commands.fitsInto(id, what))
      if (edge !== view.getState().landing) view.setState({ landing: edge })
    }
    const begin = (alone: boolean, draggedNodes: readonly CanvasNode[]) => {
      const graph = document.getState().level
      const heldNodes = new Set(draggedNodes.map((node) => node.id))
      const startPositions = new Map<string, Point>()
      for (const node of alone ? [] : draggedNodes) {
        const mark = markIdOf(node.id)
        const { nodes, marks } = mark ? membersOf(graph, mark) : { nodes: [], marks: [] }
        for (const id of nodes)
          if (!heldNodes.has(id) && graph.nodes[id]) startPositions.set(id, graph.nodes[id].position)
        for (const id of marks) {
          const position = graph.marks?.[id]?.position
          if (position && !heldNodes.has(markFlowId(id))) startPositions.set(markFlowId(id), position)
        }
      }
      start.current = draggedNodes[0]?.position ?? { x: 0, y: 0 }
      along.current = startPositions
      movingNodes.current = new Set([...heldNodes, ...startPositions.keys()])
    }
    /** Where what is taken along lies, once the first of the dragged lies at `now`. */
    const positionsAt = (now: Point): Map<string, Point> =>
      new Map(
        [...along.current].map(([id, at]) => [
          id,
          { x: at.x + now.x - start.current.x, y: at.y + now.y - start.current.y },
        ]),
      )
    const go = (draggedNodes: readonly CanvasNode[]) => {
      const [first, ...others] = draggedNodes
      if (!first) return
      const { width = 0, height = 0 } = first.measured ?? {}
      if (others.length === 0 && first.type === 'card')
        land({ ...first.position, width, height }, { node: first.id as NodeId })
      if (along.current.size === 0) return
      const places = positionsAt(first.position)
      setNodes((before) =>
        before.map((node) => {
          const position = places.get(node.id)
          return position ? { ...node, position } : node
        }),
      )
    }
    const end = (draggedNodes: readonly CanvasNode[]) => {
      const [first] = draggedNodes
      const places = [
        ...draggedNodes.map((node) => [node.id, node.position] as const),
        ...(first ? positionsAt(first.position) : []),
      ]
      movingNodes.current = new Set()
      along.current = new Map()
      const { landing } = view.getState()
      view.setState({ landing: null })
      commands.move(
        {
          nodes: new Map(places.flatMap(([id, at]) => (markIdOf(id) ? [] : [[id as NodeId, at] as const]))),
          marks: new Map(
            places.flatMap(([id, at]): [MarkId, Point][] => {
              const mark = markIdOf(id)
              return mark ? [[mark, at]] : []
            }),
          ),
        },
        landing,
      )
    }
    const handlers: {
      readonly [K in 'onNodeDragStart' | 'onNodeDrag' | 'onNodeDragStop']: OnNodeDrag<CanvasNode>
    } = {
      onNodeDragStart: (event, _, nodes) => begin(event.altKey, nodes),
      onNodeDrag: (_, __, nodes) => go(nodes),
      onNodeDragStop: (_, __, nodes) => end(nodes),
    }
    const selection = {
      onSelectionDragStart: (event: MouseEvent, nodes: CanvasNode[]) => begin(event.altKey, nodes),
      onSelectionDrag: (_: MouseEvent, nodes: CanvasNode[]) => go(nodes),
      onSelectionDragStop: (_: MouseEvent, nodes: CanvasNode[]) => end(nodes),
    }
    return { land, handlers: { ...handlers, ...selection } }
  }, [document, view, commands, host, setNodes, movingNodes])
}
