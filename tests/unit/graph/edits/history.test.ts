import { describe, expect, it } from 'vitest'
import { addNode, moveNodes, removeNodes, setParam } from '../../../../src/graph/edits/edit.ts'
import {
  begin,
  cancel,
  canRedo,
  canUndo,
  commit,
  edit,
  type History,
  jump,
  newHistory,
  redo,
  undo,
} from '../../../../src/graph/edits/history.ts'
import { id, recipe } from '../specs.ts'

const grain = id('grain')
const amount = (history: History) => history.document.nodes[grain]?.params.amount
const set = (history: History, value: number) =>
  edit(history, 'Amount', (draft) => setParam(draft, grain, 'amount', value)).history

describe('history', () => {
  it('undoes and redoes edits, and hands on what a recipe returns', () => {
    const start = newHistory(recipe())
    const { history, result } = edit(start, 'Add', (draft) =>
      addNode(draft, { type: 'grain', position: { x: 0, y: 0 } }),
    )
    expect(result).toBe('grain-2')
    const removed = edit(history, 'Remove', (draft) => removeNodes(draft, [grain])).history
    expect(removed.past.map((entry) => entry.label)).toEqual(['Add', 'Remove'])
    const back = undo(undo(removed))
    expect(back.document).toEqual(recipe())
    expect(canUndo(back)).toBe(false)
    expect(undo(back)).toEqual(back)
    const again = redo(redo(back))
    expect(again.document).toEqual(removed.document)
    expect(canRedo(again)).toBe(false)
    expect(redo(again)).toEqual(again)
    // What came before is untouched: histories are values.
    expect(start.document).toEqual(recipe())
  })

  it('keeps no entry of an edit that changes nothing, nor forgets the future for it', () => {
    const undone = undo(set(newHistory(recipe()), 0.2))
    const same = edit(undone, 'Nothing', (draft) => {
      setParam(draft, grain, 'amount', 0.3)
      setParam(draft, grain, 'amount', undefined)
    })
    expect(same.history).toBe(undone)
    const equal = edit(undone, 'Equal', (draft) => {
      draft.nodes[grain]!.position = { ...recipe().nodes[grain]!.position }
    })
    expect(equal.history).toBe(undone)
    expect(canRedo(undone)).toBe(true)
    expect(canRedo(set(undone, 0.4))).toBe(false)
  })

  it('jumps as far as it is asked, or as it can, and a jump to nowhere is none', () => {
    const states = [newHistory(recipe())]
    for (const value of [0.1, 0.2, 0.3, 0.4]) states.push(set(states.at(-1)!, value))
    const last = states.at(-1)!
    for (const [n, state] of states.entries()) {
      const there = jump(last, n - 4)
      expect(there.document).toEqual(state.document)
      expect(there.past).toHaveLength(n)
      expect(jump(there, 4 - n).document).toEqual(last.document)
    }
    expect(jump(last, -9).document).toEqual(recipe())
    expect(jump(last, 0)).toBe(last)
    expect(jump(last, 3)).toBe(last)
    // What is going on becomes a step of its own first.
    const dragging = set(begin(last, 'Drag'), 0.5)
    expect(amount(jump(dragging, -1))).toBe(0.4)
  })

  it('makes a drag one entry that holds each place once', () => {
    let drag = begin(newHistory(recipe()), 'Drag')
    for (let n = 1; n <= 500; n += 1) {
      drag = set(drag, n / 1000)
      drag = edit(drag, 'Move', (draft) => moveNodes(draft, { [grain]: { x: n, y: -n } })).history
    }
    expect(amount(drag)).toBe(0.5)
    expect(canUndo(drag)).toBe(true)
    const done = commit(drag)
    expect(done.past).toHaveLength(1)
    expect(done.past[0]!.label).toBe('Drag')
    expect(done.past[0]!.patches.length).toBeLessThanOrEqual(3)
    expect(undo(done).document).toEqual(recipe())
    expect(redo(undo(done)).document).toEqual(done.document)
  })

  it('keeps no entry of a drag that ends where it began, and keeps the future', () => {
    const undone = undo(set(newHistory(recipe()), 0.2))
    const start = set(undone, 0.1)
    const settled = commit(set(set(begin(start, 'Drag'), 0.4), 0.1))
    expect(settled.past).toHaveLength(1)
    expect(settled.document).toBe(start.document)
    const dragged = commit(
      edit(set(begin(undone, 'Drag'), 0.4), 'Back', (d) => setParam(d, grain, 'amount', undefined)).history,
    )
    expect(canRedo(dragged)).toBe(true)
  })

  it('cancels a drag, and commits one on undo, redo and another begin', () => {
    const start = set(newHistory(recipe()), 0.1)
    const dragging = set(begin(start, 'Drag'), 0.4)
    expect(cancel(dragging).document).toBe(start.document)
    expect(cancel(dragging).past).toBe(start.past)
    expect(cancel(start)).toBe(start)
    expect(amount(undo(dragging))).toBe(0.1)
    expect(amount(redo(undo(dragging)))).toBe(0.4)
    expect(amount(redo(dragging))).toBe(0.4)
    const second = commit(set(begin(dragging, 'Second'), 0.45))
    expect(second.past.map((entry) => entry.label)).toEqual(['Amount', 'Drag', 'Second'])
  })

  it('undoes a drag that adds, writes into what it added, and removes', () => {
    let drag = begin(newHistory(recipe()), 'Mixed')
    drag = edit(drag, '', (draft) => addNode(draft, { type: 'scale', position: { x: 0, y: 0 } })).history
    drag = edit(drag, '', (draft) => setParam(draft, id('scale-2'), 'factor', 3)).history
    drag = edit(drag, '', (draft) => removeNodes(draft, [grain])).history
    drag = edit(drag, '', (draft) => setParam(draft, id('scale-2'), 'factor', 4)).history
    const done = commit(drag)
    expect(undo(done).document).toEqual(recipe())
    expect(redo(undo(done)).document).toEqual(done.document)
  })

  it('undoes a drag that writes into what it replaces, and in lists', () => {
    let drag = begin(newHistory(recipe()), 'Nested')
    const write = (recipeOf: Parameters<typeof edit>[2]) => {
      drag = edit(drag, '', recipeOf).history
    }
    write((draft) => setParam(draft, grain, 'list', [1, 2, 3]))
    write((draft) => {
      const { params } = draft.nodes[grain]!
      params.amount = 0.1
    })
    write((draft) => {
      draft.nodes[grain]!.params = { amount: 0.2, list: [4] }
    })
    write((draft) => {
      draft.nodes[grain]!.params.amount = 0.3
      const { list } = draft.nodes[grain]!.params
      if (Array.isArray(list)) list.splice(0, 1, 7, 8)
    })
    write((draft) => {
      const { list } = draft.nodes[grain]!.params
      if (Array.isArray(list)) list.splice(1, 1)
    })
    const done = commit(drag)
    expect(done.document.nodes[grain]!.params).toEqual({ amount: 0.3, list: [7] })
    expect(undo(done).document).toEqual(recipe())
    expect(redo(undo(done)).document).toEqual(done.document)
  })
})
