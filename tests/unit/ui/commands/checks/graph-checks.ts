/** What the commands of nodes and subgraphs do. */
import { expect } from 'vitest'
import { commandTable } from '../../../../../src/ui/commands/command-table.ts'
import type { graphCommands } from '../../../../../src/ui/commands/graph-commands.ts'
import { id } from '../../../graph/specs.ts'
import { asks, type ChecksOf, flags } from './hand.ts'

export const graphChecks: ChecksOf<typeof graphCommands> = {
  'canvas.add': asks('canvas.add', 'add menu'),
  'palette.search': asks('palette.search', 'search'),
  'edit.view'({ bench, run }) {
    bench.select('scale')
    run('edit.view')
    expect(bench.preview.getState().view).toEqual({ node: 'scale', port: 'image' })
  },
  'edit.rename'({ bench, run }) {
    bench.select('scale', 'grain')
    run('edit.rename')
    expect(bench.view.getState().renaming).toBe(null)
    bench.select('grain')
    run('edit.rename')
    expect([bench.view.getState().renaming, bench.view.getState().sidePanel]).toEqual(['grain', 'node'])
  },
  'edit.replace'({ bench, run, selection }) {
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
  'edit.reset'({ bench, run }) {
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
  'edit.drive'({ bench, run }) {
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
  'problems.show'({ bench, run }) {
    run('problems.show')
    expect(bench.view.getState().sidePanel).toBe('problems')
  },
  'edit.fold'({ bench, run, selection, fold }) {
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
  'edit.unfold'({ bench, run, fold }) {
    fold()
    run('edit.unfold')
    expect(bench.nodes()).toEqual(['clip', 'grain', 'scale', 'writer'])
    expect(bench.wires()).toEqual(['clip > scale', 'grain > writer', 'scale > grain'])
    bench.select('clip')
    run('edit.unfold')
    expect(bench.toasts()).toHaveLength(1)
  },
  'edit.open'({ bench, run, fold }) {
    fold()
    run('edit.open')
    expect(bench.document.getState().path).toEqual(['subgraph'])
  },
  'edit.leave'({ bench, run, fold }) {
    fold()
    run('edit.open')
    run('edit.leave')
    expect(bench.document.getState().path).toEqual([])
  },
  async 'edit.savePiece'({ bench, run, fold }) {
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
    // One within it, where that is open.
    bench.select('grain')
    run('edit.fold')
    bench.commands.setTitle(id('subgraph'), 'Within')
    run('edit.open')
    bench.select()
    run('edit.savePiece')
    await expect.poll(() => bench.savedPieces).toEqual(['Look', 'Look', 'Within'])
  },
}
