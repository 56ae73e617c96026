/** The ways of wires: what hands do to their dots, and by which name it stands in the history. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EdgeId } from '../../../../../src/graph/document/document.ts'
import { createRerouting, type Rerouting } from '../../../../../src/ui/commands/edits/route-edits.ts'
import { id, sketch } from '../../../graph/specs.ts'
import { type Bench, createBench, stubPage } from '../bench.ts'

let bench: Bench
let rerouting: Rerouting
beforeEach(() => {
  stubPage()
  bench = createBench()
  bench.document.open(
    sketch({ clip: {}, grain: {}, sharpen: {}, writer: {} }, [
      'clip.image > grain.image',
      'clip.image > sharpen.image',
      'grain.image > writer.image',
    ]),
  )
  const { document, view, canvas } = bench
  rerouting = createRerouting({ document, view, canvas: () => canvas })
})
afterEach(() => void vi.unstubAllGlobals())

const first = 'e0' as EdgeId
const second = 'e1' as EdgeId
const ways = () => Object.values(bench.level().edges).map(({ via = [] }) => via.map(({ x, y }) => [x, y]))
const step = () => bench.document.getState().undoLabel
const stop = (edge: EdgeId) => ({ edge, index: 0 })
/** The wires out of the clip go by one dot. */
function shareDot(): void {
  bench.view.setState({ selectedEdges: new Set([first, second]) })
  rerouting.bendSelected()
}

test('a dot is put on the grid, moved, and taken away', () => {
  rerouting.bend(first, { x: 101, y: 43 })
  expect([ways(), step()]).toEqual([[[[104, 40]], [], []], 'Bend a wire'])
  rerouting.move([stop(first)], { x: 200, y: 80 }, false)
  expect([ways(), step()]).toEqual([[[[200, 80]], [], []], 'Move a wire’s dot'])
  rerouting.remove([stop(first)])
  expect([ways(), step()]).toEqual([[[], [], []], 'Straighten a wire'])
})

test('wires of one output share the dot that is put on them, and are told as many', () => {
  shareDot()
  expect([ways(), step()]).toEqual([[[[104, 0]], [[104, 0]], []], 'Reroute 2 wires'])
  rerouting.move([stop(first), stop(second)], { x: 80, y: 40 }, false)
  expect([ways(), step()]).toEqual([[[[80, 40]], [[80, 40]], []], 'Move a dot of 2 wires'])
  rerouting.remove([stop(first), stop(second)])
  expect([ways(), step()]).toEqual([[[], [], []], 'Remove a dot of 2 wires'])
})

test('one is led out of the dot that the other keeps, and onto it again', () => {
  shareDot()
  rerouting.move([stop(second)], { x: 160, y: 80 }, true)
  expect([ways(), step()]).toEqual([[[[104, 0]], [[160, 80]], []], 'Take a dot apart'])
  rerouting.move([stop(second)], { x: 104, y: 0 }, false)
  expect([ways(), step()]).toEqual([[[[104, 0]], [[104, 0]], []], 'Join dots'])
})

test('a wire that is gone is bent nowhere', () => {
  const { history } = bench.document.getState()
  rerouting.bend('gone' as EdgeId, { x: 0, y: 0 })
  expect(bench.document.getState().history).toBe(history)
})

test('a step that puts another graph in the place of this one brings it into sight, any other does not', () => {
  const sights = () => bench.view.getState().reveal.count
  const before = sights()
  rerouting.bend(first, { x: 96, y: 40 })
  bench.commands.run('edit.undo')
  expect(sights()).toBe(before)
  bench.document.editWhole('Another graph', (draft) => {
    draft.title = 'Another'
  })
  bench.commands.run('edit.undo')
  expect(sights()).toBe(before + 1)
})

test('what is pasted beside what is seen of the graph brings it into sight', () => {
  const sights = () => bench.view.getState().reveal.count
  bench.select('grain')
  const text = bench.commands.clipboard.text()!
  const before = sights()
  bench.commands.clipboard.insert(text, { wired: false })
  expect(sights()).toBe(before)
  Object.assign(bench.canvas, { visible: () => false })
  bench.commands.clipboard.insert(text, { wired: false })
  expect(sights()).toBe(before + 1)
  expect(bench.nodes()).toContain(id('grain'))
})
