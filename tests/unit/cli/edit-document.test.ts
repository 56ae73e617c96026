import { describe, expect, test } from 'vitest'
import { applySetting, assign, findNode } from '../../../src/cli/edit-document.ts'
import type { GraphDocument, NodeId, NodeRecord } from '../../../src/graph/document/document.ts'
import type { Json } from '../../../src/graph/document/json.ts'
import { nodeAt, placeOf } from '../../../src/graph/document/levels.ts'
import { promote } from '../../../src/graph/edits/boundary.ts'
import { fold } from '../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../src/graph/edits/history.ts'
import { loadSpecs } from '../../../src/host/node-specs.ts'
import { specs as registered } from '../../../src/nodes/registry.ts'

const specs = await loadSpecs()

const node = (id: string, type: string, title?: string): [NodeId, NodeRecord] => [
  id as NodeId,
  { id: id as NodeId, type, params: {}, position: { x: 0, y: 0 }, ...(title === undefined ? {} : { title }) },
]
const document: GraphDocument = {
  title: '',
  description: '',
  nodes: Object.fromEntries([
    node('decode', 'decode'),
    node('decode-2', 'decode', 'Overlay'),
    node('blend', 'residual-blend'),
    node('grain', 'grain', 'Fine'),
    node('grain-2', 'grain', 'Coarse'),
    node('encode', 'encode'),
  ]),
  edges: {},
}
const valueAfter = (name: string, param: string, value: string): Json | undefined => {
  const id = findNode(document, specs, name)
  return applySetting(document, specs, { node: name, param, value }).nodes[placeOf(id).id]?.params[param]
}

test('plain Node knows the same nodes as the app', () => {
  expect([...specs.keys()]).toEqual([...registered.keys()].sort())
})

test('a node goes by id, else by title, else by type', () => {
  expect(findNode(document, specs, 'grain')).toBe('grain')
  expect(findNode(document, specs, 'coarse')).toBe('grain-2')
  expect(findNode(document, specs, 'Residual Blend')).toBe('blend')
  expect(findNode(document, specs, 'residual-blend')).toBe('blend')
  expect(() => findNode(document, specs, 'vignette')).toThrow('There is no node “vignette”')
  const twins = {
    ...document,
    nodes: { ...document.nodes, ...Object.fromEntries([node('a', 'bicubic'), node('b', 'bicubic')]) },
  }
  expect(() => findNode(twins, specs, 'bicubic')).toThrow('“bicubic” fits several nodes: a (Bicubic), b (Bicubic).')
})

test.each([
  ['grain', 'amount', '0.25', 0.25],
  ['grain', 'seed', '4294967295', 4294967295],
  ['blend', 'bandSplit', 'on', true],
  ['blend', 'bandSplit', 'No', false],
  ['blend', 'view', 'Residual', 'residual'],
  ['encode', 'fileName', 'a=b.mkv', 'a=b.mkv'],
])('%s.%s=%s is read as its parameter says', (name, param, text, value) => {
  expect(valueAfter(name, param, text)).toBe(value)
})

test.each([
  ['grain', 'amount', '0.6', 'Amount must be between 0 and 0.5, but is 0.6.'],
  ['grain', 'amount', 'NaN', 'Amount must be a number'],
  ['grain', 'amount', '', 'Amount must be a number'],
  ['grain', 'seed', '1.5', 'Seed must be a whole number'],
  ['blend', 'view', 'both', 'View must be one of result, residual'],
  ['blend', 'bypass', 'perhaps', 'bypass is true or false'],
  ['blend', 'colour', '1', 'Residual Blend has no parameter “colour”.'],
])('%s.%s=%s is refused', (name, param, text, message) => {
  expect(() => valueAfter(name, param, text)).toThrow(message)
})

test('bypass is set on the node, not among its parameters', () => {
  const changed = applySetting(document, specs, { node: 'grain', param: 'bypass', value: 'true' })
  expect(changed.nodes['grain' as NodeId]).toMatchObject({ bypass: true, params: {} })
  const muted = applySetting(document, specs, { node: 'grain', param: 'mute', value: 'true' })
  expect(muted.nodes['grain' as NodeId]).toMatchObject({ mute: true, params: {} })
})

test('files find their nodes, and say so where they do not', () => {
  const file = (name: string | undefined, path: string) => ({ name, file: path })
  expect([...assign(document, specs, 'sink', [file(undefined, 'a.mp4')])]).toEqual([['encode', 'a.mp4']])
  const both = assign(document, specs, 'source', [file('overlay', 'a.png'), file('decode', 'b.mp4')])
  expect([...both]).toEqual([
    ['decode-2', 'a.png'],
    ['decode', 'b.mp4'],
  ])
  expect(() => assign(document, specs, 'source', [file(undefined, 'a.mp4')])).toThrow('several it could be for')
  expect(() => assign(document, specs, 'sink', [file('grain', 'a.mp4')])).toThrow('There is no node “grain”')
  expect(() => assign(document, specs, 'sink', [file(undefined, 'a.mp4'), file('encode', 'b.mp4')])).toThrow('twice')
})

describe('in subgraphs', () => {
  const folded = edit(newHistory(document), 'Fold', (draft) => {
    fold(draft, specs, ['decode-2', 'grain-2'] as NodeId[], { title: 'Film look' })
    promote(draft, ['subgraph' as NodeId], specs, 'grain-2' as NodeId, 'amount')
  }).history.document

  test('nodes go by their ids from outside, by their own, or by title', () => {
    expect(findNode(folded, specs, 'subgraph/grain-2')).toBe('subgraph/grain-2')
    expect(findNode(folded, specs, 'grain-2')).toBe('subgraph/grain-2')
    expect(findNode(folded, specs, 'Coarse')).toBe('subgraph/grain-2')
    expect(findNode(folded, specs, 'film look')).toBe('subgraph')
    expect(() => findNode(folded, specs, 'inputs')).toThrow('There is no node “inputs”')
  })

  test('media are named for the Decode inside', () => {
    const fits = [['subgraph/decode-2', 'a.mp4']]
    expect([...assign(folded, specs, 'source', [{ name: 'overlay', file: 'a.mp4' }])]).toEqual(fits)
    // As the command line reads it: a path, which it is only where no node is called so.
    const path = { name: undefined, file: 'subgraph/decode-2=a.mp4' }
    expect([...assign(folded, specs, 'source', [path])]).toEqual(fits)
    expect(() => assign(folded, specs, 'source', [{ name: undefined, file: 'subgraph/other=a.mp4' }])).toThrow(
      'several',
    )
  })

  test.each(['subgraph.amount', 'Film look.amount', 'subgraph/grain-2.amount', 'coarse.amount'])(
    '--set %s sets the param of the node inside',
    (name) => {
      const dot = name.indexOf('.')
      const setting = { node: name.slice(0, dot), param: name.slice(dot + 1), value: '0.25' }
      const changed = applySetting(folded, specs, setting)
      expect(nodeAt(changed, 'subgraph/grain-2')?.params).toEqual({ amount: 0.25 })
      expect(nodeAt(changed, 'subgraph')?.params).toEqual({})
    },
  )

  test('a subgraph has the params that stand on its card, bypass and mute', () => {
    const set = (param: string, value: string) => applySetting(folded, specs, { node: 'subgraph', param, value })
    expect(() => set('size', '2')).toThrow('Subgraph has no parameter “size”.')
    expect(nodeAt(set('mute', 'on'), 'subgraph')).toMatchObject({ mute: true })
  })
})
