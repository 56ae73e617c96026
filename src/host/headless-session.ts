/**
 * A browser without a window, with the app's headless page in it, as an engine that Node can call. Chooses the
 * GPU: real hardware where it works, else SwiftShader on the CPU (`FRAMEWRIGHT_GPU` decides where it is set).
 */
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
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
import { browserFlags, findBrowser, type GpuKind, gpusToTry } from './browser.ts'
import { CommandFailure, exitCodes } from './command-failure.ts'
import type {} from './headless-page.ts'
import { PageLife } from './page-life.ts'
import { startPage } from './page-start.ts'
import { runMark, sweepLeftovers } from './run-mark.ts'

export interface HeadlessSession extends AsyncDisposable {
  readonly page: Page
  readonly status: EngineStatus
  /** Its version, such as `156.0.7123.4`. */
  readonly browser: string
  /** Aborted when the browser dies under us; the reason says so. */
  readonly crashSignal: AbortSignal
  addAsset(kind: AssetKind, id: string, paths: readonly string[]): Promise<Outcome<AddedAsset>>
  assetFacts(kind: AssetKind, ref: AssetRef): Promise<Outcome<AssetFactsOf[AssetKind]>>
  export(request: ExportRequest, onProgress: (progress: ExportProgress) => void): Promise<Outcome<ExportReport>>
  cancelExport(): Promise<void>
  allowCode(codes: readonly string[]): Promise<void>
  /** See `Engine`; progress is told by frames alone. */
  measure(request: MeasureRequest, onProgress: (progress: Frames) => void): Promise<Outcome<MeasureReport>>
  knownSeries(request: SeriesRequest): Promise<Outcome<readonly NumberSeries[]>>
  /** A small picture of an output. */
  picture(request: PreviewRequest, side: number): Promise<Outcome<Picture8>>
}

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

export interface SessionOptions {
  /** Of the app server. */
  readonly origin: string
  /** The page to open there; the app's own headless one where absent. */
  readonly page?: string
  readonly say: (line: string) => void
  /** Runs already: the session has a page of its own in it, and leaves it running. Absent: the session starts one. */
  readonly browser?: Browser
}

const folderPrefix = 'framewright-browser-'
const systemFolder = tmpdir()

/**
 * Lets the browser's driver put profiles and whatever else it lays down into a folder of this run's own: what a killed
 * run left is known by that name, and swept away. The driver takes the place for them from the environment. Not so the
 * browser, which makes sockets, for whose paths systems allow a hundred characters.
 */
function folderForProfiles(): string {
  sweepLeftovers(systemFolder, folderPrefix)
  const folder = join(systemFolder, `${folderPrefix}${runMark}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of process.platform === 'win32' ? ['TEMP', 'TMP'] : ['TMPDIR']) process.env[name] = folder
  return folder
}

const environment = { ...process.env }

async function launch(executablePath: string, gpu: GpuKind): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath,
      args: [...browserFlags(gpu)],
      env: environment,
      // Ctrl+C is ours: the outputs must be put away before the browser goes.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    })
  } catch (error) {
    const [line] = (error as Error).message.split('\n')
    throw new CommandFailure(
      exitCodes.render,
      `The browser ${executablePath} did not start (${line}).`,
      'Check that it starts on its own, or set FRAMEWRIGHT_BROWSER to another.',
    )
  }
}

async function openPage(browser: Browser, url: string): Promise<{ page: Page; status: EngineStatus }> {
  const page = await browser.newPage()
  await startPage(page, url, (timeout) =>
    page.waitForFunction(() => window.framewright !== undefined, undefined, { timeout }),
  )
  const status = await page.evaluate(() => window.framewright!.engine.status())
  return { page, status }
}

const noGpu = (executable: string, reason: string) =>
  new CommandFailure(
    exitCodes.render,
    `This browser offers no usable graphics processor (${executable}).`,
    reason || 'Use a Chrome, Chromium or Edge of version 121 or later (FRAMEWRIGHT_BROWSER names it).',
  )

/** Opens the page in a browser that runs already, on whatever GPU that one has. */
async function openSessionIn(browser: Browser, url: string): Promise<HeadlessSession> {
  const { page, status } = await openPage(browser, url)
  if (!status.adapter) {
    await page.close()
    throw noGpu(`version ${browser.version()}`, status.reason ?? '')
  }
  return createSession(browser, page, status, () => page.close())
}

/** Opens the page on the best GPU that works. Throws `CommandFailure` where none does. */
export async function openSession({
  origin,
  page: name = 'headless.html',
  say,
  browser: running,
}: SessionOptions): Promise<HeadlessSession> {
  if (running) return openSessionIn(running, `${origin}/${name}`)
  const executable = findBrowser()
  const folder = folderForProfiles()
  let reason = ''
  const candidates = gpusToTry()
  for (const gpu of candidates) {
    const browser = await launch(executable, gpu)
    // Behind the driver's own, which ends the browser.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
    try {
      const { page, status } = await openPage(browser, `${origin}/${name}`)
      // Software under the hardware flags lacks those that SwiftShader needs to be correct: start again with them.
      if (status.adapter && (gpu === 'software' || !status.adapter.software))
        return await createSession(browser, page, status, () => browser.close())
      reason = status.adapter
        ? 'It has only the CPU’s (SwiftShader), and FRAMEWRIGHT_GPU asks for hardware: unset it.'
        : (status.reason ?? '')
      if (gpu === 'hardware' && candidates.includes('software'))
        say('No usable GPU found; rendering on the CPU (SwiftShader).')
    } catch (error) {
      await browser.close()
      throw error
    }
    await browser.close()
  }
  throw noGpu(executable, reason)
}

async function createSession(
  browser: Browser,
  page: Page,
  status: EngineStatus,
  close: () => Promise<void>,
): Promise<HeadlessSession> {
  const life = new PageLife(browser, page)
  const alive = <T>(work: Promise<T>): Promise<T> => life.whileAlive(work)

  let onProgress: ((progress: ExportProgress) => void) | undefined
  await page.exposeFunction('framewrightProgress', (progress: ExportProgress) => onProgress?.(progress))
  let onMeasured: ((progress: Frames) => void) | undefined
  await page.exposeFunction('framewrightMeasured', (progress: Frames) => onMeasured?.(progress))
  const choose = (paths: readonly string[]) => page.setInputFiles('#files', [...paths])

  return {
    page,
    status,
    browser: browser.version(),
    crashSignal: life.crashSignal,
    async addAsset(kind, id, paths) {
      await choose(paths)
      return alive(
        page.evaluate(
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
    },
    assetFacts: (kind, ref) =>
      alive(
        page.evaluate(([of, asset]) => window.framewright!.engine.assetFacts(of, asset, true), [kind, ref] as const),
      ),
    async export(request, report) {
      onProgress = report
      try {
        return await alive(
          page.evaluate(
            (text) =>
              window.framewright!.engine.export(JSON.parse(text) as ExportRequest, (progress) =>
                window.framewrightProgress?.(progress),
              ),
            // As text: the request is plain data, and its type is too deep for what Playwright makes of types.
            JSON.stringify(request),
          ),
        )
      } finally {
        onProgress = undefined
      }
    },
    cancelExport: () => alive(page.evaluate(() => window.framewright!.engine.cancelExport())),
    allowCode: (codes) => alive(page.evaluate((all) => window.framewright!.engine.allowCode(all), [...codes])),
    async measure(request, report) {
      onMeasured = report
      try {
        return await alive(
          page.evaluate(
            (text) =>
              window.framewright!.engine.measure(JSON.parse(text) as MeasureRequest, ({ framesDone, frames }) =>
                window.framewrightMeasured?.({ framesDone, frames }),
              ),
            JSON.stringify(request),
          ),
        )
      } finally {
        onMeasured = undefined
      }
    },
    async knownSeries(request) {
      const text = await alive(
        page.evaluate(async (json) => {
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
    },
    async picture(request, side) {
      const json = await alive(
        page.evaluate(
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
    },
    async [Symbol.asyncDispose]() {
      life.close()
      await close()
    },
  }
}
