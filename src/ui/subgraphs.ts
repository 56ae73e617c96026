/** Folding, unfolding, opening and leaving subgraphs, and what of one is to be seen from outside. */
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
} from '../graph/boundary.ts'
import type { NodeId, PortSide } from '../graph/document.ts'
import { connect, setTitle } from '../graph/edit.ts'
import { fold, unfold } from '../graph/fold.ts'
import { draftAt, flatId, graphAt, type Path, placeOf } from '../graph/levels.ts'
import { titleOf } from '../graph/naming.ts'
import type { PortType } from '../graph/ports.ts'
import type { Problem } from '../graph/problems.ts'
import type { Specs } from '../graph/spec.ts'
import { isSubgraph, portsOf, sideOf, specOf } from '../graph/subgraph.ts'
import type { PiecesStore } from './pieces.ts'
import type { CommandName } from './shortcuts.ts'
import type { DocumentStore } from './store/document.ts'
import type { PreviewStore } from './store/preview.ts'
import type { LooseWire, ViewStore } from './store/view.ts'

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly preview: PreviewStore
  readonly view: ViewStore
  readonly pieces: PiecesStore
  readonly tell: (problems: readonly Problem[]) => void
  readonly several: (ids: readonly NodeId[]) => string
}

const typeTitles: Readonly<Record<PortType, string>> = { image: 'Image', mask: 'Mask', audio: 'Sound' }
const sideWord: Readonly<Record<PortSide, string>> = { inputs: 'input', outputs: 'output' }

export function createSubgraphs({ specs, document, preview, view, pieces, tell, several }: Parts) {
  const level = () => document.getState().level
  const here = (): Path => document.getState().path
  const selected = (): NodeId[] => [...view.getState().selection].filter((id) => level().nodes[id])
  /** The one subgraph that is selected, or that is open. */
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
    const { chosen } = preview.getState()
    const result = document.edit(`Fold ${several(ids)}`, (draft) =>
      fold(draft, specs, ids, { marks: view.getState().selectedMarks, path }),
    )
    if ('code' in result) {
      tell([result])
      if (result.node) view.select([...ids, result.node])
      return
    }
    // Whoever looked at one of them goes on looking at it.
    const seen = chosen && placeOf(chosen.node)
    if (chosen && seen && flatId(path, seen.id) === chosen.node && ids.includes(seen.id))
      preview.choose({ node: flatId([...path, result.node], seen.id), port: chosen.port })
    view.select([result.node])
    view.setState({ sidePanel: 'node' })
  }

  function unfoldSelected() {
    const subgraphs = selected().filter((id) => isSubgraph(level().nodes[id]))
    const [first] = subgraphs
    if (!first) {
      tell([
        {
          code: 'not-foldable',
          severity: 'error',
          message: 'No subgraph is selected to be unfolded.',
          hint: 'Select the card of one.',
        },
      ])
      return
    }
    const path = here()
    const { chosen } = preview.getState()
    const done = document.edit(`Unfold ${several(subgraphs)}`, (draft) => {
      const results = subgraphs.map((id) => unfold(draft, specs, id))
      return results.flatMap((result) => ('code' in result ? [] : [result]))
    })
    const inside = chosen && placeOf(chosen.node)
    const card = inside?.path.at(-1)
    if (chosen && inside && card && subgraphs.includes(card) && flatId([...path, card], inside.id) === chosen.node)
      preview.choose({ node: flatId(path, inside.id), port: chosen.port })
    view.select(
      done.flatMap(({ nodes }) => nodes),
      [],
      done.flatMap(({ marks }) => marks),
    )
  }

  const changed = (path: Path, what: string, recipe: Parameters<typeof document.editWhole<void>>[1]) =>
    document.editWhole(`${what} of ${titleAt(path)}`, recipe)

  const own: Partial<Record<CommandName, () => void>> = {
    'edit.fold': foldSelected,
    'edit.unfold': unfoldSelected,
    'edit.open': () => {
      const record = onlySelected()
      if (record) document.enter([...here(), record.id])
    },
    'edit.leave': () => document.enter(here().slice(0, -1)),
    'edit.savePiece': () => void savePiece(),
  }

  /** The selected subgraph, or the one that is open, among the person's pieces. */
  async function savePiece() {
    const path = here()
    const record = onlySelected() ?? openRecord(path)
    if (!record) {
      tell([
        {
          code: 'not-kept',
          severity: 'error',
          message: 'No subgraph is selected to be kept as a piece.',
          hint: 'Fold the nodes that belong together, or select the card of a subgraph.',
        },
      ])
      return
    }
    const title = record.title ?? 'Subgraph'
    const again = pieces.getState().pieces.some((piece) => piece.title === title)
    const problem = await pieces.save(record, title)
    if (problem) tell([problem])
    else
      view.toast({
        tone: 'info',
        message: again ? `Your piece “${title}” is this one now.` : `“${title}” is among your pieces now.`,
        hint: 'Add copies of it from the palette or the search, under “My pieces”.',
      })
  }
  const openRecord = (path: Path) => {
    const id = path.at(-1)
    const around = graphAt(document.getState().document, path.slice(0, -1))
    const record = id && around?.nodes[id]
    return record && isSubgraph(record) ? record : undefined
  }

  return {
    own,
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
      document.editWhole(`Rename ${titleAt(path)}`, (draft) => {
        let at: Parameters<typeof setTitle>[0] | undefined = draft
        for (const step of path.slice(0, -1)) at = at?.nodes[step]?.body
        if (at) setTitle(at, id, title)
      })
    },
    addPort(path: Path, side: PortSide, type: PortType) {
      changed(path, `Add an ${sideWord[side]}`, (draft) => {
        addPort(draft, path, side, { title: typeTitles[type], type })
      })
    },
    /**
     * A loose wire let go on the boundary of the open subgraph: it gets a port there, called as the wire's end. `false`
     * where the node is no boundary, or the one that the wire leads away from.
     */
    openPort(boundary: NodeId, { end, side }: LooseWire): boolean {
      const path = here()
      const graph = level()
      const to = sideOf(graph.nodes[boundary])
      const spec = specOf(specs, graph.nodes[end.node])
      const port = (side === 'source' ? spec?.outputs : spec?.inputs)?.[end.port]
      if (!port || to !== (side === 'source' ? 'outputs' : 'inputs')) return false
      document.editWhole(`Add an ${sideWord[to]} to ${titleAt(path)}`, (draft) => {
        const name = addPort(draft, path, to, { title: port.label, type: port.type, name: end.port })
        const at = draftAt(draft, path)
        if (name === undefined || !at) return
        const mine = { node: boundary, port: name }
        if (side === 'source') connect(at, specs, end, mine)
        else connect(at, specs, mine, end)
      })
      return true
    },
    renamePort(path: Path, side: PortSide, name: string, title: string) {
      changed(path, `Rename an ${sideWord[side]}`, (draft) => renamePort(draft, path, side, name, title))
    },
    movePort(path: Path, side: PortSide, name: string, by: number) {
      changed(path, `Move an ${sideWord[side]}`, (draft) => movePort(draft, path, side, name, by))
    },
    removePort(path: Path, side: PortSide, name: string) {
      changed(path, `Remove an ${sideWord[side]}`, (draft) => removePort(draft, path, side, name))
    },
    /** Puts a param of a node on the open level onto the card of the subgraph that is open, or takes it off. */
    promote(node: NodeId, param: string, on: boolean) {
      const path = here()
      const label = specOf(specs, level().nodes[node])?.params[param]?.label ?? param
      document.editWhole(`${on ? 'Show' : 'Hide'} ${label} on ${titleAt(path)}`, (draft) => {
        const entry = promotionOf(level(), node, param)
        if (on) promote(draft, path, specs, node, param)
        else if (entry) demote(draft, path, entry.name)
      })
    },
    renamePromoted(path: Path, name: string, title: string) {
      changed(path, 'Rename a setting', (draft) => renamePromoted(draft, path, name, title))
    },
    movePromoted(path: Path, name: string, by: number) {
      changed(path, 'Move a setting', (draft) => movePromoted(draft, path, name, by))
    },
    demote(path: Path, name: string) {
      changed(path, 'Hide a setting', (draft) => demote(draft, path, name))
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
