/** `render` where it ends before any browser starts: its exit code, and what it says where; once as a process. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, vi } from 'vitest'
import { bicubic, renderIn, startIn, test } from '../../e2e/render-command.ts'

// A process is started, for which a busy machine takes its time.
const busy = { timeout: 120_000 }

/** A browser that would fail at once, so that it is noticed where one is started. */
const noBrowser = { FRAMEWRIGHT_BROWSER: '/nowhere/chromium' }
beforeEach(() => {
  vi.stubEnv('FRAMEWRIGHT_BROWSER', noBrowser.FRAMEWRIGHT_BROWSER)
  return () => vi.unstubAllEnvs()
})

test(
  'a mistake in the arguments is 2, told on standard error, and as JSON where that is asked for',
  busy,
  async ({ folder, left }) => {
    const [plain, json] = await Promise.all([
      startIn(folder, ['--frobnicate'], noBrowser).ended,
      renderIn(folder, ['--frobnicate', '--json']),
    ])
    expect([plain.code, plain.stdout]).toEqual([2, ''])
    expect(plain.stderr).toMatch(/^[^\n]*--frobnicate[^\n]*[.!?]\n$/)
    expect([json.code, json.stderr]).toEqual([2, plain.stderr])
    const told = JSON.parse(json.stdout)
    expect(told).toEqual({
      ok: false,
      exitCode: 2,
      message: expect.any(String),
      hint: expect.any(String),
      problems: [],
    })
    expect(plain.stderr).toContain(told.message)
    expect(left()).toEqual([])
  },
)

test(
  '--check ends with 2 for a graph that is wrong, and says what is, for people and for programs',
  busy,
  async ({ folder, left }) => {
    const file = JSON.parse(readFileSync(bicubic, 'utf8'))
    file.nodes.bicubic.params = { factor: -1 }
    writeFileSync(join(folder, 'g.json'), JSON.stringify(file))
    const [plain, json] = await Promise.all([
      renderIn(folder, ['--check', 'g.json']),
      renderIn(folder, ['--check', 'g.json', '--json']),
    ])
    expect(plain.code, plain.stderr).toBe(2)
    expect(plain.stdout).toMatch(/^error: Bicubic: Factor .*[.!?]\n$/m)
    expect(json.code, json.stderr).toBe(2)
    const told = JSON.parse(json.stdout)
    expect(told).toMatchObject({ ok: false, exitCode: 2, problems: [{ node: 'bicubic', param: 'factor' }] })
    expect(plain.stdout).toContain(told.problems[0].message)
    expect(left()).toEqual(['g.json'])
  },
)

test(
  'an encoder that the installed ffmpeg does not have is refused with a like one',
  busy,
  async ({ folder, left }) => {
    const asked = ['--set', 'encode.encoder=native', '--set', 'encode.encoderName=libx256']
    const { code, stdout, stderr } = await renderIn(folder, [bicubic, ...asked])
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      expect.stringMatching(/^ffmpeg \S+ \(.*\) has no encoder “libx256”\. Did you/),
    ])
    expect(left()).toEqual([])
  },
)
