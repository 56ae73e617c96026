/** What follows from the document and the facts: sizes, problems, which ports are wired. Computed once per change. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { EdgeRecord, GraphDocument, NodeId } from '../../graph/document.ts'
import { defaultTextureSize, type Inference, inferAll } from '../../graph/infer.ts'
import type { Problem } from '../../graph/problems.ts'
import type { Specs } from '../../graph/spec.ts'
import { problemsOfParams } from '../../graph/validate.ts'
import { paramValues } from '../../graph/values.ts'
import { assetRef } from '../values.ts'
import { assetFacts, type FactsState } from './facts.ts'

export interface WiredPorts {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

export interface DerivedState {
  readonly inference: Inference
  readonly problems: readonly Problem[]
  readonly problemsOf: ReadonlyMap<NodeId, readonly Problem[]>
  readonly wrongEdges: ReadonlySet<string>
  readonly wiredPorts: ReadonlyMap<NodeId, WiredPorts>
}

export interface DerivedStore extends StoreApi<DerivedState> {
  update(document: GraphDocument, facts: FactsState): void
}

export function createDerivedStore(specs: Specs, document: GraphDocument, facts: FactsState): DerivedStore {
  const store = createStore<DerivedState>(() => derive(document, specs, facts, undefined))
  return {
    ...store,
    update(document, facts) {
      store.setState((before) => derive(document, specs, facts, before))
    },
  }
}

function derive(
  document: GraphDocument,
  specs: Specs,
  facts: FactsState,
  before: DerivedState | undefined,
): DerivedState {
  const textureSize = facts.engine?.adapter?.maxTextureSize ?? defaultTextureSize
  const inference = inferAll(document, specs, assetFacts(facts), { textureSize })
  const problems = [...inference.problems, ...problemsOfParams(document, specs)].flatMap((problem) =>
    better(problem, document, specs, facts),
  )
  const byNode = new Map<NodeId, Problem[]>()
  const wrongEdges = new Set<string>()
  for (const problem of problems) {
    if (problem.edge) wrongEdges.add(problem.edge)
    if (problem.node) byNode.set(problem.node, [...(byNode.get(problem.node) ?? []), problem])
  }
  return {
    inference,
    problems,
    problemsOf: keepEqual(byNode, before?.problemsOf),
    wrongEdges,
    wiredPorts: wiredPorts(document, before?.wiredPorts),
  }
}

/**
 * While a file is being read, its absence is not a problem yet; once reading has failed, the reason says more
 * than “missing”.
 */
function better(problem: Problem, document: GraphDocument, specs: Specs, facts: FactsState): readonly Problem[] {
  if (problem.code !== 'missing-media' && problem.code !== 'missing-model') return [problem]
  const node = problem.node && document.nodes[problem.node]
  const spec = node && specs.get(node.type)
  if (!spec) return [problem]
  const values = paramValues(spec, node)
  const kind = problem.code === 'missing-media' ? 'media' : 'model'
  const asked = Object.entries(spec.params)
    .filter(([name, param]) => param.kind === kind && (problem.param === undefined || problem.param === name))
    .flatMap(([name]) => assetRef(values[name]) ?? [])
    .map((ref) => (kind === 'media' ? facts.media : facts.models).get(ref.id))
  if (asked.some((known) => known?.state === 'asking')) return []
  const failed = asked.find((known) => known?.state === 'failed')
  if (failed?.state !== 'failed' || failed.problems.length === 0) return [problem]
  return failed.problems.map((reason) => ({ ...reason, node: node.id }))
}

/** Most changes leave the wires alone. */
const wiredPortsOf = new WeakMap<GraphDocument['edges'], ReadonlyMap<NodeId, WiredPorts>>()

function wiredPorts(document: GraphDocument, before: ReadonlyMap<NodeId, WiredPorts> | undefined) {
  const known = wiredPortsOf.get(document.edges)
  if (known) return known
  const ports = keepEqual(collectPorts(document), before)
  wiredPortsOf.set(document.edges, ports)
  return ports
}

function collectPorts(document: GraphDocument): Map<NodeId, WiredPorts> {
  const ports = new Map<NodeId, { inputs: string[]; outputs: string[] }>()
  const of = (id: NodeId) => {
    const known = ports.get(id) ?? { inputs: [], outputs: [] }
    ports.set(id, known)
    return known
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
