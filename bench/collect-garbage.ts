/**
 * Loaded before a render whose memory is measured (`node --expose-gc --import`): throws away, whenever it is told to, what nothing holds
 * any more in Node, in the browser's page and in each worker of it. What is left then is held by something, or is the allocators' own.
 */
import { type Browser, type CDPSession, chromium } from 'playwright-core'

/** Megabytes that scripts hold, by where they run. */
export type Heaps = Readonly<Record<string, number>>

/** Milliseconds after which a worker that does not answer is passed over: it may have ended. */
const patience = 10_000

interface Target {
  readonly name: string
  send(method: string): Promise<{ readonly usedSize?: number } | undefined>
}

type Send = (method: string, params: object) => Promise<unknown>
type Listen = (event: string, listener: (params: never) => void) => void

/** Keeps `targets` those workers that `send` and `listen` speak of, and their own. */
function followWorkers(targets: Map<string, Target>, send: Send, listen: Listen): Promise<unknown> {
  const receivers = new Map<string, (message: string) => void>()
  listen('Target.receivedMessageFromTarget', ({ sessionId, message }: { sessionId: string; message: string }) =>
    receivers.get(sessionId)?.(message),
  )
  listen('Target.detachedFromTarget', ({ sessionId }: { sessionId: string }) => targets.delete(sessionId))
  listen(
    'Target.attachedToTarget',
    ({ sessionId, targetInfo }: { sessionId: string; targetInfo: { title: string; url: string } }) => {
      let asked = 0
      const answers = new Map<number, (result: never) => void>()
      const listeners = new Map<string, (params: never) => void>()
      receivers.set(sessionId, (text) => {
        const { id, method, params, result } = JSON.parse(text)
        if (id === undefined) listeners.get(method)?.(params as never)
        else answers.get(id)?.(result as never)
      })
      const sendThere = (method: string, params: object = {}) =>
        new Promise<never>((resolve, reject) => {
          asked += 1
          answers.set(asked, resolve)
          const message = JSON.stringify({ id: asked, method, params })
          send('Target.sendMessageToTarget', { sessionId, message }).catch(reject)
        })
      targets.set(sessionId, { name: targetInfo.title || targetInfo.url, send: sendThere })
      followWorkers(targets, sendThere, (event, listener) => listeners.set(event, listener)).catch(() =>
        targets.delete(sessionId),
      )
    },
  )
  return send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false })
}

async function pageTargets(browser: Browser): Promise<Map<string, Target>> {
  const page = browser.contexts()[0]?.pages()[0]
  if (!page) throw new Error('the render has no page')
  const session: CDPSession = await page.context().newCDPSession(page)
  const targets = new Map<string, Target>()
  targets.set('page', { name: 'page', send: (method) => session.send(method as 'Runtime.getHeapUsage') })
  await followWorkers(
    targets,
    (method, params) => session.send(method as 'Target.setAutoAttach', params as never),
    (event, listener) => session.on(event as 'Target.attachedToTarget', listener as never),
  )
  return targets
}

let opened: Promise<Map<string, Target>> | undefined
const launch = chromium.launch.bind(chromium)
const browsers: Browser[] = []
chromium.launch = async (options) => {
  const browser = await launch(options)
  browsers.push(browser)
  opened = undefined
  return browser
}

async function collect(): Promise<Heaps> {
  const browser = browsers.at(-1)
  if (!browser) throw new Error('the render has no browser')
  opened ??= pageTargets(browser)
  const heaps: Record<string, number> = {}
  for (const [id, target] of await opened) {
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience))
    const collecting = target.send('HeapProfiler.collectGarbage').then(() => target.send('Runtime.getHeapUsage'))
    const usage = await Promise.race([collecting, late]).catch(() => null)
    if (usage?.usedSize) heaps[`${target.name} ${id.slice(0, 4)}`] = usage.usedSize / 2 ** 20
  }
  if (!globalThis.gc) throw new Error('Node runs without --expose-gc')
  globalThis.gc()
  heaps.Node = process.memoryUsage().heapUsed / 2 ** 20
  return heaps
}

process.on('message', () => {
  collect().then(
    (heaps) => process.send?.({ heaps }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
