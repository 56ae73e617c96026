/** One store of problems: what the graph is and what rendering it met, on the card of the node that it is about. */
import { describe, expect, test } from 'vitest'
import type { NodeId } from '../../../../src/graph/document/document.ts'
import type { Problem } from '../../../../src/graph/document/problems.ts'
import { fold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../../src/graph/edits/history.ts'
import { createDerivedStore } from '../../../../src/ui/store/derived.ts'
import type { FactsState } from '../../../../src/ui/store/facts-store.ts'
import { id, facts as known, sketch, specs } from '../../graph/specs.ts'

const clip = known.media({ id: 'movie' })!
const facts: FactsState = {
  ...{ engine: null, engineFailure: null, catalog: [], catalogFailure: null, replacements: 0 },
  assets: { media: new Map([['movie', { state: 'known', facts: clip }]]), model: new Map(), lut: new Map() },
}
const wired = ['clip.image > scale.image', 'scale.image > grain.image', 'grain.image > writer.image']
const plain = sketch({ clip: { params: { media: { id: 'movie' } } }, scale: {}, grain: {}, writer: {} }, wired)
const failure = (node: string, message = 'Grain failed: out of luck.'): Problem => ({
  ...{ code: 'render-failed', severity: 'error', message, hint: 'Undo the last change.' },
  node: id(node),
})
const cards = (store: ReturnType<typeof createDerivedStore>) =>
  [...store.getState().problemsOf].map(([node, problems]) => [node, problems.map(({ message }) => message)])

describe('problems', () => {
  test('met while rendering stand on their node’s card beside what the graph has', () => {
    const unwired = sketch({ grain: {}, writer: {} }, wired.slice(2))
    const store = createDerivedStore(specs, unwired, facts)
    const own = store.getState().problems.length
    expect(own).toBeGreaterThan(0)
    store.update(unwired, [], facts, [failure('writer', 'The disk is full.')])
    expect(store.getState().standing).toHaveLength(own)
    expect(store.getState().problems).toHaveLength(own + 1)
    expect(cards(store)).toContainEqual(['writer', expect.arrayContaining(['The disk is full.'])])
  })

  test('of a node in a subgraph stand on the card of the subgraph, and inside on the node’s own', () => {
    const { history } = edit(newHistory(plain), 'Fold', (draft) => fold(draft, specs, ['scale', 'grain'] as NodeId[]))
    const store = createDerivedStore(specs, history.document, facts)
    expect(store.getState().problems).toEqual([])
    const failures = [failure('subgraph/grain')]
    store.update(history.document, [], facts, failures)
    expect(cards(store)).toEqual([['subgraph', ['Grain failed: out of luck.']]])
    store.update(history.document, [id('subgraph')], facts, failures)
    expect(cards(store)).toEqual([['grain', ['Grain failed: out of luck.']]])
  })

  test('are told once, and not of nodes that are gone', () => {
    const store = createDerivedStore(specs, plain, facts)
    store.update(plain, [], facts, [failure('grain'), failure('grain'), failure('sharpen', 'gone')])
    expect(store.getState().problems).toEqual([failure('grain')])
    store.update(plain, [], facts, [])
    expect(store.getState().problems).toEqual([])
  })
})
