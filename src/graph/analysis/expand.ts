/**
 * Subgraphs unfolded: one plain document of all levels, with ids as `levels.ts` makes them, for everything that
 * infers, plans and runs. Bypassed and muted subgraphs stay as they are, since nothing in them runs: they are passed
 * over like any other node.
 */
import {
  type AnyDocument,
  type AnyNodeId,
  type EdgeId,
  type EdgeRecord,
  endpointKey,
  type FlatDocument,
  type FlatEndpoint,
  type FlatId,
  type Graph,
  type NodeId,
  type NodeRecord,
  nodeOf,
} from '../document/document.ts'
import { flatId, type Path, placeOf } from '../document/levels.ts'
import { names } from '../document/naming.ts'
import type { Problem } from '../document/problems.ts'
import { boundaryOf, isSubgraph, promotedOf, sideOf, specOf } from '../document/subgraph.ts'
import type { Specs } from '../node/spec.ts'
import { goodWires } from './wiring.ts'

export interface Expansion {
  /** Without subgraphs, but for bypassed and muted ones; the very document where it has none. */
  readonly document: FlatDocument
  /**
   * The output of a plain node behind one of any level, a subgraph's or its boundary's among them, by the names that
   * hold from outside; `undefined` where nothing leads there.
   */
  resolve(output: FlatEndpoint): FlatEndpoint | undefined
  /** What is wrong with wires that end on subgraphs or on their boundaries; `validate` tells of all others. */
  readonly problems: readonly Problem[]
  /** Endpoint keys of inputs on which only such wires end. */
  readonly brokenInputs: ReadonlySet<string>
  /**
   * Where on the level `path` something deeper shows: the node itself, or the subgraph that holds it, and the input
   * of that by which the deeper input is fed. `undefined`: it is not to be seen from there.
   */
  seenFrom(path: Path, node: FlatId, port?: string): { readonly node: NodeId; readonly port?: string } | undefined
}

const runs = (record: NodeRecord): boolean => !record.bypass && !record.mute

/** Records of the outermost level stay the very ones: their ids read the same from outside. */
function asFlat(record: NodeRecord): NodeRecord<FlatId>
function asFlat(record: EdgeRecord): EdgeRecord<FlatId>
function asFlat(record: NodeRecord | EdgeRecord): unknown {
  return record
}

/** Wires are called from outside as nodes are. */
const flatEdgeId = (path: Path, id: EdgeId): EdgeId => flatId(path, id as string as NodeId) as string as EdgeId

class Unfolding {
  readonly nodes: Record<FlatId, NodeRecord<FlatId>> = {}
  readonly problems: Problem[] = []
  readonly brokenInputs = new Set<string>()
  /** Wires of all levels by the input that they end on, all ids as from outside. */
  readonly incoming = new Map<string, EdgeRecord<FlatId>>()
  /** Subgraphs that are unfolded, and their boundaries. */
  private readonly cards = new Map<FlatId, { readonly outputs: FlatId | undefined }>()
  private readonly cardOf = new Map<FlatId, FlatId>()
  private readonly outputsOf = new Map<FlatId, FlatId>()
  /** By endpoint key of a param on a card, where inside it stands, one level further in; and the way back. */
  private readonly levelToFlat = new Map<string, FlatEndpoint>()
  private readonly shownAs = new Map<string, FlatEndpoint>()
  /** Wires that end on plain nodes. */
  private readonly ends: EdgeRecord<FlatId>[] = []
  private readonly specs: Specs

  constructor(specs: Specs) {
    this.specs = specs
  }

  level(graph: Graph, path: Path, title: (text: string) => string): void {
    const structural = (id: NodeId) => {
      const record = nodeOf(graph, id)
      return record !== undefined && (sideOf(record) !== undefined || (isSubgraph(record) && runs(record)))
    }
    const nodeNames = names(graph, this.specs)
    for (const record of Object.values<NodeRecord>(graph.nodes)) {
      if (sideOf(record)) continue
      const id = flatId(path, record.id)
      if (!isSubgraph(record) || !runs(record)) {
        this.nodes[id] = path.length === 0 ? asFlat(record) : { ...record, id }
        continue
      }
      const within = [...path, record.id]
      const [inputs, outputs] = (['inputs', 'outputs'] as const).map((side) => boundaryOf(record.body, side)?.id)
      this.cards.set(id, { outputs: outputs && flatId(within, outputs) })
      if (inputs) this.cardOf.set(flatId(within, inputs), id)
      if (outputs) this.outputsOf.set(flatId(within, outputs), id)
      for (const [name, port] of Object.entries(specOf(this.specs, record)?.inputs ?? {})) {
        const promotion = port.drives && promotedOf(record, name)
        if (!promotion) continue
        const inner = { node: flatId(within, promotion.node), port: promotion.param }
        this.levelToFlat.set(`${id}.${name}`, inner)
        this.shownAs.set(endpointKey(inner), { node: id, port: name })
      }
      this.level(record.body, within, (text) => title(`${nodeNames.node(record.id)}: ${text}`))
    }
    const edges = Object.values<EdgeRecord>(graph.edges)
    const touching = edges.filter(({ from, to }) => structural(from.node) || structural(to.node))
    const { wires, brokenInputs, problems } = goodWires(graph, this.specs, touching, nodeNames)
    for (const { node, edge, message, ...problem } of problems)
      this.problems.push({
        ...problem,
        message: title(message),
        ...(node ? { node: flatId(path, node) } : {}),
        ...(edge ? { edge: flatEdgeId(path, edge) } : {}),
      })
    const put = (edge: EdgeRecord) => {
      const { id, from, to } = edge
      const flat: EdgeRecord<FlatId> =
        path.length === 0
          ? asFlat(edge)
          : {
              ...edge,
              id: flatEdgeId(path, id),
              from: { node: flatId(path, from.node), port: from.port },
              to: { node: flatId(path, to.node), port: to.port },
            }
      // An input with two wires is told of by whoever looks at all; the first counts here.
      const key = endpointKey(flat.to)
      if (!this.incoming.has(key)) this.incoming.set(key, flat)
      if (this.levelToFlat.has(key)) drive(flat, edge)
      else if (!structural(to.node)) this.ends.push(flat)
    }
    /** A wire that drives a param on a card drives that of the node inside. */
    const drive = (flat: EdgeRecord<FlatId>, edge: EdgeRecord) => {
      let inner = flat.to
      for (let next = this.levelToFlat.get(endpointKey(inner)); next; next = this.levelToFlat.get(endpointKey(inner)))
        inner = next
      const key = endpointKey(inner)
      if (!this.incoming.has(key)) {
        this.incoming.set(key, { ...flat, to: inner })
        this.ends.push({ ...flat, to: inner })
        return
      }
      const { node, port } = edge.to
      this.problems.push({
        code: 'two-wires',
        severity: 'error',
        node: flat.to.node,
        port,
        edge: flat.id,
        message: title(
          `${nodeNames.input(node, port)} of ${nodeNames.node(node)} is driven from outside while a number drives it inside already.`,
        ),
        hint: 'Remove one of the two wires.',
      })
    }
    for (const edge of wires.values()) put(edge)
    for (const edge of edges) if (!structural(edge.from.node) && !structural(edge.to.node)) put(edge)
    for (const key of brokenInputs) {
      const at = key.lastIndexOf('.')
      this.brokenInputs.add(`${flatId(path, key.slice(0, at) as NodeId)}${key.slice(at)}`)
    }
  }

  /** One step back from an output that no plain node has; the output itself where one has it. */
  resolve(output: FlatEndpoint): FlatEndpoint | undefined {
    const visitedKeys = new Set<string>()
    let at: FlatEndpoint | undefined = output
    while (at) {
      const key = endpointKey(at)
      if (visitedKeys.has(key)) return undefined
      visitedKeys.add(key)
      const card = this.cards.get(at.node)
      const outer = this.cardOf.get(at.node)
      if (card) at = card.outputs && this.incoming.get(`${card.outputs}.${at.port}`)?.from
      else if (outer !== undefined) at = this.incoming.get(`${outer}.${at.port}`)?.from
      else if (this.outputsOf.has(at.node)) at = this.incoming.get(key)?.from
      else return at
    }
    return undefined
  }

  edges(): Record<EdgeId, EdgeRecord<FlatId>> {
    const edges: Record<EdgeId, EdgeRecord<FlatId>> = {}
    for (const edge of this.ends) {
      const from = this.resolve(edge.from)
      if (from) edges[edge.id] = from === edge.from ? edge : { ...edge, from }
    }
    return edges
  }

  seenFrom(path: Path, node: FlatId, port?: string): { node: NodeId; port?: string } | undefined {
    const place = placeOf(node)
    if (place.path.length < path.length || path.some((id, n) => place.path[n] !== id)) return undefined
    if (place.path.length === path.length) return { node: place.id, ...(port === undefined ? {} : { port }) }
    let at: FlatEndpoint | undefined = port === undefined ? undefined : { node, port }
    while (at && placeOf(at.node).path.length > path.length) {
      const inner = this.shownAs.get(endpointKey(at))
      if (inner) {
        at = inner
        continue
      }
      const from: FlatEndpoint | undefined = this.incoming.get(endpointKey(at))?.from
      const card = from && this.cardOf.get(from.node)
      at = from && card !== undefined ? { node: card, port: from.port } : undefined
    }
    return { node: place.path[path.length]!, ...(at ? { port: at.port } : {}) }
  }
}

/** Of a document that has no subgraphs, which most have not: its ids are the same from outside. */
const asItIs = (document: FlatDocument): Expansion => ({
  document,
  resolve: (output) => output,
  problems: [],
  brokenInputs: new Set(),
  seenFrom(path, node, port) {
    if (path.length > 0) return undefined
    return { node: placeOf(node).id, ...(port === undefined ? {} : { port }) }
  },
})

/** Whether it has one level alone, where ids read as from outside. */
const isFlat = (document: AnyDocument): document is FlatDocument =>
  Object.values<NodeRecord<AnyNodeId>>(document.nodes).every((record) => !isSubgraph(record) && !sideOf(record))

function unfold(document: AnyDocument, specs: Specs): Expansion {
  if (isFlat(document)) return asItIs(document)
  const all = new Unfolding(specs)
  all.level(document, [], (text) => text)
  return {
    document: { ...document, nodes: all.nodes, edges: all.edges() },
    resolve: (output) => all.resolve(output),
    problems: all.problems,
    brokenInputs: all.brokenInputs,
    seenFrom: (path, node, port) => all.seenFrom(path, node, port),
  }
}

const cache = new WeakMap<AnyDocument, { readonly specs: Specs; readonly expansion: Expansion }>()

/** Unfolds every level. Costs once per document, and is its own result: unfolding what is unfolded changes nothing. */
export function expand(document: AnyDocument, specs: Specs): Expansion {
  const before = cache.get(document)
  if (before?.specs === specs) return before.expansion
  const expansion = unfold(document, specs)
  cache.set(document, { specs, expansion })
  // Whoever has only the flat document learns of it what was found on the way there.
  cache.set(expansion.document, { specs, expansion })
  return expansion
}
