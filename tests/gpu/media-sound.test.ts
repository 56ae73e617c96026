/** Sound that is damaged: what of it is kept, what is silent, and what is told, on every way that sound takes into a file. */
import { ALL_FORMATS, type AudioSample, AudioSampleSink, BlobSource, EncodedPacketSink, Input } from 'mediabunny'
import { describe, expect, test } from 'vitest'
import { knownAudio, TrackAudio } from '../../src/media/audio-stream.ts'
import { refusingDamage } from '../../src/media/damage.ts'
import { SoundDamage } from '../../src/media/sound-damage.ts'
import { tolerantSamples } from '../../src/media/tolerant-sound.ts'
import { type FrameSource, MediaError, type SinkRequest } from '../../src/media/types.ts'
import { memoryOutput } from './media-output.ts'
import { fixture, openLibrary } from './media-support.ts'

/** Packets of the fixtures that are damaged: about 0.1 s at 0.9 s. */
const [from, to] = [40, 44]

const indexOf = (bytes: Uint8Array, part: Uint8Array): number => {
  for (let at = 0; at + part.length <= bytes.length; at++)
    if (part.every((byte, index) => bytes[at + index] === byte)) return at
  throw new Error('The packet is not in the file as it is.')
}

/**
 * The fixture with the packets `first` up to, not including, `last` of one of its sounds overwritten, and when they sound.
 * @param place which of its sounds
 */
async function withDamage(name: string, first: number, last: number, place = 0) {
  const file = await fixture(name)
  const bytes = new Uint8Array(await file.arrayBuffer())
  using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
  const track = (await input.getAudioTracks())[place]
  if (!track) throw new Error('It has no such sound.')
  const sink = new EncodedPacketSink(track)
  let packet = await sink.getFirstPacket()
  let [start, end] = [0, 0]
  for (let index = 0; packet && index < last; index++) {
    if (index === first) start = packet.timestamp
    if (index >= first) bytes.fill(0xff, indexOf(bytes, packet.data), indexOf(bytes, packet.data) + packet.data.length)
    end = packet.timestamp + packet.duration
    packet = await sink.getNextPacket(packet)
  }
  return { file: new File([bytes], name), start, end }
}

async function opened(file: File): Promise<FrameSource> {
  const media = openLibrary()
  await media.add(file.name, [file])
  return media.open({ id: file.name })
}

async function written(source: FrameSource, container: SinkRequest['container']) {
  const media = openLibrary()
  const output = memoryOutput()
  if (!source.audio) throw new Error('It has no sound.')
  const sink = await media.createSink({
    container,
    codec: container === 'webm' ? 'vp8' : 'avc',
    width: 64,
    height: 36,
    frameRate: 12,
    rate: { mode: 'bitrate', bitsPerSecond: 100_000 },
    keyFrameSeconds: 1,
    audio: { stream: source.audio, start: 0, end: 2, fromBeginning: true },
    ...(source.companions ? { companions: { source: source.companions, start: 0, end: 2 } } : {}),
    output,
    fileName: `result.${container}`,
  })
  try {
    for (let index = 0; index < 24; index++)
      await sink.write(
        new VideoFrame(new Uint8Array(64 * 36 * 1.5), {
          format: 'I420',
          codedWidth: 64,
          codedHeight: 36,
          timestamp: Math.round((index * 1e6) / 12),
          duration: Math.round(1e6 / 12),
        }),
        index,
      )
    const { notes, audioCopied } = await sink.finish()
    const result = output.files.get(`result.${container}`)
    if (!result) throw new Error('Nothing was written.')
    return { result, audioCopied, notes: notes.filter((note) => note.includes('sound')) }
  } catch (error) {
    await sink.abort()
    throw error
  }
}

/** Loudness (root mean square) of each 20 ms of the file's sound. */
async function loudness(file: Blob): Promise<number[]> {
  using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
  const track = await input.getPrimaryAudioTrack()
  if (!track) throw new Error('It has no sound.')
  const sums = Array.from({ length: 100 }, () => ({ squares: 0, count: 0 }))
  for await (const sample of new AudioSampleSink(track).samples()) {
    const values = new Float32Array(sample.numberOfFrames)
    sample.copyTo(values, { planeIndex: 0, format: 'f32-planar' })
    for (const [index, value] of values.entries()) {
      const sum = sums[Math.floor((sample.timestamp + index / sample.sampleRate) / 0.02)]
      if (!sum) continue
      sum.squares += value * value
      sum.count += 1
    }
    sample.close()
  }
  return sums.map(({ squares, count }) => (count === 0 ? 0 : Math.sqrt(squares / count)))
}

/** The sine of ffmpeg's source has an amplitude of 1/8. */
const tone = 1 / 8 / Math.SQRT2

/** Silent at the damage, and nowhere else but at the very ends, where encoders fade. */
function expectSilence(levels: readonly number[], start: number, end: number): void {
  const quiet = levels.flatMap((level, index) => (level < tone / 4 && index > 2 && index < 97 ? [index * 0.02] : []))
  expect(quiet.length).toBeGreaterThan(0)
  // A decoder that begins anew fades in over a packet.
  for (const time of quiet) {
    expect(time).toBeGreaterThan(start - 0.045)
    expect(time).toBeLessThan(end + 0.05)
  }
  expect(quiet.length * 0.02).toBeGreaterThan((end - start) / 2)
}

test.each([0, 0.5])('sound from %d s on is what it is in the whole, from the first sample on', async (start) => {
  await using source = await opened(await fixture('sound-aac.mp4'))
  const audio = source.audio && knownAudio(source.audio)
  if (!(audio instanceof TrackAudio)) throw new Error('not a track')
  const firstFrom = async (samples: AsyncGenerator<AudioSample, void, unknown>) => {
    for await (using sample of samples) {
      if (sample.timestamp + sample.duration <= start) continue
      const values = new Float32Array(sample.numberOfFrames)
      sample.copyTo(values, { planeIndex: 0, format: 'f32-planar' })
      return { time: sample.timestamp, values }
    }
    throw new Error('no sample')
  }
  const whole = await firstFrom(new AudioSampleSink(audio.track).samples())
  const part = await firstFrom(tolerantSamples(audio, start, 2, new SoundDamage('sound', 0, false)))
  expect(part.time).toBeCloseTo(whole.time, 3)
  expect(Math.max(...part.values.map((value, index) => Math.abs(value - (whole.values[index] ?? 9))))).toBeLessThan(
    1e-3,
  )
})

describe.each([
  { name: 'sound-aac.mp4', container: 'webm', decoder: 'the browser' },
  { name: 'sound-mp2.mkv', container: 'webm', decoder: 'ffmpeg' },
] as const)('$name to $container, decoded by $decoder', ({ name, container }) => {
  test('is silent where it is damaged, sounds on where it would, and tells when', async () => {
    const { file, start, end } = await withDamage(name, from, to)
    await using source = await opened(file)
    const { result, notes } = await written(source, container)
    const told = notes.find((note) => note.includes('damaged'))
    expect(told).toMatch(/^The sound of “.*” is damaged: 0\.(0[89]|1\d) s of it .* silent in the result, at /)
    const at = Number(/ at ([\d.]+) s/.exec(told ?? '')?.[1])
    expect(Math.abs(at - start)).toBeLessThan(0.03)
    expectSilence(await loudness(result), start, end)
  })

  test('is refused by the strict', async () => {
    const { file } = await withDamage(name, from, to)
    await using source = await refusingDamage(await opened(file))
    await expect(written(source, container)).rejects.toThrow(/^The sound of “.*” is damaged at 0\.(8|9)/)
    await expect(written(source, container)).rejects.toBeInstanceOf(MediaError)
  })

  test('whole, nothing is told', async () => {
    await using source = await opened(await fixture(name))
    const { notes } = await written(source, container)
    expect(notes.filter((note) => /damaged|missing/.test(note))).toEqual([])
  })
})

describe('sound that is copied', () => {
  test('keeps its packets, and tells which cannot be decoded', async () => {
    const { file, start } = await withDamage('sound-aac.mp4', from, to)
    await using source = await opened(file)
    const { result, notes, audioCopied } = await written(source, 'mp4')
    expect(audioCopied).toBe(true)
    const packetsOf = async (of: Blob) => {
      using input = new Input({ source: new BlobSource(of), formats: ALL_FORMATS })
      const track = await input.getPrimaryAudioTrack()
      return track ? (await track.computePacketStats()).packetCount : 0
    }
    expect(await packetsOf(result)).toBeGreaterThan((await packetsOf(file)) - 3)
    const told = notes.find((note) => note.includes('damaged'))
    expect(told).toMatch(/0\.(0[89]|1\d) s of it .* copied as they are/)
    expect(Math.abs(Number(/ at ([\d.]+) s/.exec(told ?? '')?.[1]) - start)).toBeLessThan(0.03)
  })

  test('is refused by the strict', async () => {
    const { file } = await withDamage('sound-aac.mp4', from, to)
    await using source = await refusingDamage(await opened(file))
    await expect(written(source, 'mp4')).rejects.toThrow(/^The sound of “.*” is damaged at 0\.(8|9)/)
  })

  test('whole, nothing is told', async () => {
    await using source = await opened(await fixture('sound-aac.mp4'))
    expect((await written(source, 'mp4')).notes).toEqual([])
  })
})

describe('sound that is copied, and that no browser decodes', () => {
  const damageIn = (notes: readonly string[]): readonly string[] => notes.filter((note) => note.includes('damaged'))

  test('is looked at by ffmpeg, which tells what cannot be decoded', async () => {
    const { file, start } = await withDamage('sound-ac3.mkv', 30, 32)
    await using source = await opened(file)
    const { notes, audioCopied } = await written(source, 'mkv')
    expect(audioCopied).toBe(true)
    expect(damageIn(notes)).toEqual([
      expect.stringMatching(/^The sound of “sound-ac3\.mkv” is damaged: 0\.(0[3-9]|1\d) s of it .* copied as they are/),
    ])
    expect(Math.abs(Number(/ at ([\d.]+) s/.exec(damageIn(notes)[0] ?? '')?.[1]) - start)).toBeLessThan(0.07)
  })

  test('so are further sounds', async () => {
    const { file } = await withDamage('sound-ac3.mkv', 30, 32, 1)
    await using source = await opened(file)
    expect(damageIn((await written(source, 'mkv')).notes)).toEqual([
      expect.stringMatching(/^Its sound track 2 \(AC-3\) is damaged: 0\.\d+ s of it .* copied as they are/),
    ])
  })

  test('whole, nothing is told; damaged, it is refused by the strict', async () => {
    await using whole = await opened(await fixture('sound-ac3.mkv'))
    expect((await written(whole, 'mkv')).notes).toEqual([])
    const { file } = await withDamage('sound-ac3.mkv', 30, 32)
    await using source = await refusingDamage(await opened(file))
    await expect(written(source, 'mkv')).rejects.toThrow(/^The sound of “.*” is damaged at (0\.9|1)/)
  })
})

/** Hz of the first sound of `file`, by how often it rises through zero. */
async function pitch(file: Blob): Promise<number> {
  using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
  const [track] = await input.getAudioTracks()
  if (!track) throw new Error('It has no sound.')
  let [rises, count, before] = [0, 0, 0]
  for await (const sample of new AudioSampleSink(track).samples()) {
    const values = new Float32Array(sample.numberOfFrames)
    sample.copyTo(values, { planeIndex: 0, format: 'f32-planar' })
    for (const value of values) {
      if (before < 0 && value >= 0) rises += 1
      before = value
    }
    count += values.length / sample.sampleRate
    sample.close()
  }
  return rises / count
}

describe('of two sounds, the second of which is marked as the usual one, that is taken and the other goes along', () => {
  test.each([
    ['sound-second.mp4', 'mp4', 'webcodecs'],
    ['sound-second.mkv', 'mkv', 'webcodecs'],
    ['sound-second-mpeg4.mkv', 'mkv', 'ffmpeg-decode'],
    ['sound-second-mpeg4.mkv', 'webm', 'ffmpeg-decode'],
  ] as const)('%s to %s, by %s', async (name, container, route) => {
    await using source = await opened(await fixture(name))
    expect(source.facts.route).toBe(route)
    const { result, notes } = await written(source, container)
    expect(notes.filter((note) => !note.includes('re-encoded'))).toEqual(
      container === 'webm' ? [expect.stringMatching(/sound track 1/)] : [],
    )
    // What encoders lay before and behind is silent.
    expect((await pitch(result)) / 880).toBeGreaterThan(0.9)
    using input = new Input({ source: new BlobSource(result), formats: ALL_FORMATS })
    expect((await input.getAudioTracks()).length).toBe(container === 'webm' ? 1 : 2)
  })
})

test('sound that is damaged from beginning to end is silent, and does not end the export', async () => {
  const { file } = await withDamage('sound-aac.mp4', 0, 1000)
  await using source = await opened(file)
  const { notes } = await written(source, 'webm')
  expect(notes).toEqual(['The sound of “sound-aac.mp4” cannot be read, and the result has none.'])
})
