/** The nodes that mend a picture, against numbers from numpy: `tests/fixtures/fixes/make-fixtures.py`. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import blur from '../../src/nodes/blur.node.ts'
import deband from '../../src/nodes/deband.node.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import dehalo from '../../src/nodes/dehalo.node.ts'
import levels from '../../src/nodes/levels.node.ts'
import matchColour from '../../src/nodes/match-colour.node.ts'
import mix from '../../src/nodes/mix.node.ts'
import sharpen from '../../src/nodes/sharpen.node.ts'
import { type Bench, draw, largestDifference, type Numbers, openBench, runFused, runNode } from './harness.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterEach(() => expect(bench.takeErrors()).toEqual([]))
afterAll(() => bench.close())

interface Fixture {
  readonly width: number
  readonly height: number
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly cases: readonly {
    readonly name: string
    readonly params: Readonly<Record<string, unknown>>
    readonly frame?: number
    readonly inputs: readonly string[]
    /** How far a result may lie off where a step between is kept in half floats and then amplified; 0.0006 where absent. */
    readonly tolerance?: number
    readonly result: readonly number[]
  }[]
}

const fixtures = import.meta.glob<Fixture>('../fixtures/fixes/*.json', { eager: true, import: 'default' })

function picture({ width, height }: Fixture, numbers: readonly number[]): Numbers {
  const channels = numbers.length / (width * height)
  if (channels !== 1 && channels !== 3) throw new Error(`${channels} channels in a fixture`)
  return draw(width, height, (x, y) => {
    const at = channels * (y * width + x)
    return channels === 1 ? numbers[at]! : [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!]
  })
}

async function run(
  definition: NodeDefinition,
  inputs: Readonly<Record<string, Numbers>>,
  params: Readonly<Record<string, unknown>> = {},
  frame = 0,
): Promise<Numbers> {
  if (definition.kernel.kind === 'pixel') return runFused(bench, [{ definition, inputs, params }], frame)
  const { image } = await runNode(bench, definition, inputs, { params, frame })
  if (!image) throw new Error(`${definition.type} gave no image`)
  return image
}

describe.each(
  [levels, mix, deband, blur, sharpen, matchColour, dehalo].map((definition) => [definition.type, definition] as const),
)('%s gives what numpy gives', (type, definition) => {
  const fixture = fixtures[`../fixtures/fixes/${type}.json`]
  if (!fixture) throw new Error(`no fixture of ${type}`)
  it.each(fixture.cases.map((one) => [one.name, one] as const))(
    '%s',
    async (_, { params, frame, inputs, result, tolerance }) => {
      const given = Object.fromEntries(inputs.map((name) => [name, picture(fixture, fixture.inputs[name]!)]))
      // A picture's half floats lie 1/2048 apart at most.
      expect(largestDifference(await run(definition, given, params, frame), picture(fixture, result))).toBeLessThan(
        tolerance ?? 0.0006,
      )
    },
  )
  it('has all its pictures apart: no case is the input as it was', () => {
    for (const { name, result } of fixture.cases)
      expect(
        largestDifference(picture(fixture, result), picture(fixture, Object.values(fixture.inputs)[0]!)),
        name,
      ).toBeGreaterThan(0.001)
  })
})

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
  ] as const)('%s', async (_, definition, params) =>
    expect(largestDifference(await run(definition, { image: noise }, params), noise)).toBe(0),
  )
  it.each([blur, sharpen, dehalo].map((definition) => [definition.type, definition] as const))(
    '%s under an empty mask',
    async (_, definition) =>
      expect(largestDifference(await run(definition, { image: noise, mask: nowhere }), noise)).toBe(0),
  )
  it('a picture matched with itself', async () =>
    expect(largestDifference(await run(matchColour, { image: noise, base: noise }), noise)).toBe(0))
})

it('says which input is of another size', () => {
  const image = { type: 'image', width: 8, height: 8, format: 'rgba16float', frameRate: 24 } as const
  const facts = { media: () => undefined, model: () => undefined }
  const params = Object.fromEntries(Object.entries(matchColour.params).map(([name, spec]) => [name, spec.default]))
  const mask = { ...image, type: 'mask', format: 'r32float', height: 9 } as const
  expect(matchColour.infer({ image, base: { ...image, width: 16 } }, params as never, facts)).toMatchObject({
    problem: { code: 'size-mismatch', port: 'base', message: 'The base is 16×8 but the image is 8×8.' },
  })
  for (const definition of [blur, sharpen, dehalo])
    expect(definition.infer({ image, mask }, params as never, facts), definition.type).toMatchObject({
      problem: { code: 'size-mismatch', port: 'mask' },
    })
})
