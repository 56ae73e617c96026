/** The docs of the graph file say what its shape says. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { docsFile, withFieldTables } from '../../../../scripts/graph-docs.ts'

it('have a table of every field, as the code has them', () => {
  const docs = readFileSync(new URL(`../../../../${docsFile}`, import.meta.url), 'utf8')
  // Otherwise: npm run schemas
  expect(docs).toBe(withFieldTables(docs))
  expect(docs).toMatch(/^\| `bypass`\s+\| true or false/m)
})
