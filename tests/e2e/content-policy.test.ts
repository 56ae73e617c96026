/** The app under its content policy: nothing that it does is kept from it, and what is not its own is. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startAppServer } from '../../src/host/app-server.ts'
import { editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener({ errors: 'expected' })
const avi = fileURLToPath(new URL('../fixtures/media/sample.avi', import.meta.url))

test('models, ffmpeg, workers and an export run without a violation, and a script from outside does not', async () => {
  const reports: string[] = []
  const asked: string[] = []
  const path = '/violations'
  const server = await startAppServer({
    policyReports: path,
    answer(request, response) {
      asked.push(request.url ?? '')
      if (request.url !== path) return false
      let text = ''
      request.on('data', (chunk) => {
        text += String(chunk)
      })
      request.on('end', () => {
        reports.push(text)
        response.writeHead(204).end()
      })
      return true
    },
  })
  onTestFinished(() => server.close())
  const editor = await openEditor({ recipe: 'default', address: `${server.origin}/`, serviceWorkers: 'allow' })
  const { page } = editor
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.keyboard.press('Control+e')
  await page.getByRole('radio', { name: 'A part' }).click()
  await page.getByRole('textbox', { name: 'to', exact: true }).fill('2')
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
  const finished = page.getByRole('link', { name: 'Download' })
  await finished.waitFor({ timeout: 150_000 })
  const coming = page.waitForEvent('download')
  await finished.click()
  expect(readFileSync(await (await coming).path()).length).toBeGreaterThan(1000)
  await page.keyboard.press('Escape')
  const dropped = await page.evaluateHandle(
    (bytes) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array(bytes)], 'sample.avi'))
      return transfer
    },
    [...readFileSync(avi)],
  )
  await page.dispatchEvent('.canvas', 'drop', { dataTransfer: dropped })
  await soon(() => asked.join()).toMatch(/ort-wasm-.*ffmpeg-core-[\w-]+\.wasm/)
  await page.getByText('sample.avi').first().waitFor()
  await editor.settled()
  expect(editor.errors).toEqual([])
  expect(reports).toEqual([])

  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'window.intruder = true'
    document.head.append(script)
  })
  expect(await page.evaluate(() => 'intruder' in window)).toBe(false)
  await soon(() => reports.join()).toContain('script-src')
})
