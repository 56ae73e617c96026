import { describe, expect, it } from 'vitest'
import { pixelNode } from '../../src/engine/run/prepare-step.ts'
import { createFields } from '../../src/gpu/field.ts'
import type { Recorder } from '../../src/gpu/types.ts'
import grain from '../../src/nodes/grain.node.ts'
import blend from '../../src/nodes/residual-blend.node.ts'
import { defaults, draw, largestDifference, type Numbers, noisePicture, runFused } from './harness.ts'
import { sampleFrames } from './support/sample.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

const run = (image: Numbers, params: Record<string, unknown>, frame = 0, protect?: Numbers) =>
  runFused(bench, [{ definition: grain, inputs: protect ? { image, protect } : { image }, params }], frame)

const flat = (width: number, height: number, value: number) => draw(width, height, () => [value, value, value])

/** Per channel, of `after − before`. */
function moments(after: Numbers, before: Numbers) {
  return [0, 1, 2].map((c) => {
    let [sum, squares] = [0, 0]
    const count = after.width * after.height
    for (let i = c; i < after.data.length; i += 4) {
      const difference = after.data[i]! - before.data[i]!
      sum += difference
      squares += difference ** 2
    }
    return { mean: sum / count, deviation: Math.sqrt(squares / count) }
  })
}

describe('leaves the mean where it was', () => {
  for (const [width, height] of [
    [128, 96],
    [91, 53],
    [40, 23],
    [1, 1],
  ] as const) {
    it(`on middle grey, ${width}×${height}`, async () => {
      const image = flat(width, height, 0.5)
      for (const size of [1, 1.5, 2, 3.3, 8])
        for (const amount of [0.08, 0.5])
          for (const { mean } of moments(await run(image, { size, amount, colour: 0.5 }), image))
            expect(Math.abs(mean) * 255, `size ${size}, amount ${amount}`).toBeLessThan(0.2)
    })
  }
  it('near black and white, where noise would clip', async () => {
    for (const value of [0, 0.02, 0.97, 1]) {
      const image = flat(96, 64, value)
      const noisy = await run(image, { size: 2, amount: 0.3, shadows: 1, highlights: 1 })
      for (const { mean } of moments(noisy, image)) expect(Math.abs(mean) * 255).toBeLessThan(0.2)
      expect(Math.min(...noisy.data)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...noisy.data)).toBeLessThanOrEqual(1)
    }
  })
  it('on frames of the sample', async () => {
    for (const [index, image] of await sampleFrames([12, 60]))
      for (const params of [{}, { size: 3, amount: 0.3 }])
        for (const { mean } of moments(await run(image, params, index), image))
          expect(Math.abs(mean) * 255, `frame ${index}, ${JSON.stringify(params)}`).toBeLessThan(0.2)
  })
  // Where swings differ from pixel to pixel, pairs of opposite sign cancel by and large: not in each frame, but over frames.
  it('on a picture with tones of all kinds', async () => {
    const image = draw(160, 90, (x, y) => [x / 159, y / 89, Math.sin(x * 0.3) * Math.cos(y * 0.4) * 0.5 + 0.5])
    for (const size of [1, 2, 4]) {
      const squares = [0, 0, 0]
      for (let frame = 0; frame < 12; frame++)
        for (const [c, { mean }] of moments(await run(image, { size, amount: 0.2 }, frame), image).entries())
          squares[c]! += (mean * 255) ** 2 / 12
      for (const square of squares) expect(Math.sqrt(square), `size ${size}`).toBeLessThan(0.2)
    }
  })
})

it('has the deviation that its amount says, whatever the size', async () => {
  const image = flat(192, 128, 0.5)
  for (const size of [1, 1.7, 3, 6])
    for (const { deviation } of moments(await run(image, { size, amount: 0.14 }), image))
      expect(deviation / 0.04, `size ${size}`).toBeCloseTo(1, 0.8)
})

it('grows with size: neighbours agree more', async () => {
  const image = flat(128, 128, 0.5)
  const correlation = async (size: number) => {
    const { data } = await run(image, { size, amount: 0.2, colour: 0 })
    let [products, squares] = [0, 0]
    for (let i = 0; i + 4 < data.length; i += 4) {
      products += (data[i]! - 0.5) * (data[i + 4]! - 0.5)
      squares += (data[i]! - 0.5) ** 2
    }
    return products / squares
  }
  const [fine, middle, coarse] = [await correlation(1), await correlation(2), await correlation(4)]
  expect(fine).toBeLessThan(0.45)
  expect(middle).toBeGreaterThan(fine + 0.2)
  expect(coarse).toBeGreaterThan(middle + 0.1)
})

it('gives the same bits for a seed and frame, others for another', async () => {
  const image = noisePicture(40, 30, 2)
  const first = await run(image, { seed: 7 }, 12)
  expect(largestDifference(await run(image, { seed: 7 }, 12), first)).toBe(0)
  expect(largestDifference(await run(image, { seed: 7 }, 13), first)).toBeGreaterThan(0.01)
  expect(largestDifference(await run(image, { seed: 8 }, 12), first)).toBeGreaterThan(0.01)
  // The frame is not merely added to the seed.
  expect(largestDifference(await run(image, { seed: 8 }, 11), first)).toBeGreaterThan(0.01)
})

it('has each frame’s grain from one field, made once, whose values only change places', async () => {
  const image = flat(40, 30, 0.5)
  const sorted = async (frame: number) => (await run(image, { colour: 0.4 }, frame)).data.toSorted()
  const [one, other] = [await sorted(3), await sorted(4)]
  expect(largestDifference({ ...image, data: one }, { ...image, data: other })).toBe(0)

  let passes = 0
  const counting: Recorder = {
    get encoder() {
      passes += 1
      return bench.recorder.encoder
    },
    uniform: (bytes) => bench.recorder.uniform(bytes),
    submit: () => bench.recorder.submit(),
  }
  const params = defaults(grain)
  using fields = await createFields(bench.gpu, pixelNode(grain, params), { width: 40, height: 30 })
  const made = [{}, { amount: 0.2 }, { colour: 1 }, { size: 2 }, { size: 2 }, { size: 2, seed: 5 }].map((change) => {
    fields.textures(counting, { ...params, ...change })
    return passes
  })
  bench.recorder.submit()
  expect(made).toEqual([1, 1, 1, 2, 2, 3])
})

it('follows the tones', async () => {
  const params = { amount: 0.07, shadows: 0, midtones: 1, highlights: 0.5 }
  const deviation = async (value: number) => {
    const image = flat(96, 64, value)
    return moments(await run(image, params), image)[1]!.deviation
  }
  const [dark, middle, bright] = [await deviation(0.1), await deviation(0.5), await deviation(0.92)]
  expect(middle).toBeCloseTo(0.02, 2)
  expect(dark).toBeLessThan(0.15 * middle)
  expect(bright / middle).toBeGreaterThan(0.4)
  expect(bright / middle).toBeLessThan(0.65)
})

it('is grey at colour 0 and differs between channels at 1', async () => {
  const image = flat(64, 64, 0.5)
  const spread = async (colour: number) => {
    const { data } = await run(image, { colour, amount: 0.2 })
    let largest = 0
    for (let i = 0; i < data.length; i += 4) largest = Math.max(largest, Math.abs(data[i]! - data[i + 2]!))
    return largest
  }
  expect(await spread(0)).toBe(0)
  expect(await spread(1)).toBeGreaterThan(0.1)
})

it('leaves alone what the mask protects', async () => {
  const image = noisePicture(32, 16, 4)
  const noisy = await run(
    image,
    { amount: 0.3 },
    0,
    draw(32, 16, (x) => (x < 16 ? 1 : 0)),
  )
  const bare = await run(image, { amount: 0 })
  const half = (picture: Numbers, left: boolean): Numbers =>
    draw(16, 16, (x, y) => {
      const at = 4 * (y * 32 + x + (left ? 0 : 16))
      return [picture.data[at]!, picture.data[at + 1]!, picture.data[at + 2]!]
    })
  expect(largestDifference(half(noisy, true), half(bare, true))).toBe(0)
  expect(largestDifference(half(noisy, false), half(bare, false))).toBeGreaterThan(0.02)
})

it('fused behind Residual Blend equals two passes', async () => {
  const [base, detail] = [noisePicture(45, 31, 8), noisePicture(45, 31, 9)]
  const mask = draw(45, 31, (x, y) => ((x * y) % 7) / 7)
  const blendParams = { strength: 0.7, haloGuard: 0.4, bandSplit: true, highStrength: 1.4 }
  const grainParams = { amount: 0.1, size: 2, seed: 3 }
  const blended = await runFused(bench, [{ definition: blend, inputs: { base, detail, mask }, params: blendParams }])
  const apart = await run(blended, grainParams, 5, mask)
  const fused = await runFused(
    bench,
    [
      { definition: blend, inputs: { base, detail, mask }, params: blendParams },
      { definition: grain, inputs: { image: 0, protect: mask }, params: grainParams },
    ],
    5,
  )
  expect(largestDifference(fused, apart)).toBeLessThan(0.0005)
  expect(largestDifference(fused, blended)).toBeGreaterThan(0.005)
})
