/** Parameters, titles and what else is written about a node or the graph. */
import { type FlatId, type Graph, type NodeId, nodeOf } from '../../../graph/document/document.ts'
import { type Json, sameJson } from '../../../graph/document/json.ts'
import { draftAt, nodeAt, placeOf } from '../../../graph/document/levels.ts'
import { titleOf, titleOfRecord } from '../../../graph/document/naming.ts'
import { specOf } from '../../../graph/document/subgraph.ts'
import * as recipes from '../../../graph/edits/edit.ts'
import { cardParams } from '../../../graph/node/card-params.ts'
import type { Specs } from '../../../graph/node/spec.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import { text } from '../../text/text.ts'

const { edits } = text

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
}

export interface ParamEdits {
  collapse(node: NodeId, collapsed: boolean): void
  /** Puts a setting's control on the card, or takes it off. */
  showOnCard(node: NodeId, name: string, on: boolean): void
  setTitle(node: NodeId, title: string): void
  describe(meta: { title?: string; description?: string }): void
  /** `beside`: other params of the node that change with it, in the same history entry. */
  setParam(node: NodeId, name: string, value: Json, beside?: Readonly<Record<string, Json>>): void
  dragParam(node: NodeId, name: string, value: Json): void
  endDrag(): void
  resetParam(node: NodeId, name: string): void
  /** Sets a param of a node of whatever level, named as from outside. */
  setParamOf(flat: FlatId, name: string, value: Json): void
  /** The title of a node of whatever level, named as from outside. */
  titleOfFlat(flat: FlatId): string
}

export function createParamEdits({ specs, document }: Parts): ParamEdits {
  const graph = (): Graph => document.getState().level
  const title = (node: NodeId): string => titleOf(graph(), specs, node)
  const titleOfFlat = (node: FlatId): string => {
    const record = nodeAt(document.getState().document, node)
    return record ? titleOfRecord(specs, record) : node
  }
  const setParam = (draft: recipes.GraphDraft, node: NodeId, name: string, value: Json | undefined) => {
    const param = specOf(specs, nodeOf(recipes.plain(draft), node))?.params[name]
    // What equals the default need not stand in the file.
    const standing = param && value !== undefined && sameJson(value, param.default) ? undefined : value
    recipes.setParam(draft, node, name, standing)
  }
  const paramLabel = (node: NodeId, name: string): string => {
    const label = specOf(specs, graph().nodes[node])?.params[name]?.label ?? name
    return edits.settingOf(label, title(node))
  }
  return {
    titleOfFlat,
    collapse(node, collapsed) {
      document.edit((collapsed ? edits.collapse : edits.open)(title(node)), (draft) =>
        recipes.setFlag(draft, [node], 'collapsed', collapsed),
      )
    },
    showOnCard(node, name, on) {
      const record = graph().nodes[node]
      const spec = specOf(specs, record)
      if (!record || !spec) return
      const others = cardParams(spec, record).filter((one) => one !== name)
      const onCard = on ? [...others, name] : others
      const usual = sameJson(onCard, [...cardParams(spec, {})])
      document.edit((on ? edits.showOnCard : edits.hideFromCard)(paramLabel(node, name)), (draft) =>
        recipes.setOnCard(draft, node, usual ? undefined : onCard),
      )
    },
    setTitle(node, newTitle) {
      const plain = specOf(specs, graph().nodes[node])?.title
      document.edit(edits.rename(title(node)), (draft) =>
        recipes.setTitle(draft, node, newTitle === plain ? '' : newTitle),
      )
    },
    describe(meta) {
      document.editWhole(edits.renameGraph, (draft) => recipes.setMeta(draft, meta))
    },
    setParam(node, name, value, beside = {}) {
      document.edit(edits.change(paramLabel(node, name)), (draft) => {
        for (const [each, its] of Object.entries({ ...beside, [name]: value })) setParam(draft, node, each, its)
      })
    },
    dragParam(node, name, value) {
      document.drag(edits.change(paramLabel(node, name)), (draft) => setParam(draft, node, name, value))
    },
    endDrag: document.drop,
    resetParam(node, name) {
      document.edit(edits.reset(paramLabel(node, name)), (draft) => setParam(draft, node, name, undefined))
    },
    setParamOf(node, name, value) {
      const { path, id } = placeOf(node)
      const label = specOf(specs, nodeAt(document.getState().document, node))?.params[name]?.label ?? name
      document.editWhole(edits.change(edits.settingOf(label, titleOfFlat(node))), (draft) => {
        const level = draftAt(draft, path)
        if (level) setParam(level, id, name, value)
      })
    },
  }
}
