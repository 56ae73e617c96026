/** Frames through an ffmpeg of this machine: a real one, as the command line finds it. */
import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EncoderServer } from '../../../src/host/encoder-server.ts'
import { encodersIn, findFfmpeg, installedEncoder, near } from '../../../src/host/installed-ffmpeg.ts'
import { MemorySegments } from '../../../src/media/encoders/memory-segments.ts'
import { createSampleSink } from '../../../src/media/encoders/sample-sink.ts'
import { nowhereOutput } from '../../../src/media/output-files.ts'
import { sampleBytes } from '../../../src/media/sample-format.ts'
import type {
  InstalledEncoding,
  KeptFrames,
  MediaError,
  OutputFiles,
  SampleSink,
  SampleSinkRequest,
} from '../../../src/media/types.ts'
import { type Listening, listening } from './listening.ts'

let server: EncoderServer
let host: Listening
beforeEach(async () => {
  server = new EncoderServer()
  host = await listening((request, response) => server.answer(request, response))
})
afterEach(async () => {
  server.end()
  await host.close()
})

const [width, height] = [128, 72]

const ffmpeg = (await findFfmpeg())!
/** What ffmpeg tells of its encoders: asked once for each. */
const encoders = new Map<string, ReturnType<typeof installedEncoder>>()

async function addressOf(name: string): Promise<string> {
  const encoder = encoders.get(name) ?? installedEncoder(ffmpeg, name)
  encoders.set(name, encoder)
  return `${host.origin}${await server.accept(ffmpeg, await encoder, join(host.root, 'p'))}`
}

function memoryFile(): { readonly output: OutputFiles; bytes: Uint8Array } {
  const file = {
    bytes: new Uint8Array(),
    output: {
      open: async () => ({
        async write(position: number, data: Uint8Array) {
          const grown = new Uint8Array(Math.max(file.bytes.length, position + data.length))
          grown.set(file.bytes)
          grown.set(data, position)
          file.bytes = grown
        },
        close: async () => undefined,
        commit: async () => undefined,
        discard: async () => undefined,
      }),
    } satisfies OutputFiles,
  }
  return file
}

async function sinkOf(
  name: string,
  over: Partial<SampleSinkRequest> = {},
  encoding: Partial<InstalledEncoding> = {},
): Promise<SampleSink> {
  const container = over.container ?? 'mp4'
  return createSampleSink({
    container,
    width,
    height,
    frameRate: 24,
    keyFrameSeconds: 0.5,
    audio: null,
    output: nowhereOutput(),
    fileName: `out.${container}`,
    encoding: {
      kind: 'installed',
      name,
      address: await addressOf(name),
      bits: 8,
      alpha: false,
      hdr: null,
      rate: { mode: 'quality', crf: 18 },
      effort: 'fast',
      ...encoding,
    },
    ...over,
  })
}

async function writeGreys(sink: SampleSink, first: number, next: number): Promise<void> {
  const { format } = sink
  for (let index = first; index < next; index++) {
    const bytes = new Uint8Array(sampleBytes(format, width, height))
    const samples = format.bits > 8 ? new Uint16Array(bytes.buffer) : bytes
    const unit = 2 ** (format.bits - 8)
    samples.fill(128 * unit)
    samples.fill((20 + index * 7) * unit, 0, width * height)
    const picture = { format, width, height, bytes, close: () => undefined }
    await sink.write({ picture, timestamp: index / 24, duration: 1 / 24 }, index)
  }
}

const messageOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it did not fail',
    (error: MediaError) => error.message,
  )

describe('an encoder of an installed ffmpeg', () => {
  test.each([
    ['libx264', 'mp4', 8, 'h264', 'yuv420p'],
    ['libx265', 'mkv', 10, 'hevc', 'yuv420p10le'],
    ['libsvtav1', 'webm', 10, 'av1', 'yuv420p10le'],
    ['libvpx-vp9', 'webm', 8, 'vp9', 'yuv420p'],
    ['ffv1', 'mkv', 10, 'ffv1', 'yuv444p10le'],
    ['prores_ks', 'mov', 10, 'prores', 'yuv422p10le'],
  ] as const)('%s in %s of %i bits', async (name, container, bits, codec, pixelFormat) => {
    const file = memoryFile()
    const sink = await sinkOf(name, { container, output: file.output }, { bits })
    await writeGreys(sink, 0, 20)
    const report = await sink.finish()
    expect(report).toMatchObject({ frames: 20, encoder: expect.stringMatching(`^${name} of ffmpeg \\d`) })
    const path = join(host.root, `out.${container}`)
    writeFileSync(path, file.bytes)
    const asked = ['-show_entries', 'stream=codec_name,pix_fmt:frame=pts_time', '-of', 'json', path]
    const { streams, frames } = JSON.parse(execFileSync('ffprobe', ['-v', 'error', ...asked], { encoding: 'utf8' }))
    expect(streams).toEqual([{ codec_name: codec, pix_fmt: pixelFormat }])
    const times = frames.map(({ pts_time }: { pts_time: string }) => Number.parseFloat(pts_time))
    expect(times).toHaveLength(20)
    for (const [index, time] of times.entries()) expect(time).toBeCloseTo(index / 24, 2)
    expect(readdirSync(join(host.root, 'p'))).toEqual([])
  })

  test('whether it was made at once or kept and gone on with: the same bytes', async () => {
    const files: Uint8Array[] = []
    for (const stops of [[], [24]]) {
      const file = memoryFile()
      const kept: KeptFrames = { store: new MemorySegments(), perSegment: 12 }
      let first = 0
      for (const stop of stops) {
        const sink = await sinkOf('libx264', { output: file.output, segments: kept })
        await writeGreys(sink, first, stop)
        await sink.keep()
        first = stop
      }
      const sink = await sinkOf('libx264', { output: file.output, segments: kept })
      await writeGreys(sink, first, 33)
      await sink.finish()
      files.push(file.bytes)
    }
    expect(files[0]?.length).toBeGreaterThan(1000)
    expect(files[1]).toEqual(files[0])
  })

  test('given up, its ffmpeg is ended and nothing of it remains', async () => {
    const kept: KeptFrames = { store: new MemorySegments(), perSegment: 1000 }
    const sink = await sinkOf('libx264', { segments: kept })
    await writeGreys(sink, 0, 30)
    await expect.poll(() => readdirSync(join(host.root, 'p')), { timeout: 10_000 }).toHaveLength(1)
    await sink.abort()
    expect(readdirSync(join(host.root, 'p'))).toEqual([])
    expect(await kept.store.list()).toEqual([])
  })

  test('what it makes must go into the file', async () => {
    expect(await messageOf(sinkOf('libx265', { container: 'webm' }))).toMatch(
      /^WebM does not take what libx265 of ffmpeg \S+ makes \(hev1/,
    )
    const bitrate = { rate: { mode: 'bitrate', bitsPerSecond: 1e6 } } as const
    expect(await messageOf(sinkOf('mpeg4', { container: 'mkv' }, bitrate))).toMatch(
      /^No file can be made from what mpeg4/,
    )
  })

  test('a quality that it cannot be told is refused', async () => {
    expect(await messageOf(sinkOf('mpeg4'))).toBe('How mpeg4 is told a constant quality is not known here.')
  })
})

describe('the server', () => {
  test('takes no arguments for ffmpeg, and nothing that is no order', async () => {
    const address = await addressOf('libx264')
    const order = {
      width,
      height,
      frameRate: 24,
      perKey: 12,
      bits: 8,
      alpha: false,
      hdr: null,
      effort: 'fast',
      rate: { mode: 'quality', crf: 18 },
    }
    const begin = (body: unknown) =>
      fetch(`${address}?begin=1`, { method: 'POST', body: JSON.stringify(body) }).then(({ status }) => status)
    for (const wrong of [
      null,
      [],
      { ...order, args: ['-f', 'tee'] },
      { ...order, width: '64 -i x' },
      { ...order, effort: '-y' },
      { ...order, crf: 'x'.repeat(9000) },
    ])
      expect(await begin(wrong)).toBe(400)
    expect(await begin(order)).toBe(200)
  })
  test('knows its own pieces alone', async () => {
    const address = await addressOf('libx264')
    expect((await fetch(`${address}?piece=7`, { method: 'PUT', body: 'x' })).status).toBe(404)
    expect((await fetch(`${host.origin}/encoder/0000?begin=1`, { method: 'POST' })).status).toBe(404)
  })
  test('says why ffmpeg did not take what it was given', async () => {
    const address = await addressOf('dnxhd')
    const body = { width: 64, height: 36, frameRate: 24, perKey: 1, bits: 8, alpha: false, hdr: null, effort: 'fast' }
    const rate = { mode: 'quality', crf: 18 }
    const begun = await fetch(`${address}?begin=1`, { method: 'POST', body: JSON.stringify({ ...body, rate }) })
    const piece = await begun.text()
    const frame = new Blob([new Uint8Array(64 * 36 * 2)])
    await fetch(`${address}?piece=${piece}`, { method: 'PUT', body: frame })
    const end = await fetch(`${address}?piece=${piece}&end=1`, { method: 'POST' })
    expect([end.status, await end.text()]).toEqual([500, expect.stringMatching(/256x120|dimensions/)])
  })
})

describe('what is installed', () => {
  test('its encoders of pictures are read, and not the legend', () => {
    const text = ` V..... = Video
 A..... = Audio
 ------
 V....D libx264              libx264 H.264 (codec h264)
 VFS..D dnxhd                VC3/DNxHD
 A....D aac                  AAC (Advanced Audio Coding)
`
    expect([...encodersIn(text)]).toEqual([
      ['libx264', 'libx264 H.264 (codec h264)'],
      ['dnxhd', 'VC3/DNxHD'],
    ])
  })
  test('what is near a mistyped name is named', () => {
    expect(near('libx256', ['libx264', 'libx265', 'libaom-av1', 'gif'])).toEqual(['libx264', 'libx265'])
    expect(near('nvenc', ['libx264', 'h264_nvenc'])).toEqual(['h264_nvenc'])
    expect(near('zz', ['libx264'])).toEqual([])
  })
  test('where there is none, it says so, and what to do', async () => {
    expect(await findFfmpeg({ PATH: '/nowhere' })).toBeUndefined()
    await expect(installedEncoder(undefined, 'libx264')).rejects.toThrow(/there is none on this machine/)
    await expect(findFfmpeg({ FRAMEWRIGHT_FFMPEG: '/nowhere/ffmpeg' })).rejects.toThrow(/cannot be run/)
    await expect(installedEncoder(await findFfmpeg(), 'libx256')).rejects.toThrow(/has no encoder “libx256”/)
  })
})
