/** A tab closed in the middle of an export: nothing stands under the final name, and the next tab can begin anew. */
import type { Page } from 'playwright-core'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { GraphDocument } from '../../src/graph/document/document.ts'
import { sharedBrowser } from './editor-page.ts'

const fileName = 'closed.mp4'

/** Begins to export the plain recipe into the browser's store; resolves after some frames, while it goes on. */
function beginExport(page: Page): Promise<number> {
  return page.evaluate(async (name) => {
    const { engine } = window.framewright!
    const file = await (await fetch('graphs/bicubic.json')).json()
    const records = (map: object) =>
      Object.fromEntries(Object.entries(map).map(([id, record]) => [id, { id, ...record }]))
    const document = { ...file, nodes: records(file.nodes), edges: records(file.edges) } as GraphDocument
    return new Promise<number>((resolve, reject) => {
      const outputs = { encode: { fileName: name, target: { kind: 'store' } } } as never
      engine
        .export({ document, outputs }, ({ frame }) => frame >= 3 && resolve(frame))
        .then((outcome) => !outcome.ok && reject(new Error(JSON.stringify(outcome.problems))), reject)
    })
  }, fileName)
}

/** Names in the folder that finished files wait in. */
const stored = (page: Page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle('exports', { create: true })
    const names: string[] = []
    for await (const name of folder.keys()) names.push(name)
    return names
  })

test('leaves no file under the final name, and what was half-written goes with the next export', async () => {
  const context = await (await sharedBrowser()).newContext()
  onTestFinished(() => context.close())
  const first = await context.newPage()
  await first.goto(`${inject('appAddress')}/headless.html`)
  expect(await beginExport(first)).toBeLessThan(96)
  await first.close()

  const second = await context.newPage()
  await second.goto(`${inject('appAddress')}/headless.html`)
  expect(await stored(second)).not.toContain(fileName)
  const taken = await second.evaluate(
    (name) =>
      window.framewright!.engine.takeOutput(name).then(
        () => 'there',
        (error: Error) => error.message,
      ),
    fileName,
  )
  expect(taken).toContain(fileName)
  expect(await stored(second)).toEqual([])
  expect(await beginExport(second)).toBeGreaterThanOrEqual(3)
})
