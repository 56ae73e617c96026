/** The nodes that make masks and join them, against numbers from numpy and scipy: `tests/fixtures/fixes/make-masks.py`. */
import { describe, expect, it } from 'vitest'
import autoPersonality from '../../src/nodes/auto-personality.node.ts'
import colourRange from '../../src/nodes/colour-range.node.ts'
import combineMasks from '../../src/nodes/combine-masks.node.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import detailMask from '../../src/nodes/detail-mask.node.ts'
import differenceMask from '../../src/nodes/difference-mask.node.ts'
import disagreement from '../../src/nodes/disagreement.node.ts'
import edgeMask from '../../src/nodes/edge-mask.node.ts'
import lumaRange from '../../src/nodes/luma-range.node.ts'
import paintedMask from '../../src/nodes/painted-mask.node.ts'
import shapeMask from '../../src/nodes/shape-mask.node.ts'
import { download, draw, largestDifference, type Numbers, prepareNode, upload } from './harness.ts'
import { describeGoldens, run as runNode } from './support/golden.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

describeGoldens(
  () => bench,
  [
    ...[lumaRange, colourRange, differenceMask, edgeMask, detailMask, combineMasks, disagreement],
    ...[shapeMask, paintedMask],
  ],
)

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

it('steadies a mask over the frames around, whatever joins it', async () => {
  const still = draw(5, 4, () => 0.25)
  const flickering = [1, 0, 1, 0.5, 0, 1, 0].map((value) => draw(5, 4, () => value))
  const first = new Map(flickering.map((each, i) => [i - 3, upload(bench, each)]))
  const second = new Map(flickering.map((_, i) => [i - 3, upload(bench, still)]))
  const descs = { first: first.get(0)!.desc, second: second.get(0)!.desc }
  for (const [steady, mean] of [
    [0, 0.5],
    [1, 0.5],
    [3, (1 + 0.25 + 1 + 0.5 + 0.25 + 1 + 0.25) / 7],
  ] as const) {
    const node = await prepareNode(bench, combineMasks, descs, { params: { mode: 'or', steady } })
    const { mask } = await node.run({ first, second }, 3)
    const expected = draw(5, 4, () => (steady === 1 ? (1 + 0.5 + 0.25) / 3 : mean))
    expect(largestDifference(await download(bench, mask!), expected), `${steady} frames`).toBeLessThan(1e-6)
    await node.close()
  }
  for (const { texture } of [...first.values(), ...second.values()]) texture.destroy()
})

it('says of a painting that it was made for a picture of another shape', () => {
  const image = { type: 'image', width: 720, height: 576, format: 'rgba16float', frameRate: 24 } as const
  const facts = { media: () => undefined, model: () => undefined }
  const painting = { width: 640, height: 360, strokes: [] }
  expect(paintedMask.infer({ image }, { painting } as never, facts)).toMatchObject({
    problem: {
      param: 'painting',
      message: 'It was painted on a picture of 640×360, and this one, of 720×576, has another shape.',
    },
  })
  expect(paintedMask.infer({ image: { ...image, width: 1920, height: 1080 } }, { painting } as never, facts)).toEqual({
    mask: { type: 'mask', width: 1920, height: 1080, format: 'r32float', frameRate: 24 },
  })
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

it('lets a dial go as far as the strongest objection allows, and all the way where the renders agree', async () => {
  const even = (value: number) => draw(4, 3, () => value)
  const maps = { contradiction: even(0.1), halo: even(0.3), drift: even(0.2) }
  const limit = async (inputs: Readonly<Record<string, Numbers>>, caution: number) =>
    (await run(autoPersonality, inputs, { caution, steady: false })).data[0]
  expect(await limit(maps, 1)).toBeCloseTo(0.7, 3)
  expect(await limit(maps, 2)).toBeCloseTo(0.4, 3)
  expect(await limit(maps, 4)).toBeCloseTo(0, 3)
  expect(await limit({ ...maps, disagreement: even(0.5) }, 2)).toBeCloseTo(0.7, 3)
  expect(await limit({ ...maps, disagreement: even(0) }, 4)).toBeCloseTo(1, 3)
  expect(await limit({ contradiction: even(0.1) }, 1)).toBeCloseTo(0.9, 3)
})

it('holds a dial back where the render has a net of dots, and not at thin lines, edges or fine texture', async () => {
  const [width, height] = [48, 40]
  const nothing = draw(width, height, () => 0)
  const limit = async (colour: (x: number, y: number) => number) => {
    const render = draw(width, height, (x, y) => [colour(x, y), 0.5, 0.5])
    return (await run(autoPersonality, { contradiction: nothing, render }, { steady: false })).data
  }
  const code = 1 / 255
  // Beside a line, as models lay it; 2 codes are not seen, 6 are.
  const beside = (by: number) => (x: number, y: number) => (x === 20 ? 0.1 : 0.5 + (x === 21 ? by * (-1) ** y : 0))
  const held = await limit(beside(8 * code))
  expect(held[20 * width + 21]).toBeCloseTo(0, 3)
  expect(held[20 * width + 30]).toBeCloseTo(1, 3)
  expect((await limit(beside(4 * code)))[20 * width + 21]).toBeCloseTo(0.5, 1)
  expect((await limit(beside(2 * code)))[20 * width + 21]).toBeCloseTo(1, 1)
  let seed = 1
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return seed / 2 ** 32
  }
  const lines = await limit((x, y) => (x % 7 === 0 || y === 20 ? 0.1 : 0.6))
  const steps = await limit((x, y) => (x > y ? 0.1 : 0.9))
  const texture = await limit(() => 0.5 + 0.1 * (random() - 0.5))
  for (const clean of [lines, steps]) expect(Math.min(...clean)).toBeGreaterThan(0.9)
  // What is random alternates, too, here and there.
  expect(texture.reduce((sum, each) => sum + each, 0) / texture.length).toBeGreaterThan(0.97)
})
