/** What the commands of editing do. */
import { expect } from 'vitest'
import type { EdgeId } from '../../../../../src/graph/document/document.ts'
import type { editCommands } from '../../../../../src/ui/commands/edit-commands.ts'
import { id } from '../../../graph/specs.ts'
import { asks, type ChecksOf } from './hand.ts'

export const editChecks: ChecksOf<typeof editCommands> = {
  'edit.undo'({ bench, run }) {
    bench.select('grain')
    run('edit.mute')
    run('edit.undo')
    expect(bench.record('grain').mute).toBeUndefined()
  },
  'edit.redo'({ bench, run }) {
    bench.select('grain')
    run('edit.mute')
    run('edit.undo')
    run('edit.redo')
    expect(bench.record('grain').mute).toBe(true)
  },
  'edit.history': asks('edit.history', 'history'),
  async 'edit.copy'({ bench, run, page }) {
    bench.select('scale', 'grain')
    run('edit.copy')
    await expect.poll(() => page.clipboard).not.toBe('')
    expect(Object.keys(JSON.parse(page.clipboard).nodes).sort()).toEqual(['grain', 'scale'])
    expect(bench.nodes()).toHaveLength(4)
  },
  async 'edit.cut'({ bench, run, page }) {
    bench.select('grain')
    run('edit.cut')
    await expect.poll(bench.nodes).toEqual(['clip', 'scale', 'writer'])
    expect(Object.keys(JSON.parse(page.clipboard).nodes)).toEqual(['grain'])
    // What it passed on reaches whoever read it.
    expect(bench.wires()).toEqual(['clip > scale', 'scale > writer'])
  },
  async 'edit.paste'({ bench, run, selection, page }) {
    bench.select('scale', 'grain')
    page.clipboard = bench.commands.clipboard.text() ?? ''
    run('edit.paste')
    await expect.poll(selection).toEqual(['grain-2', 'scale-2'])
    expect(bench.wires()).toEqual(['clip > scale', 'grain > writer', 'scale > grain', 'scale-2 > grain-2'])
  },
  async 'edit.pasteWired'({ bench, run, selection, page }) {
    bench.select('scale', 'grain')
    page.clipboard = bench.commands.clipboard.text() ?? ''
    run('edit.pasteWired')
    await expect.poll(selection).toEqual(['grain-2', 'scale-2'])
    expect(bench.wires()).toContain('clip > scale-2')
  },
  'edit.duplicate'({ bench, run, selection }) {
    bench.select('grain')
    run('edit.duplicate')
    expect(selection()).toEqual(['grain-2'])
    const { nodes } = bench.document.getState().document
    expect(nodes[id('grain')]?.position).toEqual({ x: 20, y: 0 })
    // Straight below: a card of 100 and the gap of 20.
    expect(nodes[id('grain-2')]?.position).toEqual({ x: 20, y: 120 })
    expect(bench.wires()).toContain('scale > grain-2')
  },
  'edit.duplicateLoose'({ bench, run, selection }) {
    bench.select('grain')
    run('edit.duplicateLoose')
    expect(selection()).toEqual(['grain-2'])
    expect(bench.wires()).not.toContain('scale > grain-2')
  },
  'edit.delete'({ bench, run }) {
    bench.select('grain')
    run('edit.delete')
    expect(bench.wires()).toEqual(['clip > scale', 'scale > writer'])
    bench.view.select([], ['e0' as EdgeId])
    run('edit.delete')
    expect(bench.wires()).toEqual(['scale > writer'])
  },
  'edit.deleteLoose'({ bench, run }) {
    bench.select('grain')
    run('edit.deleteLoose')
    expect(bench.wires()).toEqual(['clip > scale'])
  },
  'edit.selectAll'({ bench, run, selection }) {
    run('canvas.note')
    run('edit.selectAll')
    const { selectedEdges, selectedMarks } = bench.view.getState()
    expect(selection()).toEqual(bench.nodes())
    expect([selectedEdges.size, selectedMarks.size]).toEqual([3, 1])
  },
}
