/** Wires drawn, moved and taken away by hand. */
import {
  type AnyNodeId,
  type EdgeId,
  type Endpoint,
  endpointKey,
  type Graph,
  type Point,
} from '../../../graph/document/document.ts'
import { titleOf } from '../../../graph/document/naming.ts'
import type { Problem } from '../../../graph/document/problems.ts'
import { leadOf } from '../../../graph/edits/dots.ts'
import * as recipes from '../../../graph/edits/edit.ts'
import type { PortType } from '../../../graph/node/ports.ts'
import type { Specs } from '../../../graph/node/spec.ts'
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
  }
}
