/** What lies on the edge of a subgraph: its boundary cards, and settings that its card shows. */
import { describe, expect, test } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import type { EdgeRecord, Graph, GraphDocument, NodeId } from '../../../../src/graph/document/document.ts'
import { draftAt, graphAt } from '../../../../src/graph/document/levels.ts'
import { addPort, boundaryPlaces, demote, promote } from '../../../../src/graph/edits/boundary.ts'
import { addNode, connect, connectProblem, type DocumentDraft } from '../../../../src/graph/edits/edit.ts'
import { fold, unfold } from '../../../../src/graph/edits/fold.ts'
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

describe('a setting on the card that a number drives', () => {
  const card = id('subgraph')
  const wiresOf = (graph: Graph) =>
    Object.values<EdgeRecord>(graph.edges)
      .map(({ from, to }) => `${from.node}.${from.port} > ${to.node}.${to.port}`)
      .sort()
  const change = (document: GraphDocument, recipe: (draft: DocumentDraft) => unknown) => {
    const { history, result } = edit(newHistory(document), 'Test', recipe)
    return { document: history.document, result }
  }
  const driving = (draft: DocumentDraft, port = 'amount') =>
    connect(draft, specs, { node: id('wave'), port: 'number' }, { node: card, port })
  const chain = sketch({ clip: {}, wave: {}, gain: {}, writer: {} }, [
    'clip.image > gain.image',
    'gain.image > writer.image',
  ])
  const promoted = change(chain, (draft) => {
    fold(draft, specs, [id('gain')])
    promote(draft, [card], specs, id('gain'), 'amount')
  }).document
  const driven = change(promoted, (draft) => driving(draft)).document

  test('is driven inside, through as many levels as there are, and stays driven when they are unfolded', () => {
    expect(wiresOf(driven)).toContain('wave.number > subgraph.amount')
    const inside = (document: GraphDocument) => wiresOf(expand(document, specs).document as unknown as Graph)
    expect(inside(driven)).toEqual([
      'clip.image > subgraph/gain.image',
      'subgraph/gain.image > writer.image',
      'wave.number > subgraph/gain.amount',
    ])
    const twice = change(promoted, (draft) => {
      fold(draft, specs, [card])
      promote(draft, [card], specs, card, 'amount')
      driving(draft)
    }).document
    expect(inside(twice)).toContain('wave.number > subgraph/subgraph/gain.amount')
    expect(expand(twice, specs).seenFrom([], 'subgraph/subgraph/gain' as never, 'amount')).toEqual({
      node: 'subgraph',
      port: 'amount',
    })
    const unfolded = change(twice, (draft) => {
      unfold(draft, specs, card)
      unfold(draft, specs, card)
    }).document
    expect(wiresOf(unfolded)).toEqual([
      'clip.image > gain.image',
      'gain.image > writer.image',
      'wave.number > gain.amount',
    ])
  })

  test('goes off the card with its wire', () => {
    const off = change(driven, (draft) => demote(draft, [card], 'amount')).document
    expect(wiresOf(off)).toEqual(wiresOf(promoted))
    expect(expand(off, specs).problems).toEqual([])
  })

  test('that a file gives the name of an input goes off the card alone: the wire is the input’s', () => {
    const { document } = change(promoted, (draft) => {
      draft.nodes[card]!.body!.promoted![0]!.name = 'image'
    })
    const off = change(document, (draft) => demote(draft, [card], 'image')).document
    expect(wiresOf(off)).toEqual(wiresOf(promoted))
    expect(off.nodes[card]!.body!.promoted ?? []).toEqual([])
  })

  test('is told where it is driven inside as well, and is not offered then', () => {
    const both = change(driven, (draft) => {
      const body = draft.nodes[card]!.body!
      const inner = addNode(body, { type: 'wave', position: { x: 0, y: 0 } })
      connect(body, specs, { node: inner, port: 'number' }, { node: id('gain'), port: 'amount' })
    }).document
    expect(expand(both, specs).problems).toMatchObject([
      {
        ...{ code: 'two-wires', node: 'subgraph', port: 'amount' },
        message: 'Amount of Subgraph is driven from outside while a number drives it inside already.',
      },
    ])
    expect(
      connectProblem(both, specs, { node: id('wave'), port: 'number' }, { node: card, port: 'amount' }),
    ).toMatchObject({ code: 'two-wires', message: 'Amount of Subgraph is driven by a number inside it already.' })
  })

  test('has a name that no input of the subgraph has', () => {
    const added = change(promoted, (draft) =>
      addPort(draft, [card], 'inputs', { title: 'A', type: 'image', name: 'amount' }),
    )
    expect(added.result).toBe('amount-2')
    const before = change(chain, (draft) => {
      fold(draft, specs, [id('gain')])
      addPort(draft, [card], 'inputs', { title: 'A', type: 'image', name: 'amount' })
      return promote(draft, [card], specs, id('gain'), 'amount')
    })
    expect(before.result).toBe('amount-2')
  })
})
