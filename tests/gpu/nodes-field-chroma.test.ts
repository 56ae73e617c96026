/** Chroma of interlaced 4:2:0, whose rows belong to the fields in turn, though frames are decoded as if they were whole. */
import { describe, expect, it } from 'vitest'
import type { GpuPicture } from '../../src/gpu/types.ts'
import type { CodedDesc, PictureDesc } from '../../src/graph/node/ports.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import deinterlace from '../../src/nodes/deinterlace.node.ts'
import inverseTelecine from '../../src/nodes/inverse-telecine.node.ts'
import { download, draw, largestDifference, type Numbers, prepareNode, upload } from './harness.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

const [width, height] = [48, 40]
const rows = height / 2

/** BT.601. */
const luma = [0.299, 0.587, 0.114] as const

/** Luma of each pixel and Cb, Cr of each row of chroma. */
interface Coded {
  readonly luma: (x: number, y: number) => number
  readonly chroma: (x: number, row: number) => readonly [number, number]
}

/** As Decode gives it: chroma interpolated between rows as in a whole frame. */
function decoded({ luma: tone, chroma }: Coded, site: 'between' | 'on'): Numbers {
  const at = (x: number, row: number) => chroma(x, Math.min(rows - 1, Math.max(0, row)))
  return draw(width, height, (x, y) => {
    const row = y >> 1
    const [other, share] =
      site === 'between'
        ? ([y % 2 === 0 ? row - 1 : row + 1, 0.25] as const)
        : ([row + 1, y % 2 === 0 ? 0 : 0.5] as const)
    const [own, next] = [at(x, row), at(x, other)]
    const [cb, cr] = [0, 1].map((i) => (1 - share) * own[i]! + share * next[i]!) as [number, number]
    const value = tone(x, y)
    const [red, blue] = [value + 2 * (1 - luma[0]) * cr, value + 2 * (1 - luma[2]) * cb]
    return [red, (value - luma[0] * red - luma[2] * blue) / luma[1], blue]
  })
}

/** Upper lines and every second row of chroma of the one, the rest of the other. */
const woven = (upper: Coded, lower: Coded): Coded => ({
  luma: (x, y) => (y % 2 === 0 ? upper : lower).luma(x, y),
  chroma: (x, row) => (row % 2 === 0 ? upper : lower).chroma(x, row),
})

async function run(
  node: NodeDefinition,
  frames: readonly Numbers[],
  coded: CodedDesc,
  span: readonly [number, number],
  places: readonly { readonly index: number; readonly own: number }[],
  params: Readonly<Record<string, unknown>> = {},
): Promise<Numbers[]> {
  const pictures = frames.map((frame) => upload(bench, frame))
  const desc = { ...pictures[0]!.desc, coding: coded } as PictureDesc
  const running = await prepareNode(bench, node, { image: desc }, { params })
  const results: Numbers[] = []
  for (const { index, own } of places) {
    const image = new Map<number, GpuPicture>()
    for (let k = span[0]; k <= span[1]; k++) image.set(k, pictures[Math.min(frames.length - 1, Math.max(0, own + k))]!)
    results.push(await download(bench, (await running.run({ image }, index)).image!))
  }
  await running.close()
  for (const { texture } of pictures) texture.destroy()
  return results
}

describe.each(['between', 'on'] as const)('where rows of chroma lie %s lines', (site) => {
  it('film comes back with the chroma that it had, row by row', async () => {
    const film = Array.from(
      { length: 8 },
      (_, t): Coded => ({
        luma: (x, y) => 0.5 + 0.2 * Math.sin((x - 5 * t) / 3) * Math.cos(y / 4 + t),
        chroma: (x, row) => [0.12 * Math.sin(row + x / 9 + 2 * t), 0.12 * Math.cos(1.3 * row - t)],
      }),
    )
    const fields = film.flatMap((frame, i) => Array.from({ length: i % 2 === 0 ? 2 : 3 }, () => frame))
    const telecined = Array.from({ length: 10 }, (_, i) => woven(fields[2 * i]!, fields[2 * i + 1]!))
    const made = await run(
      inverseTelecine,
      telecined.map((frame) => decoded(frame, site)),
      { luma, chromaRows: site },
      [-4, 5],
      film.map((_, index) => ({ index, own: Math.floor(index * 1.25) })),
    )
    for (const [i, frame] of made.entries())
      expect(largestDifference(frame, decoded(film[i]!, site)), `frame ${i}`).toBeLessThan(1.5 / 255)
  })

  it('a field has the colour that it was recorded in, and a whole frame its own', async () => {
    // Ground that moves, red in one field and blue in the next.
    const field = (moment: number): Coded => ({
      luma: (x, y) => 0.45 + 0.15 * Math.sin((x - 9 * moment) / 4 + y / 7),
      chroma: () => (moment % 2 === 0 ? [-0.1, 0.2] : [0.2, -0.1]),
    })
    const frames = Array.from({ length: 5 }, (_, t) => decoded(woven(field(2 * t), field(2 * t + 1)), site))
    const places = [4, 5].map((index) => ({ index, own: 2 }))
    const coded = { fieldOrder: 'top first', luma, chromaRows: site } as const
    const made = await run(deinterlace, frames, coded, [-2, 2], places, { frames: 'field' })
    for (const [i, picture] of made.entries()) {
      const truth = decoded(field(4 + i), site)
      let most = 0
      for (let y = 4; y < height - 4; y++)
        for (let x = 0; x < width; x++) {
          // Red less blue: luma is out of it.
          const at = 4 * (y * width + x)
          const tint = ({ data }: Numbers) => data[at]! - data[at + 2]!
          most = Math.max(most, Math.abs(tint(picture) - tint(truth)))
        }
      expect(most, `field ${i}`).toBeLessThan(0.02)
    }
    const whole = Array.from({ length: 5 }, (_, t) => decoded(field(2 * t), site))
    const [kept] = await run(deinterlace, whole, coded, [-2, 2], [{ index: 2, own: 2 }])
    expect(largestDifference(kept!, whole[2]!)).toBeLessThan(0.01)
  })
})
