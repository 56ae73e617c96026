/** The level that is open follows what is done, undone and gone. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { NodeId } from '../../../../src/graph/document/document.ts'
import { setParam } from '../../../../src/graph/edits/edit.ts'
import { fold, unfold } from '../../../../src/graph/edits/fold.ts'
import { createDocumentStore, type DocumentStore } from '../../../../src/ui/store/document-store.ts'
import { id, sketch, specs } from '../../graph/specs.ts'

const card = id('subgraph')
const local = () => Object.keys(store.getState().level.nodes).sort()
let store: DocumentStore

beforeEach(() => {
  store = createDocumentStore()
  store.open(sketch({ clip: {}, grain: {}, writer: {} }, ['clip.image > grain.image', 'grain.image > writer.image']))
  store.edit('Fold', (draft) => fold(draft, specs, ['grain' as NodeId]))
})

describe('the open level', () => {
  it('is what recipes work on', () => {
    store.enter([card])
    expect(local()).toEqual(['grain', 'inputs', 'outputs'])
    store.edit('Set', (draft) => setParam(draft, id('grain'), 'amount', 0.5))
    expect(store.getState().level.nodes[id('grain')]?.params).toEqual({ amount: 0.5 })
    expect(store.getState().document.nodes[card]?.body).toBe(store.getState().level)
  })

  it('is where the change was made that is undone or redone', () => {
    store.enter([card])
    store.drag('Set', (draft) => void setParam(draft, id('grain'), 'amount', 0.4))
    store.drag('Set', (draft) => void setParam(draft, id('grain'), 'amount', 0.5))
    store.enter([])
    expect(store.getState().history.pending).toBeNull()
    store.undo()
    expect(store.getState().path).toEqual([card])
    expect(store.getState().level.nodes[id('grain')]?.params).toEqual({})
    store.undo()
    expect(store.getState().path).toEqual([])
    expect(local()).toEqual(['clip', 'grain', 'writer'])
    store.redo()
    store.redo()
    expect(store.getState().path).toEqual([card])
    store.jump(-2)
    expect(store.getState().path).toEqual([])
    store.undo()
    expect(store.getState().undoLabel).toBeNull()
  })

  it('is left when it is gone, and stays as it is where there is nothing to undo', () => {
    store.enter([card, id('nowhere')])
    expect(store.getState().path).toEqual([card])
    store.editWhole('Unfold', (draft) => unfold(draft, specs, card))
    expect(store.getState().path).toEqual([])
    expect(local()).toEqual(['clip', 'grain', 'writer'])
    store.open(store.getState().document)
    const before = store.getState()
    store.undo()
    store.redo()
    expect(store.getState()).toBe(before)
  })
})
