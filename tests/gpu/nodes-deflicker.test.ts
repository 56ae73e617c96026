/** Deflicker on a swing of brightness made for it: what the mean over the frames says, worked out here on its own. */
import { describe, expect, it } from 'vitest'
import type { GpuPicture } from '../../src/gpu/types.ts'
import deflicker from '../../src/nodes/deflicker.node.ts'
import { download, draw, type Numbers, prepareNode, upload } from './harness.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

const [width, height] = [96, 54]
type Scene = (x: number, y: number) => number
const hills: Scene = (x, y) => 0.35 + 0.2 * Math.sin(x / 9) * Math.cos(y / 7)
const stripes: Scene = (x, y) => 0.3 + 0.15 * Math.sign(Math.sin((x + 2 * y) / 11))

const frame = (scene: Scene, gain: number) =>
  draw(width, height, (x, y) => [scene(x, y) * gain, scene(x, y) * gain, scene(x, y) * gain])
const mean = ({ data }: Numbers) =>
  data.reduce((sum, value, i) => (i % 4 === 0 ? sum + value : sum), 0) / (data.length / 4)
const spread = (values: readonly number[]) => {
  const middle = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length)
}

/** Each of `frames` as it comes out, among those around it, in order. */
async function deflickered(frames: readonly Numbers[], params: Record<string, number> = {}): Promise<Numbers[]> {
  const radius = params.radius ?? 2
  const pictures = frames.map((numbers) => upload(bench, numbers))
  const node = await prepareNode(bench, deflicker, { image: pictures[0]!.desc }, { params: { radius, ...params } })
  const results: Numbers[] = []
  for (const i of frames.keys()) {
    const around = new Map<number, GpuPicture>()
    for (let k = -radius; k <= radius; k++) around.set(k, pictures[Math.min(frames.length - 1, Math.max(0, i + k))]!)
    const { image } = await node.run({ image: around }, i)
    results.push(await download(bench, image!))
  }
  await node.close()
  for (const { texture } of pictures) texture.destroy()
  return results
}

describe('deflicker', () => {
  const gains = [1, 1.12, 0.9, 1.06, 0.94, 1.1, 0.88, 1.02, 1.08, 0.92]
  const swinging = gains.map((gain) => frame(hills, gain))

  it('brings each frame to the mean of the frames around it', async () => {
    const results = await deflickered(swinging)
    const means = swinging.map(mean)
    for (const i of means.keys()) {
      const around = [-2, -1, 0, 1, 2].map((k) => means[Math.min(means.length - 1, Math.max(0, i + k))]!)
      expect(mean(results[i]!)).toBeCloseTo(around.reduce((sum, value) => sum + value, 0) / 5, 3)
    }
    // Away from the ends, where the clip itself is short of frames.
    const inside = (numbers: readonly Numbers[]) => spread(numbers.slice(2, -2).map(mean))
    expect(inside(results)).toBeLessThan(0.3 * inside(swinging))
  })

  it('looks no farther than a cut, so that the shot before leaves no trace', async () => {
    const dark = [0.5, 0.5, 0.5, 0.5].map((gain) => frame(stripes, gain))
    const bright = [1, 1, 1, 1].map((gain) => frame(hills, gain))
    const results = await deflickered([...dark, ...bright])
    for (const [i, before] of [...dark, ...bright].entries()) expect(mean(results[i]!)).toBeCloseTo(mean(before), 3)
  })

  it('goes no farther than its limit, and nowhere at no strength', async () => {
    const jump = [1, 1, 0.5, 1, 1].map((gain) => frame(hills, gain))
    const [, , limited] = await deflickered(jump, { limit: 0.2 })
    expect(mean(limited!) / mean(jump[2]!)).toBeCloseTo(1.2, 2)
    const [, , untouched] = await deflickered(jump, { strength: 0 })
    expect(mean(untouched!)).toBeCloseTo(mean(jump[2]!), 4)
  })

  it('leaves black frames black, and frames of one brightness to the code as they are', async () => {
    const black = [0, 0, 0, 0].map((gain) => frame(hills, gain))
    for (const result of await deflickered(black)) expect(mean(result)).toBe(0)
    const steady = [1, 1, 1, 1].map((gain) => frame(hills, gain))
    for (const result of await deflickered(steady)) expect(mean(result)).toBeCloseTo(mean(steady[0]!), 4)
  })
})
