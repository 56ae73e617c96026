/**
 * A draft renders the same graph on smaller pictures: right after each source stands a resize, and sizes given
 * in pixels shrink along. What counts in pixels (a grain's width, a tile) does not, so a draft is for judging
 * composition and strength, never texture; the viewer says that it is one.
 */
import type { EdgeId, FlatDocument, FlatId } from '../../graph/document/document.ts'
import type { NodeSpec, Specs } from '../../graph/node/spec.ts'
import { isMain, mainPort } from '../../graph/node/value-types.ts'
import { paramValues } from '../../graph/node/values.ts'

/** The node that resizes; drafts are made with it, as a person would make them. */
function resizerOf(
  specs: Specs,
): { readonly spec: NodeSpec; readonly input: string; readonly output: string } | undefined {
  const spec = [...specs.values()].find(({ shrinkBy }) => shrinkBy !== undefined)
  const [input, output] = [mainPort(spec?.inputs), mainPort(spec?.outputs)]
  return spec && input !== undefined && output !== undefined ? { spec, input, output } : undefined
}

/** @param divisor sides of the sources become this many times smaller, at least 1 */
export function draftOf(document: FlatDocument, specs: Specs, divisor: number): FlatDocument {
  const resizer = resizerOf(specs)
  if (!resizer || divisor <= 1) return document
  const nodes = { ...document.nodes }
  const edges = { ...document.edges }
  for (const node of Object.values(document.nodes)) {
    const spec = specs.get(node.type)
    const smaller = spec?.inDraft?.(paramValues(spec, node) as never, divisor)
    if (smaller) nodes[node.id] = { ...node, params: { ...node.params, ...smaller } }
    if (spec?.kernel.kind !== 'source') continue
    for (const [port, { type }] of Object.entries(spec.outputs)) {
      if (!isMain(type)) continue
      const id = `${node.id}/draft/${port}` as FlatId
      const from = { node: node.id, port }
      const params = { ...resizer.spec.shrinkBy?.(divisor) }
      nodes[id] = { id, type: resizer.spec.type, params, position: node.position }
      for (const edge of Object.values(document.edges))
        if (edge.from.node === node.id && edge.from.port === port)
          edges[edge.id] = { ...edge, from: { node: id, port: resizer.output } }
      edges[id as string as EdgeId] = { id: id as string as EdgeId, from, to: { node: id, port: resizer.input } }
    }
  }
  return { ...document, nodes, edges }
}
