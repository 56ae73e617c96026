/** Folding, unfolding, opening, leaving and keeping subgraphs. */

import type { AnyNodeId, NodeId } from '../../../graph/document/document.ts'
import { draftAt, graphAt, type Path } from '../../../graph/document/levels.ts'
import type { Problem } from '../../../graph/document/problems.ts'
import { isSubgraph } from '../../../graph/document/subgraph.ts'
import { setTitle } from '../../../graph/edits/edit.ts'
import { fold, unfold } from '../../../graph/edits/fold.ts'
import type { Specs } from '../../../graph/node/spec.ts'
import type { PiecesStore } from '../../files/pieces.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import type { ViewStore } from '../../store/view.ts'
import { text } from '../../text/text.ts'
import { createBoundaryEdits, titleAtPath } from './boundary-edits.ts'

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly view: ViewStore
  readonly pieces: PiecesStore
  readonly tell: (problems: readonly Problem<AnyNodeId>[]) => void
  readonly several: (ids: readonly NodeId[]) => string
}

const words = text.subgraphs

export function createSubgraphs({ specs, document, view, pieces, tell, several }: Parts) {
  const titleAt = (path: Path) => titleAtPath(document.getState().document, specs, path)
  const level = () => document.getState().level
  const here = (): Path => document.getState().path
  const selected = (): NodeId[] => [...view.getState().selection].filter((id) => level().nodes[id])
  const selectedSubgraphs = () => selected().filter((id) => isSubgraph(level().nodes[id]))
  /** The one subgraph that is selected alone. */
  const onlySelected = () => {
    const [id, ...others] = selected()
    const record = id && others.length === 0 ? level().nodes[id] : undefined
    return isSubgraph(record) ? record : undefined
  }
  function foldSelected() {
    const ids = selected()
    const path = here()
    const result = document.edit(words.fold(several(ids)), (draft) =>
      fold(draft, specs, ids, { marks: view.getState().selectedMarks, path }),
    )
    if ('code' in result) {
      tell([result])
      if (result.node) view.select([...ids, result.node])
      return
    }
    view.select([result.node])
    view.setState({ sidePanel: 'node' })
  }

  function unfoldSelected() {
    const subgraphs = selectedSubgraphs()
    const [first] = subgraphs
    if (!first) {
      tell([
        {
          code: 'not-foldable',
          severity: 'error',
          message: words.nothingToUnfold,
          hint: words.nothingToUnfoldHint,
        },
      ])
      return
    }
    const unfoldings = document.edit(words.unfold(several(subgraphs)), (draft) => {
      const results = subgraphs.map((id) => unfold(draft, specs, id))
      return results.flatMap((result) => ('code' in result ? [] : [result]))
    })
    view.select(
      unfoldings.flatMap(({ nodes }) => nodes),
      [],
      unfoldings.flatMap(({ marks }) => marks),
    )
  }

  const selectedOrOpen = () => onlySelected() ?? openRecord(here())

  /** The selected subgraph, or the one that is open, among the person's pieces. */
  async function savePiece() {
    const record = selectedOrOpen()
    if (!record) {
      tell([
        {
          code: 'not-kept',
          severity: 'error',
          message: words.piece.nothingToKeep,
          hint: words.piece.nothingToKeepHint,
        },
      ])
      return
    }
    const title = record.title ?? words.unnamed
    const again = pieces.getState().pieces.some((piece) => piece.title === title)
    const problem = await pieces.save(record, title)
    if (problem) tell([problem])
    else
      view.toast({
        tone: 'info',
        message: again ? words.piece.keptAgain(title) : words.piece.kept(title),
        hint: words.piece.keptHint,
      })
  }
  const openRecord = (path: Path) => {
    const id = path.at(-1)
    const around = graphAt(document.getState().document, path.slice(0, -1))
    const record = id && around?.nodes[id]
    return record && isSubgraph(record) ? record : undefined
  }

  return {
    ...createBoundaryEdits({ specs, document }),
    /** The subgraphs among the selected nodes. */
    selected: selectedSubgraphs,
    onlySelected,
    /** The one subgraph that is selected alone, or else the one that is open. */
    selectedOrOpen,
    fold: foldSelected,
    unfold: unfoldSelected,
    openSelected() {
      const record = onlySelected()
      if (record) document.enter([...here(), record.id])
    },
    leave: () => document.enter(here().slice(0, -1)),
    savePiece,
    /** Opens the card of a subgraph; `false` where the node is none. */
    open(id: NodeId): boolean {
      if (!isSubgraph(level().nodes[id])) return false
      document.enter([...here(), id])
      return true
    },
    leaveTo: (path: Path) => document.enter(path),
    rename(path: Path, title: string) {
      const id = path.at(-1)
      if (!id) return
      document.editWhole(words.rename(titleAt(path)), (draft) => {
        const around = draftAt(draft, path.slice(0, -1))
        if (around) setTitle(around, id, title)
      })
    },
    async renamePiece(key: string, title: string) {
      const problem = await pieces.rename(key, title)
      if (problem) tell([problem])
    },
    async removePiece(key: string) {
      const problem = await pieces.remove(key)
      if (problem) tell([problem])
    },
  }
}

export type Subgraphs = ReturnType<typeof createSubgraphs>
