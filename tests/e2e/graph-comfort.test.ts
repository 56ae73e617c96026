/** Building and rearranging a graph by hand: what makes it comfortable. */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type EditorPage, launch, openEditor } from './editor-page.ts'

let browser: Browser
let editor: EditorPage
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
afterEach(async () => {
  await editor.close()
  expect(editor.errors).toEqual([])
})

/** Polls as long as a person with a slow machine would wait. */
const soon = <T>(what: () => T) => expect.poll(what, { timeout: 30_000 })

/** Each wire as `from > input`. */
const chain = (page: EditorPage['page']) =>
  page
    .locator('.react-flow__edge')
    .evaluateAll((edges) => edges.map((edge) => edge.getAttribute('aria-label') ?? '').sort())

test('a node dropped onto a wire goes into it: out of the palette, by hand on the canvas, or by key', async () => {
  editor = await openEditor(browser, { wait: 'nodes' })
  const { page } = editor
  await editor.openRecipe(/Bicubic/)
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

  // What is taken out again leaves the chain whole, or a gap if asked.
  await page.keyboard.press('Delete')
  await soon(() => chain(page)).toContain('Wire from Bicubic to Encode')
  await page.keyboard.press('Control+z')
  await soon(() => chain(page)).toContain('Wire from Grain to Encode')
  await editor.node('grain').locator('h3').click()
  await page.keyboard.press('Shift+Delete')
  await soon(editor.wires).toEqual(['bicubic.image', 'encode.audio'])

  // By keyboard: the wire is chosen, and what is added goes into it.
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await page.locator('.react-flow__edge[data-id="bicubic.image"]').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Shift+A')
  await page.keyboard.type('grain')
  await page.keyboard.press('Enter')
  await soon(() => chain(page)).toContain('Wire from Decode to Grain')
})

test('nodes go to another tab as text, and read there what they read here', async () => {
  editor = await openEditor(browser, { wait: 'nodes', permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = editor
  await editor.openRecipe(/Bicubic/)
  await editor.node('bicubic').locator('h3').click()
  await page.keyboard.press('Control+c')

  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.locator('.react-flow__node[data-id="grain"]').waitFor()
  await other.keyboard.press('Control+v')
  await other.locator('.react-flow__node[data-id="bicubic-2"]').waitFor()
  const wiresThere = () =>
    other.locator('.react-flow__edge').evaluateAll((edges) => edges.map((edge) => edge.getAttribute('data-id') ?? ''))
  await soon(wiresThere).not.toContain('bicubic-2.image')
  await other.keyboard.press('Control+z')
  await soon(() => other.locator('.react-flow__node[data-id="bicubic-2"]').count()).toBe(0)
  await other.keyboard.press('Control+Shift+V')
  await soon(wiresThere).toContain('bicubic-2.image')
  await other.close()
})
