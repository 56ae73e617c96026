/** What can be mended where one stands: the editor changes the level that is open. */
import { useStore } from 'zustand'
import type { NodeId } from '../../graph/document/document.ts'
import { placeOf } from '../../graph/document/levels.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { useEditor } from '../editor.ts'
import { problemOn } from '../store/derived.ts'

/** Of a problem anywhere in the graph: the same by the names of the open level, or nothing where it lies on another. */
export function useMendable(): (problem: Problem) => Problem<NodeId> | undefined {
  const { derived, document } = useEditor()
  const path = useStore(document, (state) => state.path)
  const expansion = useStore(derived, (state) => state.expansion)
  return (problem) => {
    const { node, ...details } = problem
    if (!node) return path.length === 0 ? details : undefined
    return placeOf(node).path.join('/') === path.join('/') ? problemOn(path, problem, expansion) : undefined
  }
}
