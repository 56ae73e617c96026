/** Pictures that move, as the browser's own decoder reads them: frames, times, transparency. */
import { describe, expect, test } from 'vitest'
import { encodePng } from '../../src/gpu/png.ts'
import { createAnimationSink } from '../../src/media/animation-sink.ts'
import { readComment } from '../../src/media/comment.ts'
import { MemorySegments } from '../../src/media/encoders/memory-segments.ts'
import type { AnimationContainer, AnimationSinkRequest } from '../../src/media/types.ts'
import { memoryOutput } from './media-output.ts'

const [width, height] = [16, 8]
const colours = [
  [200, 40, 40],
  [40, 180, 60],
  [50, 60, 220],
] as const
/** Seconds, as of a clip whose rate varies. */
const moments = [0.5, 0.6, 0.85, 0.95] as const

/** The right half is transparent. */
const frame = (n: number, comment?: string) =>
  encodePng(
    Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => {
      const isClear = Math.floor(i / 4) % width >= width / 2
      return i % 4 < 3 ? colours[n]![i % 4]! : isClear ? 0 : 255
    }),
    width,
    height,
    comment,
    'rgba',
  )

const written = (n: number, png: Uint8Array<ArrayBuffer>) => ({
  png,
  timestamp: moments[n]!,
  duration: moments[n + 1]! - moments[n]!,
})

const asked = (container: AnimationContainer, more: Partial<AnimationSinkRequest> = {}) => {
  const output = memoryOutput()
  const request: AnimationSinkRequest = {
    ...{ container, output, fileName: `loop.${container}`, width, height, quality: 90, hasComment: false, notes: [] },
    ...more,
  }
  return { output, request }
}

async function decoded(file: File, type: string) {
  const decoder = new ImageDecoder({ data: await file.arrayBuffer(), type })
  await Promise.all([decoder.completed, decoder.tracks.ready])
  const { frameCount, repetitionCount } = decoder.tracks.selectedTrack!
  const frames = []
  for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
    const { image } = await decoder.decode({ frameIndex })
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0)
    const at = (x: number) => [...context.getImageData(x, 3, 1, 1).data]
    frames.push({ seconds: (image.duration ?? 0) / 1e6, left: at(2), right: at(13) })
    image.close()
  }
  decoder.close()
  return { repetitionCount, frames }
}

describe('a picture that moves', () => {
  test.for<[AnimationContainer, string, number]>([
    ['apng', 'image/png', 0],
    // 256 colours, dithered.
    ['gif', 'image/gif', 2],
    // With loss, in 4:2:0.
    ['webp', 'image/webp', 14],
  ])(
    '%s holds each frame for its own time, plays for ever, and keeps what is transparent',
    async ([container, type, slack]) => {
      const { output, request } = asked(container)
      const sink = await createAnimationSink(request)
      for (const n of [0, 1, 2]) await sink.write(written(n, await frame(n)), n)
      const report = await sink.finish()
      const file = output.files.get(`loop.${container}`)!
      expect(report).toMatchObject({ frames: 3, width, height, videoCodec: container, bytes: file.size })
      const { repetitionCount, frames } = await decoded(file, type)
      expect(repetitionCount).toBe(Number.POSITIVE_INFINITY)
      // How long the last frame is shown, ffmpeg reckons from those before it.
      const times = container !== 'apng' ? [0.1, 0.25] : [0.1, 0.25, 0.1]
      expect(frames.slice(0, times.length).map(({ seconds }) => seconds)).toEqual(
        times.map((time) => expect.closeTo(time, 3)),
      )
      for (const [n, { left, right }] of frames.entries()) {
        for (const [i, level] of colours[n]!.entries()) expect(Math.abs(left[i]! - level)).toBeLessThanOrEqual(slack)
        expect([left[3], right[3]]).toEqual([255, 0])
      }
      expect(output.unfinished).toBe(0)
    },
  )

  test('goes on from kept frames, in their order, and writes the same file', async () => {
    const whole = asked('apng')
    const sink = await createAnimationSink(whole.request)
    const pngs = await Promise.all([0, 1, 2].map((n) => frame(n)))
    for (const n of [0, 1, 2]) await sink.write(written(n, pngs[n]!), n)
    await sink.finish()
    const segments = { store: new MemorySegments(), perSegment: 1 }
    const first = await createAnimationSink(asked('apng', { segments }).request)
    await first.write(written(1, pngs[1]!), 1)
    await first.write(written(2, pngs[2]!), 2)
    await first.keep()
    const later = asked('apng', { segments })
    const second = await createAnimationSink(later.request)
    await second.write(written(0, pngs[0]!), 0)
    await second.finish()
    const bytes = async (output: typeof later.output) => [
      ...new Uint8Array(await output.files.get('loop.apng')!.arrayBuffer()),
    ]
    expect(await bytes(later.output)).toEqual(await bytes(whole.output))
  })

  test('carries the graph where it can, and tells where it cannot', async () => {
    const { output, request } = asked('apng', { hasComment: true, notes: ['The sound stays behind: APNG holds none.'] })
    const sink = await createAnimationSink(request)
    await sink.write(written(0, await frame(0, 'a graph')), 0)
    expect((await sink.finish()).notes).toEqual(['The sound stays behind: APNG holds none.'])
    expect(await readComment(output.files.get('loop.apng')!)).toBe('a graph')
    const gif = asked('gif', { hasComment: true })
    const without = await createAnimationSink(gif.request)
    await without.write({ png: await frame(0), timestamp: 0, duration: 1 / 24 }, 0)
    expect((await without.finish()).notes).toEqual([
      'GIF stores time in steps of 10 ms: frames begin up to 2 ms off.',
      'The graph stays behind: GIF has no place for it.',
    ])
  })

  test('too large a picture, and none at all, are refused', async () => {
    const { request } = asked('webp', { width: 20_000 })
    await expect(createAnimationSink(request)).rejects.toThrow('WebP cannot hold a picture of 20000 × 8')
    const none = await createAnimationSink(asked('apng').request)
    await expect(none.finish()).rejects.toThrow(/loop\.apng/)
  })
})
