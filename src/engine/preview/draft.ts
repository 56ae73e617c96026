/**
 * A draft renders the same graph on smaller pictures: right after each source (and after what takes its lines apart) stands a resize, and sizes given
 * in pixels shrink along. What counts in pixels (a grain's width, a tile) does not, so a draft is for judging
 * composition and strength, never texture; the viewer says that it is one.
 */
import {
  type EdgeId,
  endpointKey,
  type FlatDocument,
  type FlatEndpoint,
  type FlatId,
} from '../../graph/document/document.ts'
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

/**
 * Outputs of pictures that a draft leaves as large as they are: of sources, and of nodes that read their lines. By endpoint
 * key, as `inferAll` has them.
 */
function fullOutputs(document: FlatDocument, specs: Specs): ReadonlyMap<string, FlatEndpoint> {
  const full = new Map<string, FlatEndpoint>()
  const add = (node: FlatId, { outputs }: NodeSpec) => {
    for (const [port, { type }] of Object.entries(outputs))
      if (isMain(type)) full.set(endpointKey({ node, port }), { node, port })
  }
  const nodes = Object.values(document.nodes)
  for (const { id, type } of nodes) {
    const spec = specs.get(type)
    if (spec?.kernel.kind === 'source') add(id, spec)
  }
  const edges = Object.values(document.edges)
  // Each round reaches those behind one more.
  for (let sizeBefore = -1; sizeBefore !== full.size; ) {
    sizeBefore = full.size
    for (const { id, type } of nodes) {
      const spec = specs.get(type)
      if (spec?.readsLines && edges.some(({ from, to }) => to.node === id && full.has(endpointKey(from)))) add(id, spec)
    }
  }
  return full
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
  }
  const readsLines = (node: FlatId) => specs.get(document.nodes[node]?.type ?? '')?.readsLines === true
  for (const from of fullOutputs(document, specs).values()) {
    const id = `${from.node}/draft/${from.port}` as FlatId
    const params = { ...resizer.spec.shrinkBy?.(divisor) }
    nodes[id] = { id, type: resizer.spec.type, params, position: document.nodes[from.node]!.position }
    for (const edge of Object.values(document.edges))
      if (edge.from.node === from.node && edge.from.port === from.port && !readsLines(edge.to.node))
        edges[edge.id] = { ...edge, from: { node: id, port: resizer.output } }
    edges[id as string as EdgeId] = { id: id as string as EdgeId, from, to: { node: id, port: resizer.input } }
  }
  return { ...document, nodes, edges }
}
