import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import type { NodeId } from '../../src/graph/document/document.ts'
import { promote } from '../../src/graph/edits/boundary.ts'
import { fold } from '../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../src/graph/edits/history.ts'
import { parseGraph } from '../../src/graph/file/read.ts'
import { serializeGraph } from '../../src/graph/file/write.ts'
import { loadSpecs } from '../../src/host/node-specs.ts'
import { probe } from './media-probe.ts'
import { asFound, bicubic, project, type Running, shipped, startIn, startNpm, test } from './render-command.ts'

/** The browser among the children of a render, by Linux's /proc. */
function browserOf({ pid }: ChildProcess): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  const browser = children.find((child) => /chrom|edge/i.test(readFileSync(`/proc/${child}/cmdline`, 'utf8')))
  if (browser === undefined) throw new Error('the render has no browser')
  return browser
}

/** Not so once it is dead, though nobody may have asked for its exit code yet. */
const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

/** Whether a small disk can be had: as root, and where the system lets root mount one. */
const canMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = mkdtempSync(join(tmpdir(), 'framewright-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0
  if (mounted) spawnSync('umount', [folder])
  rmdirSync(folder)
  return mounted
})()

const reportShape = z.object({
  ok: z.literal(true),
  exitCode: z.literal(0),
  outputs: z.array(
    z.object({
      node: z.string(),
      width: z.number(),
      height: z.number(),
      frames: z.number(),
      videoCodec: z.string(),
      audioCodec: z.string().nullable(),
      audioCopied: z.boolean(),
      files: z.array(z.object({ path: z.string(), bytes: z.number().positive() })),
    }),
  ),
  frames: z.number(),
  seconds: z.number().positive(),
  steps: z.array(
    z.object({
      nodes: z.array(z.string()),
      titles: z.array(z.string()),
      seconds: z.number().nonnegative(),
      runtime: z.enum(['webgpu', 'wasm']).optional(),
    }),
  ),
  peakTextureBytes: z.number().positive(),
  planPeakBytes: z.number().positive(),
})

const failureShape = z.object({ ok: z.literal(false), exitCode: z.number(), message: z.string(), hint: z.string() })

/** One sentence or two on the last line that is not progress; no stack, no internals. */
function expectPlainWords(text: string): void {
  expect(text).not.toMatch(/\bat .*\.ts:\d+|undefined|\[object|Error:/)
  expect(text.trim().split('\n').at(-1)).toMatch(/^.{10,}[.!?]$/)
}

/** How far the encoding of a whole clip has come to when it is cut off. */
const underWay = /\d+\/96 frames/

describe('render writes', () => {
  test('the default recipe, which it finds in order, to out/field-guide-enhanced.mp4, and says what it did', async ({
    folder,
    render,
    left,
  }) => {
    const checked = await render('--check', join(project, 'public/graphs/default.json'))
    expect(checked.code, checked.stderr + checked.stdout).toBe(0)
    expect(checked.stdout).toContain('is in order.')

    const { code, stdout, stderr } = await startIn(folder, ['--frames', '8', '--json'], asFound).ended
    expect(stderr).toContain('8/8 frames')
    expect(code, stderr).toBe(0)
    const report = reportShape.parse(JSON.parse(stdout))
    const [output] = report.outputs
    expect(report.outputs).toHaveLength(1)
    expect(report.frames).toBe(8)
    expect(output).toMatchObject({ width: 640, height: 360, frames: 8, audioCopied: true })
    expect(output?.files).toEqual([{ path: join('out', 'field-guide-enhanced.mp4'), bytes: expect.any(Number) }])
    expect(output?.files[0]?.bytes).toBe(readFileSync(join(folder, 'out/field-guide-enhanced.mp4')).length)
    const model = report.steps.find((step) => step.titles.includes('SR Model'))
    expect(model?.runtime).toMatch(/^(webgpu|wasm)$/)
    expect(report.peakTextureBytes).toBeLessThanOrEqual(1.1 * report.planPeakBytes)
    expect(left()).toEqual(['out', join('out', 'field-guide-enhanced.mp4')])

    const file = await probe(join(folder, 'out/field-guide-enhanced.mp4'))
    expect(file).toMatchObject({ videoCodec: 'h264', width: 640, height: 360, frames: 8, audioCodec: 'aac' })
    expect(file.duration).toBeCloseTo(8 / 24, 2)
  })

  test('WebM with Opus, a part of the clip, with parameters set; Matroska, of another clip; pictures, and reads a folder of them', async ({
    folder,
    render,
    left,
  }) => {
    const part = [
      '--start',
      '1',
      '--duration',
      '0.25',
      '--set',
      'Bicubic.factor=1.5',
      '--set',
      'bicubic.kernel=nearest',
    ]
    const clip = join(shipped, 'field-guide-reference.mp4')
    const other = ['--input', clip, '--frames', '3', '--set', 'bicubic.factor=0.5', '--json']
    const [webm, matroska] = await Promise.all([
      render(bicubic, '--output', 'a.webm', ...part),
      render(bicubic, '--output', 'a.mkv', ...other),
    ])
    expect(webm.code, webm.stderr).toBe(0)
    expect(webm.stdout).toContain('480×270, 6 frames')
    expect(await probe(join(folder, 'a.webm'))).toMatchObject({
      videoCodec: 'vp9',
      width: 480,
      height: 270,
      frames: 6,
      audioCodec: 'opus',
    })
    expect(matroska.code, matroska.stderr).toBe(0)
    const [output] = reportShape.parse(JSON.parse(matroska.stdout)).outputs
    expect(output).toMatchObject({ width: 320, height: 180, frames: 3 })
    expect(await probe(join(folder, 'a.mkv'))).toMatchObject({ width: 320, height: 180, frames: 3 })

    const first = await render(bicubic, '--output', 'p/p.png', '--frames', '3', '--set', 'bicubic.bypass=true')
    expect(first.code, first.stderr).toBe(0)
    expect(left()).toEqual(['a.mkv', 'a.webm', 'p', 'p/p-0001.png', 'p/p-0002.png', 'p/p-0003.png'])
    expect(await probe(join(folder, 'p/p-0002.png'))).toMatchObject({ videoCodec: 'png', width: 320, height: 180 })

    const second = await render(bicubic, '--input', 'p', '--output', 'again.mp4', '--set', 'decode.sequenceRate=10')
    expect(second.code, second.stderr).toBe(0)
    const file = await probe(join(folder, 'again.mp4'))
    expect(file).toMatchObject({ width: 640, height: 360, frames: 3, audioCodec: null })
    expect(file.duration).toBeCloseTo(0.3, 2)
  })
})

describe('render ends with', () => {
  test('2 for a start behind the end of the clip, 3 for a file that is no video, and leaves an earlier output alone', async ({
    folder,
    render,
    left,
  }) => {
    writeFileSync(join(folder, 'notes.mp4'), 'These are notes, not a video.\n'.repeat(50))
    writeFileSync(join(folder, 'a.mp4'), 'from before')
    const [late, notes] = await Promise.all([
      render(bicubic, '--start', '99'),
      render(bicubic, '--input', 'notes.mp4', '--output', 'a.mp4', '--json'),
    ])
    expect(late.code, late.stderr).toBe(2)
    expect(late.stdout).toBe('')
    expect(late.stderr).toContain('--start 99')
    expectPlainWords(late.stderr)

    expect(notes.code, notes.stderr).toBe(3)
    expect(failureShape.parse(JSON.parse(notes.stdout)).exitCode).toBe(3)
    expect(notes.stderr).toContain('notes.mp4')
    expectPlainWords(notes.stderr)
    expect(readFileSync(join(folder, 'a.mp4'), 'utf8')).toBe('from before')
    expect(left()).toEqual(['a.mp4', 'notes.mp4'])
  })

  test.skipIf(process.platform !== 'linux')(
    '4 when the browser dies, 130 although it does not answer any more, with nothing left',
    async ({ folder, left }) => {
      const died = async () => {
        const running = startIn(folder, [bicubic, '--output', 'new/a.mp4'], asFound)
        await running.said(underWay)
        process.kill(browserOf(running.process), 'SIGKILL')
        const { code, stderr } = await running.ended
        expect(code, stderr).toBe(4)
        expectPlainWords(stderr)
      }
      const hung = async () => {
        const running = startIn(folder, [bicubic, '--output', 'a.mp4'], asFound)
        await running.said(underWay)
        const browser = browserOf(running.process)
        process.kill(browser, 'SIGSTOP')
        running.process.kill('SIGTERM')
        const { code, stderr } = await running.ended
        expect(code, stderr).toBe(130)
        expectPlainWords(stderr)
        await expect.poll(() => isRunning(browser)).toBe(false)
      }
      await Promise.all([died(), hung()])
      expect(left()).toEqual([])
    },
  )

  test('130 on SIGINT, and where npm or the group gets a signal, with a sentence, JSON and nothing left', async ({
    folder,
    start,
    left,
  }) => {
    const seen = new Set<string>()
    using watcher = (() => {
      const watching = watch(folder, (_, name) => seen.add(String(name)))
      return { [Symbol.dispose]: () => watching.close() }
    })()
    const interrupted = async (running: Running, interrupt: () => unknown) => {
      await running.said(underWay)
      interrupt()
      const { code, stdout, stderr } = await running.ended
      expect(code, stderr).toBe(130)
      expectPlainWords(stderr)
      return stdout
    }
    const own = start(bicubic, '--output', 'a.mp4')
    await interrupted(own, () => own.process.kill('SIGINT'))
    const unix = process.platform !== 'win32'
    for (const [whom, signal] of unix
      ? ([
          ['npm', 'SIGTERM'],
          ['the group', 'SIGINT'],
        ] as const)
      : []) {
      const running = startNpm(folder, bicubic, '--output', join(folder, 'a.mp4'), '--json')
      const pid = running.process.pid!
      const stdout = await interrupted(running, () => process.kill(whom === 'npm' ? pid : -pid, signal))
      expect(failureShape.parse(JSON.parse(stdout)).exitCode, whom).toBe(130)
    }
    expect(left()).toEqual([])
    expect([...seen]).not.toContain('a.mp4')
    void watcher
  })

  test.skipIf(!canMount)('4 as soon as the disk is full, long before the last frame', async ({ folder, render }) => {
    const small = join(folder, 'small')
    mkdirSync(small)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small])
    try {
      const { code, stderr } = await render(bicubic, '--output', 'small/a.png')
      expect(code, stderr).toBe(4)
      expect(stderr).toContain('The disk is full')
      expect(stderr).not.toContain('96/96 frames')
      expectPlainWords(stderr)
    } finally {
      // The render has ended, but this process may still be closing its file.
      const unmount = () => spawnSync('umount', [small]).status
      await expect.poll(unmount, { timeout: 10_000 }).toBe(0)
    }
  })
})

describe('a graph with subgraphs', () => {
  test('renders the picture of the plain graph, and its parts are named from outside or by their own names', async ({
    folder,
    render,
    left,
  }) => {
    const specs = await loadSpecs()
    const parsed = parseGraph(readFileSync(bicubic, 'utf8'), specs)
    if (!parsed.ok) throw new Error(parsed.error.message)
    // All in one, and in it the Bicubic once more.
    const { history } = edit(newHistory(parsed.document), 'Fold', (draft) => {
      fold(draft, specs, ['bicubic'] as NodeId[], { title: 'Larger' })
      promote(draft, ['subgraph' as NodeId], specs, 'bicubic' as NodeId, 'factor')
      fold(draft, specs, Object.keys(draft.nodes) as NodeId[], { title: 'All' })
    })
    const folded = join(folder, 'folded.json')
    writeFileSync(folded, serializeGraph(history.document, specs))
    const shared = ['--frames', '1', '--set', 'encode.embedGraph=off', '--json']
    const plain = await render(bicubic, ...shared, '--set', 'bicubic.factor=1.5', '--output', 'plain.png')
    expect(plain.code, plain.stderr).toBe(0)
    const clip = join(shipped, 'field-guide.mp4')
    const other = await render(
      folded,
      ...shared,
      ...['--input', `subgraph/decode=${clip}`, '--set', 'larger.factor=1.5', '--output', 'folded.png'],
    )
    expect(other.code, other.stderr).toBe(0)
    const report = reportShape.parse(JSON.parse(other.stdout))
    expect(report.outputs).toMatchObject([{ node: 'subgraph/encode', width: 480, height: 270 }])
    expect(report.steps.flatMap(({ nodes }) => nodes)).toContain('subgraph/subgraph/bicubic')
    const picture = (name: string) => left().filter((file) => file.startsWith(name) && file.endsWith('.png'))
    expect(picture('folded')).toHaveLength(1)
    expect(readFileSync(join(folder, picture('folded')[0]!))).toEqual(readFileSync(join(folder, picture('plain')[0]!)))
  })
})
