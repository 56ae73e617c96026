/** From what is to be seen to one plan for it: the view with as many of the others as can be shown, drafted or in part. */

import { expand } from '../../graph/analysis/expand.ts'
import { endpointKey, type FlatDocument, type FlatEndpoint } from '../../graph/document/document.ts'
import type { ValueDesc } from '../../graph/node/ports.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { ValueId } from '../../graph/plan/execution-plan.ts'
import { inPixels, type Region, regionsOf, union } from '../../graph/plan/region.ts'
import type { Outcome, PreviewRequest, PreviewResult } from '../door/api.ts'
import { type PlanningParts, planOutputs } from '../run/planning.ts'
import type { Planned } from '../run/prepare.ts'
import { draftOf } from './draft.ts'

export interface ViewPlan {
  readonly planned: Planned
  /** The value of the view and of each of the others; `undefined` for one that cannot be shown. */
  readonly targets: readonly (ValueId | undefined)[]
  readonly others: PreviewResult['others']
  /** As the whole graph would give them. */
  readonly desc: ValueDesc | null
  readonly document: FlatDocument
  readonly draft: number
  /** What of each target is shown; nothing where all of it is. */
  readonly wanted: ReadonlyMap<ValueId, Region>
  /** What of each value is made for that. */
  readonly parts: ReadonlyMap<ValueId, Region>
}

/** Takes in as many of the others as can be shown; only what is wrong with the view itself stands in the way. */
export async function planViews(request: UnfoldedRequest, parts: PlanningParts): Promise<Outcome<ViewPlan>> {
  const whole = await planDrafted(request, 1, parts)
  // A box is drawn to see it as it will be.
  if (!whole.ok || request.region || !request.draft || request.draft <= 1) return whole
  const drafted = await planDrafted(request, request.draft, parts)
  if (!drafted.ok) return whole
  const { desc, others } = whole.value
  return { ok: true, value: { ...drafted.value, desc, others } }
}

async function planDrafted(request: UnfoldedRequest, draft: number, parts: PlanningParts): Promise<Outcome<ViewPlan>> {
  const { view, others = [] } = request
  const document = draftOf(request.document, parts.specs, draft)
  const together = await planOutputs(document, [view, ...others], parts)
  if (!together.ok) return together
  const { planned, targets, problems } = together.value
  const [viewProblems = [], ...otherProblems] = problems
  if (targets[0] === undefined) return { ok: false, problems: viewProblems }
  const { plan, descs } = planned
  const wanted = new Map<ValueId, Region>()
  for (const target of request.region ? targets : []) {
    if (target === undefined || !request.region) continue
    const region = inPixels(request.region, plan.values[target]!.desc)
    const known = wanted.get(target)
    wanted.set(target, known ? union(known, region) : region)
  }
  return {
    ok: true,
    value: {
      planned,
      targets,
      document,
      draft,
      wanted,
      parts: regionsOf(plan, document, parts.specs, parts.assets.facts, wanted),
      desc: descs.get(endpointKey(view)) ?? null,
      others: others.map((output, i) => ({
        desc: targets[i + 1] === undefined ? null : (descs.get(endpointKey(output)) ?? null),
        problems: otherProblems[i]!,
      })),
    },
  }
}

/** A request about plain nodes alone. */
export type UnfoldedRequest = PreviewRequest & { readonly document: FlatDocument }

/** The request for the plain nodes that subgraphs fold. */
export function unfolded(request: PreviewRequest, specs: Specs): UnfoldedRequest {
  const { document, resolve } = expand(request.document, specs)
  const plain = (output: FlatEndpoint) => resolve(output) ?? output
  return { ...request, document, view: plain(request.view), others: (request.others ?? []).map(plain) }
}
