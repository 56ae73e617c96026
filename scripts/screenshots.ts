/**
 * `npx tsx scripts/screenshots.ts [--all] [--state name …] [--folder path]`: pictures of the built editor.
 * Without flags `docs/editor.png` (1440×900, dark) for the README; with `--all`, or for the states named, every look
 * (1440×900 and 1024×700, dark and light) into `out/screens/`, which git ignores.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, chromium } from 'playwright-core'
import { ensureBuilt, projectFolder, startAppServer } from '../src/host/app-server.ts'
import { browserArguments, findBrowser } from '../src/host/browser.ts'
import { type ScreenState, screenStates } from './screen-states.ts'

const { values } = parseArgs({
  options: { all: { type: 'boolean' }, state: { type: 'string', multiple: true }, folder: { type: 'string' } },
})

interface Look {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly colorScheme: 'dark' | 'light'
}

const looks: readonly Look[] = [
  { name: 'dark', width: 1440, height: 900, colorScheme: 'dark' },
  { name: 'light', width: 1440, height: 900, colorScheme: 'light' },
  { name: 'small-dark', width: 1024, height: 700, colorScheme: 'dark' },
  { name: 'small-light', width: 1024, height: 700, colorScheme: 'light' },
]

const stateNames = values.state ?? []
const unknown = stateNames.find((name) => !screenStates.some((state) => state.name === name))
if (unknown)
  throw new Error(`There is no state “${unknown}”; there are ${screenStates.map(({ name }) => name).join(', ')}.`)
const states = stateNames.length > 0 ? screenStates.filter(({ name }) => stateNames.includes(name)) : screenStates

await ensureBuilt((line) => process.stderr.write(`${line}\n`))
const server = await startAppServer()
const launch = (args: readonly string[]) => chromium.launch({ executablePath: findBrowser(), args: [...args] })
const noGpu = ['--disable-gpu', '--disable-features=WebGPU,Vulkan', '--no-sandbox']
const browsers = new Map<boolean, Browser>()

async function take(state: ScreenState, { width, height, colorScheme }: Look, path: string): Promise<void> {
  const without = state.noGpu === true
  const browser = browsers.get(without) ?? (await launch(without ? noGpu : browserArguments))
  browsers.set(without, browser)
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  })
  try {
    // The system's file dialogs cannot be driven; without these the editor downloads instead.
    await context.addInitScript(() => {
      // The tour has a picture of its own.
      localStorage.setItem('framewright/tour', 'seen')
      for (const name of ['showSaveFilePicker', 'showDirectoryPicker'])
        Object.defineProperty(window, name, { value: undefined })
    })
    const page = await context.newPage()
    await state.before?.(page)
    await page.goto(`${server.origin}/${state.recipe ? `?graph=${state.recipe}` : ''}`)
    if (!without && !state.before) await page.locator('.viewer-stage[data-state="shown"]').waitFor({ timeout: 120_000 })
    await state.reach(page)
    await page.screenshot({ path, animations: 'disabled' })
    process.stdout.write(`${path}\n`)
  } finally {
    await context.close()
  }
}

try {
  if (!values.all && stateNames.length === 0) {
    const folder = values.folder ?? join(projectFolder, 'docs')
    mkdirSync(folder, { recursive: true })
    await take(screenStates[0]!, looks[0]!, join(folder, 'editor.png'))
  } else {
    const folder = values.folder ?? join(projectFolder, 'out/screens')
    mkdirSync(folder, { recursive: true })
    for (const state of states)
      for (const look of looks) await take(state, look, join(folder, `${state.name}-${look.name}.png`))
  }
} finally {
  for (const browser of browsers.values()) await browser.close()
  await server.close()
}
