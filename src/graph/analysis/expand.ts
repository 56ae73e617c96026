/**
 * Subgraphs unfolded: one plain document of all levels, with ids as `levels.ts` makes them, for everything that
 * infers, plans and runs. Bypassed and muted subgraphs stay as they are, since nothing in them runs: they are passed
 * over like any other node.
 */
import {
  type EdgeId,
  type EdgeRecord,
  type Endpoint,
  endpointKey,
  type Graph,
  type GraphDocument,
  type NodeId,
  type NodeRecord,
  nodeOf,
} from '../document/document.ts'
import { flatId, type Path, placeOf } from '../document/levels.ts'
import { names } from '../document/naming.ts'
import type { Problem } from '../document/problems.ts'
import { boundaryOf, isSubgraph, sideOf } from '../document/subgraph.ts'
import type { Specs } from '../node/spec.ts'
import { goodWires } from './wiring.ts'

export interface Expansion {
  /** Without subgraphs, but for bypassed and muted ones; the very document where it has none. */
  readonly document: GraphDocument
  /**
   * The output of a plain node behind one of any level, a subgraph's or its boundary's among them, by the names that
   * hold from outside; `undefined` where nothing leads there.
   */
  resolve(output: Endpoint): Endpoint | undefined
  /** What is wrong with wires that end on subgraphs or on their boundaries; `validate` tells of all others. */
  readonly problems: readonly Problem[]
  /** Endpoint keys of inputs on which only such wires end. */
  readonly broken: ReadonlySet<string>
  /**
   * Where on the level `path` something deeper shows: the node itself, or the subgraph that holds it, and the input
   * of that by which the deeper input is fed. `undefined`: it is not to be seen from there.
   */
  seenFrom(path: Path, node: NodeId, port?: string): { readonly node: NodeId; readonly port?: string } | undefined
}

const runs = (record: NodeRecord): boolean => !record.bypass && !record.mute

const needsIt = (document: Graph): boolean =>
  Object.values<NodeRecord>(document.nodes).some((record) => isSubgraph(record) || sideOf(record))

class Unfolding {
  readonly nodes: Record<NodeId, NodeRecord> = {}
  readonly problems: Problem[] = []
  readonly broken = new Set<string>()
  /** Wires of all levels by the input that they end on, all ids as from outside. */
  readonly incoming = new Map<string, EdgeRecord>()
  /** Subgraphs that are unfolded, and their boundaries. */
  private readonly cards = new Map<NodeId, { readonly outputs: NodeId | undefined }>()
  private readonly cardOf = new Map<NodeId, NodeId>()
  private readonly outputsOf = new Map<NodeId, NodeId>()
  /** Wires that end on plain nodes. */
  private readonly ends: EdgeRecord[] = []
  private readonly specs: Specs

  constructor(specs: Specs) {
    this.specs = specs
  }

  level(graph: Graph, path: Path, title: (text: string) => string): void {
    const structural = (id: NodeId) => {
      const record = nodeOf(graph, id)
      return record !== undefined && (sideOf(record) !== undefined || (isSubgraph(record) && runs(record)))
    }
    const called = names(graph, this.specs)
    for (const record of Object.values<NodeRecord>(graph.nodes)) {
      if (sideOf(record)) continue
      const id = flatId(path, record.id)
      if (!isSubgraph(record) || !runs(record)) {
        this.nodes[id] = path.length === 0 ? record : { ...record, id }
        continue
      }
      const within = [...path, record.id]
      const [inputs, outputs] = (['inputs', 'outputs'] as const).map((side) => boundaryOf(record.body, side)?.id)
      this.cards.set(id, { outputs: outputs && flatId(within, outputs) })
      if (inputs) this.cardOf.set(flatId(within, inputs), id)
      if (outputs) this.outputsOf.set(flatId(within, outputs), id)
      this.level(record.body, within, (text) => title(`${called.node(record.id)}: ${text}`))
    }
    const edges = Object.values<EdgeRecord>(graph.edges)
    const touching = edges.filter(({ from, to }) => structural(from.node) || structural(to.node))
    const { wires, broken, problems } = goodWires(graph, this.specs, touching, called)
    for (const { node, edge, message, ...problem } of problems)
      this.problems.push({
        ...problem,
        message: title(message),
        ...(node ? { node: flatId(path, node) } : {}),
        ...(edge ? { edge: flatId(path, edge as string as NodeId) as string as EdgeId } : {}),
      })
    const put = (edge: EdgeRecord) => {
      const { id, from, to } = edge
      const flat =
        path.length === 0
          ? edge
          : {
              ...edge,
              id: flatId(path, id as string as NodeId) as string as EdgeId,
              from: { node: flatId(path, from.node), port: from.port },
              to: { node: flatId(path, to.node), port: to.port },
            }
      // An input with two wires is told of by whoever looks at all; the first counts here.
      const key = endpointKey(flat.to)
      if (!this.incoming.has(key)) this.incoming.set(key, flat)
      if (!structural(to.node)) this.ends.push(flat)
    }
    for (const edge of wires.values()) put(edge)
    for (const edge of edges) if (!structural(edge.from.node) && !structural(edge.to.node)) put(edge)
    for (const key of broken) {
      const at = key.lastIndexOf('.')
      this.broken.add(`${flatId(path, key.slice(0, at) as NodeId)}${key.slice(at)}`)
    }
  }

  /** One step back from an output that no plain node has; the output itself where one has it. */
  resolve(output: Endpoint): Endpoint | undefined {
    const seen = new Set<string>()
    let at: Endpoint | undefined = output
    while (at) {
      const key = endpointKey(at)
      if (seen.has(key)) return undefined
      seen.add(key)
      const card = this.cards.get(at.node)
      const outer = this.cardOf.get(at.node)
      if (card) at = card.outputs && this.incoming.get(`${card.outputs}.${at.port}`)?.from
      else if (outer !== undefined) at = this.incoming.get(`${outer}.${at.port}`)?.from
      else if (this.outputsOf.has(at.node)) at = this.incoming.get(key)?.from
      else return at
    }
    return undefined
  }

  edges(): Record<EdgeId, EdgeRecord> {
    const edges: Record<EdgeId, EdgeRecord> = {}
    for (const edge of this.ends) {
      const from = this.resolve(edge.from)
      if (from) edges[edge.id] = from === edge.from ? edge : { ...edge, from }
    }
    return edges
  }

  seenFrom(path: Path, node: NodeId, port?: string): { node: NodeId; port?: string } | undefined {
    const place = placeOf(node)
    if (place.path.length < path.length || path.some((id, n) => place.path[n] !== id)) return undefined
    if (place.path.length === path.length) return { node: place.id, ...(port === undefined ? {} : { port }) }
    let at: Endpoint | undefined = port === undefined ? undefined : { node, port }
    while (at && placeOf(at.node).path.length > path.length) {
      const from: Endpoint | undefined = this.incoming.get(endpointKey(at))?.from
      const card = from && this.cardOf.get(from.node)
      at = from && card !== undefined ? { node: card, port: from.port } : undefined
    }
    return { node: place.path[path.length]!, ...(at ? { port: at.port } : {}) }
  }
}

/** Of a document that has no subgraphs, which most have not. */
const asItIs = (document: GraphDocument): Expansion => ({
  document,
  resolve: (output) => output,
  problems: [],
  broken: new Set(),
  seenFrom: (path, node, port) => (path.length > 0 ? undefined : { node, ...(port === undefined ? {} : { port }) }),
})

function unfold(document: GraphDocument, specs: Specs): Expansion {
  if (!needsIt(document)) return asItIs(document)
  const all = new Unfolding(specs)
  all.level(document, [], (text) => text)
  return {
    document: { ...document, nodes: all.nodes, edges: all.edges() },
    resolve: (output) => all.resolve(output),
    problems: all.problems,
    broken: all.broken,
    seenFrom: (path, node, port) => all.seenFrom(path, node, port),
  }
}

const known = new WeakMap<GraphDocument, { readonly specs: Specs; readonly expansion: Expansion }>()

/** Unfolds every level. Costs once per document, and is its own result: unfolding what is unfolded changes nothing. */
export function expand(document: GraphDocument, specs: Specs): Expansion {
  const before = known.get(document)
  if (before?.specs === specs) return before.expansion
  const expansion = unfold(document, specs)
  known.set(document, { specs, expansion })
  // Whoever has only the flat document learns of it what was found on the way there.
  known.set(expansion.document, { specs, expansion })
  return expansion
}
