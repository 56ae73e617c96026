/** What the open graph names and is not here. */
import { useMemo } from 'react'
import { useStore } from 'zustand'
import { expand } from '../../graph/analysis/expand.ts'
import { useEditor } from '../editor.ts'
import { findMissing, type Missing } from './missing-parts.ts'

export function useMissing(): readonly Missing[] {
  const { document, facts, specs } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const assets = useStore(facts, (state) => state.assets)
  return useMemo(
    () => findMissing(expand(graph, specs).document, specs, { assets }).missingParts,
    [graph, specs, assets],
  )
}
