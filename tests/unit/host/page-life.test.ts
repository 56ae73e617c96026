import { EventEmitter } from 'node:events'
import { beforeEach, expect, test } from 'vitest'
import { PageLife } from '../../../src/host/page-life.ts'

class PlayedBrowser extends EventEmitter {
  connected = true
  isConnected = () => this.connected
}
class PlayedPage extends EventEmitter {
  closed = false
  isClosed = () => this.closed
}

let browser: PlayedBrowser
let page: PlayedPage
let life: PageLife
beforeEach(() => {
  browser = new PlayedBrowser()
  page = new PlayedPage()
  life = new PageLife(browser, page)
})
const never = () => new Promise<never>(() => undefined)

test('while the page lives, work gives what it gives and fails as it fails', async () => {
  expect(await life.whileAlive(Promise.resolve(7))).toBe(7)
  await expect(life.whileAlive(Promise.reject(new Error('out of luck')))).rejects.toThrow('out of luck')
  expect(life.crashSignal.aborted).toBe(false)
})

test.each([
  ['the page crashes', () => page.emit('crash'), 'The browser’s page crashed while rendering; nothing was written.'],
  ['the browser ends', () => browser.emit('disconnected'), 'The browser ended while rendering; nothing was written.'],
])('%s: what waits for it is told, and so is whoever comes later', async (_, die, sentence) => {
  const waiting = life.whileAlive(never())
  die()
  await expect(waiting).rejects.toThrow(sentence)
  await expect(life.whileAlive(Promise.resolve(1))).rejects.toThrow(sentence)
  expect(life.crashSignal.reason).toMatchObject({ message: sentence, exitCode: 4 })
})

test.each([
  ['page', () => Object.assign(page, { closed: true })],
  ['browser', () => Object.assign(browser, { connected: false })],
])('a call that a dying %s rejects before it says that it dies is not blamed', async (_, die) => {
  die()
  await expect(life.whileAlive(Promise.reject(new Error('Target closed')))).rejects.toThrow('The browser ended while')
})

test('an end that is wanted is no crash', () => {
  life.close()
  browser.emit('disconnected')
  page.emit('crash')
  expect(life.crashSignal.aborted).toBe(false)
  expect(browser.listenerCount('disconnected')).toBe(0)
})
