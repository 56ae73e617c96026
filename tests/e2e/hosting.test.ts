/** The built app as hosts really serve it: below some folder, without isolation headers, and then not at all. */
import { expect, onTestFinished, test } from 'vitest'
import { type AppServerOptions, startAppServer } from '../../src/host/app-server.ts'
import { type EditorPage, editorOpener } from './editor-page.ts'

const openEditor = editorOpener({ errors: 'expected' })
let editor: EditorPage

const host = async (options: AppServerOptions) => {
  const server = await startAppServer(options)
  onTestFinished(() => server.close())
  return server
}

test('works below a folder, and after the first visit without a network', async () => {
  const server = await host({ base: '/some/path/' })
  const address = `${server.origin}/some/path/`
  expect((await fetch(`${server.origin}/index.html`)).status).toBe(404)
  editor = await openEditor({ recipe: 'default', address, serviceWorkers: 'allow' })
  const { page } = editor
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  expect(editor.errors).toEqual([])

  await server.close()
  await page.reload()
  await editor.node('sr-model').waitFor()
  await editor.settled()
  await editor.node('grain').locator('h3').click()
  await editor.openRecipe(/Bicubic/)
  await editor.settled()
  await page.keyboard.press('Control+e')
  await page.getByRole('textbox', { name: 'File name' }).waitFor()
})

test('works where the host sends no isolation headers, on one thread, and says so', async () => {
  const server = await host({ isolated: false })
  editor = await openEditor({ recipe: 'default', address: `${server.origin}/` })
  const { page } = editor
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  await page.locator('.status-bar').getByText('1 WASM thread (not isolated)').waitFor()
  await editor.node('sr-model').getByText('WASM').first().waitFor()
  expect(editor.errors).toEqual([])
})
