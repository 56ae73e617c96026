/** What an edit asks for, and what counts as the same. */
import { describe, expect, it, test } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import { inferAll } from '../../../../src/graph/analysis/infer.ts'
import type { EdgeId, FlatDocument, FlatId, GraphDocument } from '../../../../src/graph/document/document.ts'
import type { Json } from '../../../../src/graph/document/json.ts'
import type { NodeSpec } from '../../../../src/graph/node/spec.ts'
import { contentKey, dirty, pictureKeys, samePicture, sameTitles } from '../../../../src/graph/plan/dirty.ts'
import { defaultLimits, plan } from '../../../../src/graph/plan/plan.ts'
import { specs as shipped } from '../../../../src/nodes/registry.ts'
import { facts, id, oneLevel, recipe, sketch, specs } from '../specs.ts'

type Edit = (document: GraphDocument) => GraphDocument

const onNode =
  (node: string, change: object): Edit =>
  (document) => ({ ...document, nodes: { ...document.nodes, [node]: { ...document.nodes[id(node)]!, ...change } } })

const dirt = (before: FlatDocument, now: FlatDocument) =>
  dirty(before, now, specs, { ...inferAll(before, specs, facts), facts })
const dirtOf = (edit: Edit) => dirt(oneLevel(recipe()), oneLevel(edit(recipe())))

describe('an edit', () => {
  it('asks for nothing where no picture is another', () => {
    const reversed: Edit = ({ nodes, edges, ...rest }) => ({
      ...rest,
      nodes: Object.fromEntries(Object.entries(nodes).reverse()),
      edges: Object.fromEntries(Object.entries(edges).reverse()),
    })
    for (const edit of [
      onNode('grain', { position: { x: 900, y: 9 } }),
      onNode('grain', { title: 'Film' }),
      onNode('grain', { bypass: false }),
      reversed,
      (document: GraphDocument) => ({ ...document, title: 'Another' }),
    ])
      expect(dirtOf(edit)).toBe('nothing')
  })

  it('of good values of uniform params asks for uniforms', () => {
    expect(dirtOf(onNode('grain', { params: { amount: 0.3, seed: 5 } }))).toBe('uniform')
    expect(dirtOf(onNode('scale', { params: { factor: 2, sharpness: 0.1 } }))).toBe('uniform')
  })

  it('asks for a plan where sizes, files, wires, states or problems may be others', () => {
    const unwired: Edit = ({ edges, ...rest }) => ({
      ...rest,
      edges: Object.fromEntries(Object.entries(edges).filter(([, { to }]) => to.port !== 'protect')),
    })
    const grown: Edit = (document) => ({
      ...document,
      nodes: { ...document.nodes, [id('more')]: { ...document.nodes[id('grain')]!, id: id('more') } },
    })
    for (const edit of [
      onNode('scale', { params: { kernel: 'linear' } }),
      onNode('scale', { params: { factor: 3 } }),
      onNode('clip', { params: { media: { id: 'silent' } } }),
      onNode('grain', { params: { amount: 9 } }),
      onNode('grain', { params: { amount: 'much' } }),
      onNode('grain', { params: { unheard: 1 } }),
      onNode('grain', { bypass: true }),
      onNode('grain', { mute: true }),
      onNode('grain', { type: 'sharpen' }),
      unwired,
      grown,
    ])
      expect(dirtOf(edit)).toBe('plan')
  })

  it('asks for a plan where two inputs of one size change places', () => {
    const halves = (low: string, high: string) =>
      oneLevel(
        sketch({ clip: {}, split: {}, blend: {}, writer: {} }, [
          'clip.image > split.image',
          `split.low > blend.${low}`,
          `split.high > blend.${high}`,
          'blend.image > writer.image',
        ]),
      )
    expect(dirt(halves('base', 'detail'), halves('detail', 'base'))).toBe('plan')
  })

  it('is told apart by its words where these are all that changed', () => {
    const [before, renamed] = [oneLevel(recipe()), oneLevel(onNode('grain', { title: 'Film' })(recipe()))]
    expect(samePicture(before, renamed)).toBe(true)
    expect(sameTitles(before, renamed)).toBe(false)
    expect(sameTitles(before, oneLevel(onNode('grain', { position: { x: 1, y: 1 } })(recipe())))).toBe(true)
  })
})

/** The least and the greatest value of each kind that has ends, and the other of each that has two. */
function otherValues(declared: { readonly kind: string } & Partial<Record<'min' | 'max' | 'default', Json>>): Json[] {
  if (declared.kind === 'float' || declared.kind === 'int') return [declared.min!, declared.max!]
  if (declared.kind === 'seed') return [0, 7]
  return declared.kind === 'bool' ? [!declared.default] : []
}

describe('every node that ships', () => {
  const known = { media: () => facts.media({ id: 'movie' }), model: () => facts.model({ id: 'x2' }) }
  test.each([...shipped.values()].map((spec) => [spec.type, spec] as const))(
    '%s: is planned alike after every edit that asks for no plan',
    (type, spec) => {
      const outputs = Object.keys(spec.outputs).filter((port) => spec.outputs[port]!.type !== 'audio')
      const nodes: Record<string, object> = { node: { type } }
      const wires: string[] = []
      for (const [port, { type: what, drives }] of Object.entries(spec.inputs)) {
        if (drives || what !== 'image') continue
        nodes[`clip-${port}`] = { type: 'clip' }
        wires.push(`clip-${port}.image > node.${port}`)
      }
      const all = new Map([...specs, ...shipped])
      const flat = (params: Record<string, Json>): FlatDocument => {
        const document = sketch({ ...nodes, node: { type, params } }, wires)
        return expand(document, all).document
      }
      const planOf = (document: FlatDocument) => {
        const targets = outputs.length === 0 ? 'sinks' : outputs.map((port) => ({ node: 'node' as FlatId, port }))
        const outcome = plan({ document, specs: all, facts: known, targets, limits: defaultLimits })
        return outcome.ok ? outcome.plan : outcome.problems
      }
      const before = planOf(flat({}))
      for (const [name, declared] of Object.entries(spec.params)) {
        if (declared.affects !== 'uniform') continue
        for (const value of otherValues(declared as Parameters<typeof otherValues>[0])) {
          const edited = flat({ [name]: value })
          if (dirty(flat({}), edited, all, { ...inferAll(flat({}), all, known), facts: known }) !== 'plan')
            expect([name, value, planOf(edited)]).toEqual([name, value, before])
        }
      }
    },
  )
})

test('content keys tell contents apart', () => {
  expect(contentKey(['grain', { amount: 0.1 }])).toBe(contentKey(['grain', { amount: 0.1 }]))
  expect(contentKey(['grain', { amount: 0.1 }])).not.toBe(contentKey(['grain', { amount: 0.2 }]))
})

test('a value for which a node fails to say what it needs asks for a plan, and so does one for which it says it again', () => {
  const needs: NodeSpec['kernel']['needs'] = ({ amount }) => {
    if (Number(amount) > 0.5) throw new Error('out of luck.')
    return {}
  }
  const grain = specs.get('grain')!
  const failing = new Map([...specs, ['grain', { ...grain, kernel: { ...grain.kernel, needs } }]])
  const [good, bad] = [0.1, 0.9].map((amount) => oneLevel(onNode('grain', { params: { amount } })(recipe())))
  for (const [before, now] of [[good!, bad!] as const, [bad!, good!] as const])
    expect(dirty(before, now, failing, { ...inferAll(before, failing, facts), facts })).toBe('plan')
})

test('content keys are cyrb53 of the text, by the seeds 0 and 1', () => {
  // As published; of these words its author gives the numbers.
  const cyrb53 = (text: string, seed = 0): number => {
    let [h1, h2] = [0xdeadbeef ^ seed, 0x41c6ce57 ^ seed]
    for (const character of text) {
      h1 = Math.imul(h1 ^ character.charCodeAt(0), 2654435761)
      h2 = Math.imul(h2 ^ character.charCodeAt(0), 1597334677)
    }
    h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507)
    h1 ^= Math.imul(h2 ^ (h2 >>> 13), 3266489909)
    h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507)
    h2 ^= Math.imul(h1 ^ (h1 >>> 13), 3266489909)
    return 4294967296 * (2097151 & h2) + (h1 >>> 0)
  }
  expect(['a', 'b', 'revenge', 'revenue'].map((word) => cyrb53(word))).toEqual([
    7929297801672961, 8684336938537663, 4051478007546757, 8309097637345594,
  ])
  for (const parts of [[], ['grain', { amount: 0.1 }], ['decode', 7, 'a longer name of a file, with signs: “é”']]) {
    const text = JSON.stringify(parts)
    expect(contentKey(parts)).toBe(`${cyrb53(text)}-${cyrb53(text, 1)}`)
  }
})

test('a small picture is old once anything above its node changes, and fresh again after undo', () => {
  const document = oneLevel(
    sketch({ clip: {}, scale: {}, sharpen: {} }, ['clip.image > scale.image', 'scale.image > sharpen.image']),
  )
  const scale = { ...document.nodes[id('scale')]!, params: { factor: 3 } }
  const edited: FlatDocument = { ...document, nodes: { ...document.nodes, [id('scale')]: scale } }
  const before = pictureKeys(document, 0)
  const changed = pictureKeys(edited, 0)
  const same = (name: string) => before.get(id(name)) === changed.get(id(name))
  expect(['clip', 'scale', 'sharpen'].map(same)).toEqual([true, false, false])
  expect(pictureKeys(document, 0)).toEqual(before)
  expect(pictureKeys(document, 1).get(id('sharpen'))).not.toBe(before.get(id('sharpen')))
  const back = 'back' as EdgeId
  const end = (node: string) => ({ node: id(node), port: 'image' })
  const circle = { ...document.edges, [back]: { id: back, from: end('sharpen'), to: end('scale') } }
  expect(pictureKeys({ ...document, edges: circle }, 0).size).toBe(3)
})
