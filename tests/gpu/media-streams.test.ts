/** What is told of a medium's streams, on every route; the right values are those that ffprobe gives. */
import { ALL_FORMATS, BlobSource, Input } from 'mediabunny'
import { describe, expect, test } from 'vitest'
import { containerContents } from '../../src/media/container/container-contents.ts'
import { stretchedCrop } from '../../src/media/crop.ts'
import expected from '../fixtures/media/expected.json'
import { memoryOutput } from './media-output.ts'
import { fixture, libraryWith, never, openLibrary, pixelsOf, testMediaBench } from './media-support.ts'

const bench = testMediaBench()

async function opened(name: string) {
  const media = await libraryWith(name)
  await using source = await media.open({ id: name })
  using frame = await source.frame(0, never)
  return { facts: source.facts, at: await pixelsOf(bench, frame, source.facts) }
}

const near = (actual: readonly number[], wanted: readonly number[], within: number): void =>
  wanted.forEach((value, c) => {
    expect(Math.abs((actual[c] ?? Number.NaN) - value), `${actual} for ${wanted}`).toBeLessThanOrEqual(within)
  })

const knownOf = async (name: string) => (await libraryWith(name)).factsOf({ id: name })

describe('what lies beside picture and sound', () => {
  test.each(['tracks.mkv', 'tracks.mp4'])('is found in %s', async (name) => {
    const subjects = (await knownOf(name))?.companions?.map(({ subject }) => subject) ?? []
    expect(subjects[0]).toBe('sound track 2 (German, AAC)')
    expect(subjects[1]).toMatch(/^subtitles \(French, (SubRip|timed text)\)$/)
    expect(subjects[2]).toBe('2 chapters')
    expect(subjects.at(-1)).toBe('title, “My film”,')
  })

  test.each(['bt709-limited.mp4', 'sample.avi', 'sample.flv'])('is nothing in %s', async (name) => {
    expect((await knownOf(name))?.companions ?? []).toEqual([])
  })

  /** Ten black frames beside what `name` holds, as a file of this name. */
  async function written(name: string, fileName: string, container: 'mkv' | 'mp4' | 'webm', from = 0) {
    const media = await libraryWith(name)
    await using source = await media.open({ id: name })
    const output = memoryOutput()
    const start = source.timeline.timestamp(0) + from
    const range = { start, end: start + 1 }
    const sink = await media.createSink({
      ...{ container, fileName, output, width: 64, height: 64, frameRate: 10, keyFrameSeconds: 2 },
      codec: container === 'webm' ? 'vp8' : 'avc',
      rate: { mode: 'bitrate', bitsPerSecond: 1e5 },
      audio: source.audio ? { stream: source.audio, ...range } : null,
      companions: source.companions ? { source: source.companions, ...range } : undefined,
    })
    const canvas = new OffscreenCanvas(64, 64)
    canvas.getContext('2d')
    for (let i = 0; i < 10; i++) {
      await sink.write(new VideoFrame(canvas, { timestamp: i * 1e5, duration: 1e5 }), i)
    }
    const report = await sink.finish()
    const file = output.files.get(fileName)
    expect(report.bytes).toBe(file?.size)
    expect(output.unfinished).toBe(0)
    const contents = file && (await containerContents(file))
    if (!file || !contents || contents === 'unreadable') throw new Error('it cannot be read again')
    return { report, contents, file }
  }
  const tracks = ({ contents }: Awaited<ReturnType<typeof written>>) =>
    contents.tracks.map(({ kind, language, codec }) => `${kind} ${language} ${codec}`)

  test('goes along into MKV as it is', async () => {
    const result = await written('tracks.mkv', 'out.mkv', 'mkv')
    expect(tracks(result).slice(1)).toEqual(['sound eng AAC', 'sound ger AAC', 'subtitles fre SubRip'])
    expect(result.contents).toMatchObject({ title: 'My film', attachments: [expect.stringMatching(/ttf$/)] })
    expect(result.report.notes.filter((note) => note.includes('behind'))).toEqual([])
  })

  test('goes along into MP4 as far as MP4 goes, and the rest is told', async () => {
    const result = await written('tracks.mkv', 'out.mp4', 'mp4')
    expect(tracks(result).slice(1)).toEqual(['sound eng AAC', 'sound ger AAC', 'subtitles fre timed text'])
    expect(result.contents).toMatchObject({ title: 'My film', chapters: 2 })
    expect(result.report.notes.filter((note) => note.includes('behind'))).toEqual([
      expect.stringMatching(/^Its attachment .* stays behind, since MP4 holds no attachments\.$/),
    ])
  })

  test('is the same whenever it is made, and cut where the picture is', async () => {
    const [one, other] = [
      await written('tracks.mp4', 'a.mkv', 'mkv', 0.5),
      await written('tracks.mp4', 'a.mkv', 'mkv', 0.5),
    ]
    expect(new Uint8Array(await one.file.arrayBuffer())).toEqual(new Uint8Array(await other.file.arrayBuffer()))
    using input = new Input({ source: new BlobSource(one.file), formats: ALL_FORMATS })
    for (const track of await input.getTracks()) {
      expect(await track.getFirstTimestamp()).toBeLessThan(0.1)
      expect(await track.computeDuration()).toBeLessThan(1.6)
    }
  })
})

describe('the description is true of the pixels', () => {
  test('under SMPTE 240M', async () => {
    const { facts, at } = await opened('smpte240m.mp4')
    expect(facts.colour).toMatchObject({ matrix: 'smpte240m', primaries: 'smpte240m', fullRange: false, tagged: true })
    expect(facts.notes.join(' ')).toContain('SMPTE 240M')
    expect(facts.notes.join(' ')).not.toContain('does not say')
    for (const [bar, rgb] of expected.bars.rgb.entries()) near(at(8 + 16 * bar, 36), [...rgb, 255], 2)
  })

  test('in Display P3, whose red is redder than that of BT.709', async () => {
    const { facts, at } = await opened('display-p3.mp4')
    expect(facts.colour.primaries).toBe('smpte432')
    expect(facts.notes.join(' ')).toContain('Display P3; they are converted')
    // Linear light to the power 2.4; R, G, B of P3 to BT.709 after SMPTE RP 177, and clipped.
    const matrix = [
      [1.22494, -0.22494, 0],
      [-0.04206, 1.04206, 0],
      [-0.01964, -0.07864, 1.09828],
    ]
    for (const [bar, rgb] of expected.bars.rgb.entries()) {
      const linear = rgb.map((value) => (value / 255) ** 2.4)
      const wanted = matrix.map(
        (row) =>
          255 *
          Math.max(
            0,
            Math.min(
              1,
              row.reduce((sum, weight, i) => sum + weight * (linear[i] ?? 0), 0),
            ),
          ) **
            (1 / 2.4),
      )
      near(at(8 + 16 * bar, 36), wanted, 3)
    }
  })

  test('of grey, whose codes are all used', async () => {
    const { facts, at } = await opened('gray.mkv')
    expect(facts).toMatchObject({ samples: { bits: 8, chroma: 'grey' }, colour: { fullRange: true } })
    for (const x of [0, 20, 40, 63]) near(at(x, 8), [...Array(3).fill(Math.floor((255 * x) / 63)), 255], 1)
  })

  test('of ProRes 4444, with its transparency and its depth', async () => {
    const { facts, at } = await opened('alpha.mov')
    expect(facts.samples).toMatchObject({ bits: 12, chroma: '4:4:4', alpha: true })
    expect(facts.notes.join(' ')).toContain('alpha channel')
    for (const x of [2, 10, 20, 30]) near(at(x, 8), [8 * x, 255 - 8 * x, 64, (255 * x) / 31], 3)
  })

  test.each([
    ['interlaced-tff.mp4', 'top first'],
    ['interlaced-bff.mp4', 'bottom first'],
  ] as const)('of %s: fields', async (name, fieldOrder) => {
    const { facts } = await opened(name)
    expect(facts.samples).toMatchObject({ fieldOrder, chroma: '4:2:0', bits: 8 })
    expect(facts.notes.join(' ')).toMatch(/interlaced .*add Deinterlace/)
  })

  test('mirrored after a rotation', async () => {
    const { facts } = await opened('rotated.mp4')
    const media = await libraryWith('rotated.mp4')
    await using source = await media.open({ id: 'rotated.mp4' })
    using frame = await source.frame(0, never)
    const plain = await pixelsOf(bench, frame, facts)
    const mirrored = await pixelsOf(bench, { ...frame, mirrored: true }, facts)
    for (const [x, y] of [
      [3, 5],
      [30, 60],
      [10, 40],
    ] as const)
      near(mirrored(x, y), plain(facts.width - 1 - x, y), 0.5)
  })
})

describe('edges that the container says to leave out', () => {
  const { shown, files } = expected.crop

  test.each(Object.entries(files))('are left out of %s', async (name, { route, turned, scale }) => {
    const { facts, at } = await opened(name)
    const [width, height] = [shown.width * scale, shown.height]
    const [across, down] = turned ? [height, width] : [width, height]
    expect(facts).toMatchObject({ width: across, height: down, route })
    expect(facts.notes).toContain('Its container says to show 51 × 31 of its 64 × 40 pixels: the others are left out.')
    const { topLeft, topRight, bottomLeft, bottomRight } = shown.grey
    const corners = turned ? [topRight, bottomRight, topLeft, bottomLeft] : [topLeft, topRight, bottomLeft, bottomRight]
    const places = [at(0, 0), at(across - 1, 0), at(0, down - 1), at(across - 1, down - 1)]
    for (const [i, grey] of corners.entries()) near(places[i] ?? [], [grey, grey, grey, 255], scale === 1 ? 0.6 : 1)
  })

  test('go by the file, not by the copy of it that the browser decodes', async () => {
    const bytes = new Uint8Array(await (await fixture('crop-pixels.mkv')).arrayBuffer())
    // Its segment, said to be longer than the file: that is repaired by copying it.
    const segment = bytes.findIndex((_, i) => [0x18, 0x53, 0x80, 0x67].every((byte, j) => bytes[i + j] === byte))
    bytes[segment + 10]! += 1
    const media = openLibrary()
    const facts = await media.add('copied.mkv', [new File([bytes], 'copied.mkv')])
    expect(facts).toMatchObject({ route: 'ffmpeg-remux', width: shown.width, height: shown.height })
    await using source = await media.open({ id: 'copied.mkv' })
    using frame = await source.frame(0, never)
    const grey = shown.grey.topLeft
    near((await pixelsOf(bench, frame, facts))(0, 0), [grey, grey, grey, 255], 0.6)
  })

  test('are mirrored away with the picture, and stretched with one of another size', async () => {
    const media = await libraryWith('crop-aperture.mp4')
    await using source = await media.open({ id: 'crop-aperture.mp4' })
    using frame = await source.frame(0, never)
    const mirrored = await pixelsOf(bench, { ...frame, mirrored: true }, source.facts)
    near(mirrored(0, 0), [...Array(3).fill(shown.grey.bottomRight), 255], 0.6)
    const whole = { width: 64, height: 40 }
    expect(frame.crop).toEqual({ x: 5, y: 3, width: 51, height: 31 })
    expect(stretchedCrop(frame.crop!, whole, { width: 32, height: 20 })).toEqual({ x: 3, y: 2, width: 26, height: 16 })
    expect(stretchedCrop(frame.crop!, whole, { width: 1, height: 1 })).toEqual({ x: 0, y: 0, width: 1, height: 1 })
  })

  test('that are more than the picture are told, and all of it is shown', async () => {
    const bytes = new Uint8Array(await (await fixture('crop-pixels.mkv')).arrayBuffer())
    const left = bytes.findIndex((_, i) => [0x54, 0xcc, 0x81, 5].every((byte, j) => bytes[i + j] === byte))
    bytes[left + 3] = 56
    const { width, height, notes } = await openLibrary().add('none.mkv', [new File([bytes], 'none.mkv')])
    expect([width, height]).toEqual([64, 40])
    expect(notes).toContain(
      'What its container says to show does not lie within its 64 × 40 pixels: all of them are shown.',
    )
  })
})

describe('sound that begins before the picture', () => {
  async function written(fromBeginning: boolean) {
    const media = await libraryWith('late.mp4')
    await using source = await media.open({ id: 'late.mp4' })
    if (!source.audio) throw new Error('It has no sound.')
    const output = memoryOutput()
    const [start, end] = [source.timeline.timestamp(0), 1]
    const sink = await media.createSink({
      container: 'mkv',
      codec: 'vp8',
      width: 32,
      height: 18,
      frameRate: 24,
      rate: { mode: 'bitrate', bitsPerSecond: 100_000 },
      keyFrameSeconds: 1,
      audio: { stream: source.audio, start, end, fromBeginning },
      output,
      fileName: 'late.mkv',
    })
    for (let index = 0; index < 12; index++)
      await sink.write(
        new VideoFrame(new Uint8Array(32 * 18 * 1.5), {
          format: 'I420',
          codedWidth: 32,
          codedHeight: 18,
          timestamp: Math.round((index * 1e6) / 24),
          duration: Math.round(1e6 / 24),
        }),
        index,
      )
    const { notes } = await sink.finish()
    const file = output.files.get('late.mkv')
    if (!file) throw new Error('Nothing was written.')
    using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
    const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()]
    return {
      picture: await video?.getFirstTimestamp(),
      sound: await audio?.getFirstTimestamp(),
      soundEnd: await audio?.computeDuration(),
      notes: notes.join(' '),
    }
  }

  test('is kept where the export begins with the first frame, and told', async () => {
    const { picture, sound, soundEnd, notes } = await written(true)
    expect(picture).toBeCloseTo(0.5, 2)
    // One packet of AAC in front, by which decoders get going.
    expect(sound).toBeCloseTo(-0.021, 3)
    // ffprobe: the sound of late.mp4 lasts one second.
    expect(soundEnd).toBeGreaterThan(0.97)
    expect(notes).toContain('The sound begins 0.50 s before the picture')
  })

  test('is left out where it does not', async () => {
    const { picture, soundEnd, notes } = await written(false)
    expect(picture).toBeCloseTo(0, 3)
    expect(soundEnd).toBeLessThan(0.55)
    expect(notes).not.toContain('before the picture')
  })
})
