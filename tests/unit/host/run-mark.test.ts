/** What a killed run leaves is known by its name, and what another run still needs is left alone. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runMark, sweepLeftovers } from '../../../src/host/run-mark.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'framewright-sweep-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const [machine] = runMark.split('-')
const over = spawnSync(process.execPath, ['-e', '']).pid

test('what runs that are over left goes, be it a file or a folder', () => {
  writeFileSync(join(folder, `.part-${machine}-${over}-00000000.1`), '')
  mkdirSync(join(folder, `.part-${machine}-${over}-00000001`))
  writeFileSync(join(folder, `.part-${machine}-${over}-00000001`, 'inside'), '')
  // Of this very process's number, but of an earlier run: a container begins with the same numbers each time.
  writeFileSync(join(folder, `.part-${machine}-${process.pid}-00000002`), '')
  sweepLeftovers(folder, '.part-')
  expect(readdirSync(folder)).toEqual([])
})

test('what belongs to a run that goes, to another machine or to nobody stays', () => {
  const kept = [
    `.part-${runMark}.1`,
    `.part-${machine}-${process.ppid}-00000000`,
    `.part-ffffffff-${over}-00000000`,
    '.part-of-mine',
    `other-${machine}-${over}-00000000`,
  ].sort()
  for (const name of kept) writeFileSync(join(folder, name), '')
  sweepLeftovers(folder, '.part-')
  expect(readdirSync(folder).sort()).toEqual(kept)
})

test('what another machine has not touched for two days goes', () => {
  const path = join(folder, `.part-ffffffff-${over}-00000000`)
  writeFileSync(path, '')
  const then = Date.now() / 1000 - 2 * 24 * 3600
  utimesSync(path, then, then)
  sweepLeftovers(folder, '.part-')
  expect(readdirSync(folder)).toEqual([])
})
