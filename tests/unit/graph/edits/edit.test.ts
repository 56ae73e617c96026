import { produce } from 'immer'
import { describe, expect, it } from 'vitest'
import type { EdgeRecord, GraphDocument } from '../../../../src/graph/document/document.ts'
import * as recipes from '../../../../src/graph/edits/edit.ts'
import * as fragments from '../../../../src/graph/edits/fragments.ts'
import { at, id, recipe, sketch, specs } from '../specs.ts'

function run<R>(
  document: GraphDocument,
  change: (draft: recipes.DocumentDraft) => R,
): { document: GraphDocument; result: R } {
  let result: R | undefined
  const after = produce(document, (draft) => {
    result = change(draft)
  })
  return { document: after, result: result as R }
}

const wires = (document: GraphDocument) =>
  Object.values<EdgeRecord>(document.edges)
    .map(({ from, to }) => `${from.node}.${from.port} > ${to.node}.${to.port}`)
    .sort()

const chain = () =>
  sketch({ clip: {}, grain: {}, blend: {}, writer: {} }, [
    'clip.image > grain.image',
    'grain.image > blend.base',
    'clip.image > blend.detail',
    'blend.image > writer.image',
  ])

describe('addNode', () => {
  it('gives readable ids that are free', () => {
    const { result } = run(sketch({ grain: {}, 'grain-3': {} }), (draft) => [
      recipes.addNode(draft, { type: 'grain', position: { x: 1, y: 2 }, params: { amount: 0.2 } }),
      recipes.addNode(draft, { type: 'grain', position: { x: 1, y: 2 } }),
      recipes.addNode(draft, { type: 'scale', position: { x: Number.NaN, y: 2 } }),
      recipes.addNode(draft, { type: 'odd type!', position: { x: 0, y: 0 } }),
      recipes.addNode(draft, { type: '__proto__', position: { x: 0, y: 0 } }),
    ])
    expect(result).toEqual(['grain-2', 'grain-4', 'scale', 'odd-type-', 'node'])
  })
})

describe('removeNodes', () => {
  it('takes the wires along', () => {
    const { document } = run(chain(), (draft) => recipes.removeNodes(draft, [id('blend'), id('nobody')]))
    expect(Object.keys(document.nodes)).toEqual(['clip', 'grain', 'writer'])
    expect(wires(document)).toEqual(['clip.image > grain.image'])
  })

  it('wires through what was removed, several in a row, by the rule of bypass', () => {
    const { document } = run(chain(), (draft) => recipes.removeNodes(draft, [id('grain'), id('blend')], specs))
    expect(wires(document)).toEqual(['clip.image > writer.image'])
    // A mask out of an image cannot be passed on.
    const masked = run(recipe(), (draft) => recipes.removeNodes(draft, [id('luma')], specs)).document
    expect(wires(masked).filter((text) => text.includes('mask') || text.includes('protect'))).toEqual([])
  })

  it('leaves a wire that runs the way of those it is made of', () => {
    const edgeInto = (document: GraphDocument, end: string) =>
      Object.values(document.edges).find(({ to }) => `${to.node}.${to.port}` === end)!
    const ways = { 'grain.image': 10, 'blend.base': 20, 'writer.image': 30 }
    const bent = run(chain(), (draft) => {
      for (const [end, x] of Object.entries(ways))
        recipes.setVia(draft, edgeInto(chain(), end).id, [
          { x, y: 0 },
          { x: x + 1, y: 0 },
        ])
    }).document
    const { document } = run(bent, (draft) => recipes.removeNodes(draft, [id('grain'), id('blend')], specs))
    expect(edgeInto(document, 'writer.image').via?.map(({ x }) => x)).toEqual([10, 11, 20, 21, 30, 31])
  })
})

describe('connect', () => {
  it('replaces the wire on an input and keeps its id', () => {
    const before = chain()
    const { document, result } = run(before, (draft) =>
      recipes.connect(draft, specs, at('clip.image'), at('writer.image')),
    )
    expect(result).toBeUndefined()
    expect(wires(document)).toContain('clip.image > writer.image')
    expect(Object.keys(document.edges)).toEqual(Object.keys(before.edges))
    expect(wires(document)).toHaveLength(4)
  })

  it('does nothing where the wire is already there', () => {
    const before = chain()
    expect(run(before, (draft) => recipes.connect(draft, specs, at('blend.image'), at('writer.image'))).document).toBe(
      before,
    )
  })

  it.each([
    ['clip.image', 'grain.protect', 'wrong-type', /takes a mask.*is an image/],
    ['clip.sound', 'grain.image', 'wrong-type', /is sound/],
    ['blend.image', 'blend.base', 'cycle', /its own result/],
    ['blend.image', 'grain.image', 'cycle', /close a circle/],
    ['clip.nothing', 'grain.image', 'unknown-port', /no output "nothing"/],
    ['clip.image', 'grain.nothing', 'unknown-port', /no input "nothing"/],
    ['nobody.image', 'grain.image', 'dangling-edge', /"nobody"/],
    ['clip.toString', 'grain.image', 'unknown-port', /toString/],
    ['toString.image', 'grain.image', 'dangling-edge', /"toString"/],
    ['mystery.image', 'grain.image', 'unknown-node', /does not know/],
  ])('refuses %s > %s as %s', (from, to, code, message) => {
    const before = chain()
    const document = { ...before, nodes: { ...before.nodes, ...sketch({ mystery: {} }).nodes } }
    const after = run(document, (draft) => recipes.connect(draft, specs, at(from), at(to)))
    expect(after.result).toMatchObject({ code, severity: 'error', message: expect.stringMatching(message) })
    expect(after.document).toBe(document)
  })
})

describe('small edits', () => {
  it('change what they say, and nothing where nothing changes', () => {
    const before = chain()
    const grain = id('grain')
    const unchanged = run(before, (draft) => {
      recipes.moveNodes(draft, { [grain]: before.nodes[grain]!.position, [id('nobody')]: { x: 1, y: 1 } })
      recipes.moveNodes(draft, { [grain]: { x: Number.NaN, y: 0 } })
      recipes.setFlag(draft, [grain, id('nobody')], 'bypass', false)
      recipes.setTitle(draft, grain, '  ')
      recipes.setMeta(draft, { title: before.title })
      recipes.disconnect(draft, [])
      return [recipes.setParam(draft, grain, 'amount', undefined), recipes.setParam(draft, grain, 'amount', Number.NaN)]
    })
    expect(unchanged.document).toBe(before)
    expect(unchanged.result).toMatchObject([undefined, { code: 'bad-param', node: 'grain', param: 'amount' }])

    const { document } = run(before, (draft) => {
      recipes.moveNodes(draft, { [grain]: { x: -0, y: 7 } })
      recipes.setFlag(draft, [grain], 'bypass', true)
      recipes.setTitle(draft, grain, ' Film ')
      recipes.setMeta(draft, { title: 'New', description: 'Words' })
      recipes.setParam(draft, grain, 'amount', 0.3)
      recipes.setParam(draft, grain, 'unknown', { deep: [1] })
      recipes.disconnect(draft, [Object.values<EdgeRecord>(before.edges)[0]!.id])
    })
    expect(document.nodes[grain]).toEqual({
      id: 'grain',
      type: 'grain',
      title: 'Film',
      bypass: true,
      position: { x: 0, y: 7 },
      params: { amount: 0.3, unknown: { deep: [1] } },
    })
    expect(document).toMatchObject({ title: 'New', description: 'Words' })
    expect(wires(document)).toHaveLength(3)
    const back = run(document, (draft) => {
      recipes.setFlag(draft, [grain], 'bypass', false)
      recipes.setTitle(draft, grain, '')
      recipes.setParam(draft, grain, 'amount', undefined)
      return recipes.setParam(draft, grain, '__proto__', 1)
    })
    expect(back.document.nodes[grain]).toEqual({
      ...before.nodes[grain],
      position: { x: 0, y: 7 },
      params: { unknown: { deep: [1] } },
    })
    expect(back.result).toMatchObject({ code: 'unknown-param' })
  })
})

describe('copies', () => {
  it('duplicate nodes with the wires between them, and on request those that come in', () => {
    const { document, result } = run(chain(), (draft) => fragments.duplicate(draft, [id('grain'), id('blend')]))
    expect([...result]).toEqual([
      ['grain', 'grain-2'],
      ['blend', 'blend-2'],
    ])
    expect(wires(document)).toEqual([...wires(chain()), 'grain-2.image > blend-2.base'].sort())
    expect(document.nodes[id('grain-2')]!.position).toEqual(chain().nodes[id('grain')]!.position)

    const fed = run(chain(), (draft) =>
      fragments.duplicate(draft, [id('grain'), id('blend')], { incoming: true }),
    ).document
    expect(wires(fed)).toEqual(
      [
        ...wires(chain()),
        'clip.image > grain-2.image',
        'clip.image > blend-2.detail',
        'grain-2.image > blend-2.base',
      ].sort(),
    )
  })

  it('paste a fragment moved, without wires that lead out of it', () => {
    const fragment = fragments.fragmentOf(chain(), [id('blend'), id('writer'), id('nobody')])
    expect(Object.keys(fragment.edges)).toHaveLength(1)
    const { document, result } = run(chain(), (draft) => fragments.paste(draft, fragment, { x: 100, y: 200 }))
    expect([...result.values()]).toEqual(['blend-2', 'writer-2'])
    const moved = (name: string) => {
      const { x, y } = chain().nodes[id(name)]!.position
      return { x: x + 100, y: y + 200 }
    }
    for (const name of ['blend', 'writer']) expect(document.nodes[id(`${name}-2`)]!.position).toEqual(moved(name))
    const corner = fragments.cornerOf(fragment)
    expect(corner).toEqual({ x: Math.min(moved('blend').x, moved('writer').x) - 100, y: 0 })
    const loose = { nodes: fragment.nodes, edges: chain().edges }
    expect(wires(run(sketch({}), (draft) => fragments.paste(draft, loose)).document)).toEqual([
      'blend.image > writer.image',
    ])
  })
})
