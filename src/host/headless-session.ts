/** The app's headless page in a browser without a window, as an engine that Node can call. */
import type { Browser, Page } from 'playwright-core'
import type { AddedAsset } from '../assets/asset.ts'
import type {
  EngineStatus,
  ExportProgress,
  ExportReport,
  ExportRequest,
  MeasureProgress,
  MeasureReport,
  MeasureRequest,
  Outcome,
  Picture8,
  PreviewRequest,
  SeriesRequest,
} from '../engine/door/api.ts'
import type { Problem } from '../graph/document/problems.ts'
import type { AssetFactsOf, AssetKind } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import { findBrowser, gpusToTry } from './browser.ts'
import { noGpu, openPage, type StartedPage, startBrowser, startOnBestGpu } from './browser-start.ts'
import type {} from './headless-page.ts'
import { PageLife, type WatchedBrowser, type WatchedPage } from './page-life.ts'
import { ProgressListener } from './progress-listener.ts'

type Frames = Pick<MeasureProgress, 'framesDone' | 'frames'>

/** A number over the clip; `null`: it was not measured, or is none. */
export interface NumberSeries {
  readonly first: number
  readonly values: readonly (number | null)[]
  readonly problems: readonly Problem[]
}

const nothingShown: Outcome<Picture8> = {
  ok: false,
  problems: [
    {
      code: 'render-failed',
      severity: 'error',
      message: 'The page returned no picture of this output.',
      hint: 'Run the command again.',
    },
  ],
}

type SessionBrowser = WatchedBrowser & Pick<Browser, 'version'>
type SessionPage = WatchedPage & Pick<Page, 'evaluate' | 'exposeFunction' | 'setInputFiles'>

/** @typeParam P what of the page its callers may reach besides */
export class HeadlessSession<P extends SessionPage = Page> implements AsyncDisposable {
  readonly page: P
  readonly status: EngineStatus
  /** Its version, such as `156.0.7123.4`. */
  readonly browser: string
  readonly #life: PageLife
  readonly #exported = new ProgressListener<ExportProgress>()
  readonly #measured = new ProgressListener<Frames>()
  readonly #close: () => Promise<void>

  private constructor(started: SessionParts<P>, close: () => Promise<void>) {
    this.page = started.page
    this.status = started.status
    this.browser = started.browser.version()
    this.#life = new PageLife(started.browser, started.page)
    this.#close = close
  }

  /** @param close ends what the session began, be it the page or the whole browser */
  static async of<P extends SessionPage>(
    started: SessionParts<P>,
    close: () => Promise<void>,
  ): Promise<HeadlessSession<P>> {
    const session = new HeadlessSession(started, close)
    try {
      await session.page.exposeFunction('framewrightProgress', session.#exported.tell)
      await session.page.exposeFunction('framewrightMeasured', session.#measured.tell)
      return session
    } catch (error) {
      await session[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Aborted when the browser dies under us; the reason says so. */
  get crashSignal(): AbortSignal {
    return this.#life.crashSignal
  }

  async addAsset(kind: AssetKind, id: string, paths: readonly string[]): Promise<Outcome<AddedAsset>> {
    await this.page.setInputFiles('#files', [...paths])
    return this.#life.whileAlive(
      this.page.evaluate(
        async ([of, name]) => {
          const { engine, chosenFiles } = window.framewright!
          const addedAsset = await engine.addAsset(of, name, chosenFiles())
          if (!addedAsset.ok) return addedAsset
          const facts = await engine.assetFacts(of, addedAsset.value.ref, true)
          return facts.ok ? { ok: true, value: { ...addedAsset.value, facts: facts.value } } : facts
        },
        [kind, id] as const,
      ),
    )
  }

  assetFacts(kind: AssetKind, ref: AssetRef): Promise<Outcome<AssetFactsOf[AssetKind]>> {
    return this.#life.whileAlive(
      this.page.evaluate(([of, asset]) => window.framewright!.engine.assetFacts(of, asset, true), [kind, ref] as const),
    )
  }

  export(request: ExportRequest, onProgress: (progress: ExportProgress) => void): Promise<Outcome<ExportReport>> {
    return this.#exported.during(onProgress, () =>
      this.#life.whileAlive(
        this.page.evaluate(
          (text) =>
            window.framewright!.engine.export(JSON.parse(text) as ExportRequest, (progress) =>
              window.framewrightProgress?.(progress),
            ),
          // As text: the request is plain data, and its type is too deep for what Playwright makes of types.
          JSON.stringify(request),
        ),
      ),
    )
  }

  cancelExport(): Promise<void> {
    return this.#life.whileAlive(this.page.evaluate(() => window.framewright!.engine.cancelExport()))
  }

  allowCode(codes: readonly string[]): Promise<void> {
    return this.#life.whileAlive(this.page.evaluate((all) => window.framewright!.engine.allowCode(all), [...codes]))
  }

  /** See `Engine`; progress is told by frames alone. */
  measure(request: MeasureRequest, onProgress: (progress: Frames) => void): Promise<Outcome<MeasureReport>> {
    return this.#measured.during(onProgress, () =>
      this.#life.whileAlive(
        this.page.evaluate(
          (text) =>
            window.framewright!.engine.measure(JSON.parse(text) as MeasureRequest, ({ framesDone, frames }) =>
              window.framewrightMeasured?.({ framesDone, frames }),
            ),
          JSON.stringify(request),
        ),
      ),
    )
  }

  async knownSeries(request: SeriesRequest): Promise<Outcome<readonly NumberSeries[]>> {
    const text = await this.#life.whileAlive(
      this.page.evaluate(async (json) => {
        const outcome = await window.framewright!.engine.knownSeries(JSON.parse(json) as SeriesRequest)
        // NaN is no JSON: it becomes null there.
        return JSON.stringify(
          outcome.ok
            ? { ok: true, value: outcome.value.map((each) => ({ ...each, values: Array.from(each.values) })) }
            : outcome,
        )
      }, JSON.stringify(request)),
    )
    return JSON.parse(text) as Outcome<readonly NumberSeries[]>
  }

  /** A small picture of an output. */
  async picture(request: PreviewRequest, side: number): Promise<Outcome<Picture8>> {
    const json = await this.#life.whileAlive(
      this.page.evaluate(
        async ([json, longest]) => {
          const outcome = await window.framewright!.engine.thumbnail(JSON.parse(json) as PreviewRequest, longest)
          if (!outcome.ok || !outcome.value) return JSON.stringify(outcome)
          const { pixels, ...size } = outcome.value
          return JSON.stringify({ ok: true, value: { ...size, pixels: Array.from(pixels) } })
        },
        [JSON.stringify(request), side] as const,
      ),
    )
    const outcome = JSON.parse(json) as Outcome<{ width: number; height: number; pixels: number[] } | null>
    if (!outcome.ok) return outcome
    if (!outcome.value) return nothingShown
    return { ok: true, value: { ...outcome.value, pixels: new Uint8ClampedArray(outcome.value.pixels) } }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.close()
    await this.#close()
  }
}

interface SessionParts<P> extends Pick<StartedPage, 'status'> {
  readonly browser: SessionBrowser
  readonly page: P
}

export interface SessionOptions {
  /** Of the app server. */
  readonly origin: string
  /** The page to open there; the app's own headless one where absent. */
  readonly page?: string
  readonly say: (line: string) => void
  /** Runs already: the session has a page of its own in it, and leaves it running. Absent: the session starts one. */
  readonly browser?: Browser
}

/** Opens the page in a browser that runs already, on whatever GPU that one has. */
async function openSessionIn(browser: Browser, url: string): Promise<HeadlessSession> {
  const started = await openPage(browser, url)
  const close = () => started.page.close()
  if (started.status.adapter) return HeadlessSession.of(started, close)
  await close()
  throw noGpu(`version ${browser.version()}`, started.status.reason ?? '')
}

/** Opens the page on the best GPU that works. Throws `CommandFailure` where none does. */
export async function openSession({
  origin,
  page: name = 'headless.html',
  say,
  browser: running,
}: SessionOptions): Promise<HeadlessSession> {
  const url = `${origin}/${name}`
  if (running) return openSessionIn(running, url)
  const executable = findBrowser()
  const started = await startOnBestGpu(executable, gpusToTry(), (gpu) => startBrowser(executable, url, gpu), say)
  return HeadlessSession.of(started, () => started.browser.close())
}
