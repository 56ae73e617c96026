/** From what is to be seen to one plan for it: the view with as many of the others as can be shown, drafted or in part. */

import { expand } from '../../graph/analysis/expand.ts'
import { endpointKey, type FlatDocument, type FlatEndpoint, type FlatId } from '../../graph/document/document.ts'
import type { ValueDesc } from '../../graph/node/ports.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { dirty, editedNode } from '../../graph/plan/dirty.ts'
import type { ValueId } from '../../graph/plan/execution-plan.ts'
import { inPixels, type Region, regionsOf, union } from '../../graph/plan/region.ts'
import type { Outcome, PreviewRequest, PreviewResult } from '../door/api.ts'
import type { CodePermits } from '../run/code-permits.ts'
import { type PlanningParts, planOutputs } from '../run/planning.ts'
import type { PlannedGraph } from '../run/prepare-request.ts'
import { draftOf } from './draft.ts'

/** What is planned of a request: all but the part of the view that is shown. */
interface Planning {
  readonly outcome: PlannedGraph
  /** The value of the view and of each of the others; `undefined` for one that cannot be shown. */
  readonly targets: readonly (ValueId | undefined)[]
  readonly others: PreviewResult['others']
  /** As the whole graph would give them. */
  readonly desc: ValueDesc | null
  readonly document: FlatDocument
  readonly draft: number
}

export interface ViewPlan extends Planning {
  /** What of each target is shown; nothing where all of it is. */
  readonly targetRegions: ReadonlyMap<ValueId, Region>
  /** What of each value is made for that. */
  readonly parts: ReadonlyMap<ValueId, Region>
}

/** A plan that holds for as long as its document is edited in values alone. */
interface KeptPlan {
  /** Of the whole, whatever the draft. */
  readonly document: FlatDocument
  readonly whole: PlannedGraph
  readonly generation: number
  readonly planning: Planning
  /** What was asked for last. */
  readonly latest: FlatDocument
  /** For whoever is at the values of one node: that node begins a unit, so that only it and what follows it run again. */
  readonly edit: { readonly node: FlatId; readonly planning: Planning } | undefined
}

/** Outputs looked at in turn: what is compared, thumbnails of nodes, frames ahead. */
const maxKept = 64

export class ViewPlanner {
  readonly #parts: PlanningParts
  readonly #splits: boolean
  /** By what is looked at; what was asked for last stands last. */
  readonly #recentPlans = new Map<string, KeptPlan>()

  /** @param splits whether a node that is edited is worth a unit of its own: a GPU runs the whole of one as fast as a part of it */
  constructor(parts: PlanningParts, splits = false) {
    this.#parts = parts
    this.#splits = splits
  }

  /** Takes in as many of the others as can be shown; only what is wrong with the view itself stands in the way. */
  async plan(request: UnfoldedRequest): Promise<Outcome<ViewPlan>> {
    const { specs, assets } = this.#parts
    // A box is drawn to see it as it will be.
    const draft = request.region ? 1 : Math.max(1, request.draft ?? 1)
    const viewKey = JSON.stringify([request.view, request.others, draft])
    const recent = this.#stillGood(viewKey, request.document)
    if (recent) {
      const planning = (this.#splits && (await this.#forEdit(viewKey, request, recent))) || recent
      return { ok: true, value: inPart(planning, request, this.#parts) }
    }
    const { generation } = assets
    const viewPlan = await planViews(request, draft, this.#parts)
    if (!viewPlan.ok) return viewPlan
    const { whole, planning } = viewPlan.value
    // What was missing of one of the others may come without anybody telling.
    if (planning.others.every(({ problems }) => problems.length === 0))
      this.#recentPlans.set(viewKey, {
        ...{ document: request.document, whole, generation, planning },
        ...{ latest: request.document, edit: undefined },
      })
    for (const oldest of this.#recentPlans.keys()) {
      if (this.#recentPlans.size <= maxKept) break
      this.#recentPlans.delete(oldest)
    }
    return { ok: true, value: inPart(planning, request, { specs, assets }) }
  }

  /** The plan for whoever edits the same node as before, or another one that does not begin a unit. */
  async #forEdit(viewKey: string, request: UnfoldedRequest, planning: Planning): Promise<Planning | undefined> {
    const recent = this.#recentPlans.get(viewKey)
    if (!recent) return undefined
    const node = editedNode(recent.latest, request.document)
    const isWithin = planning.outcome.plan.steps.some(({ nodes }) => node !== undefined && nodes.indexOf(node) > 0)
    const { edit } = recent
    let current = isWithin && edit?.node === node ? edit : undefined
    if (isWithin && node !== undefined && !current) {
      const split = await planDrafted(request, planning.draft, { ...this.#parts, begins: node })
      // One more picture may be one too many; then all goes on as it was.
      if (split.ok) current = { node, planning: split.value }
    }
    this.#recentPlans.set(viewKey, { ...recent, latest: request.document, edit: current ?? edit })
    return current && { ...current.planning, document: planning.document, desc: planning.desc, others: planning.others }
  }

  #stillGood(viewKey: string, document: FlatDocument): Planning | undefined {
    const { specs, assets } = this.#parts
    const recent = this.#recentPlans.get(viewKey)
    this.#recentPlans.delete(viewKey)
    if (!recent || recent.generation !== assets.generation) return undefined
    const holds = (was: FlatDocument, now: FlatDocument, { descs, source }: PlannedGraph) =>
      dirty(was, now, specs, { descs, source, facts: assets.facts }) !== 'plan'
    const { planning, whole } = recent
    if (!holds(recent.document, document, whole)) return undefined
    this.#recentPlans.set(viewKey, recent)
    if (planning.draft === 1) return { ...planning, document }
    const draftDocument = draftOf(document, specs, planning.draft)
    return holds(planning.document, draftDocument, planning.outcome)
      ? { ...planning, document: draftDocument }
      : undefined
  }
}

async function planViews(
  request: UnfoldedRequest,
  draft: number,
  parts: PlanningParts,
): Promise<Outcome<Pick<KeptPlan, 'whole' | 'planning'>>> {
  const outcome = await planDrafted(request, 1, parts)
  if (!outcome.ok) return outcome
  const whole = outcome.value
  const draftOutcome = draft === 1 ? outcome : await planDrafted(request, draft, parts)
  const { desc, others } = whole
  const planning = draftOutcome.ok ? { ...draftOutcome.value, desc, others } : whole
  return { ok: true, value: { whole: whole.outcome, planning } }
}

async function planDrafted(request: UnfoldedRequest, draft: number, parts: PlanningParts): Promise<Outcome<Planning>> {
  const { view, others = [] } = request
  const document = draftOf(request.document, parts.specs, draft)
  const together = await planOutputs(document, [view, ...others], parts)
  if (!together.ok) return together
  const { outcome, targets, problems } = together.value
  const [viewProblems = [], ...otherProblems] = problems
  if (targets[0] === undefined) return { ok: false, problems: viewProblems }
  const { descs } = outcome
  return {
    ok: true,
    value: {
      outcome,
      targets,
      document,
      draft,
      desc: descs.get(endpointKey(view)) ?? null,
      others: others.map((output, i) => ({
        desc: targets[i + 1] === undefined ? null : (descs.get(endpointKey(output)) ?? null),
        problems: otherProblems[i]!,
      })),
    },
  }
}

/** What of each value is made where a part of the view is shown. */
function inPart(
  planning: Planning,
  { region }: UnfoldedRequest,
  { specs, assets }: Pick<PlanningParts, 'specs' | 'assets'>,
): ViewPlan {
  const { plan } = planning.outcome
  const targetRegions = new Map<ValueId, Region>()
  for (const target of region ? planning.targets : []) {
    if (target === undefined || !region) continue
    const visibleRegion = inPixels(region, plan.values[target]!.desc)
    const otherRegion = targetRegions.get(target)
    targetRegions.set(target, otherRegion ? union(otherRegion, visibleRegion) : visibleRegion)
  }
  return { ...planning, targetRegions, parts: regionsOf(plan, planning.document, specs, assets.facts, targetRegions) }
}

/** A request about plain nodes alone. */
export type UnfoldedRequest = PreviewRequest & { readonly document: FlatDocument }

/** The request for the plain nodes that subgraphs fold, those passed over whose code may not run. */
export function unfolded(request: PreviewRequest, specs: Specs, permits: CodePermits): UnfoldedRequest {
  const { document, resolve } = expand(request.document, specs)
  const plain = (output: FlatEndpoint) => resolve(output) ?? output
  return {
    ...request,
    document: permits.permitted(document),
    view: plain(request.view),
    others: (request.others ?? []).map(plain),
  }
}
