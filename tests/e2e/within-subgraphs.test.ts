/** What reaches beyond the level that is open: files dropped there. */
import { expect, test } from 'vitest'
import { type EditorPage, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener()
let editor: EditorPage

const nodes = () => editor.nodes()

test('a medium dropped within a subgraph becomes that of the Decode from which the subgraph reads', async () => {
  editor = await openEditor()
  const { page } = editor
  await editor.node('bicubic').locator('h3').click()
  await page.keyboard.press('Shift+G')
  // What the node took before it was folded is known of the card.
  await soon(() => editor.node('subgraph').locator('.node-report').textContent()).toMatch(/ms.*kept/)
  await editor.node('subgraph').locator('h3').dblclick()
  await soon(nodes).toEqual(['bicubic', 'inputs', 'outputs'])
  await editor.dropWhite()
  await page.getByText('Decode now opens “white.png”.').waitFor()
  await soon(() => page.locator('.viewer-facts').textContent()).toContain('128 × 96')
  await editor.lookUntil((look) => Math.max(...look) > 250)
  // Nothing came in here, and the step can be taken back from here.
  expect(await nodes()).toEqual(['bicubic', 'inputs', 'outputs'])
  await page.keyboard.press('Control+z')
  await soon(() => page.locator('.viewer-facts').textContent()).not.toContain('128 × 96')
  expect(await nodes()).toEqual(['bicubic', 'inputs', 'outputs'])
})
