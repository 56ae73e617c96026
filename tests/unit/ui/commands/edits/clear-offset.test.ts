/** Where copies go: below the original, else above it or to the right, wherever nothing is covered. */
import { expect, test } from 'vitest'
import type { Graph, NodeId, Point } from '../../../../../src/graph/document/document.ts'
import { clearOffset } from '../../../../../src/ui/commands/edits/clear-offset.ts'

const size = { width: 100, height: 40 }
const graphOf = (places: readonly Point[]): Graph => ({
  nodes: Object.fromEntries(
    places.map((position, n) => [`n${n}`, { id: `n${n}` as NodeId, type: 'grain', params: {}, position }]),
  ),
  edges: {},
})
/** How far copies of the node at (0, 0) move where others stand in these places. */
const offsetBeside = (...others: readonly Point[]) => offsetClearOf([], ...others)
/** The same where wires run along some places. */
const offsetClearOf = (wires: readonly Point[], ...others: readonly Point[]) =>
  clearOffset(graphOf([{ x: 0, y: 0 }, ...others]), graphOf([{ x: 0, y: 0 }]), { x: 0, y: 0 }, () => size, wires)

const below = Array.from({ length: 100 }, (_, n) => ({ x: 0, y: 60 * (n + 1) }))
const above = below.map(({ y }) => ({ x: 0, y: -y }))

test('the nearest free place is below', () => {
  expect(offsetBeside()).toEqual({ x: 0, y: 72 })
  expect(offsetBeside({ x: 0, y: 72 })).toEqual({ x: 0, y: -72 })
})

test('where all below is taken, it is above, and where that is taken, too, to the right', () => {
  expect(offsetBeside(...below)).toEqual({ x: 0, y: -72 })
  expect(offsetBeside(...below, ...above)).toEqual({ x: 120, y: 0 })
})

test('a place without a wire comes before a nearer one, and a place on a wire before none', () => {
  const wire = Array.from({ length: 60 }, (_, n) => ({ x: 12 * n - 360, y: 90 }))
  expect(offsetClearOf(wire)).toEqual({ x: 0, y: -72 })
  const down = Array.from({ length: 200 }, (_, n) => ({ x: 50, y: 40 * (n - 100) }))
  expect(offsetClearOf(down, ...below, ...above)).toEqual({ x: 120, y: 0 })
  const right = Array.from({ length: 70 }, (_, n) => ({ x: 60 * n, y: 20 }))
  expect(offsetClearOf([...down, ...right])).toEqual({ x: 0, y: 72 })
})
