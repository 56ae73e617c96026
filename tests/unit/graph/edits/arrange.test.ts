import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EdgeRecord } from '../../../../src/graph/document/document.ts'
import { align, type Card, distribute } from '../../../../src/graph/edits/arrange.ts'
import { layOut } from '../../../../src/ui/commands/edits/auto-layout.ts'
import { soundDocument } from '../arbitrary.ts'
import { id } from '../specs.ts'

const card = (name: string, x: number, y: number, width = 200, height = 100): Card => ({
  id: id(name),
  x,
  y,
  width,
  height,
})
const three = [card('a', 0, 0), card('b', 300, 50, 200, 60), card('c', 520, 200, 100, 100)]

describe('align', () => {
  it('brings cards to an edge of the box around them, or to its middle', () => {
    expect(align(three, 'left')).toEqual({ a: { x: 0, y: 0 }, b: { x: 0, y: 50 }, c: { x: 0, y: 200 } })
    expect(align(three, 'right')).toEqual({ a: { x: 420, y: 0 }, b: { x: 420, y: 50 }, c: { x: 520, y: 200 } })
    expect(align(three, 'middle')).toEqual({ a: { x: 0, y: 100 }, b: { x: 300, y: 120 }, c: { x: 520, y: 100 } })
    expect(align(three, 'bottom')).toEqual({ a: { x: 0, y: 200 }, b: { x: 300, y: 240 }, c: { x: 520, y: 200 } })
    expect(align([three[0]!], 'left')).toEqual({})
  })
})

describe('distribute', () => {
  it('makes gaps equal and leaves the outermost', () => {
    expect(distribute(three, 'x')).toEqual({ b: { x: 260, y: 50 } })
    expect(distribute(three.slice(0, 2), 'x')).toEqual({})
  })

  it('keeps the order of the middles', () => {
    const any = fc.record({ x: fc.integer({ min: 0, max: 2000 }), width: fc.integer({ min: 10, max: 300 }) })
    fc.assert(
      fc.property(fc.array(any, { minLength: 3, maxLength: 8 }), (boxes) => {
        const cards = boxes.map(({ x, width }, n) => card(`n${n}`, x, 0, width))
        const places = distribute(cards, 'x')
        const after = cards.map((one) => ({ ...one, ...places[one.id] }))
        const sorted = (list: readonly Card[]) =>
          [...list].sort((a, b) => a.x + a.width / 2 - (b.x + b.width / 2)).map((one) => one.id)
        const outer = [sorted(cards)[0], sorted(cards).at(-1)]
        for (const one of cards) if (outer.includes(one.id)) expect(places[one.id]).toBeUndefined()
        const inner = sorted(cards).slice(1, -1)
        const gaps = [...inner, outer[1]!].map((name, n) => {
          const before = after.find((one) => one.id === (n === 0 ? outer[0] : inner[n - 1]))!
          const now = after.find((one) => one.id === name)!
          return now.x - before.x - before.width
        })
        // Places are whole numbers, so gaps differ by rounding alone.
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(2)
      }),
    )
  })
})

describe('the automatic layout', () => {
  it('puts every reader to the right of what it reads, and no card on another', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(soundDocument, async (document) => {
        const cards = Object.values(document.nodes).map(({ id: name, position }) => card(name, position.x, position.y))
        const places = await layOut(cards, Object.values(document.edges))
        for (const { from, to } of Object.values(document.edges))
          expect(places[to.node]!.x - places[from.node]!.x).toBeGreaterThanOrEqual(200)
        const laid = cards.map((one) => ({ ...one, ...places[one.id] }))
        for (const [n, a] of laid.entries())
          for (const b of laid.slice(n + 1))
            expect(Math.abs(a.x - b.x) >= 200 || Math.abs(a.y - b.y) >= 100, `${a.id} on ${b.id}`).toBe(true)
        const corner = (list: readonly Card[]) => [Math.min(...list.map((c) => c.x)), Math.min(...list.map((c) => c.y))]
        const [before, after] = [corner(cards), corner(laid)]
        for (const axis of [0, 1]) expect(Math.abs(before[axis]! - after[axis]!)).toBeLessThanOrEqual(4)
      }),
      { numRuns: 40 },
    )
  })
})

it('keeps the cards of a group together: no other card lies among them', async () => {
  const cards = ['a', 'b', 'c', 'd'].map((name) => card(name, 0, 0))
  const edge = (from: string, to: string) =>
    ({ id: `${from}${to}`, from: { node: from, port: 'o' }, to: { node: to, port: 'i' } }) as unknown as EdgeRecord
  const edges = [edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')]
  const groups = new Map([
    ['b', 'mark:inner'],
    ['mark:inner', 'mark:outer'],
    ['d', 'mark:outer'],
  ])
  const places = await layOut(cards, edges, groups)
  const [b, c, d] = ['b', 'c', 'd'].map((name) => places[id(name)]!)
  const inside = {
    left: Math.min(b!.x, d!.x),
    right: Math.max(b!.x, d!.x) + 200,
    top: Math.min(b!.y, d!.y),
    bottom: Math.max(b!.y, d!.y) + 100,
  }
  const apart = c!.x >= inside.right || c!.x + 200 <= inside.left || c!.y >= inside.bottom || c!.y + 100 <= inside.top
  expect(apart).toBe(true)
  expect(Object.keys(places).sort()).toEqual(['a', 'b', 'c', 'd'])
})
