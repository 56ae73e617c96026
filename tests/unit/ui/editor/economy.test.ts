/** What an edit costs: what it works out anew, and what it asks of the engine. */
import { afterEach, expect, test, vi } from 'vitest'
import { moveNodes } from '../../../../src/graph/edits/edit.ts'
import { closePage, openPage, openTestEditor } from '../editor-bench.ts'

afterEach(closePage)

/** The default chain, shown; what the engine is asked for is noted from then on. */
async function open() {
  openPage('?graph=default')
  const editor = await openTestEditor()
  const { preview, engine, idle } = editor
  idle.holdOff()
  const shown = () => vi.waitUntil(() => preview.getState().result !== null && !preview.getState().busy)
  await shown()
  const asked = [vi.spyOn(engine, 'preview'), vi.spyOn(engine, 'thumbnail'), vi.spyOn(engine, 'assetFacts')]
  return { ...editor, shown, asked: () => asked.map(({ mock }) => mock.calls.length) }
}

test('a node that is moved sends nothing to the engine, and nothing is inferred', async () => {
  const { document, record, derived, shown, asked } = await open()
  const before = derived.getState().all
  const { id } = record('grain')
  for (const x of [100, 200, 300]) document.drag('Move', (draft) => moveNodes(draft, { [id]: { x, y: 40 } }))
  document.drop()
  await shown()
  expect(record('grain').position).toEqual({ x: 300, y: 40 })
  expect(asked()).toEqual([0, 0, 0])
  expect(derived.getState().all).toBe(before)
})

test('a value that is dragged infers nothing; a size does', async () => {
  const { commands, record, derived, shown, asked, viewed } = await open()
  const before = derived.getState()
  for (const amount of [0.1, 0.2]) commands.dragParam(record('grain').id, 'amount', amount)
  commands.endDrag()
  await shown()
  expect(asked()[0]).toBeGreaterThan(0)
  expect(derived.getState().all).toBe(before.all)
  expect(derived.getState().expansion.document).not.toBe(before.expansion.document)
  commands.setParam(record('bicubic').id, 'factor', 3)
  expect(derived.getState().all).not.toBe(before.all)
  commands.run('edit.undo')
  await shown()
  expect(viewed()).toBe('640 × 360')
})

test('problems are of the graph as it stands and call nodes as they are called now', async () => {
  const { commands, record, problems } = await open()
  commands.setParam(record('bicubic').id, 'factor', 3)
  expect(problems().join()).toContain('Residual Blend')
  commands.setTitle(record('residual-blend').id, 'Mixture')
  expect(problems().join()).toContain('Mixture')
  commands.setParam(record('grain').id, 'amount', 99)
  expect(problems().join()).toContain('99')
})
