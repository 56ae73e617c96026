/**
 * The document with its history, and the level of it that is open on the canvas. Every change goes through a recipe
 * of `graph/`; this only keeps the result.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import { emptyDocument, type Graph, type GraphDocument } from '../../graph/document/document.ts'
import { sameJson } from '../../graph/document/json.ts'
import { draftAt, existingPath, graphAt, type Path } from '../../graph/document/levels.ts'
import type { DocumentDraft, GraphDraft } from '../../graph/edits/edit.ts'
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
} from '../../graph/edits/history.ts'

export interface DocumentState {
  readonly history: History
  /** The whole. */
  readonly document: GraphDocument
  /** The subgraphs that are open, one within the other; none: the document itself is on the canvas. */
  readonly path: Path
  /** What is on the canvas. */
  readonly level: Graph
  /** What undo would take back; `null`: nothing. */
  readonly undoLabel: string | null
  readonly redoLabel: string | null
  /** The document as it last lay in a file (or came from one). */
  readonly savedDocument: GraphDocument
  /** Whether the document differs from that; what was undone does not. */
  readonly edited: boolean
}

export interface DocumentStore extends StoreApi<DocumentState> {
  /** On the open level. */
  edit<R>(label: string, recipe: (draft: GraphDraft) => R): R
  /** On the whole document, done where the person is. */
  editWhole<R>(label: string, recipe: (draft: DocumentDraft) => R): R
  /** Part of a drag on the open level: all until `drop` is one history entry. */
  drag(label: string, recipe: (draft: GraphDraft) => void): void
  drop(): void
  /** Opens the level on which the change was made that is taken back or made again. */
  undo(): void
  redo(): void
  /** Undoes (below 0) or redoes as many steps. */
  jump(steps: number): void
  /** Opens a level, or as much of the way to it as there is. */
  enter(path: Path): void
  /** Replaces the document; its history begins anew. `saved`: what lies in a file of it, if not all. */
  open(document: GraphDocument, savedDocument?: GraphDocument): void
  markSaved(): void
}

const top: Path = []

function stateOf(history: History, savedDocument: GraphDocument, requestedPath: Path): DocumentState {
  const path = existingPath(history.document, requestedPath)
  return {
    history,
    document: history.document,
    path,
    level: graphAt(history.document, path) ?? history.document,
    undoLabel: canUndo(history) ? (history.pending?.label ?? history.past.at(-1)?.label ?? '') : null,
    redoLabel: canRedo(history) ? (history.future[0]?.label ?? '') : null,
    savedDocument,
    edited: !sameJson(history.document, savedDocument),
  }
}

export function createDocumentStore(): DocumentStore {
  const store = createStore<DocumentState>(() => stateOf(newHistory(emptyDocument), emptyDocument, top))
  const set = (history: History, path = store.getState().path) => {
    const before = store.getState()
    if (history !== before.history || !sameJson(path, before.path))
      store.setState(stateOf(history, before.savedDocument, path))
  }
  const now = () => store.getState().history
  const here = () => store.getState().path
  /** The level that is open is always there. */
  const onLevel =
    <R>(recipe: (draft: GraphDraft) => R) =>
    (draft: DocumentDraft): R =>
      recipe(draftAt(draft, here()) ?? draft)
  return {
    ...store,
    edit(label, recipe) {
      const { history, result } = edit(commit(now()), label, onLevel(recipe), here())
      set(history)
      return result
    },
    editWhole(label, recipe) {
      const { history, result } = edit(commit(now()), label, recipe, here())
      set(history)
      return result
    },
    drag(label, recipe) {
      const history = now().pending?.label === label ? now() : begin(now(), label, here())
      set(edit(history, label, onLevel(recipe), here()).history)
    },
    drop: () => set(commit(now())),
    undo() {
      const before = commit(now())
      const entry = before.past.at(-1)
      set(undo(before), entry ? (entry.at ?? top) : here())
    },
    redo() {
      const before = commit(now())
      const [entry] = before.future
      set(redo(before), entry ? (entry.at ?? top) : here())
    },
    jump(steps) {
      const before = commit(now())
      const after = jump(before, steps)
      const last = steps < 0 ? after.future[0] : after.past.at(-1)
      set(after, after === before || !last ? here() : (last.at ?? top))
    },
    enter: (path) => set(commit(now()), path),
    open(document, savedDocument = document) {
      store.setState(stateOf(newHistory(document), savedDocument, top))
    },
    markSaved() {
      store.setState((state) => ({ savedDocument: state.document, edited: false }))
    },
  }
}
