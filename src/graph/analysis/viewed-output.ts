/** Which output the viewer shows, and whether two documents can look different there. */

import type {
  AnyNodeId,
  EdgeRecord,
  Endpoint,
  FlatDocument,
  FlatEndpoint,
  FlatId,
  Graph,
  NodeRecord,
} from '../document/document.ts'
import { sameJson } from '../document/json.ts'
import { compareFlat } from '../document/levels.ts'
import { specOf } from '../document/subgraph.ts'
import type { NodeSpec, Specs } from '../node/spec.ts'
import { isMain, isPictureType, mainPort } from '../node/value-types.ts'

const pictureOutput = (spec: NodeSpec | undefined): string | undefined =>
  mainPort(spec?.outputs) ?? Object.entries(spec?.outputs ?? {}).find(([, { type }]) => isPictureType(type))?.[0]

/** What a node shows when it is looked at: its first picture, or, for a sink, the picture that reaches it. */
export function outputToView<Id extends AnyNodeId>(
  document: Graph<Id>,
  specs: Specs,
  node: NodeRecord<Id>,
): Endpoint<Id> | null {
  const spec = specOf(specs, node)
  const port = pictureOutput(spec)
  if (port) return { node: node.id, port }
  for (const edge of Object.values<EdgeRecord<Id>>(document.edges)) {
    const input = edge.to.node === node.id ? spec?.inputs[edge.to.port] : undefined
    if (input && isMain(input.type)) return edge.from
  }
  return null
}

function exists(document: FlatDocument, specs: Specs, view: FlatEndpoint): boolean {
  const node = document.nodes[view.node]
  const port = specOf(specs, node)?.outputs[view.port]
  return port !== undefined && isPictureType(port.type)
}

/** The chosen output while it exists; else what feeds the first sink; else the picture furthest to the right. */
export function viewedOutput(document: FlatDocument, specs: Specs, chosen: FlatEndpoint | null): FlatEndpoint | null {
  if (chosen && exists(document, specs, chosen)) return chosen
  const nodes = Object.values(document.nodes)
  for (const node of nodes) {
    if (specOf(specs, node)?.kernel.kind !== 'sink' || node.mute) continue
    const view = outputToView(document, specs, node)
    if (view && exists(document, specs, view)) return view
  }
  const shown = nodes
    .filter((node) => pictureOutput(specOf(specs, node)))
    .sort((a, b) => b.position.x - a.position.x)[0]
  return shown ? outputToView(document, specs, shown) : null
}

function sameWires(a: FlatDocument, b: FlatDocument): boolean {
  const edges = Object.values(b.edges)
  return (
    edges.length === Object.keys(a.edges).length &&
    edges.every(({ id, from, to }) => {
      const before = a.edges[id]
      return before !== undefined && sameJson([before.from, before.to], [from, to])
    })
  )
}

/** Whether nothing that a render reads differs: positions, titles and the ways that wires run do not count. */
export function samePicture(a: FlatDocument, b: FlatDocument): boolean {
  if (a.edges !== b.edges && !sameWires(a, b)) return false
  if (a.nodes === b.nodes) return true
  const ids = Object.keys(b.nodes)
  if (ids.length !== Object.keys(a.nodes).length) return false
  return Object.values(b.nodes).every((node) => {
    const before = a.nodes[node.id]
    return (
      before !== undefined &&
      before.type === node.type &&
      before.params === node.params &&
      (before.bypass ?? false) === (node.bypass ?? false) &&
      (before.mute ?? false) === (node.mute ?? false)
    )
  })
}

/** Short names for long texts; forgotten when there are many, whereupon all get new ones. */
const shortNames = new Map<string, string>()
let generation = 0

function shortName(text: string): string {
  if (shortNames.size > 5000) {
    shortNames.clear()
    generation += 1
  }
  const name = shortNames.get(text) ?? `${generation}.${shortNames.size}`
  shortNames.set(text, name)
  return name
}

/**
 * For each node a text that names all its picture at `frame` is made of: the same text, the same picture. Nodes
 * on a cycle have none.
 */
export function pictureKeys(document: FlatDocument, frame: number): ReadonlyMap<FlatId, string> {
  const inputs = new Map<FlatId, EdgeRecord<FlatId>[]>()
  for (const edge of Object.values(document.edges)) {
    const known = inputs.get(edge.to.node)
    if (known) known.push(edge)
    else inputs.set(edge.to.node, [edge])
  }
  const keys = new Map<FlatId, string>()
  const open = new Set<FlatId>()
  const keyOf = (id: FlatId): string | null => {
    const known = keys.get(id)
    if (known !== undefined) return known
    const node = document.nodes[id]
    if (!node || open.has(id)) return null
    open.add(id)
    const wires = (inputs.get(id) ?? [])
      .map(({ from, to }) => [to.port, from.port, keyOf(from.node)])
      .sort((a, b) => String(a[0]).localeCompare(String(b[0])))
    open.delete(id)
    const key = shortName(
      JSON.stringify([node.type, node.params, node.bypass ?? false, node.mute ?? false, frame, wires]),
    )
    keys.set(id, key)
    return key
  }
  for (const id of Object.keys(document.nodes) as FlatId[]) keyOf(id)
  return keys
}

/**
 * What nodes of `before` are called in `after`, where folding or unfolding gave them other names: one that is gone and
 * one that came, and make the same picture from the same things, are one node.
 */
export function renamedNodes(before: FlatDocument, after: FlatDocument): ReadonlyMap<FlatId, FlatId> {
  const missingIn = (other: FlatDocument, document: FlatDocument) =>
    (Object.keys(document.nodes) as FlatId[]).filter((id) => !other.nodes[id]).sort(compareFlat)
  const [gone, came] = [missingIn(after, before), missingIn(before, after)]
  const renamed = new Map<FlatId, FlatId>()
  if (gone.length === 0 || came.length === 0) return renamed
  const [keysBefore, keysAfter] = [pictureKeys(before, 0), pictureKeys(after, 0)]
  for (const id of gone) {
    const key = keysBefore.get(id)
    const at = came.findIndex((other) => key !== undefined && keysAfter.get(other) === key)
    const [name] = at < 0 ? [] : came.splice(at, 1)
    if (name !== undefined) renamed.set(id, name)
  }
  return renamed
}
