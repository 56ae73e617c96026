/** What lies on the edge of a subgraph: its boundary cards, and settings that its card shows. */
import { expect, test } from 'vitest'
import type { NodeId } from '../../../../src/graph/document/document.ts'
import { draftAt, graphAt } from '../../../../src/graph/document/levels.ts'
import { boundaryPlaces, promote } from '../../../../src/graph/edits/boundary.ts'
import { fold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../../src/graph/edits/history.ts'
import { id, sketch, specs } from '../specs.ts'

test('the boundary cards stand left and right of what they are wired to, as high as its top', () => {
  const nodes = Object.values(sketch({ scale: {}, grain: {} }).nodes)
  const at = (x: number, y: number, n: number) => ({ ...nodes[n]!, position: { x, y } })
  expect(boundaryPlaces([at(40, 80, 0), at(400, -16, 1)])).toEqual({
    inputs: { x: 40 - 288, y: -16 },
    outputs: { x: 400 + 288, y: -16 },
  })
  expect(boundaryPlaces([])).toEqual({ inputs: { x: -288, y: 0 }, outputs: { x: 288, y: 0 } })
})

test('settings on the card stay there, in their order, when some of their nodes are folded within', () => {
  const chain = sketch({ clip: {}, scale: {}, grain: {}, writer: {} }, [
    'clip.image > scale.image',
    'scale.image > grain.image',
    'grain.image > writer.image',
  ])
  const path = [id('subgraph')]
  const { history } = edit(newHistory(chain), 'Fold', (draft) => {
    fold(draft, specs, ['scale', 'grain'] as NodeId[], { title: 'Outer' })
    promote(draft, path, specs, id('scale'), 'sharpness')
    promote(draft, path, specs, id('grain'), 'amount')
  })
  const promoted = () => graphAt(within.document, path)?.promoted?.map(({ node, param, title }) => [node, param, title])
  const before = graphAt(history.document, path)!.promoted!.map(({ title }) => title)
  const { history: within } = edit(history, 'Fold', (draft) => {
    fold(draftAt(draft, path)!, specs, [id('grain')], { title: 'Inner' })
  })
  expect(promoted()).toEqual([
    ['scale', 'sharpness', before[0]],
    ['subgraph', 'amount', before[1]],
  ])
  // And the inner card has it from its own node.
  const inner = graphAt(within.document, [...path, id('subgraph')])
  expect(inner?.promoted?.map(({ node, param }) => [node, param])).toEqual([['grain', 'amount']])
})
