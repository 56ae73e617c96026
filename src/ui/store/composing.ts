/**
 * From what the person compares to what the engine is asked: one document and outputs of it. A reference file
 * comes in as one more source, a variant as copies of the nodes that its value reaches, another graph as a whole;
 * all live in the request alone. Results are kept by content, so what variants share is rendered once.
 */

import { expand } from '../../graph/analysis/expand.ts'
import type { EdgeId, EdgeRecord, Endpoint, GraphDocument, NodeId } from '../../graph/document/document.ts'
import { names } from '../../graph/document/naming.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { mainPort } from '../../graph/node/value-types.ts'
import type { Compared, LookingState, Variants } from '../store/looking.ts'
import { text } from '../text/text.ts'
import { embed } from './other-graph.ts'

export type ComparedGraph = Extract<Compared, { readonly kind: 'graph' }>

export interface Composed {
  readonly document: GraphDocument
  readonly view: Endpoint
  readonly others: readonly Endpoint[]
  /** What each picture is called, A first. */
  readonly labels: readonly string[]
  /** For each picture the whole graph that it is of, where it is another than the open one. */
  readonly graphs: readonly (ComparedGraph | null)[]
}

export const referenceNode = '~reference' as NodeId

const inputsOf = (document: GraphDocument, node: NodeId): readonly EdgeRecord[] =>
  Object.values(document.edges).filter(({ to }) => to.node === node)

/** Everything that `node` is made from, itself among it, nearest first. */
function above(document: GraphDocument, node: NodeId): ReadonlySet<NodeId> {
  const found = new Set<NodeId>([node])
  for (const id of found) for (const { from } of inputsOf(document, id)) found.add(from.node)
  return found
}

function below(document: GraphDocument, node: NodeId): ReadonlySet<NodeId> {
  const found = new Set<NodeId>([node])
  for (const id of found)
    for (const { from, to } of Object.values(document.edges)) if (from.node === id) found.add(to.node)
  return found
}

/** The picture that comes into the graph where `view` begins; `null` where nothing does. */
export function sourceOf(document: GraphDocument, specs: Specs, view: Endpoint): Endpoint | null {
  for (const id of above(document, view.node)) {
    const spec = specs.get(document.nodes[id]?.type ?? '')
    const port = mainPort(spec?.outputs)
    if (spec?.kernel.kind === 'source' && port) return { node: id, port }
  }
  return null
}

/** The kind of node that opens files: its type, its picture and the param that names the file. */
export function opener(specs: Specs) {
  for (const spec of specs.values()) {
    const port = mainPort(spec.outputs)
    const param = Object.entries(spec.params).find(([, { kind }]) => kind === 'media')?.[0]
    if (spec.kernel.kind === 'source' && port && param) return { type: spec.type, port, param }
  }
  return null
}

/** Whether the value of a parameter of `node` can be seen in `view`. */
export const reaches = (document: GraphDocument, node: NodeId, view: Endpoint): boolean =>
  below(document, node).has(view.node)

const withParam = (document: GraphDocument, id: NodeId, { param }: Variants, value: Variants['values'][number]) => {
  const node = document.nodes[id]
  return node ? { ...node, params: { ...node.params, [param]: value } } : undefined
}

function composeVariants(document: GraphDocument, specs: Specs, view: Endpoint, variants: Variants): Composed | null {
  const { node, values } = variants
  const [first, ...rest] = values
  const changed = document.nodes[node]
  if (first === undefined || !changed || !reaches(document, node, view)) return null
  const reached = below(document, node)
  const affected = [...above(document, view.node)].filter((id) => reached.has(id))
  const nodes = { ...document.nodes }
  const edges = { ...document.edges }
  const copyOf = (id: NodeId, k: number) => (affected.includes(id) ? (`${id}~${k}` as NodeId) : id)
  rest.forEach((value, k) => {
    for (const id of affected) {
      const record = id === node ? withParam(document, id, variants, value) : document.nodes[id]
      if (!record) continue
      const copy = copyOf(id, k)
      nodes[copy] = { ...record, id: copy }
      for (const edge of inputsOf(document, id)) {
        const key = `${edge.id}~${k}` as EdgeId
        edges[key] = {
          id: key,
          from: { ...edge.from, node: copyOf(edge.from.node, k) },
          to: { ...edge.to, node: copy },
        }
      }
    }
  })
  nodes[node] = withParam(document, node, variants, first) ?? changed
  const label = specs.get(changed.type)?.params[variants.param]?.label ?? variants.param
  return {
    document: { ...document, nodes, edges },
    view,
    others: rest.map((_, k) => ({ ...view, node: copyOf(view.node, k) })),
    labels: values.map((value) => text.viewer.variants.picture(label, String(value))),
    graphs: values.map(() => null),
  }
}

export function compose(
  document: GraphDocument,
  specs: Specs,
  view: Endpoint,
  looking: Pick<LookingState, 'mode' | 'others' | 'reference' | 'variants'>,
  resolve: (output: Endpoint) => Endpoint | undefined = (output) => output,
): Composed {
  const varied = looking.variants && composeVariants(document, specs, view, looking.variants)
  if (varied) return varied
  const called = names(document, specs)
  const open = opener(specs)
  const source = sourceOf(document, specs, view)
  // An output of a subgraph stands for that of the node inside that makes it.
  const comparedAt = (end: Endpoint) => {
    const at = resolve(end)
    return at && document.nodes[at.node] ? { at, label: called.node(at.node) } : null
  }
  const nodes = { ...document.nodes }
  const edges = { ...document.edges }
  const resolved = (compared: Compared, k: number): { at: Endpoint; label: string } | null => {
    switch (compared.kind) {
      case 'source':
        return source && { at: source, label: text.viewer.output.source }
      case 'reference':
        if (!looking.reference || !open) return null
        nodes[referenceNode] = {
          id: referenceNode,
          type: open.type,
          title: text.viewer.output.reference,
          params: { [open.param]: { ...looking.reference } },
          position: { x: 0, y: 0 },
        }
        return { at: { node: referenceNode, port: open.port }, label: looking.reference.id }
      case 'output':
        return comparedAt(compared.at)
      case 'graph': {
        const other = embed(expand(compared.document, specs).document, document, specs, k)
        if (!other.view) return null
        Object.assign(nodes, other.nodes)
        Object.assign(edges, other.edges)
        return { at: other.view, label: compared.title }
      }
    }
  }
  // C and D are seen side by side only.
  const wanted = looking.mode === 'side' ? looking.others : looking.others.slice(0, 1)
  const shown = wanted.flatMap((compared, k) => {
    const found = resolved(compared, k)
    return found ? [{ ...found, compared }] : []
  })
  const more = shown.some(({ compared }) => compared.kind === 'reference' || compared.kind === 'graph')
  return {
    document: more ? { ...document, nodes, edges } : document,
    view,
    others: shown.map(({ at }) => at),
    labels: [called.node(view.node), ...shown.map(({ label }) => label)],
    graphs: [null, ...shown.map(({ compared }) => (compared.kind === 'graph' ? compared : null))],
  }
}
