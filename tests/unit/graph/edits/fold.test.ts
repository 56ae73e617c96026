import { describe, expect, it } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import {
  type AnyNodeId,
  type EdgeRecord,
  endpointKey,
  type Graph,
  type GraphDocument,
  type NodeId,
} from '../../../../src/graph/document/document.ts'
import { graphAt, nodeAt } from '../../../../src/graph/document/levels.ts'
import type { Problem } from '../../../../src/graph/document/problems.ts'
import { portsOf, specOf } from '../../../../src/graph/document/subgraph.ts'
import { addPort, demote, promote, removePort, renamePort } from '../../../../src/graph/edits/boundary.ts'
import { connect, type DocumentDraft, removeNodes, setFlag, setParam } from '../../../../src/graph/edits/edit.ts'
import { fold, unfold } from '../../../../src/graph/edits/fold.ts'
import { fragmentOf, paste } from '../../../../src/graph/edits/fragments.ts'
import { edit, newHistory, undo } from '../../../../src/graph/edits/history.ts'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { serializeGraph } from '../../../../src/graph/file/write.ts'
import { paramValues } from '../../../../src/graph/node/values.ts'
import { defaultLimits, plan } from '../../../../src/graph/plan/plan.ts'
import { at, facts, id, sketch, specs } from '../specs.ts'

const change = (document: GraphDocument, recipe: (draft: DocumentDraft) => unknown): GraphDocument =>
  edit(newHistory(document), 'Test', recipe).history.document

/** clip → scale > grain > writer, and the fold of the two in the middle. */
const chain = () =>
  sketch(
    {
      clip: {},
      scale: { params: { factor: 2 } },
      grain: { params: { amount: 0.2 } },
      writer: {},
    },
    ['clip.image > scale.image', 'scale.image > grain.image', 'grain.image > writer.image'],
  )
const folded = () => change(chain(), (draft) => fold(draft, specs, [id('scale'), id('grain')], { title: 'Look' }))
/** Every wire of one level, as `sketch` writes them. */
const wires = (graph: Graph<AnyNodeId>): string[] =>
  Object.values<EdgeRecord<AnyNodeId>>(graph.edges)
    .map(({ from, to }) => `${endpointKey(from)} > ${endpointKey(to)}`)
    .sort()
const wireTo = (graph: Graph, end: string) =>
  Object.values<EdgeRecord>(graph.edges).find(({ to }) => endpointKey(to) === end)!.id
const look = (document: GraphDocument) => document.nodes[id('subgraph')]!
const body = (document: GraphDocument) => look(document).body!

describe('fold', () => {
  it('puts nodes into one, with a port for what comes in and one for what goes out', () => {
    const document = folded()
    expect(Object.keys(document.nodes).sort()).toEqual(['clip', 'subgraph', 'writer'])
    expect(wires(document)).toEqual(['clip.image > subgraph.image', 'subgraph.image > writer.image'])
    expect(portsOf(body(document), 'inputs')).toEqual([{ name: 'image', title: 'Image', type: 'image' }])
    expect(portsOf(body(document), 'outputs')).toEqual([{ name: 'image', title: 'Image', type: 'image' }])
    expect(look(document).title).toBe('Look')
    expect(validate(document, specs, facts)).toEqual([])
  })

  it('takes one port for a picture that several nodes inside read, and one for each that several outside read', () => {
    const document = sketch(
      { clip: {}, a: { type: 'grain' }, b: { type: 'grain' }, x: { type: 'blend' }, y: { type: 'grain' } },
      ['clip.image > a.image', 'clip.image > b.image', 'a.image > x.base', 'b.image > x.detail', 'a.image > y.image'],
    )
    const made = change(document, (draft) => fold(draft, specs, [id('a'), id('b')]))
    const inner = made.nodes[id('subgraph')]!.body!
    expect(portsOf(inner, 'inputs')).toHaveLength(1)
    expect(portsOf(inner, 'outputs').map(({ title }) => title)).toEqual(['Image', 'Image 2'])
    expect(change(made, (draft) => unfold(draft, specs, id('subgraph')))).toEqual(document)
  })

  it('says which node stands in the way of folding', () => {
    const result = edit(newHistory(chain()), 'Fold', (draft) => fold(draft, specs, [id('clip'), id('grain')])).result
    expect(result).toMatchObject({
      code: 'not-foldable',
      node: 'scale',
      message:
        'These nodes cannot be folded: Scale, which is not among them, reads what they make and feeds Grain, so the subgraph would wait for its own result.',
      hint: 'Select Scale as well.',
    })
  })

  it('refuses to lie deeper than a file may', () => {
    let document = sketch({ clip: {} })
    let problem: unknown
    for (let n = 0; n < 20 && problem === undefined; n += 1) {
      const ids = Object.keys(document.nodes) as NodeId[]
      const { history, result } = edit(newHistory(document), 'Fold', (draft) => fold(draft, specs, ids))
      document = history.document
      if ('code' in result) problem = result
    }
    expect(problem).toMatchObject({ message: 'Subgraphs would be nested more than 16 deep.' })
    const parsed = parseGraph(serializeGraph(document, specs), specs)
    expect(parsed).toEqual({ ok: true, document, notices: [] })
  })

  it('puts what it folded where the card was moved to', () => {
    const moved = change(folded(), (draft) => {
      draft.nodes[id('subgraph')]!.position.x += 100
    })
    const back = change(moved, (draft) => unfold(draft, specs, id('subgraph')))
    expect(back.nodes[id('grain')]!.position.x).toBe(chain().nodes[id('grain')]!.position.x + 100)
  })
})

describe('a subgraph', () => {
  it('bypassed passes its picture on, muted lets its readers rest, and runs nothing of its own either way', () => {
    for (const flag of ['bypass', 'mute'] as const) {
      const document = change(folded(), (draft) => setFlag(draft, [id('subgraph')], flag, true))
      const outcome = plan({ document, specs, facts, targets: 'sinks', limits: defaultLimits })
      if (flag === 'bypass')
        expect(outcome.ok ? outcome.plan.steps.flatMap(({ nodes }) => nodes) : outcome.problems).toEqual([
          'clip',
          'writer',
        ])
      else expect(outcome).toMatchObject({ ok: false, problems: [{ code: 'no-output' }] })
    }
  })

  it('shows its outputs as those of the nodes inside', () => {
    const outcome = plan({
      document: folded(),
      specs,
      facts,
      targets: [at('subgraph.image')],
      limits: defaultLimits,
    })
    expect(outcome.ok && outcome.plan.values[outcome.plan.targets[0]!]!.producer).toEqual({
      node: 'subgraph/grain',
      port: 'image',
    })
  })

  it('tells what is wrong inside at the node, and from outside at its card and port', () => {
    const document = change(folded(), (draft) => {
      delete draft.edges[wireTo(folded(), 'subgraph.image')]
    })
    const [problem] = validate(document, specs, facts).filter(({ code }) => code === 'missing-input') as [Problem]
    expect(problem).toMatchObject({ node: 'subgraph/scale', port: 'image' })
    const { seenFrom } = expand(document, specs)
    expect(seenFrom([], problem.node!, problem.port)).toEqual({ node: 'subgraph', port: 'image' })
    expect(seenFrom([id('subgraph')], problem.node!, problem.port)).toEqual({ node: 'scale', port: 'image' })
    expect(seenFrom([id('other')], problem.node!)).toBeUndefined()
  })

  it('has an input that may stay free only where all inside may do without', () => {
    const document = sketch({ mask: { type: 'luma' }, clip: {}, grain: {} }, [
      'clip.image > grain.image',
      'clip.image > mask.image',
      'mask.mask > grain.protect',
    ])
    const made = change(document, (draft) => fold(draft, specs, [id('grain')]))
    const spec = specOf(specs, made.nodes[id('subgraph')])!
    expect(spec.inputs.protect).toHaveProperty('fallback')
    expect(spec.inputs.image).not.toHaveProperty('fallback')
  })

  it('keeps its boundary whatever is deleted or copied inside', () => {
    const document = change(folded(), (draft) => {
      const inner = draft.nodes[id('subgraph')]!.body!
      removeNodes(inner, Object.keys(inner.nodes) as NodeId[], specs)
    })
    expect(Object.keys(body(document).nodes).sort()).toEqual(['inputs', 'outputs'])
    // What the nodes passed on still goes through.
    expect(Object.values(body(document).edges)).toMatchObject([{ from: { node: 'inputs' }, to: { node: 'outputs' } }])
    const fragment = fragmentOf(body(document), [id('inputs')])
    expect(fragment.nodes).toEqual({})
    const pasted = change(folded(), (draft) => {
      paste(draft, body(document))
    })
    expect(pasted).toEqual(folded())
    const flat = expand(document, specs)
    expect(wires(flat.document)).toEqual(['clip.image > writer.image'])
  })

  it('is copied whole, and its copy is another', () => {
    const document = change(folded(), (draft) => {
      paste(draft, fragmentOf(folded(), [id('subgraph')]), { x: 40, y: 40 })
      setParam(draft, id('subgraph'), 'none', 1)
    })
    expect(document.nodes[id('subgraph-2')]!.body).toEqual(body(document))
  })
})

describe('ports', () => {
  const path = [id('subgraph')]

  it('are added, named, wired, and go with the wires on both sides', () => {
    const added = change(folded(), (draft) => {
      expect(addPort(draft, path, 'inputs', { title: 'Protect', type: 'mask' })).toBe('mask')
      renamePort(draft, path, 'inputs', 'image', '  Picture ')
      const inner = draft.nodes[id('subgraph')]!.body!
      expect(connect(inner, specs, at('inputs.mask'), at('grain.protect'))).toBeUndefined()
      expect(connect(inner, specs, at('inputs.mask'), at('grain.image'))).toMatchObject({ code: 'wrong-type' })
    })
    expect(portsOf(body(added), 'inputs').map(({ title }) => title)).toEqual(['Picture', 'Protect'])
    const removed = change(added, (draft) => removePort(draft, path, 'inputs', 'image'))
    expect(wires(removed)).toEqual(['subgraph.image > writer.image'])
    expect(wires(body(removed))).toEqual([
      'grain.image > outputs.image',
      'inputs.mask > grain.protect',
      'scale.image > grain.image',
    ])
  })

  it('lead to one problem where a file wires one that is not there', () => {
    const document = change(folded(), (draft) => {
      draft.edges[wireTo(folded(), 'writer.image')]!.from.port = 'nothing'
    })
    expect(validate(document, specs, facts)).toMatchObject([
      { code: 'unknown-port', node: 'writer', port: 'image', edge: wireTo(folded(), 'writer.image') },
    ])
  })
})

describe('promoted params', () => {
  const path = [id('subgraph')]
  const promoted = () => change(folded(), (draft) => promote(draft, path, specs, id('grain'), 'amount'))

  it('stand on the card with the value of the node inside, which setting them changes', () => {
    const document = promoted()
    const spec = specOf(specs, look(document))!
    expect(Object.keys(spec.params)).toEqual(['amount'])
    expect(paramValues(spec, look(document))).toEqual({ amount: 0.2 })
    const { history } = edit(newHistory(document), 'Set', (draft) => setParam(draft, id('subgraph'), 'amount', 0.4))
    expect(nodeAt(history.document, 'subgraph/grain')!.params).toEqual({ amount: 0.4 })
    expect(look(history.document).params).toEqual({})
    expect(undo(history).document).toEqual(document)
  })

  it('reach through several levels, follow their node when it is folded or unfolded, and go with it', () => {
    const outer = change(promoted(), (draft) => fold(draft, specs, [id('clip'), id('subgraph')]))
    const card = id('subgraph')
    const twice = change(outer, (draft) => promote(draft, [card], specs, id('subgraph'), 'amount'))
    const set = change(twice, (draft) => setParam(draft, card, 'amount', 0.3))
    expect(nodeAt(set, 'subgraph/subgraph/grain')!.params).toEqual({ amount: 0.3 })
    const unfolded = change(set, (draft) => unfold(draft.nodes[card]!.body!, specs, id('subgraph')))
    expect(graphAt(unfolded, [card])!.promoted).toMatchObject([{ node: 'grain', param: 'amount' }])
    const gone = change(unfolded, (draft) => removeNodes(draft.nodes[card]!.body!, [id('grain')], specs))
    expect(graphAt(gone, [card])).not.toHaveProperty('promoted')
    expect(change(promoted(), (draft) => demote(draft, path, 'amount'))).toEqual(folded())
  })

  it('are refused where the card shows none of that name', () => {
    const { history, result } = edit(newHistory(folded()), 'Set', (draft) =>
      setParam(draft, id('subgraph'), 'amount', 1),
    )
    expect(result).toMatchObject({ code: 'unknown-param', message: 'The subgraph "Look" shows no setting "amount".' })
    expect(history.past).toEqual([])
  })
})

describe('a file', () => {
  const file = (change: (body: Record<string, never> & { nodes: Record<string, Record<string, unknown>> }) => void) => {
    const json = JSON.parse(serializeGraph(folded(), specs))
    change(json.nodes.subgraph.body)
    return parseGraph(JSON.stringify(json), specs)
  }
  const inputs = 'nodes.subgraph.body.nodes.inputs'
  it.each([
    [
      'a boundary twice',
      (b: never) => void Object.assign(nodesOf(b), { more: { ...nodesOf(b).inputs } }),
      'nodes.subgraph.body.nodes.more is a second node of the type "subgraph-inputs"',
    ],
    [
      'a port twice',
      (b: never) => void portsIn(b).push({ ...portsIn(b)[0]! }),
      `${inputs}.ports[1].name is "image" a second time`,
    ],
    [
      'a port of no name',
      (b: never) => void Object.assign(portsIn(b)[0]!, { name: '__proto__x'.slice(0, 9) }),
      `${inputs}.ports[0].name is not a valid name: "__proto__"`,
    ],
    [
      'a port of no type',
      (b: never) => void Object.assign(portsIn(b)[0]!, { type: 'smell' }),
      `${inputs}.ports[0].type is a text, which does not fit`,
    ],
    [
      'a param of no node',
      (b: never) => void Object.assign(b, { promoted: [{ name: 'a', title: 'A', node: 'a.b', param: 'x' }] }),
      'nodes.subgraph.body.promoted[0] does not name a valid node and param: "a.b.x"',
    ],
    [
      'no body',
      (b: never) => void Object.assign(nodesOf(b).grain!, { type: 'subgraph' }),
      'nodes.subgraph.body.nodes.grain.body is missing',
    ],
    [
      'a node of no name',
      (b: never) => void Object.assign(nodesOf(b), { 'a b': { ...nodesOf(b).grain } }),
      'a node at nodes.subgraph.body is called "a b"',
    ],
  ])('with %s is refused, and told where', (_, damage, where) => {
    const parsed = file(damage as never)
    expect(parsed.ok).toBe(false)
    expect(parsed.ok || parsed.error.message).toContain(where)
  })

  it('with a boundary outside of subgraphs is refused', () => {
    const json = JSON.parse(serializeGraph(chain(), specs))
    json.nodes.grain.type = 'subgraph-outputs'
    const parsed = parseGraph(JSON.stringify(json), specs)
    expect(parsed.ok || parsed.error.message).toBe(
      'In this graph file, nodes.grain is the boundary of a subgraph, but is not inside one.',
    )
  })

  it('counts the nodes of all levels', () => {
    const json = JSON.parse(serializeGraph(folded(), specs))
    for (let n = 0; n < 50_000; n += 1) json.nodes.subgraph.body.nodes[`n${n}`] = 0
    const parsed = parseGraph(JSON.stringify(json), specs)
    expect(parsed.ok || parsed.error.message).toBe('This graph has 50007 nodes; it may have at most 50000.')
  })

  it('tells of a field that no body has, and where', () => {
    const parsed = file((b) => Object.assign(b, { colour: 'red' }))
    expect(parsed.ok && parsed.notices.map(({ message }) => message)).toEqual([
      'The file has a field nodes.subgraph.body.colour that this version does not know; saving leaves it out.',
    ])
  })
})

type Loose = { nodes: Record<string, Record<string, unknown>> }
const nodesOf = (b: Loose) => b.nodes
const portsIn = (b: Loose) => b.nodes.inputs!.ports as Record<string, unknown>[]
