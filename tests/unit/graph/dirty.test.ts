import { describe, expect, it } from 'vitest'
import { type Dirty, dirtyBetween } from '../../../src/graph/dirty.ts'
import type { EdgeId, GraphDocument } from '../../../src/graph/document.ts'
import * as recipes from '../../../src/graph/edit.ts'
import { edit, newHistory } from '../../../src/graph/history.ts'
import { at, id, recipe, specs } from './specs.ts'

function edited(change: (draft: recipes.DocumentDraft) => unknown, before: GraphDocument = recipe()): Dirty {
  return dirtyBetween(before, edit(newHistory(before), '', change).history.document, specs)
}
const ids = (nodes: ReadonlySet<string> | undefined) => [...(nodes ?? [])].sort()
const staleOf = (dirty: Dirty) => ('stale' in dirty ? ids(dirty.stale) : undefined)

describe('dirtyBetween', () => {
  it('finds nothing in what pixels do not depend on', () => {
    const dirty = edited((draft) => {
      recipes.moveNodes(draft, { [id('grain')]: { x: 5, y: 5 } })
      recipes.setTitle(draft, id('grain'), 'Film')
      recipes.setMeta(draft, { title: 'x' })
      recipes.setParam(draft, id('grain'), 'unheard-of', 1)
    })
    expect(dirty).toEqual({ kind: 'nothing' })
    // The same wire under another name.
    const { edges, ...rest } = recipe()
    const renamed = Object.fromEntries(
      Object.values<(typeof edges)[EdgeId]>(edges).map((e) => [`x${e.id}`, { ...e, id: `x${e.id}` as EdgeId }]),
    )
    expect(dirtyBetween(recipe(), { ...rest, edges: renamed }, specs)).toEqual({ kind: 'nothing' })
  })

  it('finds a uniform, and what lies below it', () => {
    const dirty = edited((draft) => recipes.setParam(draft, id('blend'), 'strength', 0.5))
    expect(dirty.kind).toBe('uniform')
    expect(ids('nodes' in dirty ? dirty.nodes : undefined)).toEqual(['blend'])
    expect(staleOf(dirty)).toEqual(['blend', 'grain', 'writer'])
  })

  it.each<[string, (draft: recipes.DocumentDraft) => unknown, string[]]>([
    [
      'a plan param',
      (d) => recipes.setParam(d, id('scale'), 'factor', 3),
      ['blend', 'grain', 'luma', 'scale', 'writer'],
    ],
    ['bypass', (d) => recipes.setFlag(d, [id('grain')], 'bypass', true), ['grain', 'writer']],
    ['a new wire', (d) => recipes.connect(d, specs, at('scale.image'), at('grain.image')), ['grain', 'writer']],
    ['a wire less', (d) => recipes.disconnect(d, Object.keys(d.edges).slice(7, 8) as EdgeId[]), ['grain', 'writer']],
    ['a new node', (d) => recipes.addNode(d, { type: 'grain', position: { x: 0, y: 0 } }), ['grain-2']],
    ['a node less', (d) => recipes.removeNodes(d, [id('luma')]), ['blend', 'grain', 'writer']],
    ['a source that nobody reads', (d) => recipes.addNode(d, { type: 'clip', position: { x: 0, y: 0 } }), ['clip-2']],
  ])('finds a suffix below %s', (_, change, stale) => {
    const dirty = edited(change)
    expect(dirty.kind).toBe('suffix')
    expect(staleOf(dirty)).toEqual(stale)
  })

  it('finds the whole plan where the source is another one', () => {
    expect(edited((d) => recipes.setParam(d, id('clip'), 'media', { id: 'still' }))).toEqual({ kind: 'plan' })
    expect(edited((d) => recipes.removeNodes(d, [id('clip')]))).toEqual({ kind: 'plan' })
    expect(edited((d) => recipes.setFlag(d, [id('clip')], 'bypass', true))).toEqual({ kind: 'plan' })
    expect(edited((d) => recipes.setParam(d, id('clip'), 'start', 1)).kind).toBe('uniform')
  })
})
