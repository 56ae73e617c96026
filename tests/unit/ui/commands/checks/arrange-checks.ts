/** What the commands of arranging do. */
import { expect } from 'vitest'
import type { EdgeId } from '../../../../../src/graph/document/document.ts'
import type { arrangeCommands } from '../../../../../src/ui/commands/arrange-commands.ts'
import { id } from '../../../graph/specs.ts'
import { aligns, type ChecksOf, flags } from './hand.ts'

export const arrangeChecks: ChecksOf<typeof arrangeCommands> = {
  'canvas.frame'({ run, marks, scatter }) {
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
  'canvas.note'({ bench, run, marks }) {
    run('canvas.note')
    expect(marks().map(({ kind }) => kind)).toEqual(['note'])
    expect(bench.view.getState().writing).toBe(marks()[0]?.id)
  },
  'edit.collapse': flags('edit.collapse', 'collapsed'),
  'edit.point'({ bench, run, selectWire }) {
    selectWire()
    run('edit.point')
    expect(bench.level().edges['e1' as EdgeId]?.via).toEqual([{ x: 104, y: 0 }])
    run('edit.undo')
    // Of several outputs each has a dot, in one step.
    bench.view.select([], ['e0', 'e1'] as EdgeId[])
    run('edit.point')
    const dots = () => Object.values(bench.level().edges).map(({ via = [] }) => via.length)
    expect(dots()).toEqual([1, 1, 0])
    run('edit.undo')
    expect(dots()).toEqual([0, 0, 0])
  },
  'edit.free'({ bench, run }) {
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
  async 'canvas.arrange'({ bench, run, places, scatter }) {
    scatter()
    run('canvas.arrange')
    await expect.poll(() => bench.document.getState().undoLabel).toMatch(/lay/i)
    const [a = 0, b = 0, c = 0] = places('x')
    // In columns, with room between them.
    expect([b - a, c - b]).toEqual([288, 288])
  },
  'canvas.snap'({ bench, run }) {
    run('canvas.snap')
    expect(bench.view.getState().snap).toBe(false)
    run('canvas.snap')
    expect(bench.view.getState().snap).toBe(true)
  },
  'canvas.map'({ bench, run }) {
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
}
