/** Keys go where the hand means them: to the viewer after a click, to a control that was reached by keyboard. */
import { expect, test } from 'vitest'
import { editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener()

test('after a click on any switch, and after Enter in any field, the keys belong to the viewer; after a menu, to what a key has opened', async () => {
  const editor = await openEditor()
  const { page } = editor
  // A quarter of the pixels: a frame more is rendered after each click.
  await editor.node('bicubic').click()
  await page.locator('.side [data-param="factor"] input').fill('1')
  await page.keyboard.press('Enter')
  await editor.settled()
  const frame = async () => Number(await page.locator('.frame-number').textContent())
  const steps = async (after: string) => {
    const before = await frame()
    await page.keyboard.press('ArrowRight')
    await expect.poll(frame, { message: `ArrowRight after ${after}`, timeout: 30_000 }).toBe(before + 1)
  }
  // What opens nothing that would take the keys: switches, tabs, ways to compare.
  const switches = page.locator('.viewer [aria-pressed]:enabled, .side-tabs [role="tab"]')
  const count = await switches.count()
  expect(count).toBeGreaterThan(8)
  for (const at of [...Array(count).keys(), count - 2]) {
    await switches.nth(at).click()
    await steps(`a click on switch ${at}`)
  }
  const fields = page.locator('.side input:visible')
  expect(await fields.count()).toBeGreaterThan(1)
  for (const at of Array(await fields.count()).keys()) {
    await fields.nth(at).click()
    await page.keyboard.press('Enter')
    await steps(`Enter in field ${at}`)
  }
  // Between the points that were set, and without going round, it would play for two frames; the clicks above may have
  // left it either way.
  const loop = page.getByRole('button', { name: 'Loop' })
  if ((await loop.getAttribute('aria-pressed')) !== 'true') await loop.click()
  expect(await loop.getAttribute('aria-pressed')).toBe('true')
  // Space plays, and does not press the button again as it comes up.
  const wipe = page.getByRole('button', { name: /^Wipe/ })
  await wipe.click()
  await page.keyboard.press('Space')
  await soon(() => page.getByRole('button', { name: 'Pause' }).count()).toBe(1)
  await page.keyboard.press('Space')
  await soon(() => page.getByRole('button', { name: 'Play' }).count()).toBe(1)
  expect(await wipe.getAttribute('aria-pressed')).toBe('true')

  // A menu that closes late leaves the focus to what a key has opened meanwhile.
  const later = await openEditor({
    clip: 'never',
    // On a busy page keys come before timers, and by a timer menus give the focus back.
    before: async (page) => {
      await page.addInitScript(() => {
        const own = window.setTimeout
        const late = (run: () => void, wait = 0) => own(run, wait < 2 ? 900 : wait)
        Object.assign(window, { setTimeout: late })
      })
    },
  })
  const { page: late } = later
  await later.newGraph()
  await late.keyboard.press('Shift+A')
  await late.keyboard.type('grain')
  // A timer begun now runs after the menu's own, which is as late.
  await late.evaluate(() => new Promise<void>((resolve) => setTimeout(resolve)))
  await late.keyboard.press('Enter')
  await later.node('grain').waitFor()
})
