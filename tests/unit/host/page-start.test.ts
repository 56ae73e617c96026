import { EventEmitter } from 'node:events'
import { beforeEach, expect, test } from 'vitest'
import { startPage } from '../../../src/host/page-start.ts'

class PlayedPage extends EventEmitter {
  readonly goto = async () => null
}

const address = 'http://127.0.0.1:4000/headless.html'
const late = async () => {
  throw new Error('page.waitForFunction: Timeout 60000ms exceeded.')
}
const file = (ok: boolean) => ({ ok: () => ok, url: () => 'http://127.0.0.1:4000/assets/engine.js' })

let page: PlayedPage
beforeEach(() => {
  page = new PlayedPage()
})

test('a page that comes up is no matter, whatever of it is missing, and is listened to no longer', async () => {
  await startPage(page, address, async () => page.emit('response', file(false)))
  expect(page.eventNames()).toEqual([])
})

test('of one that does not, the file that is missing is named, and what to do', async () => {
  const start = startPage(page, address, async () => {
    page.emit('response', file(true))
    page.emit('response', file(false))
    await late()
  })
  await expect(start).rejects.toMatchObject({
    message: 'The page that renders did not come up within 60 seconds: /assets/engine.js could not be loaded.',
    hint: 'Run “npm run build”, and give the command again.',
    exitCode: 4,
  })
})

test('a request that failed counts as a file that is missing', async () => {
  const start = startPage(page, address, async () => {
    page.emit('requestfailed', file(false))
    await late()
  })
  await expect(start).rejects.toThrow('/assets/engine.js could not be loaded')
})

test('where all of it is there, the computer had too much to do', async () => {
  await expect(startPage(page, address, late)).rejects.toMatchObject({
    message: 'The page that renders did not come up within 60 seconds.',
    hint: expect.stringContaining('less to do'),
  })
})

test('what the page itself threw is told instead', async () => {
  const start = startPage(page, address, async () => {
    page.emit('pageerror', new Error('out of luck'))
    await late()
  })
  await expect(start).rejects.toThrow('out of luck')
})
