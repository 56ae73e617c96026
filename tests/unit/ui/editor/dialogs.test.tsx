// @vitest-environment dom
/** The dialogs over the graph: what each shows, and what its buttons and fields do to the graph. */
import { readFile } from 'node:fs/promises'
import { act } from 'react'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listenToKeys } from '../../../../src/ui/commands/listen-to-keys.ts'
import { ProblemList } from '../../../../src/ui/problems/ProblemList.tsx'
import { MissingDialog } from '../../../../src/ui/sharing/MissingDialog.tsx'
import { RecipesDialog } from '../../../../src/ui/sharing/RecipesDialog.tsx'
import { CommandPalette } from '../../../../src/ui/shell/CommandPalette.tsx'
import { HistoryList } from '../../../../src/ui/shell/HistoryList.tsx'
import { ShortcutsDialog } from '../../../../src/ui/shell/ShortcutsDialog.tsx'
import { fileOf, type TestEditor } from '../editor-bench.ts'
import {
  all,
  appears,
  buttonNamed,
  click,
  closeRendered,
  during,
  fill,
  find,
  kept,
  press,
  renderEditor,
  texts,
} from '../rendered.tsx'

let editor: TestEditor
afterEach(closeRendered)

const open = (dialog: 'missing' | 'recipes' | 'shortcuts' | 'commands') =>
  during(() => editor.view.setState({ dialog }))
const recipe = (name: string) => readFile(new URL(`../../../../public/graphs/${name}.json`, import.meta.url), 'utf8')

describe('what a graph misses', () => {
  beforeEach(async () => {
    editor = await renderEditor(
      'bicubic',
      <>
        <ProblemList />
        <MissingDialog />
      </>,
    )
    const file = JSON.parse(await recipe('default'))
    file.title = 'Somebody’s'
    file.nodes.decode.params = { media: { id: 'holiday.mp4', size: 1234 } }
    file.nodes['sr-model'].params = { model: { id: 'their-model', sha256: 'a'.repeat(64) } }
    file.nodes.grain.type = 'from-the-future'
    await during(() =>
      editor.commands.dropFiles({
        files: [fileOf('theirs.json', JSON.stringify(file), 'application/json')],
        problems: [],
      }),
    )
    await appears('.missing-text strong', 'their-model')
  })

  test('is listed as it is opened, and each can be put in its place or removed', async () => {
    expect(texts('.missing-text strong')).toEqual(['holiday.mp4', 'their-model', 'from-the-future'])
    await click(buttonNamed('Use the sample clip'))
    expect(texts('.missing-text strong')).toEqual(['their-model', 'from-the-future'])
    expect(editor.param('decode', 'media')).toMatchObject({ id: 'samples/field-guide.mp4' })
    await click(buttonNamed('Use Framewright S Coded L1 ×2'))
    expect(texts('.missing-text strong')).toEqual(['from-the-future'])
    expect(editor.param('sr-model', 'model')).toMatchObject({ id: 'framewright-s-coded-x2' })

    // Put off, it is offered again in the list of problems.
    await during(() => editor.view.setState({ dialog: null }))
    await click(buttonNamed('Locate or substitute what is missing…'))
    await click(buttonNamed('Remove'))
    expect(editor.nodes()).not.toContain('grain')
    await appears('.problem-none', 'Everything this graph names is here.')
    await click(buttonNamed('Done'))
    expect([editor.view.getState().dialog, editor.title()]).toEqual([null, 'Somebody’s'])
  })

  test('leads to the nodes of a kind that is unknown', async () => {
    await click(buttonNamed('Show'))
    expect(editor.view.getState().dialog).toBeNull()
    expect([...editor.view.getState().selection]).toEqual(['grain'])
  })
})

describe('the gallery', () => {
  beforeEach(async () => {
    editor = await renderEditor('bicubic', <RecipesDialog />)
    await open('recipes')
  })
  const save = async (title: string, purpose = '') => {
    await fill(find<HTMLInputElement>('input', 'Save the open graph as'), title)
    await fill(find<HTMLInputElement>('input', 'What it is for'), purpose)
    await click(buttonNamed('Save'))
  }

  test('shows each recipe that ships with its two pictures, and opens it', async () => {
    await click(buttonNamed('The sample'))
    const cards = all('.recipe-card')
    expect(cards.length).toBeGreaterThanOrEqual(10)
    const pictures = all('.recipe-card img').map((image) => new URL((image as HTMLImageElement).src).pathname)
    expect(pictures).toHaveLength(2 * cards.length)
    for (const path of new Set(pictures)) {
      const file = await readFile(new URL(`../../../../public${path}`, import.meta.url))
      expect([path, file.toString('latin1', 0, 4), file.toString('latin1', 8, 12)]).toEqual([path, 'RIFF', 'WEBP'])
      expect(file.length).toBe(file.readUInt32LE(4) + 8)
    }
    await click(buttonNamed(/^.*Against halos/))
    await expect.poll(editor.title).toBe('Against halos')
    expect(editor.view.getState().dialog).toBeNull()
  })

  test('keeps the open graph as a recipe of the person’s own, and opens and removes that', async () => {
    await save('My own', 'For a test.')
    expect(texts('.own-recipe')).toEqual(['My ownFor a test.'])
    await during(() => editor.commands.openShipped('halo'))
    await click(buttonNamed(/^My own/))
    expect(editor.title()).toBe('My own')
    await open('recipes')
    await click(buttonNamed('Remove My own'))
    expect(texts('.own-recipe')).toEqual([])
    await during(() => editor.act(/My own/))
    expect(texts('.own-recipe')).toEqual(['My ownFor a test.'])
  })

  test('says so where the browser keeps no more, and keeps what it has', async () => {
    await save('My own')
    kept.room = 0
    await save('One too many')
    expect(editor.toasts()).toEqual([
      '“My own” was added to your recipes.',
      expect.stringMatching(/^“One too many” was not saved: the browser’s storage for this page is full\./),
    ])
    expect(texts('.own-recipe')).toEqual(['My own'])
  })
})

describe('keys', () => {
  let stop: () => void = () => undefined
  beforeEach(async () => {
    editor = await renderEditor('bicubic', <ShortcutsDialog />)
    stop = listenToKeys(editor)
    editor.select('bicubic')
  })
  afterEach(() => stop())
  const muteKeys = () => buttonNamed(/^Keys of Mute the selected nodes/)
  const muted = () => editor.record('bicubic').mute === true

  test('can be set, are told of where they are taken or the browser’s own, and are reset', async () => {
    await open('shortcuts')
    await click(muteKeys())
    await press(muteKeys(), 'Control+d')
    expect(texts('.key-refused')).toEqual([
      expect.stringMatching(/^Ctrl\+D already means “Duplicate with incoming wires”\./),
    ])
    await press(muteKeys(), 'Control+x')
    expect(texts('.key-refused')).toEqual(['The browser keeps this key for “Cut”; choose another.'])
    await press(muteKeys(), 'Alt+m')
    expect(muteKeys().textContent?.trim()).toBe('Alt+M')
    await during(() => editor.view.setState({ dialog: null }))
    await press(document.body, 'm')
    expect(muted()).toBe(false)
    await press(document.body, 'Alt+m')
    expect(muted()).toBe(true)

    // The browser remembers it, and it can be taken back.
    stop()
    editor = await renderEditor('bicubic', <ShortcutsDialog />, { again: true })
    stop = listenToKeys(editor)
    await open('shortcuts')
    expect(muteKeys().textContent?.trim()).toBe('Alt+M')
    await click(buttonNamed('Reset all keys'))
    expect(muteKeys().textContent?.trim()).toBe('M')
  })

  test('of another command are given over where that is wished, and a command can have none', async () => {
    await open('shortcuts')
    await click(muteKeys())
    await press(muteKeys(), 'Control+d')
    await click(find('.key-refused button'))
    expect(muteKeys().textContent?.trim()).toBe('Ctrl+D')
    await click(buttonNamed(/^Keys of Duplicate with incoming wires/))
    expect(texts('[data-asked="true"]')).toHaveLength(1)
    await press(muteKeys(), 'Escape')
    expect(texts('[data-asked="true"]')).toEqual([])
    await click(buttonNamed('Reset all keys'))
  })
})

test('commands, nodes and recipes are found by name, and Enter does the first', async () => {
  editor = await renderEditor('bicubic', <CommandPalette />)
  const find1 = async (query: string) => {
    await open('commands')
    const field = find<HTMLInputElement>('input', 'Find a command')
    await fill(field, query)
    const options = texts('[role="option"]')
    await press(field, 'Enter')
    await act(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
    return options
  }
  expect((await find1('go bicub'))[0]).toMatch(/Bicubic/)
  expect([...editor.view.getState().selection]).toEqual(['bicubic'])
  expect(await find1('mute')).toContainEqual(expect.stringMatching(/Mute the selected/))
  expect(editor.record('bicubic').mute).toBe(true)
  await find1('add grain')
  expect(editor.nodes()).toContain('grain')
})

test('the history lists every step, and a click goes back to one and forth again', async () => {
  editor = await renderEditor('bicubic', <HistoryList />)
  await during(() => {
    for (const command of ['edit.bypass', 'edit.collapse'] as const) {
      editor.select('bicubic')
      editor.commands.run(command)
    }
    editor.commands.run('edit.history')
  })
  const steps = () => all('ol button')
  expect(texts('ol button')).toEqual(['As opened', 'Bypass Bicubic', 'Collapse Bicubic'])
  await click(steps()[0]!)
  expect(editor.record('bicubic').bypass ?? false).toBe(false)
  expect(steps().map((step) => step.dataset.undone)).toEqual(['false', 'true', 'true'])
  await click(steps()[2]!)
  expect(editor.record('bicubic')).toMatchObject({ bypass: true, collapsed: true })
  expect(texts('[aria-current="step"]')).toEqual(['Collapse Bicubic'])
})

test('problems lead to their node, and are mended by one click', async () => {
  editor = await renderEditor('bicubic', <ProblemList />)
  await during(() => {
    editor.selectWires('bicubic.image', 'encode.image')
    editor.commands.run('edit.delete')
  })
  expect(texts('.problem-row')).toHaveLength(2)
  await click(buttonNamed('Connect Decode'))
  expect(editor.wires()).not.toEqual(['encode.audio'])
  await during(() => editor.commands.run('edit.undo'))
  expect(editor.wires()).toEqual(['encode.audio'])
  await click(find('.problem-row', /Image of Encode/))
  expect([...editor.view.getState().selection]).toEqual(['encode'])
})

test('a problem inside a subgraph is told with where it is, and leads there', async () => {
  editor = await renderEditor('bicubic', <ProblemList />)
  await during(() => {
    editor.select('bicubic')
    editor.commands.run('edit.fold')
    editor.commands.subgraphs.rename([editor.record('subgraph').id], 'Larger')
    editor.selectWires('subgraph.image')
    editor.commands.run('edit.delete')
  })
  const [row] = all('.problem-row')
  expect(row?.textContent).toContain('Larger: Image of Bicubic is not connected.')
  await click(row!)
  expect(editor.document.getState().path).toEqual(['subgraph'])
  expect([...editor.view.getState().selection]).toEqual(['bicubic'])
})
