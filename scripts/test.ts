/** `npm test`: finds a browser, then runs vitest with it; arguments go to vitest. */
import { spawnSync } from 'node:child_process'
import { findBrowser, headlessShell } from './browser.ts'

const browser = findBrowser([headlessShell])
const result = spawnSync('npx', ['vitest', 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, FRAMEWRIGHT_BROWSER: browser },
})
process.exit(result.status ?? 1)
