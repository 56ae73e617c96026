/** Asks axe about a page. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'
import { soon } from './editor-page.ts'

/** Evaluated, since the page's policy lets no script element in. */
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Whom it is given to on the page. What its rules find counts as much as they declare, whatever it is. */
interface WithAxe {
  readonly axe: {
    run(part: Element | Document, options: RunOptions): Promise<AxeResults>
    readonly _audit: { readonly rules: readonly { readonly id: string; readonly impact?: string }[] }
  }
}

/**
 * What axe calls serious or critical: the rule and where it is broken. `rule`: that one alone. Of a page under a
 * dialog it looks at the dialog: what lies beneath is out of reach then, and is a state of its own.
 */
async function serious(page: Page, rule?: string): Promise<readonly string[]> {
  const results = await page.evaluate((only) => {
    const { axe } = window as unknown as WithAxe
    // Rules that can find nothing of such weight took a sixth of the time.
    const light = axe._audit.rules.filter(({ impact }) => impact === 'minor' || impact === 'moderate')
    return axe.run(document.querySelector('[role="dialog"]') ?? document, {
      resultTypes: ['violations'],
      ...(only ? { runOnly: [only] } : { rules: Object.fromEntries(light.map(({ id }) => [id, { enabled: false }])) }),
    })
  }, rule)
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

const schemes = ['dark', 'light'] as const

/**
 * What axe calls serious on the page in each scheme, by state and scheme; those with nothing are left out. It begins with
 * the scheme that the page is in, since a change of all colours has everything drawn anew.
 */
export async function seriousInBothSchemes(
  page: Page,
  state: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const all: [string, readonly string[]][] = []
  // The same page may be asked about more than once.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
  const present = isDark ? 'dark' : 'light'
  for (const colorScheme of schemes.toSorted((a, b) => Number(b === present) - Number(a === present))) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await soon(() => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe(colorScheme)
    // The same page in other colours.
    const found = await serious(page, colorScheme === present ? undefined : 'color-contrast')
    if (found.length > 0) all.push([`${state}, ${colorScheme}`, found])
  }
  return Object.fromEntries(all)
}
