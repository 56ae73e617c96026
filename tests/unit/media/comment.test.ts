/** A graph in a file's comment comes back as it went in, also after another tool copied the file. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  Conversion,
  Input,
  MkvOutputFormat,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  WebMOutputFormat,
} from 'mediabunny'
import { afterAll, describe, expect, test } from 'vitest'
import { encodePng } from '../../../src/gpu/png.ts'
import { readComment } from '../../../src/media/comment.ts'

const fixtures = new URL('../../fixtures/media/', import.meta.url)
const graph = readFileSync(new URL('../../../public/graphs/default.json', import.meta.url), 'utf8')
/** Larger than any field that a tool might keep in a small buffer, and not ASCII alone. */
const comment = graph.replace('"description": "', `"description": "${'×ü“字”\\n'.repeat(3000)}`)

const fixture = (name: string) => new File([readFileSync(new URL(name, fixtures))], name)
const folder = mkdtempSync(join(tmpdir(), 'framewright-comment-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function withComment(source: string, format: OutputFormat): Promise<Uint8Array<ArrayBuffer>> {
  const input = new Input({ source: new BlobSource(fixture(source)), formats: ALL_FORMATS })
  const target = new BufferTarget()
  const output = new Output({ format, target })
  await (await Conversion.init({ input, output, tags: { comment }, showWarnings: false })).execute()
  return new Uint8Array(target.buffer!)
}

const formats = {
  mp4: { source: 'vfr.mp4', format: () => new Mp4OutputFormat({ fastStart: false }) },
  mkv: { source: 'vfr.mp4', format: () => new MkvOutputFormat() },
  webm: { source: 'odd.webm', format: () => new WebMOutputFormat() },
} as const

describe.each(Object.entries(formats))('%s', (extension, { source, format }) => {
  test('gives its comment back', async () => {
    expect(await readComment(new File([await withComment(source, format())], `a.${extension}`))).toBe(comment)
  })
})

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0

describe.skipIf(!hasFfmpeg)('after ffmpeg -c copy', () => {
  test.each([
    ['mp4', 'mp4'],
    ['mp4', 'mkv'],
    ['mkv', 'mkv'],
    ['webm', 'webm'],
    ['webm', 'mkv'],
  ] as const)('%s to %s', async (from, to) => {
    const { source, format } = formats[from]
    const before = join(folder, `${from}-${to}-before.${from}`)
    const between = join(folder, `${from}-${to}-between.${to}`)
    const after = join(folder, `${from}-${to}-after.${to}`)
    writeFileSync(before, await withComment(source, format()))
    // Twice: a copy of a copy must do as well.
    for (const [a, b] of [
      [before, between],
      [between, after],
    ] as const)
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', a, '-map_metadata', '0', '-c', 'copy', b])
    expect(await readComment(new File([readFileSync(after)], `after.${to}`))).toBe(comment)
  })

  test('png to png', async () => {
    const before = join(folder, 'before.png')
    const after = join(folder, 'after.png')
    writeFileSync(before, await encodePng(new Uint8ClampedArray(64).fill(120), 4, 4, comment))
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', before, '-c', 'copy', after])
    expect(await readComment(new File([readFileSync(after)], 'after.png'))).toBe(comment)
  })
})

describe('a PNG', () => {
  const png = (text?: string) => encodePng(new Uint8ClampedArray(64).fill(120), 4, 4, text)
  const read = async (bytes: Uint8Array<ArrayBuffer>) => readComment(new File([bytes], 'a.png'))

  test('gives its comment back, empty or not', async () => {
    expect(await read(await png(comment))).toBe(comment)
    expect(await read(await png(''))).toBe('')
  })

  test('without one says so, whole or cut anywhere', async () => {
    expect(await read(await png())).toBeNull()
    const whole = await png('short')
    for (let length = 8; length < whole.length; length += 1) {
      const found = await read(whole.slice(0, length))
      expect([null, 'short']).toContain(found)
    }
  })
})

test('files without a comment have none, and what is no file of these kinds has none either', async () => {
  for (const name of ['vfr.mp4', 'odd.webm', 'one.png', 'not-a-video.mp4'])
    expect(await readComment(fixture(name)), name).toBeNull()
})
