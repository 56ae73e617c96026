// @vitest-environment dom
/** What goes wrong while rendering stands on the card and in the inspector of its node: of a preview, of an export, in a subgraph. */
import { afterEach, expect, test } from 'vitest'
import type { Engine } from '../../../../src/engine/door/api.ts'
import type { FlatId } from '../../../../src/graph/document/document.ts'
import { Inspector } from '../../../../src/ui/inspector/Inspector.tsx'
import type { TestEditor } from '../editor-bench.ts'
import { appears, closeRendered, during, renderEditor, texts } from '../rendered.tsx'

afterEach(closeRendered)

const failed = (node: string, message = 'Grain failed: out of luck.') =>
  ({
    ok: false,
    problems: [
      { code: 'render-failed', severity: 'error', node: node as FlatId, message, hint: 'Undo the last change.' },
    ],
  }) as const

/** What stands on the cards of the open level, and in the inspector of the selected node. */
const told = (editor: TestEditor) => ({
  cards: [...editor.derived.getState().problemsOf].map(([node, problems]) => [
    node,
    problems.map((one) => one.message),
  ]),
  inspector: texts('.inspector-problems > li').map((text) =>
    text.replace(/^Error: /, '').replace(/ ?Undo the last change.*/, ''),
  ),
})
const grain = { cards: [['grain', ['Grain failed: out of luck.']]], inspector: ['Grain failed: out of luck.'] }

test('of a preview, and no longer once it is shown', async () => {
  let isBroken = true
  const played: Partial<Engine> = {}
  const editor = await renderEditor('default', <Inspector />, {
    engine: {
      preview: async (request) => (isBroken ? failed('grain') : played.preview!(request)),
    },
  })
  played.preview = async () => ({ ok: true, value: { ...editor.preview.getState().result!, state: 'superseded' } })
  await during(() => editor.select('grain'))
  await appears('.inspector-problems > li', /out of luck/)
  expect(told(editor)).toEqual(grain)
  isBroken = false
  await during(() => editor.select('decode'))
  expect(told(editor).inspector).toEqual([])
})

test('of a node in a subgraph: on its card, and inside on the node’s own', async () => {
  const editor = await renderEditor('default', <Inspector />, {
    engine: {
      preview: async ({ document }) => failed('subgraph/grain' in document.nodes ? 'subgraph/grain' : 'grain'),
    },
  })
  await during(() => {
    editor.select('grain')
    editor.commands.run('edit.fold')
  })
  await appears('.inspector-problems > li', /out of luck/)
  expect(told(editor)).toEqual({ ...grain, cards: [['subgraph', ['Grain failed: out of luck.']]] })
  await during(() => {
    editor.commands.run('edit.open')
    editor.select('grain')
  })
  expect(told(editor)).toEqual(grain)
  // Nothing is rendered anew when it is unfolded.
  await during(() => {
    editor.commands.run('edit.leave')
    editor.select('subgraph')
    editor.commands.run('edit.unfold')
    editor.select('grain')
  })
  expect(told(editor)).toEqual(grain)
})

async function exported(): Promise<TestEditor> {
  const editor = await renderEditor('default', <Inspector />, { engine: { export: async () => failed('grain') } })
  await during(() => editor.select('grain'))
  const document = editor.document.getState().document
  const outputs = { ['encode' as FlatId]: { fileName: 'a.mp4', target: { kind: 'store' as const } } }
  await during(() => editor.exportQueue.add([{ graph: 'Default', clip: 'sample', request: { document, outputs } }]))
  await appears('.inspector-problems > li', /out of luck/)
  expect(told(editor)).toEqual(grain)
  return editor
}

test('of an export, in whatever subgraphs its node comes to lie, also where what is before it has changed', async () => {
  const editor = await exported()
  const run = (command: 'edit.fold' | 'edit.open' | 'edit.leave' | 'edit.unfold' | 'edit.undo', node?: string) =>
    during(() => {
      if (node) editor.select(node)
      editor.commands.run(command)
    })
  const folded = { ...grain, cards: [['subgraph', ['Grain failed: out of luck.']]] }
  await run('edit.fold', 'grain')
  expect(told(editor)).toEqual(folded)
  // A subgraph in a subgraph.
  await run('edit.fold', 'subgraph')
  expect(told(editor).cards.flatMap(([, messages]) => messages)).toEqual(['Grain failed: out of luck.'])
  await run('edit.undo')
  expect(told(editor).cards).toEqual(folded.cards)
  await during(() => editor.commands.setParam(editor.record('sr-model').id, 'personality', 1.5))
  await run('edit.open', 'subgraph')
  await during(() => editor.select('grain'))
  expect(told(editor)).toEqual(grain)
  await run('edit.leave')
  await run('edit.unfold', 'subgraph')
  await during(() => editor.select('grain'))
  expect(told(editor)).toEqual(grain)
})

test('of an export, until the node is another', async () => {
  const editor = await exported()
  await during(() => editor.commands.setParam(editor.record('grain').id, 'amount', 0.2))
  expect(told(editor)).toEqual({ cards: [], inspector: [] })
})
