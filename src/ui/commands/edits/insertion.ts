/** Adding a node: by itself, on a loose wire, after what is selected, or into a wire. */
import type { EdgeId, Graph, NodeId, Point } from '../../../graph/document/document.ts'
import type { JsonObject } from '../../../graph/document/json.ts'
import { titleOf } from '../../../graph/document/naming.ts'
import type { GraphDraft } from '../../../graph/edits/edit.ts'
import { replaceNode } from '../../../graph/edits/replace-node.ts'
import { insertNode, spliceOf, spliceOfNode } from '../../../graph/edits/splice.ts'
import type { NodeSpec, Specs } from '../../../graph/node/spec.ts'
import { fragmentOfPiece, type PiecesStore } from '../../files/pieces.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import type { LooseWire, ViewStore } from '../../store/view.ts'
import { text } from '../../text/text.ts'
import type { Panels } from '../panels.ts'
import { addWired, card } from './add-node.ts'
import type { Selected } from './selection.ts'

const { edits } = text

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly view: ViewStore
  readonly pieces: PiecesStore
  readonly selected: Selected
  readonly panels: Readonly<Partial<Panels>>
  /** Whether so much more can be on the open level; tells where it cannot. */
  readonly mayHold: (more: Graph) => boolean
}

interface Options {
  /** Canvas units. */
  readonly at?: Point
  readonly wire?: LooseWire | null
  readonly apart?: boolean
  /** That it begins with, in place of its type's. */
  readonly params?: JsonObject
  /** The wire that it is put into, where it fits; absent: the wire that is selected alone. */
  readonly into?: EdgeId | null
}

export interface Insertion {
  /** `type`: of a node, or the key of a piece. `null`: there is none of it, or no room for it. */
  addNode(type: string, options?: Options): NodeId | null
  /** Puts a new node, or a piece, in the place of one; `null`: there is none of it, or no room for it. */
  replaceNode(node: NodeId, type: string): NodeId | null
  /** Whether a node of this type, or this node of the graph, can be put into a wire. */
  fitsInto(edge: EdgeId, what: { readonly type: string } | { readonly node: NodeId }): boolean
}

export const insertIntoWire = (draft: GraphDraft, specs: Specs, node: NodeId, edge: EdgeId) =>
  insertNode(draft, specs, node, edge, { width: card.width, gap: 48 })

export function createInsertion({ specs, document, view, pieces, selected, panels, mayHold }: Parts): Insertion {
  const graph = (): Graph => document.getState().level
  const pieceOf = (type: string) => pieces.getState().pieces.find(({ key }) => key === type)

  /** The wire that a new node goes into: the one asked for, or else the one that is selected alone. */
  function intoOf(spec: NodeSpec, options: Options) {
    const { selectedEdges } = view.getState()
    const onSelectedWire = selectedEdges.size === 1 && selected.nodes().length === 0 && !options.wire && !options.apart
    const [edge] = options.into ? [options.into] : onSelectedWire ? selectedEdges : []
    return edge && spliceOf(graph(), specs, spec, edge) ? edge : undefined
  }
  const between = (a: NodeId, b: NodeId): Point => {
    const [from, to] = [a, b].map((id) => graph().nodes[id]?.position ?? { x: 0, y: 0 })
    return { x: ((from?.x ?? 0) + (to?.x ?? 0) + card.width) / 2, y: ((from?.y ?? 0) + (to?.y ?? 0) + card.height) / 2 }
  }

  return {
    addNode(type, options = {}) {
      const piece = pieceOf(type)
      const spec = piece?.spec ?? specs.get(type)
      if (!spec || (piece && !mayHold(fragmentOfPiece(piece)))) return null
      const into = intoOf(spec, options)
      const ends = into && graph().edges[into]
      const { canvas } = panels
      const id = document.edit(edits.add(spec.title), (draft) => {
        const added = addWired(draft, graph(), specs, spec, {
          ...(piece && { piece }),
          ...(options.at && { at: options.at }),
          ...(options.params && { params: options.params }),
          wire: options.wire ?? null,
          selectedNodes: options.apart || ends ? [] : selected.nodes(),
          middle: ends ? between(ends.from.node, ends.to.node) : (canvas?.middle() ?? { x: 0, y: 0 }),
          exact: into !== undefined,
        })
        if (into) insertIntoWire(draft, specs, added, into)
        return added
      })
      view.select([id])
      view.setState({ sidePanel: 'node' })
      const place = graph().nodes[id]?.position
      if (place && canvas && !canvas.visible(place)) view.reveal(null)
      return id
    },
    replaceNode(node, type) {
      const piece = pieceOf(type)
      const spec = piece?.spec ?? specs.get(type)
      if (!spec || (piece && !mayHold(fragmentOfPiece(piece)))) return null
      const label = edits.replace(titleOf(graph(), specs, node), spec.title)
      const id = document.edit(label, (draft) => replaceNode(draft, specs, node, spec, piece))
      if (!id) return null
      view.select([id])
      view.setState({ sidePanel: 'node' })
      return id
    },
    fitsInto(edge, what) {
      if ('node' in what) return spliceOfNode(graph(), specs, what.node, edge) !== undefined
      const spec = pieceOf(what.type)?.spec ?? specs.get(what.type)
      return spec !== undefined && spliceOf(graph(), specs, spec, edge) !== undefined
    },
  }
}
