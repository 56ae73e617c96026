/** SR Model's runtime on models of every kind: what goes in by each layout, type and size comes out as it should. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bench, modelFile, openBench, waves } from './support/model-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(async () => {
  expect(bench.errors).toEqual([])
  await bench[Symbol.asyncDispose]()
})

/** Largest difference of the RGB of `pixels` to the pattern enlarged by repeating each pixel, in 1/255. */
function worstToNearest(pixels: Float32Array, width: number, height: number, scale: number): number {
  let worst = 0
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const want = waves(Math.floor(x / scale), Math.floor(y / scale))
      for (let c = 0; c < 4; c++) {
        const got = pixels[(y * width * scale + x) * 4 + c]!
        worst = Math.max(worst, Math.abs(got - want[c]!) * 255)
      }
    }
  }
  return worst
}

describe('a model that repeats pixels', () => {
  test.each([
    ['nearest-x2', 2, 'nchw', 'float32'],
    ['nearest-x3', 3, 'nchw', 'float32'],
    ['nearest-x4', 4, 'nchw', 'float32'],
    ['nhwc-x2', 2, 'nhwc', 'float32'],
    ['fixed-32-x2', 2, 'nchw', 'float32'],
    ['windows-8-x2', 2, 'nchw', 'float32'],
  ] as const)('%s gives the picture, enlarged × %d', async (name, scale, layout, elementType) => {
    const [width, height] = [45, 37]
    const input = bench.picture(width, height, waves)
    const { pixels, facts, report } = await bench.upscale(await modelFile(name), input, { overlap: 8 })
    expect(facts).toMatchObject({ scale, layout, elementType, channels: 'rgb' })
    expect(report).toEqual({ runtime: 'wasm' })
    expect(worstToNearest(pixels, width, height, scale)).toBeLessThan(0.3)
  })

  test('runs on WebGPU with shared buffers and gives the same', async () => {
    const [width, height] = [45, 37]
    const input = bench.picture(width, height, waves)
    const { pixels, report } = await bench.upscale(await modelFile('nearest-x2'), input, { runtime: 'webgpu' })
    expect(report).toEqual({ runtime: 'webgpu' })
    expect(worstToNearest(pixels, width, height, 2)).toBeLessThan(0.3)
  })
})
