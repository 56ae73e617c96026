/** A region that plays: nothing stands still around it, and what lies around it comes back. */
import { expect, test } from 'vitest'
import { type EditorPage, editorOpener, type Look } from './editor-page.ts'

const openEditor = editorOpener()
let editor: EditorPage

/** The cell of a look (64 × 36) at a place of the stage, both in [0,1]. */
const at = (look: Look, x: number, y: number) => look[Math.floor(y * 36) * 64 + Math.floor(x * 64)] ?? 0

test('while a region plays nothing is shown around it; after, what lies around it is that of the frame', async () => {
  editor = await openEditor({ colorScheme: 'dark' })
  const { page } = editor
  await page.locator('.viewer-surface').focus()
  await page.keyboard.press('Shift+R')
  await page.keyboard.press('Enter')
  await page.locator('.viewer-stage[data-region="160,90 320×180"]').waitFor()
  const beside = await editor.lookUntil((look) => at(look, 0.22, 0.5) > 20)
  await page.getByRole('button', { name: 'Play' }).click()
  await page.getByText('Only the region plays').waitFor()
  const playing = await editor.look()
  // The plain ground of the viewer, while inside something is to be seen.
  expect(at(playing, 0.22, 0.5)).toBeLessThan(14)
  expect(at(playing, 0.5, 0.5)).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Only the region plays').waitFor({ state: 'detached' })
  const after = await editor.lookUntil((look) => at(look, 0.22, 0.5) > 20)
  expect(at(after, 0.5, 0.5)).toBeGreaterThan(20)
  expect(at(beside, 0.5, 0.5)).toBeGreaterThan(20)
})
