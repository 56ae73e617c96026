/** Folding nodes into a subgraph by hand, working inside it, and using it again elsewhere. */
import { expect, test } from 'vitest'
import { difference, type EditorPage, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener({ looks: 'taken' })
let editor: EditorPage

const nodes = () => editor.nodes()
const crumbs = () => editor.page.locator('.breadcrumbs').textContent()
const pick = async (id: string, more = false) => {
  await editor
    .node(id)
    .locator('h3')
    .click(more ? { modifiers: ['Shift'] } : {})
}

test('nodes are folded, opened and left by hand, and the picture stays; copies go through the clipboard, and pieces are kept for another visit', async () => {
  editor = await openEditor({ recipe: 'default', permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = editor
  const before = await editor.look()
  const flat = await nodes()
  await pick('bicubic')
  for (const id of ['sr-model', 'text-protect', 'residual-blend', 'grain']) await pick(id, true)
  await page.getByRole('button', { name: 'Fold' }).click()
  await soon(nodes).toEqual(['decode', 'encode', 'subgraph'])
  await page.getByText('No problems').waitFor()
  await editor.settled()
  expect(difference(await editor.look(), before)).toBe(0)
  // Every result was there already: nothing was computed anew. What the nodes took before is known of the card.
  await soon(() => editor.node('subgraph').locator('.node-report').textContent()).toMatch(/\d m?s.*kept/)
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(flat)
  await pick('grain')
  await editor.node('grain').locator('h3').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Fold into a subgraph' }).click()
  await editor.node('subgraph').waitFor()
  await page.getByRole('textbox', { name: 'Title', exact: true }).fill('Film')
  await page.keyboard.press('Enter')
  await soon(() => editor.node('subgraph').locator('h3').textContent()).toBe('Film')

  // It is opened in place; a node is dropped there onto the wire that leads out.
  await editor.node('subgraph').locator('h3').dblclick()
  await soon(crumbs).toMatch(/^MainFilm$/)
  await soon(nodes).toEqual(['grain', 'inputs', 'outputs'])
  await editor.still()
  await editor.settled()
  const inside = await editor.look()
  const wire = await page.locator('.react-flow__edge[data-id="outputs.image"] .wire').boundingBox()
  const canvas = await page.locator('.canvas').boundingBox()
  if (!wire || !canvas) throw new Error('There is no wire to drop onto.')
  const targetPosition = { x: wire.x + wire.width / 2 - canvas.x, y: wire.y + wire.height / 2 - canvas.y }
  await page.getByRole('button', { name: 'Add Grain' }).dragTo(page.locator('.canvas'), { targetPosition })
  await soon(nodes).toEqual(['grain', 'grain-2', 'inputs', 'outputs'])
  await page.getByText('No problems').waitFor()
  await page.locator('.side .param[data-param="amount"] input').fill('0.4')
  await page.keyboard.press('Enter')
  await editor.lookUntil((look) => difference(look, inside) > 2)
  // Escape lets go of the node first, then leaves; the undo leads back to where the change was made.
  await page.locator('.canvas .react-flow__pane').click({ position: { x: 40, y: canvas.height - 40 } })
  await page.keyboard.press('Escape')
  await soon(nodes).toContain('subgraph')
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(['grain', 'grain-2', 'inputs', 'outputs'])
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(['grain', 'inputs', 'outputs'])
  await editor.lookUntil((look) => difference(look, inside) < 1)
  await page.getByRole('button', { name: 'Main' }).click()
  await soon(nodes).toContain('subgraph')

  // Copied and put into itself: by the browser's own event, and by asking it for the clipboard.
  await editor.still()
  await pick('subgraph')
  await page.keyboard.press('Control+c')
  await page.keyboard.press('Enter')
  await soon(nodes).toEqual(['grain', 'inputs', 'outputs'])
  await page.keyboard.press('Control+v')
  await soon(nodes).toEqual(['grain', 'inputs', 'outputs', 'subgraph'])
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(['grain', 'inputs', 'outputs'])
  await page.keyboard.press('Control+Shift+V')
  await soon(nodes).toEqual(['grain', 'inputs', 'outputs', 'subgraph'])
  await editor.node('subgraph').locator('h3').dblclick()
  await soon(crumbs).toMatch(/^MainFilmFilm$/)

  // A piece is kept, found by its name on another visit, added as a copy, renamed and deleted.
  await page.locator('.side').getByRole('button', { name: 'Save as a piece' }).click()
  await page.getByText('“Film” was added to your pieces.').waitFor()
  await page.reload()
  await editor.node('decode').waitFor()
  await editor.newGraph()
  await page.keyboard.press('Shift+A')
  await page.keyboard.type('film')
  await page.getByRole('option', { name: /^Film/ }).first().waitFor()
  await page.keyboard.press('Enter')
  await soon(nodes).toEqual(['subgraph'])
  // The new card has the focus once it lies still.
  await editor.still()
  await page.keyboard.press('Enter')
  await soon(nodes).toEqual(['grain', 'inputs', 'outputs'])
  await page.keyboard.press('Control+ArrowUp')
  await soon(nodes).toEqual(['subgraph'])

  await page.getByRole('button', { name: 'Rename or delete Film' }).click()
  await page.getByRole('textbox', { name: 'Name of the piece' }).fill('Twice')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Add Twice' }).waitFor()
  await page.getByRole('button', { name: 'Delete the piece' }).click()
  await soon(() => page.getByRole('button', { name: 'Add Twice' }).count()).toBe(0)
  // The copy in the graph is its own.
  expect(await nodes()).toEqual(['subgraph'])
})
