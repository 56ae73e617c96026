/** Between the level that is open and the names that hold from outside, for what is drawn on the canvas. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Expansion } from '../graph/analysis/expand.ts'
import { outputToView } from '../graph/analysis/viewed-output.ts'
import type { FlatEndpoint, FlatId, Graph, NodeId } from '../graph/document/document.ts'
import { flatId, placeOf } from '../graph/document/levels.ts'
import type { Names } from '../graph/document/naming.ts'
import type { Specs } from '../graph/node/spec.ts'
import { useEditor } from './editor.ts'
import { namesWithPersonality } from './kit/personality.ts'
import { assetFacts } from './store/facts-store.ts'

/** What a node of the open level is called from outside. */
export function useFlatId(id: NodeId): FlatId {
  const { document } = useEditor()
  return useStore(document, (state) => flatId(state.path, id))
}

/** The output of a plain node that is seen when the node `id` of this level is looked at. */
export function shownBy(
  expansion: Expansion,
  level: Graph,
  specs: Specs,
  id: NodeId,
  flat: FlatId,
): FlatEndpoint | undefined {
  const record = level.nodes[id]
  const output = record && outputToView(level, specs, record)
  return output ? expansion.resolve({ ...output, node: flatId(placeOf(flat).path, output.node) }) : undefined
}

/** What the nodes of the open level are called wherever one is to be chosen. */
export function useNodeNames(): Names {
  const { document, facts, specs } = useEditor()
  const graph = useStore(document, (state) => state.level)
  const known = useStore(facts)
  return useMemo(() => namesWithPersonality(graph, specs, (ref) => assetFacts(known).model(ref)), [graph, specs, known])
}
