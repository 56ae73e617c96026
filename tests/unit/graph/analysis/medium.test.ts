/** Whose medium gives way to one that is dropped on the page, whatever level is open. */
import { describe, expect, it } from 'vitest'
import { mediumTaker } from '../../../../src/graph/analysis/medium.ts'
import type { GraphDocument, NodeId } from '../../../../src/graph/document/document.ts'
import { draftAt } from '../../../../src/graph/document/levels.ts'
import { fold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../../src/graph/edits/history.ts'
import { id, sketch, specs } from '../specs.ts'

const folded = (document: GraphDocument, ids: readonly string[], path: readonly string[] = []): GraphDocument =>
  edit(newHistory(document), 'Fold', (draft) => {
    const level = draftAt(draft, path as readonly NodeId[])
    if (level) fold(level, specs, ids.map(id))
  }).history.document

const taker = (
  document: GraphDocument,
  { path = [], selected = [], seen }: { path?: readonly string[]; selected?: readonly string[]; seen?: string },
) => {
  const place = mediumTaker(document, specs, {
    path: path.map(id),
    selection: new Set(selected.map(id)),
    viewedNode: seen === undefined ? undefined : id(seen),
  })
  return place && `${place.node}.${place.param}`
}

const one = sketch({ clip: {}, grain: {}, sharpen: {}, writer: {} }, [
  'clip.image > grain.image',
  'grain.image > sharpen.image',
  'sharpen.image > writer.image',
])
const two = sketch({ 'clip-1': {}, 'clip-2': {}, grain: {}, sharpen: {} }, [
  'clip-1.image > grain.image',
  'clip-2.image > sharpen.image',
])

describe('a medium that is opened goes to', () => {
  it('the only source of the open level, or the selected one of several', () => {
    expect(taker(one, {})).toBe('clip.media')
    expect(taker(two, { selected: ['clip-2'], seen: 'clip-1' })).toBe('clip-2.media')
  })

  it('the one of several that feeds what is looked at, and to nobody where none does', () => {
    expect(taker(two, { seen: 'clip-2' })).toBe('clip-2.media')
    expect(taker(two, {})).toBeNull()
    expect(taker(sketch({ grain: {} }), {})).toBeNull()
  })

  it('the source around an open subgraph that has none, however deep', () => {
    const nested = folded(folded(one, ['grain', 'sharpen']), ['grain'], ['subgraph'])
    expect(taker(nested, { path: ['subgraph'] })).toBe('clip.media')
    expect(taker(nested, { path: ['subgraph', 'subgraph'] })).toBe('clip.media')
    expect(taker(folded(two, ['grain']), { path: ['subgraph'], seen: 'clip-1' })).toBe('clip-1.media')
  })

  it('an open subgraph’s own source before those around it', () => {
    const own = folded(two, ['clip-1', 'grain'])
    expect(taker(own, { path: ['subgraph'], seen: 'clip-2' })).toBe('subgraph/clip-1.media')
    expect(taker(own, { seen: 'subgraph/clip-1' })).toBe('clip-2.media')
  })

  it('the source in a closed subgraph where only that feeds what is looked at', () => {
    expect(taker(folded(one, ['clip', 'grain']), { seen: 'subgraph/clip' })).toBe('subgraph/clip.media')
  })
})
