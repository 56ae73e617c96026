import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from 'mediabunny'
import { describe, expect, test, vi } from 'vitest'
import { mountFile } from '../../src/media/ffmpeg/ffmpeg.ts'
import { readPackets, readProbe } from '../../src/media/ffmpeg/stream-facts.ts'
import type { Frame, FrameSource, SinkRequest } from '../../src/media/types.ts'
import expected from '../fixtures/media/expected.json'
import { memoryOutput } from './media-output.ts'
import { fixture, libraryWith, mediaErrorOf, never, openLibrary, watchFrames } from './media-support.ts'

const bytesOf = async (frame: Frame): Promise<Uint8Array> => {
  if ('bytes' in frame.picture) return frame.picture.bytes
  if (!(frame.picture instanceof VideoFrame)) throw new Error('not a frame of a video')
  const bytes = new Uint8Array(frame.picture.allocationSize())
  await frame.picture.copyTo(bytes)
  return bytes
}
const sum = (bytes: Uint8Array): number => bytes.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 7)

const privateFiles = async (): Promise<string[]> => {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle('ffmpeg', { create: true })
  const names: string[] = []
  for await (const name of folder.keys()) names.push(name)
  return names
}

async function everyFrame(source: FrameSource): Promise<number[]> {
  const sums: number[] = []
  for (let index = 0; index < source.timeline.count; index++) {
    using frame = await source.frame(index, never)
    expect(frame.timestamp).toBe(source.timeline.timestamp(index))
    sums.push(sum(await bytesOf(frame)))
  }
  return sums
}

/** With how many different pictures ffmpeg 7 finds in it (`-f framemd5`); versions differ by one. */
const foreign = [
  ['sample.avi', 18],
  ['sample.mpg', 19],
  ['sample.ts', 19],
  ['sample.wmv', 17],
] as const

describe('without ffmpeg', () => {
  test('says that it could not be loaded, and works as soon as it can be', async () => {
    const name = 'sample.avi'
    const file = await fixture(name)
    const media = openLibrary()
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    const told = await mediaErrorOf(media.add(name, [file])).finally(() => vi.unstubAllGlobals())
    expect(told.message).toMatch(/sample\.avi.*could not be loaded/)
    expect(await media.add(name, [file])).toMatchObject({ route: 'ffmpeg-decode' })
  })
})

test('frames that an AVI skips are not missing: they are told, and refused by nobody', async () => {
  const whole = new Uint8Array(await (await fixture('sample.avi')).arrayBuffer())
  const text = new TextDecoder('latin1').decode(whole)
  let at = text.indexOf('movi')
  for (let packet = 0; packet < 12; packet++) at = text.indexOf('00dc', at + 4)
  // Two empty packets. The index, which does not know them, is called something else.
  const empty = new TextEncoder().encode('00dc\0\0\0\0'.repeat(2))
  const bytes = new Uint8Array([...whole.subarray(0, at), ...empty, ...whole.subarray(at)])
  bytes.set(new TextEncoder().encode('JUNK'), text.lastIndexOf('idx1') + empty.length)
  const view = new DataView(bytes.buffer)
  for (const size of [4, text.indexOf('movi') - 4])
    view.setUint32(size, view.getUint32(size, true) + empty.length, true)
  const media = openLibrary()
  const { notes } = await media.add('skips.avi', [new File([bytes], 'skips.avi')])
  expect(notes).toContainEqual(expect.stringMatching(/^“skips\.avi” skips 2 frames, before 0\.\d+ s, and says/))
  await using source = await media.open({ id: 'skips.avi' }, { strict: true })
  const sums = await everyFrame(source)
  expect(sums.length).toBe(24)
  expect(source.damage?.notes()).toEqual([])
})

test('an AVI that ends in empty packets shows its last frame until its end', async () => {
  const bytes = new Uint8Array(await (await fixture('sample.avi')).arrayBuffer())
  const view = new DataView(bytes.buffer)
  const text = new TextDecoder('latin1').decode(bytes)
  const index = text.lastIndexOf('idx1') + 8
  const entries = Array.from({ length: (bytes.length - index) >> 4 }, (_, i) => index + 16 * i)
  // The last six of 24 packets of the picture, in the index, and then in the packets themselves.
  for (const at of entries.filter((entry) => text.startsWith('00dc', entry)).slice(-6)) {
    const packet = text.indexOf('movi') + view.getUint32(at + 8, true)
    const size = view.getUint32(packet + 4, true)
    view.setUint32(at + 12, 0, true)
    // What was in it is passed over, as a chunk of another kind.
    view.setUint32(packet + 4, 0, true)
    bytes.set(new TextEncoder().encode('JUNK'), packet + 8)
    view.setUint32(packet + 12, size + (size & 1) - 8, true)
  }
  const media = openLibrary()
  const { notes, frameCount, duration } = await media.add('ends.avi', [new File([bytes], 'ends.avi')])
  expect(frameCount).toBe(18)
  expect(duration).toBeCloseTo(1, 2)
  expect(notes).toContain('“ends.avi” skips 6 frames at its end, and says to show the last one for longer.')
})

test('what a bitstream cuts off the left and upper edges is not shown: the browser would cut it off the others', async () => {
  const media = await libraryWith('cropped.mkv')
  await using source = await media.open({ id: 'cropped.mkv' })
  expect(source.facts).toMatchObject({ width: 50, height: 42, route: 'ffmpeg-decode' })
  using frame = await source.frame(0, never)
  if (!('bytes' in frame.picture)) throw new Error('not samples')
  // Blue alone, and nothing of the red edge.
  const luma = frame.picture.bytes.subarray(0, 50 * 42)
  expect(Math.max(...luma) - Math.min(...luma)).toBeLessThan(6)
})

test('Theora in Ogg, of which mediabunny knows the sound alone', async () => {
  const media = await libraryWith('sample.ogv')
  await using source = await media.open({ id: 'sample.ogv' })
  // Of twelve packets eight are empty.
  expect(source.facts).toMatchObject({ route: 'ffmpeg-decode', width: 64, height: 48, frameCount: 4 })
  expect(source.facts.audio?.codec).toBe('vorbis')
  expect(new Set(await everyFrame(source)).size).toBe(4)
})

test('fields in a transport stream are as high as their frames, and of two streams in one file the second comes behind the first', async () => {
  const file = await fixture('fields.m2t')
  const media = openLibrary()
  const once = await media.add('once.ts', [file])
  expect(once).toMatchObject({ width: 64, height: 48, frameCount: 8, samples: { fieldOrder: 'bottom first' } })
  const twice = await media.add('twice.ts', [new File([file, file], 'twice.ts')])
  expect(twice).toMatchObject({ route: 'ffmpeg-remux', height: 48, frameCount: 16 })
  expect(twice.notes.join()).toContain('Its times start over partway')
  await using source = await media.open({ id: 'twice.ts' })
  for (let index = 1; index < 16; index++)
    expect(source.timeline.timestamp(index) - source.timeline.timestamp(index - 1)).toBeCloseTo(0.04, 1)
  const sums = await everyFrame(source)
  expect(sums.slice(8)).toEqual(sums.slice(0, 8))
})

describe('decoded by ffmpeg', () => {
  test.each(foreign)('%s: every frame, in time, the same by seeking', async (name, distinct) => {
    const watch = watchFrames()
    try {
      const media = await libraryWith(name)
      const wanted = expected[name]
      await using source = await media.open({ id: name })
      expect(source.facts).toMatchObject({
        route: 'ffmpeg-decode',
        width: wanted.width,
        height: wanted.height,
        frameCount: wanted.frames,
      })
      expect(source.facts.audio?.codec).toBe(wanted.audio)
      for (let index = 1; index < wanted.frames; index++)
        expect(source.timeline.timestamp(index) - source.timeline.timestamp(index - 1)).toBeCloseTo(1 / 24, 2)
      const ordered = await everyFrame(source)
      // The pattern moves, though not in every frame at this size.
      expect(Math.abs(new Set(ordered).size - distinct)).toBeLessThanOrEqual(1)
      for (const index of [20, 3, 11, 23, 0]) {
        using frame = await source.frame(index, never)
        expect(sum(await bytesOf(frame)), `frame ${index}`).toBe(ordered[index])
      }
      await source[Symbol.asyncDispose]()
      await expect.poll(() => watch.open()).toBe(0)
    } finally {
      watch.stop()
    }
  })

  test('the picture is the one a browser would show', async () => {
    // MPEG-2 and H.264 of one test pattern: the same but for the codecs' losses.
    const media = await libraryWith('sample.ts', 'sample.flv')
    await using foreignSource = await media.open({ id: 'sample.ts' })
    await using webSource = await media.open({ id: 'sample.flv' })
    for (const index of [0, 9, 23]) {
      using a = await foreignSource.frame(index, never)
      using b = await webSource.frame(index, never)
      const [left, right] = [await bytesOf(a), await bytesOf(b)]
      expect(left.length).toBe(right.length)
      const mean = left.reduce((total, byte, i) => total + Math.abs(byte - (right[i] ?? 0)), 0) / left.length
      expect(mean, `frame ${index}`).toBeLessThan(12)
    }
  })

  test('memory stays flat over many pieces', async () => {
    await using mounted = await mountFile(await fixture('sample.mpg'))
    const args = (seek: string) =>
      `-loglevel info -ss ${seek} -i ${mounted.path} -map 0:v:0 -frames:v 8 -fps_mode passthrough -vf scale=640:480,showinfo=checksum=0 -pix_fmt yuv420p -f rawvideo`.split(
        ' ',
      )
    const frameBytes = 640 * 480 * 1.5
    const memory: number[] = []
    for (let piece = 0; piece < 8; piece++) {
      const lines: string[] = []
      const result = await mounted.collect(args(piece % 2 ? '0.3' : '0'), (line) => lines.push(line))
      expect(result.bytes.byteLength).toBe(8 * frameBytes)
      expect(lines.filter((line) => line.includes('pts_time')).length).toBeGreaterThanOrEqual(8)
      memory.push(result.memory)
    }
    // Eight pieces of 3.7 MB each went by; nothing of them stayed.
    expect(memory[7]).toBe(memory[1])
    expect(memory[7]).toBeLessThan(128 * 1024 * 1024)
  })

  test('aborting does not wait for the piece', async () => {
    const media = await libraryWith('sample.avi')
    await using source = await media.open({ id: 'sample.avi' })
    const abort = new AbortController()
    const pending = source.frame(20, abort.signal)
    abort.abort(new Error('enough'))
    await expect(pending).rejects.toThrow('enough')
    using frame = await source.frame(2, never)
    expect(frame.index).toBe(2)
  })

  test('a file that breaks off gives what is there, then says so', async () => {
    const whole = await fixture('sample.avi')
    const media = openLibrary()
    const name = 'half.avi'
    await media.add(name, [new File([whole.slice(0, whole.size * 0.6)], name)])
    await using source = await media.open({ id: name })
    expect(source.facts.frameCount).toBeLessThan(24)
    expect(source.facts.frameCount).toBeGreaterThan(5)
    using frame = await source.frame(3, never)
    expect(frame.index).toBe(3)
    const last = source.timeline.count - 1
    await source.frame(last, never).then(
      (got) => got.close(),
      async (error) => {
        const told = await mediaErrorOf(Promise.reject(error))
        expect(told.message).toMatch(/half\.avi.*damaged at/)
      },
    )
  })
})

describe('remuxed by ffmpeg', () => {
  test('FLV with H.264 is decoded by the browser, and its private copy goes', async () => {
    const before = await privateFiles()
    const media = await libraryWith('sample.flv')
    const { width, height, frames } = expected['sample.flv']
    {
      await using source = await media.open({ id: 'sample.flv' })
      expect(source.facts).toMatchObject({ route: 'ffmpeg-remux', width, height, frameCount: frames, codec: 'H.264' })
      expect(source.facts.audio).toMatchObject({ codec: 'aac', sampleRate: 44100 })
      expect(new Set(await everyFrame(source)).size).toBe(13)
      expect((await privateFiles()).length).toBe(before.length + 1)
    }
    expect(await privateFiles()).toEqual(before)
  })
})

describe('its sound', () => {
  async function encode(name: string, container: 'mp4' | 'webm') {
    const media = await libraryWith(name)
    await using source = await media.open({ id: name })
    if (!source.audio) throw new Error('no sound')
    const output = memoryOutput()
    const start = source.timeline.timestamp(0)
    const wish: SinkRequest = {
      container,
      codec: container === 'mp4' ? 'avc' : 'vp8',
      width: 64,
      height: 48,
      frameRate: 24,
      rate: { mode: 'quality', quality: 50 },
      keyFrameSeconds: 1,
      audio: { stream: source.audio, start, end: start + 0.9 },
      output,
      fileName: `out.${container}`,
    }
    const sink = await media.createSink(wish)
    for (let index = 0; index < 22; index++) {
      const picture = new VideoFrame(new Uint8Array(64 * 72), {
        format: 'I420',
        codedWidth: 64,
        codedHeight: 48,
        timestamp: Math.round((index / 24) * 1e6),
      })
      await sink.write(picture, index)
    }
    const report = await sink.finish()
    const file = output.files.get(`out.${container}`)
    if (!file) throw new Error('no file')
    using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
    const track = await input.getPrimaryAudioTrack()
    if (!track) throw new Error('no sound was written')
    let end = 0
    for await (const packet of new EncodedPacketSink(track).packets()) end = packet.timestamp + packet.duration
    return { report, codec: await track.getCodec(), end }
  }

  test.each([
    ['sample.avi', 'mp4', 'mp3', true],
    ['sample.avi', 'webm', 'opus', false],
    ['sample.wmv', 'mp4', 'opus', false],
    ['sample.flv', 'mp4', 'aac', true],
  ] as const)('%s into %s: %s', async (name, container, codec, copied) => {
    const before = await privateFiles()
    const found = await encode(name, container)
    expect(found.codec).toBe(codec)
    expect(found.report.audioCopied).toBe(copied)
    if (!copied) expect(found.report.notes.join(' ')).toMatch(/Opus/)
    expect(found.end).toBeGreaterThan(0.8)
    expect(found.end).toBeLessThan(0.97)
    expect(await privateFiles()).toEqual(before)
  })
})

describe('what ffprobe says', () => {
  test('rotation, aspect, colours', () => {
    const stream = {
      codec_type: 'video',
      codec_name: 'mpeg2video',
      width: 720,
      height: 576,
      pix_fmt: 'yuv420p10le',
      sample_aspect_ratio: '16:11',
      color_space: 'bt2020nc',
      color_transfer: 'arib-std-b67',
      color_range: 'tv',
      avg_frame_rate: '0/0',
      r_frame_rate: '90000/1',
      field_order: 'tt',
      side_data_list: [{ rotation: 90 }],
    }
    const { video, audio } = readProbe(JSON.stringify({ streams: [stream], format: { start_time: '1.5' } }))
    expect(audio).toBeNull()
    expect(video).toMatchObject({ rotation: 270, fieldOrder: 'top first', frameRate: 0 })
    expect(video?.pixelAspect).toBeCloseTo(16 / 11)
    expect(video?.colour).toEqual({ matrix: 'bt2020-ncl', primaries: null, transfer: 'hlg', fullRange: false })
    expect(readProbe('{"streams": [').video).toBeNull()
  })
  test('packets without presentation times are put in decoding order', () => {
    const table = readPackets('N/A,0.0,10,K_\nN/A,0.04,10,__\n0.16,0.08,0,__\n\nN/A,N/A,9,__\n', 25, 0)
    expect([...table.timestamps]).toEqual([0, 0.04, 0.08])
    expect(table).toMatchObject({ keys: [0] })
  })
})

test('frames of another size are stretched and told, wherever decoding begins', async () => {
  const media = await libraryWith('sizes-mjpeg.mkv')
  await using source = await media.open({ id: 'sizes-mjpeg.mkv' }, { strict: true })
  expect(source.facts).toMatchObject({ route: 'ffmpeg-decode', width: 64, height: 48 })
  // The fourth first, behind which all are smaller: two of them have as many bytes as one of the larger.
  for (const index of [3, 0]) {
    using frame = await source.frame(index, never)
    const { picture } = frame
    if (!('bytes' in picture)) throw new Error('not a frame that ffmpeg decoded')
    expect([picture.width, picture.height, picture.bytes.length]).toEqual([64, 48, 64 * 48 * 1.5])
    // One colour throughout: luma 146 of (64, 192, 128), in full range under BT.601.
    for (const luma of picture.bytes.subarray(0, 64 * 48)) expect(Math.abs(luma - 146)).toBeLessThanOrEqual(3)
  }
  expect(source.damage?.notes()).toEqual([
    expect.stringMatching(
      /^“sizes-mjpeg\.mkv” changes its size: one frame is of 32 × 48, and was stretched to the size of the first/,
    ),
  ])
})
