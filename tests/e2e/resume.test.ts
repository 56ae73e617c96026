/** A render that is killed goes on, one that is cut into pieces is joined, and each gives the very same file. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { bicubic, renderIn, startIn, test } from './render-command.ts'

/** Small pictures and short segments: 96 frames in four of them. */
const quick = [bicubic, '--set', 'bicubic.factor=1', '--set', 'encode.keyFrameSeconds=1']

const segments = (folder: string): Map<string, number> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.seg'))
      .map((name) => [name, statSync(join(folder, name)).mtimeMs]),
  )

const undisturbed = mkdtempSync(join(tmpdir(), 'framewright-whole-'))
let whole: Buffer
test.beforeAll(async ({ browser }) => {
  const { code, stderr } = await renderIn(undisturbed, [...quick, '--shards', '3', '--output', 'a.mp4'], browser)
  expect(code, stderr).toBe(0)
  expect(readdirSync(undisturbed)).toEqual(['a.mp4'])
  whole = readFileSync(join(undisturbed, 'a.mp4'))
})
afterAll(() => rmSync(undisturbed, { recursive: true }))

test('killed at random moments it goes on, makes no segment twice, writes the same file and sweeps up', async ({
  folder,
}) => {
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  const profiles = () => readdirSync(temporary).filter((name) => name.startsWith('framewright-browser-'))
  const start = () => startIn(folder, [...quick, '--output', 'killed/a.mp4'], { TMPDIR: temporary })
  let before = new Map<string, number>()
  for (let kill = 0; kill < 2; kill += 1) {
    const running = start()
    await running.said(/\d+\/96 frames/)
    const moment = Math.random() * 1500
    await Promise.race([new Promise((resolve) => setTimeout(resolve, moment)), running.ended])
    running.process.kill('SIGKILL')
    const { stderr } = await running.ended
    // On a fast machine it comes to its end first, and may be killed while it sweeps up.
    if (existsSync(join(folder, 'killed/a.mp4'))) break
    if (process.platform === 'linux') expect(profiles()).toHaveLength(1)
    if (before.size > 0) expect(stderr).toContain(`Resuming an earlier run: ${before.size * 24} frames are kept`)
    const after = segments(join(folder, 'killed'))
    for (const [name, written] of before) expect(after.get(name), `${name}, killed after ${moment} ms`).toBe(written)
    before = after
  }
  const last = await start().ended
  expect(last.code, last.stderr).toBe(0)
  expect(readFileSync(join(folder, 'killed/a.mp4')).equals(whole)).toBe(true)
  expect(readdirSync(join(folder, 'killed'))).toEqual(['a.mp4'])
  if (process.platform === 'linux') expect(profiles()).toEqual([])
})

test('pieces are joined to the same file once all are there, and none of another render is mixed in', async ({
  folder,
  render,
}) => {
  const piece = (which: string, ...more: string[]) =>
    render(...quick, '--shard', which, '--parts', 'pieces', '--json', ...more)
  const first = await piece('2/2')
  expect(first.code, first.stderr).toBe(0)
  expect(JSON.parse(first.stdout)).toMatchObject({ ok: true, shard: 2, shards: 2, frames: 48, parts: 'pieces' })

  const early = await render('join', 'pieces', '--output', 'joined/a.mp4')
  expect(early.code, early.stderr).toBe(4)
  expect(early.stderr).toContain('Not all of the 96 frames are there: frames 0 to 47 are missing.')

  const other = await piece('1/2', '--set', 'bicubic.kernel=nearest')
  expect(other.code, other.stderr).toBe(2)
  expect(other.stderr).toContain('pieces keeps pieces of another render: the graph differs')

  const second = await piece('1/2')
  expect(second.code, second.stderr).toBe(0)
  const joined = await render('join', 'pieces', '--output', 'joined/a.mp4')
  expect(joined.code, joined.stderr).toBe(0)
  expect(readFileSync(join(folder, 'joined/a.mp4')).equals(whole)).toBe(true)
})
