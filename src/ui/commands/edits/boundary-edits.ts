/** What of a subgraph is to be seen from outside: its ports, and the params that its card shows. */
import type { GraphDocument, NodeId, PortSide } from '../../../graph/document/document.ts'
import { draftAt, graphAt, type Path } from '../../../graph/document/levels.ts'
import { titleOf } from '../../../graph/document/naming.ts'
import { portsOf, sideOf, specOf } from '../../../graph/document/subgraph.ts'
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
import { connect } from '../../../graph/edits/edit.ts'
import type { PortType } from '../../../graph/node/ports.ts'
import type { Specs } from '../../../graph/node/spec.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import type { LooseWire } from '../../store/view.ts'
import { text } from '../../text/text.ts'

const words = text.subgraphs

/** What the subgraph at the end of `path` is called. */
export function titleAtPath(document: GraphDocument, specs: Specs, path: Path): string {
  const around = graphAt(document, path.slice(0, -1))
  const id = path.at(-1)
  return around && id ? titleOf(around, specs, id) : ''
}

/** `path` leads to the subgraph that is changed, and each change is a step of the history. */
export function createBoundaryEdits({ specs, document }: { readonly specs: Specs; readonly document: DocumentStore }) {
  const level = () => document.getState().level
  const here = (): Path => document.getState().path
  const titleAt = (path: Path) => titleAtPath(document.getState().document, specs, path)
  return {
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
        const boundaryEnd = { node: boundary, port: name }
        if (side === 'source') connect(at, specs, end, boundaryEnd, via)
        else connect(at, specs, boundaryEnd, end)
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
  }
}
