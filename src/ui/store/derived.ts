/**
 * What follows from the document and the facts: sizes, problems, which ports are wired. Computed once per change, for
 * the whole; what cards and wires ask for is told by the names of the level that is open.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import { type Expansion, expand } from '../../graph/analysis/expand.ts'
import { defaultTextureSize, type Inference, inferAll } from '../../graph/analysis/infer.ts'
import { problemsOfParams } from '../../graph/analysis/validate.ts'
import {
  type AnyDocument,
  type EdgeId,
  type EdgeRecord,
  type Endpoint,
  endpointKey,
  type FlatDocument,
  type FlatId,
  type Graph,
  type GraphDocument,
  type NodeId,
  type NodeRecord,
} from '../../graph/document/document.ts'
import { flatId, graphAt, type Path, placeOf } from '../../graph/document/levels.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import type { ValueDesc } from '../../graph/node/ports.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { dirty, sameTitles } from '../../graph/plan/dirty.ts'
import { assetRef } from '../kit/value-text.ts'
import { assetFacts, type FactsState, knownAsset } from './facts-store.ts'

export interface WiredPorts {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** What is known of the nodes on one level, by their ids there. */
export interface LevelInference extends Pick<Inference, 'descs'> {
  source(node: NodeId, input: string): Endpoint | undefined
  readonly resting: ReadonlySet<NodeId>
}

export interface DerivedState {
  /** All levels as one. */
  readonly expansion: Expansion
  readonly inference: LevelInference
  /** Of all levels, by names from outside. */
  readonly all: Inference
  /**
   * Of the whole, whatever found them: what the graph is, what a preview met, what an export met. Nodes within subgraphs by
   * their names from outside.
   */
  readonly problems: readonly Problem[]
  /** Those of them that the graph itself has, before anything is rendered. */
  readonly standing: readonly Problem[]
  /** By node of the open level; what is wrong within a subgraph stands on its card. */
  readonly problemsOf: ReadonlyMap<NodeId, readonly Problem<NodeId>[]>
  readonly wrongEdges: ReadonlySet<string>
  readonly wiredPorts: ReadonlyMap<NodeId, WiredPorts>
}

export interface DerivedStore extends StoreApi<DerivedState> {
  /** @param failures what rendering met, by names from outside */
  update(document: GraphDocument, path: Path, facts: FactsState, failures: readonly Problem[]): void
}

export function createDerivedStore(specs: Specs, document: GraphDocument, facts: FactsState): DerivedStore {
  let findings = findOut(expand(document, specs), specs, facts, undefined)
  const store = createStore<DerivedState>(() => derive(document, [], specs, findings, [], undefined))
  return {
    ...store,
    update(document, path, facts, failures) {
      findings = findOut(expand(document, specs), specs, facts, findings)
      store.setState((before) => derive(document, path, specs, findings, failures, before))
    },
  }
}

/** What the whole graph is found to be. */
interface Findings extends Pick<DerivedState, 'expansion' | 'standing'> {
  readonly inference: Inference
  /** What it was found with. */
  readonly facts: FactsState
}

const textureSizeOf = ({ engine }: FactsState) => engine?.adapter?.maxTextureSize ?? defaultTextureSize

/** Infers nothing where a value changed that no size and no problem depends on, or where a node was moved. */
function findOut(expansion: Expansion, specs: Specs, facts: FactsState, before: Findings | undefined): Findings {
  const flat = expansion.document
  const files = assetFacts(facts)
  const textureSize = textureSizeOf(facts)
  if (before) {
    const sameFacts = facts.assets === before.facts.assets
    const sameLimits = textureSize === textureSizeOf(before.facts)
    const was = before.expansion.document
    const knownParts = { ...before.inference, facts: files }
    if (sameFacts && sameLimits && sameTitles(was, flat) && dirty(was, flat, specs, knownParts) !== 'plan')
      return { ...before, expansion }
  }
  const inference = inferAll(flat, specs, files, { textureSize })
  const standing = [...inference.problems, ...problemsOfParams(flat, specs)].flatMap((problem) =>
    better(problem, flat, specs, facts),
  )
  return { expansion, inference, standing, facts }
}

/** A problem of the whole as one of a node on this level, where it can be seen there. */
export function problemOn(path: Path, problem: Problem, expansion: Expansion): Problem<NodeId> | undefined {
  const { node, port, param, edge, ...details } = problem
  const place = node && expansion.seenFrom(path, node, port)
  if (!node || !place) return undefined
  const own = placeOf(node).path.length === path.length
  const local = own && edge ? edgeOn(path, edge) : undefined
  return {
    ...details,
    node: place.node,
    ...(place.port === undefined ? {} : { port: place.port }),
    ...(own && param !== undefined ? { param } : {}),
    ...(local ? { edge: local } : {}),
  }
}

function edgeOn(path: Path, edge: EdgeId): EdgeId | undefined {
  const prefix = path.map((id) => `${id}/`).join('')
  return edge.startsWith(prefix) ? (edge.slice(prefix.length) as EdgeId) : undefined
}

function derive(
  document: GraphDocument,
  path: Path,
  specs: Specs,
  { expansion, inference, standing }: Findings,
  failures: readonly Problem[],
  before: DerivedState | undefined,
): DerivedState {
  const problems = withFailures(standing, failures, expansion.document)
  const level = graphAt(document, path) ?? document
  const byNode = new Map<NodeId, Problem<NodeId>[]>()
  const wrongEdges = new Set<string>()
  for (const each of problems) {
    const problem = problemOn(path, each, expansion)
    const edge = problem?.edge ?? (path.length === 0 && !each.node ? each.edge : undefined)
    if (edge) wrongEdges.add(edge)
    if (problem?.node) byNode.set(problem.node, [...(byNode.get(problem.node) ?? []), problem])
  }
  return {
    expansion,
    inference: inferenceOn(level, path, specs, expansion, inference),
    all: inference,
    problems,
    standing,
    problemsOf: keepEqual(byNode, before?.problemsOf),
    wrongEdges,
    wiredPorts: wiredPorts(level, before?.wiredPorts),
  }
}

/** Rendering refuses what is known to be wrong in the same words; a node that is gone has no failure. */
function withFailures(
  standing: readonly Problem[],
  failures: readonly Problem[],
  flat: FlatDocument,
): readonly Problem[] {
  const messages = new Set(standing.map(({ message }) => message))
  const more = failures.filter(({ message, node }) => {
    if (messages.has(message) || (node && !flat.nodes[node])) return false
    messages.add(message)
    return true
  })
  return more.length === 0 ? standing : [...standing, ...more]
}

/** What `all` says of the nodes on the level at `path`. */
export function inferenceOn(
  level: Graph,
  path: Path,
  specs: Specs,
  expansion: Expansion,
  all: Inference,
): LevelInference {
  if (level === (expansion.document as AnyDocument))
    return {
      descs: all.descs,
      source(node, input) {
        const from = all.source(flatId(path, node), input)
        return from && { node: placeOf(from.node).id, port: from.port }
      },
      resting: new Set([...all.wiring.restingNodes].map((id) => placeOf(id).id)),
    }
  const descs = new Map<string, ValueDesc>()
  const resting = new Set<NodeId>()
  for (const record of Object.values<NodeRecord>(level.nodes)) {
    const outputs = Object.keys(specOf(specs, record)?.outputs ?? {})
    const resolvedOutputs = outputs.map(
      (port) => [port, expansion.resolve({ node: flatId(path, record.id), port })] as const,
    )
    for (const [port, from] of resolvedOutputs) {
      const desc = from && all.descs.get(endpointKey(from))
      if (desc) descs.set(`${record.id}.${port}`, desc)
    }
    const rests = (id: FlatId) => all.wiring.restingNodes.has(id)
    const inside = resolvedOutputs.flatMap(([, from]) => (from ? [from.node] : []))
    if (rests(flatId(path, record.id)) || (inside.length > 0 && inside.every(rests))) resting.add(record.id)
  }
  const sources = new Map(Object.values<EdgeRecord>(level.edges).map(({ from, to }) => [endpointKey(to), from]))
  return { descs, resting, source: (node, input) => sources.get(`${node}.${input}`) }
}

/**
 * While a file is being read, its absence is not a problem yet; once reading has failed, the reason says more
 * than “missing”.
 */
function better(problem: Problem, document: FlatDocument, specs: Specs, facts: FactsState): readonly Problem[] {
  if (problem.code !== 'missing-asset') return [problem]
  const node = problem.node && document.nodes[problem.node]
  const spec = node && specs.get(node.type)
  if (!spec) return [problem]
  const values = paramValues(spec, node)
  const assets = Object.entries(spec.params).flatMap(([name, param]) => {
    const ref = param.kind === 'asset' && problem.param === name ? assetRef(values[name]) : null
    return ref && param.kind === 'asset' ? [knownAsset(facts.assets, param.asset, ref)] : []
  })
  if (assets.some((asset) => asset?.state === 'asking')) return []
  const failedAsset = assets.find((asset) => asset?.state === 'failed')
  if (failedAsset?.state !== 'failed' || failedAsset.problems.length === 0) return [problem]
  return failedAsset.problems.map((reason) => ({ ...reason, node: node.id }))
}

/** Most changes leave the wires alone. */
const wiredPortsOf = new WeakMap<Graph['edges'], ReadonlyMap<NodeId, WiredPorts>>()

function wiredPorts(document: Graph, before: ReadonlyMap<NodeId, WiredPorts> | undefined) {
  const knownPorts = wiredPortsOf.get(document.edges)
  if (knownPorts) return knownPorts
  const ports = keepEqual(collectPorts(document), before)
  wiredPortsOf.set(document.edges, ports)
  return ports
}

function collectPorts(document: Graph): Map<NodeId, WiredPorts> {
  const ports = new Map<NodeId, { inputs: string[]; outputs: string[] }>()
  const of = (id: NodeId) => {
    const nodePorts = ports.get(id) ?? { inputs: [], outputs: [] }
    ports.set(id, nodePorts)
    return nodePorts
  }
  for (const { from, to } of Object.values<EdgeRecord>(document.edges)) {
    const outputs = of(from.node).outputs
    if (!outputs.includes(from.port)) outputs.push(from.port)
    of(to.node).inputs.push(to.port)
  }
  return ports
}

/** Entries equal to those of before keep their identity, so that only cards that changed are drawn again. */
function keepEqual<K, V>(now: Map<K, V>, before: ReadonlyMap<K, V> | undefined): ReadonlyMap<K, V> {
  if (!before) return now
  for (const [key, value] of now) {
    const old = before.get(key)
    if (old !== undefined && JSON.stringify(old) === JSON.stringify(value)) now.set(key, old)
  }
  return now
}
