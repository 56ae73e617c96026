/** From what is to be seen to one plan for it: the view with as many of the others as can be shown, drafted or in part. */

import { expand } from '../../graph/analysis/expand.ts'
import { endpointKey, type FlatDocument, type FlatEndpoint } from '../../graph/document/document.ts'
import type { ValueDesc } from '../../graph/node/ports.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { ValueId } from '../../graph/plan/execution-plan.ts'
import { inPixels, type Region, regionsOf, union } from '../../graph/plan/region.ts'
import type { Outcome, PreviewRequest, PreviewResult } from '../door/api.ts'
import { type PlanningParts, planDocument } from '../run/planning.ts'
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
  const first = await planDocument(document, [view], parts)
  if (!first.ok) return first
  const outcomes: Outcome<Planned>[] = [first]
  for (const output of others) outcomes.push(await planDocument(document, [output], parts))
  const good = [view, ...others].filter((_, i) => outcomes[i]?.ok)
  const together = good.length > 1 ? await planDocument(document, good, parts) : first
  if (!together.ok) return together
  const { plan, descs } = together.value
  // Two outputs may come down to one value, since a bypassed node passes on its input.
  const targets = outcomes.map((outcome) => {
    if (!outcome.ok) return undefined
    const alone = outcome.value.plan
    const producer = endpointKey(alone.values[alone.targets[0]!]!.producer)
    return plan.targets.find((target) => endpointKey(plan.values[target]!.producer) === producer)
  })
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
      planned: together.value,
      targets,
      document,
      draft,
      wanted,
      parts: regionsOf(plan, document, parts.specs, parts.assets.facts, wanted),
      desc: descs.get(endpointKey(view)) ?? null,
      others: others.map((output, i) => {
        const outcome = outcomes[i + 1]!
        return outcome.ok
          ? { desc: descs.get(endpointKey(output)) ?? null, problems: [] }
          : { desc: null, problems: outcome.problems }
      }),
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
