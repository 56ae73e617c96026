/** `npm run render` in a folder of the test's own: as a process, or where it is not the process that is tested, in this one. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { test as base } from 'vitest'
import { runIn } from '../../src/cli/command-process.ts'
import { renderCommand } from '../../src/cli/render-command.ts'
import { findTestBrowser } from '../../src/host/browser.ts'

export const project = fileURLToPath(new URL('../..', import.meta.url))
export const bicubic = join(project, 'public/graphs/bicubic.json')
export const shipped = join(project, 'public/samples')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once standard error has said something that fits. */
  said(pattern: RegExp): Promise<void>
}

/** For a render in the browser that it finds by itself, where that matters: others take the one that starts sooner. */
export const asFound: NodeJS.ProcessEnv = { FRAMEWRIGHT_BROWSER: process.env.FRAMEWRIGHT_BROWSER }

/** Starts `render` in a folder, as npm does. */
export const startIn = (folder: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Running =>
  follow(
    spawn(process.execPath, ['--import', import.meta.resolve('tsx'), join(project, 'src/cli/render.ts'), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...('FRAMEWRIGHT_BROWSER' in environment
          ? environment
          : { ...environment, FRAMEWRIGHT_BROWSER: findTestBrowser() }),
      },
    }),
  )

/** Starts it by npm itself, in a process group of its own, as a terminal does. */
export const startNpm = (folder: string, ...args: string[]): Running =>
  follow(
    spawn('npm', ['run', '--silent', '--prefix', project, 'render', '--', ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  )

function follow(child: ChildProcessByStdio<null, Readable, Readable>): Running {
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout.on('data', (text) => {
    stdout += String(text)
  })
  child.stderr.on('data', (text) => {
    stderr += String(text)
    for (const listener of listeners) listener()
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  return {
    process: child,
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(stderr)) resolve()
        }
        listeners.add(look)
        look()
        ended.then(({ code }) => reject(new Error(`ended with ${code} before saying ${pattern}: ${stderr}`)), reject)
      }),
  }
}

let lastRender: Promise<unknown> = Promise.resolve()

/**
 * What the process of a render would end with, without the seconds that a process and a browser of its own take to start.
 * One after another: they have the folder that they are in, and the mark of their process, in common.
 */
export function renderIn(folder: string, args: readonly string[], browser?: Browser): Promise<Ended> {
  const render = async (): Promise<Ended> => {
    const [stdout, stderr]: [string[], string[]] = [[], []]
    const into = (texts: string[]) =>
      new Writable({
        write(text, _, done) {
          texts.push(String(text))
          done()
        },
      })
    const surroundings = {
      stdout: into(stdout),
      stderr: into(stderr),
      interruptSignal: new AbortController().signal,
      ...(browser && { browser }),
    }
    const before = process.cwd()
    process.chdir(folder)
    try {
      const code = await runIn(surroundings, renderCommand, args)
      return { code, stdout: stdout.join(''), stderr: stderr.join('') }
    } finally {
      process.chdir(before)
    }
  }
  const ended = lastRender.then(render)
  lastRender = ended.catch(() => undefined)
  return ended
}

interface Fixtures {
  /** Of all renders that are no processes. */
  readonly browser: Browser
  /** The test's own, in which it runs what it runs. */
  readonly folder: string
  /** As a process. */
  readonly start: (...args: string[]) => Running
  /** In this process: for what a render makes and says. */
  readonly render: (...args: string[]) => Promise<Ended>
  /** Everything below the folder, hidden files too. */
  readonly left: () => string[]
}

export const test = base.extend<Fixtures>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern that it needs no other fixture.
    async ({}, use) => {
      const { sharedBrowser } = await import('./editor-page.ts')
      await use(await sharedBrowser())
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern that it needs no other fixture.
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'framewright-render-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  start: async ({ folder }, use) => use((...args) => startIn(folder, args)),
  render: async ({ folder, browser }, use) => use((...args) => renderIn(folder, args, browser)),
  left: async ({ folder }, use) => use(() => readdirSync(folder, { recursive: true }).map(String).sort()),
})
