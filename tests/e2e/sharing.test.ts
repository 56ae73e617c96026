/** Graphs handed on: by a link, and in the file they made, as other programs hand that on. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { type EditorPage, editorOpener, type OpenOptions, soon } from './editor-page.ts'

const openEditor = editorOpener()
let editor: EditorPage
const folder = mkdtempSync(join(tmpdir(), 'framewright-sharing-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const open = (options: OpenOptions = {}): Promise<EditorPage> =>
  openEditor({ wait: 'nodes', permissions: ['clipboard-read', 'clipboard-write'], ...options })

const title = (page: Page) => page.locator('.document-title > span').first()

async function copyLink(page: Page): Promise<string> {
  await page.evaluate(() => navigator.clipboard.writeText(''))
  await page.locator('.document-title').click()
  await page.keyboard.press('l')
  await page.getByText('A link with the whole graph was copied.').last().waitFor()
  // What is said may be said still of the copy before.
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  await soon(copied).not.toBe('')
  return copied()
}

async function setFactor(page: Page, factor: string) {
  await editor.node('bicubic').locator('h3').click()
  await page.locator('.side [data-param="factor"] input').fill(factor)
  await page.keyboard.press('Enter')
}

/** The same tab goes to another address of the page, as by hand in the address bar. */
const follow = (page: Page, address: string) =>
  page.evaluate((href) => {
    window.location.href = href
  }, address)

async function drop(page: Page, path: string, name: string) {
  const transfer = await page.evaluateHandle(
    ([base64, fileName]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      const made = new DataTransfer()
      made.items.add(new File([bytes], fileName))
      return made
    },
    [readFileSync(path).toString('base64'), name] as const,
  )
  await page.dispatchEvent('.canvas', 'drop', { dataTransfer: transfer })
}

const chooseFile = (file: { name: string; buffer: Buffer }) => editor.chooseFile({ ...file, mimeType: '' })

test('an exported file carries its graph, also through ffmpeg -c copy, and offers it when dropped; so does a link, followed in an open tab', async () => {
  editor = await open()
  const { page } = editor
  await setFactor(page, '1.5')
  const link = await copyLink(page)
  await page.keyboard.press('Control+e')
  await page.getByRole('textbox', { name: 'File name' }).fill('carrier.mp4')
  await page.getByRole('radio', { name: 'A part' }).click()
  await page.getByRole('textbox', { name: 'to', exact: true }).fill('2')
  await page.getByRole('button', { name: 'Export', exact: true }).last().click()
  const download = page.getByRole('link', { name: 'Download' })
  await download.waitFor({ timeout: 120_000 })
  const downloading = page.waitForEvent('download')
  await download.click()
  const made = join(folder, 'carrier.mp4')
  await (await downloading).saveAs(made)
  await page.keyboard.press('Escape')

  let path = made
  if (spawnSync('ffmpeg', ['-version']).status === 0) {
    path = join(folder, 'copied.mkv')
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', made, '-c', 'copy', path])
  }
  await editor.openRecipe(/^Default:/)
  await drop(page, path, 'copied.mkv')
  await page.getByText('Decode now opens “copied.mkv”.').waitFor()
  const offer = page.locator('.toast').filter({ hasText: '“copied.mkv” carries the graph that made it.' })
  await offer.getByRole('button', { name: 'Open its graph' }).click()
  await soon(() => title(page).textContent()).toBe('Bicubic ×2')
  // The exported graph says what it was exported as; all else is as it was.
  const name = page.locator('.side [data-param="fileName"] input')
  await soon(async () => {
    // The canvas fits the new graph into view; a click before that may miss.
    await editor.node('encode').locator('h3').click()
    return name.isVisible()
  }).toBe(true)
  if ((await name.inputValue()) !== 'enhanced.mp4') await name.fill('enhanced.mp4')
  await page.keyboard.press('Enter')
  expect(await copyLink(page)).toBe(link)

  // Opened as a graph rather than dropped; then one that carries none and is a clip, and one whose graph is damaged.
  await editor.openRecipe(/^Default:/)
  await chooseFile({ name: 'copied.mkv', buffer: readFileSync(path) })
  await soon(() => title(page).textContent()).toBe('Bicubic ×2')
  const clip = join(import.meta.dirname, '../fixtures/media/vfr.mp4')
  await chooseFile({ name: 'plain.mp4', buffer: readFileSync(clip) })
  await page.getByText('Decode now opens “plain.mp4”.').waitFor()
  // As many bytes as before: the graph is damaged, the file around it is not.
  const whole = readFileSync(path).toString('latin1')
  expect(whole).toContain('"edges": {')
  const damaged = Buffer.from(whole.replace('"edges": {', '"edges": ['), 'latin1')
  await chooseFile({ name: 'damaged.mkv', buffer: damaged })
  await page.getByRole('alert').filter({ hasText: '“The graph in damaged.mkv” was not opened.' }).waitFor()
  expect(await title(page).textContent()).toBe('Bicubic ×2')

  // A link followed in the open tab: cut short it changes nothing, whole it keeps what was there.
  await editor.still()
  await setFactor(page, '4')
  await follow(page, link.slice(0, -20))
  await page.getByRole('alert').filter({ hasText: 'This link was cut short on its way' }).waitFor()
  expect(await page.locator('.side [data-param="factor"] input').inputValue()).toBe('4')
  await follow(page, link)
  await page.getByRole('button', { name: 'Bring it back' }).click()
  await editor.still()
  await editor.node('bicubic').locator('h3').click()
  await soon(() => page.locator('.side [data-param="factor"] input').inputValue()).toBe('4')
})
