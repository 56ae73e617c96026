/** Folding nodes into a subgraph, working inside it, and using it again elsewhere. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { closePage, fileOf, openPage, openTestEditor, type TestEditor, type TestPage } from '../editor-bench.ts'

let page: TestPage
afterEach(closePage)

async function open(recipe: 'bicubic' | 'default' = 'bicubic'): Promise<TestEditor> {
  page = openPage(`?graph=${recipe}`)
  return openTestEditor()
}

/** Decode → Bicubic → Encode, with Bicubic folded and called `Larger`; its card is chosen. */
async function openFolded(): Promise<TestEditor> {
  const editor = await open()
  editor.select('bicubic')
  editor.commands.run('edit.fold')
  editor.commands.subgraphs.rename([editor.record('subgraph').id], 'Larger')
  return editor
}

const inside = ['bicubic', 'inputs', 'outputs']
const outside = ['decode', 'encode', 'subgraph']
const path = (editor: TestEditor) => editor.document.getState().path

test('nodes are folded into one and unfolded again, each in one step, and nothing is wrong', async () => {
  const editor = await open('default')
  const [flat, wires, shown] = [editor.nodes(), editor.wires(), editor.viewed()]
  editor.select('bicubic', 'sr-model', 'text-protect', 'residual-blend', 'grain')
  editor.commands.run('edit.fold')
  expect(editor.nodes()).toEqual(outside)
  expect(editor.wires()).toEqual(['encode.audio', 'encode.image', 'subgraph.image'])
  expect([editor.problems(), editor.viewed()]).toEqual([[], shown])
  expect([...editor.view.getState().selection]).toEqual(['subgraph'])

  editor.commands.run('edit.undo')
  expect(editor.nodes()).toEqual(flat)
  editor.commands.run('edit.redo')
  expect(editor.nodes()).toEqual(outside)
  editor.select('subgraph')
  editor.commands.run('edit.unfold')
  expect([editor.nodes(), editor.wires()]).toEqual([flat, wires])
  expect([...editor.view.getState().selection].sort()).toEqual([
    'bicubic',
    'grain',
    'residual-blend',
    'sr-model',
    'text-protect',
  ])
  editor.commands.run('edit.undo')
  editor.commands.run('edit.undo')
  expect([editor.nodes(), editor.document.getState().undoLabel]).toEqual([flat, null])
})

describe('an open subgraph', () => {
  test('is changed in place, and undo leads to where the change was made', async () => {
    const editor = await openFolded()
    editor.commands.run('edit.open')
    expect([editor.nodes(), path(editor)]).toEqual([inside, ['subgraph']])
    const wire = Object.values(editor.level().edges).find(({ to }) => to.node === 'outputs')!
    const grain = editor.commands.addNode('grain', { at: { x: 0, y: 0 }, apart: true, into: wire.id })!
    expect(editor.chain()).toEqual(['bicubic > grain', 'grain > outputs', 'inputs > bicubic'])
    expect(editor.problems()).toEqual([])
    editor.commands.setParam(grain, 'amount', 0.4)
    editor.commands.subgraphs.promote(grain, 'amount', true)

    // Escape lets go of the node first, then leaves; the card is chosen then.
    editor.select()
    editor.commands.run('edit.leave')
    expect([editor.nodes(), [...editor.view.getState().selection]]).toEqual([outside, ['subgraph']])
    editor.commands.setParam(editor.record('subgraph').id, 'amount', 0)
    const amount = () => editor.record('subgraph').body?.nodes[grain]?.params.amount
    expect(amount()).toBe(0)

    // Undo of what was done out here stays here; undo of what was done inside goes there.
    editor.commands.run('edit.undo')
    expect([amount(), editor.nodes()]).toEqual([0.4, outside])
    editor.commands.run('edit.undo')
    expect([path(editor), editor.nodes()]).toEqual([['subgraph'], ['bicubic', 'grain', 'inputs', 'outputs']])
    editor.commands.run('edit.undo')
    editor.commands.run('edit.undo')
    expect([editor.nodes(), editor.wires()]).toEqual([inside, ['bicubic.image', 'outputs.image']])
    // Past the fold there is no such level any more.
    editor.commands.run('edit.undo')
    editor.commands.run('edit.undo')
    expect([path(editor), editor.nodes()]).toEqual([[], ['bicubic', 'decode', 'encode']])
  })

  test('gets no medium that is dropped there: it becomes that of the Decode from which the subgraph reads', async () => {
    const editor = await openFolded()
    editor.commands.run('edit.open')
    await editor.commands.dropFiles({ files: [fileOf('64x48 white.png', 'pixels', 'image/png')], problems: [] })
    expect(editor.toasts()).toEqual(['Decode now opens “64x48 white.png”.'])
    expect([editor.viewed(), editor.nodes()]).toEqual(['128 × 96', inside])
    editor.commands.run('edit.undo')
    expect([editor.viewed(), editor.nodes()]).toEqual(['640 × 360', inside])
  })

  test('keeps its boundary, and a port that is removed takes its wires inside and outside along', async () => {
    const editor = await openFolded()
    const at = [editor.record('subgraph').id]
    const { subgraphs } = editor.commands
    subgraphs.addPort(at, 'inputs', 'mask')
    editor.commands.run('edit.open')
    const inputs = editor.record('inputs').id
    const grain = editor.commands.addNode('grain', { at: { x: 0, y: 400 }, apart: true })!
    editor.commands.connect({ node: inputs, port: 'mask' }, { node: grain, port: 'protect' })
    expect(editor.wires()).toContain('grain.protect')
    subgraphs.removePort(at, 'inputs', 'mask')
    expect(editor.wires()).not.toContain('grain.protect')
    editor.select('inputs')
    editor.commands.run('edit.delete')
    expect(editor.nodes()).toContain('inputs')

    // A wire let go on the boundary gets a port, named as the wire's end.
    const end = { node: editor.record('bicubic').id, port: 'image' }
    expect(subgraphs.openPort(editor.record('outputs').id, { end, side: 'source' })).toBe(true)
    expect(subgraphs.portsOf(at, 'outputs').map(({ title }) => title)).toEqual(['Image', 'Image 2'])
    subgraphs.removePort(at, 'inputs', 'image')
    editor.commands.run('edit.leave')
    expect(editor.wires()).toEqual(['encode.audio', 'encode.image'])

    // What is wrong inside stands on the card, too, and leads there.
    expect(editor.derived.getState().problemsOf.get(editor.record('subgraph').id)).toHaveLength(2)
    const problem = editor.derived.getState().problems.find(({ node }) => node === 'subgraph/bicubic')
    expect(problem).toMatchObject({ message: 'Image of Bicubic is not connected.' })
    editor.commands.goTo(problem!.node!)
    expect([path(editor), [...editor.view.getState().selection]]).toEqual([['subgraph'], ['bicubic']])
  })
})

test('a card is copied into another subgraph, saved to a file and read again as it was', async () => {
  const editor = await openFolded()
  editor.select('subgraph')
  const copied = editor.commands.clipboard.text()!
  editor.commands.run('edit.open')
  editor.commands.clipboard.insert(copied)
  expect(editor.nodes()).toEqual([...inside, 'subgraph'])
  const { document } = editor.document.getState()
  editor.commands.run('file.save')
  const { text } = await vi.waitUntil(() => page.downloaded)
  const file = JSON.parse(text)
  expect(Object.keys(file.nodes.subgraph.body.nodes.subgraph.body.nodes).sort()).toEqual(inside)
  editor.commands.run('file.new')
  await editor.commands.openChosen(fileOf('again.json', text, 'application/json'))
  expect([path(editor), editor.document.getState().document]).toEqual([[], document])

  // Deleting the card leaves the chain whole.
  editor.select('subgraph')
  editor.commands.run('edit.delete')
  expect(editor.chain()).toEqual(['decode > encode', 'decode > encode'])
  editor.commands.run('edit.undo')
  expect(editor.nodes()).toEqual(outside)
})
