/** Segments that are being made, without a server before them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { notesIn, readNotes, segmentsIn, UnfinishedParts } from '../../../src/host/unfinished-parts.ts'

let folder: string
let parts: UnfinishedParts
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'framewright-parts-'))
  parts = new UnfinishedParts()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function* body(text: string) {
  yield Buffer.from(text)
}

test('a segment is one of the folder once it is whole', async () => {
  await parts.write({ folder, first: 24 }, 0, body('head'))
  await parts.write({ folder, first: 24 }, 4, body('tail'))
  expect(segmentsIn(folder)).toEqual([])
  await parts.finish({ folder, first: 24 }, 48)
  expect(segmentsIn(folder)).toEqual([{ first: 24, next: 48 }])
  expect(readFileSync(join(folder, '000000024-000000048.seg'), 'utf8')).toBe('headtail')
})

test('segments are made side by side, and the end takes those that are not whole', async () => {
  for (const first of [0, 24, 48]) await parts.write({ folder, first }, 0, body('x'))
  await parts.finish({ folder, first: 24 }, 48)
  await parts.discard({ folder, first: 0 })
  parts.end()
  expect(parts.isOver).toBe(true)
  expect(readdirSync(folder)).toEqual(['000000024-000000048.seg'])
})

test('of notes of one name the last one stays', async () => {
  await parts.keepNote(folder, 'damage-24', body('one'))
  await parts.keepNote(folder, 'damage-24', body('two'))
  expect(notesIn(folder)).toEqual(['damage-24'])
  expect(await readNotes(folder)).toEqual([['damage-24', 'two']])
  expect(notesIn(join(folder, 'none'))).toEqual([])
})
