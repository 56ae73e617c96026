/** What is selected on the open level, and what it is called in the history. */
import { type EdgeId, type Graph, type MarkId, markOf, type NodeId } from '../../../graph/document/document.ts'
import { titleOf } from '../../../graph/document/naming.ts'
import { marksWith } from '../../../graph/edits/marks.ts'
import type { Specs } from '../../../graph/node/spec.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import type { ViewStore } from '../../store/view.ts'
import { text } from '../../text/text.ts'

const { edits } = text

export interface Selected {
  nodes(): readonly NodeId[]
  edges(): readonly EdgeId[]
  marks(): readonly MarkId[]
  /** The marks, with those that lie in selected frames: what travels through the clipboard. */
  marksAndMembers(): readonly MarkId[]
  /** The title of one node, or how many there are. */
  several(nodes: readonly NodeId[]): string
  /** As `several`, where frames and notes may be among them. */
  things(nodes: readonly NodeId[], marks: readonly MarkId[]): string
}

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly view: ViewStore
}

export function createSelected({ specs, document, view }: Parts): Selected {
  const graph = (): Graph => document.getState().level
  const several = (ids: readonly NodeId[]): string =>
    ids.length === 1 && ids[0] ? titleOf(graph(), specs, ids[0]) : edits.nodes(ids.length)
  return {
    nodes: () => [...view.getState().selection].filter((id) => graph().nodes[id]),
    edges: () => [...view.getState().selectedEdges].filter((id) => graph().edges[id]),
    marks: () => [...view.getState().selectedMarks].filter((id) => markOf(graph(), id)),
    marksAndMembers() {
      const { selection, selectedMarks } = view.getState()
      return marksWith(graph(), selection, selectedMarks)
    },
    several,
    things(nodes, marks) {
      const [mark] = marks
      return mark ? (markOf(graph(), mark)?.kind === 'note' ? edits.aNote : edits.aFrame) : several(nodes)
    },
  }
}
