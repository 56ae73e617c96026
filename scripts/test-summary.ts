/**
 * Reads vitest's JSON report (path as argument) and ends with one plain line, `N passed, N failed`, for whoever reads
 * logs by machine. A test file that could not even be loaded counts as a failure. Exits 1 unless something passed and
 * nothing failed.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({ name: z.string(), status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
})

const path = process.argv[2]
if (path === undefined) throw new Error('Give the path of a JSON report by vitest.')
const { numPassedTests, numFailedTests, numPendingTests, testResults } = report.parse(
  JSON.parse(readFileSync(path, 'utf8')),
)
const unloadable = testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
)
for (const file of unloadable) process.stdout.write(`Could not be run: ${file.name}\n`)
const failed = numFailedTests + unloadable.length
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
process.stdout.write(`${numPassedTests} passed, ${failed} failed${skipped}\n`)
process.exit(failed === 0 && numPassedTests > 0 ? 0 : 1)
