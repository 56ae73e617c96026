/** Deinterlace against ffmpeg's bwdif, on the same fields (`tests/fixtures/deinterlace/make-fields.sh`), and on whole frames. */
import { describe, expect, it } from 'vitest'
import type { GpuPicture } from '../../src/gpu/types.ts'
import deinterlace from '../../src/nodes/deinterlace.node.ts'
import bwdifBottom from '../fixtures/deinterlace/bwdif-bottom.gray?url'
import bwdifTop from '../fixtures/deinterlace/bwdif-top.gray?url'
import truthUrl from '../fixtures/deinterlace/truth.gray?url'
import wovenBottom from '../fixtures/deinterlace/woven-bottom.gray?url'
import wovenTop from '../fixtures/deinterlace/woven-top.gray?url'
import { download, draw, type Numbers, prepareNode, upload } from './harness.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

const [width, height] = [96, 64]

type Grey = Uint8Array

async function framesOf(url: string): Promise<Grey[]> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
  return Array.from({ length: bytes.length / (width * height) }, (_, i) =>
    bytes.subarray(i * width * height, (i + 1) * width * height),
  )
}

const grey = ({ data }: Numbers): number[] => Array.from({ length: width * height }, (_, i) => 255 * data[4 * i]!)

function decibels(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return 10 * Math.log10((255 ** 2 * a.length) / Math.max(sum, 1e-9))
}

/** Without the lines at the edge. */
const inside = (frame: ArrayLike<number>) => Array.from(frame).slice(6 * width, -6 * width)

/** Each frame that comes out, in order. */
async function deinterlaced(
  frames: readonly Grey[],
  params: { readonly frames: 'frame' | 'field'; readonly order?: string; readonly keepWhole?: boolean },
): Promise<number[][]> {
  const pictures = frames.map((frame) =>
    upload(
      bench,
      draw(width, height, (x, y) => {
        const value = frame[y * width + x]! / 255
        return [value, value, value]
      }),
    ),
  )
  const node = await prepareNode(bench, deinterlace, { image: pictures[0]!.desc }, { params })
  const each = params.frames === 'field' ? 2 : 1
  const results: number[][] = []
  for (let i = 0; i < frames.length * each; i++) {
    const around = new Map<number, GpuPicture>()
    for (const k of [-2, -1, 0, 1, 2])
      around.set(k, pictures[Math.min(frames.length - 1, Math.max(0, Math.floor(i / each) + k))]!)
    const { image } = await node.run({ image: around }, i)
    results.push(grey(await download(bench, image!)))
  }
  await node.close()
  for (const { texture } of pictures) texture.destroy()
  return results
}

const woven = { top: wovenTop, bottom: wovenBottom }
const bwdif = { top: bwdifTop, bottom: bwdifBottom }

describe('fields', () => {
  it.each(['top', 'bottom'] as const)('become frames as ffmpeg’s bwdif makes them, %s field first', async (order) => {
    const reference = await framesOf(bwdif[order])
    const made = await deinterlaced(await framesOf(woven[order]), { frames: 'field', order, keepWhole: false })
    expect(made).toHaveLength(reference.length)
    // It rounds to whole numbers on the way, which may turn a choice, and filters the ends of clip and picture in another way.
    for (let i = 2; i < made.length - 2; i++) {
      const theirs = inside(reference[i]!)
      const off = inside(made[i]!).map((value, k) => Math.abs(value - theirs[k]!))
      expect(off.filter((one) => one > 1.5).length / off.length, `frame ${i}`).toBeLessThan(0.002)
      expect(decibels(inside(made[i]!), inside(reference[i]!)), `frame ${i}`).toBeGreaterThan(50)
    }
  })

  it.each(['top', 'bottom'] as const)('are found to be %s field first, and not to be whole', async (order) => {
    const frames = await framesOf(woven[order])
    const told = await deinterlaced(frames, { frames: 'field', order, keepWhole: false })
    const found = await deinterlaced(frames, { frames: 'field' })
    const truth = await framesOf(truthUrl)
    for (let i = 2; i < found.length - 2; i++)
      expect(decibels(found[i]!, truth[i]!), `frame ${i}`).toBeGreaterThan(decibels(told[i]!, truth[i]!) - 0.3)
  })

  it('in one frame each keep the first, and lie as near to the truth as bwdif’s', async () => {
    const frames = await framesOf(wovenTop)
    const [truth, reference] = [await framesOf(truthUrl), await framesOf(bwdifTop)]
    const single = await deinterlaced(frames, { frames: 'frame', order: 'top' })
    expect(single).toHaveLength(frames.length)
    for (let i = 1; i < frames.length - 1; i++)
      expect(decibels(inside(single[i]!), inside(truth[2 * i]!))).toBeGreaterThan(
        decibels(inside(reference[2 * i]!), inside(truth[2 * i]!)) - 0.3,
      )
  })
})

describe('whole frames', () => {
  it('stay nearly as they are', async () => {
    const truth = (await framesOf(truthUrl)).filter((_, i) => i % 2 === 0)
    const kept = await deinterlaced(truth, { frames: 'frame' })
    for (const [i, frame] of kept.entries()) expect(decibels(frame, truth[i]!), `frame ${i}`).toBeGreaterThan(40)
  })

  it.each(['top', 'bottom'] as const)(
    'of a still scene, and a single one, stay as they are, %s field first',
    async (order) => {
      const [still] = await framesOf(truthUrl)
      for (const frames of ['frame', 'field'] as const)
        for (const clip of [[still!], [still!, still!, still!]]) {
          const kept = await deinterlaced(clip, { frames, order })
          expect(kept).toHaveLength(clip.length * (frames === 'field' ? 2 : 1))
          for (const [i, frame] of kept.entries())
            expect(decibels(frame, still!), `${frames} ${i} of ${clip.length}`).toBeGreaterThan(60)
        }
    },
  )
})

it('a single frame of fine level grain stays as it is, since no two of its lines go on in turn for long', async () => {
  const random = (x: number, y: number) => {
    const value = Math.sin(12.9898 * y + 78.233 * x) * 43758.5453
    return value - Math.floor(value)
  }
  const grain = Uint8Array.from({ length: width * height }, (_, i) => {
    const [cell, y] = [Math.floor((i % width) / 4), Math.floor(i / width)]
    return 128 + 30 * (random(cell, y) + 0.3 * random(cell, y + 1) - 0.65)
  })
  const [kept] = await deinterlaced([grain], { frames: 'frame', order: 'top' })
  expect(decibels(kept!, grain)).toBeGreaterThan(60)
})

/** bwdif interpolates between lines there and nothing else. */
describe('where a neighbour in time is missing', () => {
  it.each(['top', 'bottom'] as const)('fields lie as near to the truth as bwdif’s, %s field first', async (order) => {
    const [frames, truth, reference] = await Promise.all([woven[order], truthUrl, bwdif[order]].map(framesOf))
    const made = await deinterlaced(frames!, { frames: 'field', order })
    for (const i of [0, 1, made.length - 2, made.length - 1])
      expect(decibels(inside(made[i]!), inside(truth![i]!)), `at an end: ${i}`).toBeGreaterThan(
        decibels(inside(reference![i]!), inside(truth![i]!)) - 0.1,
      )
    const [alone] = await deinterlaced([frames![3]!], { frames: 'frame', order })
    const [between] = await deinterlaced([frames![3]!], { frames: 'frame', order, keepWhole: false })
    expect(decibels(inside(alone!), inside(truth![6]!))).toBeGreaterThan(
      decibels(inside(between!), inside(truth![6]!)) - 0.1,
    )
  })

  it('since there is a cut, fields are not taken for whole', async () => {
    const frames = await framesOf(wovenTop)
    const [truth, reference] = [await framesOf(truthUrl), await framesOf(bwdifTop)]
    // Of the other scene all is mirrored and negative, which changes no distance from the truth.
    const other = (frame: Grey) => frame.map((_, i) => 255 - frame[i + width - 1 - 2 * (i % width)]!)
    const clip = [...frames.slice(0, 3), ...frames.slice(3).map(other)]
    const made = await deinterlaced(clip, { frames: 'frame', order: 'top' })
    for (const i of [2, 3]) {
      const wanted = i < 3 ? truth[2 * i]! : other(truth[2 * i]!)
      expect(decibels(inside(made[i]!), inside(wanted)), `frame ${i}`).toBeGreaterThan(
        decibels(inside(reference[2 * i]!), inside(truth[2 * i]!)) - 0.1,
      )
    }
  })
})
