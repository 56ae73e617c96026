// @vitest-environment dom
/** A graph that brings code: by whatever way it comes in, it is asked of with all its code, and runs after a yes alone. */
import { afterEach, describe, expect, test } from 'vitest'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { serializeFragment, serializeGraph } from '../../../../src/graph/file/write.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { ProblemList } from '../../../../src/ui/problems/ProblemList.tsx'
import { CodeDialog } from '../../../../src/ui/sharing/CodeDialog.tsx'
import { packFragment } from '../../../../src/ui/sharing/link.ts'
import { RecipesDialog } from '../../../../src/ui/sharing/RecipesDialog.tsx'
import { fileOf, type TestEditor } from '../editor-bench.ts'
import {
  all,
  appears,
  buttonNamed,
  click,
  closeRendered,
  during,
  kept,
  renderEditor,
  texts,
  until,
} from '../rendered.tsx'

afterEach(closeRendered)

const code = 'let grey = luma(image.rgb);\nreturn vec4f(vec3f(grey), image.a);'
const wire = (from: string, to: string) => ({ from: { node: from, port: 'image' }, to: { node: to, port: 'image' } })

function graphText(): string {
  const parsed = parseGraph(
    JSON.stringify({
      format: 'framewright-graph',
      versions: { document: 2, nodes: { decode: 0, encode: 0, shader: 0 } },
      ...{ title: 'Theirs', description: '' },
      nodes: {
        decode: {
          ...{ type: 'decode', position: { x: 0, y: 0 } },
          params: { media: { id: 'samples/field-guide.mp4' } },
        },
        theirs: { type: 'shader', title: 'Grey', position: { x: 280, y: 0 }, params: { code } },
        encode: { type: 'encode', position: { x: 560, y: 0 }, params: {} },
      },
      edges: { a: wire('decode', 'theirs'), b: wire('theirs', 'encode') },
    }),
    specs,
  )
  if (!parsed.ok) throw new Error(parsed.error.message)
  return serializeGraph(parsed.document, specs)
}

const file = () => fileOf('theirs.json', graphText(), 'application/json')

/** The nodes as the clipboard holds them. */
function clipboardText(): string {
  const parsed = parseGraph(graphText(), specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  const { nodes, edges } = parsed.document
  return serializeFragment({ nodes, edges }, specs)
}

let ran: string[] = []
let editor: TestEditor

async function open(): Promise<void> {
  ran = []
  editor = await renderEditor(
    'bicubic',
    <>
      <ProblemList />
      <CodeDialog />
      <RecipesDialog />
    </>,
    { engine: { allowCode: async (codes) => void ran.push(...codes) } },
  )
  Object.defineProperty(navigator, 'clipboard', {
    configurable: true,
    value: { readText: async () => clipboardText() },
  })
}

const routes: readonly (readonly [string, () => unknown])[] = [
  ['a file that is opened', () => editor.commands.openChosen(file())],
  ['an export that carries it', () => editor.commands.openChosen(fileOf('320x180 theirs.mp4', graphText()))],
  ['a file that is dropped', () => editor.commands.dropFiles({ files: [file()], problems: [] })],
  ['nodes that are pasted', () => editor.commands.run('edit.paste')],
  [
    'a link in the address',
    async () => {
      history.replaceState(null, '', await packFragment(graphText()))
      window.dispatchEvent(new Event('hashchange'))
    },
  ],
  [
    'a recipe of the gallery that somebody else wrote',
    async () => {
      editor.commands.openOwn(graphText(), 'Theirs')
    },
  ],
  [
    'a graph that is compared with',
    () => {
      const parsed = parseGraph(graphText(), specs)
      if (!parsed.ok) throw new Error(parsed.error.message)
      const compared = { kind: 'graph', title: 'Theirs', document: parsed.document } as const
      editor.viewerSettings.setState({ mode: 'side', others: [compared] })
    },
  ],
]

describe.each(routes)('code in %s', (route, comes) => {
  test('is shown whole, with its node, and runs after the yes', async () => {
    await open()
    await during(comes)
    await appears('[role="dialog"] h2', 'This graph carries code')
    expect(all('.foreign-code pre').map(({ textContent }) => textContent)).toEqual([code])
    expect(texts('.foreign-code h3')).toEqual([
      route.includes('compared') ? 'Of the graph that is compared with' : 'Grey',
    ])
    expect(ran).toEqual([])
    await click(buttonNamed('Let it run'))
    expect(ran).toEqual([code])
    expect([editor.view.getState().dialog, editor.problems()]).toEqual([null, []])
    // What is remembered of it is written before the next test has a browser of its own.
    await until(() => [...kept.entries.values()].some((value) => /[0-9a-f]{64}/.test(value)))
  })

  test('does not run after a no, which is said, and not asked of again', async () => {
    await open()
    await during(comes)
    await appears('[role="dialog"] h2', 'This graph carries code')
    await click(buttonNamed('Leave it off'))
    expect(editor.view.getState().dialog).toBeNull()
    await during(() => editor.commands.addNode('grain'))
    expect([editor.view.getState().dialog, ran]).toEqual([null, []])
    const said = route.includes('compared')
      ? []
      : ['The code of Grey came with the graph and does not run: the picture passes through.']
    expect(editor.problems().filter((message) => message.includes('code'))).toEqual(said)
  })
})

test('a recipe that ships asks nobody: its code is the product’s own, until it is changed', async () => {
  await open()
  await during(() => editor.commands.openShipped('dark-corners'))
  await until(() => editor.title() === 'Dark corners')
  expect([editor.view.getState().dialog, ran, editor.problems()]).toEqual([null, [], []])
  const record = editor.record('shader')
  const changed = `${String(record.params.code)}\n`
  await during(() => editor.commands.setParam(record.id, 'code', changed))
  await appears('[role="dialog"] h2', 'This graph carries code')
  expect([...editor.codeConsent.getState().foreign]).toEqual([changed])
  expect(ran).toEqual([])
})

test('code that the engine switches off is told with its node, also where that is of a graph that is compared with', async () => {
  const stop = (why: 'lost' | 'slow') =>
    during(() =>
      editor.preview.setState(({ result }) => ({ result: result && { ...result, stoppedCode: { [code]: why } } })),
    )
  await open()
  await during(() => editor.commands.openChosen(file()))
  await click(await appears('button', 'Let it run'))
  await stop('slow')
  expect(editor.toasts()).toEqual(['Grey is switched off: its code takes too long for one frame.'])

  await open()
  await during(routes.find(([name]) => name.includes('compared'))![1])
  await click(await appears('button', 'Let it run'))
  await stop('lost')
  expect(editor.toasts()).toEqual([expect.stringMatching(/lost while the code of a graph that is compared with ran/)])
})
