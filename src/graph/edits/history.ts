/**
 * Undo and redo: a document with the immer patches that lead from each of its states to the next and back.
 * Values all the way: every function takes a history and returns one.
 */
import { applyPatches, enablePatches, type Patch, produceWithPatches } from 'immer'
import type { GraphDocument } from '../document/document.ts'
import { sameJson } from '../document/json.ts'
import type { Path } from '../document/levels.ts'
import type { DocumentDraft } from './edit.ts'

enablePatches()

export interface HistoryEntry {
  /** What was done, for the menu: 'Move Grain'. */
  readonly label: string
  /** The level on which it was done; absent: the document's own. */
  readonly at?: Path
  readonly patches: readonly Patch[]
  readonly inverse: readonly Patch[]
}

export interface History {
  readonly document: GraphDocument
  /** Oldest first. */
  readonly past: readonly HistoryEntry[]
  /** What redo does next comes first. */
  readonly future: readonly HistoryEntry[]
  /** A transaction going on, such as the drag of a slider: its edits show at once and become one entry. */
  readonly pending: (HistoryEntry & { readonly before: GraphDocument }) | null
}

export const newHistory = (document: GraphDocument): History => ({ document, past: [], future: [], pending: null })

/** Nothing to go back to once the document was replaced by another: start anew with `newHistory`. */
export const canUndo = ({ past, pending, document }: History): boolean =>
  past.length > 0 || (pending !== null && pending.before !== document)
export const canRedo = ({ future, pending, document }: History): boolean =>
  future.length > 0 && (pending === null || pending.before === document)

const onLevel = (at: Path): Pick<HistoryEntry, 'at'> => (at.length > 0 ? { at } : {})

/**
 * Runs a recipe of `edit.ts` (or several) as one entry, and hands on what it returns. What changes nothing
 * leaves the history as it is, the future included. `at`: the level that the recipe works on, for whoever shows it.
 */
export function edit<R>(
  history: History,
  label: string,
  recipe: (draft: DocumentDraft) => R,
  at: Path = [],
): { readonly history: History; readonly result: R } {
  let outcome: { readonly result: R } | undefined
  const [document, patches, inverse] = produceWithPatches(history.document, (draft) => {
    outcome = { result: recipe(draft) }
  })
  // `produceWithPatches` has run the recipe by now.
  const { result } = outcome!
  if (patches.length === 0 || sameJson(document, history.document)) return { history, result }
  if (history.pending) {
    const pending = {
      ...history.pending,
      patches: [...history.pending.patches, ...patches],
      inverse: [...inverse, ...history.pending.inverse],
    }
    return { history: { ...history, document, pending: { ...pending, ...merged(pending) } }, result }
  }
  const entry = { label, ...onLevel(at), patches, inverse }
  return { history: { document, past: [...history.past, entry], future: [], pending: null }, result }
}

/** From now on edits belong to one entry, until `commit` or `cancel`. One already going on is committed first. */
export function begin(history: History, label: string, at: Path = []): History {
  const committedHistory = commit(history)
  return {
    ...committedHistory,
    pending: { label, ...onLevel(at), patches: [], inverse: [], before: committedHistory.document },
  }
}

/** Ends the transaction as one entry, or as none where everything is as it was at its begin. */
export function commit(history: History): History {
  const { pending, document, past } = history
  if (!pending) return history
  if (sameJson(document, pending.before)) return { ...history, document: pending.before, pending: null }
  const { before: _, ...entry } = pending
  return { document, past: [...past, entry], future: [], pending: null }
}

/** Ends the transaction as if it had never begun. */
export function cancel(history: History): History {
  return history.pending ? { ...history, document: history.pending.before, pending: null } : history
}

/** A transaction going on is committed first, so that it is what is undone. */
export function undo(history: History): History {
  const { document, past, future } = commit(history)
  const entry = past.at(-1)
  if (!entry) return commit(history)
  return {
    document: applyPatches(document, entry.inverse),
    past: past.slice(0, -1),
    future: [entry, ...future],
    pending: null,
  }
}

export function redo(history: History): History {
  const { document, past, future } = commit(history)
  const [entry, ...later] = future
  if (!entry) return commit(history)
  return { document: applyPatches(document, entry.patches), past: [...past, entry], future: later, pending: null }
}

/** Undoes (`steps` below 0) or redoes as many entries, or as many as there are. */
export function jump(history: History, steps: number): History {
  let at = commit(history)
  for (let n = 0; n < Math.abs(steps); n += 1) {
    const next = steps < 0 ? undo(at) : redo(at)
    if (next === at) break
    at = next
  }
  return at
}

/**
 * A drag of five hundred moves writes the same few places over and over: only the last value of each is kept
 * forward, only the first backward. Not where a patch lies inside the value of another, whose order then counts.
 */
function merged({
  patches,
  inverse,
}: Pick<HistoryEntry, 'patches' | 'inverse'>): Pick<HistoryEntry, 'patches' | 'inverse'> {
  const paths = new Set(patches.map(({ path }) => JSON.stringify(path)))
  const nested = patches.some(({ path }) => path.some((_, depth) => paths.has(JSON.stringify(path.slice(0, depth)))))
  const inList = patches.some(({ path }) => path.some((segment) => typeof segment === 'number'))
  if (nested || inList || patches.some(({ op }) => op === 'remove') || paths.size === patches.length)
    return { patches, inverse }
  const forward = new Map<string, Patch>()
  for (const patch of patches) {
    const key = JSON.stringify(patch.path)
    // Still an addition where the first was one, now of the last value.
    forward.set(key, { ...patch, op: forward.get(key)?.op ?? patch.op })
  }
  const backward = new Map<string, Patch>()
  // Later edits come first in `inverse`: what stands last for a place is its value at the beginning.
  for (const patch of inverse) backward.set(JSON.stringify(patch.path), patch)
  return { patches: [...forward.values()], inverse: [...backward.values()] }
}
