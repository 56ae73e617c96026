/** What a folder holds beside its pictures is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inputFiles, leftOutSentence } from '../../../src/cli/input-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'framewright-folder-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('pictures come in the order of their numbers; other files are named', () => {
  for (const name of ['f10.png', 'f2.TIF', 'f1.jpg', 'f3.psd', 'notes.txt', '.hidden'])
    writeFileSync(join(folder, name), '')
  const found = inputFiles(folder)
  expect(found.paths.map((path) => basename(path))).toEqual(['f1.jpg', 'f2.TIF', 'f10.png'])
  expect(leftOutSentence(found)).toBe(
    `${basename(folder)}: 2 files are not readable pictures and were left out (f3.psd, notes.txt).`,
  )
  rmSync(join(folder, 'notes.txt'))
  expect(leftOutSentence(inputFiles(folder))).toContain('1 file is not a readable picture and was left out (f3.psd)')
  rmSync(join(folder, 'f3.psd'))
  expect(leftOutSentence(inputFiles(folder))).toBeUndefined()
})
