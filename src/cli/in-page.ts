/** Work done in the browser's page, and everything put away however it ends. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ensureBuilt, projectFolder, startAppServer } from '../host/app-server.ts'
import { sourceStamp } from '../host/build-stamp.ts'
import type { HeadlessSession } from '../host/headless-session.ts'
import type { CommandContext } from './command-process.ts'

/** What answers requests of the page beside the app, and what of it must be put away. */
export interface PageNeeds extends Pick<CommandContext, 'say' | 'browser'> {
  /** Aborted by whatever ends the work early; the reasons are `CommandFailure`s. */
  readonly ends: readonly AbortSignal[]
  /** Throws what makes a browser needless, before there is one. @param version see `Page` */
  readonly refuse?: (version: string) => void
  readonly answer: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Removes what must not stay. Synchronous, so that it can run as the process ends; may run more than once. */
  readonly discard: () => void
}

export interface Page {
  readonly session: HeadlessSession
  readonly origin: string
  /** A hash of everything that the app is built from. */
  readonly version: string
}

/** `work`, or the reason of whichever of `signals` aborts first. */
function unless<T>(signals: readonly AbortSignal[], work: Promise<T>): Promise<T> {
  const signal = AbortSignal.any([...signals])
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject)
  })
}

/** Seconds for the browser to close by itself; one that does not is ended together with this process. */
const closingSeconds = 1

function atMost(seconds: number, work: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000)
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}

/** Serves the app, opens the page, does `work` with it, and puts everything away however that ends. */
export async function inPage<T>(
  { say, browser, ends, refuse, answer, discard }: PageNeeds,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  process.once('exit', discard)
  const closers: (() => Promise<unknown>)[] = []
  try {
    const version = sourceStamp(projectFolder)
    refuse?.(version)
    await unless(ends, ensureBuilt(say, version))
    const server = await startAppServer({ answer })
    closers.push(() => server.close())
    const { openSession } = await import('../host/headless-session.ts')
    // Interrupted while the browser starts, it is ended together with this process.
    const session = await unless(ends, openSession({ origin: server.origin, say, ...(browser && { browser }) }))
    closers.push(async () => session[Symbol.asyncDispose]())
    return await unless([...ends, session.crashSignal], work({ session, origin: server.origin, version }))
  } finally {
    discard()
    await atMost(closingSeconds, async () => {
      for (const close of closers.reverse()) await close()
      process.off('exit', discard)
    })
  }
}
