/** What a screen reader, a keyboard and a doubled zoom meet: axe on every state, and nothing out of reach. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { screenStates } from '../../scripts/screen-states.ts'
import { type EditorPage, editorOpener, launch, soon } from './editor-page.ts'

/** Evaluated, since the page's policy lets no script element in. */
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const openEditor = editorOpener({ errors: 'expected' })
let editor: EditorPage

/** What axe calls serious or critical: the rule and where it is broken. `rule`: that one alone. */
async function serious(page: Page, rule?: string): Promise<readonly string[]> {
  await page.evaluate(axe)
  const results = await page.evaluate(
    (options) => (window as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    { resultTypes: ['violations'], ...(rule && { runOnly: [rule] }) } satisfies RunOptions,
  )
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

describe('axe finds nothing serious, dark or light', () => {
  for (const state of screenStates)
    test(state.name, async () => {
      const own = state.noGpu
        ? await launch(['--disable-gpu', '--disable-features=WebGPU,Vulkan', '--no-sandbox'])
        : undefined
      onTestFinished(async () => own?.close())
      editor = await openEditor({
        on: own,
        recipe: state.recipe ?? (state.covered ? 'bicubic' : 'default'),
        wait: 'nodes',
        before: state.before,
      })
      const { page } = editor
      await state.reach(page)
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await soon(() => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe(colorScheme)
        // The same page in other colours.
        expect(await serious(page, colorScheme === 'light' ? 'color-contrast' : undefined), colorScheme).toEqual([])
      }
    })
})

test('axe finds nothing serious in a dot of a wire that has the focus', async () => {
  editor = await openEditor({ wait: 'nodes' })
  const { page } = editor
  await page.locator('.react-flow__edge[data-id="encode.image"]').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('j')
  await page.getByRole('button', { name: /^Dot/ }).focus()
  expect(await serious(page)).toEqual([])
})

/** A zoom of 200 % leaves half as many CSS pixels each way. */
const doubled = { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 }

test('at 200 % zoom nothing is cut off to the side, and an export can be made', async () => {
  editor = await openEditor({ ...doubled, wait: 'nodes' })
  const { page } = editor
  const within = async (what: string) => {
    const box = await page.locator(what).first().boundingBox()
    expect(box, what).not.toBeNull()
    expect(box!.x, what).toBeGreaterThanOrEqual(0)
    expect(box!.x + box!.width, what).toBeLessThanOrEqual(720)
    expect(box!.y + box!.height, what).toBeLessThanOrEqual(450)
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(720)
  for (const part of ['.top-actions .primary', '.viewer-stage', '.canvas', '.side-content', '.status-bar'])
    await within(part)
  await page.getByRole('button', { name: 'Export', exact: true }).first().click()
  await within('.export-form footer .primary')
  await page.getByRole('radio', { name: 'A part' }).click()
  await page.getByRole('textbox', { name: 'for' }).fill('0.25')
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('link', { name: 'Download' }).waitFor({ timeout: 120_000 })
  await within('.job .button.primary')
})
