/** Scene Cut on a photograph that moves, and on what follows it in another shot. */
import { expect, it } from 'vitest'
import sceneCut from '../../src/nodes/scene-cut.node.ts'
import { download, draw, type Numbers, prepareNode, upload } from './harness.ts'
import { frameOf, frameSize, shift, turn } from './support/moving-photo.ts'
import { testBench, testPhoto } from './support/test-bench.ts'

const bench = testBench()
const photo = testPhoto()

/** What is told of the second of two frames; alone, of the first of a clip. */
async function told(before: Numbers | null, frame: Numbers) {
  const own = upload(bench, frame)
  const other = before ? upload(bench, before) : own
  const node = await prepareNode(bench, sceneCut, { image: own.desc })
  const pictures = new Map([
    [-1, other],
    [0, own],
  ])
  const outputs = await node.run({ image: pictures }, 0)
  const [cut, lost] = [await download(bench, outputs.cut!), await download(bench, outputs.lost!)]
  await node.close()
  for (const { texture } of new Set([own, other])) texture.destroy()
  return { cut: cut.data[0]!, lost: lost.data[0]! }
}

const { width, height } = frameSize
/** Another shot: broad stripes and blots, as light as the photograph is on the whole. */
const other = draw(width, height, (x, y) => {
  const tone = 0.5 + 0.3 * Math.sin(x / 7 + Math.sin(y / 11)) * Math.cos(y / 5)
  return [tone, tone, tone]
})

it('finds none where the picture moves, turns or comes nearer, and none at the first frame', async () => {
  const still = frameOf(photo, shift(0, 0))
  for (const move of [shift(5.5, -3), shift(12, 4), turn(3), turn(0, 1.05)]) {
    const { cut, lost } = await told(still, frameOf(photo, move))
    expect(cut).toBe(0)
    expect(lost).toBeLessThan(0.35)
  }
  expect(await told(null, still)).toEqual({ cut: 0, lost: 0 })
})

it('finds none where the picture grows light or dark as a whole', async () => {
  const lit = (share: number) => {
    const { data } = frameOf(photo, shift(0, 0))
    return draw(width, height, (x, y) => {
      const tone = share * data[4 * (y * width + x)]!
      return [tone, tone, tone]
    })
  }
  for (const [before, after] of [
    [0.03, 0.1],
    [0.4, 0.5],
    [1, 0.9],
    // As where a cloud comes, or a lamp is switched.
    [1, 0.7],
    [0.6, 0.9],
  ] as const)
    expect(await told(lit(before), lit(after)), `${before} to ${after}`).toMatchObject({ cut: 0 })
})

it('finds one where another shot begins, either way', async () => {
  const still = frameOf(photo, shift(0, 0))
  for (const [before, after] of [
    [still, other],
    [other, still],
  ] as const) {
    const { cut, lost } = await told(before, after)
    expect(cut).toBe(1)
    expect(lost).toBeGreaterThan(0.7)
  }
})
