/** Files that the built-in ffmpeg encodes: what is in them, their times, and that segments make the same file. */
import { ALL_FORMATS, AudioSampleSink, BlobSource, Input } from 'mediabunny'
import { describe, expect, test } from 'vitest'
import { MemorySegments } from '../../src/media/encoders/memory-segments.ts'
import type { MediaLibrary } from '../../src/media/media-library.ts'
import { sampleBytes } from '../../src/media/sample-format.ts'
import type {
  BuiltInEncoding,
  FrameSource,
  SampleFormat,
  SampleSink,
  SampleSinkRequest,
  TimedSamples,
} from '../../src/media/types.ts'
import { fromHalf, toHalf } from './harness.ts'
import { type MemoryOutput, memoryOutput } from './media-output.ts'
import { imagePicture, mediaErrorOf, never, openLibrary, testMediaBench } from './media-support.ts'

const bench = testMediaBench()

const [width, height] = [256, 144]

const request = (
  output: MemoryOutput,
  encoding: Partial<BuiltInEncoding>,
  over: Partial<SampleSinkRequest> = {},
): SampleSinkRequest => ({
  container: 'mp4',
  width,
  height,
  frameRate: 24,
  keyFrameSeconds: 0.5,
  audio: null,
  output,
  fileName: `out.${over.container ?? 'mp4'}`,
  encoding: { kind: 'built-in', format: 'x264', bits: 8, crf: 18, effort: 'fast', ...encoding },
  ...over,
})

/** Luma of frame `index` in 8-bit codes: a plain one that tells its number. */
const lumaOf = (index: number): number => 20 + ((index * 9) % 200)

function grey(format: SampleFormat, index: number, timestamp = index / 24): TimedSamples {
  const bytes = new Uint8Array(sampleBytes(format, width, height))
  const samples = format.bits > 8 ? new Uint16Array(bytes.buffer) : bytes
  const unit = 2 ** (format.bits - 8)
  samples.fill(128 * unit)
  samples.fill(lumaOf(index) * unit, 0, width * height)
  if (format.alpha) samples.fill(2 ** format.bits - 1, samples.length - width * height)
  return { picture: { format, width, height, bytes, close: () => undefined }, timestamp, duration: 1 / 24 }
}

async function writeGreys(sink: SampleSink, first: number, next: number): Promise<void> {
  for (let index = first; index < next; index++) await sink.write(grey(sink.format, index), index)
}

async function reopen(media: MediaLibrary, output: MemoryOutput, name: string): Promise<FrameSource> {
  const file = output.files.get(name)
  if (!file) throw new Error(`${name} was not written`)
  await media.add(name, [file])
  return media.open({ id: name })
}

/** The first sample of luma of a decoded frame, in 8-bit codes. */
async function firstLuma(source: FrameSource, index: number): Promise<number> {
  using frame = await source.frame(index, never)
  const { picture } = frame
  if (picture instanceof ImageBitmap) throw new Error('a bitmap came')
  if (picture instanceof VideoFrame) {
    const bytes = new Uint8Array(picture.allocationSize())
    await picture.copyTo(bytes)
    const deep = picture.format?.includes('P1') === true
    return deep ? (new DataView(bytes.buffer).getUint16(0, true) ?? 0) / 4 : (bytes[0] ?? 0)
  }
  const { bits } = picture.format
  const [low = 0, high = 0] = picture.bytes
  return bits > 8 ? (low + 256 * high) / 2 ** (bits - 8) : low
}

describe('every codec of the built-in ffmpeg', () => {
  test.each([
    ['mp4', 'x264', 8, /^avc1\.64/, 8, '4:2:0', 4],
    ['mkv', 'x264', 10, /^avc1\.6E/i, 10, '4:2:0', 2],
    ['mov', 'x264', 8, /^avc1\.64/, 8, '4:2:0', 4],
    ['mkv', 'ffv1', 8, /^ffv1$/, 8, '4:4:4', 0],
    ['mkv', 'ffv1', 10, /^ffv1$/, 10, '4:4:4', 0],
    ['mov', 'prores-hq', 10, /^apch$/, 10, '4:2:2', 1],
    ['mov', 'prores-4444', 10, /^ap4h$/, 12, '4:4:4', 1],
    ['mov', 'dnxhr-hq', 8, /^AVdh$/, 8, '4:2:2', 1],
    ['mov', 'dnxhr-hqx', 10, /^AVdh$/, 10, '4:2:2', 1],
  ] as const)('%s with %s of %i bits', async (container, format, bits, codec, depth, chroma, tolerance) => {
    const media = openLibrary()
    const output = memoryOutput()
    const sink = await media.createSampleSink(request(output, { format, bits }, { container }))
    await writeGreys(sink, 0, 14)
    const report = await sink.finish()
    expect(report).toMatchObject({ frames: 14, width, height, bytes: output.files.get(`out.${container}`)?.size })
    expect(report.videoCodec).toMatch(codec)
    expect(report.encoder).toMatch(/of the built-in ffmpeg$/)
    expect(output.unfinished).toBe(0)

    await using source = await reopen(media, output, `out.${container}`)
    expect(source.facts).toMatchObject({ width, height, frameCount: 14, samples: { bits: depth, chroma } })
    for (const index of [0, 7, 13]) {
      const luma = await firstLuma(source, index)
      expect(Math.abs(luma - lumaOf(index)), `frame ${index}: ${luma}`).toBeLessThanOrEqual(tolerance)
      expect(source.timeline.timestamp(index)).toBeCloseTo(index / 24, 2)
    }
  })

  test('variable rates stay variable', async () => {
    const media = openLibrary()
    const output = memoryOutput()
    const sink = await media.createSampleSink(request(output, {}))
    const times = [0, 0.04, 0.2, 0.22, 0.5, 0.51, 0.9, 1.4, 1.44, 1.5, 2, 2.5, 2.6]
    for (const [index, time] of times.entries()) await sink.write(grey(sink.format, index, time), index)
    await sink.finish()
    await using source = await reopen(media, output, 'out.mp4')
    expect(times.map((_, index) => source.timeline.timestamp(index))).toEqual(
      times.map((time) => expect.closeTo(time, 4)),
    )
  })

  test('whether it was made at once, or kept and gone on with: the same bytes', async () => {
    const media = openLibrary()
    const files: Uint8Array[] = []
    for (const stops of [[], [30, 36]]) {
      const output = memoryOutput()
      const kept = { store: new MemorySegments(), perSegment: 12 }
      let first = 0
      for (const stop of stops) {
        const sink = await media.createSampleSink(request(output, {}, { segments: kept }))
        await writeGreys(sink, first, stop)
        await sink.keep()
        // What was begun within a segment is made again, as the engine asks for it.
        first = Math.floor(stop / 12) * 12
        await kept.store.remove((await kept.store.list()).filter((segment) => segment.next > first))
      }
      const sink = await media.createSampleSink(request(output, {}, { segments: kept }))
      await writeGreys(sink, first, 50)
      await sink.finish()
      files.push(new Uint8Array((await output.files.get('out.mp4')?.arrayBuffer()) ?? new ArrayBuffer()))
    }
    expect(files[0]?.byteLength).toBeGreaterThan(1000)
    expect(files[1]).toEqual(files[0])
  })

  test('given up in the middle of a segment, nothing remains', async () => {
    const media = openLibrary()
    const output = memoryOutput()
    const kept = { store: new MemorySegments(), perSegment: 1000 }
    const sink = await media.createSampleSink(request(output, {}, { segments: kept }))
    await writeGreys(sink, 0, 30)
    await sink.abort()
    expect(await kept.store.list()).toEqual([])
    expect([output.files.size, output.unfinished]).toEqual([0, 0])
  })
})

describe('sound as AAC', () => {
  /** The first channel of a file's sound. */
  async function soundOf(file: File): Promise<Float32Array> {
    using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
    const track = (await input.getPrimaryAudioTrack())!
    const parts: Float32Array[] = []
    for await (const sample of new AudioSampleSink(track).samples()) {
      using piece = sample
      const values = new Float32Array(piece.numberOfFrames)
      piece.copyTo(values, { planeIndex: 0, format: 'f32-planar' })
      parts.push(values)
    }
    return Float32Array.from(parts.flatMap((part) => [...part]))
  }

  /** Samples by which `late` lags behind `early`: where they are most alike. */
  function lag(early: Float32Array, late: Float32Array): number {
    let best = { alike: Number.NEGATIVE_INFINITY, at: 0 }
    for (let at = -2400; at <= 2400; at++) {
      let alike = 0
      for (let i = 10_000; i < 40_000; i += 3) alike += (early[i] ?? 0) * (late[i + at] ?? 0)
      if (alike > best.alike) best = { alike, at }
    }
    return best.at
  }

  test('Opus becomes AAC in an MP4 that ffmpeg encodes, and stays in time', async () => {
    const media = openLibrary()
    const output = memoryOutput()
    await using sample = await media.open({ id: 'samples/field-guide.mp4' })
    const opus = await media.createSink({
      ...request(output, {}, { container: 'webm', audio: { stream: sample.audio!, start: 0, end: 1.5 } }),
      codec: 'vp8',
      rate: { mode: 'quality', quality: 50 },
    })
    const flat = new Uint8Array(width * height * 1.5).fill(128)
    for (let index = 0; index < 36; index++) {
      const init = { format: 'I420', codedWidth: width, codedHeight: height, timestamp: (index * 1e6) / 24 } as const
      await opus.write(new VideoFrame(flat, { ...init, duration: 1e6 / 24 }), index)
    }
    await opus.finish()

    await using source = await reopen(media, output, 'out.webm')
    const audio = { stream: source.audio!, start: 0, end: 1.5, preferAac: true }
    const sink = await media.createSampleSink(request(output, {}, { audio }))
    await writeGreys(sink, 0, 36)
    expect(await sink.finish()).toMatchObject({ audioCodec: 'mp4a.40.2', audioCopied: false })
    const [before, after] = [await soundOf(output.files.get('out.webm')!), await soundOf(output.files.get('out.mp4')!)]
    expect(Math.abs(after.length / 48_000 - 1.5)).toBeLessThan(0.05)
    // A millisecond: coding changes the wave a little.
    expect(Math.abs(lag(before, after))).toBeLessThan(48)
  })
})

describe('what cannot be is said before the first frame', () => {
  test('a size that the codec does not take', async () => {
    const error = await mediaErrorOf(
      openLibrary().createSampleSink(
        request(memoryOutput(), { format: 'dnxhr-hq' }, { container: 'mov', width: 64, height: 36 }),
      ),
    )
    expect(error.message).toMatch(/out\.mov.*dnxhd of the built-in ffmpeg.*(256x120|width|size)/i)
  })
  test('a container that cannot hold it', async () => {
    const error = await mediaErrorOf(
      openLibrary().createSampleSink(request(memoryOutput(), { format: 'ffv1' }, { container: 'mp4' })),
    )
    expect(error.message).toBe('MP4 does not take what ffv1 of the built-in ffmpeg makes (ffv1).')
  })
  test('an installed ffmpeg, which a page cannot reach', async () => {
    const encoding = {
      kind: 'installed',
      name: 'libx264',
      bits: 8,
      alpha: false,
      hdr: null,
      rate: { mode: 'quality', crf: 18 },
    } as const
    const error = await mediaErrorOf(
      openLibrary().createSampleSink({ ...request(memoryOutput(), {}), encoding: { ...encoding, effort: 'fast' } }),
    )
    expect(error.message).toContain('an installed ffmpeg, which a page in a browser cannot reach')
  })
})

describe('pictures as planes', () => {
  /** Colours that differ in every pixel, some half transparent. */
  function colours(across: number, down: number) {
    const picture = imagePicture(bench.gpu, across, down)
    const halves = new Uint16Array(across * down * 4)
    for (let i = 0; i < across * down; i++) {
      const at = (step: number): number => toHalf(((i * step) % 97) / 96)
      halves.set([at(13), at(29), at(53), toHalf(i % 5 === 0 ? 0.5 : 1)], i * 4)
    }
    bench.gpu.device.queue.writeTexture({ texture: picture.texture }, halves, { bytesPerRow: across * 8 }, [
      across,
      down,
    ])
    return { picture, data: Float32Array.from(halves, fromHalf) }
  }

  test.each([
    [64, 36],
    [33, 17],
  ])('8 bits of 4:2:0 are what the browser’s encoder gets, %i×%i', async (across, down) => {
    const { picture } = colours(across, down)
    using _ = picture
    const frame = await bench.download.videoFrame(bench.recorder, picture, { timestamp: 0, duration: 1 })
    const tight = (w: number, h: number) => [
      { offset: 0, stride: w },
      { offset: w * h, stride: w / 2 },
      { offset: w * h * 1.25, stride: w / 2 },
    ]
    const wanted = new Uint8Array(frame.codedWidth * frame.codedHeight * 1.5)
    await frame.copyTo(wanted, { layout: tight(frame.codedWidth, frame.codedHeight) })
    frame.close()
    const take = await bench.download.samples({ arrangement: 'yuv', bits: 8, subsampling: [1, 1], alpha: false })
    const samples = await take(bench.recorder, picture)
    expect([samples.width, samples.height]).toEqual([Math.ceil(across / 2) * 2, Math.ceil(down / 2) * 2])
    const differ = samples.bytes.filter((byte, index) => Math.abs(byte - (wanted[index] ?? -9)) > 1)
    expect([samples.bytes.length, differ.length]).toEqual([wanted.length, 0])
  })

  test('10 bits of 4:4:4 with alpha are BT.709, limited, and alpha whole', async () => {
    const { picture, data } = colours(16, 4)
    using _ = picture
    const take = await bench.download.samples({ arrangement: 'yuv', bits: 10, subsampling: [0, 0], alpha: true })
    const codes = new Uint16Array((await take(bench.recorder, picture)).bytes.buffer)
    for (let i = 0; i < 64; i++) {
      const [r = 0, g = 0, b = 0, a = 0] = data.subarray(i * 4, i * 4 + 4)
      const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
      const wanted = [64 + 876 * luma, 512 + (896 * (b - luma)) / 1.8556, 512 + (896 * (r - luma)) / 1.5748, 1023 * a]
      wanted.forEach((code, plane) => {
        expect(Math.abs((codes[plane * 64 + i] ?? 0) - code), `plane ${plane} at ${i}`).toBeLessThanOrEqual(0.6)
      })
    }
  })

  test('10 bits of 4:2:2 have left-sited chroma', async () => {
    const { picture, data } = colours(16, 4)
    using _ = picture
    const take = await bench.download.samples({ arrangement: 'yuv', bits: 10, subsampling: [1, 0], alpha: false })
    const codes = new Uint16Array((await take(bench.recorder, picture)).bytes.buffer)
    const rgb = (x: number, y: number, c: number): number => {
      const at = (y * 16 + Math.max(0, x)) * 4
      return (data[at + c] ?? 0) * (data[at + 3] ?? 0)
    }
    for (const x of [0, 3, 7]) {
      const mean = [0, 1, 2].map((c) => (rgb(2 * x - 1, 2, c) + 2 * rgb(2 * x, 2, c) + rgb(2 * x + 1, 2, c)) / 4)
      const [r = 0, g = 0, b = 0] = mean
      const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
      const cb = codes[64 + 2 * 8 + x] ?? 0
      expect(Math.abs(cb - (512 + (896 * (b - luma)) / 1.8556)), `column ${x}`).toBeLessThanOrEqual(0.7)
    }
  })
})
