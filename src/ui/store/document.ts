/** The document with its history. Every change goes through a recipe of `graph/edit.ts`; this only keeps the result. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import { emptyDocument, type GraphDocument } from '../../graph/document.ts'
import type { DocumentDraft } from '../../graph/edit.ts'
import {
  begin,
  canRedo,
  canUndo,
  commit,
  edit,
  type History,
  jump,
  newHistory,
  redo,
  undo,
} from '../../graph/history.ts'
import { sameJson } from '../../graph/json.ts'

export interface DocumentState {
  readonly history: History
  readonly document: GraphDocument
  /** What undo would take back; `null`: nothing. */
  readonly undoLabel: string | null
  readonly redoLabel: string | null
  /** The document as it last lay in a file (or came from one). */
  readonly saved: GraphDocument
  /** Whether the document differs from that; what was undone does not. */
  readonly edited: boolean
}

export interface DocumentStore extends StoreApi<DocumentState> {
  edit<R>(label: string, recipe: (draft: DocumentDraft) => R): R
  /** Part of a drag: all until `drop` is one history entry. */
  drag(label: string, recipe: (draft: DocumentDraft) => void): void
  drop(): void
  undo(): void
  redo(): void
  /** Undoes (below 0) or redoes as many steps. */
  jump(steps: number): void
  /** Replaces the document; its history begins anew. `saved`: what lies in a file of it, if not all. */
  open(document: GraphDocument, saved?: GraphDocument): void
  markSaved(): void
}

const shown = (history: History, saved: GraphDocument): DocumentState => ({
  history,
  document: history.document,
  undoLabel: canUndo(history) ? (history.pending?.label ?? history.past.at(-1)?.label ?? '') : null,
  redoLabel: canRedo(history) ? (history.future[0]?.label ?? '') : null,
  saved,
  edited: !sameJson(history.document, saved),
})

export function createDocumentStore(): DocumentStore {
  const store = createStore<DocumentState>(() => shown(newHistory(emptyDocument), emptyDocument))
  const set = (history: History) => {
    if (history !== store.getState().history) store.setState(shown(history, store.getState().saved))
  }
  const now = () => store.getState().history
  return {
    ...store,
    edit(label, recipe) {
      const { history, result } = edit(commit(now()), label, recipe)
      set(history)
      return result
    },
    drag(label, recipe) {
      const history = now().pending?.label === label ? now() : begin(now(), label)
      set(edit(history, label, recipe).history)
    },
    drop: () => set(commit(now())),
    undo: () => set(undo(now())),
    redo: () => set(redo(now())),
    jump: (steps) => set(jump(now(), steps)),
    open(document, saved = document) {
      store.setState(shown(newHistory(document), saved))
    },
    markSaved() {
      store.setState((state) => ({ saved: state.document, edited: false }))
    },
  }
}
