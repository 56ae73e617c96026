/** `npm test`: finds a browser, then runs vitest with it; arguments go to vitest. */
import { spawnSync } from 'node:child_process'
import { findTestBrowser } from '../src/host/browser.ts'

const result = spawnSync('npx', ['vitest', 'run', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, FRAMEWRIGHT_TEST_BROWSER: findTestBrowser() },
})
process.exit(result.status ?? 1)
