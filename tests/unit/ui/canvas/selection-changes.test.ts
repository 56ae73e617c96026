import { expect, test } from 'vitest'
import type { EdgeId, MarkId } from '../../../../src/graph/document/document.ts'
import { selectedEdgesAfter, selectionAfter } from '../../../../src/ui/canvas/selection-changes.ts'
import { id } from '../../graph/specs.ts'

const select = (name: string, selected: boolean) => ({ type: 'select' as const, id: name, selected })

test('cards and marks are selected apart', () => {
  const before = { selection: new Set([id('clip')]), selectedMarks: new Set(['old' as MarkId]) }
  const changes = [select('clip', false), select('grain', true), select('mark:note', true), select('mark:old', false)]
  expect(selectionAfter(changes, before)).toEqual({
    selection: new Set(['grain']),
    selectedMarks: new Set(['note']),
  })
  expect(before.selection).toEqual(new Set(['clip']))
})

test('wires are selected by their own ids', () => {
  const selectedEdges = new Set(['e1' as EdgeId])
  expect(selectedEdgesAfter([select('e2', true), select('e1', false)], { selectedEdges })).toEqual({
    selectedEdges: new Set(['e2']),
  })
})

test('other changes leave the selection as it is', () => {
  const moved = [{ type: 'position' as const, id: 'clip', position: { x: 1, y: 1 } }]
  expect(selectionAfter(moved, { selection: new Set(), selectedMarks: new Set() })).toBeNull()
  expect(selectedEdgesAfter([{ type: 'remove', id: 'e1' }], { selectedEdges: new Set() })).toBeNull()
})
