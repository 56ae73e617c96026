/** Renders by ffmpeg, built in and installed: what the report says, and that a killed one goes on. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { bicubic, project, startIn, test } from './render-command.ts'

/** Small pictures and short segments: 96 frames in four of them. */
const quick = [bicubic, '--set', 'bicubic.factor=1', '--set', 'encode.keyFrameSeconds=1', '--set', 'encode.effort=fast']
const set = (...values: readonly string[]) => values.flatMap((value) => ['--set', `encode.${value}`])

const segmentsIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.seg'))
    : []

test('x264, built in and installed: killed, it goes on, and writes the file that shards and an undisturbed run write', async ({
  folder,
}) => {
  for (const [name, chosen, encoder, pixelFormat] of [
    ['built-in', set('encoder=ffmpeg'), /^libx264 of the built-in ffmpeg$/, 'yuv420p'],
    ['installed', set('encoder=native', 'encoderName=libx264', 'bits=10'), /^libx264 of ffmpeg \d/, 'yuv420p10le'],
  ] as const) {
    const output = `${name}/whole/a.mp4`
    const whole = await startIn(folder, [...quick, ...chosen, '--shards', '2', '--output', output, '--json']).ended
    expect(whole.code, whole.stderr).toBe(0)
    expect(JSON.parse(whole.stdout).outputs).toMatchObject([{ frames: 96, encoder: expect.stringMatching(encoder) }])
    const asked = ['-show_entries', 'stream=codec_name,pix_fmt', '-select_streams', 'v', '-of', 'csv=p=0', output]
    expect(execFileSync('ffprobe', ['-v', 'error', ...asked], { cwd: folder, encoding: 'utf8' }).trim()).toBe(
      `h264,${pixelFormat}`,
    )

    const killed = join(folder, name, 'killed')
    const args = [...quick, ...chosen, '--output', `${name}/killed/a.mp4`]
    const running = startIn(folder, args)
    // One segment is kept, and three are not.
    await expect.poll(() => segmentsIn(killed), { timeout: 90_000, interval: 20 }).not.toEqual([])
    running.process.kill('SIGKILL')
    await running.ended
    const last = await startIn(folder, args).ended
    expect(last.code, last.stderr).toBe(0)
    expect(last.stderr).toContain('Going on from an earlier run')
    expect(readFileSync(join(killed, 'a.mp4')).equals(readFileSync(join(folder, output))), name).toBe(true)
    expect(readdirSync(killed)).toEqual(['a.mp4'])
  }
  rmSync(folder, { recursive: true })
  mkdirSync(folder)

  // A graphics card that is not there is told before the first frame.
  const { code, stderr } = await startIn(folder, [
    ...quick,
    ...set('encoder=native', 'encoderName=h264_v4l2m2m', 'rate=bitrate'),
    '--output',
    'a.mp4',
  ]).ended
  expect([code, stderr]).toEqual([4, expect.stringMatching(/“a\.mp4” could not be encoded by h264_v4l2m2m of ffmpeg/)])
  expect(stderr).not.toMatch(/\d\/96 frames/)
  expect(readdirSync(folder)).toEqual([])
})

test('transparency goes into VP9 as ffmpeg reads it, from the browser’s encoder and an installed one', async ({
  folder,
}) => {
  const alpha = join(project, 'tests/fixtures/media/alpha.mov')
  /** Alpha of all frames, as ffmpeg gives it. */
  const alphaOf = (file: string, ...decoder: readonly string[]): readonly number[] => {
    const args = [
      '-v',
      'error',
      ...decoder,
      '-i',
      file,
      '-vf',
      'alphaextract,format=gray',
      '-fps_mode',
      'passthrough',
      '-f',
      'rawvideo',
      '-',
    ]
    return [...execFileSync('ffmpeg', args, { cwd: folder })]
  }
  const wanted = alphaOf(alpha)
  expect(new Set(wanted).size).toBeGreaterThan(16)
  for (const chosen of [[], set('encoder=native', 'encoderName=libvpx-vp9', 'crf=4')]) {
    const args = [bicubic, '--set', 'bicubic.factor=1', ...chosen, '--input', alpha, '--output', 'a.webm', '--fresh']
    const { code, stderr } = await startIn(folder, args).ended
    expect(code, stderr).toBe(0)
    const found = alphaOf('a.webm', '-c:v', 'libvpx-vp9')
    expect(found.length).toBe(wanted.length)
    expect(Math.max(...found.map((value, index) => Math.abs(value - (wanted[index] ?? 0))))).toBeLessThanOrEqual(4)
  }
  const args = [
    bicubic,
    '--set',
    'bicubic.factor=1',
    ...set('transparency=false'),
    '--input',
    alpha,
    '--output',
    'b.webm',
  ]
  expect((await startIn(folder, args).ended).code).toBe(0)
  const entries = ['-show_entries', 'stream_tags=alpha_mode', '-of', 'csv=p=0']
  const tagOf = (file: string): string =>
    execFileSync('ffprobe', ['-v', 'error', ...entries, file], { cwd: folder, encoding: 'utf8' }).trim()
  expect([tagOf('a.webm'), tagOf('b.webm')]).toEqual(['1', ''])
})
