/** Building and rearranging a graph by hand: what makes it comfortable. */
import { expect, test } from 'vitest'
import { type EditorPage, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener()
let editor: EditorPage

/** Each wire as `from > input`. */
const chain = (page: EditorPage['page']) =>
  page
    .locator('.react-flow__edge')
    .evaluateAll((edges) => edges.map((edge) => edge.getAttribute('aria-label') ?? '').sort())

test('a node dropped onto a wire goes into it, out of the palette or by hand; nodes are laid out, the map shows them all, the grid can be switched off; frames take their nodes along, notes are written, wires are bent', async () => {
  editor = await openEditor({ clip: 'never' })
  const { page } = editor
  const canvas = await page.locator('.canvas').boundingBox()
  if (!canvas) throw new Error('There is no canvas.')
  const middleOf = async (wire: string) => {
    const box = await page.locator(`.react-flow__edge[data-id="${wire}"] .wire`).boundingBox()
    if (!box) throw new Error('There is no wire to drop onto.')
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }
  const at = await middleOf('encode.image')
  const targetPosition = { x: at.x - canvas.x, y: at.y - canvas.y }
  await page.getByRole('button', { name: 'Add Grain' }).dragTo(page.locator('.canvas'), { targetPosition })
  await soon(() => chain(page)).toEqual(
    expect.arrayContaining(['Wire from Bicubic to Grain', 'Wire from Grain to Encode']),
  )
  await page.getByText('No problems').waitFor()
  await page.keyboard.press('Control+z')
  await soon(() => editor.node('grain').count()).toBe(0)

  // From elsewhere on the canvas: a card that nothing is wired to.
  await page.getByRole('button', { name: 'Add Grain' }).dragTo(page.locator('.canvas'), {
    targetPosition: { x: targetPosition.x - 40, y: canvas.height - 60 },
  })
  await editor.node('grain').waitFor()
  // The view may have moved to show the new card.
  await editor.still()
  await editor.drag(editor.node('grain').locator('h3'), await middleOf('encode.image'))
  await soon(() => chain(page)).toContain('Wire from Grain to Encode')
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await soon(() => editor.node('grain').count()).toBe(0)
  await editor.still()

  const place = async (id: string) => {
    const transform = await editor.node(id).evaluate((card) => (card as HTMLElement).style.transform)
    const [x, y] = transform.match(/-?[\d.]+/g)?.map(Number) ?? []
    return { x: x ?? Number.NaN, y: y ?? Number.NaN }
  }
  await page.getByRole('button', { name: 'Map of the graph' }).click()
  await soon(() => page.locator('.react-flow__minimap-node').count()).toBe(3)
  await page.getByRole('button', { name: 'Snap to the grid' }).click()
  const head = await editor.node('encode').locator('h3').boundingBox()
  if (!head) throw new Error('Encode has no title.')
  await editor.drag(editor.node('encode').locator('h3'), {
    x: head.x + head.width / 2 - 33,
    y: head.y + head.height / 2 + 37,
  })
  await soon(async () => {
    const { x, y } = await place('encode')
    return x % 8 !== 0 || y % 8 !== 0
  }).toBe(true)

  await page.keyboard.press('Control+a')
  await page.getByRole('button', { name: 'Arrange' }).click()
  await page.getByRole('menuitem', { name: 'Lay out the graph' }).click()
  // In columns, with room between them.
  await soon(async () => {
    const [decode, bicubic, encode] = await Promise.all([place('decode'), place('bicubic'), place('encode')])
    return bicubic.x - decode.x === 288 && encode.x - bicubic.x === 288
  }).toBe(true)
  await page.keyboard.press('Control+z')
  await soon(async () => (await place('encode')).x % 8).not.toBe(0)

  // As it was opened; the layout may have moved the view.
  await page.keyboard.press('Control+z')
  await editor.still()
  await page.keyboard.press('Escape')
  const whereIs = (id: string) => editor.node(id).evaluate((card) => (card as HTMLElement).style.transform)
  await editor.node('decode').locator('h3').click()
  await editor
    .node('bicubic')
    .locator('h3')
    .click({ modifiers: ['Control'] })
  await page.keyboard.press('Control+g')
  const frame = page.locator('.mark.frame')
  await page.getByLabel('Title of the frame').fill('Bigger')
  await page.keyboard.press('Enter')
  await frame.getByText('Bigger').waitFor()

  await page.keyboard.press('Escape')
  const before = { decode: await whereIs('decode'), bicubic: await whereIs('bicubic'), encode: await whereIs('encode') }
  const grip = await frame.locator('.mark-grip').boundingBox()
  if (!grip) throw new Error('The frame has no title.')
  await editor.drag(frame.locator('.mark-grip'), { x: grip.x + grip.width / 2 + 32, y: grip.y + grip.height / 2 + 40 })
  await soon(() => whereIs('decode')).not.toBe(before.decode)
  await soon(() => whereIs('bicubic')).not.toBe(before.bicubic)
  expect(await whereIs('encode')).toBe(before.encode)
  await page.keyboard.press('Control+z')
  await soon(() => whereIs('decode')).toBe(before.decode)
  await soon(() => whereIs('bicubic')).toBe(before.bicubic)

  await page.locator('.react-flow__edge[data-id="encode.image"]').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('j')
  const point = page.locator('.wire-point')
  await point.waitFor()
  const dot = await point.boundingBox()
  if (!dot) throw new Error('The wire has no point.')
  await editor.drag(point, { x: dot.x, y: dot.y + 60 })
  await soon(async () => Math.round((await point.boundingBox())?.y ?? 0)).toBeGreaterThan(dot.y + 30)

  await page.keyboard.press('Escape')
  await page.mouse.move(dot.x, dot.y + 120)
  await page.keyboard.press('n')
  await page.getByLabel('Text of the note').fill('Why it is so')
  await page.keyboard.press('Control+Enter')
  await page.locator('.mark.note', { hasText: 'Why it is so' }).waitFor()

  await point.focus()
  await page.keyboard.press('Delete')
  await soon(() => point.count()).toBe(0)
  await page.keyboard.press('Control+z')
  await point.waitFor()
})

test('a file that another tab has written meanwhile is not written over unasked; earlier versions come back as a step that can be undone; two tabs keep a graph each', async () => {
  editor = await openEditor({ wait: 'nodes' })
  const { page } = editor
  // A real file of the browser's own, in place of the system's dialog, which cannot be driven.
  const choose = () =>
    Object.defineProperty(window, 'showSaveFilePicker', {
      value: async () => (await navigator.storage.getDirectory()).getFileHandle('graph.json', { create: true }),
    })
  await page.evaluate(choose)
  await page.keyboard.press('Control+s')
  await page.getByText('Saved as “graph.json”.').waitFor()
  await page.evaluate(async () => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle('graph.json')
    const stream = await handle.createWritable()
    await stream.write('written by another tab')
    await stream.close()
  })
  const content = () =>
    page.evaluate(async () => {
      const handle = await (await navigator.storage.getDirectory()).getFileHandle('graph.json')
      return (await handle.getFile()).text()
    })
  await page.keyboard.press('Control+s')
  await page.getByText('“graph.json” was not saved: another tab or program has changed it since.').waitFor()
  expect(await content()).toBe('written by another tab')
  await page.getByRole('button', { name: 'Overwrite it' }).click()
  await soon(async () => (await content()).includes('framewright-graph')).toBe(true)

  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.locator('.empty-hint').waitFor()
  // What it was before the first change is there at once.
  const versions = page.getByRole('dialog', { name: 'Earlier versions' })
  const bringBack = async () => {
    await page.getByRole('button', { name: 'File', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Earlier versions…' }).click()
    await versions.getByRole('button', { name: 'Bring back' }).first().click()
  }
  await bringBack()
  await soon(editor.wires).toEqual(['bicubic.image', 'encode.audio', 'encode.image'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.locator('.empty-hint').waitFor()
  await page.getByRole('button', { name: 'Redo' }).click()
  await editor.node('bicubic').locator('h3').click()
  await page.keyboard.press('Shift+C')
  await editor.node('bicubic').locator('[data-collapsed="true"]').waitFor()

  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.locator('.react-flow__node[data-id="grain"] h3').click()
  await other.keyboard.press('Delete')
  await soon(() => other.locator('.react-flow__node[data-id="grain"]').count()).toBe(0)
  await other.reload()
  await other.getByText('Your unsaved graph is back.').waitFor()
  await soon(() => other.locator('.react-flow__node').count()).toBe(6)
  await page.reload()
  await page.getByText('Your unsaved graph is back.').waitFor()
  await soon(() => page.locator('.react-flow__node').count()).toBe(3)
  // And what this tab made can be brought back in the other one, in a place of its own.
  await other.getByRole('button', { name: 'File', exact: true }).click()
  await other.getByRole('menuitem', { name: 'Earlier versions…' }).click()
  await other
    .getByRole('listitem')
    .filter({ hasText: '3 nodes' })
    .first()
    .getByRole('button', { name: 'Bring back' })
    .click()
  await soon(() => other.locator('.react-flow__node').count()).toBe(3)
  await other.close()
})
