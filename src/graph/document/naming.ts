/** How problems call things: by what a person reads on the canvas, with the id where two nodes read alike. */

import type { Specs } from '../node/spec.ts'
import { type AnyNodeId, type Graph, type NodeId, type NodeRecord, nodeOf } from './document.ts'
import { specOf } from './subgraph.ts'

export interface Names<Id extends AnyNodeId = NodeId> {
  /** `Grain`, or `Grain (grain-2)` where several nodes are called Grain. */
  node(id: Id): string
  /** The label of an input: `Base`; the bare name in quotes where the type does not declare it. */
  input(id: Id, port: string): string
  output(id: Id, port: string): string
}

/** The title on a node's card: its own, else its type's, else the type itself. */
export function titleOf<Id extends AnyNodeId>(document: Graph<Id>, specs: Specs, id: Id): string {
  const record = nodeOf(document, id)
  return record ? titleOfRecord(specs, record) : id
}

export const titleOfRecord = (specs: Specs, record: NodeRecord<AnyNodeId>): string =>
  record.title ?? specOf(specs, record)?.title ?? record.type

export function names<Id extends AnyNodeId>(document: Graph<Id>, specs: Specs): Names<Id> {
  let counts: Map<string, number> | undefined
  const count = (title: string): number => {
    if (!counts) {
      counts = new Map()
      for (const id of Object.keys(document.nodes) as Id[]) {
        const other = titleOf(document, specs, id)
        counts.set(other, (counts.get(other) ?? 0) + 1)
      }
    }
    return counts.get(title) ?? 0
  }
  const label = (id: Id, port: string, side: 'inputs' | 'outputs') => {
    const record = nodeOf(document, id)
    const ports = specOf(specs, record)?.[side]
    return (ports && Object.hasOwn(ports, port) ? ports[port]?.label : undefined) ?? `"${port}"`
  }
  return {
    node(id) {
      const title = titleOf(document, specs, id)
      return count(title) > 1 && title !== id ? `${title} (${id})` : title
    },
    input: (id, port) => label(id, port, 'inputs'),
    output: (id, port) => label(id, port, 'outputs'),
  }
}
