/** What each command does to a document, the stores and the panels; TypeScript asks for one that lacks its test. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type CommandName, commandNames, commandTable } from '../../../../src/ui/commands/command-table.ts'
import { id } from '../../graph/specs.ts'
import { createBench, stubPage } from './bench.ts'
import { arrangeChecks } from './checks/arrange-checks.ts'
import { editChecks } from './checks/edit-checks.ts'
import { fileChecks } from './checks/file-checks.ts'
import { graphChecks } from './checks/graph-checks.ts'
import { type Check, Hand } from './checks/hand.ts'
import { viewerChecks } from './checks/viewer-checks.ts'

let hand: Hand

beforeEach(() => {
  hand = new Hand(stubPage(), createBench())
})
afterEach(() => void vi.unstubAllGlobals())

const checks: Readonly<Record<CommandName, Check>> = {
  ...graphChecks,
  ...arrangeChecks,
  ...editChecks,
  ...viewerChecks,
  ...fileChecks,
}

describe('what it does', () => {
  test.each(commandNames)('%s', async (name) => {
    await checks[name](hand)
  })
})

describe('what is not possible changes nothing', () => {
  const conditional = commandNames.filter((name) => commandTable[name].possible)

  test.each(conditional)('%s', async (name) => {
    const { bench, page, run } = hand
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
    const { bench, run } = hand
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
    const { bench } = hand
    const names = ['clip', 'scale', 'grain'].slice(0, least)
    bench.select(...names.slice(1))
    expect(bench.commands.possible(name)).toBe(false)
    bench.select(...names)
    expect(bench.commands.possible(name)).toBe(true)
  })
})

test('a wire alone can be deleted, and not copied; a mark alone can be both', () => {
  const { bench, run, marks, selectWire } = hand
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
  const { bench, run, marks, selection } = hand
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
  const { bench, run } = hand
  for (let n = 0; n < 2; n++) bench.commands.addNode('luma', { apart: true })
  run('viewer.overlay')
  expect(bench.viewerSettings.getState().overlay).toEqual({ kind: 'output', at: { node: 'luma', port: 'mask' } })
})

test('a panel that has gone is asked for nothing, and one that came in its place stays', () => {
  const { bench, run } = hand
  const gone = bench.commands.attach('palette', { search: () => void bench.asked.push('first') })
  const after = bench.commands.attach('palette', { search: () => void bench.asked.push('second') })
  gone()
  run('palette.search')
  after()
  run('palette.search')
  expect(bench.asked).toEqual(['second'])
})
