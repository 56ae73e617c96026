/**
 * Finds a browser for `start`, `render`, `test` and `bench`: `FRAMEWRIGHT_BROWSER`, an installed
 * Chrome, Chromium or Edge, else (Debian, as root) one installed by apt-get; else it says what to install.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** `software`: SwiftShader, a CPU pretending to be a GPU. */
export type GpuKind = 'hardware' | 'software'

/**
 * Flags for headless use. On SwiftShader, without the angle and vulkan flags, uploads of video frames fail and
 * WebGPU canvases read back empty.
 */
export const browserFlags = (gpu: GpuKind): readonly string[] => [
  '--enable-unsafe-webgpu',
  ...(gpu === 'hardware'
    ? // Without a window there is no surface, and Linux's default GL back end has no WebGPU beside it.
      process.platform === 'linux'
      ? ['--use-angle=vulkan', '--disable-vulkan-surface']
      : []
    : [
        '--use-webgpu-adapter=swiftshader',
        '--use-angle=swiftshader',
        '--use-vulkan=swiftshader',
        // The CPU paints the page's text and lines in half the time it takes to play a GPU that paints them. (Without
        // GPU compositing as well it would be faster still, but then WebGPU canvases stay empty.)
        '--disable-gpu-rasterization',
      ]),
  '--enable-features=Vulkan',
  '--ignore-gpu-blocklist',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

/** What tests run on: the same everywhere unless `FRAMEWRIGHT_GPU=hardware`. */
export const browserArguments: readonly string[] = browserFlags(
  process.env.FRAMEWRIGHT_GPU === 'hardware' ? 'hardware' : 'software',
)

/**
 * Which GPUs are worth trying, best first. `FRAMEWRIGHT_GPU` (`hardware` or `software`) decides alone; else a
 * Linux machine without a render device has nothing but software.
 */
export function gpusToTry(): readonly GpuKind[] {
  const setting = process.env.FRAMEWRIGHT_GPU
  if (setting === 'hardware' || setting === 'software') return [setting]
  if (setting) throw new Error(`FRAMEWRIGHT_GPU is “${setting}”; set it to hardware or software, or unset it.`)
  const none = process.platform === 'linux' && !existsSync('/dev/dri') && !existsSync('/dev/nvidia0')
  return none ? ['software'] : ['hardware', 'software']
}

const names = [
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
]

const fixedPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ...[process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Microsoft/Edge/Application/msedge.exe'),
    ]),
]

const runnable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function installed(): string | undefined {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, process.platform === 'win32' ? `${name}.exe` : name)))
  return [...onPath, ...fixedPlaces].find(runnable)
}

/** Path of the browser to use. Throws an `Error` with one line that says what to install. */
export function findBrowser(): string {
  const path = process.env.FRAMEWRIGHT_BROWSER
  if (path) {
    if (!runnable(path)) throw new Error(`FRAMEWRIGHT_BROWSER names ${path}, which cannot be run; correct or unset it.`)
    return path
  }
  const browser = installed()
  if (browser) return browser
  if (existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    process.stderr.write('No browser found; installing Debian’s chromium…\n')
    spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'] })
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    const now = installed()
    if (now) return now
  }
  throw new Error(
    'No browser found: install Google Chrome, Chromium or Microsoft Edge, or set FRAMEWRIGHT_BROWSER to one.',
  )
}

/** Debian's. (The command of this name is a script around it, which does not end it when it is ended itself.) */
const headlessShell = '/usr/lib/chromium/chromium-headless-shell'

/**
 * Path of the browser for pages under test: Chromium without the parts that people see of a browser, where it is
 * installed, since a page of it starts in two thirds of the time; else the one that everything else uses.
 */
export const findTestBrowser = (): string =>
  process.env.FRAMEWRIGHT_BROWSER || !runnable(headlessShell) ? findBrowser() : headlessShell
