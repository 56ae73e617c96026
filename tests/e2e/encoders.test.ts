/** Renders by ffmpeg, built in and installed: what the report says, and that a killed one goes on. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { bicubic, project, startIn, test } from './render-command.ts'

/** Small pictures and short segments: 30 frames in two and a half of them. */
const quick = [
  ...[bicubic, '--frames', '30', '--set', 'bicubic.factor=1'],
  ...['--set', 'encode.keyFrameSeconds=0.5', '--set', 'encode.effort=fast'],
]
const set = (...values: readonly string[]) => values.flatMap((value) => ['--set', `encode.${value}`])

const segmentsIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.seg'))
    : []

test('x264, built in and installed: killed, it goes on, and writes the file that shards and an undisturbed run write', async ({
  folder,
  render,
}) => {
  for (const [name, chosen, encoder, pixelFormat] of [
    ['built-in', set('encoder=ffmpeg'), /^libx264 of the built-in ffmpeg$/, 'yuv420p'],
    ['installed', set('encoder=native', 'encoderName=libx264', 'bits=10'), /^libx264 of ffmpeg \d/, 'yuv420p10le'],
  ] as const) {
    const output = `${name}/whole/a.mp4`
    const whole = await render(...quick, ...chosen, '--shards', '2', '--output', output, '--json')
    expect(whole.code, whole.stderr).toBe(0)
    expect(JSON.parse(whole.stdout).outputs).toMatchObject([{ frames: 30, encoder: expect.stringMatching(encoder) }])
    const asked = ['-show_entries', 'stream=codec_name,pix_fmt', '-select_streams', 'v', '-of', 'csv=p=0', output]
    expect(execFileSync('ffprobe', ['-v', 'error', ...asked], { cwd: folder, encoding: 'utf8' }).trim()).toBe(
      `h264,${pixelFormat}`,
    )

    const killed = join(folder, name, 'killed')
    const args = [...quick, ...chosen, '--output', `${name}/killed/a.mp4`]
    const running = startIn(folder, args)
    // One segment is kept, and the others are not.
    await expect.poll(() => segmentsIn(killed), { timeout: 90_000, interval: 20 }).not.toEqual([])
    running.process.kill('SIGKILL')
    await running.ended
    const last = await render(...args)
    expect(last.code, last.stderr).toBe(0)
    expect(last.stderr).toContain('Resuming an earlier run')
    expect(readFileSync(join(killed, 'a.mp4')).equals(readFileSync(join(folder, output))), name).toBe(true)
    expect(readdirSync(killed)).toEqual(['a.mp4'])
  }
  rmSync(folder, { recursive: true })
  mkdirSync(folder)

  // A graphics card that is not there is told before the first frame.
  const card = set('encoder=native', 'encoderName=h264_v4l2m2m', 'rate=bitrate')
  const { code, stderr } = await render(...quick, ...card, '--output', 'a.mp4')
  expect([code, stderr]).toEqual([4, expect.stringMatching(/“a\.mp4” could not be encoded by h264_v4l2m2m of ffmpeg/)])
  expect(stderr).not.toMatch(/\d\/30 frames/)
  expect(readdirSync(folder)).toEqual([])
})

test('transparency goes into VP9 and VP8 as ffmpeg reads it, from the browser’s encoders and installed ones, and comes back', async ({
  folder,
  render,
}) => {
  const alpha = join(project, 'tests/fixtures/media/alpha.mov')
  /** All frames, as ffmpeg gives them. */
  const read = (file: string, pixels: readonly string[], ...decoder: readonly string[]): readonly number[] => {
    const args = ['-v', 'error', ...decoder, '-i', file, ...pixels, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-']
    return [...execFileSync('ffmpeg', args, { cwd: folder })]
  }
  const alphaOf = (file: string, ...decoder: readonly string[]): readonly number[] =>
    read(file, ['-vf', 'alphaextract,format=gray'], ...decoder)
  const differences = (a: readonly number[], b: readonly number[]): readonly number[] =>
    a.map((value, index) => Math.abs(value - (b[index] ?? Number.NaN)))
  const wanted = alphaOf(alpha)
  expect(new Set(wanted).size).toBeGreaterThan(16)
  let colours: readonly number[] | undefined
  for (const [decoder, chosen] of [
    ['libvpx-vp9', []],
    ['libvpx', set('codec=vp8', 'quality=100')],
    ['libvpx-vp9', set('encoder=native', 'encoderName=libvpx-vp9', 'crf=4')],
  ] as const) {
    const args = [bicubic, '--set', 'bicubic.factor=1', ...chosen, '--input', alpha, '--output', 'a.webm', '--fresh']
    const { code, stderr } = await render(...args)
    expect(code, stderr).toBe(0)
    const found = alphaOf('a.webm', '-c:v', decoder)
    expect(found.length).toBe(wanted.length)
    expect(Math.max(...differences(found, wanted))).toBeLessThanOrEqual(4)
    // The matrix of VP8 is another; read by the other's, colours are off by 12 on the average here.
    const seen = read('a.webm', ['-pix_fmt', 'rgb24'], '-c:v', decoder)
    colours ??= seen
    const off = differences(seen, colours)
    expect(off.reduce((sum, each) => sum + each, 0) / off.length).toBeLessThan(3)
  }
  // Read again, frame by frame, by the page whose policy forbids workers made of text.
  const back = [bicubic, '--set', 'bicubic.factor=1', '--input', 'a.webm', '--output', 'back.png']
  const { code, stderr } = await render(...back)
  expect(code, stderr).toBe(0)
  expect(stderr).not.toContain('The browser cannot decode it')
  expect(alphaOf('back-%04d.png')).toEqual(alphaOf('a.webm', '-c:v', 'libvpx-vp9'))
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
  expect((await render(...args)).code).toBe(0)
  const entries = ['-show_entries', 'stream_tags=alpha_mode', '-of', 'csv=p=0']
  const tagOf = (file: string): string =>
    execFileSync('ffprobe', ['-v', 'error', ...entries, file], { cwd: folder, encoding: 'utf8' }).trim()
  expect([tagOf('a.webm'), tagOf('b.webm')]).toEqual(['1', ''])
})

interface Described {
  readonly side_data_list?: readonly Readonly<Record<string, unknown>>[]
}

test('HDR that is kept reaches ffprobe with its tags, its depth and the display on which it was made', async ({
  folder,
  render,
}) => {
  const hdr = join(project, 'tests/fixtures/media/hdr10.mkv')
  const run = (program: string, ...args: readonly string[]): Buffer =>
    execFileSync(program, ['-v', 'error', ...args], { cwd: folder, maxBuffer: 1 << 26 })
  const probed = (file: string) => {
    const shown = ['-show_streams', '-show_frames', '-read_intervals', '%+#1']
    return JSON.parse(run('ffprobe', '-select_streams', 'v', ...shown, '-of', 'json', file).toString()) as {
      readonly streams: readonly Described[]
      readonly frames: readonly Described[]
    }
  }
  /** In the first frame, else in the container. */
  const of = (file: string, type: string) => {
    const { frames, streams } = probed(file)
    const all = [...frames, ...streams].flatMap(({ side_data_list }) => side_data_list ?? [])
    return all.find(({ side_data_type }) => side_data_type === type)
  }
  const keep = [bicubic, '--set', 'bicubic.factor=1', '--set', 'decode.keepHdr=true', '--input', hdr, '--output']
  const { code, stdout, stderr } = await render(
    ...keep,
    'a.mkv',
    ...set('encoder=native', 'encoderName=libx265', 'crf=2'),
  )
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('kept its HDR')
  expect(probed('a.mkv').streams).toMatchObject([
    {
      codec_name: 'hevc',
      pix_fmt: 'yuv420p10le',
      color_range: 'tv',
      color_space: 'bt2020nc',
      color_transfer: 'smpte2084',
      color_primaries: 'bt2020',
    },
  ])
  for (const type of ['Mastering display metadata', 'Content light level metadata']) {
    expect(of(hdr, type)).toBeDefined()
    expect(of('a.mkv', type)).toEqual(of(hdr, type))
  }
  /** Codes of 10 bits. */
  const samples = (file: string): Uint16Array => {
    const bytes = run(
      'ffmpeg',
      '-i',
      file,
      '-fps_mode',
      'passthrough',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'yuv420p10le',
      '-',
    )
    return new Uint16Array(new Uint8Array(bytes).buffer)
  }
  const [own, result] = [samples(hdr), samples('a.mkv')]
  expect(result.length).toBe(own.length)
  const off = result.reduce((sum, value, index) => sum + Math.abs(value - (own[index] ?? 0)), 0) / own.length
  expect(off).toBeLessThan(1)

  // VP9 has no place for the display in its stream: WebM's header says it, in floating point.
  const vp9 = await render(...keep, 'c.webm', ...set('encoder=native', 'encoderName=libvpx-vp9', 'effort=fast'))
  expect(vp9.code, vp9.stderr).toBe(0)
  expect(vp9.stdout).not.toContain('stays behind')
  expect(probed('c.webm').streams).toMatchObject([
    { codec_name: 'vp9', pix_fmt: 'yuv420p10le', color_space: 'bt2020nc', color_transfer: 'smpte2084' },
  ])
  const numbersOf = (file: string, type: string) =>
    Object.entries(of(file, type) ?? {}).flatMap(([name, value]) => {
      const [above, below = 1] = String(value).split('/').map(Number)
      return name === 'side_data_type' ? [] : [`${name}: ${((above ?? 0) / below).toFixed(5)}`]
    })
  for (const type of ['Mastering display metadata', 'Content light level metadata']) {
    expect(numbersOf(hdr, type).length).toBeGreaterThan(1)
    expect(numbersOf('c.webm', type)).toEqual(numbersOf(hdr, type))
  }
  const hlg = join(project, 'tests/fixtures/media/hlg.webm')
  const keepHlg = keep.map((word) => (word === hdr ? hlg : word))
  const kept = await render(...keepHlg, 'd.mkv', ...set('encoder=ffmpeg', 'crf=4', 'effort=fast'))
  expect(kept.code, kept.stderr).toBe(0)
  expect(probed('d.mkv').streams).toMatchObject([
    { codec_name: 'h264', pix_fmt: 'yuv420p10le', color_transfer: 'arib-std-b67', color_primaries: 'bt2020' },
  ])
  // Of luma: the clip's hard edges of colour, which 4:2:0 holds by halves, are softened on the way through RGB.
  const luma = (file: string) => samples(file).filter((_, index) => index % ((128 * 72 * 3) / 2) < 128 * 72)
  const [before, after] = [luma(hlg), luma('d.mkv')]
  expect(after.length).toBe(before.length)
  const offHlg = after.reduce((sum, value, index) => sum + Math.abs(value - (before[index] ?? 0)), 0) / before.length
  expect(offHlg).toBeLessThan(1)

  const refused = await render(...keep, 'b.mp4')
  expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('cannot hold the HDR that Decode keeps')])
  expect(readdirSync(folder).sort()).toEqual(['a.mkv', 'c.webm', 'd.mkv'])
})
