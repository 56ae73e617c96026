/** The nodes that make masks and join them, against numbers from numpy and scipy: `tests/fixtures/fixes/make-masks.py`. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import colourRange from '../../src/nodes/colour-range.node.ts'
import combineMasks from '../../src/nodes/combine-masks.node.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import detailMask from '../../src/nodes/detail-mask.node.ts'
import differenceMask from '../../src/nodes/difference-mask.node.ts'
import disagreement from '../../src/nodes/disagreement.node.ts'
import edgeMask from '../../src/nodes/edge-mask.node.ts'
import lumaRange from '../../src/nodes/luma-range.node.ts'
import { type Bench, draw, largestDifference, type Numbers, openBench } from './harness.ts'
import { describeGoldens, run as runNode } from './support/golden.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterEach(() => expect(bench.takeErrors()).toEqual([]))
afterAll(() => bench.close())

describeGoldens(() => bench, [lumaRange, colourRange, differenceMask, edgeMask, detailMask, combineMasks, disagreement])

const run = (definition: NodeDefinition, inputs: Readonly<Record<string, Numbers>>, params = {}, output?: string) =>
  runNode(bench, definition, inputs, params, output ? { output } : {})

describe('says nothing where there is nothing', () => {
  const grey = draw(9, 7, () => [0.5, 0.5, 0.5])
  const empty = draw(9, 7, () => 0)
  it.each([
    ['a hue in grey', colourRange, { image: grey }, { colour: 'hue', hue: 0 }, undefined],
    ['skin in grey', colourRange, { image: grey }, { softness: 0.1 }, undefined],
    ['a difference of one picture', differenceMask, { image: grey, other: grey }, { low: 0, high: 1 }, undefined],
    ['edges of even ground', edgeMask, { image: grey }, { low: 0, high: 1 }, undefined],
    ['detail of even ground', detailMask, { image: grey }, { low: 0, high: 1 }, 'detail'],
    ['disagreement of one picture with itself', disagreement, { first: grey, second: grey }, { low: 0 }, undefined],
    ['an empty mask, grown', combineMasks, { first: empty }, { grow: 5, feather: 2 }, undefined],
  ] as const)('%s', async (_, definition, inputs, params, output) =>
    expect(largestDifference(await run(definition, inputs, params, output), empty)).toBe(0),
  )
})

it('passes a mask on to the bit while nothing shapes it', async () => {
  const mask = draw(9, 7, (x, y) => ((x * 7 + y * 3) % 11) / 11)
  expect(largestDifference(await run(combineMasks, { first: mask }), mask)).toBe(0)
})

it('says which input is of another size', () => {
  const mask = { type: 'mask', width: 8, height: 8, format: 'r32float', frameRate: 24 } as const
  const image = { ...mask, type: 'image', format: 'rgba16float' } as const
  const facts = { media: () => undefined, model: () => undefined }
  expect(combineMasks.infer({ first: mask, second: { ...mask, width: 9 } }, {} as never, facts)).toMatchObject({
    problem: { code: 'size-mismatch', port: 'second' },
  })
  expect(
    disagreement.infer({ first: image, second: image, third: { ...image, height: 4 } }, {} as never, facts),
  ).toMatchObject({ problem: { code: 'size-mismatch', port: 'third' } })
})
