/** A page that is to work for us and does not come up: what of it could not be had is what people are told. */
import type { Page } from 'playwright-core'
import { CommandFailure, exitCodes } from './command-failure.ts'

/** Milliseconds that a page has to come up; on a machine that does nothing else it takes one or two thousand. */
const patience = 60_000

interface Listening {
  (event: 'pageerror', listener: (error: Error) => void): unknown
  (event: 'requestfailed', listener: (request: { url(): string }) => void): unknown
  (event: 'response', listener: (response: { ok(): boolean; url(): string }) => void): unknown
}
type StartingPage = Pick<Page, 'goto'> & { readonly on: Listening; readonly off: Listening }

/** Notes what goes wrong with a page first. While it listens, the driver keeps what it knows of every request: of a long render thousands. */
class StartTrouble implements Disposable {
  readonly #page: StartingPage
  #thrown: Error | undefined
  #missing: string | undefined

  constructor(page: StartingPage) {
    this.#page = page
    page.on('pageerror', this.#onError)
    page.on('requestfailed', this.#onFailure)
    page.on('response', this.#onResponse)
  }

  /** What the page threw. */
  get thrown(): Error | undefined {
    return this.#thrown
  }

  /** Address of a file that could not be had. */
  get missing(): string | undefined {
    return this.#missing
  }

  [Symbol.dispose](): void {
    this.#page.off('pageerror', this.#onError)
    this.#page.off('requestfailed', this.#onFailure)
    this.#page.off('response', this.#onResponse)
  }

  readonly #onError = (error: Error): void => {
    this.#thrown ??= error
  }
  readonly #onFailure = (request: { url(): string }): void => {
    this.#missing ??= request.url()
  }
  readonly #onResponse = (response: { ok(): boolean; url(): string }): void => {
    if (!response.ok()) this.#missing ??= response.url()
  }
}

/**
 * Opens `url` and waits until the page is up.
 * @param isUp resolves once it is; rejects when it is not within so many milliseconds
 * @throws what the page itself threw; else a `CommandFailure` that names the first of its files that could not be had
 */
export async function startPage(
  page: StartingPage,
  url: string,
  isUp: (timeout: number) => Promise<unknown>,
): Promise<void> {
  using trouble = new StartTrouble(page)
  try {
    await page.goto(url, { timeout: patience })
    await isUp(patience)
  } catch (error) {
    const { thrown, missing } = trouble
    if (thrown) throw thrown
    const cause = missing ? `: ${new URL(missing).pathname} could not be loaded` : ''
    throw Object.assign(
      new CommandFailure(
        exitCodes.render,
        `The page that renders did not come up within ${patience / 1000} seconds${cause}.`,
        missing
          ? 'Run “npm run build”, and give the command again.'
          : 'Give the command again once this computer has less to do, or set FRAMEWRIGHT_BROWSER to another browser.',
      ),
      { cause: error },
    )
  }
}
