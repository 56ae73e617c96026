/** Commands that take arguments, from gestures and panels: where what is added lies, ports, shared settings, the clipboard. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EdgeId, EdgeRecord, NodeId, PortSide } from '../../../../src/graph/document/document.ts'
import { markOf, marksOf } from '../../../../src/graph/document/document.ts'
import { card } from '../../../../src/ui/commands/edits/add-node.ts'
import type { CanvasDoor } from '../../../../src/ui/commands/edits/canvas-door.ts'
import { id } from '../../graph/specs.ts'
import { type Bench, createBench, stubPage } from './bench.ts'

let page: ReturnType<typeof stubPage>
let bench: Bench
beforeEach(() => {
  page = stubPage()
  bench = createBench()
})
afterEach(() => void vi.unstubAllGlobals())

const place = (node: NodeId | null) => bench.record(node ?? '').position
const moveTo = (places: Readonly<Record<string, readonly [number, number]>>) =>
  bench.commands.move({
    nodes: new Map(Object.entries(places).map(([name, [x, y]]) => [id(name), { x, y }])),
    marks: new Map(),
  })

describe('what is added lies', () => {
  beforeEach(() => moveTo({ clip: [0, 0], scale: [400, 80], grain: [800, 400], writer: [1600, 0] }))

  test('to the right of what it reads, halfway between several', () => {
    bench.select('scale')
    expect(place(bench.commands.addNode('sharpen'))).toEqual({ x: 400 + card.width + card.gapX, y: 80 })
    // What it stands before has made room.
    expect(place('grain' as NodeId).x).toBeGreaterThanOrEqual(400 + 2 * (card.width + card.gapX) - 48)
    bench.commands.run('edit.undo')
    bench.select('scale', 'grain')
    expect(place(bench.commands.addNode('blend'))).toEqual({ x: 800 + card.width + card.gapX, y: 240 })
  })

  test('in the middle of what is seen, where nothing is selected', () => {
    bench.select()
    // The canvas looks at (400, 300); cards have a grid of 8.
    expect(place(bench.commands.addNode('luma'))).toEqual({ x: 304, y: 232 })
  })

  test('to the left of what it feeds', () => {
    moveTo({ clip: [0, 400] })
    bench.view.select([], ['e0' as EdgeId])
    bench.commands.run('edit.delete')
    bench.select('scale')
    const added = bench.commands.addNode('clip')
    expect(place(added)).toEqual({ x: 400 - card.width - card.gapX, y: 80 })
    expect(bench.wires()).toContain(`${added} > scale`)
  })

  test('below what lies there already, or above it where that is nearer, and beside it where there is just room', () => {
    const at = (x: number, y: number) => place(bench.commands.addNode('luma', { at: { x, y }, apart: true }))
    const below = card.height + card.gapY
    expect(at(400, 80)).toEqual({ x: 400, y: 80 + below })
    expect(at(400, 80)).toEqual({ x: 400, y: 80 - below })
    // As far both ways: below.
    expect(at(400, 80)).toEqual({ x: 400, y: 80 + 2 * below })
    expect(at(800 + card.width + 8, 400)).toEqual({ x: 800 + card.width + 8, y: 400 })
    expect(at(800, 400 - card.height + 16)).toEqual({ x: 800, y: 400 - card.height + 16 })
    // One step of the grid nearer there is none.
    expect(at(1600 - card.width, 0)).toEqual({ x: 1600 - card.width, y: below })
  })
})

describe('a node of a type that there is not, as an old link may ask for', () => {
  test('is neither added nor put in the place of another', () => {
    const before = bench.document.getState().history
    expect(bench.commands.addNode('no such type')).toBeNull()
    expect(bench.commands.replaceNode(id('grain'), 'no such type')).toBeNull()
    expect(bench.document.getState().history).toBe(before)
  })
})

test('a node that a loose wire asks for reads it by the first input that fits, whatever that is called', () => {
  bench.select()
  const wire = { end: { node: id('scale'), port: 'image' }, side: 'source' } as const
  const added = bench.commands.addNode('blend', { wire })
  const into = Object.values<EdgeRecord>(bench.level().edges).filter(({ to }) => to.node === added)
  expect(into.map(({ from, to }) => `${from.node}.${from.port} > ${to.port}`)).toEqual(['scale.image > base'])
})

test('a node that stands apart reads nothing of what is selected', () => {
  bench.select('scale')
  const added = bench.commands.addNode('sharpen', { apart: true })
  expect(bench.wires().filter((wire) => wire.includes(String(added)))).toEqual([])
})

test('a node put behind another covers no card of another branch', () => {
  moveTo({ clip: [0, 0], scale: [400, 0], grain: [3000, 0], writer: [3400, 0] })
  const there = { x: 400 + card.width + card.gapX, y: 0 }
  const other = bench.commands.addNode('luma', { at: there, apart: true })
  expect(place(other)).toEqual(there)
  bench.select('scale')
  const added = bench.commands.addNode('sharpen')
  expect(bench.wires()).toContain(`scale > ${added}`)
  expect(place(added).x).toBe(there.x)
  // A card of one row of ports is 92 units high.
  expect(Math.abs(place(added).y - there.y)).toBeGreaterThanOrEqual(92 + 24)
})

test('a node put behind another lets no wire run behind it, such as that of the sound', () => {
  moveTo({ clip: [0, 0], scale: [280, 0], grain: [3000, 0], writer: [3400, 0] })
  bench.commands.connect({ node: id('clip'), port: 'sound' }, { node: id('writer'), port: 'sound' })
  bench.select('scale')
  const added = bench.commands.addNode('sharpen')
  expect(bench.wires()).toContain('clip > writer')
  // The sound's wire is level, 82 units below the top of its cards; the new one stands clear of it.
  const { y } = place(added)
  expect(y + 92 <= 82 || y >= 82 + 40).toBe(true)
})

describe('ports of a subgraph', () => {
  const path = [id('subgraph')]
  const names = (side: PortSide) => bench.commands.subgraphs.portsOf(path, side).map(({ title }) => title)
  const onLevel = () =>
    Object.values<EdgeRecord>(bench.level().edges)
      .map(({ from, to }) => `${from.node}.${from.port} > ${to.node}.${to.port}`)
      .sort()

  beforeEach(() => {
    bench.select('scale', 'grain')
    bench.commands.run('edit.fold')
    bench.commands.setTitle(id('subgraph'), 'Look')
  })

  test('are added, named, put in order and removed, each as one step', () => {
    const { subgraphs } = bench.commands
    const steps = () => bench.document.getState().history.past.length
    const before = steps()
    subgraphs.addPort(path, 'inputs', 'mask')
    expect(names('inputs')).toEqual(['Image', 'Mask'])
    const [, mask] = subgraphs.portsOf(path, 'inputs')
    subgraphs.renamePort(path, 'inputs', mask!.name, 'Where')
    expect(names('inputs')).toEqual(['Image', 'Where'])
    subgraphs.movePort(path, 'inputs', mask!.name, -1)
    expect(names('inputs')).toEqual(['Where', 'Image'])
    subgraphs.removePort(path, 'inputs', mask!.name)
    expect(names('inputs')).toEqual(['Image'])
    expect(steps()).toBe(before + 4)
  })

  test('stand on a card whose name is changed on the way back, as one step that tells the old one', () => {
    bench.commands.run('edit.open')
    bench.commands.subgraphs.rename(path, 'Finish')
    expect(bench.document.getState().undoLabel).toBe('Rename Look')
    bench.commands.run('edit.leave')
    expect(bench.record('subgraph').title).toBe('Finish')
    const before = bench.document.getState().history
    bench.commands.subgraphs.rename([], 'Nothing')
    expect(bench.document.getState().history).toBe(before)
  })

  test('come of a wire that is let go on the boundary, on the side where it fits', () => {
    bench.commands.run('edit.open')
    const { openPort } = bench.commands.subgraphs
    const out = { end: { node: id('scale'), port: 'image' }, side: 'source' } as const
    expect(openPort(id('inputs'), out)).toBe(false)
    expect(openPort(id('grain'), out)).toBe(false)
    expect(names('outputs')).toEqual(['Image'])
    expect(openPort(id('outputs'), { ...out, via: [{ x: 1, y: 2 }] })).toBe(true)
    expect(names('outputs')).toEqual(['Image', 'Image 2'])
    const [, second] = bench.commands.subgraphs.portsOf(path, 'outputs')
    expect(onLevel()).toContain(`scale.image > outputs.${second!.name}`)
    const wire = Object.values<EdgeRecord>(bench.level().edges).find(({ to }) => to.port === second!.name)
    expect(wire?.via).toEqual([{ x: 1, y: 2 }])

    const into = { end: { node: id('grain'), port: 'protect' }, side: 'target' } as const
    expect(openPort(id('outputs'), into)).toBe(false)
    expect(openPort(id('inputs'), into)).toBe(true)
    expect(names('inputs')).toEqual(['Image', 'Protect'])
    const [, protect] = bench.commands.subgraphs.portsOf(path, 'inputs')
    expect(onLevel()).toContain(`inputs.${protect!.name} > grain.protect`)
    expect(openPort(id('inputs'), { end: { node: id('grain'), port: 'nowhere' }, side: 'target' })).toBe(false)
  })

  test('settings are shown on its card, named, put in order and taken off', () => {
    const shown = () => bench.record('subgraph').body?.promoted?.map(({ title, param }) => [param, title]) ?? []
    const { subgraphs } = bench.commands
    bench.commands.run('edit.open')
    subgraphs.promote(id('grain'), 'amount', true)
    subgraphs.promote(id('scale'), 'sharpness', true)
    bench.commands.run('edit.leave')
    const untitled = shown()
    expect(untitled.map(([param]) => param)).toEqual(['amount', 'sharpness'])
    const [first] = bench.record('subgraph').body!.promoted!
    subgraphs.renamePromoted(path, first!.name, 'Strength')
    subgraphs.movePromoted(path, first!.name, 1)
    expect(shown()[1]).toEqual(['amount', 'Strength'])
    subgraphs.demote(path, first!.name)
    expect(shown().map(([param]) => param)).toEqual(['sharpness'])
    bench.commands.run('edit.open')
    subgraphs.promote(id('scale'), 'sharpness', false)
    bench.commands.run('edit.leave')
    expect(shown()).toEqual([])
  })
})

describe('the clipboard', () => {
  test('lays each copy below or above what lies there, as near as it can without covering it', () => {
    moveTo({ scale: [400, 80], grain: [800, 400] })
    bench.select('scale')
    const { clipboard } = bench.commands
    const first = clipboard.text()!
    bench.select('grain')
    const other = clipboard.text()!
    const by = (copy: string, original: string) => {
      const [a, b] = [place(id(copy)), place(id(original))]
      return [a.x - b.x, a.y - b.y]
    }
    clipboard.insert(first)
    clipboard.insert(first)
    expect([by('scale-2', 'scale'), by('scale-3', 'scale')]).toEqual([
      [0, 120],
      [0, -120],
    ])
    clipboard.insert(other)
    expect(by('grain-2', 'grain')).toEqual([0, 120])
    expect([...bench.view.getState().selection]).toEqual(['grain-2'])
  })

  test('takes frames along, and chooses what came, also within a subgraph', () => {
    bench.select('scale', 'grain')
    bench.commands.run('edit.fold')
    bench.commands.run('edit.open')
    bench.select()
    bench.commands.run('canvas.note')
    const [note] = marksOf(bench.level())
    const text = bench.commands.clipboard.text()!
    bench.commands.clipboard.insert(text)
    const chosen = [...bench.view.getState().selectedMarks]
    expect(marksOf(bench.level())).toHaveLength(2)
    expect(chosen).toHaveLength(1)
    expect(chosen).not.toEqual([note!.id])
    expect(markOf(bench.level(), chosen[0]!)?.kind).toBe('note')
  })

  test('that holds no nodes is told of; that is empty of them changes nothing', () => {
    bench.commands.clipboard.insert('a sentence from elsewhere')
    expect(bench.toasts()).toHaveLength(1)
    bench.select()
    expect(bench.commands.clipboard.text()).toBeNull()
    const before = bench.document.getState().history
    bench.select('scale')
    const empty = { ...JSON.parse(bench.commands.clipboard.text()!), nodes: {}, edges: {} }
    bench.commands.clipboard.insert(JSON.stringify(empty))
    expect(bench.document.getState().history).toBe(before)
  })

  test('that the browser withholds is told of, and what was to be cut stays', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const refuse = async () => {
      throw new Error('not allowed')
    }
    vi.stubGlobal('navigator', { clipboard: { readText: refuse, writeText: refuse } })
    bench.select('grain')
    for (const command of ['edit.copy', 'edit.cut', 'edit.paste'] as const) {
      bench.commands.run(command)
      await expect.poll(() => warned.mock.calls.length).toBeGreaterThan(0)
      warned.mockClear()
    }
    expect(bench.toasts()).toHaveLength(3)
    expect(bench.nodes()).toEqual(['clip', 'grain', 'scale', 'writer'])
    expect(page.clipboard).toBe('')
    warned.mockRestore()
  })
})

describe('Tab', () => {
  const activeElement = (element: unknown) => Object.assign(page.document, { activeElement: element })
  const attach = (over: { readonly hovered: boolean; readonly contains: boolean }) =>
    bench.commands.attach('canvas', {
      ...({} as CanvasDoor),
      contains: () => over.contains,
      hovered: () => over.hovered,
    })

  test('belongs to the canvas where it has the focus, or where nothing has it and the mouse is over it', () => {
    activeElement(page.document.body)
    attach({ hovered: true, contains: false })
    expect(bench.commands.canvasHasTab()).toBe(true)
    attach({ hovered: false, contains: false })
    expect(bench.commands.canvasHasTab()).toBe(false)
    activeElement({})
    attach({ hovered: true, contains: false })
    expect(bench.commands.canvasHasTab()).toBe(false)
    attach({ hovered: false, contains: true })
    expect(bench.commands.canvasHasTab()).toBe(true)
  })

  test('belongs to nobody’s canvas once that has gone', () => {
    activeElement(page.document.body)
    const gone = attach({ hovered: true, contains: true })
    gone()
    expect(bench.commands.canvasHasTab()).toBe(false)
  })
})

test('a dot that several wires get lies at the mean of their middles, in the grid', () => {
  bench.commands.connect({ node: id('scale'), port: 'image' }, { node: id('writer'), port: 'image' })
  const other = Object.values<EdgeRecord>(bench.level().edges).find(({ to }) => to.node === 'writer')!
  const middles = new Map([
    ['e1', { x: 100, y: 0 }],
    [other.id as string, { x: 123, y: 39 }],
  ])
  bench.commands.attach('canvas', {
    ...({} as CanvasDoor),
    middleOf: (edge: EdgeId) => middles.get(edge),
    alongWires: () => [],
    endsOf: () => ({ start: { x: 0, y: 0 }, end: { x: 200, y: 0 } }),
  })
  bench.view.select([], ['e1' as EdgeId, other.id])
  bench.commands.run('edit.point')
  // Of 111.5 and 19.5; one step more on either axis would be another place in the grid.
  for (const edge of ['e1', other.id]) expect(bench.level().edges[edge as EdgeId]?.via).toEqual([{ x: 112, y: 16 }])
})

test('copies of frames alone are named for what they are', () => {
  const label = () => bench.document.getState().undoLabel
  bench.select()
  bench.commands.run('canvas.note')
  bench.commands.run('edit.duplicate')
  expect(label()).toBe('Duplicate a note')
  expect(bench.view.getState().selectedMarks.size).toBe(1)
  bench.select('grain')
  bench.commands.run('edit.duplicate')
  expect(label()).toBe('Duplicate Grain')
})

test('a piece that cannot be renamed or deleted is told of', async () => {
  const problem = {
    code: 'not-kept',
    severity: 'error',
    message: 'It was not kept.',
    hint: 'Free some space.',
  } as const
  Object.assign(bench.pieces, { rename: async () => problem, remove: async () => undefined })
  await bench.commands.subgraphs.renamePiece('piece:1', 'Other')
  expect(bench.toasts()).toEqual(['It was not kept.'])
  await bench.commands.subgraphs.removePiece('piece:1')
  expect(bench.toasts()).toHaveLength(1)
})
