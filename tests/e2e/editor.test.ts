import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { difference, type EditorPage, editorOpener, launch, soon } from './editor-page.ts'
import { probe } from './media-probe.ts'

const sample = (name: string): string => fileURLToPath(new URL(`../../public/samples/${name}`, import.meta.url))

const openEditor = editorOpener()
let editor: EditorPage

const range = (look: readonly number[]) => Math.max(...look) - Math.min(...look)

describe('the default recipe', () => {
  test('shows a picture that changes from frame to frame, and an edit by mouse changes it until it is undone', async () => {
    editor = await openEditor({ recipe: 'default' })
    const { page } = editor
    const first = await editor.lookUntil((look) => range(look) > 60)
    await page.locator('.timeline .slider-thumb').focus()
    await page.keyboard.press('End')
    await page.locator('.viewer-stage[data-frame="95"]').waitFor()
    const last = await editor.lookUntil((look) => difference(look, first) > 20)
    expect(range(last)).toBeGreaterThan(60)
    await page.keyboard.press('Home')
    await page.locator('.viewer-stage[data-frame="0"]').waitFor()
    const again = await editor.lookUntil((look) => difference(look, first) < 2)

    // The residual on grey looks like nothing else.
    await editor.node('residual-blend').locator('h3').click()
    await page.locator('[data-param="view"] [role="combobox"]').click()
    await page.getByRole('option', { name: 'What is added' }).click()
    await editor.lookUntil((look) => difference(look, again) > 20)
    await page.keyboard.press('Control+z')
    await editor.lookUntil((look) => difference(look, first) < 2)
  })

  test('follows a slider dragged by hand, as one step of history', async () => {
    editor = await openEditor()
    const { page } = editor
    await page.getByRole('button', { name: 'Add Grain' }).click()
    const amount = page.locator('[data-param="amount"]')
    const before = await amount.locator('input').inputValue()
    await editor.drag(amount.locator('.slider-thumb'), amount.locator('input'))
    expect(Number(await amount.locator('input').inputValue())).toBeGreaterThan(Number(before) * 2)
    await page.getByRole('button', { name: 'Undo' }).click()
    expect(await amount.locator('input').inputValue()).toBe(before)
  })
})

describe('wiring', () => {
  test('a person who never saw it gets from Decode over Bicubic to Encode by the first steps alone', async () => {
    editor = await openEditor({ wait: 'nodes' })
    const { page } = editor
    await editor.newGraph()
    await page.locator('.empty-step', { hasText: 'Decode' }).click()
    await page.locator('.guide').getByRole('button', { name: 'Bicubic' }).click()
    await page.locator('.guide').getByRole('button', { name: 'Encode' }).click()
    await soon(editor.wires).toEqual(['bicubic.image', 'encode.audio', 'encode.image'])
    await page.getByText('No problems').waitFor()
    await editor.lookUntil((look) => range(look) > 60)
    expect(await page.locator('.wire-label').allInnerTexts()).toContain('640 × 360')
  })

  test('works by mouse: nodes from the palette, wires from port to port, and only legal ones', async () => {
    editor = await openEditor({ wait: 'nodes' })
    const { page } = editor
    await editor.newGraph()
    const place = async (title: string, x: number) => {
      const row = page.getByRole('button', { name: `Add ${title}` })
      await row.dragTo(page.locator('.canvas'), { targetPosition: { x, y: 60 } })
    }
    await place('Decode', 120)
    await place('Bicubic', 380)
    await place('Encode', 660)
    await soon(editor.wires).toEqual([])
    await page.getByRole('button', { name: '2 problems' }).waitFor()

    await editor.drag(editor.output('decode', 'audio'), editor.input('bicubic', 'image'))
    await soon(editor.wires).toEqual([])
    await editor.drag(editor.output('decode', 'image'), editor.input('bicubic', 'image'))
    await editor.drag(editor.output('bicubic', 'image'), editor.input('encode', 'image'))
    await page.getByText('No problems').waitFor()
    await soon(editor.wires).toEqual(['bicubic.image', 'encode.image'])
    await editor.lookUntil((look) => range(look) > 60)
    await page.keyboard.press('Control+z')
    await soon(editor.wires).toEqual(['bicubic.image'])
  })

  test('a wire dropped in space offers what fits, and the choice is placed and connected', async () => {
    editor = await openEditor({ wait: 'nodes' })
    const { page } = editor
    const from = await editor.output('decode', 'image').boundingBox()
    if (!from) throw new Error('Decode has no port.')
    await editor.drag(editor.output('decode', 'image'), { x: from.x + 60, y: from.y + 110 })
    const menu = page.getByRole('dialog', { name: 'Add a node to this wire' })
    await menu.waitFor()
    const offered = await menu.getByRole('option').allInnerTexts()
    expect(offered.some((text) => text.includes('Grain'))).toBe(true)
    expect(offered.some((text) => text.includes('Decode'))).toBe(false)
    await page.keyboard.type('sr')
    await page.keyboard.press('Enter')
    await soon(editor.wires).toContain('sr-model.image')
    await page.keyboard.press('Control+z')
    await soon(() => editor.node('sr-model').count()).toBe(0)
  })

  test('works by keyboard alone', async () => {
    editor = await openEditor({ wait: 'nodes' })
    const { page } = editor
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.locator('.empty-hint').waitFor()
    for (const name of ['decode', 'bicubic', 'encode']) {
      await page.keyboard.press('Shift+A')
      await page.getByRole('dialog', { name: 'Add a node' }).waitFor()
      await page.keyboard.type(name)
      await page.keyboard.press('Enter')
    }
    await soon(editor.wires).toEqual(['bicubic.image', 'encode.audio', 'encode.image'])
    // And by hand, so to speak: the input's own list takes the wire away and gives it back.
    const marked = (text: string) => page.locator('[role="option"]:focus', { hasText: text })
    const source = page.locator('[data-input="image"] [role="combobox"]')
    await source.focus()
    await page.keyboard.press('Enter')
    await marked('Bicubic').waitFor()
    await page.keyboard.press('Home')
    await marked('Not connected').waitFor()
    await page.keyboard.press('Enter')
    await soon(editor.wires).toEqual(['bicubic.image', 'encode.audio'])
    await source.focus()
    await page.keyboard.press('Enter')
    await marked('Not connected').waitFor()
    await page.keyboard.type('Bicubic')
    await marked('Bicubic').waitFor()
    await page.keyboard.press('Enter')
    await soon(editor.wires).toEqual(['bicubic.image', 'encode.audio', 'encode.image'])
    await page.keyboard.press('Control+z')
    await soon(editor.wires).toEqual(['bicubic.image', 'encode.audio'])

    // A card reached by keyboard is selected by Enter and moved by the arrows.
    const place = () => editor.node('decode').evaluate((card) => (card as HTMLElement).style.transform)
    const before = await place()
    await editor.node('decode').focus()
    await page.keyboard.press('Enter')
    await page.locator('.inspector-body[data-node="decode"]').waitFor()
    await page.keyboard.press('ArrowDown')
    await soon(place).not.toBe(before)
    await page.keyboard.press('Control+z')
    await soon(place).toBe(before)
  })
})

test('the palette finds nodes by title, by kind and by what they fix', async () => {
  editor = await openEditor({ wait: 'nodes' })
  const { page } = editor
  const search = page.getByRole('searchbox', { name: 'Search nodes' })
  const found = () => page.locator('.palette-row').allInnerTexts()
  await page.keyboard.press('/')
  await page.keyboard.type('halo')
  await soon(found).toEqual(['Dehalo', 'Residual Blend'])
  await search.fill('mask')
  await soon(async () => (await found())[0]).toBe('Text-Protect Mask')
  await search.fill('scale')
  await soon(async () => (await found()).sort()).toEqual(expect.arrayContaining(['Bicubic', 'SR Model']))
  await search.fill('zzz')
  await page.getByText('No node is called “zzz”').waitFor()
  await search.fill('grain')
  await page.keyboard.press('Enter')
  await editor.node('grain').waitFor()
})

test('copies and pastes nodes with their wires as plain text, and bypasses one by key', async () => {
  editor = await openEditor({ wait: 'nodes', permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = editor
  await editor.node('decode').locator('h3').click()
  await editor
    .node('bicubic')
    .locator('h3')
    .click({ modifiers: ['Control'] })
  await page.keyboard.press('Control+c')
  const text = await page.evaluate(() => navigator.clipboard.readText())
  expect(Object.keys(JSON.parse(text).nodes).sort()).toEqual(['bicubic', 'decode'])
  // Pasted nodes lie where the pointer is.
  await page.mouse.move(500, 720)
  await page.keyboard.press('Control+v')
  await editor.node('bicubic-2').waitFor()
  await soon(editor.wires).toContain('bicubic-2.image')

  await editor.node('bicubic').locator('h3').click()
  await page.keyboard.press('b')
  await editor.node('bicubic').locator('[data-bypass="true"]').waitFor()
  await soon(() => page.locator('.viewer-facts').textContent()).toContain('320 × 180')
})

test('saves a graph as JSON and opens it again; what is no graph is refused in a sentence', async () => {
  editor = await openEditor({ wait: 'nodes' })
  const { page } = editor
  await editor.node('bicubic').locator('h3').click()
  await page.locator('[data-param="factor"] input').fill('3')
  await page.keyboard.press('Enter')
  const downloading = page.waitForEvent('download')
  await page.keyboard.press('Control+s')
  const download = await downloading
  const text = readFileSync(await download.path(), 'utf8')
  expect(JSON.parse(text).nodes.bicubic.params.factor).toBe(3)

  await editor.newGraph()
  await editor.chooseFile({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(text) })
  await editor.node('bicubic').locator('h3').click()
  expect(await page.locator('[data-param="factor"] input').inputValue()).toBe('3')

  const drop = await page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['no graph at all'], 'broken.json', { type: 'application/json' }))
    return transfer
  })
  await page.dispatchEvent('.viewer', 'drop', { dataTransfer: drop })
  await page.getByRole('alert').filter({ hasText: '“broken.json” was not opened.' }).waitFor()
  await soon(() => editor.node('bicubic').count()).toBe(1)
})

test('a medium dropped on the page becomes Decode’s', async () => {
  editor = await openEditor()
  const { page } = editor
  await editor.dropWhite()
  await soon(() => page.locator('.viewer-facts').textContent()).toContain('128 × 96')
  await editor.lookUntil((look) => Math.max(...look) > 250)
})

test('folders open as sequences or say why not, and two files of one name stay two media', async () => {
  editor = await openEditor()
  const { page } = editor
  const folder = mkdtempSync(join(tmpdir(), 'framewright-'))
  try {
    for (const name of ['empty', 'pictures', 'clips']) mkdirSync(join(folder, name))
    writeFileSync(join(folder, 'empty', 'notes.txt'), 'no picture')
    copyFileSync(sample('field-guide-reference.mp4'), join(folder, 'clips', 'field-guide.mp4'))
    const picture = await page.evaluate(() => {
      const canvas = document.createElement('canvas')
      Object.assign(canvas, { width: 32, height: 24 })
      return canvas.toDataURL('image/png').split(',')[1] ?? ''
    })
    for (const number of [1, 2, 3])
      writeFileSync(join(folder, 'pictures', `${number}.png`), Buffer.from(picture, 'base64'))

    await editor.node('decode').locator('h3').click()
    const [files, folders] = [0, 1].map((n) => page.locator('.media-control input[type=file]').nth(n))
    await folders!.setInputFiles(join(folder, 'empty'))
    await page
      .getByRole('alert')
      .filter({ hasText: 'The folder “empty” holds neither pictures nor a video.' })
      .waitFor()
    await folders!.setInputFiles(join(folder, 'pictures'))
    await page.locator('.media-control').getByText('32 × 24').waitFor()
    await page.locator('.media-control').getByText('3 frames').waitFor()

    await files!.setInputFiles(sample('field-guide.mp4'))
    await page.locator('.media-control').getByText('320 × 180').waitFor()
    await editor.openRecipe(/Bicubic/)
    await editor.node('decode').locator('h3').click()
    await files!.setInputFiles(join(folder, 'clips', 'field-guide.mp4'))
    await page.locator('.media-control').getByText('field-guide (2).mp4').waitFor()
    await page.locator('.media-control').getByText('640 × 360').waitFor()
    // The same file chosen again is the medium that it was.
    await files!.setInputFiles(sample('field-guide.mp4'))
    await page.locator('.media-control').getByText('field-guide.mp4', { exact: true }).waitFor()
    await page.locator('.media-control').getByText('320 × 180').waitFor()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('export', () => {
  test('writes a playable file, with progress, from the dialog to the download', async () => {
    editor = await openEditor()
    const { page } = editor
    await page.keyboard.press('Control+e')
    await page.getByRole('textbox', { name: 'File name' }).fill('by hand.webm')
    await page.getByRole('radio', { name: 'A part' }).click()
    await page.getByRole('textbox', { name: 'for' }).fill('0.25')
    await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
    await page.getByRole('progressbar').waitFor()
    const link = page.getByRole('link', { name: 'Download' })
    await link.waitFor({ timeout: 120_000 })
    const downloading = page.waitForEvent('download')
    await link.click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('by hand.webm')
    const written = await probe(await download.path())
    expect(written).toMatchObject({ videoCodec: 'vp9', width: 640, height: 360, frames: 6 })
    expect(written.duration).toBeCloseTo(0.25, 1)
    expect(written.audioCodec).not.toBeNull()
  })

  test('can be cancelled, and then again begun', async () => {
    editor = await openEditor()
    const { page } = editor
    await page.keyboard.press('Control+e')
    await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('The export was cancelled. No file was written.').waitFor()
    await page.getByRole('button', { name: 'Export again' }).click()
    await page.getByRole('progressbar').waitFor()
  })
})

test('plays, says at which rate it really does, and stops', async () => {
  editor = await openEditor()
  const { page } = editor
  await editor.node('bicubic').locator('h3').click()
  // A click on a card leaves Space to the viewer.
  await page.keyboard.press('Space')
  await page.getByText(/^\d+\.\d of 24 fps$/).waitFor()
  await page.locator('.viewer-stage:not([data-frame="0"])').waitFor()
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Play' }).waitFor()
})

test('problems stand on the node and in the list, and a click there goes to the node', async () => {
  editor = await openEditor({ wait: 'nodes' })
  const { page } = editor
  await page.locator('.react-flow__edge[data-id="encode.image"] .react-flow__edge-interaction').click()
  await page.keyboard.press('Delete')
  await editor.node('encode').getByText('Image of Encode is not connected.').waitFor()
  await page.getByRole('button', { name: '1 problem' }).click()
  await page.locator('.problem-row').click()
  await page.locator('.inspector-body[data-node="encode"]').waitFor()
})

test('a reloaded page brings back what was not saved', async () => {
  editor = await openEditor({ wait: 'nodes' })
  const { page } = editor
  await editor.node('bicubic').locator('h3').click()
  await page.locator('[data-param="factor"] input').fill('4')
  await page.keyboard.press('Enter')
  await page.reload()
  await page.getByText('Your unsaved graph is back.').waitFor()
  await editor.node('bicubic').locator('h3').click()
  expect(await page.locator('[data-param="factor"] input').inputValue()).toBe('4')
})

test('without WebGPU the page says what to do, and the graph can still be edited', async () => {
  const plain = await launch(['--disable-gpu', '--disable-features=WebGPU,Vulkan', '--no-sandbox'])
  onTestFinished(() => plain.close())
  editor = await openEditor({ on: plain, wait: 'nodes' })
  const { page } = editor
  await page.getByRole('alert').filter({ hasText: 'WebGPU' }).waitFor()
  await page.getByText('chrome://flags').waitFor()
  await page.getByRole('button', { name: 'Add Grain' }).click()
  await editor.node('grain').waitFor()
})
