/** What a picture is made of: the nodes above it, and the picture that comes into the graph there. */
import type { FlatDocument, FlatEndpoint, FlatId } from '../document/document.ts'
import type { Specs } from '../node/spec.ts'
import { mainPort } from '../node/value-types.ts'

/** Everything that `node` is made from, itself among it, nearest first. */
export function above(document: FlatDocument, node: FlatId): ReadonlySet<FlatId> {
  const nodes = new Set<FlatId>([node])
  for (const id of nodes)
    for (const { from, to } of Object.values(document.edges)) if (to.node === id) nodes.add(from.node)
  return nodes
}

/** The picture that comes into the graph where `view` begins; `null` where nothing does. */
export function sourceOf(document: FlatDocument, specs: Specs, view: FlatEndpoint): FlatEndpoint | null {
  for (const id of above(document, view.node)) {
    const spec = specs.get(document.nodes[id]?.type ?? '')
    const port = mainPort(spec?.outputs)
    if (spec?.kernel.kind === 'source' && port) return { node: id, port }
  }
  return null
}

/**
 * The picture that `view` is held against: the one that comes into the graph, or, on the way from there, what the last node made that
 * cuts, turns or retimes it, since what lies before that is not the same place or moment any more. `null` where nothing comes in.
 */
export function comparableSourceOf(document: FlatDocument, specs: Specs, view: FlatEndpoint): FlatEndpoint | null {
  const visitedNodes = new Set<FlatId>()
  for (let node: FlatId | undefined = view.node; node !== undefined && !visitedNodes.has(node); ) {
    visitedNodes.add(node)
    const record: FlatDocument['nodes'][FlatId] | undefined = document.nodes[node]
    const spec = specs.get(record?.type ?? '')
    const [input, output] = [mainPort(spec?.inputs), mainPort(spec?.outputs)]
    if (spec?.reframes && !record?.bypass && output) return { node, port: output }
    const wire = Object.values(document.edges).find(({ to }) => to.node === node && to.port === input)
    node = wire?.from.node
  }
  return sourceOf(document, specs, view)
}
