// @vitest-environment dom
/** The panels beside the graph: what each shows of what is selected, and what its fields and buttons change. */
import { afterEach, describe, expect, test } from 'vitest'
import { Inspector } from '../../../../src/ui/inspector/Inspector.tsx'
import { Palette } from '../../../../src/ui/palette/Palette.tsx'
import { plain } from '../../../../src/ui/store/viewer-settings.ts'
import { ComparedChoice } from '../../../../src/ui/viewer/ComparedChoice.tsx'
import { Labels } from '../../../../src/ui/viewer/Labels.tsx'
import { fileOf } from '../editor-bench.ts'
import {
  all,
  appears,
  buttonNamed,
  choose,
  click,
  closeRendered,
  during,
  fill,
  find,
  press,
  renderEditor,
  texts,
} from '../rendered.tsx'

afterEach(closeRendered)

const write = async (name: string, value: string) => {
  const field = find<HTMLInputElement>('input', name)
  await fill(field, value)
  await press(field, 'Enter')
}

describe('the inspector', () => {
  test('adds, names, puts in order and removes the inputs of a subgraph, and opens it', async () => {
    const editor = await renderEditor('bicubic', <Inspector />)
    await during(() => {
      editor.select('bicubic')
      editor.commands.run('edit.fold')
    })
    await write('Title', 'Larger')
    expect(editor.record('subgraph').title).toBe('Larger')
    const ports = () => editor.commands.subgraphs.portsOf([editor.record('subgraph').id], 'inputs')
    const titles = () => ports().map(({ title }) => title)

    await click(await appears('button', 'Add an input'))
    await click(await appears('[role="menuitem"]', 'Mask'))
    expect(titles()).toEqual(['Image', 'Mask'])
    await write('Name of the input Mask', 'Where')
    expect(titles()).toEqual(['Image', 'Where'])
    expect(buttonNamed('Move Image up').disabled).toBe(true)
    expect(buttonNamed('Move Where down').disabled).toBe(true)
    await click(buttonNamed('Move Where up'))
    expect(titles()).toEqual(['Where', 'Image'])
    expect(editor.steps()).toHaveLength(5)
    await click(buttonNamed('Open'))
    expect(editor.nodes()).toEqual(['bicubic', 'inputs', 'outputs'])
    await during(() => editor.commands.run('edit.leave'))
    await click(await appears('button', 'Remove Where'))
    expect(titles()).toEqual(['Image'])
  })

  test('shows a setting of a node within on the card, and changes it there', async () => {
    const editor = await renderEditor('bicubic', <Inspector />)
    await during(() => {
      editor.select('bicubic')
      editor.commands.run('edit.fold')
      editor.commands.run('edit.open')
      editor.select('bicubic')
    })
    await click(buttonNamed('Show Factor on the subgraph’s card'))
    await during(() => editor.commands.run('edit.leave'))
    const field = () => document.querySelector<HTMLInputElement>('[data-param="factor"] input')!
    expect(field().value).toBe('2')
    await fill(field(), '3')
    await press(field(), 'Enter')
    expect(editor.viewed()).toBe('960 × 540')
    await during(() => editor.commands.run('edit.undo'))
    expect([field().value, editor.viewed()]).toEqual(['2', '640 × 360'])
    await click(await appears('button', 'Remove Factor'))
    expect(all('[data-param="factor"]')).toHaveLength(0)
  })

  test('tells what a node measured below the switch that lets it', async () => {
    const editor = await renderEditor('default', <Inspector />)
    await during(() => {
      editor.select('sr-model')
      editor.commands.setParam(editor.record('sr-model').id, 'model', { id: 'framewright-s-clean-x2' })
    })
    const reason = await appears('.chosen')
    expect(reason.textContent).toMatch(/^(Not m|M)easured/)
    expect(reason.previousElementSibling?.getAttribute('data-param')).toBe('source')
  })

  test('takes a folder as the sequence of its pictures, and says where it holds none', async () => {
    const editor = await renderEditor('bicubic', <Inspector />)
    await during(() => editor.select('decode'))
    const within = (folder: string, file: File) =>
      Object.defineProperty(file, 'webkitRelativePath', { value: `${folder}/${file.name}` })
    await appears('.media-control')
    const [, folders] = all('.media-control input[type="file"]') as readonly HTMLInputElement[]
    await choose(folders!, within('empty', fileOf('notes.txt', 'no picture', 'text/plain')))
    expect(editor.toasts()).toEqual(['The folder “empty” holds neither pictures nor a video.'])
    const pictures = [1, 2, 3].map((n) => within('shots', fileOf(`64x36 ${n}.png`, 'pixels', 'image/png')))
    const deeper = within('shots/old', fileOf('64x36 0.png', 'pixels', 'image/png'))
    await choose(folders!, deeper, ...pictures)
    expect(editor.param('decode', 'media')).toMatchObject({ id: '64x36 1.png and 2 more' })
    await appears('.media-text', /64 × 36 · .* · 3 frames/)
  })
})

test('the palette finds nodes by what they are for, says where it finds none, and adds the first by Enter', async () => {
  const editor = await renderEditor('bicubic', <Palette />)
  await during(() => editor.view.setPaletteOpen(true))
  const field = find<HTMLInputElement>('input', 'Search nodes')
  await fill(field, 'zzz')
  expect(texts('.palette-none')).toEqual([expect.stringMatching(/^No node or recipe matches “zzz”\./)])
  await fill(field, 'grain')
  await press(field, 'Enter')
  expect(editor.nodes()).toContain('grain')
  await fill(field, '')
  await click(buttonNamed('Add Deband'))
  expect(editor.nodes()).toContain('deband')
})

describe('another graph beside the open one', () => {
  async function open() {
    const editor = await renderEditor(
      'bicubic',
      <>
        <ComparedChoice index={1} />
        <Labels />
      </>,
    )
    await during(() => editor.viewerSettings.setState({ mode: 'side', others: [plain] }))
    const offer = async () => {
      await press(find('[role="combobox"]'), 'Enter')
      await click(await appears('[role="option"]', 'Another graph…'))
      await appears('[role="dialog"]')
    }
    return { editor, offer, compared: () => editor.viewerSettings.getState().others[0] }
  }

  test('is a recipe or a file, on the same clip, and taken over as one step', async () => {
    const { editor, offer, compared } = await open()
    await offer()
    await click(buttonNamed(/^Plain fast/))
    await appears('.picture-label', /Plain fast ×2/)
    expect(compared()).toMatchObject({ kind: 'graph', title: 'Plain fast ×2' })
    expect(all('[role="dialog"]')).toHaveLength(0)

    const response = await fetch('graphs/bicubic.json')
    const graph = await response.json()
    graph.title = 'Squares'
    graph.nodes.bicubic.params.kernel = 'nearest'
    await offer()
    await choose(find('input', 'Graph to compare with'), fileOf('squares.json', JSON.stringify(graph)))
    await appears('.picture-label', /squares\.json/)
    expect(compared()).toMatchObject({ kind: 'graph', title: 'squares.json' })
    expect(editor.nodes()).toEqual(['bicubic', 'decode', 'encode'])

    await click(buttonNamed('Use this'))
    expect([editor.title(), editor.param('bicubic', 'kernel')]).toEqual(['Squares', 'nearest'])
    expect(editor.viewerSettings.getState()).toMatchObject({ mode: 'single', others: [plain] })
    await during(() => editor.commands.run('edit.undo'))
    expect([editor.title(), editor.param('bicubic', 'kernel')]).toEqual(['Bicubic ×2', undefined])
    expect(editor.document.getState().undoLabel).toBeNull()
  })

  test('that cannot be read is said, and the list stays', async () => {
    const { editor, offer, compared } = await open()
    await offer()
    await choose(find('input', 'Graph to compare with'), fileOf('broken.json', '{'))
    expect(editor.toasts()).toEqual([expect.stringMatching(/^“broken\.json” was not opened/)])
    expect(all('[role="dialog"]')).toHaveLength(1)
    expect(compared()).toEqual(plain)
  })
})
