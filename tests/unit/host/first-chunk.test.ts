import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { firstChunks } from '../../../src/host/first-chunk.ts'

const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

test('what the page imports is one chunk, but for what another page runs, too, and what is fetched later', () => {
  const imports: Readonly<Record<string, readonly string[]>> = {
    [file('page.ts')]: ['editor', 'shared'],
    editor: ['icon', 'page-again'],
    'page-again': [file('page.ts')],
    [file('other.ts')]: ['shared'],
    shared: ['below'],
  }
  const graph = { getModuleInfo: (id: string) => ({ importedIds: imports[id] ?? [] }) }
  const groups = firstChunks('page.ts', ['other.ts']).sort((a, b) => b.priority - a.priority)
  const chunkOf = (id: string) => groups.map(({ name }) => name(id, graph)).find((name) => name !== null) ?? null
  const all = [file('page.ts'), 'editor', 'icon', 'page-again', 'shared', 'below', file('other.ts'), 'later']
  expect(all.map(chunkOf)).toEqual(['first', 'first', 'first', 'first', 'shared', 'shared', null, null])
})
