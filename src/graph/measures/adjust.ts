/** Mends a symptom by a setting of a node that is there already: the dial of a model, the strength of a blend. */
import { inferAll } from '../analysis/infer.ts'
import { above } from '../analysis/upstream.ts'
import type { FlatId } from '../document/document.ts'
import { placeOf } from '../document/levels.ts'
import { type GraphDraft, setParam } from '../edits/edit.ts'
import type { AssetFacts } from '../node/facts.ts'
import type { Specs } from '../node/spec.ts'
import { paramValues } from '../node/values.ts'
import { type Subject, soughtIn } from './measured-graph.ts'
import type { Symptom } from './symptoms.ts'

/** A setting that is to be moved. */
export interface Adjusted {
  readonly node: FlatId
  readonly param: string
  readonly before: number
  readonly after: number
}

/**
 * The first of the symptom’s adjustments that some node on the way from the source to the picture allows, of the nearest such node:
 * it runs, the setting is its own (no wire, no mask in place of it), there is room to move it, and the graph stays as sound as it is.
 * `null`: none.
 */
export function adjustmentFor(subject: Subject, specs: Specs, facts: AssetFacts, symptom: Symptom): Adjusted | null {
  const { document } = subject
  const way = [...above(document, soughtIn(subject, specs, symptom).node)]
  const wired = (node: FlatId, port: string | undefined) =>
    port !== undefined && Object.values(document.edges).some(({ to }) => to.node === node && to.port === port)
  const errors = (of: Subject['document']) =>
    inferAll(of, specs, facts).problems.filter(({ severity }) => severity === 'error').length
  for (const { type, param, by, within, unlessWired } of symptom.adjust ?? [])
    for (const node of way) {
      const record = document.nodes[node]
      const spec = specs.get(type)
      if (!record || !spec || record.type !== type || record.bypass || record.mute) continue
      if (wired(node, param) || wired(node, unlessWired)) continue
      const before = paramValues(spec, record)[param]
      if (typeof before !== 'number') continue
      const after = Math.min(within[1], Math.max(within[0], before + by))
      if (Math.sign(after - before) !== Math.sign(by)) continue
      const changedRecord = { ...record, params: { ...record.params, [param]: after } }
      const set = { ...document, nodes: { ...document.nodes, [node]: changedRecord } }
      if (errors(set) <= errors(document)) return { node, param, before, after }
    }
  return null
}

/** Sets it on the level of its node, as one recipe. */
export function adjust(draft: GraphDraft, { node, param, after }: Adjusted): void {
  setParam(draft, placeOf(node).id, param, after)
}
