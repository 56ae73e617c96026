/** Edits of what is selected: deleting, duplicating, moving. */
import {
  type EdgeId,
  type Graph,
  type MarkId,
  markOf,
  type NodeId,
  type Point,
} from '../../../graph/document/document.ts'
import { type Json, sameJson } from '../../../graph/document/json.ts'
import { titleOf } from '../../../graph/document/naming.ts'
import { specOf } from '../../../graph/document/subgraph.ts'
import * as recipes from '../../../graph/edits/edit.ts'
import * as fragments from '../../../graph/edits/fragments.ts'
import { membersOf, removeMarks, type Size, setMark } from '../../../graph/edits/marks.ts'
import type { Specs } from '../../../graph/node/spec.ts'
import { paramValues } from '../../../graph/node/values.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import type { ViewStore } from '../../store/view.ts'
import { text } from '../../text/text.ts'
import { clearOffset } from './clear-offset.ts'
import { newMarks } from './clipboard.ts'
import { insertIntoWire } from './insertion.ts'
import type { Selected } from './selection.ts'

const { edits } = text

/** Where things lie, canvas units. */
export interface Places {
  readonly nodes: ReadonlyMap<NodeId, Point>
  readonly marks: ReadonlyMap<MarkId, Point>
}

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly view: ViewStore
  readonly selection: Selected
  /** Of a card, as it is drawn. */
  readonly sizeOf: (node: NodeId) => Size | undefined
  readonly alongWires: () => readonly Point[]
  readonly keepInSight: (nodes: Iterable<NodeId>) => void
}

export interface SelectionEdits {
  /** `reconnect`: what the nodes would pass on reaches whoever read them. */
  remove(options: { readonly reconnect: boolean }): void
  /** Takes away what the clipboard has taken: the selection and the marks that go with it. */
  cut(): void
  /** `incoming`: the copies read what the originals read. */
  duplicate(options: { readonly incoming: boolean }): void
  /** Whether a selected node has settings that differ from their defaults. */
  canReset(): boolean
  /** Sets the settings of the selected nodes back to their defaults; files and models stay as they were chosen. */
  reset(): void
  /** `into`: the wire onto which the one node that is moved was let go. */
  move(places: Places, into?: EdgeId | null): void
  /** Part of a move by keys, canvas units; the end of the drag ends it. */
  nudge(what: { readonly nodes: readonly NodeId[]; readonly marks: readonly MarkId[] }, x: number, y: number): void
}

export function createSelectionEdits({
  specs,
  document,
  view,
  selection: selected,
  sizeOf,
  alongWires,
  keepInSight,
}: Parts): SelectionEdits {
  const graph = (): Graph => document.getState().level

  function remove(step: (what: string) => string, reconnect: boolean) {
    const [nodes, edges, marks] = [selected.nodes(), selected.edges(), selected.marks()]
    const [node, ...others] = [...nodes, ...marks]
    if (!node && edges.length === 0) return
    const things =
      others.length > 0
        ? edits.things(others.length + 1)
        : marks.length > 0
          ? edits.aFrameOrNote
          : selected.several(nodes)
    document.edit(step(node ? things : edits.wires(edges.length)), (draft) => {
      recipes.disconnect(draft, edges)
      recipes.removeNodes(draft, nodes, reconnect ? specs : undefined)
      removeMarks(draft, marks)
    })
    view.select([])
  }

  /** What is moved and what the frames in it take along. */
  function withMembers({ nodes, marks }: { nodes: readonly NodeId[]; marks: readonly MarkId[] }) {
    const members = marks.map((id) => membersOf(graph(), id))
    return {
      nodes: [...new Set([...nodes, ...members.flatMap((group) => group.nodes)])],
      marks: [...new Set([...marks, ...members.flatMap((group) => group.marks)])],
    }
  }

  /** The settings of the selected nodes that differ from their defaults, but for files. */
  function changedSettings(): readonly { readonly node: NodeId; readonly param: string }[] {
    return selected.nodes().flatMap((node) => {
      const record = graph().nodes[node]
      const spec = specOf(specs, record)
      if (!record || !spec) return []
      const values = paramValues(spec, record) as Readonly<Record<string, Json>>
      return Object.entries(spec.params)
        .filter(([, { kind }]) => kind !== 'asset')
        .filter(([name, param]) => !sameJson(values[name] ?? null, param.default))
        .map(([param]) => ({ node, param }))
    })
  }

  return {
    canReset: () => changedSettings().length > 0,
    reset() {
      const changes = changedSettings()
      if (changes.length === 0) return
      const nodes = [...new Set(changes.map(({ node }) => node))]
      document.edit(edits.resetNodes(selected.several(nodes)), (draft) => {
        for (const { node, param } of changes) recipes.setParam(draft, node, param, undefined)
      })
    },
    remove: ({ reconnect }) => remove(edits.delete, reconnect),
    cut() {
      const { selection, selectedEdges } = view.getState()
      view.select(selection, selectedEdges, selected.marksAndMembers())
      remove(edits.cut, true)
    },
    duplicate({ incoming }) {
      const ids = selected.nodes()
      const marks = selected.marksAndMembers()
      if (ids.length === 0 && marks.length === 0) return
      const before = graph()
      const what = ids.length > 0 ? selected.several(ids) : selected.things([], marks)
      const fragment = fragments.fragmentOf(before, ids, { marks })
      const offset = clearOffset(before, fragment, { x: 0, y: 0 }, sizeOf, alongWires())
      const copies = document.edit(edits.duplicate(what), (draft) =>
        fragments.duplicate(draft, ids, { incoming, marks, offset }),
      )
      view.select(copies.values(), [], newMarks(before, graph()))
      keepInSight(copies.values())
    },
    move({ nodes, marks }, into = null) {
      const ids = [...nodes.keys()]
      const [only] = ids
      const step =
        into && only ? edits.insert(titleOf(graph(), specs, only)) : edits.move(selected.things(ids, [...marks.keys()]))
      document.edit(step, (draft) => {
        recipes.moveNodes(draft, Object.fromEntries(nodes))
        for (const [id, position] of marks) setMark(draft, id, { position })
        if (into && only) insertIntoWire(draft, specs, only, into)
      })
    },
    nudge(what, x, y) {
      const group = withMembers(what)
      const shifted = (at: Point) => ({ x: at.x + x, y: at.y + y })
      document.drag(edits.move(selected.things(what.nodes, what.marks)), (draft) => {
        const places = group.nodes.flatMap((id) => {
          const at = graph().nodes[id]?.position
          return at ? [[id, shifted(at)] as const] : []
        })
        recipes.moveNodes(draft, Object.fromEntries(places))
        for (const id of group.marks) {
          const at = markOf(graph(), id)?.position
          if (at) setMark(draft, id, { position: shifted(at) })
        }
      })
    },
  }
}
