/** How often a preview plans: what is counted is how often the sizes of all nodes are worked out anew. */

import { beforeEach, expect, test } from 'vitest'
import type { PreviewRequest } from '../../../../src/engine/door/api.ts'
import { unfolded, ViewPlanner } from '../../../../src/engine/preview/view-plan.ts'
import { CodePermits } from '../../../../src/engine/run/code-permits.ts'
import type { Assets } from '../../../../src/engine/run/known-assets.ts'
import type { GraphDocument } from '../../../../src/graph/document/document.ts'
import type { Specs } from '../../../../src/graph/node/spec.ts'
import { at, facts, id, specs as plain, recipe } from '../../graph/specs.ts'

let plans = 0
let asked = 0
let generation = 0
const clip = plain.get('clip')!
/** A clip is in every plan, and each plan describes it once. */
const specs: Specs = new Map(plain).set('clip', {
  ...clip,
  infer(...of) {
    plans += 1
    return clip.infer(...of)
  },
})
const assets: Assets = {
  facts,
  version: () => 0,
  add: () => Promise.reject(new Error('nothing is added')),
  factsOf: () => Promise.reject(new Error('nothing is asked')),
  open: () => Promise.reject(new Error('nothing is opened')),
  async ensure() {
    asked += 1
    return []
  },
  get generation() {
    return generation
  },
}
const device = {
  limits: { maxSampledTexturesPerShaderStage: 16, maxStorageTexturesPerShaderStage: 4, maxTextureDimension2D: 8192 },
}
let planner = new ViewPlanner({ specs, assets, device })
beforeEach(() => {
  planner = new ViewPlanner({ specs, assets, device })
})

const edited = (node: string, change: object): GraphDocument => {
  const document = recipe()
  return { ...document, nodes: { ...document.nodes, [node]: { ...document.nodes[id(node)]!, ...change } } }
}
const four = [at('scale.image'), at('model.image'), at('blend.image')]
const request = (document: GraphDocument, more: Partial<PreviewRequest> = {}) =>
  unfolded({ document, view: at('grain.image'), others: four, frame: 0, ...more }, specs, new CodePermits(specs))

/** How often was planned for this. */
async function plansFor(document: GraphDocument, more: Partial<PreviewRequest> = {}) {
  plans = 0
  asked = 0
  const outcome = await planner.plan(request(document, more))
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return { plans, asked, value: outcome.value }
}

test('four pictures are planned at once, and no tick of a slider plans again', async () => {
  expect(await plansFor(recipe())).toMatchObject({ plans: 1, asked: 1 })
  for (const amount of [0.1, 0.2, 0.3]) {
    const tick = await plansFor(edited('grain', { params: { amount } }))
    expect(tick).toMatchObject({ plans: 0, asked: 0 })
    expect(tick.value.document.nodes[id('grain')]?.params).toEqual({ amount })
    expect(tick.value.targets).toHaveLength(4)
  }
  // A draft is planned beside the whole, which tells the sizes.
  expect(await plansFor(recipe(), { draft: 2 })).toMatchObject({ plans: 2 })
  expect(await plansFor(edited('grain', { params: { amount: 0.4 } }), { draft: 2 })).toMatchObject({ plans: 0 })
})

test('without a GPU a node whose values are edited begins a unit, and what is before it is not run again', async () => {
  planner = new ViewPlanner({ specs, assets, device }, true)
  const grain = async (amount: number) => {
    const { plans, value } = await plansFor(edited('grain', { params: { amount } }), { others: [] })
    return {
      plans,
      units: value.outcome.plan.steps.map(({ nodes }) => nodes).filter((nodes) => nodes.includes(id('grain'))),
    }
  }
  const [together, apart] = [[['luma', 'blend', 'grain']], [['grain']]]
  expect(await grain(0.1)).toEqual({ plans: 1, units: together })
  expect(await grain(0.2)).toEqual({ plans: 1, units: apart })
  expect(await grain(0.3)).toEqual({ plans: 0, units: apart })
  // Nobody edits while frames follow one another, nor does what begins a unit gain by it.
  expect(await grain(0.3)).toEqual({ plans: 0, units: together })
  expect(await grain(0.4)).toEqual({ plans: 0, units: apart })
  const before = await plansFor(edited('blend', { params: { strength: 0.5 } }), { others: [] })
  expect(before.plans).toBe(0)
  const blend = await plansFor(edited('blend', { params: { strength: 0.6 } }), { others: [] })
  expect(blend.plans).toBe(1)
  expect(blend.value.outcome.plan.steps.map(({ nodes }) => nodes)).toContainEqual(['blend', 'grain'])
})

test('what is looked at in turn is each planned once', async () => {
  const views = [at('scale.image'), at('model.image'), at('grain.image')]
  for (const view of views) expect(await plansFor(recipe(), { view, others: [] })).toMatchObject({ plans: 1 })
  for (const view of views) expect(await plansFor(recipe(), { view, others: [], frame: 3 })).toMatchObject({ plans: 0 })
})

test('a part of the view is another part, and the same plan', async () => {
  const part = (x: number) => ({ region: { x, y: 0, width: 0.25, height: 0.25 } })
  const first = await plansFor(recipe(), part(0))
  const second = await plansFor(recipe(), part(0.5))
  expect([first.plans, second.plans]).toEqual([1, 0])
  expect(first.value.targetRegions).not.toEqual(second.value.targetRegions)
  expect(second.value.parts.size).toBeGreaterThan(0)
})

test('sizes, wires and files that may be others are planned', async () => {
  await plansFor(recipe())
  expect(await plansFor(edited('scale', { params: { kernel: 'linear' } }))).toMatchObject({ plans: 1 })
  expect(await plansFor(recipe())).toMatchObject({ plans: 1 })
  generation += 1
  expect(await plansFor(recipe())).toMatchObject({ plans: 1 })
})

test('a picture that cannot be shown is told of, and the others are shown', async () => {
  const others = [at('scale.image'), at('nobody.image'), at('scale.image')]
  const outcome = await planner.plan(request(recipe(), { others }))
  if (!outcome.ok) throw new Error('The view is refused.')
  const { targets, outcome: planned } = outcome.value
  const made = targets.map((target) => target !== undefined && planned.plan.values[target]?.producer.node)
  expect(made).toEqual(['grain', 'scale', false, 'scale'])
  expect(outcome.value.others.map(({ problems }) => problems.map(({ code }) => code))).toEqual([[], ['no-output'], []])
  const gone = await planner.plan(request(recipe(), { view: at('nobody.image') }))
  expect(gone).toMatchObject({ ok: false, problems: [{ code: 'no-output' }] })
})
