/** What each command does to a document, the stores and the panels; TypeScript asks for one that lacks its test. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EdgeId } from '../../../../src/graph/document/document.ts'
import { type CommandName, commandNames, commandTable } from '../../../../src/ui/commands/table.ts'
import { id } from '../../graph/specs.ts'
import { type Bench, createBench, stubPage } from './bench.ts'

let page: ReturnType<typeof stubPage>
let bench: Bench

beforeEach(() => {
  page = stubPage()
  bench = createBench()
})
afterEach(() => void vi.unstubAllGlobals())

const run = (command: CommandName) => bench.commands.run(command)
const selection = () => [...bench.view.getState().selection].sort()
const places = (axis: 'x' | 'y') => ['clip', 'scale', 'grain'].map((name) => bench.record(name).position[axis])
const selectWire = () => bench.view.select([], ['e1' as EdgeId])
const marks = () => Object.values(bench.level().marks ?? {})

/** Three cards at different heights, all selected. */
function scatter() {
  const at = { clip: { x: 0, y: 0 }, scale: { x: 300, y: 40 }, grain: { x: 500, y: 200 } }
  bench.commands.move({
    nodes: new Map(Object.entries(at).map(([name, place]) => [id(name), place])),
    marks: new Map(),
  })
  bench.select('clip', 'scale', 'grain')
}
function fold() {
  bench.select('scale', 'grain')
  run('edit.fold')
}
async function shown(frame: number) {
  await expect.poll(() => bench.preview.getState().result !== null).toBe(true)
  bench.preview.seek(frame)
}
const asks = (command: CommandName, what: string) => () => {
  run(command)
  expect(bench.asked).toEqual([what])
}
const opens = (command: CommandName, dialog: string) => () => {
  run(command)
  expect(bench.view.getState().dialog).toBe(dialog)
}
const flags = (command: CommandName, flag: 'bypass' | 'mute' | 'collapsed') => () => {
  bench.select('scale', 'grain')
  run(command)
  expect(['scale', 'grain', 'writer'].map((name) => bench.record(name)[flag] === true)).toEqual([true, true, false])
  // Of several it goes off only where all are on.
  bench.select('grain', 'writer')
  run(command)
  expect(['grain', 'writer'].map((name) => bench.record(name)[flag] === true)).toEqual([true, true])
  run(command)
  expect(['grain', 'writer'].map((name) => bench.record(name)[flag] === true)).toEqual([false, false])
}
const aligns = (command: CommandName, axis: 'x' | 'y', expected: readonly number[]) => () => {
  scatter()
  run(command)
  expect(places(axis)).toEqual(expected)
}

const does: Readonly<Record<CommandName, () => void | Promise<void>>> = {
  'canvas.add': asks('canvas.add', 'add menu'),
  'palette.search': asks('palette.search', 'search'),
  'edit.view'() {
    bench.select('scale')
    run('edit.view')
    expect(bench.preview.getState().view).toEqual({ node: 'scale', port: 'image' })
  },
  'edit.rename'() {
    bench.select('scale', 'grain')
    run('edit.rename')
    expect(bench.view.getState().renaming).toBe(null)
    bench.select('grain')
    run('edit.rename')
    expect([bench.view.getState().renaming, bench.view.getState().sidePanel]).toEqual(['grain', 'node'])
  },
  'edit.replace'() {
    bench.select('scale', 'grain')
    run('edit.replace')
    bench.select('grain')
    run('edit.replace')
    expect(bench.asked).toEqual(['replace grain'])
    expect(bench.commands.replaceNode(id('grain'), 'sharpen')).toBe('sharpen')
    expect(bench.wires()).toEqual(['clip > scale', 'scale > sharpen', 'sharpen > writer'])
    expect(selection()).toEqual(['sharpen'])
    expect(bench.document.getState().undoLabel).toBe('Replace Grain with Sharpen')
  },
  'edit.reset'() {
    const possible = () => commandTable['edit.reset'].possible && bench.commands.possible('edit.reset')
    bench.select('clip', 'scale', 'grain')
    expect(possible()).toBe(false)
    bench.commands.setParam(id('scale'), 'factor', 3)
    bench.commands.setParam(id('clip'), 'start', 2)
    bench.commands.setParam(id('clip'), 'media', { id: 'mine' })
    expect(possible()).toBe(true)
    run('edit.reset')
    expect(possible()).toBe(false)
    expect(bench.record('scale').params).toEqual({})
    // The file is no setting that anybody wants back.
    expect(bench.record('clip').params).toEqual({ media: { id: 'mine' } })
    run('edit.undo')
    expect(bench.record('scale').params).toEqual({ factor: 3 })
    // One alone, too.
    bench.select('scale')
    run('edit.reset')
    expect(bench.record('scale').params).toEqual({})
  },
  'edit.drive'() {
    const gain = bench.commands.addNode('gain', { apart: true })!
    const wave = bench.commands.addNode('wave', { apart: true })!
    bench.select('grain', wave)
    expect(bench.commands.possible('edit.drive')).toBe(false)
    run('edit.drive')
    bench.select(gain, wave)
    run('edit.drive')
    expect(bench.asked).toEqual([`drive ${gain} by ${wave}`])
  },
  'edit.bypass': flags('edit.bypass', 'bypass'),
  'edit.mute': flags('edit.mute', 'mute'),
  'canvas.fit': asks('canvas.fit', 'fit graph'),
  'canvas.zoomIn': asks('canvas.zoomIn', 'zoom in'),
  'canvas.zoomOut': asks('canvas.zoomOut', 'zoom out'),
  'problems.show'() {
    run('problems.show')
    expect(bench.view.getState().sidePanel).toBe('problems')
  },
  'edit.fold'() {
    fold()
    expect(bench.nodes()).toEqual(['clip', 'subgraph', 'writer'])
    expect(bench.wires()).toEqual(['clip > subgraph', 'subgraph > writer'])
    expect(selection()).toEqual(['subgraph'])
    run('edit.undo')
    // What would wait for its own result is not folded; the node in between is named and chosen along.
    bench.select('clip', 'writer')
    run('edit.fold')
    expect(bench.nodes()).toEqual(['clip', 'grain', 'scale', 'writer'])
    expect(bench.toasts()).toEqual([
      expect.stringMatching(/^These nodes cannot be folded: (Scale|Grain), which is not/),
    ])
    expect(selection()).toHaveLength(3)
    // So that folding again does it, where no other is in between.
    bench.select('clip', 'grain')
    run('edit.fold')
    expect(selection()).toEqual(['clip', 'grain', 'scale'])
    run('edit.fold')
    expect(bench.nodes()).toEqual(['subgraph', 'writer'])
  },
  'edit.unfold'() {
    fold()
    run('edit.unfold')
    expect(bench.nodes()).toEqual(['clip', 'grain', 'scale', 'writer'])
    expect(bench.wires()).toEqual(['clip > scale', 'grain > writer', 'scale > grain'])
    bench.select('clip')
    run('edit.unfold')
    expect(bench.toasts()).toHaveLength(1)
  },
  'edit.open'() {
    fold()
    run('edit.open')
    expect(bench.document.getState().path).toEqual(['subgraph'])
  },
  'edit.leave'() {
    fold()
    run('edit.open')
    run('edit.leave')
    expect(bench.document.getState().path).toEqual([])
  },
  async 'edit.savePiece'() {
    run('edit.savePiece')
    expect(bench.toasts()).toHaveLength(1)
    fold()
    bench.commands.setTitle(id('subgraph'), 'Look')
    run('edit.savePiece')
    // The one that is open counts too.
    run('edit.open')
    bench.select()
    run('edit.savePiece')
    await expect.poll(() => bench.savedPieces).toEqual(['Look', 'Look'])
  },
  'canvas.frame'() {
    scatter()
    run('canvas.frame')
    const [frame] = marks()
    if (!frame) throw new Error('There is no frame.')
    expect(frame.kind).toBe('frame')
    // Around all three cards.
    expect(frame.position.x).toBeLessThan(0)
    expect(frame.position.x + frame.size.width).toBeGreaterThan(500 + 200)
    expect(frame.position.y + frame.size.height).toBeGreaterThan(200 + 100)
  },
  'canvas.note'() {
    run('canvas.note')
    expect(marks().map(({ kind }) => kind)).toEqual(['note'])
    expect(bench.view.getState().writing).toBe(marks()[0]?.id)
  },
  'edit.collapse': flags('edit.collapse', 'collapsed'),
  'edit.point'() {
    selectWire()
    run('edit.point')
    expect(bench.level().edges['e1' as EdgeId]?.via).toEqual([{ x: 104, y: 0 }])
  },
  'edit.free'() {
    bench.commands.connect({ node: id('scale'), port: 'image' }, { node: id('writer'), port: 'image' })
    const other = Object.values(bench.level().edges).find(({ to }) => to.node === 'writer')
    if (!other) throw new Error('The writer reads nothing.')
    bench.view.select([], ['e1' as EdgeId, other.id])
    run('edit.point')
    const dots = () => Object.values(bench.level().edges).flatMap(({ via = [] }) => via.map(({ x, y }) => `${x} ${y}`))
    // Both run through one place; then the other alone does.
    expect(dots()).toHaveLength(2)
    expect(new Set(dots()).size).toBe(1)
    bench.view.select([], ['e1' as EdgeId])
    run('edit.free')
    expect(bench.level().edges['e1' as EdgeId]?.via ?? []).toEqual([])
    expect(dots()).toHaveLength(1)
  },
  async 'canvas.arrange'() {
    scatter()
    run('canvas.arrange')
    await expect.poll(() => bench.document.getState().undoLabel).toMatch(/lay/i)
    const [a = 0, b = 0, c = 0] = places('x')
    // In columns, with room between them.
    expect([b - a, c - b]).toEqual([288, 288])
  },
  'canvas.snap'() {
    run('canvas.snap')
    expect(bench.view.getState().snap).toBe(false)
    run('canvas.snap')
    expect(bench.view.getState().snap).toBe(true)
  },
  'canvas.map'() {
    run('canvas.map')
    expect(bench.view.getState().map).toBe(true)
  },
  'align.left': aligns('align.left', 'x', [0, 0, 0]),
  'align.centre': aligns('align.centre', 'x', [250, 250, 250]),
  'align.right': aligns('align.right', 'x', [500, 500, 500]),
  'align.top': aligns('align.top', 'y', [0, 0, 0]),
  'align.middle': aligns('align.middle', 'y', [100, 100, 100]),
  'align.bottom': aligns('align.bottom', 'y', [200, 200, 200]),
  'align.across': aligns('align.across', 'x', [0, 250, 500]),
  'align.down': aligns('align.down', 'y', [0, 100, 200]),
  'edit.undo'() {
    bench.select('grain')
    run('edit.mute')
    run('edit.undo')
    expect(bench.record('grain').mute).toBeUndefined()
  },
  'edit.redo'() {
    bench.select('grain')
    run('edit.mute')
    run('edit.undo')
    run('edit.redo')
    expect(bench.record('grain').mute).toBe(true)
  },
  'edit.history': asks('edit.history', 'history'),
  async 'edit.copy'() {
    bench.select('scale', 'grain')
    run('edit.copy')
    await expect.poll(() => page.clipboard).not.toBe('')
    expect(Object.keys(JSON.parse(page.clipboard).nodes).sort()).toEqual(['grain', 'scale'])
    expect(bench.nodes()).toHaveLength(4)
  },
  async 'edit.cut'() {
    bench.select('grain')
    run('edit.cut')
    await expect.poll(bench.nodes).toEqual(['clip', 'scale', 'writer'])
    expect(Object.keys(JSON.parse(page.clipboard).nodes)).toEqual(['grain'])
    // What it passed on reaches whoever read it.
    expect(bench.wires()).toEqual(['clip > scale', 'scale > writer'])
  },
  async 'edit.paste'() {
    bench.select('scale', 'grain')
    page.clipboard = bench.commands.clipboard.text() ?? ''
    run('edit.paste')
    await expect.poll(selection).toEqual(['grain-2', 'scale-2'])
    expect(bench.wires()).toEqual(['clip > scale', 'grain > writer', 'scale > grain', 'scale-2 > grain-2'])
  },
  async 'edit.pasteWired'() {
    bench.select('scale', 'grain')
    page.clipboard = bench.commands.clipboard.text() ?? ''
    run('edit.pasteWired')
    await expect.poll(selection).toEqual(['grain-2', 'scale-2'])
    expect(bench.wires()).toContain('clip > scale-2')
  },
  'edit.duplicate'() {
    bench.select('grain')
    run('edit.duplicate')
    expect(selection()).toEqual(['grain-2'])
    const { nodes } = bench.document.getState().document
    expect(nodes[id('grain')]?.position).toEqual({ x: 20, y: 0 })
    // Straight below: a card of 100 and the gap of 20.
    expect(nodes[id('grain-2')]?.position).toEqual({ x: 20, y: 120 })
    expect(bench.wires()).toContain('scale > grain-2')
  },
  'edit.duplicateLoose'() {
    bench.select('grain')
    run('edit.duplicateLoose')
    expect(selection()).toEqual(['grain-2'])
    expect(bench.wires()).not.toContain('scale > grain-2')
  },
  'edit.delete'() {
    bench.select('grain')
    run('edit.delete')
    expect(bench.wires()).toEqual(['clip > scale', 'scale > writer'])
    bench.view.select([], ['e0' as EdgeId])
    run('edit.delete')
    expect(bench.wires()).toEqual(['scale > writer'])
  },
  'edit.deleteLoose'() {
    bench.select('grain')
    run('edit.deleteLoose')
    expect(bench.wires()).toEqual(['clip > scale'])
  },
  'edit.selectAll'() {
    run('canvas.note')
    run('edit.selectAll')
    const { selectedEdges, selectedMarks } = bench.view.getState()
    expect(selection()).toEqual(bench.nodes())
    expect([selectedEdges.size, selectedMarks.size]).toEqual([3, 1])
  },
  'play.toggle'() {
    run('play.toggle')
    expect(bench.preview.getState().playing).toBe(true)
    run('play.toggle')
    expect(bench.preview.getState().playing).toBe(false)
  },
  async 'play.back'() {
    await shown(3)
    run('play.back')
    expect(bench.preview.getState().frame).toBe(2)
  },
  async 'play.forward'() {
    await shown(3)
    run('play.forward')
    expect(bench.preview.getState().frame).toBe(4)
  },
  async 'play.first'() {
    await shown(3)
    run('play.first')
    expect(bench.preview.getState().frame).toBe(0)
  },
  async 'play.last'() {
    await shown(3)
    run('play.last')
    expect(bench.preview.getState().frame).toBe(9)
  },
  async 'play.in'() {
    await shown(3)
    run('play.in')
    expect(bench.preview.getState().inPoint).toBe(3)
    run('play.in')
    expect(bench.preview.getState().inPoint).toBeNull()
  },
  async 'play.out'() {
    await shown(5)
    run('play.out')
    expect(bench.preview.getState().outPoint).toBe(5)
    run('play.out')
    expect(bench.preview.getState().outPoint).toBeNull()
  },
  'viewer.compare'() {
    const seen = [1, 2, 3, 4, 5].map(() => {
      run('viewer.compare')
      return bench.viewerSettings.getState().mode
    })
    expect(seen).toEqual(['wipe', 'side', 'difference', 'onion', 'single'])
  },
  'viewer.predicted'() {
    const now = () => {
      const { mode, part, others } = bench.viewerSettings.getState()
      return [mode, part, others[0]?.kind]
    }
    run('viewer.source')
    for (const part of ['all', 'contradiction', 'invention']) {
      run('viewer.predicted')
      expect(now()).toEqual(['difference', part, 'plain'])
    }
    run('viewer.predicted')
    expect(now()[0]).toBe('single')
    expect(bench.viewerSettings.getState().overlay).toBeNull()
  },
  'viewer.overlay'() {
    // There is no mask in this document; `maps.test.ts` has one.
    run('viewer.overlay')
    expect(bench.viewerSettings.getState().overlay).toBeNull()
    bench.viewerSettings.setState({ overlay: { kind: 'output', at: { node: id('grain'), port: 'mask' } } })
    expect(bench.commands.possible('viewer.overlay')).toBe(true)
    run('viewer.overlay')
    expect(bench.viewerSettings.getState().overlay).toBeNull()
  },
  'viewer.source'() {
    const now = () => [bench.viewerSettings.getState().mode, bench.viewerSettings.getState().others[0]?.kind]
    expect(now()).toEqual(['single', 'plain'])
    run('viewer.source')
    expect(now()).toEqual(['wipe', 'source'])
    run('viewer.source')
    expect(now()).toEqual(['wipe', 'plain'])
  },
  'viewer.time'() {
    const now = () => {
      const { mode, time, others } = bench.viewerSettings.getState()
      return [mode, time, others[0]?.kind]
    }
    const seen = [1, 2, 3, 4].map(() => {
      run('viewer.time')
      return now()
    })
    expect(seen).toEqual([
      ['difference', null, 'previous'],
      ['single', 'slit', 'plain'],
      ['single', 'strip', 'plain'],
      ['single', null, 'plain'],
    ])
  },
  'viewer.lanes'() {
    run('viewer.lanes')
    expect(bench.viewerSettings.getState().lanes).toBe(true)
    run('viewer.lanes')
    expect(bench.viewerSettings.getState().lanes).toBe(false)
  },
  'viewer.measureClip'() {
    run('viewer.measureClip')
    run('viewer.measureClip')
    expect(bench.asked).toEqual(['measure clip', 'stop measuring'])
  },
  'viewer.personalities'() {
    // No node of this document runs a model; `personalities.test.ts` has one that does.
    run('viewer.personalities')
    expect(bench.viewerSettings.getState().variants).toBeNull()
    bench.viewerSettings.setState({ variants: { node: id('grain'), param: 'amount', values: [0, 1] }, mode: 'side' })
    run('viewer.personalities')
    expect([bench.viewerSettings.getState().variants, bench.viewerSettings.getState().mode]).toEqual([null, 'single'])
  },
  async 'viewer.check'() {
    await shown(3)
    run('viewer.check')
    run('viewer.check')
    expect([bench.view.getState().sidePanel, bench.view.getState().checks]).toEqual(['check', 2])
  },
  async 'viewer.compareClip'() {
    await shown(3)
    run('viewer.compareClip')
    expect(bench.view.getState()).toMatchObject({ sidePanel: 'check', checked: 'comparison', comparisons: 1 })
    run('viewer.check')
    expect(bench.view.getState()).toMatchObject({ checked: 'result', comparisons: 1 })
  },
  'viewer.flicker'() {
    run('viewer.flicker')
    expect(bench.viewerSettings.getState().flicker).toBe(true)
  },
  'viewer.region'() {
    run('viewer.region')
    expect(bench.viewerSettings.getState().boxing).toBe(true)
    bench.viewerSettings.setState({ boxing: false, region: { x: 0, y: 0, width: 0.5, height: 0.5 } })
    run('viewer.region')
    expect(bench.viewerSettings.getState()).toMatchObject({ boxing: false, region: null })
  },
  'viewer.marks'() {
    run('viewer.marks')
    expect(bench.viewerSettings.getState().marks.on).toBe(true)
    run('viewer.marks')
    expect(bench.viewerSettings.getState().marks.on).toBe(false)
  },
  'viewer.scopes'() {
    const seen = [1, 2, 3, 4].map(() => {
      run('viewer.scopes')
      return bench.viewerSettings.getState().scope
    })
    expect(seen).toEqual(['histogram', 'waveform', 'vectorscope', null])
  },
  'viewer.times'() {
    run('viewer.times')
    expect(bench.viewerSettings.getState().times).toBe(true)
  },
  'viewer.fit': asks('viewer.fit', 'fit picture'),
  'viewer.100': asks('viewer.100', 'picture at 1'),
  'viewer.200': asks('viewer.200', 'picture at 2'),
  'file.new'() {
    run('file.new')
    expect(bench.nodes()).toEqual([])
  },
  'file.open'() {
    run('file.open')
    expect(page.filePicker).toBe(1)
  },
  async 'file.save'() {
    bench.select('grain')
    run('edit.mute')
    run('file.save')
    await expect.poll(() => bench.document.getState().edited).toBe(false)
    expect(Object.keys(JSON.parse(page.saved).nodes).sort()).toEqual(bench.nodes())
  },
  async 'file.link'() {
    run('file.link')
    await expect.poll(() => page.clipboard).toMatch(/^https:\/\/editor\.example\/#./)
  },
  'file.versions': opens('file.versions', 'versions'),
  'file.export': opens('file.export', 'export'),
  'file.recipes': opens('file.recipes', 'recipes'),
  'help.commands': opens('help.commands', 'commands'),
  'help.tour'() {
    fold()
    run('edit.open')
    run('help.tour')
    expect(bench.view.getState().touring).toBe(true)
    expect(bench.document.getState().path).toEqual([])
  },
  'help.shortcuts': opens('help.shortcuts', 'shortcuts'),
}

describe('what it does', () => {
  test.each(commandNames)('%s', async (name) => {
    await does[name]()
  })
})

describe('what is not possible changes nothing', () => {
  const conditional = commandNames.filter((name) => commandTable[name].possible)

  test.each(conditional)('%s', async (name) => {
    bench.commands.run('file.new')
    const before = bench.document.getState()
    expect(bench.commands.possible(name)).toBe(false)
    run(name)
    await Promise.resolve()
    expect(bench.document.getState().document).toBe(before.document)
    expect(page.clipboard).toBe('')
    expect(bench.savedPieces).toEqual([])
  })

  test('with everything there, all is possible', () => {
    run('canvas.note')
    bench.commands.setParam(id('scale'), 'factor', 3)
    bench.select('scale', 'grain')
    run('edit.fold')
    run('edit.undo')
    run('edit.redo')
    run('edit.undo')
    run('edit.selectAll')
    const alone: readonly CommandName[] = ['edit.unfold', 'edit.open', 'edit.leave', 'edit.savePiece']
    const ofOne: readonly CommandName[] = ['edit.rename', 'edit.replace']
    // No node of this document makes a mask or runs a model.
    const impossible = [...ofOne, 'edit.drive', ...alone, 'viewer.overlay', 'viewer.personalities']
    expect(conditional.filter((name) => !bench.commands.possible(name))).toEqual(impossible)
    bench.select('scale')
    expect(ofOne.map(bench.commands.possible)).toEqual([true, true])
    run('edit.redo')
    bench.select('subgraph')
    expect(alone.map(bench.commands.possible)).toEqual([true, true, false, true])
    run('edit.open')
    bench.select()
    expect(alone.map(bench.commands.possible)).toEqual([false, false, true, true])
  })

  test.each([
    ...(['left', 'centre', 'right', 'top', 'middle', 'bottom'] as const).map((edge) => [`align.${edge}`, 2] as const),
    ['align.across', 3],
    ['align.down', 3],
  ] as const)('%s wants %d nodes', (name, least) => {
    const names = ['clip', 'scale', 'grain'].slice(0, least)
    bench.select(...names.slice(1))
    expect(bench.commands.possible(name)).toBe(false)
    bench.select(...names)
    expect(bench.commands.possible(name)).toBe(true)
  })
})

test('a wire alone can be deleted, and not copied; a mark alone can be both', () => {
  const possible = () => (['edit.copy', 'edit.cut', 'edit.delete'] as const).map(bench.commands.possible)
  selectWire()
  expect(possible()).toEqual([false, false, true])
  run('canvas.note')
  bench.view.select([], [], [marks()[0]!.id])
  expect(possible()).toEqual([true, true, true])
  bench.select('grain')
  expect(possible()).toEqual([true, true, true])
  bench.select()
  expect(possible()).toEqual([false, false, false])
})

test('what is unfolded is chosen, its marks too', () => {
  bench.select('scale', 'grain')
  run('canvas.frame')
  const [frame] = marks()
  bench.view.select([id('scale'), id('grain')], [], [frame!.id])
  run('edit.fold')
  run('edit.unfold')
  expect(selection()).toEqual(['grain', 'scale'])
  expect(bench.view.getState().selectedMarks.size).toBe(1)
})

test('what lies over the picture first is a mask of the graph, and the first of several', () => {
  for (let n = 0; n < 2; n++) bench.commands.addNode('luma', { apart: true })
  run('viewer.overlay')
  expect(bench.viewerSettings.getState().overlay).toEqual({ kind: 'output', at: { node: 'luma', port: 'mask' } })
})

test('a panel that has gone is asked for nothing, and one that came in its place stays', () => {
  const gone = bench.commands.attach('palette', { search: () => void bench.asked.push('first') })
  const after = bench.commands.attach('palette', { search: () => void bench.asked.push('second') })
  gone()
  run('palette.search')
  after()
  run('palette.search')
  expect(bench.asked).toEqual(['second'])
})
