/** From a document to a plan that can be prepared, or to the problems that stand in its way. */

import type { FlatDocument } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { defaultLimits, type PlanRequest, plan } from '../../graph/plan/plan.ts'
import type { Outcome } from '../door/api.ts'
import type { Assets } from './assets.ts'
import type { Planned } from './prepare.ts'

export interface PlanningParts {
  readonly specs: Specs
  readonly assets: Assets
  readonly device: GPUDevice
}

/** Planning knows a missing file only as missing; opening it has said why, which is what people should read. */
function withReasons(problems: readonly Problem[], reasons: readonly Problem[]): readonly Problem[] {
  const missing = new Set(['missing-media', 'missing-model'])
  return problems.map((problem) =>
    missing.has(problem.code) ? (reasons.find((reason) => reason.node === problem.node) ?? problem) : problem,
  )
}

export async function planDocument(
  document: FlatDocument,
  targets: PlanRequest['targets'],
  parts: PlanningParts,
): Promise<Outcome<Planned>> {
  const { specs, assets, device } = parts
  const reasons = await assets.ensure(document)
  const outcome = plan({
    document,
    specs,
    facts: assets.facts,
    targets,
    limits: {
      sampledTextures: device.limits.maxSampledTexturesPerShaderStage,
      storageTextures: device.limits.maxStorageTexturesPerShaderStage,
      textureSize: device.limits.maxTextureDimension2D,
      textureBytes: defaultLimits.textureBytes,
    },
  })
  if (outcome.ok) return { ok: true, value: outcome }
  return { ok: false, problems: withReasons(outcome.problems, reasons) }
}
