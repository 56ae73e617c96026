/** What a screen reader, a keyboard and a doubled zoom meet: axe on every state, and nothing out of reach. */
import { expect, onTestFinished, test } from 'vitest'
import { type ScreenState, screenStates } from '../../scripts/screen-states.ts'
import { seriousInBothSchemes } from './axe.ts'
import { type EditorPage, editorOpener, launch } from './editor-page.ts'

const openEditor = editorOpener({ errors: 'expected' })
let editor: EditorPage

const dotInFocus: ScreenState = {
  name: 'a dot of a wire that has the focus',
  recipe: 'bicubic',
  async reach(page) {
    await page.locator('.react-flow__edge[data-id="encode.image"]').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('j')
    await page.getByRole('button', { name: /^Dot/ }).focus()
  },
  async leave(page) {
    await page.keyboard.press('Delete')
    await page.getByRole('button', { name: /^Dot/ }).waitFor({ state: 'detached' })
  },
}

/** States that one page is led through, each left before the next is reached; any other has a page of its own. */
const walks: readonly (readonly string[])[] = [
  // After the models the inspector stays with the chosen one, as no other state has it.
  ['editor', 'region', 'tour', 'models', 'personalities', 'predicted', 'overlay', 'subgraph'],
  ['over-time', 'shader', 'code', 'numbers'],
  // The recipes' own pictures would be made beside whatever came after them.
  ['painting', 'lut', 'recipes'],
  ['shortcuts', dotInFocus.name, 'problems', 'empty'],
  ['export', 'export-queue'],
  ['export-failed'],
  ['loading'],
]

/** Asked about where a test comes by in any case, and where the GPU has compiled all measures: `check.test.ts`. */
const elsewhere = ['check', 'waxy-clip', 'comparison']

const states = new Map([...screenStates, dotInFocus].map((state) => [state.name, state]))
const alone = screenStates
  .filter(({ name, noGpu }) => !noGpu && !walks.flat().includes(name) && !elsewhere.includes(name))
  .map(({ name }) => [name])

test('axe finds nothing serious in any state, dark or light', { timeout: 300_000 }, async () => {
  const found: Record<string, readonly string[]> = {}
  for (const names of [...walks, ...alone]) {
    const walk = names.map((name) => {
      const state = states.get(name)
      if (!state) throw new Error(`There is no state “${name}”.`)
      return state
    })
    const [first] = walk as [ScreenState]
    editor = await openEditor({
      recipe: first.recipe ?? (first.covered ? 'bicubic' : 'default'),
      wait: 'nodes',
      before: first.before,
    })
    const { page } = editor
    for (const state of walk) {
      await state.reach(page)
      Object.assign(found, await seriousInBothSchemes(page, state.name))
      await state.leave?.(page)
    }
    await editor.close()
  }
  expect(found).toEqual({})
})

test('without WebGPU the page says what to do, axe finds nothing serious, and the graph can still be edited', async () => {
  const plain = await launch(['--disable-gpu', '--disable-features=WebGPU,Vulkan', '--no-sandbox'])
  onTestFinished(() => plain.close())
  editor = await openEditor({ on: plain, recipe: 'default', wait: 'nodes' })
  const { page } = editor
  for (const state of screenStates.filter(({ noGpu }) => noGpu)) {
    await state.reach(page)
    await page.getByText('chrome://flags').waitFor()
    expect(await seriousInBothSchemes(page, state.name)).toEqual({})
  }
  await page.getByRole('button', { name: 'Add Deband' }).click()
  await editor.node('deband').waitFor()
  // However much a fix has to say, it stays within its panel.
  await page
    .locator('.status-bar')
    .getByRole('button', { name: /problem|warning/ })
    .click()
  const fix = page.locator('.problem-list .fix').first()
  await fix.evaluate((button) => button.append(' and then some'.repeat(8)))
  const [list, box] = await Promise.all([page.locator('.problem-list').boundingBox(), fix.boundingBox()])
  expect(box!.x + box!.width).toBeLessThanOrEqual(list!.x + list!.width)
  expect(box!.height).toBeGreaterThan(40)
})

/** A zoom of 200 % leaves half as many CSS pixels each way. */
const doubled = { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 }

test('at 200 % zoom nothing is cut off to the side, and an export can be made', async () => {
  editor = await openEditor({ ...doubled, wait: 'nodes' })
  const { page } = editor
  const within = async (what: string) => {
    const box = await page.locator(what).first().boundingBox()
    expect(box, what).not.toBeNull()
    expect(box!.x, what).toBeGreaterThanOrEqual(0)
    expect(box!.x + box!.width, what).toBeLessThanOrEqual(720)
    expect(box!.y + box!.height, what).toBeLessThanOrEqual(450)
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(720)
  for (const part of ['.top-actions .primary', '.viewer-stage', '.canvas', '.side-content', '.status-bar'])
    await within(part)
  await page.getByRole('button', { name: 'Export', exact: true }).first().click()
  await within('.export-form footer .primary')
  await page.getByRole('radio', { name: 'A part' }).click()
  await page.getByRole('textbox', { name: 'to', exact: true }).fill('5')
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('link', { name: 'Download' }).waitFor({ timeout: 120_000 })
  await within('.job .button.primary')
})
