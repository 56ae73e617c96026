/** What React Flow says was selected, in the terms of the document. */
import type { EdgeChange, NodeChange } from '@xyflow/react'
import type { EdgeId, MarkId, NodeId } from '../../graph/document/document.ts'
import type { ViewState } from '../store/view.ts'
import { type CanvasNode, markIdOf, type WireEdge } from './projection.ts'

function put<T>(set: Set<T>, member: T, selected: boolean) {
  if (selected) set.add(member)
  else set.delete(member)
}

/** Cards and marks selected after `changes`; `null`: they select nothing and let go of nothing. */
export function selectionAfter(
  changes: readonly NodeChange<CanvasNode>[],
  before: Pick<ViewState, 'selection' | 'selectedMarks'>,
): Pick<ViewState, 'selection' | 'selectedMarks'> | null {
  const picks = changes.filter((change) => change.type === 'select')
  if (picks.length === 0) return null
  const selection = new Set<NodeId>(before.selection)
  const selectedMarks = new Set<MarkId>(before.selectedMarks)
  for (const { id, selected } of picks) {
    const mark = markIdOf(id)
    if (mark) put(selectedMarks, mark, selected)
    else put(selection, id as NodeId, selected)
  }
  return { selection, selectedMarks }
}

/** The same of wires. */
export function selectedEdgesAfter(
  changes: readonly EdgeChange<WireEdge>[],
  { selectedEdges }: Pick<ViewState, 'selectedEdges'>,
): Pick<ViewState, 'selectedEdges'> | null {
  const picks = changes.filter((change) => change.type === 'select')
  if (picks.length === 0) return null
  const next = new Set<EdgeId>(selectedEdges)
  for (const { id, selected } of picks) put(next, id as EdgeId, selected)
  return { selectedEdges: next }
}
