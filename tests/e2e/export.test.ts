/** The export queue as a hand uses it: pause, go on, close the tab, come back, several clips and graphs. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { expect, inject, onTestFinished, test } from 'vitest'
import { type EditorPage, editorOpener, launchWhole, soon } from './editor-page.ts'
import { probe } from './media-probe.ts'

const clip = fileURLToPath(new URL('../../public/samples/field-guide.mp4', import.meta.url))

const openEditor = editorOpener({ errors: 'expected' })
let editor: EditorPage

/** The plain recipe, which renders fastest (`factor` 1: a quarter of the pixels), with its export form open. */
async function openForm({
  factor,
  ...options
}: Parameters<typeof openEditor>[0] & { factor?: 1 } = {}): Promise<EditorPage> {
  editor = await openEditor(options)
  if (factor) {
    await editor.node('bicubic').locator('h3').click()
    await editor.page.locator('[data-param="factor"] input').fill(String(factor))
    await editor.page.keyboard.press('Enter')
  }
  await editor.page.keyboard.press('Control+e')
  return editor
}

const begin = (page: Page) => page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
const job = (page: Page, name: string): Locator => page.getByRole('listitem', { name, exact: true })

async function part(page: Page, seconds: string): Promise<void> {
  await page.getByRole('radio', { name: 'A part' }).click()
  await page.getByRole('textbox', { name: 'for' }).fill(seconds)
}

/** Waits until so many frames are said to be done. */
const reached = async (row: Locator, frames: number): Promise<void> => {
  const done = async () => Number((await row.locator('.job-figures').textContent())?.match(/^(\d+) of/)?.[1] ?? 0)
  await expect.poll(done, { timeout: 120_000, interval: 100 }).toBeGreaterThanOrEqual(frames)
}

async function download(row: Locator): Promise<string> {
  const link = row.getByRole('link', { name: 'Download' })
  await link.waitFor({ timeout: 150_000 })
  const coming = row.page().waitForEvent('download')
  await link.click()
  return (await coming).path()
}

/** Another visit of the same person. */
async function comeBack(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(`${inject('appAddress')}/`)
  return page
}

const evenly = (frames: number) => Array.from({ length: frames }, (_, index) => index / 24)
const expectTimes = (starts: readonly number[], frames: number) => {
  expect(starts).toHaveLength(frames)
  for (const [index, start] of evenly(frames).entries()) expect(starts[index]).toBeCloseTo(start, 2)
}

test('a tab closed in the middle of an export goes on from the last finished segment', async () => {
  const { page } = await openForm({ factor: 1 })
  await part(page, '3')
  await begin(page)
  await reached(job(page, 'enhanced.mp4'), 52)
  const context = page.context()
  await page.close()

  const again = await comeBack(context)
  await again.getByText('The export of “enhanced.mp4” was interrupted').waitFor()
  await again.keyboard.press('Control+e')
  const row = job(again, 'enhanced.mp4')
  await row.getByText('Interrupted; 48 of 72 frames are kept.').waitFor()
  await row.getByRole('button', { name: 'Resume' }).click()
  const written = await probe(await download(row))
  expect(written).toMatchObject({ videoCodec: 'h264', width: 320, height: 180, frames: 72 })
  expect(written.keys).toEqual(expect.arrayContaining([0, 48]))
  expectTimes(written.starts, 72)
  expect(written.audioCodec).not.toBeNull()
})

test('a clip that the next visit does not have is asked for by name, and what was kept is used', async () => {
  const { page } = await openForm({ factor: 1 })
  await page.locator('input[type=file][aria-label="Clips to export"]').setInputFiles(clip)
  await page.getByRole('list', { name: 'Clips to export' }).getByText('field-guide.mp4').waitFor()
  await part(page, '2')
  await begin(page)
  const row = job(page, 'enhanced.mp4')
  await reached(row, 4)
  await row.getByRole('button', { name: 'Pause' }).click()
  const kept = (await row.getByText(/^Paused; \d+ of 48 frames are kept\.$/).textContent())?.match(/\d+/)?.[0]
  const context = page.context()
  await page.close()

  const again = await comeBack(context)
  await again.getByText('The export of “enhanced.mp4” was interrupted').waitFor()
  await again.getByRole('button', { name: 'Resume' }).click()
  const after = job(again, 'enhanced.mp4')
  await after.getByText('“field-guide.mp4” is not open here.').waitFor()
  await after.getByText(`It failed; ${kept} of 48 frames are kept.`).waitFor()
  await after.locator('input[type=file]').setInputFiles(clip)
  const written = await probe(await download(after))
  expectTimes(written.starts, 48)
  expect(written.keys).toContain(Number(kept))
})

test('several graphs and clips queue up; a paused one lets the next run, and goes on', async () => {
  const { page } = await openForm({ factor: 1 })
  await page.locator('input[type=file][aria-label="Clips to export"]').setInputFiles([
    { name: 'one.mp4', mimeType: 'video/mp4', buffer: readFileSync(clip) },
    { name: 'two.mp4', mimeType: 'video/mp4', buffer: readFileSync(clip) },
  ])
  await page.getByRole('button', { name: 'Export 2 files' }).waitFor()
  await page.getByText('With other recipes too').click()
  await page.getByRole('checkbox', { name: 'Bicubic ×2' }).check()
  await part(page, '1')
  await page.getByRole('button', { name: 'Export 4 files' }).click()
  const names = ['one-enhanced.mp4', 'one-enhanced-bicubic.mp4', 'two-enhanced.mp4', 'two-enhanced-bicubic.mp4']
  await soon(() => page.locator('.job').count()).toBe(4)
  const [first, second, third] = names.map((name) => job(page, name))
  await reached(first!, 2)
  await first!.getByRole('button', { name: 'Pause' }).click()
  await first!.getByText(/^Paused; \d+ of 24 frames are kept\.$/).waitFor()
  await third!.getByRole('button', { name: 'Cancel' }).click()
  await third!.getByText('The export was cancelled. No file was written.').waitFor()
  await second!.getByRole('link', { name: 'Download' }).waitFor({ timeout: 120_000 })
  await first!.getByRole('button', { name: 'Resume' }).click()
  for (const name of [names[0]!, names[1]!, names[3]!]) {
    const written = await probe(await download(job(page, name)))
    expectTimes(written.starts, 24)
  }
  await page.getByRole('button', { name: 'Clear finished' }).click()
  await page.getByText('Nothing is being exported.').waitFor()
})

test('a chosen file is written in its place, of a cancelled export nothing stays; a place that may not be written is said', async () => {
  const { page } = await openForm({ factor: 1, dialogs: 'private files' })
  const there = () =>
    page.evaluate(async () => {
      const sizes: Record<string, number> = {}
      const entries = (await navigator.storage.getDirectory()).values()
      for await (const entry of entries)
        if (entry.kind === 'file') sizes[entry.name] = (await (entry as FileSystemFileHandle).getFile()).size
      return sizes
    })
  await part(page, '2')
  const submit = page.getByRole('button', { name: 'Choose file and export…' })
  await submit.click()
  const row = job(page, 'enhanced.mp4')
  await reached(row, 2)
  expect(await there()).toEqual({ 'enhanced.mp4': 0 })
  await row.getByRole('button', { name: 'Cancel' }).click()
  await row.getByText('The export was cancelled. No file was written.').waitFor()
  await soon(there).toEqual({})

  // Begun again it asks for a place anew.
  await row.getByRole('button', { name: 'Export again' }).click()
  await row.getByText('Saved where you chose').waitFor({ timeout: 150_000 })
  const written = (await there())['enhanced.mp4'] ?? 0
  expect(written).toBeGreaterThan(25_000)
  await row.getByRole('button', { name: 'Remove' }).click()
  expect(await there()).toEqual({ 'enhanced.mp4': written })

  // As if another program had the next file open: the browser refuses it. The work is kept, and another place taken.
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const handle = await root.getFileHandle('held.mp4', { create: true })
    const options = { mode: 'exclusive' } as FileSystemCreateWritableOptions
    Object.assign(window, { held: await handle.createWritable(options) })
  })
  await page.getByRole('button', { name: 'New export…' }).click()
  await page.getByRole('textbox', { name: 'File name' }).fill('held.mp4')
  await part(page, '0.5')
  await submit.click()
  const held = job(page, 'held.mp4')
  await held.getByText('It failed; 12 of 12 frames are kept.').waitFor({ timeout: 120_000 })
  await held.getByText('“held.mp4” could not be written: the browser may not write there.').waitFor()
  await held.getByRole('button', { name: 'Download at the end instead' }).click()
  expectTimes((await probe(await download(held))).starts, 12)
})

test('tells beforehand how long and how large, shows how far it is, writes what was asked, and remembers the form', async () => {
  const { page } = await openForm()
  await page.getByRole('button', { name: 'WEBM' }).click()
  await part(page, '1')
  await page
    .getByText(/^(About|Under) .+ and [\d.]+ (kB|MB), measured on \d+ of 24 frames$/)
    .waitFor({ timeout: 120_000 })
  // Several exports are measured each, and told of as one sum.
  await page.getByText('With other recipes too').click()
  const other = page.getByRole('checkbox', { name: 'Bicubic ×2' })
  await other.check()
  await page
    .getByText(/^(About|Under) .+ and [\d.]+ (kB|MB) for all 2, measured on \d+ of 48 frames$/)
    .waitFor({ timeout: 120_000 })
  const again = await comeBack(page.context())
  await again.locator('.react-flow__node').first().waitFor()
  await again.keyboard.press('Control+e')
  await soon(() => again.getByRole('textbox', { name: 'File name' }).inputValue()).toBe('enhanced.webm')
  await again.close()

  await other.uncheck()
  await page.getByRole('textbox', { name: 'File name' }).fill('by hand.webm')
  await page.getByRole('textbox', { name: 'for' }).fill('0.25')
  await begin(page)
  await page.getByRole('progressbar').waitFor()
  const link = page.getByRole('link', { name: 'Download' })
  await link.waitFor({ timeout: 120_000 })
  const downloading = page.waitForEvent('download')
  await link.click()
  const file = await downloading
  expect(file.suggestedFilename()).toBe('by hand.webm')
  const written = await probe(await file.path())
  expect(written).toMatchObject({ videoCodec: 'vp9', width: 640, height: 360, frames: 6 })
  expect(written.duration).toBeCloseTo(0.25, 1)
  expect(written.audioCodec).not.toBeNull()
})

test('goes on while one edits, and tells at the end in the title and by a notification', async () => {
  // The headless shell tells a page that it may not notify, whatever it was granted.
  const whole = await launchWhole()
  onTestFinished(() => whole.close())
  const { page } = await openForm({ permissions: ['notifications'], on: whole })
  await page.evaluate(() => {
    // What the system shows cannot be seen from here; what the page hands to it can.
    const shown: string[] = []
    const Real = Notification
    class Seen extends Real {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options)
        shown.push(options?.body ?? '')
      }
    }
    Object.assign(window, { Notification: Seen, shown })
  })
  await part(page, '1')
  await begin(page)
  await page.getByRole('checkbox', { name: 'Notify me when it is done' }).check()
  await page.getByRole('button', { name: 'Close' }).last().click()
  await page
    .locator('.status-export')
    .getByText(/Exporting \d+ %/)
    .waitFor()
  await soon(() => page.title()).toMatch(/^\d+ % exported – Framewright$/)
  await page.getByRole('button', { name: 'Add Grain' }).click()
  await editor.node('grain').waitFor()
  await page.getByText('enhanced.mp4 is finished.').waitFor({ timeout: 120_000 })
  expect(await page.evaluate(() => (window as unknown as { shown: string[] }).shown)).toEqual([
    'enhanced.mp4 is finished',
  ])
  await page.getByRole('button', { name: 'Show exports' }).click()
  const written = await probe(await download(job(page, 'enhanced.mp4')))
  expectTimes(written.starts, 24)
})
