/** Film in interlaced video and double rate, rendered from the command line: frames and times in the files, by ffmpeg and ffprobe. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { probe } from './media-probe.ts'
import { test } from './render-command.ts'

/** A graph file: Decode, the node, and FFV1, which keeps every value. */
function graphOf(folder: string, type?: string, params: object = {}): string {
  const at = { position: { x: 0, y: 0 } }
  const image = (node: string) => ({ node, port: 'image' })
  const path = join(folder, `${type ?? 'plain'}.json`)
  const document = {
    format: 'framewright-graph',
    versions: { document: 2, nodes: { decode: 0, encode: 0, ...(type && { [type]: 0 }) } },
    title: 'Fields',
    description: '',
    nodes: {
      decode: { type: 'decode', ...at, params: { media: { id: 'samples/field-guide.mp4' } } },
      encode: { type: 'encode', ...at, params: { encoder: 'ffmpeg', format: 'ffv1', keyFrameSeconds: 0.5 } },
      ...(type && { node: { type, ...at, params } }),
    },
    edges: {
      'encode.image': { from: image(type ? 'node' : 'decode'), to: image('encode') },
      ...(type && { 'node.image': { from: image('decode'), to: image('node') } }),
    },
  }
  writeFileSync(path, JSON.stringify(document))
  return path
}

const ffmpeg = (folder: string, ...args: string[]) =>
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { cwd: folder, maxBuffer: 2 ** 28 })

/** 8-bit planes of all frames, one after another: 4:4:4. */
const planes = (folder: string, file: string) =>
  ffmpeg(folder, '-i', file, '-f', 'rawvideo', '-pix_fmt', 'yuv444p', '-')

const [width, height] = [128, 96]
const frameBytes = 3 * width * height

function decibels(a: Buffer, b: Buffer): number {
  let squares = 0
  for (const [i, value] of a.entries()) squares += (value - b[i]!) ** 2
  return 10 * Math.log10((255 ** 2 * a.length) / Math.max(squares, 1e-3))
}

const scene = (rate: string, seconds: number) =>
  `testsrc2=s=${width}x${height}:r=${rate}:d=${seconds},scroll=horizontal=0.013:vertical=0.009,gblur=sigma=0.7,hue=s=0.5`

describe('a film of 24 frames a second, spread over 30', () => {
  test('comes back frame for frame, each at its own time; a broken cadence is told', async ({ folder, render }) => {
    const lossless = ['-c:v', 'ffv1', '-pix_fmt', 'yuv420p']
    ffmpeg(folder, '-f', 'lavfi', '-i', scene('24000/1001', 2), '-frames:v', '40', ...lossless, 'film.mkv')
    ffmpeg(folder, '-i', 'film.mkv', '-vf', 'telecine=pattern=23', ...lossless, 'telecined.mkv')
    ffmpeg(
      folder,
      '-i',
      'telecined.mkv',
      '-vf',
      'select=not(between(n\\,16\\,17)),setpts=N/(30000/1001)/TB',
      ...lossless,
      'cut.mkv',
    )
    const [plain, inverse] = [graphOf(folder), graphOf(folder, 'inverse-telecine')]
    const rendered = async (graph: string, input: string, output: string) => {
      const { code, stdout, stderr } = await render(graph, '--input', input, '--output', output, '--json')
      expect(code, stderr).toBe(0)
      return (JSON.parse(stdout) as { readonly notes: readonly string[] }).notes.filter((note) =>
        note.includes('Telecine'),
      )
    }
    await rendered(plain, 'film.mkv', 'as-decoded.mkv')
    expect(await rendered(inverse, 'telecined.mkv', 'restored.mkv')).toEqual([])
    const { starts } = await probe(join(folder, 'restored.mkv'))
    expect(starts).toHaveLength(40)
    expect(starts).toEqual(starts.map((_, i) => expect.closeTo((i * 1001) / 24_000, 2)))
    const [film, restored] = [planes(folder, 'as-decoded.mkv'), planes(folder, 'restored.mkv')]
    const frame = (all: Buffer, i: number) => all.subarray(i * frameBytes, (i + 1) * frameBytes)
    const near = Array.from({ length: 40 }, (_, i) => decibels(frame(restored, i), frame(film, i)))
    // Of every four one was made of two frames, and its chroma is worked out again from rows that were rounded on the way.
    expect(Math.min(...near)).toBeGreaterThan(50)
    expect(near.filter((each) => each > 90).length).toBeGreaterThanOrEqual(30)
    // Where two frames were cut out, a field is left alone too.
    expect(await rendered(inverse, 'cut.mkv', 'cut-restored.mkv')).toEqual([
      expect.stringMatching(/^Inverse Telecine: In 1 of \d+ groups of five .* the cadence is broken there/),
      expect.stringMatching(/^Inverse Telecine: 1 frame has lines that go with those of no neighbour/),
    ])
  })

  test('of a clip that is no film says so', async ({ folder, render }) => {
    ffmpeg(folder, '-f', 'lavfi', '-i', scene('30', 1), '-c:v', 'ffv1', 'video.mkv')
    const graph = graphOf(folder, 'inverse-telecine')
    const { code, stdout, stderr } = await render(graph, '--input', 'video.mkv', '--output', 'less.mkv')
    expect(code, stderr).toBe(0)
    expect(stdout).toContain('this is not telecined film, and a fifth of its frames is gone')
  })
})

test('one frame a field: a range and joined shards hold the frames and times that the whole has', async ({
  folder,
  render,
}) => {
  ffmpeg(folder, '-f', 'lavfi', '-i', `${scene('50', 1)},tinterlace=mode=interleave_top`, '-c:v', 'ffv1', 'tape.mkv')
  const graph = graphOf(folder, 'deinterlace', { frames: 'field', order: 'top' })
  const rendered = async (output: string, ...args: string[]) => {
    const { code, stderr } = await render(graph, '--input', 'tape.mkv', '--output', output, ...args)
    expect(code, stderr).toBe(0)
    return { ...(await probe(join(folder, output))), planes: planes(folder, output) }
  }
  const whole = await rendered('whole.mkv')
  expect(whole.starts).toEqual(Array.from({ length: 50 }, (_, i) => expect.closeTo(i / 50, 2)))
  const range = await rendered('range.mkv', '--range', '31-45', '--keep-timestamps')
  expect(range.starts).toEqual(whole.starts.slice(31, 46).map((start) => expect.closeTo(start, 2)))
  expect(range.planes.equals(whole.planes.subarray(31 * frameBytes, 46 * frameBytes))).toBe(true)
  const joined = await rendered('joined.mkv', '--shards', '3')
  expect(joined.starts).toEqual(whole.starts)
  expect(joined.planes.equals(whole.planes)).toBe(true)
})
