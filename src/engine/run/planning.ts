/** From a document to a plan that can be prepared, or to the problems that stand in its way. */

import { problemsOfCode } from '../../graph/analysis/code-problems.ts'
import type { FlatDocument, FlatEndpoint, FlatId } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { ValueId } from '../../graph/plan/execution-plan.ts'
import { defaultLimits, type PlanRequest, plan } from '../../graph/plan/plan.ts'
import type { Outcome } from '../door/api.ts'
import type { Assets } from './known-assets.ts'
import type { PlannedGraph } from './prepare-request.ts'

export interface PlanningParts {
  readonly specs: Specs
  readonly assets: Assets
  /** Planned once all is known of the files that will be: for work on the whole of a clip. */
  readonly whole?: boolean
  /** See `PlanRequest`. */
  readonly begins?: FlatId
  readonly device: {
    readonly limits: Pick<
      GPUSupportedLimits,
      'maxSampledTexturesPerShaderStage' | 'maxStorageTexturesPerShaderStage' | 'maxTextureDimension2D'
    >
  }
}

/** Planning knows a missing file only as missing; opening it has said why, which is what people should read. */
function withReasons(problems: readonly Problem[], reasons: readonly Problem[]): readonly Problem[] {
  return problems.map((problem) =>
    problem.code === 'missing-asset' ? (reasons.find((reason) => reason.node === problem.node) ?? problem) : problem,
  )
}

export async function planDocument(
  document: FlatDocument,
  targets: PlanRequest['targets'],
  parts: PlanningParts,
): Promise<Outcome<PlannedGraph>> {
  const { specs, assets, device, whole, begins } = parts
  const reasons = await assets.ensure(document, whole)
  const outcome = plan({
    document,
    specs,
    facts: assets.facts,
    targets,
    begins,
    limits: {
      sampledTextures: device.limits.maxSampledTexturesPerShaderStage,
      storageTextures: device.limits.maxStorageTexturesPerShaderStage,
      textureSize: device.limits.maxTextureDimension2D,
      textureBytes: defaultLimits.textureBytes,
    },
  })
  if (outcome.ok) {
    const runs = new Set(outcome.plan.steps.flatMap(({ nodes }) => nodes))
    const wrong = problemsOfCode(document, specs).filter(({ node }) => node && runs.has(node))
    return wrong.length > 0 ? { ok: false, problems: wrong } : { ok: true, value: outcome }
  }
  return { ok: false, problems: withReasons(outcome.problems, reasons) }
}

export interface PlannedOutputs {
  /** Of those of the outputs together that can be made. */
  readonly outcome: PlannedGraph
  /** The value of each output; `undefined` for one that cannot be made. */
  readonly targets: readonly (ValueId | undefined)[]
  /** For each output what stands in its way. */
  readonly problems: readonly (readonly Problem[])[]
}

/** One plan for as many of the outputs as can be made; only where none can, their problems. */
export async function planOutputs(
  document: FlatDocument,
  outputs: readonly FlatEndpoint[],
  parts: PlanningParts,
): Promise<Outcome<PlannedOutputs>> {
  const all = await planDocument(document, outputs, parts)
  if (all.ok)
    return { ok: true, value: { outcome: all.value, targets: all.value.shownTargets, problems: outputs.map(() => []) } }
  // Which of them cannot be made, each by itself tells.
  const outcomes: Outcome<PlannedGraph>[] = []
  for (const output of outputs) outcomes.push(await planDocument(document, [output], parts))
  const good = outputs.filter((_, i) => outcomes[i]!.ok)
  const problems = outcomes.map((outcome) => (outcome.ok ? [] : outcome.problems))
  if (good.length === 0) return { ok: false, problems: problems.flat() }
  const together = await planDocument(document, good, parts)
  if (!together.ok) return together
  let next = 0
  const targets = outcomes.map(({ ok }) => (ok ? together.value.shownTargets[next++] : undefined))
  return { ok: true, value: { outcome: together.value, targets, problems } }
}
