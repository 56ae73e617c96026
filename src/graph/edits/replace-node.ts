/** Another node in the place of one: as many of its wires as the other can take are kept. */
import { type EdgeRecord, type Graph, type NodeId, nodeOf, subgraphType } from '../document/document.ts'
import { sideOf, specOf } from '../document/subgraph.ts'
import type { Ports } from '../node/ports.ts'
import type { NodeSpec, Specs } from '../node/spec.ts'
import { addNode, connect, type GraphDraft, plain, removeNodes } from './edit.ts'

/** The port that stands for `name` of the old node: that of the same name and type, else the first of its type that is free. */
function counterpart(old: Ports, fresh: Ports, name: string, usedNames: ReadonlySet<string>): string | undefined {
  const type = old[name]?.type
  const fits = (port: string) => fresh[port]?.type === type && !usedNames.has(port)
  return fits(name) ? name : Object.keys(fresh).find(fits)
}

/**
 * Puts a new node of `spec` where `node` lies. Each input and output that has a counterpart keeps its wires, with the
 * way they run; settings belong to the old node and go with it. `undefined`: there is no such node, or it is a side of
 * a subgraph.
 * @param piece what a new subgraph folds; `spec` is then that of the subgraph
 */
export function replaceNode(
  draft: GraphDraft,
  specs: Specs,
  node: NodeId,
  spec: NodeSpec,
  piece?: { readonly title: string; readonly body: Graph },
): NodeId | undefined {
  const document = plain(draft)
  const record = nodeOf(document, node)
  if (!record || sideOf(record)) return undefined
  const old = specOf(specs, record)
  const { position } = record
  const id = addNode(
    draft,
    piece ? { type: subgraphType, position, title: piece.title, body: piece.body } : { type: spec.type, position },
  )
  const edges = Object.values<EdgeRecord>(document.edges)
  const usedNames = new Set<string>()
  for (const { from, to, via } of edges.filter(({ to }) => to.node === node)) {
    const port = counterpart(old?.inputs ?? {}, spec.inputs, to.port, usedNames)
    if (port === undefined) continue
    usedNames.add(port)
    connect(draft, specs, from, { node: id, port }, via)
  }
  for (const { from, to, via } of edges.filter(({ from }) => from.node === node)) {
    const port = counterpart(old?.outputs ?? {}, spec.outputs, from.port, new Set())
    if (port !== undefined) connect(draft, specs, { node: id, port }, to, via)
  }
  removeNodes(draft, [node])
  return id
}
