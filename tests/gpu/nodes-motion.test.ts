/**
 * Motion on a photograph that is moved, turned, enlarged and made noisy: the true vectors are known. Errors count where there is
 * texture to tell motion by, and where the other frame still shows the place.
 */
import { describe, expect, it } from 'vitest'
import { createDownload } from '../../src/gpu/download.ts'
import type { GpuPicture } from '../../src/gpu/types.ts'
import { openMotions } from '../../src/nodes/motion/fields.ts'
import motion from '../../src/nodes/motion.node.ts'
import straightUrl from '../fixtures/motion/straight.jpg?url'
import { download, draw, frameSet, type Numbers, prepareNode, upload } from './harness.ts'
import { frameOf, frameSize, type Move, openPhoto, type Photo, shift, turn } from './support/moving-photo.ts'
import { testBench, testPhoto } from './support/test-bench.ts'

const bench = testBench()
const photo = testPhoto()

const { width, height } = frameSize

/** What Motion finds from the first of the frames into the second, by output. */
async function found(from: Numbers, to: Numbers, params: Record<string, unknown> = {}) {
  const pictures = [upload(bench, from), upload(bench, to)] as const
  const node = await prepareNode(bench, motion, { image: pictures[0].desc }, { params: { to: 'next', ...params } })
  const outputs = await node.run({ image: new Map(pictures.map((picture, i) => [i, picture])) }, 0)
  const results = {
    motion: await download(bench, outputs.motion!),
    confidence: await download(bench, outputs.confidence!),
    moving: await download(bench, outputs.moving!),
  }
  await node.close()
  for (const { texture } of pictures) texture.destroy()
  return results
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function deviation({ data }: Numbers, x: number, y: number): number {
  const tones: number[] = []
  for (let j = -2; j <= 2; j++)
    for (let i = -2; i <= 2; i++) {
      const [column, row] = [Math.min(width - 1, Math.max(0, x + i)), Math.min(height - 1, Math.max(0, y + j))]
      tones.push(255 * data[4 * (row * width + column)]!)
    }
  const middle = mean(tones)
  return Math.sqrt(mean(tones.map((tone) => (tone - middle) ** 2)))
}

/** Dark rock in long soft folds: along them little tells motion, and noise is as strong as most of what does. */
const folds: Photo = {
  width: 400,
  height: 240,
  at(x, y) {
    const bend = y / 5 + 5 * Math.sin(x / 47) + 2 * Math.sin((x + 2 * y) / 31)
    const light = 0.5 + 0.5 * Math.sin(x / 23 - y / 37)
    return 0.25 + (0.03 + 0.06 * light) * Math.sin(bend) + 0.022 * light * Math.sin(x / 3.1) * Math.sin(bend * 2.3)
  },
}

/** Where a pixel of the frame has gone in the other, both counted from the centre; `undefined`: not to be judged. */
type Truth = (x: number, y: number) => readonly [number, number] | undefined

/** Which place `move` shows there: by fixed points, since all moves here are near to the identity. */
const inverse =
  (move: Move): Truth =>
  (x, y) => {
    let [qx, qy] = [x, y]
    for (let i = 0; i < 20; i++) {
      const [mx, my] = move(qx, qy)
      qx += x - mx
      qy += y - my
    }
    return [qx, qy]
  }

/** End-point error and confidence at each pixel that has texture and is still to be seen, four pixels from the edge and more. */
function errors(vectors: Numbers, clean: Numbers, truth: Truth): { error: number; confidence: number }[] {
  const list: { error: number; confidence: number }[] = []
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [cx, cy] = [x - (width - 1) / 2, y - (height - 1) / 2]
      const [qx, qy] = truth(cx, cy) ?? [Number.NaN, Number.NaN]
      const isThere = Math.abs(qx) <= (width - 1) / 2 - 4 && Math.abs(qy) <= (height - 1) / 2 - 4
      if (!isThere || deviation(clean, x, y) <= 3) continue
      const at = 4 * (y * width + x)
      const [dx, dy, confidence] = [vectors.data[at]!, vectors.data[at + 1]!, vectors.data[at + 2]!]
      list.push({ error: Math.hypot(dx - (qx - cx), dy - (qy - cy)), confidence })
    }
  expect(list.length).toBeGreaterThan(10_000)
  return list
}

describe('finds where a photograph has gone', () => {
  it.each([
    ['by 15.7 pixels', shift(15.7, -0.4), 0, 0.3],
    ['by half a pixel', shift(0.5, 0.25), 0, 0.2],
    ['turned by 3°', turn(3), 0, 0.5],
    ['1.05 times as large', turn(0, 1 / 1.05), 0, 0.5],
    ['by 15.7 pixels, in noise', shift(15.7, -0.4), 5, 0.6],
    ['turned by 3°, in noise', turn(3), 5, 0.6],
  ] as const)('%s', async (_, move, noise, most) => {
    const clean = frameOf(photo, shift(0, 0))
    const from = frameOf(photo, shift(0, 0), { noise, seed: 1 })
    const { motion: vectors } = await found(from, frameOf(photo, move, { noise, seed: 2 }), { noise })
    const list = errors(vectors, clean, inverse(move))
    expect(mean(list.map(({ error }) => error))).toBeLessThan(most)
    expect(list.filter(({ error }) => error > 1).length / list.length).toBeLessThan(0.06)
  })

  it('in noise where it has little but soft folds', async () => {
    const move = shift(4, -1)
    const clean = frameOf(folds, shift(0, 0))
    const from = frameOf(folds, shift(0, 0), { noise: 5, seed: 1 })
    const { motion: vectors } = await found(from, frameOf(folds, move, { noise: 5, seed: 2 }), { noise: 5 })
    const list = errors(vectors, clean, inverse(move))
    expect(mean(list.map(({ error }) => error))).toBeLessThan(0.6)
  })
})

it('1.05 times as large where straight edges cross flat ground', async () => {
  const straight = await openPhoto(straightUrl)
  const move = turn(0, 1 / 1.05)
  const clean = frameOf(straight, shift(0, 0))
  const { motion: vectors } = await found(clean, frameOf(straight, move))
  // 0.187 where what the blocks around tell is averaged as if motion were the same everywhere.
  expect(mean(errors(vectors, clean, inverse(move)).map(({ error }) => error))).toBeLessThan(0.178)
})

describe('says how far it is to be believed', () => {
  it('less and less where the error grows', async () => {
    // A disc that moves over ground that turns: before it ground is covered, which is nowhere in the other frame.
    const inDisc = (x: number, y: number, cx: number) => Math.hypot(x - cx, y) < 36
    const scene = (move: Move, cx: number) => {
      const [ground, above] = [frameOf(photo, move), frameOf(photo, shift(-cx, 60))]
      return draw(width, height, (x, y) => {
        const isAbove = inDisc(x - (width - 1) / 2, y - (height - 1) / 2, cx)
        const tone = (isAbove ? above : ground).data[4 * (y * width + x)]!
        return [tone, tone, tone]
      })
    }
    const move = turn(3)
    const from = scene(shift(0, 0), -20)
    const { motion: vectors } = await found(from, scene(move, -2))
    const ground = inverse(move)
    const bands: number[][] = [[], [], [], [], []]
    const truth: Truth = (x, y) => (inDisc(x, y, -20) ? [x + 18, y] : ground(x, y))
    for (const { error, confidence } of errors(vectors, from, truth))
      bands[[0.1, 0.3, 0.5, 0.8, 1].findIndex((end) => confidence <= end)]!.push(error)
    const means = bands.map(mean)
    for (let band = 1; band < means.length; band++) expect(means[band], `${means}`).toBeLessThan(means[band - 1]!)
  })

  it('not at all past a cut, and fully where the other frame is the same', async () => {
    const other = draw(width, height, (x, y) => {
      const tone = 0.5 + 0.3 * Math.sin(x / 5) * Math.cos((x + 2 * y) / 17)
      return [tone, tone, tone]
    })
    const frame = frameOf(photo, shift(0, 0))
    const cut = await found(frame, other)
    expect(Math.max(...cut.confidence.data)).toBe(0)
    const same = await found(frame, frame)
    expect(Math.min(...same.confidence.data)).toBe(1)
    expect(Math.max(...same.moving.data)).toBe(0)
  })

  it('as two masks: what is found again, and what moves by the threshold and more', async () => {
    const {
      motion: vectors,
      confidence,
      moving,
    } = await found(frameOf(photo, shift(0, 0)), frameOf(photo, shift(3, 0)), { threshold: 6 })
    const at = (90 * width + 160) * 4
    expect(vectors.data[at]).toBeCloseTo(-3, 1)
    expect(vectors.data[at + 3]).toBe(0)
    expect(confidence.data[at / 4]).toBeCloseTo(vectors.data[at + 2]!, 3)
    expect(moving.data[at / 4]).toBeCloseTo(0.5, 2)
  })

  it.each([
    [1, 1],
    [5, 3],
    [17, 40],
  ])('in a picture of %i × %i too', async (across, down) => {
    const tiny = draw(across, down, (x, y) => [((x * 7 + y * 3) % 5) / 5, 0.5, 0.5])
    const { motion: vectors } = await found(tiny, tiny)
    expect(vectors.data.slice(0, 4)).toEqual(new Float32Array([0, 0, 1, 0]))
  })
})

describe('what was found', () => {
  // Of two levels: only what is held is looked at.
  const across = 72
  const down = 44
  const levels = 2
  const open = (neighbours: number) => openMotions(bench.gpu, { width: across, height: down }, neighbours)
  const picture = (moved: number) =>
    frameSet(
      upload(
        bench,
        draw(across, down, (x, y) => [(x + moved) / 80, y / 80, 0]),
      ),
    )

  it('is shared by all that ask for the same two frames, and kept no longer than somebody may ask', async () => {
    const leases = bench.gpu.pool.stats.leases
    const frames = [picture(0), picture(2), picture(4), picture(6)] as const
    const [one, other] = await Promise.all([open(1), open(2)])
    const [first] = one.between(bench.recorder, frames[0], [frames[1]])
    const [again, second] = other.between(bench.recorder, frames[0], [frames[1], frames[2]])
    expect(again).toBe(first)
    expect(second).not.toBe(first)
    const held = bench.gpu.pool.stats.leases
    for (const i of [1, 2, 3, 0] as const) {
      one.between(bench.recorder, frames[i], [frames[((i + 1) % 4) as 0]])
      other.between(bench.recorder, frames[i], [frames[((i + 1) % 4) as 0], frames[((i + 2) % 4) as 0]])
    }
    // Three motions and four frames' planes, of which there were three.
    expect(bench.gpu.pool.stats.leases).toBeLessThanOrEqual(held + levels + 2)
    one[Symbol.dispose]()
    other[Symbol.dispose]()
    bench.recorder.submit()
    expect(bench.gpu.pool.stats.leases).toBe(leases)
    for (const { texture } of frames) texture.destroy()
  })
})

it('is shown as colours: where to by the hue, how far by how strong it is, doubt by darkness', async () => {
  const vectors: readonly (readonly [number, number, number, number])[] = [
    [0, 0, 1, 0],
    [12, 0, 1, 0],
    [-12, 0, 1, 0],
    [12, 0, 0, 0],
  ]
  const uploaded = upload(
    bench,
    draw(4, 1, (x) => vectors[x]!),
  )
  const picture: GpuPicture = { ...uploaded, desc: { ...uploaded.desc, type: 'motion', format: 'rgba16float' } }
  const { rgba8 } = await createDownload(bench.gpu)
  const bytes = await rgba8(bench.recorder, picture)
  const colours = [0, 1, 2, 3].map((i) => [...bytes.slice(4 * i, 4 * i + 3)])
  expect(colours).toEqual([
    [255, 255, 255],
    [255, 64, 64],
    [64, 255, 255],
    [64, 16, 16],
  ])
  uploaded.texture.destroy()
})
