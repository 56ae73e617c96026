/** An executor for nodes made for a test, on a GPU of its own, given graphs that are planned and prepared as a session does it. */
import { expect } from 'vitest'
import { Executor } from '../../../src/engine/run/executor.ts'
import { createPreparer, type Preparer } from '../../../src/engine/run/prepare.ts'
import type { EngineParts, PlannedGraph } from '../../../src/engine/run/prepare-request.ts'
import type { PreparedGraph } from '../../../src/engine/run/prepared-graph.ts'
import { ResultCache } from '../../../src/engine/run/result-cache.ts'
import { expand } from '../../../src/graph/analysis/expand.ts'
import type { FlatDocument, FlatId, GraphDocument } from '../../../src/graph/document/document.ts'
import { plan } from '../../../src/graph/plan/plan.ts'
import type { NodeDefinition } from '../../../src/nodes/define.ts'
import { type PartsInUse, partsWithoutFiles } from '../engine-parts.ts'
import type { Bench } from '../harness.ts'

type Definitions = ReadonlyMap<string, NodeDefinition>

export const never = new AbortController().signal

/** @param targets `'m.score'` for what is looked at, or the sinks that are to run */
export function planOf(
  definitions: Definitions,
  document: FlatDocument,
  targets: readonly string[] | { readonly sinks: readonly FlatId[] },
): PlannedGraph {
  const outcome = plan({
    document,
    specs: definitions,
    facts: { media: () => undefined, model: () => undefined },
    targets:
      'sinks' in targets
        ? targets
        : targets.map((target) => {
            const [node, port] = target.split('.')
            return { node: node as FlatId, port: port! }
          }),
    limits: { sampledTextures: 16, storageTextures: 4, textureSize: 8192, textureBytes: 4e9 },
  })
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message, hint }) => `${message} ${hint}`).join('\n'))
  return outcome
}

export interface ExecutorBench {
  readonly parts: EngineParts
  readonly preparer: Preparer
  readonly executor: Executor
  readonly results: ResultCache
  prepare(document: FlatDocument, ...targets: readonly string[]): Promise<PreparedGraph>
  /** The same for a graph that may have subgraphs. */
  prepareWhole(document: GraphDocument, ...targets: readonly string[]): Promise<PreparedGraph>
  /** Fails where something that was lent is still out, or where the GPU was given something invalid. */
  close(): Promise<void>
}

export function openExecutorBench(bench: Bench, definitions: Definitions, inUse?: PartsInUse): ExecutorBench {
  const parts = partsWithoutFiles(bench.gpu, definitions, inUse)
  const preparer = createPreparer(parts)
  const executor = new Executor(parts)
  const results = new ResultCache(1e6)
  const prepare: ExecutorBench['prepare'] = async (document, ...targets) => {
    const outcome = planOf(definitions, document, targets)
    return preparer.prepare({ document, outcome, runtime: 'auto', signal: never })
  }
  return {
    parts,
    preparer,
    executor,
    results,
    prepare,
    prepareWhole: (document, ...targets) => prepare(expand(document, definitions).document, ...targets),
    async close() {
      results[Symbol.dispose]()
      await preparer[Symbol.asyncDispose]()
      executor[Symbol.dispose]()
      expect(bench.gpu.pool.stats.leases, 'leases still out').toBe(0)
      expect(bench.takeErrors()).toEqual([])
    },
  }
}
