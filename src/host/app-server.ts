/**
 * Serves the built app on this machine, building it first where that is needed. `npm start`, `render`, the
 * benchmark and the end-to-end tests all stand on this one server, so they all see the app that a host would serve.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sirv from 'sirv'
import { isBuiltFrom, sourceStamp } from './build-stamp.ts'
import { contentPolicy } from './content-policy.ts'
import { isolationHeaders } from './isolation-headers.ts'
import { refuseBadBytes, refuseBadRequest, safetyHeaders } from './request-check.ts'
import { runMark, sweepLeftovers } from './run-mark.ts'

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url))
const dist = join(projectFolder, 'dist')

export interface AppServer {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string
  close(): Promise<void>
}

export interface AppServerOptions {
  /** 0 or absent: any free port. */
  readonly port?: number
  /** What to serve, absolute; the built app where absent. */
  readonly folder?: string
  /** Where the app lies on the host, such as `/some/path/`; `/` where absent. Nothing is served outside it. */
  readonly base?: string
  /** `false`: sends no isolation headers, as many static hosts do not. */
  readonly isolated?: boolean
  /** A path to which browsers report what the content policy kept a page from. */
  readonly policyReports?: string
  /** Requests that are not for the app; true: answered here. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean
}

/**
 * Builds the app when `dist/` is missing or not of these sources. The build happens beside `dist/` and takes its
 * place in one step, so whoever serves from there never sees half of one. Rejects with what Vite complains of.
 * @param stamp a hash of the sources, where it is known
 */
export async function ensureBuilt(say: (line: string) => void, stamp = sourceStamp(projectFolder)): Promise<void> {
  if (isBuiltFrom(stamp, dist)) return
  say('Building the app…')
  const cache = join(projectFolder, '.cache')
  const fresh = join(cache, `build-${runMark}`)
  const old = join(cache, `old-${runMark}`)
  mkdirSync(fresh, { recursive: true })
  sweepLeftovers(cache, 'build-')
  sweepLeftovers(cache, 'old-')
  try {
    await runVite(['build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'error'])
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(fresh, dist)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(old, { recursive: true, force: true })
  }
}

/** Runs Vite; rejects where it fails. In a process of its own: a build sets NODE_ENV for good, and a test run's NODE_ENV would give the wrong React. */
export function runVite(args: readonly string[]): Promise<void> {
  const vite = join(projectFolder, 'node_modules/vite/bin/vite.js')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vite, ...args], {
      cwd: projectFolder,
      // Whatever Vite has to say belongs beside the result, never in it.
      stdio: ['ignore', 2, 2],
      env: { ...process.env, NODE_ENV: 'production' },
    })
    // Whoever ends this process wants no build either.
    const end = () => child.kill()
    process.once('exit', end)
    child.once('error', reject)
    child.once('exit', (code) => {
      process.off('exit', end)
      if (code === 0) resolve()
      else reject(new Error('The app could not be built; Vite’s message is above.'))
    })
  })
}

/** Serves `dist/` on 127.0.0.1. Rejects with a sentence where the port is taken. */
export async function startAppServer(options: AppServerOptions = {}): Promise<AppServer> {
  // `dev`: files are looked up when asked for, so a new build is served without a new start.
  const files = sirv(options.folder ?? dist, { dev: true, etag: true })
  const base = options.base ?? '/'
  const server = createServer((request, response) => {
    if (refuseBadRequest(request, response)) return
    for (const [name, value] of Object.entries(safetyHeaders)) response.setHeader(name, value)
    response.setHeader('Content-Security-Policy', contentPolicy(options.policyReports))
    if (options.isolated !== false)
      for (const [name, value] of Object.entries(isolationHeaders)) response.setHeader(name, value)
    if (options.answer?.(request, response)) return
    const missing = () => {
      response.statusCode = 404
      response.end('Not found')
    }
    if (!request.url?.startsWith(base)) return missing()
    request.url = request.url.slice(base.length - 1)
    files(request, response, missing)
  })
  server.on('clientError', refuseBadBytes)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${options.port} is in use; choose another with --port, or leave it out.`)
          : error,
      ),
    )
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
