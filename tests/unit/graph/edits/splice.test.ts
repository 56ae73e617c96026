import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import type { EdgeId, GraphDocument, NodeId } from '../../../../src/graph/document/document.ts'
import { addNode } from '../../../../src/graph/edits/edit.ts'
import { duplicate, fragmentOf, paste } from '../../../../src/graph/edits/fragments.ts'
import { edit, newHistory, undo } from '../../../../src/graph/edits/history.ts'
import { insertBehind, insertNode, spliceOf, spliceOfNode, wiresBehind } from '../../../../src/graph/edits/splice.ts'
import { soundDocument } from '../arbitrary.ts'
import { facts, id, recipe, sketch, specs } from '../specs.ts'

const room = { width: 200, gap: 48 }
const edge = (text: string) => text as EdgeId
const wires = (document: GraphDocument) =>
  Object.values(document.edges)
    .map(({ from, to }) => `${from.node}.${from.port} > ${to.node}.${to.port}`)
    .sort()

describe('a node put into a wire', () => {
  it('reads what the wire brought and is read by whom the wire fed; the wire keeps its id', () => {
    const before = sketch({ clip: {}, writer: {}, sharpen: {} }, ['clip.image > writer.image'])
    const { history, result } = edit(newHistory(before), 'Insert', (draft) =>
      insertNode(draft, specs, id('sharpen'), edge('e0'), room),
    )
    expect(result).toBe(true)
    expect(wires(history.document)).toEqual(['clip.image > sharpen.image', 'sharpen.image > writer.image'])
    expect(history.document.edges[edge('e0')]?.to).toEqual({ node: 'writer', port: 'image' })
    expect(undo(history).document).toEqual(before)
  })

  it('takes the input that it would pass on when bypassed', () => {
    const document = recipe()
    expect(spliceOf(document, specs, specs.get('blend')!, edge('e0'))).toEqual({ input: 'base', output: 'image' })
  })

  it('must take and give what the wire carries', () => {
    const document = recipe()
    expect(spliceOf(document, specs, specs.get('luma')!, edge('e0')), 'an image becomes a mask').toBeUndefined()
    expect(spliceOf(document, specs, specs.get('grain')!, edge('e5')), 'a mask wire').toBeUndefined()
    expect(spliceOf(document, specs, specs.get('writer')!, edge('e0')), 'a sink').toBeUndefined()
    expect(spliceOf(document, specs, specs.get('grain')!, edge('toString')), 'no wire').toBeUndefined()
  })

  it('is not torn out of the chain that it stands in, nor put into its own wire', () => {
    const document = recipe()
    expect(spliceOfNode(document, specs, id('grain'), edge('e0'))).toBeUndefined()
    expect(spliceOfNode(document, specs, id('grain'), edge('e6'))).toBeUndefined()
  })

  it('closes no circle through its other inputs', () => {
    const document = sketch({ clip: {}, grain: {}, luma: {}, sharpen: {} }, [
      'clip.image > grain.image',
      'grain.image > luma.image',
      'luma.mask > sharpen.weight',
    ])
    expect(spliceOfNode(document, specs, id('sharpen'), edge('e0'))).toBeUndefined()
    expect(spliceOfNode(document, specs, id('sharpen'), edge('e1'))).toBeUndefined()
  })

  it('gets room: those behind it move on by what is lacking', () => {
    const before = sketch({ clip: {}, grain: {}, writer: {}, sharpen: {} }, [
      'clip.image > grain.image',
      'grain.image > writer.image',
    ])
    const placed: GraphDocument = {
      ...before,
      nodes: Object.fromEntries(
        Object.values(before.nodes).map((node) => [
          node.id,
          {
            ...node,
            position: { x: { clip: 0, grain: 288, writer: 576 }[node.id as string] ?? 120, y: 0 },
          },
        ]),
      ),
    }
    const { history } = edit(newHistory(placed), 'Insert', (draft) =>
      insertNode(draft, specs, id('sharpen'), edge('e0'), room),
    )
    const at = (name: string) => history.document.nodes[id(name)]?.position.x
    expect([at('clip'), at('sharpen'), at('grain'), at('writer')]).toEqual([0, 248, 496, 784])
  })

  it('leaves any sound graph sound, and undo takes it out again', () => {
    fc.assert(
      fc.property(soundDocument, fc.nat(), fc.constantFrom('sharpen', 'grain', 'blend'), (document, n, type) => {
        const edges = Object.keys(document.edges) as EdgeId[]
        if (edges.length === 0) return
        const chosen = edges[n % edges.length]!
        const fits = spliceOf(document, specs, specs.get(type)!, chosen) !== undefined
        const { history, result } = edit(newHistory(document), 'Insert', (draft) => {
          const added = addNode(draft, { type, position: { x: 0, y: 0 } })
          return insertNode(draft, specs, added, chosen, room)
        })
        expect(result).toBe(fits)
        if (fits) expect(Object.keys(history.document.edges)).toHaveLength(edges.length + 1)
        const problems = validate(history.document, specs, facts).map((problem) => problem.code)
        // A blend's second input, or all of a node that did not fit, stays unconnected; nothing else may be wrong.
        expect(problems.filter((code) => code !== 'missing-input')).toEqual([])
        expect(undo(history).document).toEqual(document)
      }),
    )
  })
})

describe('a node put behind an output', () => {
  const clip = { node: id('clip'), port: 'image' }

  it('is read by all that read the output, by the wires that were there', () => {
    const before = sketch({ clip: {}, writer: {}, luma: {}, sharpen: {} }, [
      'clip.image > writer.image',
      'clip.image > luma.image',
    ])
    const behind = wiresBehind(before, specs, specs.get('sharpen')!, clip)
    expect(behind).toEqual([edge('e0'), edge('e1')])
    const { history, result } = edit(newHistory(before), 'Insert', (draft) =>
      insertBehind(draft, specs, id('sharpen'), behind, room),
    )
    expect(result).toBe(true)
    expect(wires(history.document)).toEqual([
      'clip.image > sharpen.image',
      'sharpen.image > luma.image',
      'sharpen.image > writer.image',
    ])
    expect(undo(history).document).toEqual(before)
  })

  it('must pass on what comes out there, and need nothing more for it', () => {
    const document = sketch({ clip: {}, writer: {} }, ['clip.image > writer.image'])
    expect(wiresBehind(document, specs, specs.get('luma')!, clip), 'an image becomes a mask').toEqual([])
    expect(wiresBehind(document, specs, specs.get('blend')!, clip), 'a second picture').toEqual([])
    expect(wiresBehind(sketch({ clip: {} }), specs, specs.get('grain')!, clip), 'nothing reads it').toEqual([])
  })

  it('keeps the points of the wires that lie beyond it', () => {
    const before = sketch({ clip: {}, writer: {}, luma: {}, sharpen: {} }, [
      'clip.image > writer.image',
      'clip.image > luma.image',
    ])
    const via = [
      { x: 10, y: 0 },
      { x: 2000, y: 40 },
    ]
    const dotted: GraphDocument = {
      ...before,
      edges: { ...before.edges, [edge('e0')]: { ...before.edges[edge('e0')]!, via } },
    }
    const { history } = edit(newHistory(dotted), 'Insert', (draft) =>
      insertBehind(draft, specs, id('sharpen'), [edge('e0'), edge('e1')], room),
    )
    expect(history.document.edges[edge('e0')]?.via).toEqual([{ x: 2000, y: 40 }])
    expect(history.document.edges[edge('e1')]?.via).toBeUndefined()
  })
})

describe('what is pasted with its incoming wires', () => {
  it('reads what the originals read, as duplicates do', () => {
    const document = recipe()
    const nodes = [id('grain'), id('writer')]
    const fragment = fragmentOf(document, nodes, { incoming: true })
    const pasted = edit(newHistory(document), 'Paste', (draft) => paste(draft, fragment, { x: 40, y: 40 }, specs))
    const copied = edit(newHistory(document), 'Duplicate', (draft) => duplicate(draft, nodes, { incoming: true }))
    expect(wires(pasted.history.document)).toEqual(wires(copied.history.document))
    expect(wires(pasted.history.document)).toContain('clip.sound > writer-2.sound')
  })

  it('leaves out what the other graph does not have, or what does not fit there', () => {
    const fragment = fragmentOf(recipe(), [id('grain')], { incoming: true })
    const other = sketch({ blend: { type: 'luma' } })
    const { history, result } = edit(newHistory(other), 'Paste', (draft) => paste(draft, fragment, undefined, specs))
    expect([...result.values()]).toEqual(['grain'])
    expect(history.document.edges).toEqual({})
  })

  it('without being asked, reads nothing', () => {
    const fragment = fragmentOf(recipe(), [id('grain')], { incoming: true })
    const { history } = edit(newHistory(recipe()), 'Paste', (draft) => paste(draft, fragment))
    expect(wires(history.document)).toEqual(wires(recipe()))
    expect(history.document.nodes['grain-2' as NodeId]).toBeDefined()
  })
})
