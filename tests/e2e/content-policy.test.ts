/** The app under its content policy: nothing that it does is kept from it, and what is not its own is. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { projectFolder, startAppServer } from '../../src/host/app-server.ts'
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
  await page.getByRole('textbox', { name: 'for' }).fill('0.1')
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

test('what an earlier version stored goes when a new one takes over, and what it shares stays', async () => {
  let version = 1
  const built = readFileSync(join(projectFolder, 'dist/service-worker.js'), 'utf8')
  const server = await startAppServer({
    answer(request, response) {
      if (request.url !== '/service-worker.js') return false
      // The browser takes a worker whose bytes differ for a new version; it takes over once no page of the old is open.
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(`${built}\n// ${version}`)
      return true
    },
  })
  onTestFinished(() => server.close())
  const editor = await openEditor({ address: `${server.origin}/`, serviceWorkers: 'allow' })
  const { page } = editor
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const shared = await page.evaluate(async () => {
    const worker = await (await fetch('service-worker.js')).text()
    const name = /assets\/ffmpeg-core-[\w-]+\.wasm/.exec(worker)?.[0]
    if (!name) throw new Error('the service worker knows no ffmpeg')
    const cache = await caches.open('framewright-used-once')
    for (const file of [name, 'assets/ffmpeg-core-earlier.wasm']) await cache.put(file, new Response('stored'))
    return name
  })
  version = 2
  const address = page.url()
  await page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()))
  await page.evaluate(async () => {
    const { installing, waiting } = await navigator.serviceWorker.ready
    if (waiting || !installing) return
    await new Promise<void>((resolve) =>
      installing.addEventListener('statechange', () => installing.state === 'installed' && resolve()),
    )
  })
  const context = page.context()
  await page.close()
  const again = await context.newPage()
  await again.goto(address)
  const stored = () =>
    again.evaluate(async () => {
      const cache = await caches.open('framewright-used-once')
      return (await cache.keys()).map(({ url }) => new URL(url).pathname.slice(1))
    })
  await soon(stored).not.toContain('assets/ffmpeg-core-earlier.wasm')
  expect(await stored()).toContain(shared)
})
