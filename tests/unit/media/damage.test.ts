import { describe, expect, test } from 'vitest'
import type { MediaFacts } from '../../../src/graph/node/facts.ts'
import { DamageLog, gapSentence, refusingDamage, skipSentence } from '../../../src/media/damage.ts'
import { readPackets, startsAnew } from '../../../src/media/ffmpeg/stream-facts.ts'
import { type FrameTable, startsAnew as framesStartAnew } from '../../../src/media/frame-table.ts'
import { createTimeline, steadyTimeline } from '../../../src/media/timeline.ts'
import type { Frame, FrameSource } from '../../../src/media/types.ts'

const timeline = steadyTimeline(100, 25)
const log = (...opening: string[]): DamageLog => new DamageLog('clip.mp4', timeline, opening)

describe('what is told of damaged frames', () => {
  test('nothing where none was met', () => {
    expect(log().notes()).toEqual([])
  })

  test('one frame: with its time and number', () => {
    const damage = log()
    damage.hold(30, 29)
    expect(damage.notes()).toEqual([
      '“clip.mp4” is damaged: one frame could not be decoded, and the last good one was held instead, at 1.2 s (frame 31).',
    ])
  })

  test('many: counted once each, in runs, the first places named', () => {
    const damage = log()
    for (const index of [51, 50, 52, 52, 10, 20, 30, 40, 70, 80, 90]) damage.hold(index, 0)
    expect(damage.notes()[0]).toBe(
      '“clip.mp4” is damaged: 10 frames could not be decoded, and the last good one was held instead, at ' +
        '0.4 s (frame 11), 0.8 s (frame 21), 1.2 s (frame 31), 1.6 s (frame 41), 2 s to 2.08 s (frames 51 to 53), ' +
        '2.8 s (frame 71) and 2 more places.',
    )
  })

  test('frames of one time: that time once', () => {
    const damage = new DamageLog('clip.mp4', createTimeline(Float64Array.of(0, 1.247, 1.247, 2), 1), [])
    for (const index of [1, 2]) damage.hold(index, 0)
    expect(damage.notes()[0]).toMatch(/, at 1\.247 s \(frames 2 to 3\)\.$/)
  })

  test('at the beginning, where no good frame came before', () => {
    const damage = log()
    damage.hold(0, 1)
    expect(damage.notes()[0]).toMatch(/the next good one was shown instead, at 0 s \(frame 1\)/)
  })

  test('what a decoder covered up, and what builds on a damaged frame', () => {
    const damage = log()
    damage.leaveTraces()
    expect(damage.notes()).toEqual([])
    damage.hold(30, 29)
    damage.patch(3)
    expect(damage.notes()).toHaveLength(3)
    expect(damage.notes()[1]).toMatch(/one frame came out incomplete and may show it, at 0.12 s \(frame 4\)/)
    expect(damage.notes()[2]).toMatch(/up to the next key frame/)
  })
})

test('frames of other sizes are told with their sizes, as no damage', () => {
  const sized = log()
  sized.stretch(30, 32, 24)
  expect(sized.notes()).toEqual([
    '“clip.mp4” changes its size: one frame is of 32 × 24, and was stretched to the size of the first, at 1.2 s (frame 31).',
  ])
  for (const index of [31, 30]) sized.stretch(index, 64, 48)
  expect(sized.notes()[0]).toMatch(/: 2 frames are of 64 × 48, and were stretched .*\(frames 31 to 32\)\.$/)
})

describe('who wants no damage', () => {
  function source(damage: DamageLog, heldFrames: readonly number[]): FrameSource & { closed: number } {
    return {
      closed: 0,
      facts: {} as MediaFacts,
      timeline,
      audio: null,
      damage,
      async frame(index) {
        if (heldFrames.includes(index)) damage.hold(index, index - 1)
        return { index, close: () => undefined } as Frame
      },
      async [Symbol.asyncDispose]() {
        this.closed += 1
      },
    }
  }
  const { signal } = new AbortController()

  test('is refused at once where something is missing from the beginning', async () => {
    const broken = source(log('“clip.mp4” is cut off.'), [])
    await expect(refusingDamage(broken)).rejects.toThrow('“clip.mp4” is cut off.')
    expect(broken.closed).toBe(1)
  })

  test('and else at the first frame that would be held', async () => {
    const strict = await refusingDamage(source(log(), [30]))
    expect((await strict.frame(29, signal)).index).toBe(29)
    await expect(strict.frame(30, signal)).rejects.toThrow('frame 31 of 100 cannot be decoded')
  })

  test('or at the first that came out incomplete', async () => {
    const damage = log()
    const strict = await refusingDamage(source(damage, []))
    damage.patch(12)
    expect((await strict.frame(11, signal)).index).toBe(11)
    await expect(strict.frame(12, signal)).rejects.toThrow('frame 13 of 100 cannot be decoded')
  })
})

describe('gaps in a file of steady rate', () => {
  const times = (...left: number[]): Float64Array =>
    Float64Array.from({ length: 100 }, (_, index) => index / 25).filter((_, index) => !left.includes(index))

  test('none', () => {
    expect(gapSentence('clip.mp4', times())).toEqual([])
    expect(gapSentence('clip.mp4', times(0, 99))).toEqual([])
  })
  test('are told with their ends', () => {
    expect(gapSentence('clip.mp4', times(50, 51, 52, 80))).toEqual([
      '“clip.mp4” has gaps: 4 frames are missing before 2.12 s, 3.24 s, and the one before each is shown for longer.',
    ])
  })
  test('are frames skipped where the file says itself how long each is shown', () => {
    expect(skipSentence('clip.avi', times())).toEqual([])
    expect(skipSentence('clip.avi', times(50))).toEqual([
      '“clip.avi” skips one frame, before 2.04 s, and says to show the one before for longer.',
    ])
    expect(skipSentence('clip.avi', times(50, 80))).toEqual([
      '“clip.avi” skips 2 frames, before 2.04 s, 3.24 s, and says to show the one before each for longer.',
    ])
  })
  test('are no matter where the steps vary by themselves', () => {
    const varying = Float64Array.from({ length: 100 }, (_, index) => index / 25 + (index % 3) / 60)
    expect(gapSentence('clip.mp4', varying)).toEqual([])
  })
})

const line = (pts: number | null, dts: number | null, key = false): string =>
  `${pts ?? 'N/A'},${dts ?? 'N/A'},100,${key ? 'K_' : '__'}`

describe('times that begin anew', () => {
  const packets = (...times: readonly number[]) => times.map((time) => line(time, time)).join('\n')
  test.each<[string, boolean, string]>([
    ['where recordings were put one behind the other', true, packets(1.4, 1.5, 1.6, 1.7, 1.4, 1.5)],
    ['not in an ordinary file, nor where B-frames go back a little', false, packets(0, 0.04, 0.12, 0.08, 0.16)],
    ['not where one time is damaged', false, packets(0, 0.04, 9.5, 0.12, 0.16, 3000, 0.24, 0.28, 0, 0.36)],
    ['not where they only end', false, packets(1.4, 1.44, 0)],
  ])('%s', (_, wanted, csv) => {
    expect(startsAnew(csv)).toBe(wanted)
  })

  test('of frames by their order', () => {
    const table = (sequences: readonly number[], keys: readonly number[]) =>
      framesStartAnew({ sequences: Float64Array.from(sequences), keys } as unknown as FrameTable)
    expect(table([0, 2, 1, 4, 3, 5], [0, 4])).toBe(false)
    // Open groups: frames in front of a key frame are decoded behind it.
    expect(table([0, 2, 3, 1, 5, 6, 4], [0, 3])).toBe(false)
    expect(table([0, 4, 1, 5, 2, 6, 3, 7], [0, 1])).toBe(true)
    expect(table([0, 1, 4, 2, 3], [0, 2])).toBe(true)
  })
})

describe('frames whose packets tell no time', () => {
  test('take the moments that are left: a program stream with B-frames that times only some', () => {
    // Decoding order I P B B P B B, shown at 0.04 … 0.28; P is told no time.
    const table = readPackets(
      [
        line(0.04, 0, true),
        line(null, 0.04),
        line(0.08, 0.08),
        line(0.12, 0.12),
        line(null, 0.16),
        line(0.2, 0.2),
        line(0.24, 0.24),
      ].join('\n'),
      25,
      0.04,
    )
    expect([...table.timestamps].map((time) => Number(time.toFixed(3)))).toEqual([
      0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28,
    ])
    expect(table.keys).toEqual([0])
  })

  test('also those in front of the first time that is told: AVI with B-frames', () => {
    const table = readPackets(
      [line(null, 0, true), line(null, 0.04), line(0.08, 0.08), line(0.12, 0.12), line(null, 0.16)].join('\n'),
      25,
      0.04,
    )
    expect([...table.timestamps].map((time) => Number(time.toFixed(3)))).toEqual([0.04, 0.08, 0.12, 0.16, 0.2])
    expect(table.keys).toEqual([0])
  })

  test('are not shown before they are decoded: the first packets of a program stream are not there any more', () => {
    // The first packet is half a frame, and its own time lies behind the moment at which it is decoded.
    const lines = [line(0.9, 0.78), line(null, 0.9), line(0.92, 0.92), line(0.96, 0.96), line(null, 1, true)]
    const table = readPackets(
      [...lines, line(1.04, 1.04), line(1.08, 1.08), line(null, 1.12), line(1.16, 1.16), line(1.2, 1.2)].join('\n'),
      25,
      1.12,
    )
    expect([...table.timestamps].map((time) => Number(time.toFixed(3))).slice(0, -1)).toEqual([
      0.9, 0.92, 0.96, 1, 1.04, 1.08, 1.12, 1.16, 1.2,
    ])
    expect(table.timestamps[table.keys[0] ?? 0]).toBeCloseTo(1.12)
  })

  const rounded = (times: Float64Array) => [...times].map((time) => Number(time.toFixed(3)))

  test.each<[string, readonly string[]]>([
    ['alone', [line(0, 0, true), line(null, 0.04), line(null, 0.08), line(null, 0.12)]],
    ['with B-frames', [line(0, 0, true), line(null, 0.04), line(0.08, 0.08), line(0.12, 0.12)]],
  ])(
    'follow the first of a bare stream, which tells its own %s, without a gap that only the decoder makes',
    (_, lines) => {
      const table = readPackets(lines.join('\n'), 25, 0, true)
      expect(rounded(table.timestamps)).toEqual([0, 0.04, 0.08, 0.12])
      expect(rounded(table.decoderTimes)).toEqual([0, 0.08, 0.12, 0.16])
      const inOrder = readPackets(lines.join('\n'), 25, 0, false)
      expect(rounded(inOrder.decoderTimes)).toEqual([0, 0.04, 0.08, 0.12])
    },
  )

  // Made by ffmpeg and libxvid, mpeg4, libx264 and mpeg1video, of which the first and the second hold one back and the third two.
  test.each<[string, number, readonly string[], readonly number[]]>([
    [
      'behind skipped frames at the beginning',
      0.24,
      [line(null, 0, true), line(null, 0.24), line(0.28, 0.28), line(null, 0.32), line(null, 0.36)],
      [0.24, 0.28, 0.32, 0.36, 0.4],
    ],
    [
      'across skipped frames in the middle',
      0.04,
      [line(null, 0, true), line(null, 0.04), line(0.08, 0.08), line(0.12, 0.12), line(null, 0.28), line(0.32, 0.32)],
      [0.04, 0.08, 0.12, 0.28, 0.32, 0.36],
    ],
    [
      'two later, where none is told',
      0.2,
      [line(null, 0, true), line(null, 0.16), line(null, 0.2), line(null, 0.36), line(null, 0.4)],
      [0.2, 0.36, 0.4, 0.44, 0.48],
    ],
    [
      'in a program stream with a gap',
      0.54,
      [line(0.54, 0.5, true), line(0.66, 0.54), line(0.58, 0.58), line(0.62, 0.62), line(null, 0.66), line(0.82, 0.78)],
      [0.54, 0.58, 0.62, 0.66, 0.78, 0.82],
    ],
  ])('are shown as later packets come, whatever lies between: %s', (_, first, lines, wanted) => {
    const table = readPackets(lines.join('\n'), 25, first, true)
    expect(rounded(table.timestamps)).toEqual(wanted)
    expect(table.decoderTimes).toBe(table.timestamps)
  })

  test('are none where an edit list leaves them out', () => {
    // `ffmpeg -ss -c copy` into QuickTime: the key frame is there for what is made from it.
    const hidden = ['-0.12,-0.16,100,KD', '0,-0.12,100,__', '-0.08,-0.08,100,_D', '-0.04,-0.04,100,_D']
    const table = readPackets([...hidden, line(0.04, 0), line(0.08, 0.04, true)].join('\n'), 25, 0)
    expect(rounded(table.timestamps)).toEqual([0, 0.04, 0.08])
    expect(table.keys).toEqual([2])
  })

  test('follow each other in the order of decoding where nothing tells any', () => {
    const table = readPackets([line(null, null, true), line(null, null), line(null, null)].join('\n'), 25, 0)
    expect([...table.timestamps].map((time) => Number(time.toFixed(3)))).toEqual([0, 0.04, 0.08])
  })
})
