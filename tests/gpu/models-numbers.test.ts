/** Models that want other numbers, another order, or more room than usual (make-models.py, `unusual`). */
import { describe, expect, test } from 'vitest'
import { draw, type Numbers } from './harness.ts'
import { modelError, testModelBench, upscale, upscaleWith, waves, worstDifference } from './models-support.ts'

const bench = testModelBench()

const size = { width: 24, height: 18 }
const picture = draw(size.width, size.height, waves)
type Colour = readonly [number, number, number]
const twice = (change: (colour: Colour) => Colour = (colour) => colour): Numbers =>
  draw(size.width * 2, size.height * 2, (x, y) => {
    const held = waves(x >> 1, y >> 1).map((value) => Math.min(1, Math.max(0, value)))
    return change([held[0]!, held[1]!, held[2]!])
  })
describe('a test picture finds which numbers are black and white', () => {
  test.each([
    // Whole numbers: a step of 255 is off by half of one at most.
    ['byte-x2', 'byte', 'byte', 0.7],
    ['byte-in-x2', 'byte', 'unit', 0.3],
    ['byte-out-x2', 'unit', 'byte', 0.3],
    ['signed-in-x2', 'signed', 'unit', 0.3],
    ['signed-out-nhwc-x2', 'unit', 'signed', 0.3],
    ['nearest-x2', 'unit', 'unit', 0.3],
    ['black-x2', 'unit', 'unit', null],
    ['conv-19-x2', 'unit', 'unit', null],
  ] as const)('%s: %s in, %s out', async (name, taken, given, most) => {
    await using resolver = await bench.open(name)
    expect(resolver.facts.numbers).toEqual({ in: taken, out: given })
    const told = taken === 'unit' && given === 'unit' ? undefined : expect.stringMatching(/^The model takes numbers of/)
    expect(resolver.report.note).toEqual(told)
    if (most !== null) expect(worstDifference(await upscale(bench, resolver, picture), twice())).toBeLessThan(most)
  })

  test('and shaders and WebGPU give the same', async () => {
    for (const runtime of ['webgpu', 'shaders'] as const) {
      const { result, report } = await upscaleWith(bench, 'byte-in-x2', picture, { runtime })
      expect(report.runtime).toBe(runtime)
      expect(worstDifference(result, twice())).toBeLessThan(0.3)
    }
  })

  test('what was chosen counts more; numbers that are no picture are refused', async () => {
    await expect(upscaleWith(bench, 'byte-out-x2', picture, { numbersOut: 'unit' })).rejects.toEqual(
      modelError(/“byte-out-x2” gave numbers that are not a picture in the tile at 0, 0: \d+ % of them/),
    )
    await expect(upscaleWith(bench, 'byte-out-x2', picture, { numbersOut: 'unit', runtime: 'webgpu' })).rejects.toEqual(
      modelError(/numbers that are not a picture/),
    )
    await expect(upscaleWith(bench, 'nearest-x2', picture, { numbersOut: 'byte' })).rejects.toEqual(
      modelError(/gave black/),
    )
  })
})

test('numbers that were chosen and leave little of a picture are told, others are not', async () => {
  // Whole numbers: what is taken for −1 to 1 becomes −1, 0 and 1.
  await using wrong = await bench.open('byte-x2', { numbersIn: 'signed', numbersOut: 'signed' })
  expect(wrong.report.note).toMatch(
    /with −1 to 1 in and −1 to 1 out it does not give a test picture back, with 0 to 255 in and 0 to 255 out it does\.$/,
  )
  // A model that keeps its numbers as they are gives any picture back, in whatever numbers.
  await using harmless = await bench.open('nearest-x2', { numbersIn: 'byte', numbersOut: 'byte' })
  expect(harmless.report.note).toBe('The model takes numbers of 0 to 255 and gives 0 to 255.')
})

test.each(['wasm', 'shaders'] as const)('blue before red, on %s', async (runtime) => {
  const rgb = await upscaleWith(bench, 'tint-x2', picture, { runtime })
  expect(
    worstDifference(
      rgb.result,
      twice(([r, g, b]) => [r, g / 2, b / 4]),
    ),
  ).toBeLessThan(0.3)
  const bgr = await upscaleWith(bench, 'tint-x2', picture, { runtime, bgr: true })
  expect(
    worstDifference(
      bgr.result,
      twice(([r, g, b]) => [r / 4, g / 2, b]),
    ),
  ).toBeLessThan(0.3)
  expect(bgr.report).toMatchObject({ runtime, note: 'It takes and gives blue before red.' })
})

test('of several outputs the largest picture is taken, and another may be', async () => {
  await using resolver = await bench.open('three-outputs-x2')
  const pictures = [
    { name: 'large', scale: 2 },
    { name: 'same', scale: 1 },
  ]
  expect(resolver.facts).toMatchObject({ scale: 2, pictures })
  expect(worstDifference(await upscale(bench, resolver, picture), twice())).toBeLessThan(0.3)
  await using same = await bench.open('three-outputs-x2', { output: 'same' })
  expect(worstDifference(await upscale(bench, same, picture), draw(size.width, size.height, waves))).toBeLessThan(0.3)
  await expect(bench.open('three-outputs-x2', { output: 'mean' })).rejects.toEqual(modelError(/has no picture “mean”/))
})

test.each(['wasm', 'shaders'] as const)(
  'a model that takes off its picture’s border is given more, on %s',
  async (runtime) => {
    const { result, report } = await upscaleWith(bench, 'unpadded-x2', picture, { runtime })
    expect(worstDifference(result, twice())).toBeLessThan(0.3)
    expect(report).toEqual({ runtime, note: expect.stringMatching(/^It takes 2 pixels off each side/) })
  },
)

test('float16 in, float32 out', async () => {
  const { result } = await upscaleWith(bench, 'half-in-x2', picture)
  expect(worstDifference(result, twice())).toBeLessThan(0.3)
})
