/**
 * Starts a browser without a window and opens a page of the app in it, on the best GPU that works: real hardware where it
 * does, else SwiftShader on the CPU (`FRAMEWRIGHT_GPU` decides where it is set).
 */
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { EngineStatus } from '../engine/door/api.ts'
import { browserFlags, type GpuKind } from './browser.ts'
import { CommandFailure, exitCodes } from './command-failure.ts'
import type {} from './headless-page.ts'
import { startPage } from './page-start.ts'
import { runMark, sweepLeftovers } from './run-mark.ts'

/** A page of the app that is up, and what its engine says of the GPU. */
export interface StartedPage {
  readonly browser: Browser
  readonly page: Page
  readonly status: EngineStatus
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

export async function openPage(browser: Browser, url: string): Promise<StartedPage> {
  const page = await browser.newPage()
  await startPage(page, url, (timeout) =>
    page.waitForFunction(() => window.framewright !== undefined, undefined, { timeout }),
  )
  const status = await page.evaluate(() => window.framewright!.engine.status())
  return { browser, page, status }
}

/** @param executable which browser, for people */
export const noGpu = (executable: string, reason: string) =>
  new CommandFailure(
    exitCodes.render,
    `This browser offers no usable graphics processor (${executable}).`,
    reason || 'Use a Chrome, Chromium or Edge of version 121 or later (FRAMEWRIGHT_BROWSER names it).',
  )

/** Starts the browser on one GPU, and opens the page there. */
export async function startBrowser(executable: string, url: string, gpu: GpuKind): Promise<StartedPage> {
  const folder = folderForProfiles()
  const browser = await launch(executable, gpu)
  // Behind the driver's own, which ends the browser.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  try {
    return await openPage(browser, url)
  } catch (error) {
    await browser.close()
    throw error
  }
}

type Started = Pick<StartedPage, 'status'> & { readonly browser: Pick<Browser, 'close'> }

/**
 * Tries `gpus` one after the other, and ends the browsers that are not the one.
 * @throws `CommandFailure` where none of them works, with the reason that the last one gave
 */
export async function startOnBestGpu<T extends Started>(
  executable: string,
  gpus: readonly GpuKind[],
  start: (gpu: GpuKind) => Promise<T>,
  say: (line: string) => void,
): Promise<T> {
  let reason = ''
  for (const gpu of gpus) {
    const started = await start(gpu)
    const { adapter } = started.status
    // Software under the hardware flags lacks those that SwiftShader needs to be correct: start again with them.
    if (adapter && (gpu === 'software' || !adapter.software)) return started
    reason = adapter
      ? 'It has only the CPU’s (SwiftShader), and FRAMEWRIGHT_GPU asks for hardware: unset it.'
      : (started.status.reason ?? '')
    if (gpu === 'hardware' && gpus.includes('software')) say('No usable GPU found; rendering on the CPU (SwiftShader).')
    await started.browser.close()
  }
  throw noGpu(executable, reason)
}
