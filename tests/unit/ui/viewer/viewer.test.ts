/** What the viewer asks and works out, without a browser: requests, playing, what to render ahead, variants. */
import { describe, expect, test } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import { sourceOf } from '../../../../src/graph/analysis/upstream.ts'
import { viewedOutput } from '../../../../src/graph/analysis/viewed-output.ts'
import type { GraphDocument, OutermostId } from '../../../../src/graph/document/document.ts'
import { fold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../../src/graph/edits/history.ts'
import { param } from '../../../../src/graph/node/params.ts'
import { defaultLimits, plan } from '../../../../src/graph/plan/plan.ts'
import { nextAhead } from '../../../../src/ui/store/idle.ts'
import { frameAfter, lateFrames, playRange } from '../../../../src/ui/store/playback.ts'
import { compose, referenceNode } from '../../../../src/ui/store/view-request.ts'
import type { Compared } from '../../../../src/ui/store/viewer-settings.ts'
import { variantsOf } from '../../../../src/ui/viewer/variant-values.ts'
import { fieldOf, inField, layoutOf, pixelAt } from '../../../../src/ui/viewer/viewport.ts'
import { facts, oneLevel, sketch, specs } from '../../graph/specs.ts'

const id = (name: string) => name as OutermostId
const image = (name: string) => ({ node: id(name), port: 'image' })
/** `chain('clip', 'scale')`: clip-0 → scale-1. */
const chain = (...types: string[]) => {
  const names = types.map((type, i) => `${type}-${i}`)
  const wires = names.slice(1).map((name, i) => `${names[i]}.image > ${name}.image`)
  const graph = sketch(Object.fromEntries(names.map((name) => [name, {}])), wires)
  return { graph, document: oneLevel(graph), specs }
}
const viewerSettings = {
  mode: 'wipe',
  others: [{ kind: 'source' }],
  reference: null,
  variants: null,
  flicker: false,
  part: 'all',
  overlay: null,
} as const

describe('another whole graph', () => {
  const { graph: open, document, specs: known } = chain('clip', 'scale')
  const other = (): GraphDocument => chain('clip', 'sharpen', 'sharpen').graph
  const compared = (graph: GraphDocument) => ({ kind: 'graph', title: 'Other', document: graph }) as const

  test('comes in under names of its own and reads the clip of the open one', () => {
    const composed = compose(document, known, image('scale-1'), { ...viewerSettings, others: [compared(other())] })
    expect(composed.others).toEqual([image('sharpen-2~graph0')])
    expect(composed.labels[1]).toBe('Other')
    expect(composed.graphs).toEqual([null, compared(other())])
    expect(Object.keys(composed.document.nodes).sort()).toEqual([
      ...['clip-0', 'scale-1', 'sharpen-1~graph0', 'sharpen-2~graph0'],
    ])
    const into = Object.values(composed.document.edges).find(({ to }) => to.node === 'sharpen-1~graph0')
    expect(into?.from).toEqual(image('clip-0'))
  })

  test('of itself is its own picture twice, and two of them stay apart', () => {
    const others = [compared(open), compared(other())]
    const composed = compose(document, known, image('scale-1'), { ...viewerSettings, mode: 'side', others })
    expect(composed.others).toEqual([image('scale-1~graph0'), image('sharpen-2~graph1')])
  })

  test('is left out where it makes no picture', () => {
    const empty = { ...open, nodes: {}, edges: {} }
    const composed = compose(document, known, image('scale-1'), { ...viewerSettings, others: [compared(empty)] })
    expect(composed.others).toEqual([])
  })
})

describe('comparing with subgraphs', () => {
  const { graph: document, specs: known } = chain('clip', 'scale', 'sharpen')
  const { graph: other } = chain('clip', 'sharpen', 'grain')
  const folded = (graph: GraphDocument, ...names: string[]) =>
    edit(newHistory(graph), 'Fold', (draft) => {
      fold(draft, known, names.map(id))
    }).history.document
  /** What each picture is made of, whatever its nodes are called. */
  const made = (graph: GraphDocument, changes: Partial<Parameters<typeof compose>[3]>) => {
    const { document: flat, resolve } = expand(graph, known)
    const view = viewedOutput(flat, known, null)
    if (!view) throw new Error('The graph shows nothing.')
    const composed = compose(flat, known, view, { ...viewerSettings, mode: 'side', ...changes }, resolve)
    const targets = [composed.view, ...composed.others]
    const outcome = plan({ document: composed.document, specs: known, facts, targets, limits: defaultLimits })
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
    return {
      keys: targets.map(({ node, port }) => [outcome.nodeKeys[node], port]),
      clips: outcome.plan.steps.filter(({ kind }) => kind === 'source').length,
      labels: composed.labels,
    }
  }

  test('with the source, another output or variants is as it was before folding', () => {
    for (const others of [[{ kind: 'source' }], [{ kind: 'output', at: image('scale-1') }]] as const)
      expect(made(folded(document, 'clip-0', 'sharpen-2', 'scale-1'), { others: inside(others) })).toEqual(
        made(document, { others }),
      )
    const variants = { node: id('scale-1'), param: 'factor', values: [2, 3] }
    const within = { ...variants, node: id('subgraph/scale-1') }
    expect(made(folded(document, 'scale-1'), { variants: within })).toEqual(made(document, { variants }))
  })
  const inside = (others: readonly Compared[]): readonly Compared[] =>
    others.map((one) => (one.kind === 'output' ? { kind: 'output', at: image('subgraph/scale-1') } : one))

  test('with an output of a card is with that of the node within', () => {
    const others = [{ kind: 'output', at: image('subgraph') }] as const
    expect(made(folded(document, 'scale-1'), { others })).toEqual(
      made(document, { others: [{ kind: 'output', at: image('scale-1') }] }),
    )
  })

  test('with another graph reads one clip for both, whichever of the two folds it', () => {
    const compared = (graph: GraphDocument) => [{ kind: 'graph', title: 'Other', document: graph }] as const
    const flat = made(document, { others: compared(other) })
    expect(flat.clips).toBe(1)
    for (const open of [document, folded(document, 'clip-0'), folded(document, 'clip-0', 'scale-1')])
      for (const beside of [other, folded(other, 'clip-0'), folded(other, 'sharpen-1', 'grain-2')])
        expect(made(open, { others: compared(beside) })).toEqual(flat)
  })
})

describe('what is compared', () => {
  test('is the source where nothing else is chosen, found through the chain', () => {
    const { document, specs } = chain('clip', 'scale', 'sharpen', 'sharpen')
    expect(sourceOf(document, specs, image('sharpen-3'))).toEqual(image('clip-0'))
    const composed = compose(document, specs, image('sharpen-3'), viewerSettings)
    expect(composed.document).toBe(document)
    expect(composed.others).toEqual([image('clip-0')])
    expect(composed.labels[1]).toBe('Source')
  })

  test('can be a file outside the graph, which comes in for the request alone', () => {
    const { document, specs } = chain('clip', 'sharpen')
    const reference = { id: 'better.mp4' }
    const composed = compose(document, specs, image('sharpen-1'), {
      ...viewerSettings,
      others: [{ kind: 'reference' }],
      reference,
    })
    expect(composed.others).toEqual([{ node: referenceNode, port: 'image' }])
    expect(composed.document.nodes[referenceNode]).toMatchObject({ type: 'clip', params: { media: reference } })
    expect(document.nodes[referenceNode]).toBeUndefined()
  })

  test('is B alone unless they stand side by side', () => {
    const { document, specs } = chain('clip', 'sharpen')
    const others = [{ kind: 'source' }, { kind: 'output', at: image('sharpen-1') }] as const
    expect(compose(document, specs, image('sharpen-1'), { ...viewerSettings, others }).others).toHaveLength(1)
    expect(
      compose(document, specs, image('sharpen-1'), { ...viewerSettings, mode: 'side', others }).others,
    ).toHaveLength(2)
  })
})

describe('variants', () => {
  test('copy the nodes that the value reaches and nothing above or beside them', () => {
    const { document, specs } = chain('clip', 'scale', 'sharpen', 'sharpen')
    const variants = { node: id('sharpen-2'), param: 'amount', values: [1, 2, 3] }
    const {
      document: asked,
      view,
      others,
      labels,
    } = compose(document, specs, image('sharpen-3'), { ...viewerSettings, variants })
    expect(view).toEqual(image('sharpen-3'))
    expect(asked.nodes[id('sharpen-2')]?.params).toMatchObject({ amount: 1 })
    expect(Object.keys(asked.nodes).sort()).toEqual(
      [
        'clip-0',
        'scale-1',
        'sharpen-2',
        'sharpen-3',
        'sharpen-2~0',
        'sharpen-3~0',
        'sharpen-2~1',
        'sharpen-3~1',
      ].sort(),
    )
    const into = (node: string) => Object.values(asked.edges).find(({ to }) => to.node === node)?.from.node
    expect(others.map(({ node }) => [into(node), into(into(node)!), asked.nodes[into(node)!]?.params.amount])).toEqual([
      ['sharpen-2~0', 'scale-1', 2],
      ['sharpen-2~1', 'scale-1', 3],
    ])
    expect(labels).toEqual(['Amount 1', 'Amount 2', 'Amount 3'])
  })

  test('of a node that is not seen change nothing', () => {
    const { document, specs } = chain('clip', 'scale', 'sharpen')
    const variants = { node: id('sharpen-2'), param: 'amount', values: [1, 2] }
    expect(compose(document, specs, image('scale-1'), { ...viewerSettings, variants }).others).toEqual([
      image('clip-0'),
    ])
  })

  test('stay within the parameter’s range and on its steps', () => {
    expect(variantsOf(param.float('S', { default: 0.7, min: 0, max: 1, step: 0.1 }), 0.7)).toEqual([0.4, 0.7, 1])
    expect(variantsOf(param.int('N', { default: 1, min: 1, max: 3 }), 3)).toEqual([2, 3])
    expect(variantsOf(param.bool('B', { default: false }), true)).toEqual([true, false])
    const many = param.choice('C', ['a', 'b', 'c', 'd', 'e'], { default: 'a' })
    expect(variantsOf(many, 'e')).toEqual(['a', 'b', 'c', 'e'])
    expect(variantsOf(param.seed('Seed', { default: 1 }), 1)).toBeNull()
  })
})

describe('playing', () => {
  const clock = { first: 10, last: 19 }
  test('stays between the points, which never leave the clip', () => {
    expect(playRange(clock, { inPoint: null, outPoint: null })).toEqual(clock)
    expect(playRange(clock, { inPoint: 12, outPoint: 15 })).toEqual({ first: 12, last: 15 })
    expect(playRange(clock, { inPoint: 2, outPoint: 99 })).toEqual(clock)
  })
  test('goes round, leaves out what is late, or stops at the end', () => {
    const range = { first: 12, last: 15 }
    expect([12, 14, 15].map((at) => frameAfter(at, 1, range, true))).toEqual([13, 15, 12])
    expect(frameAfter(14, 3, range, true)).toBe(13)
    expect(frameAfter(14, 3, range, false)).toBe(15)
    expect(frameAfter(15, 1, range, false)).toBeNull()
    expect(frameAfter(3, 1, range, true)).toBe(12)
  })
  test('counts as late only whole frames', () => {
    expect([99, 139, 141, 260].map((now) => lateFrames(now, 100, 40))).toEqual([0, 0, 1, 4])
    expect(lateFrames(1000, 0, 0)).toBe(0)
  })
})

test('what is rendered ahead begins after the frame shown, goes round, and stops when all is there', () => {
  const range = { first: 2, last: 9 }
  expect(nextAhead([[5, 5]], 5, range)).toBe(6)
  expect(nextAhead([[5, 9]], 5, range)).toBe(2)
  expect(
    nextAhead(
      [
        [2, 3],
        [5, 9],
      ],
      5,
      range,
    ),
  ).toBe(4)
  expect(nextAhead([[2, 9]], 5, range)).toBeNull()
  expect(nextAhead([], 0, range)).toBe(2)
})

describe('the canvas', () => {
  const canvas = { width: 800, height: 600 }
  test('is shared out side by side, and a point counts within its field', () => {
    const side = layoutOf({ mode: 'side', position: 0, gain: 1, tone: 'amount', mix: 0, flicker: false }, 3)
    expect(fieldOf(canvas, side, 2)).toEqual({ width: 400, height: 600 })
    const field = fieldOf(canvas, side, 3)
    expect(field).toEqual({ width: 400, height: 300 })
    expect(inField({ x: 500, y: 450 }, field)).toEqual({ x: 100, y: 150 })
    expect(pixelAt({ x: 200, y: 150 }, field, { scale: 4, centre: { x: 10, y: 5 } })).toEqual({ x: 10, y: 5 })
    expect(pixelAt({ x: 196, y: 153 }, field, { scale: 4, centre: { x: 10, y: 5 } })).toEqual({ x: 9, y: 5 })
  })
  test('variants stand beside each other, as many as there are', () => {
    const how = { mode: 'side', position: 0, gain: 1, tone: 'amount', mix: 0, flicker: false } as const
    expect(fieldOf({ width: 900, height: 600 }, layoutOf(how, 3, true), 3)).toEqual({ width: 300, height: 600 })
    expect(fieldOf({ width: 800, height: 600 }, layoutOf(how, 4, true), 4)).toEqual({ width: 200, height: 600 })
  })
  test('shows B alone while flickering, and A alone where there is no B', () => {
    const how = { mode: 'wipe', position: 0.3, gain: 1, tone: 'amount', mix: 0, flicker: true } as const
    expect(layoutOf(how, 2)).toEqual({ mode: 'single', show: 1 })
    expect(layoutOf(how, 1)).toEqual({ mode: 'single', show: 0 })
    expect(layoutOf({ ...how, flicker: false }, 2)).toEqual({ mode: 'wipe', position: 0.3 })
    // What the source denies is told beyond what it would deny of the plain upscale.
    const difference = { ...how, mode: 'difference', flicker: false } as const
    expect(layoutOf({ ...difference, part: 'contradiction' }, 4)).toMatchObject({ of: [2, 1], beyond: 3 })
    expect(layoutOf({ ...difference, part: 'invention' }, 3)).not.toHaveProperty('beyond')
  })
})
