/** Files on their way to disk, without a server before them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UnpublishedFiles } from '../../../src/host/unpublished-files.ts'

let root: string
let folder: string
let files: UnpublishedFiles
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'framewright-files-'))
  folder = join(root, 'made', 'here')
  files = new UnpublishedFiles()
  await files.prepare(folder)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const at = (name: string) => ({ folder, name, address: '/output/1' })
async function* body(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

test('committed files alone are named, each once, and their bytes reach to the furthest one', async () => {
  await files.write(at('b.png'), 4, body('ta', 'il'))
  await files.write(at('b.png'), 0, body('head'))
  await files.write(at('a.png'), 0, body('a'))
  await files.write(at('half.png'), 0, body('ha'))
  await files.commit(at('b.png'))
  await files.commit(at('a.png'))
  expect(await files.publish()).toEqual([
    { path: join(folder, 'b.png'), bytes: 8, address: '/output/1' },
    { path: join(folder, 'a.png'), bytes: 1, address: '/output/1' },
  ])
  expect(await files.publish()).toEqual([])
  files.discardAll()
  expect(readdirSync(folder).sort()).toEqual(['a.png', 'b.png'])
  expect(readFileSync(join(folder, 'b.png'), 'utf8')).toBe('headtail')
})

test('a file that is committed and then given up is not named', async () => {
  await files.write(at('a.png'), 0, body('a'))
  await files.commit(at('a.png'))
  await files.discard(at('a.png'))
  expect(await files.publish()).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

test('folders made for nothing go, unless somebody put something into them', async () => {
  await files.write(at('a.png'), 0, body('a'))
  writeFileSync(join(root, 'made', 'theirs'), '')
  files.discardAll()
  expect(files.isOver).toBe(true)
  expect(readdirSync(join(root, 'made'))).toEqual(['theirs'])
})

test('a file that was only just being opened goes as well', async () => {
  const writing = files.write(at('a.png'), 0, body('a')).catch(() => undefined)
  files.discardAll()
  await writing
  await expect.poll(() => (existsSync(folder) ? readdirSync(folder) : [])).toEqual([])
})
