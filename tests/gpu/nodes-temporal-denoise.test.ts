/** Temporal Denoise on a photograph that moves and is made noisy: what is left of the noise is held against the clean one. */
import { describe, expect, it } from 'vitest'
import temporalDenoise from '../../src/nodes/temporal-denoise.node.ts'
import { download, draw, largestDifference, type Numbers, prepareNode, upload } from './harness.ts'
import { frameOf, normals, shift } from './support/moving-photo.ts'
import { sampleFrames } from './support/sample.ts'
import { testBench, testPhoto } from './support/test-bench.ts'

const bench = testBench()
const photo = testPhoto()

const size = { width: 176, height: 104 }
const speed = 2.3

const frame = (t: number, noise: number) => frameOf(photo, shift(speed * t, 0.4 * t), { size, noise, seed: t + 50 })

/** The middle of so many frames as it comes out. */
async function denoised(frames: readonly Numbers[], params: Record<string, number>, mask?: Numbers): Promise<Numbers> {
  const radius = frames.length >> 1
  const pictures = new Map(frames.map((each) => [each, upload(bench, each)]))
  const masks = mask && upload(bench, mask)
  const { desc } = pictures.get(frames[radius]!)!
  const inputs = { image: desc, ...(masks && { mask: masks.desc }) }
  const node = await prepareNode(bench, temporalDenoise, inputs, { params: { radius, ...params } })
  const image = new Map(frames.map((each, i) => [i - radius, pictures.get(each)!]))
  const result = await download(bench, (await node.run({ image, ...(masks && { mask: masks }) }, 0)).image!)
  await node.close()
  for (const { texture } of pictures.values()) texture.destroy()
  masks?.texture.destroy()
  return result
}

/** dB, of what lies 12 pixels from the edge and more, where the frames around show all of it. */
function psnr(a: Numbers, b: Numbers): number {
  let [squares, count] = [0, 0]
  for (let y = 12; y < size.height - 12; y++)
    for (let x = 12; x < size.width - 12; x++)
      for (let c = 0; c < 3; c++) {
        const at = 4 * (y * size.width + x) + c
        squares += (a.data[at]! - b.data[at]!) ** 2
        count += 1
      }
  return 10 * Math.log10(count / squares)
}

const around = (radius: number) => Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius)

describe('temporal denoise', () => {
  it.each([
    [1, 10, 8, 5],
    [2, 5, 4, 5],
    [3, 10, 8, 7],
  ])('with %i frames on each side takes noise of σ %i out, at %i, by %f dB', async (radius, noise, luma, gain) => {
    const frames = around(radius).map((t) => frame(t, noise))
    const clean = frame(0, 0)
    const result = await denoised(frames, { luma, chroma: luma })
    expect(psnr(result, clean) - psnr(frames[radius]!, clean)).toBeGreaterThan(gain)
  })

  it('hardly touches clean footage, at a level for that', async () => {
    const frames = around(1).map((t) => frame(t, 0))
    expect(psnr(await denoised(frames, { luma: 0.5, chroma: 0.5 }), frames[1]!)).toBeGreaterThan(46)
  })

  it('hardly touches a real clean clip, at the level for clean footage', async () => {
    const frames = [...(await sampleFrames([8, 9, 10, 11, 12])).values()]
    const far = (result: Numbers) => {
      let squares = 0
      for (const [i, value] of result.data.entries()) squares += (value - frames[2]!.data[i]!) ** 2
      // Alpha is the same everywhere.
      return 10 * Math.log10((0.75 * result.data.length) / squares)
    }
    expect(far(await denoised(frames, { luma: 2, chroma: 2 }))).toBeGreaterThan(46)
  })

  it('takes brightness and colour apart', async () => {
    const random = normals(9)
    const frames = around(2).map((t) => {
      const { data } = frame(t, 0)
      return draw(size.width, size.height, (x, y) => {
        const tone = 0.1 + 0.8 * data[4 * (y * size.width + x)]!
        const [cb, cr] = [0.03 * random(), 0.03 * random()]
        return [tone + 1.5748 * cr, tone - 0.1873 * cb - 0.4681 * cr, tone + 1.8556 * cb]
      })
    })
    const { data } = frame(0, 0)
    const clean = draw(size.width, size.height, (x, y) => {
      const tone = 0.1 + 0.8 * data[4 * (y * size.width + x)]!
      return [tone, tone, tone]
    })
    const gain = (result: Numbers) => psnr(result, clean) - psnr(frames[2]!, clean)
    expect(gain(await denoised(frames, { luma: 0, chroma: 6 }))).toBeGreaterThan(5)
    expect(gain(await denoised(frames, { luma: 3, chroma: 0 }))).toBeLessThan(0.5)
  })

  it('leaves a frame between two cuts, one that stands alone, and all where the mask is 0', async () => {
    const scene = (phase: number) =>
      draw(size.width, size.height, (x, y) => {
        const tone = 0.5 + 0.4 * Math.sin((x + phase) / 5) * Math.cos((2 * y + phase) / 9)
        return [tone, 1 - tone, tone]
      })
    const own = frame(0, 5)
    const black = draw(size.width, size.height, () => [0, 0, 0])
    const strong = { luma: 12, chroma: 12 }
    expect(largestDifference(await denoised([black, scene(1), own, scene(40), black], strong), own)).toBeLessThan(0.001)
    expect(largestDifference(await denoised([own, own, own, own, own], strong), own)).toBeLessThan(0.001)
    const nowhere = draw(size.width, size.height, () => 0)
    const frames = around(1).map((t) => frame(t, 5))
    expect(largestDifference(await denoised(frames, strong, nowhere), frames[1]!)).toBeLessThan(0.0005)
  })

  it('lets nothing drag behind what moves where nothing else shows the place', async () => {
    // A bright square that is in one frame alone.
    const frames = around(2).map((t) => {
      const { data } = frame(t, 3)
      return draw(size.width, size.height, (x, y) => {
        const tone = t === 1 && x > 60 && x < 90 && y > 40 && y < 70 ? 1 : data[4 * (y * size.width + x)]!
        return [tone, tone, tone]
      })
    })
    const clean = frame(0, 0)
    const result = await denoised(frames, { luma: 4, chroma: 4 })
    for (let y = 44; y < 66; y++)
      for (let x = 64; x < 86; x++) {
        const at = 4 * (y * size.width + x)
        expect(Math.abs(result.data[at]! - clean.data[at]!)).toBeLessThan(0.06)
      }
  })
})
