import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { difference, type EditorPage, editorOpener, soon } from './editor-page.ts'

const still = fileURLToPath(new URL('../fixtures/media/still.png', import.meta.url))

const openEditor = editorOpener({ looks: 'taken' })
let editor: EditorPage

const range = (look: readonly number[]) => Math.max(...look) - Math.min(...look)

test('the first visit: a tour follows the hand, and leaves a changed picture; the default recipe changes from frame to frame, and with an edit until that is undone', async () => {
  editor = await openEditor({ recipe: 'default', firstVisit: true })
  const { page } = editor
  const tour = page.locator('.tour')
  await tour.getByRole('heading', { name: 'See what was added' }).waitFor()
  await page.getByRole('button', { name: 'Wipe' }).click()
  await tour.getByRole('heading', { name: 'Find what added it' }).waitFor()
  await editor.node('sr-model').locator('h3').click()
  await tour.getByRole('heading', { name: 'Choose how much it invents' }).waitFor()
  await editor.settled()
  const before = await editor.look()
  await page.locator('.side [data-param="personality"] [role="slider"]').focus()
  await page.keyboard.press('End')
  await tour.getByRole('heading', { name: 'The picture is yours' }).waitFor()
  await editor.lookUntil((look) => difference(before, look) > 1)
  await tour.getByRole('button', { name: 'Done' }).click()
  await tour.waitFor({ state: 'detached' })

  const visit = await page.context().newPage()
  await visit.goto(page.url())
  await visit.locator('.react-flow__node').first().waitFor()
  expect(await visit.locator('.tour').count()).toBe(0)
  await visit.keyboard.press('Control+k')
  await visit.getByRole('dialog').getByRole('combobox').fill('tour')
  await visit.keyboard.press('Enter')
  await visit.locator('.tour').waitFor()
  await visit.getByRole('button', { name: 'End the tour' }).click()
  await visit.locator('.tour').waitFor({ state: 'detached' })
  await visit.close()

  await page.keyboard.press('Control+z')
  await page.getByRole('button', { name: /^A alone/ }).click()
  await page.locator('.viewer-stage[data-mode="single"]').waitFor()
  const first = await editor.lookUntil((look) => range(look) > 60)
  await page.locator('.timeline .slider-thumb').focus()
  await page.keyboard.press('End')
  await page.locator('.viewer-stage[data-frame="95"]').waitFor()
  const last = await editor.lookUntil((look) => difference(look, first) > 20)
  expect(range(last)).toBeGreaterThan(60)
  await page.keyboard.press('Home')
  await page.locator('.viewer-stage[data-frame="0"]').waitFor()
  const returned = await editor.lookUntil((look) => difference(look, first) < 2)

  // The residual on grey looks like nothing else.
  await editor.node('residual-blend').locator('h3').click()
  await page.locator('.side [data-param="view"] [role="combobox"]').click()
  await page.getByRole('option', { name: 'What is added' }).click()
  await editor.lookUntil((look) => difference(look, returned) > 20)
  await page.keyboard.press('Control+z')
  await editor.lookUntil((look) => difference(look, first) < 2)
})

describe('wiring', () => {
  test('works by mouse: by the first steps, by nodes from the palette, by wires from port to port or into space; a slider follows the hand, and what is dropped or chosen is read', async () => {
    editor = await openEditor({ wait: 'nodes' })
    const { page } = editor
    await editor.newGraph()
    await page.locator('.empty-step', { hasText: 'Decode' }).click()
    await page.locator('.guide').getByRole('button', { name: 'Bicubic' }).click()
    await page.locator('.guide').getByRole('button', { name: 'Encode' }).click()
    await soon(editor.wires).toEqual(['bicubic.image', 'encode.audio', 'encode.image'])
    await page.getByText('No problems').waitFor()
    expect(await page.locator('.wire-label').allInnerTexts()).toContain('640 × 360')
    // Muted, it lets what needs it rest.
    await editor.node('bicubic').locator('h3').click()
    await page.keyboard.press('m')
    await editor.node('encode').locator('[data-resting="true"]').waitFor()

    await editor.newGraph()
    const place = async (title: string, x: number) => {
      const row = page.getByRole('button', { name: `Add ${title}` })
      await row.dragTo(page.locator('.canvas'), { targetPosition: { x, y: 60 } })
    }
    await place('Decode', 120)
    await place('Bicubic', 380)
    await place('Encode', 660)
    await soon(editor.wires).toEqual([])
    // What is wrong stands on the card and in the list, which leads to the node and mends it.
    await editor.node('encode').getByText('Image of Encode is not connected.').waitFor()
    await page.getByRole('button', { name: '2 problems' }).click()
    await page.getByRole('button', { name: 'Connect Decode' }).first().click()
    await soon(editor.wires).not.toEqual([])
    await page.getByRole('button', { name: 'Undo' }).click()
    await soon(editor.wires).toEqual([])
    await page.locator('.problem-row', { hasText: 'Image of Encode' }).click()
    await page.locator('.inspector-body[data-node="encode"]').waitFor()
    // The node comes into sight: no port is grasped while it moves.
    await editor.still()

    await editor.drag(editor.output('decode', 'audio'), editor.input('bicubic', 'image'))
    await soon(editor.wires).toEqual([])
    await editor.drag(editor.output('decode', 'image'), editor.input('bicubic', 'image'))
    await editor.drag(editor.output('bicubic', 'image'), editor.input('encode', 'image'))
    await page.getByText('No problems').waitFor()
    await soon(editor.wires).toEqual(['bicubic.image', 'encode.image'])
    await editor.lookUntil((look) => range(look) > 60)
    await page.keyboard.press('Control+z')
    await soon(editor.wires).toEqual(['bicubic.image'])

    const from = await editor.output('decode', 'image').boundingBox()
    if (!from) throw new Error('Decode has no port.')
    await editor.drag(editor.output('decode', 'image'), { x: from.x + 60, y: from.y + 110 })
    await page.getByRole('dialog', { name: 'Add a node to this wire' }).waitFor()
    await page.keyboard.type('sr')
    await page.keyboard.press('Enter')
    await soon(editor.wires).toContain('sr-model.image')

    // A slider follows the hand, as one step of history.
    await page.getByRole('button', { name: 'Add Grain' }).click()
    const amount = page.locator('.side [data-param="amount"]')
    const before = await amount.locator('input').inputValue()
    await editor.drag(amount.locator('.slider-thumb'), amount.locator('input'))
    expect(Number(await amount.locator('input').inputValue())).toBeGreaterThan(Number(before) * 2)
    await page.getByRole('button', { name: 'Undo' }).click()
    expect(await amount.locator('input').inputValue()).toBe(before)

    // What is dropped reaches the editor: here it is none of its files.
    const drop = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['no graph at all'], 'broken.json', { type: 'application/json' }))
      return transfer
    })
    await page.dispatchEvent('.viewer', 'drop', { dataTransfer: drop })
    await page.getByRole('alert').filter({ hasText: '“broken.json” was not opened.' }).waitFor()

    // A folder that is chosen is read as the browser gives it.
    const folder = mkdtempSync(join(tmpdir(), 'framewright-'))
    try {
      for (const number of [1, 2, 3]) copyFileSync(still, join(folder, `${number}.png`))
      await editor.still()
      await editor.node('decode').locator('h3').click()
      await page.locator('.media-control input[type=file]').nth(1).setInputFiles(folder)
      await page.locator('.media-control').getByText('64 × 36').waitFor()
      await page.locator('.media-control').getByText('3 frames').waitFor()
    } finally {
      rmSync(folder, { recursive: true })
    }
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

    await page.keyboard.press('/')
    await page.keyboard.type('zzz')
    await page.getByText('No node or recipe matches “zzz”.').waitFor()
    await page.getByRole('searchbox', { name: 'Search nodes' }).fill('grain')
    await page.keyboard.press('Enter')
    await editor.node('grain').waitFor()
  })
})
