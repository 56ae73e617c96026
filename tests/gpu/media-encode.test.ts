import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from 'mediabunny'
import { describe, expect, test } from 'vitest'
import type { MediaLibrary } from '../../src/media/media-library.ts'
import type { Frame, FrameSource, PicturesReport, SinkRequest } from '../../src/media/types.ts'
import expected from '../fixtures/media/expected.json'
import { type MemoryOutput, memoryOutput } from './media-output.ts'
import {
  type HeldPicture,
  imagePicture,
  libraryWith,
  mediaErrorOf,
  never,
  openLibrary,
  readPicture,
  testMediaBench,
  watchFrames,
} from './media-support.ts'

const bench = testMediaBench()

const bt709 = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false, tagged: true }

/** A plain frame whose luma tells its number. */
function greyFrame(width: number, height: number, index: number, timestamp: number, duration: number): VideoFrame {
  const bytes = new Uint8Array((width * height * 3) / 2).fill(128)
  bytes.fill(20 + ((index * 9) % 200), 0, width * height)
  return new VideoFrame(bytes, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: Math.round(timestamp * 1e6),
    duration: Math.round(duration * 1e6),
    colorSpace: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false },
  })
}

const request = (output: MemoryOutput, over: Partial<SinkRequest> = {}): SinkRequest => ({
  container: 'mp4',
  codec: 'avc',
  width: 64,
  height: 36,
  frameRate: 24,
  rate: { mode: 'quality', quality: 80 },
  keyFrameSeconds: 0.5,
  audio: null,
  output,
  fileName: `out.${over.container ?? 'mp4'}`,
  ...over,
})

async function writeGreys(media: MediaLibrary, wish: SinkRequest, count: number): Promise<PicturesReport> {
  const sink = await media.createSink(wish)
  for (let index = 0; index < count; index++)
    await sink.write(greyFrame(wish.width, wish.height, index, index / 24, 1 / 24), index)
  return sink.finish()
}

async function reopen(media: MediaLibrary, output: MemoryOutput, name: string): Promise<FrameSource> {
  const file = output.files.get(name)
  if (!file) throw new Error(`${name} was not written`)
  await media.add(name, [file])
  return media.open({ id: name })
}

describe('every codec in every container that takes it', () => {
  test.each([
    ['mp4', 'avc'],
    ['mp4', 'av1'],
    ['webm', 'vp9'],
    ['webm', 'av1'],
    ['webm', 'vp8'],
    ['mkv', 'avc'],
    ['mkv', 'vp9'],
    ['mkv', 'av1'],
    ['mkv', 'vp8'],
  ] as const)('%s with %s', async (container, codec) => {
    const watch = watchFrames()
    try {
      const media = openLibrary()
      const output = memoryOutput()
      const name = `out.${container}`
      const report = await writeGreys(media, request(output, { container, codec, width: 66, height: 34 }), 14)
      expect(report).toMatchObject({ fileName: name, frames: 14, audioCodec: null, audioCopied: false })
      expect(report.bytes).toBe(output.files.get(name)?.size)
      expect(report.videoCodec).toMatch({ avc: /^avc1\./, av1: /^av01\./, vp9: /^vp09\./, vp8: /^vp8/ }[codec])
      expect(output.unfinished).toBe(0)

      await using source = await reopen(media, output, name)
      // Of VP8 there is no other.
      const colour = codec === 'vp8' ? { ...bt709, matrix: 'smpte170m' } : bt709
      expect(source.facts).toMatchObject({ width: 66, height: 34, frameCount: 14, colour, audio: null })
      // Matroska counts in whole milliseconds.
      expect(source.facts.duration).toBeCloseTo(14 / 24, 2)
      for (const index of [0, 7, 13]) {
        using frame = await source.frame(index, never)
        expect(frame.timestamp).toBeCloseTo(index / 24, 2)
        if (!(frame.picture instanceof VideoFrame)) throw new Error('not a video frame')
        const bytes = new Uint8Array(frame.picture.allocationSize())
        await frame.picture.copyTo(bytes)
        expect(Math.abs((bytes[0] ?? 0) - (20 + index * 9))).toBeLessThanOrEqual(5)
      }
      const file = output.files.get(name)
      if (!file) throw new Error('no file')
      expect(await keyFrameTimes(file)).toEqual([0, 0.5])
      await source[Symbol.asyncDispose]()
      await expect.poll(() => watch.open()).toBe(0)
    } finally {
      watch.stop()
    }
  })

  async function keyFrameTimes(file: File): Promise<number[]> {
    using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
    const track = await input.getPrimaryVideoTrack()
    if (!track) throw new Error('no video')
    const times: number[] = []
    for await (const packet of new EncodedPacketSink(track).packets())
      if (packet.type === 'key') times.push(Number(packet.timestamp.toFixed(2)))
    return times
  }

  test('a large file is written in pieces of 2 MiB at most, as it grows', async () => {
    const media = openLibrary()
    const output = memoryOutput()
    const [width, height] = [640, 360]
    const sink = await media.createSink(
      request(output, { container: 'mkv', codec: 'avc', width, height, rate: { mode: 'quality', quality: 100 } }),
    )
    const pixels = new Uint8Array(width * height * 4)
    for (let index = 0; index < 60; index++) {
      // Noise: the dearest there is.
      for (let from = 0; from < pixels.length; from += 65_536)
        crypto.getRandomValues(pixels.subarray(from, from + 65_536))
      const timestamp = (index * 1e6) / 24
      await sink.write(
        new VideoFrame(pixels, {
          format: 'RGBX',
          codedWidth: width,
          codedHeight: height,
          timestamp,
          duration: 1e6 / 24,
        }),
        index,
      )
    }
    const { bytes } = await sink.finish()
    expect(bytes).toBeGreaterThan(4 * 1024 * 1024)
    expect(output.largestWrite).toBeLessThanOrEqual(2 * 1024 * 1024)
  })

  test('a bitrate is roughly kept', async () => {
    const sizes: number[] = []
    for (const bitsPerSecond of [100_000, 1_600_000]) {
      const output = memoryOutput()
      const media = openLibrary()
      const wish = request(output, { codec: 'av1', width: 128, height: 72, rate: { mode: 'bitrate', bitsPerSecond } })
      const sink = await media.createSink(wish)
      for (let index = 0; index < 24; index++) {
        const noise = Uint8Array.from(
          { length: 128 * 108 },
          (_, i) => (Math.imul(i + index * 7919, 2654435761) >>> 24) & 0xff,
        )
        await sink.write(
          new VideoFrame(noise, {
            format: 'I420',
            codedWidth: 128,
            codedHeight: 72,
            timestamp: Math.round((index / 24) * 1e6),
          }),
          index,
        )
      }
      sizes.push((await sink.finish()).bytes)
    }
    expect(sizes[1]).toBeGreaterThan((sizes[0] ?? 0) * 2)
  })
})

describe('colour bars through picture, encoder and back', () => {
  /** Field notes, 9: what comes back is what went in, within quantisation and the codec's loss. */
  const tolerance = 6

  async function bars(width: number, height: number): Promise<HeldPicture> {
    const data = new ImageData(width, height)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const rgb = expected.bars.rgb[Math.min(7, Math.floor((x * 8) / width))] ?? [0, 0, 0]
        data.data.set([...rgb, 255], (y * width + x) * 4)
      }
    const bitmap = await createImageBitmap(data, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
    const picture = imagePicture(bench.gpu, width, height)
    const colour = { matrix: 'rgb', primaries: 'bt709', transfer: 'iec61966-2-1', fullRange: true, tagged: true }
    const close = () => bitmap.close()
    const frame: Frame = {
      index: 0,
      timestamp: 0,
      duration: 1,
      picture: bitmap,
      rotation: 0,
      crop: null,
      mirrored: false,
      chromaSite: 'left',
      colour,
      close,
      [Symbol.dispose]: close,
    }
    await bench.upload(bench.recorder, frame, picture, { toneMap: false })
    close()
    return picture
  }

  test('the I420 bytes are those of BT.709, limited', async () => {
    using picture = await bars(128, 72)
    const frame = await bench.download.videoFrame(bench.recorder, picture, { timestamp: 1.5, duration: 0.25 })
    expect([frame.timestamp, frame.duration, frame.format]).toEqual([1_500_000, 250_000, 'I420'])
    expect(frame.colorSpace.toJSON()).toEqual({
      matrix: 'bt709',
      primaries: 'bt709',
      transfer: 'bt709',
      fullRange: false,
    })
    const bytes = new Uint8Array(frame.allocationSize())
    const [y, cb, cr] = await frame.copyTo(bytes)
    frame.close()
    expected.bars.rgb.forEach((rgb, bar) => {
      const [r, g, b] = rgb.map((value) => value / 255) as [number, number, number]
      const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
      const x = 8 + 16 * bar
      const at = (plane: PlaneLayout | undefined, px: number, py: number): number =>
        bytes[(plane?.offset ?? 0) + py * (plane?.stride ?? 0) + px] ?? -1
      expect(Math.abs(at(y, x, 30) - (16 + 219 * luma)), `Y of bar ${bar}`).toBeLessThanOrEqual(0.6)
      expect(Math.abs(at(cb, x / 2, 15) - (128 + (224 * (b - luma)) / 1.8556))).toBeLessThanOrEqual(0.6)
      expect(Math.abs(at(cr, x / 2, 15) - (128 + (224 * (r - luma)) / 1.5748))).toBeLessThanOrEqual(0.6)
    })
  })

  test.each([
    ['mp4', 'avc'],
    ['mp4', 'av1'],
    ['webm', 'vp9'],
    ['webm', 'vp8'],
  ] as const)('%s with %s', async (container, codec) => {
    const media = openLibrary()
    const output = memoryOutput()
    using picture = await bars(128, 72)
    const sink = await media.createSink(
      request(output, { container, codec, width: 128, height: 72, rate: { mode: 'bitrate', bitsPerSecond: 3e6 } }),
    )
    const take =
      codec === 'vp8' ? await bench.download.frames({ alpha: false, matrix: 'bt601' }) : bench.download.videoFrame
    for (let index = 0; index < 4; index++)
      await sink.write(await take(bench.recorder, picture, { timestamp: index / 24, duration: 1 / 24 }), index)
    await sink.finish()
    await using source = await reopen(media, output, `out.${container}`)
    using frame = await source.frame(2, never)
    using back = imagePicture(bench.gpu, 128, 72)
    await bench.upload(bench.recorder, frame, back, { toneMap: false })
    const at = await readPicture(bench.gpu, back)
    expected.bars.rgb.forEach((rgb, bar) => {
      const found = at(8 + 16 * bar, 36)
      rgb.forEach((value, c) => {
        expect(Math.abs((found[c] ?? 0) - value), `bar ${bar}: ${found} for ${rgb}`).toBeLessThanOrEqual(tolerance)
      })
    })
  })

  test('odd sides are padded by repeating the last column and row', async () => {
    using picture = await bars(33, 17)
    const frame = await bench.download.videoFrame(bench.recorder, picture, { timestamp: 0, duration: 1 })
    const bytes = new Uint8Array(frame.allocationSize())
    const [y] = await frame.copyTo(bytes)
    expect([frame.codedWidth, frame.codedHeight]).toEqual([34, 18])
    frame.close()
    const luma = (px: number, py: number): number => bytes[(y?.offset ?? 0) + py * (y?.stride ?? 0) + px] ?? -1
    for (let row = 0; row < 18; row++) expect(luma(33, row)).toBe(luma(32, row))
    for (let column = 0; column < 34; column++) expect(luma(column, 17)).toBe(luma(column, 16))
    expect(luma(0, 0)).toBe(235)
  })

  test('8-bit pixels and PNG are exact', async () => {
    using picture = await bars(64, 3)
    const pixels = await bench.download.rgba8(bench.recorder, picture)
    const png = await bench.download.png(bench.recorder, picture)
    const bitmap = await createImageBitmap(new Blob([png], { type: 'image/png' }), { colorSpaceConversion: 'none' })
    const canvas = new OffscreenCanvas(64, 3)
    const context = canvas.getContext('2d')
    context?.drawImage(bitmap, 0, 0)
    const decoded = context?.getImageData(0, 0, 64, 3).data
    for (let x = 0; x < 64; x++) {
      const wanted = [...(expected.bars.rgb[Math.floor(x / 8)] ?? []), 255]
      expect([...pixels.subarray((64 + x) * 4, (64 + x) * 4 + 4)]).toEqual(wanted)
      expect([...(decoded?.subarray((64 + x) * 4, (64 + x) * 4 + 4) ?? [])]).toEqual(wanted)
    }
  })
})

describe('time', () => {
  test.each(['mp4', 'webm', 'mkv'] as const)('variable rates stay variable in %s', async (container) => {
    const media = await libraryWith('vfr.mp4')
    await using source = await media.open({ id: 'vfr.mp4' })
    const output = memoryOutput()
    const sink = await media.createSink(request(output, { container, codec: container === 'mp4' ? 'avc' : 'vp9' }))
    using picture = imagePicture(bench.gpu, 64, 36)
    for (let index = 0; index < source.timeline.count; index++) {
      using frame = await source.frame(index, never)
      await bench.upload(bench.recorder, frame, picture, { toneMap: false })
      await sink.write(await bench.download.videoFrame(bench.recorder, picture, frame), index)
    }
    await sink.finish()
    await using again = await reopen(media, output, `out.${container}`)
    const { timestamps, frames } = expected['vfr.mp4']
    expect(again.timeline.count).toBe(frames)
    timestamps.forEach((time, index) => {
      expect(Math.abs(again.timeline.timestamp(index) - time)).toBeLessThan(container === 'mp4' ? 2e-5 : 1e-3)
    })
    expect(again.facts.duration).toBeCloseTo(0.92, 2)
  })
})

describe('sound', () => {
  /** Of the whole clip, or what lies in a range: packets' times and bytes. */
  async function packetsOf(file: File): Promise<{ time: number; size: number; codec: string; last: number }[]> {
    using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
    const track = await input.getPrimaryAudioTrack()
    if (!track) throw new Error('no sound')
    const codec = (await track.getCodec()) ?? ''
    const found = []
    for await (const packet of new EncodedPacketSink(track).packets())
      found.push({
        time: packet.timestamp,
        size: packet.byteLength,
        codec,
        last: packet.data[packet.byteLength - 1] ?? 0,
      })
    return found
  }
  const clip = { id: 'samples/field-guide.mp4' }

  async function encode(container: 'mp4' | 'webm' | 'mkv', start: number, end: number) {
    const media = openLibrary()
    await using source = await media.open(clip)
    if (!source.audio) throw new Error('the sample has sound')
    const output = memoryOutput()
    const name = `out.${container}`
    const wish = request(output, {
      container,
      codec: container === 'webm' ? 'vp8' : 'avc',
      audio: { stream: source.audio, start, end },
    })
    const report = await writeGreys(media, wish, Math.round((end - start) * 24))
    const file = output.files.get(name)
    if (!file) throw new Error('no file')
    return { report, file, facts: await media.add(name, [file]) }
  }

  /** Of AAC at 48 kHz. */
  const packetSeconds = 1024 / 48_000

  test.each(['mp4', 'mkv'] as const)('%s takes AAC packet by packet', async (container) => {
    const original = await packetsOf(new File([await (await fetch('/samples/field-guide.mp4')).blob()], 'a.mp4'))
    const { report, file, facts } = await encode(container, 0, 4)
    const packets = await packetsOf(file)
    expect(report).toMatchObject({ audioCopied: true, audioCodec: 'mp4a.40.2' })
    expect(facts.audio).toMatchObject({ codec: 'aac', sampleRate: 48000 })
    // With the one in front, without which a decoder makes the first wrong.
    const heard = original.filter(({ time }) => time >= -0.011 - packetSeconds && time < 3.99)
    expect(packets.length).toBe(heard.length)
    expect(packets[0]?.time).toBeCloseTo(-packetSeconds, 2)
    expect(packets.map(({ size, last }) => [size, last])).toEqual(heard.map(({ size, last }) => [size, last]))
  })

  test('a trim takes the packets of its range, shifted to the beginning', async () => {
    const original = await packetsOf(new File([await (await fetch('/samples/field-guide.mp4')).blob()], 'a.mp4'))
    const { file, facts } = await encode('mp4', 1, 2.5)
    const packets = await packetsOf(file)
    const inside = original.filter(({ time }) => time > 1 - 0.011 - packetSeconds && time < 2.5 - 0.01)
    expect(packets.map(({ size }) => size)).toEqual(inside.map(({ size }) => size))
    packets.forEach(({ time }, index) => {
      expect(time).toBeCloseTo((inside[index]?.time ?? 0) - 1, 3)
    })
    expect(facts.duration).toBeCloseTo(1.5, 2)
  })

  test('WebM gets Opus instead, cut to the sample', async () => {
    const { report, file, facts } = await encode('webm', 1, 2.5)
    const packets = await packetsOf(file)
    expect(report).toMatchObject({ audioCopied: false, audioCodec: 'opus' })
    expect(report.notes.join(' ')).toMatch(/Opus/)
    expect(facts.audio).toMatchObject({ codec: 'opus', sampleRate: 48000 })
    const end = (packets.at(-1)?.time ?? 0) + 0.02
    expect(packets[0]?.time).toBeCloseTo(0, 2)
    expect(Math.abs(end - 1.5)).toBeLessThan(0.05)
  })

  test('a range without sound gives a file without, and says so', async () => {
    const { report, facts } = await encode('mp4', 90, 90.5)
    expect(report.audioCodec).toBeNull()
    expect(report.notes.join(' ')).toMatch(/No sound/)
    expect(facts.audio).toBeNull()
  })
})

describe('what cannot be written leaves nothing behind', () => {
  test('a codec that the container does not take', async () => {
    const output = memoryOutput()
    const error = await mediaErrorOf(openLibrary().createSink(request(output, { container: 'webm', codec: 'avc' })))
    expect(error.message).toBe('WebM does not take H.264.')
    expect([output.unfinished, output.files.size]).toEqual([0, 0])
  })
  test('a size that the encoder does not take', async () => {
    const output = memoryOutput()
    const error = await mediaErrorOf(openLibrary().createSink(request(output, { width: 30_000, height: 30_000 })))
    expect(error.message).toMatch(/cannot encode H\.264 at 30000×30000/)
    expect([output.unfinished, output.files.size]).toEqual([0, 0])
  })
  test('no frame at all', async () => {
    const output = memoryOutput()
    const sink = await openLibrary().createSink(request(output))
    expect((await mediaErrorOf(sink.finish())).message).toMatch(/no frame/)
    expect([output.unfinished, output.files.size]).toEqual([0, 0])
  })
  test('an export broken off', async () => {
    const output = memoryOutput()
    const sink = await openLibrary().createSink(request(output))
    for (let index = 0; index < 5; index++) await sink.write(greyFrame(64, 36, index, index / 24, 1 / 24), index)
    await sink.abort()
    expect([output.unfinished, output.files.size]).toEqual([0, 0])
  })
  test('a full disk', async () => {
    const output = memoryOutput(1000)
    const sink = await openLibrary().createSink(request(output))
    const error = await mediaErrorOf(
      (async () => {
        for (let index = 0; index < 30; index++) await sink.write(greyFrame(64, 36, index, index / 24, 1 / 24), index)
        await sink.finish()
      })(),
    )
    expect(error.message).toMatch(/out\.mp4.*no room left/)
    await sink.abort()
    expect([output.unfinished, output.files.size]).toEqual([0, 0])
  })
})
