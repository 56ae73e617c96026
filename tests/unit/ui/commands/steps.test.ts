/** What hands on the canvas and in panels do: what it changes, and by which name it stands in the history. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type EdgeId, type EdgeRecord, type MarkId, marksOf } from '../../../../src/graph/document/document.ts'
import { id } from '../../graph/specs.ts'
import { type Bench, createBench, stubPage } from './bench.ts'

let bench: Bench
beforeEach(() => {
  stubPage()
  bench = createBench()
})
afterEach(() => void vi.unstubAllGlobals())

const step = () => bench.document.getState().undoLabel
const steps = () => bench.document.getState().history.past.length
const edge = (from: string, to: string): EdgeId => {
  const found = Object.values<EdgeRecord>(bench.level().edges).find(
    (wire) => wire.from.node === from && wire.to.node === to,
  )
  if (!found) throw new Error(`There is no wire from ${from} to ${to}.`)
  return found.id
}
const place = (name: string, x: number, y: number) =>
  bench.commands.move({ nodes: new Map([[id(name), { x, y }]]), marks: new Map() })
const lastMark = () => Object.values(marksOf(bench.level())).at(-1)!

describe('a wire', () => {
  test('that is led elsewhere leaves where it was, as one step', () => {
    const added = bench.commands.addNode('sharpen', { apart: true })!
    const before = steps()
    bench.commands.rewire(edge('scale', 'grain'), { node: id('scale'), port: 'image' }, { node: added, port: 'image' })
    expect(bench.wires()).toEqual(['clip > scale', 'grain > writer', `scale > ${added}`])
    expect([steps() - before, step()]).toEqual([1, 'Rewire Sharpen'])
  })

  test('that is taken away is a step by its number', () => {
    bench.commands.removeEdges([edge('scale', 'grain'), edge('grain', 'writer')])
    expect([bench.wires(), step()]).toEqual([['clip > scale'], 'Remove wires'])
  })

  test('that is gone is led nowhere', () => {
    const before = steps()
    const ends = [id('scale'), id('grain')].map((node) => ({ node, port: 'image' }))
    bench.commands.rewire('gone' as EdgeId, ends[0]!, ends[1]!)
    expect(steps()).toBe(before)
  })

  test('takes a node in halfway between its ends', () => {
    place('scale', 400, 80)
    place('grain', 1408, 400)
    const added = bench.commands.addNode('sharpen', { into: edge('scale', 'grain') })!
    expect(bench.record(added).position).toEqual({ x: 904, y: 240 })
    expect(bench.wires()).toEqual(['clip > scale', 'grain > writer', `scale > ${added}`, `${added} > grain`].sort())
  })

  test('says what fits into it: a type that is known, or a node that is there', () => {
    const wire = edge('scale', 'grain')
    const added = bench.commands.addNode('sharpen', { apart: true })!
    expect(bench.commands.fitsInto(wire, { type: 'sharpen' })).toBe(true)
    expect(bench.commands.fitsInto(wire, { type: 'unheard-of' })).toBe(false)
    expect(bench.commands.fitsInto(wire, { node: added })).toBe(true)
    expect(bench.commands.fitsInto(wire, { node: id('clip') })).toBe(false)
  })

  test('into which a node is moved gives the step its name', () => {
    const added = bench.commands.addNode('sharpen', { apart: true })!
    bench.commands.move({ nodes: new Map([[added, { x: 8, y: 8 }]]), marks: new Map() })
    expect(step()).toBe('Move Sharpen')
    bench.commands.move({ nodes: new Map([[added, { x: 16, y: 8 }]]), marks: new Map() }, edge('scale', 'grain'))
    expect(step()).toBe('Insert Sharpen')
    expect(bench.wires()).toContain(`scale > ${added}`)
  })
})

describe('a frame', () => {
  test('of nothing lies around the middle of what is seen, and is written in', () => {
    bench.select()
    bench.commands.run('canvas.frame')
    expect(lastMark()).toMatchObject({
      kind: 'frame',
      position: { x: 400 - 160, y: 300 - 96 },
      size: { width: 320, height: 192 },
    })
    const { selectedMarks, writing, sidePanel } = bench.view.getState()
    expect([[...selectedMarks], writing, sidePanel]).toEqual([[lastMark().id], lastMark().id, 'node'])
  })

  test.each([
    ['canvas.frame', ['Add a frame', 'Name a frame', 'Colour a frame', 'Resize a frame', 'Move a frame']],
    ['canvas.note', ['Add a note', 'Write a note', 'Colour a note', 'Resize a note', 'Move a note']],
  ] as const)('%s: each change of it has a name', (command, names) => {
    bench.select()
    bench.commands.run(command)
    const mark: MarkId = lastMark().id
    const told = [step()]
    for (const change of [
      { text: 'Why' },
      { colour: 'green' },
      { size: { width: 400, height: 200 }, position: { x: 0, y: 0 } },
      { position: { x: 8, y: 8 } },
    ] as const) {
      bench.commands.changeMark(mark, change)
      told.push(step())
    }
    expect(told).toEqual(names)
    expect(lastMark()).toMatchObject({ text: 'Why', colour: 'green', position: { x: 8, y: 8 } })
  })

  test('alone is something to copy', () => {
    bench.select()
    expect(bench.commands.possible('edit.copy')).toBe(false)
    bench.commands.run('canvas.frame')
    expect(bench.view.getState().selection.size).toBe(0)
    expect(bench.commands.possible('edit.copy')).toBe(true)
  })
})

test('deleting names the one thing, or counts them', () => {
  bench.select('grain')
  bench.commands.run('edit.delete')
  expect(step()).toBe('Delete Grain')
  bench.select('clip', 'scale')
  bench.commands.run('edit.delete')
  expect(step()).toBe('Delete 2 items')
  bench.select()
  bench.commands.run('canvas.note')
  bench.commands.run('edit.delete')
  expect(step()).toBe('Delete a frame or note')
})

test('a card is collapsed and opened, each as one step', () => {
  bench.commands.collapse(id('grain'), true)
  expect([bench.record('grain').collapsed, step()]).toEqual([true, 'Collapse Grain'])
  bench.commands.collapse(id('grain'), false)
  expect([bench.record('grain').collapsed ?? false, step()]).toEqual([false, 'Open Grain'])
})

test('a setting comes onto the card and goes off it, each as one step, and what is usual is not in the document', () => {
  const before = bench.record('grain')
  bench.commands.showOnCard(id('grain'), 'amount', true)
  expect([bench.record('grain').onCard, step()]).toEqual([['amount'], 'Show Amount of Grain on its card'])
  bench.commands.showOnCard(id('grain'), 'amount', false)
  expect([bench.record('grain'), step()]).toEqual([before, 'Take Amount of Grain off its card'])
})

describe('the card of a subgraph', () => {
  beforeEach(() => {
    bench.select('scale', 'grain')
    bench.commands.run('edit.fold')
  })

  test('is opened; a card of another kind is not', () => {
    expect(bench.commands.subgraphs.open(id('clip'))).toBe(false)
    expect(bench.document.getState().path).toEqual([])
    expect(bench.commands.subgraphs.open(id('subgraph'))).toBe(true)
    expect(bench.document.getState().path).toEqual(['subgraph'])
  })

  test('shows a setting or hides it, and the history says which', () => {
    const { subgraphs } = bench.commands
    subgraphs.open(id('subgraph'))
    subgraphs.promote(id('grain'), 'amount', true)
    expect(step()).toMatch(/^Show Amount on /)
    subgraphs.promote(id('grain'), 'amount', false)
    expect(step()).toMatch(/^Hide Amount on /)
  })
})

describe('the layout', () => {
  const laidOut = async () => {
    bench.select()
    bench.commands.run('canvas.arrange')
    await expect.poll(step).toMatch(/^Lay out/)
  }
  const dot = (wire: EdgeId) => bench.level().edges[wire]?.via?.[0]

  test('puts a dot halfway between the cards on both of its sides', async () => {
    const sharpen = bench.commands.addNode('sharpen', { apart: true })!
    bench.commands.connect({ node: id('scale'), port: 'image' }, { node: sharpen, port: 'image' })
    const wires = [edge('scale', 'grain'), edge('scale', 'sharpen')]
    bench.view.select([], wires)
    bench.commands.run('edit.point')
    await laidOut()
    const [left, right] = [bench.record('scale').position, bench.record('grain').position]
    // The cards of the bench are 200 wide and 100 high.
    for (const wire of wires) expect(dot(wire)?.x).toBe((left.x + 200 + right.x) / 2)
    expect(dot(wires[0]!)).toEqual(dot(wires[1]!))
  })

  test('shows what was put where it cannot be seen, and leaves the view where it can', () => {
    const revealed = () => bench.view.getState().reveal.count
    const before = revealed()
    bench.commands.run('canvas.note')
    expect(revealed()).toBe(before)
    bench.commands.attach('canvas', { ...bench.canvas, visible: () => false })
    bench.commands.run('canvas.note')
    expect(revealed()).toBe(before + 1)
  })
})
