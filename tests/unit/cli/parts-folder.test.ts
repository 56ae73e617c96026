/** The folder of pieces: what it takes for the same render, and what it refuses to mix. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fingerprint, PartsFolder, type PartsRecord } from '../../../src/cli/parts-folder.ts'
import type { FlatId } from '../../../src/graph/document/document.ts'

const node = 'look/encode' as FlatId
const record: PartsRecord = {
  format: 'framewright-parts',
  same: {
    version: '1',
    browser: '156',
    outputs: 'look/encode: .mp4',
    graph: '{}',
    files: { 'a.mp4': '1 bytes, 00' },
    range: '{}',
    runtime: 'auto',
  },
  media: { 'a.mp4': { name: 'a.mp4', paths: ['/a.mp4'] } },
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'framewright-parts-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const open = () => new PartsFolder(join(root, 'p'), [node])
function keep(...names: string[]): void {
  mkdirSync(open().folderOf(node), { recursive: true })
  for (const name of names) writeFileSync(join(open().folderOf(node), name), '')
}

test('the same render goes on, and its frames are counted', () => {
  open().claim(record)
  keep('000000000-000000048.seg', '000000096-000000100.seg', 'notes.txt')
  open().claim(record)
  expect(open().frames).toBe(52)
})

test.for<[keyof PartsRecord['same'], string]>([
  ['version', 'this version of Framewright differs'],
  ['browser', 'the browser differs'],
  ['graph', 'the graph differs'],
  ['files', 'a clip or another file that it uses differs'],
  ['range', 'the range (--start, --duration, --frames, --range, --keep-timestamps) differs'],
  ['runtime', 'the runtime (--runtime) differs'],
  ['outputs', 'the kind of file that is written (its extension) differs'],
])('pieces of another %s are refused', ([key, words]) => {
  open().claim(record)
  const changed = key === 'files' ? { 'a.mp4': '1 bytes, 11' } : 'another'
  expect(() => open().claim({ ...record, same: { ...record.same, [key]: changed } })).toThrow(words)
})

test('pieces of which nothing is known, and records that cannot be read, are refused', () => {
  keep('000000000-000000048.seg')
  expect(() => open().claim(record)).toThrow('does not say which render they belong to')
  writeFileSync(join(root, 'p', 'job.json'), '{"format": ')
  expect(() => open().claim(record)).toThrow('does not say which render the pieces beside it belong to')
})

test('what a render kept goes, and nothing else', () => {
  open().claim(record)
  keep('000000000-000000048.seg', 'notes.txt')
  open().clearIfEmpty()
  expect(open().frames).toBe(48)
  open().clear()
  expect(readdirSync(open().folderOf(node))).toEqual(['notes.txt'])
  rmSync(join(open().folderOf(node), 'notes.txt'))
  open().clearIfEmpty()
  expect(readdirSync(root)).toEqual([])
})

test('where a folder cannot be made, a sentence says so', () => {
  writeFileSync(join(root, 'p'), 'a file')
  expect(() => open().claim(record)).toThrow('A file stands where')
  open().clearIfEmpty()
  expect(readFileSync(join(root, 'p'), 'utf8')).toBe('a file')
})

test('a medium is known by its bytes, wherever one of them changes', async () => {
  const path = join(root, 'm')
  const bytes = Buffer.alloc(300_001, 7)
  writeFileSync(path, bytes)
  const before = await fingerprint([path])
  expect(await fingerprint([path])).toBe(before)
  for (const at of [0, 65_536, 150_000, 300_000]) {
    bytes[at] = 8
    writeFileSync(path, bytes)
    expect(await fingerprint([path])).not.toBe(before)
    bytes[at] = 7
  }
  writeFileSync(path, bytes.subarray(1))
  expect(await fingerprint([path])).not.toBe(before)
  expect(await fingerprint([path, path])).toMatch(/^2 files, /)
})
