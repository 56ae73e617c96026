/** What lies on the canvas beside nodes (frames, notes, dots of wires) through edits, files and the clipboard. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type EdgeId, type MarkRecord, marksOf } from '../../../../src/graph/document/document.ts'
import type { CanvasDoor } from '../../../../src/ui/commands/edits/canvas-door.ts'
import { closePage, fileOf, openPage, openTestEditor, type TestEditor, type TestPage } from '../editor-bench.ts'

let page: TestPage
afterEach(closePage)

async function open(recipe: 'bicubic' | 'default'): Promise<TestEditor> {
  page = openPage(`?graph=${recipe}`)
  const editor = await openTestEditor()
  // Wires run straight from card to card.
  const ends = (edge: EdgeId) => {
    const wire = editor.level().edges[edge]!
    const [from, to] = [wire.from.node, wire.to.node].map((id) => editor.record(id).position)
    return { start: { x: from!.x + 200, y: from!.y }, end: to! }
  }
  const canvas: Partial<CanvasDoor> = {
    pointer: () => ({ x: 640, y: 400 }),
    visible: () => true,
    middle: () => ({ x: 300, y: 200 }),
    size: () => ({ width: 200, height: 136 }),
    endsOf: ends,
    alongWires: () => [],
    middleOf(edge) {
      const { start, end } = ends(edge)
      return { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
    },
  }
  editor.commands.attach('canvas', canvas as CanvasDoor)
  return editor
}

/** The graph as its file holds it. */
async function saved(editor: TestEditor): Promise<{
  readonly nodes: Record<string, { readonly collapsed?: boolean }>
  readonly edges: Record<string, { readonly via?: readonly { x: number; y: number }[] }>
  readonly marks?: Record<string, MarkRecord>
  readonly text: string
}> {
  page.downloaded = null
  editor.commands.run('file.save')
  const text = await vi.waitUntil(() => page.downloaded?.text)
  return { ...JSON.parse(text), text }
}
const reopen = (editor: TestEditor, text: string) =>
  editor.commands.dropFiles({ files: [fileOf('again.json', text, 'application/json')], problems: [] })

describe('frames and notes', () => {
  let editor: TestEditor
  const marks = () => marksOf(editor.level())
  const frame = () => marks().find(({ kind }) => kind === 'frame')!
  const place = (id: string) => editor.record(id).position

  beforeEach(async () => {
    editor = await open('bicubic')
    editor.select('decode', 'bicubic')
    editor.commands.run('canvas.frame')
    editor.commands.changeMark(frame().id, { text: 'Bigger' })
  })

  test('a copy of what fills a frame has a frame of its own', () => {
    editor.select('decode', 'bicubic')
    editor.commands.run('edit.duplicate')
    expect(marks().map(({ text }) => text)).toEqual(['Bigger', 'Bigger'])
    expect(editor.nodes()).toContain('bicubic-2')
    editor.commands.run('edit.undo')
    expect(marks()).toHaveLength(1)
  })

  test('a frame that is moved takes its nodes along, and nothing else', () => {
    const before = [place('decode'), place('bicubic'), place('encode'), frame().position]
    editor.commands.nudge({ nodes: [], marks: [frame().id] }, 32, 40)
    editor.commands.endDrag()
    const by = ({ x, y }: { x: number; y: number }) => ({ x: x + 32, y: y + 40 })
    const now = () => [place('decode'), place('bicubic'), place('encode'), frame().position]
    expect(now()).toEqual([by(before[0]!), by(before[1]!), before[2], by(before[3]!)])
    editor.commands.run('edit.undo')
    expect(now()).toEqual(before)
  })

  test('frames, notes, dots and collapsed cards are in the file and come back', async () => {
    editor.selectWires('encode.image')
    editor.commands.run('edit.point')
    editor.select('encode')
    editor.commands.run('edit.collapse')
    editor.commands.run('canvas.note')
    const note = marks().find(({ kind }) => kind === 'note')!
    expect(editor.view.getState().writing).toBe(note.id)
    editor.commands.changeMark(note.id, { text: 'Why it is so' })
    const level = editor.level()

    const file = await saved(editor)
    expect(file.marks).toMatchObject({ frame: { text: 'Bigger' }, note: { text: 'Why it is so' } })
    expect(file.edges['encode.image']?.via).toHaveLength(1)
    expect(file.nodes.encode?.collapsed).toBe(true)
    editor.commands.run('file.new')
    await reopen(editor, file.text)
    expect(editor.level()).toEqual(level)
  })
})

test('a shared dot outlives folding, the layout, copying and the next opening', async () => {
  const editor = await open('default')
  const wires = ['bicubic.image', 'sr-model.image'] as const
  const ways = () => wires.map((id) => editor.level().edges[id as EdgeId]?.via)
  editor.selectWires(...wires)
  editor.commands.run('edit.point')
  const [first, second] = ways()
  expect(first).toHaveLength(1)
  expect(second).toEqual(first)

  editor.select()
  editor.commands.run('canvas.arrange')
  await expect.poll(() => editor.document.getState().undoLabel).toMatch(/^Lay out/)
  const [laid, laidToo] = ways()
  expect(laid).toHaveLength(1)
  expect(laid).not.toEqual(first)
  expect(laidToo).toEqual(laid)

  editor.select('sr-model')
  editor.commands.run('edit.fold')
  // Bicubic’s wire and the card’s run through it.
  const through = () => Object.values(editor.level().edges).filter(({ via }) => via?.length === 1)
  expect(through().map(({ to }) => to.node)).toEqual(expect.arrayContaining(['bicubic', 'subgraph']))
  editor.commands.run('edit.unfold')
  expect(ways()).toEqual([laid, laid])

  editor.commands.run('edit.selectAll')
  editor.commands.run('edit.duplicate')
  const dots = () => new Set(through().map(({ from, via }) => JSON.stringify([from, via])))
  expect(through()).toHaveLength(4)
  expect(dots().size).toBe(2)
  editor.commands.run('edit.undo')
  expect(dots().size).toBe(1)

  const { text } = await saved(editor)
  editor.commands.run('file.new')
  await reopen(editor, text)
  expect(ways()).toEqual([laid, laid])
})
