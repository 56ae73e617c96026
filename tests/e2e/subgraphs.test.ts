/** Folding nodes into a subgraph by hand, working inside it, and using it again elsewhere. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { difference, type EditorPage, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener()
let editor: EditorPage

const nodes = () => editor.nodes()
const crumbs = () => editor.page.locator('.breadcrumbs').textContent()
const pick = async (id: string, more = false) => {
  await editor
    .node(id)
    .locator('h3')
    .click(more ? { modifiers: ['Shift'] } : {})
}

/** Decode → Bicubic → Encode, with Bicubic folded and called `title`; its card is chosen. */
async function foldBicubic(title: string) {
  await editor.settled()
  await editor.node('bicubic').locator('h3').click({ button: 'right' })
  await editor.page.getByRole('menuitem', { name: 'Fold into a subgraph' }).click()
  await editor.node('subgraph').waitFor()
  await editor.page.getByRole('textbox', { name: 'Title', exact: true }).fill(title)
  await editor.page.keyboard.press('Enter')
  await soon(() => editor.node('subgraph').locator('h3').textContent()).toBe(title)
}

test('nodes are folded into one and unfolded again, each in one step, and the picture stays', async () => {
  editor = await openEditor({ recipe: 'default' })
  const { page } = editor
  const before = await editor.look()
  const flat = await nodes()
  const wires = await editor.wires()
  await pick('bicubic')
  for (const id of ['sr-model', 'text-protect', 'residual-blend', 'grain']) await pick(id, true)
  await page.getByRole('button', { name: 'Fold' }).click()
  await soon(nodes).toEqual(['decode', 'encode', 'subgraph'])
  await soon(editor.wires).toEqual(['encode.audio', 'encode.image', 'subgraph.image'])
  await page.getByText('No problems').waitFor()
  await editor.settled()
  expect(difference(await editor.look(), before)).toBe(0)
  // Every result was there already: nothing was computed anew.
  await soon(() => editor.node('subgraph').locator('.node-report').textContent()).toMatch(/kept/)

  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(flat)
  await page.keyboard.press('Control+Shift+z')
  await soon(nodes).toEqual(['decode', 'encode', 'subgraph'])
  await pick('subgraph')
  await page.keyboard.press('Control+Shift+g')
  await soon(nodes).toEqual(flat)
  await soon(editor.wires).toEqual(wires)
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(flat)
  expect(await page.getByRole('button', { name: /^Undo/ }).isDisabled()).toBe(true)
})

test('a subgraph is opened in place, changed there, also by a medium dropped there, and undo leads to where the change was made', async () => {
  editor = await openEditor({ wait: 'nodes' })
  const { page } = editor
  await foldBicubic('Larger')
  await editor.node('subgraph').locator('h3').dblclick()
  await soon(crumbs).toMatch(/^MainLarger$/)
  await soon(nodes).toEqual(['bicubic', 'inputs', 'outputs'])
  await editor.still()

  // A node is dropped onto the wire that leads out.
  const wire = await page.locator('.react-flow__edge[data-id="outputs.image"] .wire').boundingBox()
  const canvas = await page.locator('.canvas').boundingBox()
  if (!wire || !canvas) throw new Error('There is no wire to drop onto.')
  const targetPosition = { x: wire.x + wire.width / 2 - canvas.x, y: wire.y + wire.height / 2 - canvas.y }
  await page.getByRole('button', { name: 'Add Grain' }).dragTo(page.locator('.canvas'), { targetPosition })
  await soon(nodes).toEqual(['bicubic', 'grain', 'inputs', 'outputs'])
  await page.getByText('No problems').waitFor()
  await editor.settled()
  const soft = await editor.look()

  // A setting is changed here, shown on the card, and changed there.
  await page.locator('.param[data-param="amount"] input').fill('0.4')
  await page.keyboard.press('Enter')
  const grainy = await editor.lookUntil((look) => difference(look, soft) > 2)
  await page.getByRole('button', { name: 'Show Amount on the subgraph’s card' }).click()
  // Escape lets go of the node first, then leaves.
  await page.locator('.canvas .react-flow__pane').click({ position: { x: 40, y: canvas.height - 40 } })
  await page.keyboard.press('Escape')
  await soon(nodes).toEqual(['decode', 'encode', 'subgraph'])
  const amount = page.locator('.inspector-body[data-node="subgraph"] .param[data-param="amount"] input')
  await soon(() => amount.inputValue()).toBe('0.4')
  await amount.fill('0')
  await page.keyboard.press('Enter')
  await editor.lookUntil((look) => difference(look, grainy) > 2)

  // Undo of what was done out here stays here; undo of what was done inside goes there.
  await page.locator('.canvas').focus()
  await page.keyboard.press('Control+z')
  await soon(() => amount.inputValue()).toBe('0.4')
  await soon(nodes).toEqual(['decode', 'encode', 'subgraph'])
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(['bicubic', 'grain', 'inputs', 'outputs'])
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(['bicubic', 'inputs', 'outputs'])
  await soon(editor.wires).toEqual(['bicubic.image', 'outputs.image'])
  // Past the fold there is no such level any more.
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(['bicubic', 'decode', 'encode'])
  expect(await page.locator('.breadcrumbs').count()).toBe(0)

  // A medium dropped within becomes that of the Decode from which the subgraph reads.
  await editor.still()
  await editor.settled()
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

test('inputs and outputs are chosen: added, named, put in order, wired, removed', async () => {
  editor = await openEditor({ wait: 'nodes' })
  const { page } = editor
  await foldBicubic('Larger')
  const ports = page.getByRole('region', { name: 'Input ports' })
  await ports.getByRole('button', { name: 'Add an input' }).click()
  await page.getByRole('menuitem', { name: 'Mask' }).click()
  // The menu gives the focus back when it goes.
  await page.getByRole('menu').waitFor({ state: 'detached' })
  const name = ports.getByRole('textbox', { name: 'Name of the input Mask' })
  await name.fill('Where')
  await name.press('Enter')
  await soon(() => editor.node('subgraph').locator('.port-label').allTextContents()).toEqual([
    'Image',
    'Image',
    'Where',
  ])
  await ports.getByRole('button', { name: 'Move Where up' }).click()
  await soon(() => editor.node('subgraph').locator('.port-side.in .port-label').allTextContents()).toEqual([
    'Where',
    'Image',
  ])
  // Inside, the port stands on the card at the left, and can be wired.
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await editor.node('inputs').waitFor()
  await editor.output('inputs', 'mask').waitFor()
  await page.getByRole('button', { name: 'Add Grain' }).click()
  await editor.node('grain').waitFor()
  await editor.still()
  await editor.drag(editor.output('inputs', 'mask'), editor.input('grain', 'protect'))
  await soon(editor.wires).toContain('grain.protect')
  // Removing the port takes its wires inside and outside along.
  await pick('inputs')
  await page.getByRole('button', { name: 'Remove Where' }).click()
  await soon(editor.wires).not.toContain('grain.protect')
  await pick('inputs')
  await page.keyboard.press('Delete')
  await soon(nodes).toContain('inputs')
  // The boundary itself stays; a wire let go on it gets a port.
  await editor.drag(editor.output('bicubic', 'image'), editor.node('outputs').locator('h3'))
  await soon(() => editor.node('outputs').locator('.port-label').allTextContents()).toEqual(['Image', 'Image 2'])
  await pick('inputs')
  await page.getByRole('button', { name: 'Remove Image' }).click()
  await page.getByRole('button', { name: 'Main' }).click()
  await soon(nodes).toEqual(['decode', 'encode', 'subgraph'])
  await soon(editor.wires).toEqual(['encode.audio', 'encode.image'])
  // What is wrong inside (the Grain that reads nothing, too) stands on the card, and the list leads to it.
  await soon(() => editor.node('subgraph').locator('.node-card').getAttribute('data-problem')).toBe('error')
  await page.getByRole('button', { name: '2 problems' }).click()
  expect(await page.locator('.problem-row').first().textContent()).toContain(
    'Larger: Image of Bicubic is not connected.',
  )
  await page.locator('.problem-row').first().click()
  await soon(crumbs).toMatch(/Larger/)
  await page.locator('.inspector-body[data-node="bicubic"]').waitFor()
})

test('a card is copied, put into another subgraph, saved to a file and read again as it was; kept as a piece, it is added elsewhere', async () => {
  editor = await openEditor({ wait: 'nodes', permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = editor
  await foldBicubic('Larger')
  await pick('subgraph')
  await page.keyboard.press('Control+c')
  await page.keyboard.press('Enter')
  await soon(nodes).toEqual(['bicubic', 'inputs', 'outputs'])
  await page.keyboard.press('Control+v')
  await soon(nodes).toEqual(['bicubic', 'inputs', 'outputs', 'subgraph'])
  // The other way to paste asks the browser for the clipboard itself.
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(['bicubic', 'inputs', 'outputs'])
  await page.keyboard.press('Control+Shift+V')
  await soon(nodes).toEqual(['bicubic', 'inputs', 'outputs', 'subgraph'])
  await editor.node('subgraph').locator('h3').dblclick()
  await soon(crumbs).toMatch(/^MainLargerLarger$/)
  const download = page.waitForEvent('download')
  await page.keyboard.press('Control+s')
  const text = await readFile(await (await download).path(), 'utf8')
  const file = JSON.parse(text)
  expect(Object.keys(file.nodes.subgraph.body.nodes.subgraph.body.nodes).sort()).toEqual([
    'bicubic',
    'inputs',
    'outputs',
  ])
  await editor.chooseFile({ name: 'again.json', mimeType: 'application/json', buffer: Buffer.from(text) })
  await soon(nodes).toEqual(['decode', 'encode', 'subgraph'])
  // Deleting the card leaves the chain whole.
  await pick('subgraph')
  await page.keyboard.press('Delete')
  await soon(() =>
    page
      .locator('.react-flow__edge')
      .evaluateAll((edges) => edges.map((edge) => edge.getAttribute('aria-label') ?? '')),
  ).toContain('Wire from Decode to Encode')
  await page.keyboard.press('Control+z')
  await soon(nodes).toEqual(['decode', 'encode', 'subgraph'])

  // A piece is kept, found by its name, added as a copy, renamed and deleted.
  await editor.still()
  await pick('subgraph')
  await page.getByRole('button', { name: 'Save as a piece' }).click()
  await page.getByText('“Larger” was added to your pieces.').waitFor()
  await page.reload()
  await editor.node('decode').waitFor()
  await editor.newGraph()
  await page.keyboard.press('Shift+A')
  await page.keyboard.type('larger')
  await page.keyboard.press('Enter')
  await soon(nodes).toEqual(['subgraph'])
  // The new card has the focus once it lies still.
  await editor.still()
  await page.keyboard.press('Enter')
  await soon(nodes).toEqual(['bicubic', 'inputs', 'outputs', 'subgraph'])
  await page.keyboard.press('Control+ArrowUp')
  await soon(nodes).toEqual(['subgraph'])

  await page.getByRole('button', { name: 'Rename or delete Larger' }).click()
  await page.getByRole('textbox', { name: 'Name of the piece' }).fill('Twice')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Add Twice' }).waitFor()
  await page.getByRole('button', { name: 'Delete the piece' }).click()
  await soon(() => page.getByRole('button', { name: 'Add Twice' }).count()).toBe(0)
  // The copy in the graph is its own.
  expect(await nodes()).toEqual(['subgraph'])
})
