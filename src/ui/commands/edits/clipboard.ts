/** Nodes travel through the clipboard as plain JSON text: between tabs, into a chat, into a file. */

import {
  type AnyNodeId,
  type Graph,
  type MarkId,
  markOf,
  marksOf,
  type NodeId,
  type Point,
} from '../../../graph/document/document.ts'
import type { Problem } from '../../../graph/document/problems.ts'
import { cornerOf, type Fragment, fragmentOf, paste as pasteFragment } from '../../../graph/edits/fragments.ts'
import { marksWith, type Size } from '../../../graph/edits/marks.ts'
import { parseFragment } from '../../../graph/file/read.ts'
import { serializeFragment } from '../../../graph/file/write.ts'
import type { Specs } from '../../../graph/node/spec.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import type { ViewStore } from '../../store/view.ts'
import { text } from '../../text/text.ts'
import { clearOffset } from './clear-offset.ts'

/** The marks that came with an edit. */
export const newMarks = (before: Graph, after: Graph): MarkId[] =>
  marksOf(after).flatMap(({ id }) => (markOf(before, id) ? [] : [id]))

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly view: ViewStore
  readonly tell: (problems: readonly Problem<AnyNodeId>[]) => void
  /** Where on the canvas the pointer is, if it is over it. */
  readonly pointer: () => Point | null
  /** Of a card, as it is drawn. */
  readonly sizeOf: (node: NodeId) => Size | undefined
  readonly alongWires: () => readonly Point[]
  readonly keepInSight: (nodes: Iterable<NodeId>) => void
  readonly remove: () => void
  /** Whether so much more can be on the open level; tells where it cannot. */
  readonly mayHold: (fragment: Fragment) => boolean
}

export function createClipboard({
  specs,
  document,
  view,
  tell,
  pointer,
  sizeOf,
  alongWires,
  keepInSight,
  remove,
  mayHold,
}: Parts) {
  const tellRefusal = (error: unknown) => {
    console.warn('The clipboard was refused:', error)
    view.toast({
      tone: 'error',
      message: text.edits.clipboardRefused,
      hint: text.edits.clipboardRefusedHint,
    })
  }

  function asText(): string | null {
    const graph = document.getState().level
    const { selection, selectedMarks } = view.getState()
    const ids = [...selection].filter((id) => graph.nodes[id])
    const marks = marksWith(graph, selection, selectedMarks)
    if (ids.length === 0 && marks.length === 0) return null
    // Where the nodes' pictures come from travels along, for whoever pastes with wires.
    return serializeFragment(fragmentOf(graph, ids, { incoming: true, marks }), specs)
  }

  /** `wired`: the copies also read what the originals read, where that is in this graph too. */
  function insert(content: string, { wired = false } = {}) {
    const outcome = parseFragment(content, specs)
    if (!outcome.ok) {
      tell([outcome.error])
      return
    }
    const count = Object.keys(outcome.fragment.nodes).length
    if (count === 0 && marksOf(outcome.fragment).length === 0) return
    if (!mayHold(outcome.fragment)) return
    const before = document.getState().level
    const [at, corner] = [pointer(), cornerOf(outcome.fragment)]
    const offsetAtPointer = at ? { x: at.x - corner.x, y: at.y - corner.y } : { x: 0, y: 0 }
    const offset = clearOffset(before, outcome.fragment, offsetAtPointer, sizeOf, alongWires())
    const ids = document.edit(text.edits.paste(count), (draft) =>
      pasteFragment(draft, outcome.fragment, offset, wired ? specs : undefined),
    )
    view.select(ids.values(), [], newMarks(before, document.getState().level))
    keepInSight(ids.values())
  }

  return {
    text: asText,
    insert,
    async copy() {
      const content = asText()
      if (content !== null) await navigator.clipboard.writeText(content).catch(tellRefusal)
    },
    async cut() {
      const content = asText()
      if (content === null) return
      try {
        await navigator.clipboard.writeText(content)
        remove()
      } catch (error) {
        tellRefusal(error)
      }
    },
    async paste(options?: { readonly wired?: boolean }) {
      try {
        insert(await navigator.clipboard.readText(), options)
      } catch (error) {
        tellRefusal(error)
      }
    },
    remove,
  }
}

export type NodeClipboard = ReturnType<typeof createClipboard>
