/** The built app as hosts really serve it: below some folder, without isolation headers, and then not at all. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type AppServerOptions, projectFolder, startAppServer } from '../../src/host/app-server.ts'
import { type EditorPage, editorOpener, soon } from './editor-page.ts'

const openEditor = editorOpener({ errors: 'expected' })
let editor: EditorPage

const host = async (options: AppServerOptions) => {
  const server = await startAppServer(options)
  onTestFinished(() => server.close())
  return server
}

test('works below a folder, gives way to a new version, and works without a network', async () => {
  let version = 1
  const built = readFileSync(join(projectFolder, 'dist/service-worker.js'), 'utf8')
  const server = await host({
    base: '/some/path/',
    answer(request, response) {
      if (request.url !== '/some/path/service-worker.js') return false
      // The browser takes a worker whose bytes differ for a new version; it takes over once no page of the old is open.
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(`${built}\n// ${version}`)
      return true
    },
  })
  const address = `${server.origin}/some/path/`
  expect((await fetch(`${server.origin}/index.html`)).status).toBe(404)
  editor = await openEditor({ recipe: 'default', address, serviceWorkers: 'allow' })
  const { page: earlier } = editor
  await earlier.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  expect(editor.errors).toEqual([])

  // What an earlier version stored goes when a new one takes over, and what it shares stays.
  const shared = await earlier.evaluate(async () => {
    const worker = await (await fetch('service-worker.js')).text()
    const name = /assets\/ffmpeg-core-[\w-]+\.wasm/.exec(worker)?.[0]
    if (!name) throw new Error('the service worker knows no ffmpeg')
    const cache = await caches.open('framewright-used-once')
    for (const file of [name, 'assets/ffmpeg-core-earlier.wasm']) await cache.put(file, new Response('stored'))
    return name
  })
  version = 2
  await earlier.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()))
  await earlier.evaluate(async () => {
    const { installing, waiting } = await navigator.serviceWorker.ready
    if (waiting || !installing) return
    await new Promise<void>((resolve) =>
      installing.addEventListener('statechange', () => installing.state === 'installed' && resolve()),
    )
  })
  const context = earlier.context()
  await earlier.close()
  const page = await context.newPage()
  // The plain recipe, which renders fastest.
  await page.goto(`${address}?graph=bicubic`)
  const stored = () =>
    page.evaluate(async () => {
      const cache = await caches.open('framewright-used-once')
      return (await cache.keys()).map(({ url }) => new URL(url).pathname.replace('/some/path/', ''))
    })
  await soon(stored).not.toContain('assets/ffmpeg-core-earlier.wasm')
  expect(await stored()).toContain(shared)

  await server.close()
  await page.reload()
  const node = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
  const settled = () => page.locator('.viewer-stage[data-state="shown"]').waitFor({ timeout: 120_000 })
  await page.locator('.document-title', { hasText: 'Bicubic ×2' }).waitFor({ timeout: 60_000 })
  await settled()
  await page.getByRole('button', { name: 'File', exact: true }).click()
  await page.getByRole('menuitem', { name: /^Default:/ }).click()
  await node('sr-model').waitFor()
  await settled()
  await node('grain').locator('h3').click()
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
