/** The panel of what is selected: a node, a mark, several nodes, or else the graph or subgraph that is open. */
import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { NodeRecord } from '../../graph/document/document.ts'
import { useEditor } from '../editor.ts'
import { lazyPart } from '../kit/lazy-part.tsx'
import { text } from '../text/text.ts'
import { TextEntry } from './SimpleControls.tsx'

const words = text.inspector.graph

interface NodePanelProps {
  readonly record: NodeRecord
}

// Nothing is selected at first.
let fetchedNodePanel: ((props: NodePanelProps) => ReactNode) | undefined
async function fetchNodePanel() {
  fetchedNodePanel = (await import('./NodePanel.tsx')).NodePanel
  return fetchedNodePanel
}
const LazyNodePanel = lazyPart(fetchNodePanel)
const SeveralPanel = lazyPart(async () => (await import('./SeveralPanel.tsx')).SeveralPanel)
const OpenSubgraphPanel = lazyPart(async () => (await import('./SubgraphPanel.tsx')).OpenSubgraphPanel)
const MarkPanel = lazyPart(async () => (await import('./MarkPanel.tsx')).MarkPanel)

export function Inspector() {
  useEffect(() => {
    // Somebody will select a node soon. One that cannot be fetched now is fetched, and told of, when it is opened.
    fetchNodePanel().catch((error: unknown) => console.warn('The panel of nodes could not be fetched ahead:', error))
  }, [])
  return (
    <Suspense fallback={null}>
      <SelectionPanel />
    </Suspense>
  )
}

function SelectionPanel() {
  const { view, document } = useEditor()
  const only = useStore(view, (state) => (state.selection.size === 1 ? [...state.selection][0] : undefined))
  const count = useStore(view, (state) => state.selection.size)
  const record = useStore(document, (state) => (only ? state.level.nodes[only] : undefined))
  const mark = useStore(view, (state) => (state.selectedMarks.size === 1 ? [...state.selectedMarks][0] : undefined))
  const markRecord = useStore(document, (state) => (mark ? state.level.marks?.[mark] : undefined))
  const path = useStore(document, (state) => state.path)
  if (count === 0 && markRecord) return <MarkPanel key={markRecord.id} record={markRecord} />
  if (record) return <NodePanel key={record.id} record={record} />
  if (count > 1) return <SeveralPanel count={count} />
  if (path.length === 0) return <GraphPanel />
  return <OpenSubgraphPanel path={path} />
}

/** Drawn at once where it has been fetched: React would leave the place of what is `lazy` empty for 300 ms. */
function NodePanel({ record }: NodePanelProps) {
  const [Panel] = useState(() => fetchedNodePanel ?? LazyNodePanel)
  return <Panel record={record} />
}

/** Nothing is selected: the graph itself. */
function GraphPanel() {
  const { document, commands } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const count = Object.keys(graph.nodes).length
  return (
    <div className="inspector-body">
      <header className="inspector-head">
        <TextEntry
          label={words.title}
          value={graph.title}
          maxLength={120}
          accept={(title) => title.trim() !== ''}
          onChange={(title) => commands.describe({ title: title.trim() })}
        />
      </header>
      {graph.description && <p className="inspector-summary">{graph.description}</p>}
      <p className="inspector-none">{count === 0 ? words.empty : words.nodes(count)}</p>
    </div>
  )
}
