/**
 * What failed in exports, as of the nodes of the open graph. A node that is folded into a subgraph, unfolded or regrouped has
 * another name then, and is followed from one to the next for as long as its export is in the list.
 */
import { expand } from '../../graph/analysis/expand.ts'
import type { FlatDocument, FlatId } from '../../graph/document/document.ts'
import { sameJson } from '../../graph/document/json.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { renamedNodes } from '../../graph/plan/dirty.ts'
import type { ExportJob } from './export-job.ts'

export class ExportedFailures {
  readonly #specs: Specs
  /** By what was exported: what its nodes are called now, where that is something else. */
  readonly #names = new WeakMap<ExportJob['request'], Map<FlatId, FlatId>>()

  constructor(specs: Specs) {
    this.#specs = specs
  }

  /** The open graph was `before` and is `after`. */
  follow(jobs: readonly ExportJob[], before: FlatDocument, after: FlatDocument): void {
    if (jobs.length === 0) return
    const newIds = renamedNodes(before, after)
    if (newIds.size === 0) return
    for (const { request } of jobs) {
      const names = this.#namesOf(request, before)
      const entries = [...newIds].flatMap(([was, now]) => {
        const then = [...names].find(([, name]) => name === was)?.[0] ?? (names.has(was) ? undefined : was)
        return then === undefined ? [] : [[then, now] as const]
      })
      for (const [then, now] of entries) names.set(then, now)
    }
  }

  /** Of nodes that are still as they were exported. */
  problems(jobs: readonly ExportJob[], now: FlatDocument): readonly Problem[] {
    return jobs.flatMap(({ state, request }) => {
      if (state.kind !== 'failed') return []
      const then = expand(request.document, this.#specs).document
      const names = this.#namesOf(request, now)
      return state.problems.flatMap((problem) => {
        const node = problem.node && (names.get(problem.node) ?? problem.node)
        const isSame =
          node && problem.node && now.nodes[node] && sameJson(now.nodes[node].params, then.nodes[problem.node]?.params)
        return isSame ? [{ ...problem, node }] : []
      })
    })
  }

  /** Of an export that is met for the first time, as after a reload, the open graph is compared with what was exported. */
  #namesOf(request: ExportJob['request'], now: FlatDocument): Map<FlatId, FlatId> {
    const knownNames = this.#names.get(request)
    if (knownNames) return knownNames
    const names = new Map(renamedNodes(expand(request.document, this.#specs).document, now))
    this.#names.set(request, names)
    return names
  }
}
