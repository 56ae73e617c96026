/** The nodes that mend a picture, against numbers from numpy: the scripts in `tests/fixtures/fixes`. */
import { describe, expect, it } from 'vitest'
import bicubic from '../../src/nodes/bicubic.node.ts'
import blur from '../../src/nodes/blur.node.ts'
import consistency from '../../src/nodes/consistency.node.ts'
import deband from '../../src/nodes/deband.node.ts'
import deblock from '../../src/nodes/deblock.node.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import degrade from '../../src/nodes/degrade.node.ts'
import dehalo from '../../src/nodes/dehalo.node.ts'
import denoise from '../../src/nodes/denoise.node.ts'
import dering from '../../src/nodes/dering.node.ts'
import detailReturn from '../../src/nodes/detail-return.node.ts'
import energyCap from '../../src/nodes/energy-cap.node.ts'
import levels from '../../src/nodes/levels.node.ts'
import matchColour from '../../src/nodes/match-colour.node.ts'
import mix from '../../src/nodes/mix.node.ts'
import sharpen from '../../src/nodes/sharpen.node.ts'
import { draw, largestDifference, type Numbers } from './harness.ts'
import { describeGoldens, run as runNode } from './support/golden.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

const run = (definition: NodeDefinition, inputs: Readonly<Record<string, Numbers>>, params = {}) =>
  runNode(bench, definition, inputs, params)

describeGoldens(
  () => bench,
  [
    levels,
    mix,
    deband,
    blur,
    sharpen,
    matchColour,
    dehalo,
    denoise,
    dering,
    deblock,
    detailReturn,
    energyCap,
    consistency,
    degrade,
  ],
)

const noise = draw(9, 7, (x, y) => [((x * 7 + y * 3) % 11) / 16, ((x + y) % 5) / 8, ((x * y) % 7) / 8])
const nowhere = draw(9, 7, () => 0)

describe('leaves the picture as it is, to the bit,', () => {
  it('levels as they come', async () => expect(largestDifference(await run(levels, { image: noise }), noise)).toBe(0))
  it('mix of nothing', async () => {
    const over = draw(9, 7, () => [Number.NaN, 0, 1])
    expect(largestDifference(await run(mix, { base: noise, over, mask: nowhere }), noise)).toBe(0)
    expect(largestDifference(await run(mix, { base: noise, over }, { amount: 0 }), noise)).toBe(0)
  })
  it('mix with what is transparent', async () => {
    const over = draw(9, 7, () => [1, 0, 1, 0])
    expect(largestDifference(await run(mix, { base: noise, over }), noise)).toBe(0)
  })
  it('deband under an empty mask', async () =>
    expect(largestDifference(await run(deband, { image: noise, mask: nowhere }, { threshold: 20 }), noise)).toBe(0))
})

it('levels with white below black is a threshold', async () => {
  const ramp = draw(11, 1, (x) => [x / 10, x / 10, x / 10])
  const { data } = await run(levels, { image: ramp }, { black: 0.55, white: 0.2 })
  expect(Array.from(data).filter((_, i) => i % 4 === 0)).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
})

it('deband makes a ramp of steps: more values than before, and its mean where it was', async () => {
  const step = (x: number) => (100 + Math.floor(x / 12)) / 255
  const banded = draw(96, 64, (x) => [step(x), step(x), step(x)])
  const smooth = await run(deband, { image: banded }, { grain: 0, threshold: 5, range: 24 })
  const red = (numbers: Numbers) => numbers.data.filter((_, i) => i % 4 === 0)
  expect(new Set(red(banded)).size).toBe(8)
  expect(new Set(red(smooth)).size).toBeGreaterThan(12)
  // Column means of a true ramp rise by less than half a step from one to the next.
  const column = (x: number) => red(smooth).reduce((sum, value, i) => sum + (i % 96 === x ? value / 64 : 0), 0)
  const columns = Array.from({ length: 96 }, (_, x) => column(x))
  for (let x = 13; x < 83; x++) expect(Math.abs(columns[x]! - columns[x - 1]!) * 255, `column ${x}`).toBeLessThan(0.5)
})

describe('leaves the picture as it is, to the bit, by passes', () => {
  it.each([
    ['a blur of no width', blur, { radius: 0 }],
    ['unsharp of no strength', sharpen, { method: 'unsharp', strength: 0 }],
    ['dehalo that takes nothing', dehalo, { bright: 0, dark: 0 }],
    ['denoise of no strength', denoise, { luma: 0, chroma: 0 }],
    ['a bilateral of no strength', denoise, { method: 'bilateral', luma: 0, chroma: 0 }],
    ['dering without edges', dering, { edge: 255, darken: 0, brighten: 0 }],
    ['deblock of the best quality', deblock, { quantiser: 14 }],
  ] as const)('%s', async (_, definition, params) =>
    expect(largestDifference(await run(definition, { image: noise }, params), noise)).toBe(0),
  )
  it.each(
    [blur, sharpen, dehalo, denoise, dering, deblock].map((definition) => [definition.type, definition] as const),
  )('%s under an empty mask', async (_, definition) =>
    expect(largestDifference(await run(definition, { image: noise, mask: nowhere }), noise)).toBe(0),
  )
  it('a picture matched with itself', async () =>
    expect(largestDifference(await run(matchColour, { image: noise, base: noise }), noise)).toBe(0))
  it('a picture given back its own detail', async () =>
    expect(largestDifference(await run(detailReturn, { image: noise, base: noise }), noise)).toBe(0))
  it('a picture that invents nothing, however low the cap', async () =>
    expect(largestDifference(await run(energyCap, { image: noise, base: noise }, { limit: 1 }), noise)).toBe(0))
})

it('says which input is of another size', () => {
  const image = { type: 'image', width: 8, height: 8, format: 'rgba16float', frameRate: 24 } as const
  const facts = { media: () => undefined, model: () => undefined }
  const params = Object.fromEntries(Object.entries(matchColour.params).map(([name, spec]) => [name, spec.default]))
  const mask = { ...image, type: 'mask', format: 'r32float', height: 9 } as const
  expect(matchColour.infer({ image, base: { ...image, width: 16 } }, params as never, facts)).toMatchObject({
    problem: { code: 'size-mismatch', port: 'base', message: 'The base is 16×8 but the image is 8×8.' },
  })
  for (const definition of [blur, sharpen, dehalo, denoise, dering, deblock])
    expect(definition.infer({ image, mask }, params as never, facts), definition.type).toMatchObject({
      problem: { code: 'size-mismatch', port: 'mask' },
    })
})

describe('consistency', () => {
  const source = draw(23, 17, (x, y) => [0.3 + 0.02 * x, 0.5 + 0.08 * Math.sin(x * y), 0.4 + 0.1 * ((x + y) % 3)])
  const sides = { mode: 'size', width: 52, height: 37 }
  const shrunk = (image: Numbers) => run(bicubic, { image }, { mode: 'size', width: 23, height: 17 })

  it('leaves nothing that the source denies, at a scale that is not whole, and keeps what it cannot deny', async () => {
    const tilted = draw(52, 37, (x, y) => [0.4 + 0.05 * Math.cos(3 * x), 0.5 + 0.1 * (y % 2), 0.45])
    const held = await run(consistency, { image: tilted, source }, { passes: 1 })
    expect(largestDifference(await shrunk(tilted), source)).toBeGreaterThan(0.1)
    expect(largestDifference(await shrunk(held), source)).toBeLessThan(0.001)
    expect(largestDifference(held, await run(bicubic, { image: source }, sides))).toBeGreaterThan(0.03)
  })

  it('held to the plain upscale, is shrunk again what that is shrunk again', async () => {
    const tilted = draw(52, 37, (x, y) => [0.4 + 0.05 * Math.cos(3 * x), 0.5 + 0.1 * (y % 2), 0.45])
    const plain = await shrunk(await run(bicubic, { image: source }, sides))
    const held = await shrunk(await run(consistency, { image: tilted, source }, { to: 'plain', passes: 1 }))
    expect(largestDifference(plain, source)).toBeGreaterThan(0.05)
    expect(largestDifference(held, plain)).toBeLessThan(0.001)
  })

  it('says so where the source is not the same picture, or larger', () => {
    const desc = (width: number, height: number) =>
      ({ type: 'image', width, height, format: 'rgba16float', frameRate: 24 }) as const
    const facts = { media: () => undefined, model: () => undefined }
    for (const other of [desc(32, 24), desc(8, 12), desc(1, 1)])
      expect(consistency.infer({ image: desc(16, 12), source: other }, {} as never, facts)).toMatchObject({
        problem: { code: 'size-mismatch', port: 'source' },
      })
    expect(consistency.infer({ image: desc(16, 12), source: desc(8, 6) }, {} as never, facts)).toEqual({
      image: desc(16, 12),
    })
  })
})
