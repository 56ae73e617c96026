/**
 * `npx tsx scripts/screenshots.ts [folder] [--all]`: pictures of the built editor with the default recipe, after its
 * preview has come: `editor.png` (1440×900, dark) for the README; with `--all` also light, and both at 1024×700.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { ensureBuilt, projectFolder, startAppServer } from '../src/cli/app-server.ts'
import { browserArguments, findBrowser } from './browser.ts'

const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true })
const folder = positionals[0] ?? join(projectFolder, 'docs')
mkdirSync(folder, { recursive: true })

const looks = [
  { name: 'editor', width: 1440, height: 900, colorScheme: 'dark' },
  { name: 'editor-light', width: 1440, height: 900, colorScheme: 'light' },
  { name: 'editor-small', width: 1024, height: 700, colorScheme: 'dark' },
  { name: 'editor-small-light', width: 1024, height: 700, colorScheme: 'light' },
] as const

await ensureBuilt((line) => process.stderr.write(`${line}\n`))
const server = await startAppServer()
const browser = await chromium.launch({ executablePath: findBrowser(), args: [...browserArguments] })
try {
  for (const { name, width, height, colorScheme } of values.all ? looks : looks.slice(0, 1)) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme })
    await page.goto(`${server.origin}/`)
    const shown = page.locator('.viewer-stage[data-state="shown"]')
    await shown.waitFor({ timeout: 120_000 })
    // With a node chosen, the inspector shows what can be set.
    await page.locator('.react-flow__node', { hasText: 'Residual Blend' }).click()
    await shown.waitFor({ timeout: 120_000 })
    await page.mouse.move(0, 0)
    const path = join(folder, `${name}.png`)
    await page.screenshot({ path, animations: 'disabled' })
    process.stdout.write(`${path}\n`)
    await page.close()
  }
} finally {
  await browser.close()
  await server.close()
}
