/** What becomes of exports in the browser’s storage and in files of the person’s: the tab is closed, the place is held. */
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { expect, inject, test } from 'vitest'
import { type EditorPage, editorOpener, soon } from './editor-page.ts'
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
    await editor.page.locator('.side [data-param="factor"] input').fill(String(factor))
    await editor.page.keyboard.press('Enter')
  }
  await editor.page.keyboard.press('Control+e')
  return editor
}

const begin = (page: Page) => page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
const job = (page: Page, name: string): Locator => page.getByRole('listitem', { name, exact: true })

/** @param last of the frames that are exported */
async function part(page: Page, last: string): Promise<void> {
  await page.getByRole('radio', { name: 'A part' }).click()
  await page.getByRole('textbox', { name: 'to', exact: true }).fill(last)
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

/** Names in the folder that finished files wait in. */
const finishedFiles = (page: Page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle('exports', { create: true })
    const names: string[] = []
    for await (const name of folder.keys()) names.push(name)
    return names
  })

const evenly = (frames: number) => Array.from({ length: frames }, (_, index) => index / 24)
const expectTimes = (starts: readonly number[], frames: number) => {
  expect(starts).toHaveLength(frames)
  for (const [index, start] of evenly(frames).entries()) expect(starts[index]).toBeCloseTo(start, 2)
}

test('a tab closed in the middle of an export leaves nothing under its name, and goes on from the last finished segment; a clip that the next visit does not have is asked for by name, and what was kept is used', async () => {
  const { page } = await openForm({ factor: 1 })
  // Some frames after the first segment, which is kept a little later, and many before the last, where it would have ended.
  await part(page, '83')
  await begin(page)
  await reached(job(page, 'field-guide-enhanced.mp4'), 54)
  const context = page.context()
  await page.close()

  const again = await comeBack(context)
  expect(await finishedFiles(again)).toEqual([])
  await again.getByText('The export of “field-guide-enhanced.mp4” was interrupted').waitFor()
  await again.keyboard.press('Control+e')
  const row = job(again, 'field-guide-enhanced.mp4')
  await row.getByText('Interrupted; 48 of 84 frames are kept.').waitFor()
  await row.getByRole('button', { name: 'Resume' }).click()
  const written = await probe(await download(row))
  expect(written).toMatchObject({ videoCodec: 'h264', width: 320, height: 180, frames: 84 })
  expect(written.keys).toEqual(expect.arrayContaining([0, 48]))
  expectTimes(written.starts, 84)
  expect(written.audioCodec).not.toBeNull()

  // Of a clip that only this visit has.
  await row.getByRole('button', { name: 'Remove' }).click()
  await again.getByRole('button', { name: 'New export…' }).click()
  await again.getByRole('textbox', { name: 'File name' }).fill('again.mp4')
  await again.locator('input[type=file][aria-label="Clips to export"]').setInputFiles(clip)
  await again.getByRole('list', { name: 'Clips to export' }).getByText('field-guide.mp4').waitFor()
  await part(again, '47')
  await begin(again)
  const second = job(again, 'again.mp4')
  await reached(second, 4)
  await second.getByRole('button', { name: 'Pause' }).click()
  const kept = (await second.getByText(/^Paused; \d+ of 48 frames are kept\.$/).textContent())?.match(/\d+/)?.[0]
  await again.close()

  const third = await comeBack(context)
  await third.getByText('The export of “again.mp4” was interrupted').waitFor()
  await third.getByRole('button', { name: 'Resume' }).click()
  const after = job(third, 'again.mp4')
  await after.getByText('“field-guide.mp4” is not open here.').waitFor()
  await after.getByText(`It failed; ${kept} of 48 frames are kept.`).waitFor()
  await after.locator('input[type=file]').setInputFiles(clip)
  const whole = await probe(await download(after))
  expectTimes(whole.starts, 48)
  expect(whole.keys).toContain(Number(kept))
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
  await part(page, '47')
  const submit = page.getByRole('button', { name: 'Choose file and export…' })
  await submit.click()
  const row = job(page, 'field-guide-enhanced.mp4')
  await reached(row, 2)
  expect(await there()).toEqual({ 'field-guide-enhanced.mp4': 0 })
  await row.getByRole('button', { name: 'Cancel' }).click()
  await row.getByText('The export was cancelled. No file was written.').waitFor()
  await soon(there).toEqual({})

  // Begun again it asks for a place anew.
  await row.getByRole('button', { name: 'Export again' }).click()
  await row.getByText('Saved where you chose').waitFor({ timeout: 150_000 })
  const written = (await there())['field-guide-enhanced.mp4'] ?? 0
  expect(written).toBeGreaterThan(25_000)
  await row.getByRole('button', { name: 'Remove' }).click()
  expect(await there()).toEqual({ 'field-guide-enhanced.mp4': written })

  // As if another program had the next file open: the browser refuses it. The work is kept, and another place taken.
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const handle = await root.getFileHandle('held.mp4', { create: true })
    const options = { mode: 'exclusive' } as FileSystemCreateWritableOptions
    Object.assign(window, { held: await handle.createWritable(options) })
  })
  await page.getByRole('button', { name: 'New export…' }).click()
  await page.getByRole('textbox', { name: 'File name' }).fill('held.mp4')
  await part(page, '11')
  await submit.click()
  const held = job(page, 'held.mp4')
  await held.getByText('It failed; 12 of 12 frames are kept.').waitFor({ timeout: 120_000 })
  await held.getByText('“held.mp4” could not be written: the browser may not write there.').waitFor()
  await held.getByRole('button', { name: 'Download at the end instead' }).click()
  expectTimes((await probe(await download(held))).starts, 12)
})
