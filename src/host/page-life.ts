/** Whether the page that works for us is still there: what waits for it when it dies is told so, rather than waiting for good. */
import type { Browser, Page } from 'playwright-core'
import { CommandFailure, exitCodes } from './command-failure.ts'

export type WatchedBrowser = Pick<Browser, 'isConnected'> & {
  on(event: 'disconnected', listener: () => void): unknown
  off(event: 'disconnected', listener: () => void): unknown
}
export type WatchedPage = Pick<Page, 'isClosed'> & { on(event: 'crash', listener: () => void): unknown }

export class PageLife {
  readonly #browser: WatchedBrowser
  readonly #page: WatchedPage
  readonly #crash = new AbortController()
  #isClosing = false

  constructor(browser: WatchedBrowser, page: WatchedPage) {
    this.#browser = browser
    this.#page = page
    browser.on('disconnected', this.#browserEnded)
    page.on('crash', () => this.#die('The browser’s page crashed'))
  }

  /** Aborted when browser or page die under us; the reason is a `CommandFailure` that says so. */
  get crashSignal(): AbortSignal {
    return this.#crash.signal
  }

  readonly #browserEnded = (): void => this.#die('The browser ended')

  #die(what: string): void {
    if (this.#isClosing) return
    this.#crash.abort(
      new CommandFailure(
        exitCodes.render,
        `${what} while rendering; nothing was written.`,
        'It may have run out of memory: try a smaller picture or a smaller tile of SR Model.',
      ),
    )
  }

  /** What comes of `work`; rejects with the reason of `crashSignal` as soon as the page is gone. */
  async whileAlive<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#crash
    let fail: () => void = () => undefined
    const death = new Promise<never>((_, reject) => {
      fail = () => reject(signal.reason)
    })
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
    try {
      return await Promise.race([death, work])
    } catch (error) {
      // A dying browser rejects its calls a moment before it says that it died.
      if (this.#page.isClosed() || !this.#browser.isConnected()) this.#browserEnded()
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', fail)
    }
  }

  /** From now on its end is wanted. */
  close(): void {
    this.#isClosing = true
    this.#browser.off('disconnected', this.#browserEnded)
  }
}
