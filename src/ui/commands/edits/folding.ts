/** Folding, unfolding, opening and leaving subgraphs, and what of one is to be seen from outside. */

import type { NodeId, PortSide } from '../../../graph/document/document.ts'
import { draftAt, graphAt, type Path } from '../../../graph/document/levels.ts'
import { titleOf } from '../../../graph/document/naming.ts'
import type { Problem } from '../../../graph/document/problems.ts'
import { isSubgraph, portsOf, sideOf, specOf } from '../../../graph/document/subgraph.ts'
import {
  addPort,
  demote,
  movePort,
  movePromoted,
  promote,
  promotionOf,
  removePort,
  renamePort,
  renamePromoted,
} from '../../../graph/edits/boundary.ts'
import { connect, setTitle } from '../../../graph/edits/edit.ts'
import { fold, unfold } from '../../../graph/edits/fold.ts'
import type { PortType } from '../../../graph/node/ports.ts'
import type { Specs } from '../../../graph/node/spec.ts'
import type { PiecesStore } from '../../files/pieces.ts'
import type { DocumentStore } from '../../store/document.ts'
import type { LooseWire, ViewStore } from '../../store/view.ts'
import { text } from '../../text/text.ts'

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly view: ViewStore
  readonly pieces: PiecesStore
  readonly tell: (problems: readonly Problem[]) => void
  readonly several: (ids: readonly NodeId[]) => string
}

const words = text.subgraphs

export function createSubgraphs({ specs, document, view, pieces, tell, several }: Parts) {
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
  const titleAt = (path: Path) => {
    const around = graphAt(document.getState().document, path.slice(0, -1))
    const id = path.at(-1)
    return around && id ? titleOf(around, specs, id) : ''
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
    const done = document.edit(words.unfold(several(subgraphs)), (draft) => {
      const results = subgraphs.map((id) => unfold(draft, specs, id))
      return results.flatMap((result) => ('code' in result ? [] : [result]))
    })
    view.select(
      done.flatMap(({ nodes }) => nodes),
      [],
      done.flatMap(({ marks }) => marks),
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
    addPort(path: Path, side: PortSide, type: PortType) {
      document.editWhole(words.addPort(side, titleAt(path)), (draft) => {
        addPort(draft, path, side, { title: words.ports[type], type })
      })
    },
    /**
     * A loose wire let go on the boundary of the open subgraph: it gets a port there, called as the wire's end. `false`
     * where the node is no boundary, or the one that the wire leads away from.
     */
    openPort(boundary: NodeId, { end, side, via }: LooseWire): boolean {
      const path = here()
      const graph = level()
      const to = sideOf(graph.nodes[boundary])
      const spec = specOf(specs, graph.nodes[end.node])
      const port = (side === 'source' ? spec?.outputs : spec?.inputs)?.[end.port]
      if (!port || to !== (side === 'source' ? 'outputs' : 'inputs')) return false
      document.editWhole(words.addPort(to, titleAt(path)), (draft) => {
        const name = addPort(draft, path, to, { title: port.label, type: port.type, name: end.port })
        const at = draftAt(draft, path)
        if (name === undefined || !at) return
        const mine = { node: boundary, port: name }
        if (side === 'source') connect(at, specs, end, mine, via)
        else connect(at, specs, mine, end)
      })
      return true
    },
    renamePort(path: Path, side: PortSide, name: string, title: string) {
      document.editWhole(words.renamePort(side, titleAt(path)), (draft) => renamePort(draft, path, side, name, title))
    },
    movePort(path: Path, side: PortSide, name: string, by: number) {
      document.editWhole(words.movePort(side, titleAt(path)), (draft) => movePort(draft, path, side, name, by))
    },
    removePort(path: Path, side: PortSide, name: string) {
      document.editWhole(words.removePort(side, titleAt(path)), (draft) => removePort(draft, path, side, name))
    },
    /** Puts a param of a node on the open level onto the card of the subgraph that is open, or takes it off. */
    promote(node: NodeId, param: string, on: boolean) {
      const path = here()
      const label = specOf(specs, level().nodes[node])?.params[param]?.label ?? param
      document.editWhole((on ? words.showSetting : words.hideSetting)(label, titleAt(path)), (draft) => {
        const entry = promotionOf(level(), node, param)
        if (on) promote(draft, path, specs, node, param)
        else if (entry) demote(draft, path, entry.name)
      })
    },
    renamePromoted(path: Path, name: string, title: string) {
      document.editWhole(words.renameSetting(titleAt(path)), (draft) => renamePromoted(draft, path, name, title))
    },
    movePromoted(path: Path, name: string, by: number) {
      document.editWhole(words.moveSetting(titleAt(path)), (draft) => movePromoted(draft, path, name, by))
    },
    demote(path: Path, name: string) {
      const body = graphAt(document.getState().document, path)
      const title = body?.promoted?.find((entry) => entry.name === name)?.title ?? name
      document.editWhole(words.hideSetting(title, titleAt(path)), (draft) => demote(draft, path, name))
    },
    portsOf: (path: Path, side: PortSide) => {
      const graph = graphAt(document.getState().document, path)
      return graph ? portsOf(graph, side) : []
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
