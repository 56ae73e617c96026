/** The first visit: a tour that waits for the person's own hand and ends with a changed picture. */
import { expect, test } from 'vitest'
import { difference, type EditorPage, editorOpener } from './editor-page.ts'

const openEditor = editorOpener()
let editor: EditorPage

test('begins by itself once, follows the hand, and leaves a changed picture', async () => {
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
  await page.locator('[data-param="personality"] [role="slider"]').focus()
  await page.keyboard.press('End')
  await tour.getByRole('heading', { name: 'The picture is yours' }).waitFor()
  await editor.lookUntil((look) => difference(before, look) > 1)
  await tour.getByRole('button', { name: 'Done' }).click()
  await tour.waitFor({ state: 'detached' })

  const again = await page.context().newPage()
  await again.goto(page.url())
  await again.locator('.react-flow__node').first().waitFor()
  expect(await again.locator('.tour').count()).toBe(0)
  await again.keyboard.press('Control+k')
  await again.getByRole('dialog').getByRole('combobox').fill('tour')
  await again.keyboard.press('Enter')
  await again.locator('.tour').waitFor()
  await again.getByRole('button', { name: 'End the tour' }).click()
  await again.locator('.tour').waitFor({ state: 'detached' })
})
