/** Which output the viewer shows. */

import type {
  AnyNodeId,
  EdgeRecord,
  Endpoint,
  FlatDocument,
  FlatEndpoint,
  Graph,
  NodeRecord,
} from '../document/document.ts'
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
export function viewedOutput(document: FlatDocument, specs: Specs, choice: FlatEndpoint | null): FlatEndpoint | null {
  if (choice && exists(document, specs, choice)) return choice
  const nodes = Object.values(document.nodes)
  for (const node of nodes) {
    if (specOf(specs, node)?.kernel.kind !== 'sink' || node.mute) continue
    const view = outputToView(document, specs, node)
    if (view && exists(document, specs, view)) return view
  }
  const rightmost = nodes
    .filter((node) => pictureOutput(specOf(specs, node)))
    .sort((a, b) => b.position.x - a.position.x)[0]
  return rightmost ? outputToView(document, specs, rightmost) : null
}
