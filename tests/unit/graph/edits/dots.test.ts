/** Reroute dots: what wires share, and that nothing but taking them apart takes them apart. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type EdgeId,
  type EdgeRecord,
  endpointKey,
  type GraphDocument,
  type NodeId,
  type Point,
} from '../../../../src/graph/document/document.ts'
import {
  type Dot,
  dotKey,
  dotNear,
  dotsOf,
  laidDots,
  laidWays,
  leadTo,
  strandToward,
  stretchFor,
  wiresOf,
} from '../../../../src/graph/edits/dots.ts'
import { addNode, connect, type GraphDraft, moveNodes, setVia } from '../../../../src/graph/edits/edit.ts'
import { fold, unfold } from '../../../../src/graph/edits/fold.ts'
import { duplicate, fragmentOf, paste } from '../../../../src/graph/edits/fragments.ts'
import { edit, newHistory, undo } from '../../../../src/graph/edits/history.ts'
import { addPoint, freeWires, movePoints, removePoints } from '../../../../src/graph/edits/reroute.ts'
import { insertNode } from '../../../../src/graph/edits/splice.ts'
import { parseFragment, parseGraph } from '../../../../src/graph/file/read.ts'
import { serializeFragment, serializeGraph } from '../../../../src/graph/file/write.ts'
import { soundDocument } from '../arbitrary.ts'
import { at, id, sketch, specs } from '../specs.ts'

const p = { x: 100, y: 0 }
const q = { x: 200, y: 40 }
const r = { x: 300, y: 80 }
const edge = (n: number) => `e${n}` as EdgeId

/** A clip that three grains read, by the ways given. */
function star(...ways: readonly (readonly Point[])[]): GraphDocument {
  const names = ways.map((_, n) => (n === 0 ? 'grain' : `grain-${n + 1}`))
  const document = sketch(
    Object.fromEntries([['clip', {}], ...names.map((name) => [name, {}] as const)]),
    names.map((name) => `clip.image > ${name}.image`),
  )
  return done(document, (draft) => {
    for (const [n, way] of ways.entries()) setVia(draft, edge(n), way)
  })
}
const done = (document: GraphDocument, recipe: (draft: GraphDraft) => unknown): GraphDocument =>
  edit(newHistory(document), 'Edit', recipe).history.document
const ways = (document: GraphDocument) =>
  Object.values<EdgeRecord>(document.edges)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ via }) => via ?? [])
const dotAt = (document: GraphDocument, place: Point): Dot =>
  dotsOf(document).find((dot) => dot.at.x === place.x && dot.at.y === place.y)!

describe('a dot', () => {
  it('is shared by the wires of one output, and never by those of two', () => {
    const document = star([p, q], [p], [r])
    expect(dotsOf(document).map((dot) => [dot.at, wiresOf(dot)])).toEqual([
      [p, [edge(0), edge(1)]],
      [q, [edge(0)]],
      [r, [edge(2)]],
    ])
    const two = done(
      sketch({ clip: {}, 'clip-2': {}, grain: {}, 'grain-2': {} }, [
        'clip.image > grain.image',
        'clip-2.image > grain-2.image',
      ]),
      (draft) => {
        setVia(draft, edge(0), [p])
        setVia(draft, edge(1), [p])
      },
    )
    expect(dotsOf(two)).toHaveLength(2)
    expect(dotNear(two, dotsOf(two)[0]!.stops, p, 1000)).toBeUndefined()
  })

  it('moves and goes with all wires that run through it, as one step', () => {
    const before = newHistory(star([p, q], [p], [r]))
    const shared = dotAt(before.document, p)
    const moved = edit(before, 'Move', (draft) => movePoints(draft, shared.stops, { x: 104, y: 8 })).history
    expect(ways(moved.document)).toEqual([[{ x: 104, y: 8 }, q], [{ x: 104, y: 8 }], [r]])
    expect(moved.past).toHaveLength(1)
    expect(undo(moved).document).toEqual(before.document)
    const gone = done(before.document, (draft) => removePoints(draft, shared.stops))
    expect(ways(gone)).toEqual([[q], [], [r]])
    expect(gone.edges[edge(1)]).not.toHaveProperty('via')
  })

  it('that is let go where it was, or nowhere, is no step', () => {
    const before = newHistory(star([p], [p]))
    const { stops } = dotAt(before.document, p)
    for (const to of [p, { x: Number.NaN, y: 0 }])
      expect(edit(before, 'Move', (draft) => movePoints(draft, stops, to)).history).toBe(before)
  })

  it('let go on another joins it: its wires come the way of that one and go on as before', () => {
    const document = star([p, q], [r, { x: 400, y: 0 }], [])
    const joined = done(document, (draft) => movePoints(draft, dotAt(document, r).stops, q))
    expect(ways(joined)).toEqual([[p, q], [p, q, { x: 400, y: 0 }], []])
    expect(wiresOf(dotAt(joined, q))).toEqual([edge(0), edge(1)])
  })

  it('joins one of its own wire without a loop', () => {
    const document = star([p, q, r])
    const on = (from: Point, to: Point) =>
      ways(done(document, (draft) => movePoints(draft, dotAt(document, from).stops, to)))[0]
    expect(on(p, r)).toEqual([r])
    expect(on(r, p)).toEqual([p])
    expect(on(q, p)).toEqual([p, r])
  })

  it('is taken apart by moving some of its wires, or by taking wires out of it', () => {
    const document = star([p, q], [p], [p])
    const [first] = dotAt(document, p).stops
    const apart = done(document, (draft) => movePoints(draft, [first!], r))
    expect(ways(apart)).toEqual([[r, q], [p], [p]])
    expect(ways(done(document, (draft) => freeWires(draft, [edge(0)])))).toEqual([[q], [p], [p]])
    expect(ways(done(document, (draft) => freeWires(draft, [edge(0), edge(1)])))).toEqual([[q], [], [p]])
    // Those that nobody else runs through are no shared ones.
    const all = newHistory(document)
    expect(edit(all, 'Free', (draft) => freeWires(draft, [edge(0), edge(1), edge(2)])).history).toBe(all)
  })

  it('finds the nearest one to join, in reach and not itself', () => {
    const document = star([p], [q], [{ x: 104, y: 0 }])
    const { stops } = dotAt(document, q)
    expect(dotNear(document, stops, { x: 103, y: 0 }, 8)?.at).toEqual({ x: 104, y: 0 })
    expect(dotNear(document, stops, { x: 101, y: 0 }, 8)?.at).toEqual(p)
    expect(dotNear(document, stops, { x: 150, y: 0 }, 8)).toBeUndefined()
    expect(dotNear(document, stops, q, 8)).toBeUndefined()
    const low = star([{ x: 100, y: 300 }], [q], [{ x: 100, y: 312 }])
    expect(dotNear(low, dotAt(low, q).stops, { x: 100, y: 308 }, 8)?.at).toEqual({ x: 100, y: 312 })
    expect(dotNear(low, dotAt(low, q).stops, { x: 100, y: 291 }, 8)).toBeUndefined()
  })

  it('lets the strand go that leads most in a direction', () => {
    const document = star([p, { x: 200, y: -100 }], [p])
    const shared = dotAt(document, p)
    const strand = (y: number) =>
      strandToward(document, shared, { x: 1, y }, () => ({ x: 200, y: 100 })).map((stop) => stop.edge)
    expect(strand(-1)).toEqual([edge(0)])
    expect(strand(1)).toEqual([edge(1)])
  })
})

describe('a wire', () => {
  it('pulled out of a dot runs through the dots up to that one', () => {
    const document = done(star([p, q, r], []), (draft) => {
      connect(draft, specs, at('clip.image'), at('grain-2.image'), leadTo(document0, dotAt(document0, q)))
    })
    expect(ways(document)).toEqual([
      [p, q, r],
      [p, q],
    ])
    expect(wiresOf(dotAt(document, q))).toHaveLength(2)
  })
  const document0 = star([p, q, r], [])

  it('gets a point where that makes it the least longer', () => {
    const [start, end] = [
      { x: 0, y: 0 },
      { x: 300, y: 0 },
    ]
    const via = [
      { x: 100, y: 0 },
      { x: 200, y: 0 },
    ]
    expect([50, 150, 250].map((x) => stretchFor(via, { x, y: 5 }, start, end))).toEqual([0, 1, 2])
    expect(stretchFor([], { x: 1, y: 1 }, start, end)).toBe(0)
  })

  it('is bent with those that lie over it on that stretch, and with no others', () => {
    const document = star([p, q], [p], [q])
    const bent = (index: number) => ways(done(document, (draft) => addPoint(draft, edge(0), index, r)))
    expect(bent(0)).toEqual([[r, p, q], [r, p], [q]])
    expect(bent(1)).toEqual([[p, r, q], [p], [q]])
    expect(bent(2)).toEqual([[p, q, r], [p], [q]])
  })
})

describe('shared dots survive', () => {
  it('the file and the clipboard', () => {
    const document = star([p, q], [p], [])
    expect(parseGraph(serializeGraph(document, specs), specs)).toEqual({ ok: true, document, notices: [] })
    const nodes = ['clip', 'grain', 'grain-2'].map(id)
    const parsed = parseFragment(serializeFragment(fragmentOf(document, nodes), specs), specs)
    if (!parsed.ok) throw new Error(parsed.error.message)
    const pasted = done(document, (draft) => paste(draft, parsed.fragment, { x: 1000, y: 0 }))
    expect(wiresOf(dotAt(pasted, { x: 1100, y: 0 }))).toHaveLength(2)
    expect(wiresOf(dotAt(pasted, p))).toHaveLength(2)
  })

  it('a copy that reads what the original reads: it runs through them too, and not through the original’s bends', () => {
    const document = star([p, q], [p])
    const copied = done(document, (draft) => duplicate(draft, [id('grain')], { incoming: true }))
    expect(wiresOf(dotAt(copied, p))).toHaveLength(3)
    expect(wiresOf(dotAt(copied, q))).toHaveLength(1)
    const fragment = fragmentOf(document, [id('grain')], { incoming: true })
    const pasted = done(document, (draft) => paste(draft, fragment, p, specs))
    expect(wiresOf(dotAt(pasted, p))).toHaveLength(3)
    // Where nothing runs through that place, the wire runs straight.
    const other = done(star([]), (draft) => paste(draft, fragment, p, specs))
    expect(dotsOf(other)).toEqual([])
  })

  it('a node put into a strand, which goes on branching off there', () => {
    const document = star([p], [p])
    const put = (x: number) => {
      const { nodes, edges } = done(document, (draft) => {
        draft.nodes[id('grain-2')]!.position = { x: 800, y: 0 }
        const node = addNode(draft, { type: 'sharpen', position: { x, y: 0 } })
        insertNode(draft, specs, node, edge(1), { width: 40, gap: 8 })
      })
      expect(nodes).toHaveProperty('sharpen')
      return [edges['sharpen.image' as EdgeId]?.via, edges[edge(1)]?.via]
    }
    expect(put(400)).toEqual([[p], undefined])
    // Before the dot it takes the wire out of it.
    expect(put(50)).toEqual([undefined, undefined])
  })

  it('moving: they go once all their wires do', () => {
    const document = star([p, q], [p])
    const by = (names: readonly string[]) =>
      done(document, (draft) =>
        moveNodes(
          draft,
          Object.fromEntries(
            names.map((name) => [name, { x: document.nodes[id(name)]!.position.x + 8, y: 0 }]),
          ) as Record<NodeId, Point>,
        ),
      )
    expect(ways(by(['clip', 'grain']))).toEqual([[p, { x: 208, y: 40 }], [p]])
    expect(ways(by(['clip', 'grain', 'grain-2']))).toEqual([
      [
        { x: 108, y: 0 },
        { x: 208, y: 40 },
      ],
      [{ x: 108, y: 0 }],
    ])
  })

  it('folding: what those outside share stays outside, and unfolding puts all together again', () => {
    // To the right of the cards: what lies behind the folded card goes inside.
    const shared = { x: 250, y: 0 }
    const document = star([shared, q], [shared, r], [shared])
    for (const nodes of [['grain', 'grain-2'], ['clip'], ['clip', 'grain-3']]) {
      const made = edit(newHistory(document), 'Fold', (draft) => fold(draft, specs, nodes.map(id)))
      if ('code' in made.result) throw new Error(made.result.message)
      const { node } = made.result
      const outside = dotsOf(made.history.document).map((dot) => [dot.at, wiresOf(dot).length])
      const body = made.history.document.nodes[node]!.body!
      const inside = dotsOf(body).map((dot) => [dot.at, wiresOf(dot).length])
      if (nodes.length === 1)
        expect([outside, inside]).toEqual([
          [
            [shared, 3],
            [q, 1],
            [r, 1],
          ],
          [],
        ])
      // The card takes the place of both in the dot.
      else if (nodes[0] === 'grain')
        expect([outside, inside]).toEqual([
          [[shared, 2]],
          [
            [q, 1],
            [r, 1],
          ],
        ])
      else
        expect([outside, inside]).toEqual([
          [
            [q, 1],
            [r, 1],
          ],
          [[shared, 2]],
        ])
      expect(edit(made.history, 'Unfold', (draft) => unfold(draft, specs, node)).history.document).toEqual(document)
    }
  })

  it('the layout, which places them like nodes; bends, which belong to how the nodes lay, go', () => {
    const document = star([p, q], [p, r], [])
    const all = new Set(['clip', 'grain', 'grain-2', 'grain-3'].map(id))
    const { dots, edges } = laidDots(document, all)
    expect(dots.map(({ dot, nodes }) => [dot.at, [...nodes].sort()])).toEqual([[p, ['clip', 'grain', 'grain-2']]])
    expect(edges.map(({ from, to }) => `${from.node} ${to.node}`).sort()).toEqual([
      'clip dot:0',
      'clip grain-3',
      'dot:0 grain',
      'dot:0 grain-2',
    ])
    const laid = (nodes: ReadonlySet<NodeId>) =>
      [...laidWays(document, nodes, laidDots(document, nodes).dots, () => ({ x: 1, y: 2 }))].sort()
    expect(laid(all)).toEqual([
      [edge(0), [{ x: 1, y: 2 }]],
      [edge(1), [{ x: 1, y: 2 }]],
      [edge(2), []],
    ])
    // One whose other wires are not laid out stays where it is.
    expect(laid(new Set(['clip', 'grain'].map(id)))).toEqual([[edge(0), [p]]])
  })
})

describe('whatever wires share', () => {
  const places = fc.array(fc.nat(3), { maxLength: 3 })
  /** Sound graphs whose wires run through few places, and so share many. */
  const rerouted = fc.tuple(soundDocument, fc.array(places, { minLength: 1, maxLength: 12 })).map(([document, lists]) =>
    done(document, (draft) => {
      for (const [n, name] of Object.keys(document.edges).entries())
        setVia(
          draft,
          name as EdgeId,
          [...new Set(lists[n % lists.length])].map((x) => ({ x: 10 * x, y: 0 })),
        )
    }),
  )
  const shape = ({ edges }: GraphDocument) =>
    Object.values<EdgeRecord>(edges).map(({ id: name, from, to }) => [name, from, to])

  it('a moved dot keeps its wires, those there join it by one way, and no other wire is touched', () => {
    fc.assert(
      fc.property(rerouted, fc.nat(1000), fc.nat(4), (document, chosen, to) => {
        const dots = dotsOf(document)
        const dot = dots[chosen % Math.max(1, dots.length)]
        if (!dot) return
        const target = { x: 10 * to, y: 0 }
        const there = dots.find((one) => dotKey(one.from, one.at) === dotKey(dot.from, target))
        const history = edit(newHistory(document), 'Move', (draft) => movePoints(draft, dot.stops, target)).history
        const after = history.document
        expect(shape(after)).toEqual(shape(document))
        const moved = dotsOf(after).find((one) => dotKey(one.from, one.at) === dotKey(dot.from, target))!
        expect(wiresOf(moved)).toEqual(expect.arrayContaining([...wiresOf(dot), ...(there ? wiresOf(there) : [])]))
        if (dot !== there)
          expect(
            dotsOf(after).some(
              (one) =>
                dotKey(one.from, one.at) === dotKey(dot.from, dot.at) &&
                wiresOf(one).some((wire) => wiresOf(dot).includes(wire)),
            ),
          ).toBe(false)
        const wayTo = (name: EdgeId) => {
          const { via = [] } = after.edges[name]!
          return JSON.stringify(via.slice(0, via.findIndex((point) => point.x === target.x) + 1))
        }
        if (there) for (const name of wiresOf(dot)) expect(wiresOf(there).map(wayTo)).toContain(wayTo(name))
        for (const name of Object.keys(document.edges) as EdgeId[])
          if (!wiresOf(dot).includes(name)) expect(after.edges[name]).toBe(document.edges[name])
        expect(history.past.length).toBe(dot === there ? 0 : 1)
        if (history.past.length > 0) expect(undo(history).document).toEqual(document)
      }),
      { numRuns: 160 },
    )
  })

  it('moving nodes neither takes a dot apart nor changes who runs through it', () => {
    fc.assert(
      fc.property(rerouted, fc.array(fc.nat(1000), { maxLength: 6 }), (document, numbers) => {
        const ids = Object.keys(document.nodes) as NodeId[]
        // Away from the places of the points, so that none comes to lie on another.
        const places = Object.fromEntries(
          numbers.map((n) => {
            const record = document.nodes[ids[n % ids.length]!]!
            return [record.id, { x: record.position.x, y: record.position.y + 7 }]
          }),
        )
        const bundles = (of: GraphDocument) =>
          dotsOf(of)
            .map((dot) => `${endpointKey(dot.from)} ${dot.at.x} ${wiresOf(dot)}`)
            .sort()
        expect(bundles(done(document, (draft) => moveNodes(draft, places)))).toEqual(bundles(document))
      }),
      { numRuns: 100 },
    )
  })

  it('folding and unfolding gives it back', () => {
    fc.assert(
      fc.property(rerouted, fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }), (document, numbers) => {
        const ids = Object.keys(document.nodes) as NodeId[]
        const made = edit(newHistory(document), 'Fold', (draft) =>
          fold(
            draft,
            specs,
            numbers.map((n) => ids[n % ids.length]!),
          ),
        )
        if ('code' in made.result) return
        const { node } = made.result
        expect(edit(made.history, 'Unfold', (draft) => unfold(draft, specs, node)).history.document).toEqual(document)
      }),
      { numRuns: 100 },
    )
  })

  it('a layout keeps each shared dot whose wires are all laid out, with the same wires', () => {
    fc.assert(
      fc.property(rerouted, (document) => {
        const all = new Set(Object.keys(document.nodes) as NodeId[])
        const { dots } = laidDots(document, all)
        const order = new Map(dots.map((laid, n) => [laid.id, n]))
        const after = done(document, (draft) => {
          for (const [name, via] of laidWays(document, all, dots, (laid) => ({ x: 1000 + order.get(laid.id)!, y: 0 })))
            setVia(draft, name, via)
        })
        const shared = (of: GraphDocument) =>
          dotsOf(of)
            .filter((dot) => wiresOf(dot).length > 1)
            .map((dot) => `${endpointKey(dot.from)} ${wiresOf(dot)}`)
            .sort()
        expect(shared(after)).toEqual(shared(document))
        expect(dotsOf(after).every((dot) => wiresOf(dot).length > 1)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})
