/**
 * A draft renders the same graph on smaller pictures: right after each source stands a resize, and sizes given
 * in pixels shrink along. What counts in pixels (a grain's width, a tile) does not, so a draft is for judging
 * composition and strength, never texture; the viewer says that it is one.
 */

import type { EdgeId, GraphDocument, NodeId } from '../../graph/document/document.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { isMain } from '../../graph/node/value-types.ts'
import { paramValues } from '../../graph/node/values.ts'

/** The node that resizes; drafts are made with it, as a person would make them. */
const resizer = 'bicubic'

/** @param divisor sides of the sources become this many times smaller, at least 1 */
export function draftOf(document: GraphDocument, specs: Specs, divisor: number): GraphDocument {
  const spec = specs.get(resizer)
  if (!spec || divisor <= 1) return document
  const nodes = { ...document.nodes }
  const edges = { ...document.edges }
  for (const node of Object.values(document.nodes)) {
    const known = specs.get(node.type)
    if (node.type === resizer) {
      const { mode, width, height } = paramValues(spec, node)
      const less = (side: unknown) => Math.max(1, Math.round(Number(side) / divisor))
      if (mode === 'size')
        nodes[node.id] = { ...node, params: { ...node.params, width: less(width), height: less(height) } }
    }
    if (known?.kernel.kind !== 'source') continue
    for (const [port, { type }] of Object.entries(known.outputs)) {
      if (!isMain(type)) continue
      const id = `${node.id}/draft/${port}` as NodeId
      const from = { node: node.id, port }
      nodes[id] = {
        id,
        type: resizer,
        params: { factor: 1 / divisor, kernel: 'bilinear' },
        position: node.position,
      }
      for (const edge of Object.values(document.edges))
        if (edge.from.node === node.id && edge.from.port === port)
          edges[edge.id] = { ...edge, from: { node: id, port: 'image' } }
      edges[id as string as EdgeId] = { id: id as string as EdgeId, from, to: { node: id, port: 'image' } }
    }
  }
  return { ...document, nodes, edges }
}
