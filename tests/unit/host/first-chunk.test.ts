import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { firstChunk } from '../../../src/host/first-chunk.ts'

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
  const chunkOf = firstChunk('page.ts', ['other.ts'])
  const all = [file('page.ts'), 'editor', 'icon', 'page-again', 'shared', 'below', file('other.ts'), 'later']
  expect(all.map((id) => chunkOf(id, graph))).toEqual(['first', 'first', 'first', 'first', null, null, null, null])
})
