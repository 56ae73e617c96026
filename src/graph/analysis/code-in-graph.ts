/** The code that people wrote into a graph: which nodes hold some, and the graph without it. */
import type { FlatDocument, FlatId, GraphDocument, NodeRecord } from '../document/document.ts'
import { allNodes } from '../document/levels.ts'
import { specOf } from '../document/subgraph.ts'
import type { CodeParam } from '../node/params.ts'
import type { Specs } from '../node/spec.ts'
import { paramValues } from '../node/values.ts'

export interface CodeInGraph {
  readonly node: FlatId
  readonly param: string
  readonly code: string
}

/** Whether it comes with the product, by its very text, whoever's graph it is in. */
export const isOwnCode = (param: Pick<CodeParam, 'default' | 'shippedCodes'>, code: string): boolean =>
  code === param.default || param.shippedCodes.includes(code)

/** What of a node's params is code that does not come with the product. */
function codeIn(specs: Specs, node: FlatId, record: Pick<NodeRecord, 'type' | 'params' | 'body'>): CodeInGraph[] {
  // What a subgraph shows of its nodes is theirs.
  const spec = record.body ? undefined : specOf(specs, record)
  const codeParams = Object.entries(spec?.params ?? {}).flatMap(([param, paramSpec]) =>
    paramSpec.kind === 'code' ? [[param, paramSpec] as const] : [],
  )
  if (!spec || codeParams.length === 0) return []
  const values = paramValues(spec, record)
  return codeParams.flatMap(([param, paramSpec]) => {
    const code = String(values[param])
    return isOwnCode(paramSpec, code) ? [] : [{ node, param, code }]
  })
}

/** On all levels, also of nodes that rest. */
export const codeInGraph = (document: GraphDocument, specs: Specs): readonly CodeInGraph[] =>
  [...allNodes(document)].flatMap(([id, record]) => codeIn(specs, id, record))

/** Of nodes that would run. */
export const codeThatRuns = (document: FlatDocument, specs: Specs): readonly CodeInGraph[] =>
  Object.values(document.nodes).flatMap((record) =>
    record.bypass || record.mute ? [] : codeIn(specs, record.id, record),
  )

/** The graph with these nodes bypassed. */
export function withoutNodes(document: FlatDocument, nodes: readonly FlatId[]): FlatDocument {
  if (nodes.length === 0) return document
  const entries = nodes.map((id) => [id, { ...document.nodes[id]!, bypass: true }] as const)
  return { ...document, nodes: { ...document.nodes, ...Object.fromEntries(entries) } }
}
