/** Files given to the editor, and graphs saved from it. */
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Engine } from '../../../../src/engine/door/api.ts'
import type { Problem } from '../../../../src/graph/document/problems.ts'
import type { ModelFacts } from '../../../../src/graph/node/facts.ts'
import { ofFolder } from '../../../../src/ui/files/dropped-files.ts'
import { closePage, fileOf, openPage, openTestEditor, type TestPage } from '../editor-bench.ts'

let page: TestPage
beforeEach(() => {
  page = openPage('?graph=bicubic')
})
afterEach(closePage)

const json = (name: string, content: string) => fileOf(name, content, 'application/json')
const picture = (name: string, content = 'pixels') => fileOf(name, content, 'image/png')
const recipe = (name: string) => readFile(new URL(`../../../../public/graphs/${name}.json`, import.meta.url), 'utf8')
const dropped = (...files: File[]) => ({ files, problems: [] })

describe('a graph', () => {
  test('is downloaded as JSON where the browser has no dialog, and opened again', async () => {
    const editor = await openTestEditor()
    editor.commands.setParam(editor.record('bicubic').id, 'factor', 3)
    expect(editor.document.getState().edited).toBe(true)
    editor.commands.run('file.save')
    await vi.waitUntil(() => page.downloaded)
    const { name, text } = page.downloaded!
    expect(name).toBe('bicubic-2.json')
    expect(JSON.parse(text).nodes.bicubic.params.factor).toBe(3)
    expect(editor.document.getState().edited).toBe(false)

    editor.commands.run('file.new')
    expect(editor.nodes()).toEqual([])
    await editor.commands.dropFiles(dropped(json('mine.json', text)))
    expect(editor.param('bicubic', 'factor')).toBe(3)
  })

  test('that is none is refused in a sentence, and the open one stays', async () => {
    const editor = await openTestEditor()
    await editor.commands.dropFiles(dropped(json('broken.json', 'no graph at all')))
    expect(editor.toasts()).toEqual([expect.stringMatching(/^“broken\.json” was not opened\. /)])
    expect(editor.nodes()).toEqual(['bicubic', 'decode', 'encode'])
  })

  test('is still saved where the browser keeps nothing more, which is said once', async () => {
    const editor = await openTestEditor()
    page.local.room = 0
    editor.commands.addNode('grain')
    editor.commands.addNode('blur')
    window.dispatchEvent(new Event('pagehide'))
    editor.select('grain')
    editor.commands.run('edit.mute')
    window.dispatchEvent(new Event('pagehide'))
    const said = /^The browser no longer keeps your changes/
    expect(editor.toasts().filter((message) => said.test(message))).toHaveLength(1)
    editor.commands.run('file.save')
    await vi.waitUntil(() => page.downloaded)
    expect(Object.keys(JSON.parse(page.downloaded!.text).nodes)).toHaveLength(5)
  })

  test('that another program has changed meanwhile is not written over unasked', async () => {
    const editor = await openTestEditor()
    const disk = { text: '', at: 0 }
    const handle = {
      name: 'graph.json',
      getFile: async () => ({ lastModified: disk.at }),
      createWritable: async () => ({
        write: async (text: string) => Object.assign(disk, { text, at: disk.at + 1 }),
        close: async () => undefined,
      }),
    }
    Object.assign(window, { showSaveFilePicker: async () => handle })
    const save = () => editor.commands.run('file.save')
    save()
    await expect.poll(editor.toasts).toContain('Saved as “graph.json”.')
    Object.assign(disk, { text: 'written by another tab', at: 9 })
    save()
    const refusal = '“graph.json” was not saved: another tab or program has changed it since.'
    await expect.poll(editor.toasts).toContain(refusal)
    expect(disk.text).toBe('written by another tab')
    editor.act(/another tab or program/)
    await expect.poll(() => disk.text).toContain('framewright-graph')
  })
})

describe('a medium', () => {
  test('dropped on the page becomes Decode’s, and what it makes follows; undone, it is the old one', async () => {
    const editor = await openTestEditor()
    editor.preview.seek(5)
    await editor.commands.dropFiles(dropped(picture('64x48 white.png')))
    expect(editor.toasts()).toEqual(['Decode now opens “64x48 white.png”.'])
    expect(editor.param('decode', 'media')).toMatchObject({ id: '64x48 white.png' })
    expect(editor.viewed()).toBe('128 × 96')
    expect(editor.preview.getState().frame).toBe(0)
    editor.commands.run('edit.undo')
    expect(editor.viewed()).toBe('640 × 360')
  })

  test('dropped where nothing reads one gets a Decode of its own', async () => {
    const editor = await openTestEditor()
    editor.commands.run('file.new')
    await editor.commands.dropFiles(dropped(picture('64x48 white.png')))
    expect(editor.nodes()).toEqual(['decode'])
    expect(editor.param('decode', 'media')).toMatchObject({ id: '64x48 white.png' })
  })

  test('of the name of another stays one of its own; the same file again is the same medium', async () => {
    const editor = await openTestEditor()
    const first = picture('320x180 clip.png', 'one')
    const register = async (file: File) => (await editor.commands.register('media', [file]))?.id
    expect(await register(first)).toBe('320x180 clip.png')
    expect(await register(picture('320x180 clip.png', 'another'))).toBe('320x180 clip (2).png')
    expect(await register(first)).toBe('320x180 clip.png')
  })

  test('of several pictures is a sequence', async () => {
    const editor = await openTestEditor()
    const ref = await editor.commands.register(
      'media',
      [1, 2, 3].map((n) => picture(`32x24 ${n}.png`)),
    )
    expect(ref?.id).toBe('32x24 1.png and 2 more')
    expect(editor.facts.getState().assets.media.get(ref!.id)).toMatchObject({
      state: 'known',
      facts: { kind: 'sequence', width: 32, height: 24, frameCount: 3 },
    })
  })

  test('is every picture of a folder, else what else can be opened; a folder of neither says so', () => {
    const [one, two] = [picture('1.png'), picture('2.png')]
    const [clip, notes] = [fileOf('clip.mkv', ''), fileOf('notes.txt', 'no picture', 'text/plain')]
    expect(ofFolder('pictures', [notes, one, clip, two]).files).toEqual([one, two])
    expect(ofFolder('clips', [notes, clip]).files).toEqual([clip])
    expect(ofFolder('empty', [notes])).toMatchObject({
      files: [],
      problems: [{ message: 'The folder “empty” holds neither pictures nor a video.' }],
    })
  })
})

describe('a model', () => {
  const onnx = (name: string) => fileOf(name, 'weights')
  const known = { id: 'mine', name: 'Mine', sha256: 'b'.repeat(64), size: 7 } as unknown as ModelFacts

  test('that is dropped can be chosen from then on, and each is told of', async () => {
    const ref = { id: 'mine', sha256: known.sha256, size: 7 }
    const addAsset = (async () => ({ ok: true, value: { ref, facts: known } })) as unknown as Engine['addAsset']
    const editor = await openTestEditor({ addAsset })
    await editor.commands.dropFiles(dropped(onnx('mine.onnx')))
    expect(editor.toasts()).toEqual([expect.stringContaining('mine.onnx')])
    expect(editor.facts.getState().catalog).toContain('mine')
    expect(await editor.commands.register('model', [onnx('mine.onnx')])).toEqual(ref)
  })

  test('that is none is refused in the engine’s words, and nothing is said to be ready', async () => {
    const problem = { code: 'unfit-model', severity: 'error', message: 'It is no network.', hint: 'Choose another.' }
    const editor = await openTestEditor({ addAsset: async () => ({ ok: false, problems: [problem as Problem] }) })
    await editor.commands.dropFiles(dropped(onnx('mine.onnx')))
    expect(editor.toasts()).toEqual(['It is no network.'])
    expect(await editor.commands.register('model', [onnx('mine.onnx')])).toBeNull()
  })
})

describe('File → Open', () => {
  test('opens a graph, takes a clip as Decode’s medium, and opens the graph that an export carries', async () => {
    const editor = await openTestEditor()
    await editor.commands.openChosen(picture('64x48 white.png'))
    expect(editor.toasts()).toEqual(['Decode now opens “64x48 white.png”.'])
    await editor.commands.openChosen(fileOf('320x180 plain.mp4', 'no graph'))
    expect(editor.toasts().at(-1)).toBe('Decode now opens “320x180 plain.mp4”.')
    expect(editor.title()).toBe('Bicubic ×2')
    await editor.commands.openChosen(fileOf('320x180 carrier.mp4', await recipe('halo')))
    expect(editor.title()).toBe('Against halos')
    await editor.commands.openChosen(json('mine.json', await recipe('anime')))
    expect(editor.title()).toBe('Anime and drawings')
  })
})

describe('a recipe', () => {
  test('opens on the clip that is open, as one step that can be undone', async () => {
    const editor = await openTestEditor()
    await editor.commands.dropFiles(dropped(picture('64x48 mine.png')))
    const decode = editor.record('decode').id
    editor.commands.setParam(decode, 'start', 0.25)
    editor.commands.addNode('grain')
    const before = editor.document.getState().document
    await editor.commands.openShipped('halo')
    expect(editor.title()).toBe('Against halos')
    expect(editor.param('decode', 'media')).toMatchObject({ id: '64x48 mine.png' })
    expect(editor.param('decode', 'start')).toBe(0.25)
    expect(editor.document.getState().undoLabel).toBe('Open “Against halos”')
    const shown = () => editor.view.getState().reveal.count
    const shownBefore = shown()
    editor.commands.run('edit.undo')
    expect(editor.document.getState().document).toEqual(before)
    // Another graph comes into sight; a step within one leaves the canvas where it is.
    expect(shown()).toBe(shownBefore + 1)
    editor.commands.run('edit.undo')
    expect(shown()).toBe(shownBefore + 1)
  })

  test('of the person’s own does the same', async () => {
    const editor = await openTestEditor()
    await editor.commands.dropFiles(dropped(picture('64x48 mine.png')))
    editor.commands.openOwn(await recipe('anime'), 'Mine')
    expect(editor.param('decode', 'media')).toMatchObject({ id: '64x48 mine.png' })
    editor.commands.run('edit.undo')
    expect(editor.title()).toBe('Bicubic ×2')
  })

  test('opens as it ships where nothing is open, and is saved into no file of another graph', async () => {
    const editor = await openTestEditor()
    editor.commands.run('file.new')
    await editor.commands.openShipped('halo')
    expect([editor.title(), editor.document.getState().edited]).toEqual(['Against halos', false])
    const asked: string[] = []
    const handle = {
      name: 'halo.json',
      getFile: async () => ({ lastModified: 1 }),
      createWritable: async () => ({ write: async () => undefined, close: async () => undefined }),
    }
    const showSaveFilePicker = async ({ suggestedName }: { suggestedName: string }) => {
      asked.push(suggestedName)
      return handle
    }
    Object.assign(window, { showSaveFilePicker })
    editor.commands.run('file.save')
    await expect.poll(() => asked).toEqual(['against-halos.json'])
    await editor.commands.openShipped('anime')
    editor.commands.run('file.save')
    await expect.poll(() => asked).toEqual(['against-halos.json', 'anime-and-drawings.json'])
  })
})

describe('an exported file', () => {
  test('that is dropped offers the graph it carries, and is Decode’s medium', async () => {
    const editor = await openTestEditor()
    const [mine, other] = [await recipe('halo'), fileOf('plain.mp4', 'no graph')]
    const carrier = fileOf('320x180 carrier.mp4', mine)
    await editor.commands.dropFiles(dropped(carrier))
    expect(editor.toasts()).toEqual([
      'Decode now opens “320x180 carrier.mp4”.',
      '“320x180 carrier.mp4” carries the graph that made it.',
    ])
    editor.act(/carries the graph/)
    expect(editor.title()).toBe('Against halos')

    // Of several at once none is asked.
    await editor.commands.dropFiles(dropped(carrier, picture('1.png')))
    expect(editor.toasts().filter((message) => message.includes('carries the graph'))).toHaveLength(1)

    await editor.commands.dropFiles(dropped(other))
    expect(editor.toasts().filter((message) => message.includes('carries the graph'))).toEqual([])
    expect(editor.title()).toBe('Against halos')
  })
})

test('somebody’s graph says what it misses', async () => {
  const editor = await openTestEditor()
  const file = JSON.parse(await recipe('default'))
  file.nodes.decode.params = { media: { id: 'holiday.mp4', size: 1234 } }
  file.nodes['sr-model'].params = { model: { id: 'their-model', sha256: 'a'.repeat(64) } }
  file.nodes.grain.type = 'from-the-future'
  await editor.commands.dropFiles(dropped(json('theirs.json', JSON.stringify(file))))
  await expect.poll(() => editor.view.getState().dialog).toBe('missing')
})

describe('a LUT', () => {
  const cube = (name = 'teal.cube') => fileOf(name, 'Teal')

  test('dropped on the page comes into the chain behind what is selected, and a selected LUT takes it', async () => {
    const editor = await openTestEditor()
    editor.select('bicubic')
    await editor.commands.dropFiles(dropped(cube()))
    expect(editor.param('lut', 'file')).toEqual({ id: 'teal.cube', sha256: 'c'.repeat(64), size: 4 })
    expect(editor.chain()).toContain('bicubic > lut')
    expect(editor.steps()).toEqual(['Add LUT'])
    expect(editor.problems()).toEqual([])
    editor.select('lut')
    await editor.commands.dropFiles(dropped(cube('other.cube')))
    expect(editor.param('lut', 'file')).toMatchObject({ id: 'other.cube' })
    expect(editor.nodes()).toEqual(['bicubic', 'decode', 'encode', 'lut'])
  })

  test('that is not here is missing, says so on its node, and is there again once its file is given', async () => {
    const editor = await openTestEditor()
    editor.select('bicubic')
    const lut = editor.commands.addNode('lut')!
    expect(editor.problems()).toContain('LUT has no file.')
    editor.commands.setParam(lut, 'file', { id: 'teal.cube', sha256: 'c'.repeat(64) })
    await editor.looked()
    expect(editor.problems()).toContain('“teal.cube” is not open here.')
    expect(await editor.commands.register('lut', [cube()])).toMatchObject({ id: 'teal.cube' })
    expect(editor.problems()).toEqual([])
  })
})
