/** What of the graph decides which of a node's settings have a meaning at present. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { NodeId } from '../../graph/document/document.ts'
import type { ParamSurroundings } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { assetFacts } from '../store/facts-store.ts'

/** Of a node on the open level. */
export function useSurroundings(node: NodeId): ParamSurroundings {
  const { facts, document } = useEditor()
  const factsState = useStore(facts)
  const edges = useStore(document, (state) => state.level.edges)
  return useMemo(() => {
    const wires = Object.values(edges).filter(({ to }) => to.node === node)
    return { facts: assetFacts(factsState), connectedInputs: new Set(wires.map(({ to }) => to.port)) }
  }, [factsState, edges, node])
}
