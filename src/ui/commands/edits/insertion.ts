/** Adding a node: by itself, on a loose wire, behind what is selected, or into a wire. */
import type { EdgeId, Graph, NodeId, Point } from '../../../graph/document/document.ts'
import type { JsonObject } from '../../../graph/document/json.ts'
import { titleOf } from '../../../graph/document/naming.ts'
import { specOf } from '../../../graph/document/subgraph.ts'
import { cardPlace } from '../../../graph/edits/card-place.ts'
import { type GraphDraft, moveNodes, plain } from '../../../graph/edits/edit.ts'
import { replaceNode } from '../../../graph/edits/replace-node.ts'
import { insertBehind, insertNode, spliceOf, spliceOfNode, wiresBehind } from '../../../graph/edits/splice.ts'
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
  readonly selection: Selected
  readonly panels: Readonly<Partial<Panels>>
  /** Whether so much more can be on the open level; tells where it cannot. */
  readonly mayHold: (more: Graph) => boolean
}

interface Options {
  /** Canvas units. */
  readonly at?: Point
  readonly wire?: LooseWire | null
  readonly apart?: boolean
  /** It goes behind the selected node where it fits there, and to `at` only where not. */
  readonly behind?: boolean
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

const room = { width: card.width, gap: 48 } as const

export const insertIntoWire = (draft: GraphDraft, specs: Specs, node: NodeId, edge: EdgeId) =>
  insertNode(draft, specs, node, edge, room)

export function createInsertion({ specs, document, view, pieces, selection, panels, mayHold }: Parts): Insertion {
  const graph = (): Graph => document.getState().level
  const pieceOf = (type: string) => pieces.getState().pieces.find(({ key }) => key === type)

  /** The wire that a new node goes into: the one asked for, or else the one that is selected alone. */
  function intoOf(spec: NodeSpec, options: Options) {
    const { selectedEdges } = view.getState()
    const onSelectedWire = selectedEdges.size === 1 && selection.nodes().length === 0 && !options.wire && !options.apart
    const [edge] = options.into ? [options.into] : onSelectedWire ? selectedEdges : []
    return edge && spliceOf(graph(), specs, spec, edge) ? edge : undefined
  }
  /**
   * The wires behind the one node that is selected, where the new one fits in: it then stands in the chain, and all that read the
   * selected node reads it. One that is put at a place, or on a wire, is not meant for there.
   */
  function behindOf(spec: NodeSpec, options: Options): readonly EdgeId[] {
    const [only, ...others] = selection.nodes()
    if (
      only === undefined ||
      others.length > 0 ||
      (options.at && !options.behind) ||
      options.wire ||
      options.apart ||
      options.into
    )
      return []
    for (const port of Object.keys(specOf(specs, graph().nodes[only])?.outputs ?? {})) {
      const wires = wiresBehind(graph(), specs, spec, { node: only, port })
      if (wires.length > 0) return wires
    }
    return []
  }
  /** Up or down to where it covers no card of another branch and no wire runs behind it, as far as that can be had. */
  function clearOfOthers(draft: GraphDraft, node: NodeId) {
    const level = plain(draft)
    const position = level.nodes[node]?.position
    if (position) moveNodes(draft, { [node]: cardPlace(level, specs, node, position) })
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
      const behind = behindOf(spec, options)
      const before = behind[0] && graph().edges[behind[0]]?.from.node
      const beside = before && graph().nodes[before]?.position
      const { canvas } = panels
      const id = document.edit(edits.add(spec.title), (draft) => {
        const newNode = addWired(draft, graph(), specs, spec, {
          ...(piece && { piece }),
          ...(options.at && { at: options.at }),
          ...(beside && { at: { x: beside.x + card.width + card.gapX, y: beside.y } }),
          ...(options.params && { params: options.params }),
          wire: options.wire ?? null,
          selectedNodes: options.apart || ends || beside ? [] : selection.nodes(),
          middle: ends ? between(ends.from.node, ends.to.node) : (canvas?.middle() ?? { x: 0, y: 0 }),
          exact: into !== undefined || beside !== undefined,
        })
        if (into) {
          insertIntoWire(draft, specs, newNode, into)
          if (!options.at) clearOfOthers(draft, newNode)
        } else if (beside && insertBehind(draft, specs, newNode, behind, room)) clearOfOthers(draft, newNode)
        return newNode
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
