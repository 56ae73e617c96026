/** Wires drawn, moved and taken away by hand. */
import {
  type AnyNodeId,
  type EdgeId,
  type Endpoint,
  endpointKey,
  type Graph,
  type NodeId,
  type Point,
} from '../../../graph/document/document.ts'
import { titleOf } from '../../../graph/document/naming.ts'
import type { Problem } from '../../../graph/document/problems.ts'
import { specOf } from '../../../graph/document/subgraph.ts'
import { leadOf } from '../../../graph/edits/dots.ts'
import * as recipes from '../../../graph/edits/edit.ts'
import type { PortType } from '../../../graph/node/ports.ts'
import type { Specs } from '../../../graph/node/spec.ts'
import { isNumberType } from '../../../graph/node/value-types.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import type { LooseWire } from '../../store/view.ts'
import { text } from '../../text/text.ts'
import { portTypeOf } from './add-node.ts'

const { edits } = text

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly tell: (problems: readonly Problem<AnyNodeId>[]) => void
}

export interface Wiring {
  canConnect(from: Endpoint, to: Endpoint): boolean
  /** `via`: the points that the new wire runs through. */
  connect(from: Endpoint, to: Endpoint, via?: readonly Point[]): void
  rewire(edge: EdgeId, from: Endpoint, to: Endpoint): void
  removeEdges(edges: readonly EdgeId[]): void
  portType(wire: LooseWire): PortType | undefined
  /** What of a node a number may be wired to: its inputs for numbers, and settings. */
  drivable(from: Endpoint, node: NodeId): readonly Drivable[]
}

export interface Drivable {
  /** Of the input or setting. */
  readonly name: string
  readonly label: string
}

export const drivableBy = (graph: Graph, specs: Specs, from: Endpoint, node: NodeId): readonly Drivable[] =>
  Object.entries(specOf(specs, graph.nodes[node])?.inputs ?? {})
    .filter(([port, { type }]) => isNumberType(type) && !recipes.connectProblem(graph, specs, from, { node, port }))
    .map(([name, { label }]) => ({ name, label }))

/** Of two nodes the numbers of the one, and the other, of which they may drive something. */
export function drivingPair(graph: Graph, specs: Specs, nodes: readonly NodeId[]) {
  if (nodes.length !== 2) return undefined
  for (const [giver, node] of [nodes, [...nodes].reverse()] as readonly (readonly NodeId[])[]) {
    if (!giver || !node) continue
    const outputs = Object.entries(specOf(specs, graph.nodes[giver])?.outputs ?? {})
    const from = outputs.filter(([, { type }]) => isNumberType(type)).map(([port]) => ({ node: giver, port }))
    if (from.some((each) => drivableBy(graph, specs, each, node).length > 0)) return { node, from }
  }
  return undefined
}

export function createWiring({ specs, document, tell }: Parts): Wiring {
  const graph = (): Graph => document.getState().level
  const title = ({ node }: Endpoint): string => titleOf(graph(), specs, node)
  return {
    canConnect: (from, to) => recipes.connectProblem(graph(), specs, from, to) === undefined,
    connect(from, to, via) {
      const problem = document.edit(edits.wire(title(from), title(to)), (draft) =>
        recipes.connect(draft, specs, from, to, via),
      )
      if (problem) tell([problem])
    },
    rewire(edge, from, to) {
      const old = graph().edges[edge]
      if (!old) return
      document.edit(edits.rewire(title(to)), (draft) => {
        const elsewhere = endpointKey(old.to) !== endpointKey(to)
        const lead = leadOf(graph(), from, old.via ?? [], edge)
        if (elsewhere) recipes.disconnect(draft, [edge])
        recipes.connect(draft, specs, from, to, elsewhere ? lead : undefined)
      })
    },
    removeEdges(edges) {
      document.edit(edits.removeWires(edges.length), (draft) => recipes.disconnect(draft, edges))
    },
    portType: (wire) => portTypeOf(graph(), specs, wire),
    drivable: (from, node) => drivableBy(graph(), specs, from, node),
  }
}
