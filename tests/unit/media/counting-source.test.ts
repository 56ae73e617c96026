import { describe, expect, test } from 'vitest'
import type { MediaFacts } from '../../../src/graph/node/facts.ts'
import { CountingSource, estimatedTimeline } from '../../../src/media/counting-source.ts'
import { createTimeline } from '../../../src/media/timeline.ts'
import type { Frame, FrameSource } from '../../../src/media/types.ts'

/** Of `count` frames, a fifth of a second each. */
function sourceOf(name: string, count: number) {
  const closed: string[] = []
  const source = {
    facts: { frameCount: count, duration: count / 5, frameRate: 5 } as MediaFacts,
    timeline: createTimeline(
      Float64Array.from({ length: count }, (_, i) => 1 + i / 5),
      0.2,
    ),
    audio: null,
    frame: async (index: number) => ({ index, rotation: name }) as unknown as Frame,
    [Symbol.asyncDispose]: async () => void closed.push(name),
  } satisfies FrameSource
  return { source, closed }
}

const never = new AbortController().signal

describe('a clip whose frames are being counted', () => {
  test('says about how long it is', () => {
    const { source } = sourceOf('beginning', 4)
    const { facts, timeline } = new CountingSource(source, 10, async () => source)
    expect(facts).toMatchObject({ frameCount: 10, counting: true, frameRate: 5 })
    expect(facts.duration).toBeCloseTo(2)
    expect(timeline.estimated).toBe(true)
  })

  test('its moments are exact at the beginning, and go on at that pace', () => {
    const { source } = sourceOf('beginning', 4)
    const timeline = estimatedTimeline(source.timeline, 10)
    const times = [0, 3, 4, 9].map((index) => Number(timeline.timestamp(index).toFixed(6)))
    expect(times).toEqual([1, 1.6, 1.8, 2.8])
    expect(() => timeline.timestamp(10)).toThrow(RangeError)
    for (let index = 0; index < 10; index++) expect(timeline.indexAt(timeline.timestamp(index))).toBe(index)
    expect([0, 9].map((seconds) => timeline.indexAt(seconds))).toEqual([0, 9])
  })

  test('gives frames of the beginning at once, and others when they are counted, the last where there are fewer', async () => {
    const [beginning, counted] = [sourceOf('beginning', 4), sourceOf('counted', 7)]
    let counts = 0
    let found: (source: FrameSource) => void = () => undefined
    const source = new CountingSource(beginning.source, 10, () => {
      counts += 1
      return new Promise((resolve) => {
        found = resolve
      })
    })
    expect(await source.frame(3, never)).toMatchObject({ index: 3, rotation: 'beginning' })
    expect(counts).toBe(0)
    const [far, beyond] = [source.frame(5, never), source.frame(9, never)]
    found(counted.source)
    expect(await far).toMatchObject({ index: 5, rotation: 'counted' })
    expect(await beyond).toMatchObject({ index: 6, rotation: 'counted' })
    expect(counts).toBe(1)
    await source[Symbol.asyncDispose]()
    await Promise.resolve()
    expect([...beginning.closed, ...counted.closed]).toEqual(['beginning', 'counted'])
  })

  test('does not keep waiting who has given up, nor who closes it', async () => {
    const { source: beginning, closed } = sourceOf('beginning', 4)
    const source = new CountingSource(beginning, 10, () => new Promise<never>(() => undefined))
    const stop = new AbortController()
    const waiting = source.frame(8, stop.signal)
    stop.abort(new Error('given up'))
    await expect(waiting).rejects.toThrow('given up')
    await source[Symbol.asyncDispose]()
    expect(closed).toEqual(['beginning'])
  })
})
