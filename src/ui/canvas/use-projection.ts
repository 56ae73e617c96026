/** React Flow's cards and wires, kept in step with the open level; a drag lives in them until it is committed. */
import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from '@xyflow/react'
import { type RefObject, useCallback, useLayoutEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { type CanvasNode, projectEdges, projectMarks, projectNodes, type WireEdge } from './projection.ts'
import { selectedEdgesAfter, selectionAfter } from './selection-changes.ts'

/** @param movingNodes ids of what is in the person's hand: it lies where the hand has it. */
export function useProjection(movingNodes: RefObject<ReadonlySet<string>>) {
  const { document, specs, view } = useEditor()
  const graph = useStore(document, (state) => state.level)
  const selection = useStore(view, (state) => state.selection)
  const selectedEdges = useStore(view, (state) => state.selectedEdges)
  const selectedMarks = useStore(view, (state) => state.selectedMarks)
  const [nodes, setNodes] = useState<CanvasNode[]>([])
  const [edges, setEdges] = useState<WireEdge[]>([])

  useLayoutEffect(() => {
    setNodes((before) => [
      ...projectMarks(graph, selectedMarks, before, movingNodes.current),
      ...projectNodes(graph, specs, selection, before, movingNodes.current),
    ])
  }, [graph, specs, selection, selectedMarks, movingNodes])
  useLayoutEffect(() => {
    setEdges((before) => projectEdges(graph, specs, selectedEdges, before))
  }, [graph, specs, selectedEdges])

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      setNodes((before) => applyNodeChanges(changes, before))
      const next = selectionAfter(changes, view.getState())
      if (next) view.setState(next)
    },
    [view],
  )
  const onEdgesChange = useCallback(
    (changes: EdgeChange<WireEdge>[]) => {
      setEdges((before) => applyEdgeChanges(changes, before))
      const next = selectedEdgesAfter(changes, view.getState())
      if (next) view.setState(next)
    },
    [view],
  )
  return { nodes, edges, setNodes, onNodesChange, onEdgesChange }
}
