/** LUT against colours that numpy worked out: `tests/fixtures/lut/make-fixtures.py`. */
import { describe, expect, it } from 'vitest'
import type { LutFacts } from '../../src/assets/lut.asset.ts'
import { openLutStore } from '../../src/assets/lut.store.ts'
import lut from '../../src/nodes/lut.node.ts'
import expected from '../fixtures/lut/lut.json'
import { draw, type LinkAssets, largestDifference, type Numbers, runFused } from './harness.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

/** A LUT from its text, as the engine would have it. */
async function given(name: string, text: string): Promise<LinkAssets> {
  const store = openLutStore()
  const { facts } = await store.add(name, [new File([text], name)])
  return { facts: { lut: (): LutFacts => facts }, open: (_, ref) => store.open!(ref) }
}

const apply = (image: Numbers, assets: LinkAssets, id: string, params = {}, inputs = {}) =>
  runFused(bench, [{ definition: lut, inputs: { image, ...inputs }, params: { file: { id }, ...params }, assets }])

const { colours, results } = expected
const picture = draw(colours.length, 1, (x) => [...(colours[x] as [number, number, number]), 0.5])

describe('LUT', () => {
  it.each(Object.entries(results))('gives the colours of %s within 1/255', async (name, wanted) => {
    const text = await (await fetch(`/tests/fixtures/lut/${name}`)).text()
    const result = await apply(picture, await given(name, text), name)
    const truth = draw(colours.length, 1, (x) => [...(wanted[x] as [number, number, number]), 0.5])
    expect(largestDifference(result, truth)).toBeLessThan(1 / 255)
    expect(result.data.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 0.5)).toBe(true)
  })

  it('of 65 colours on a side that changes nothing changes nothing, and by its amount and mask as much as asked', async () => {
    const steps = Array.from({ length: 65 }, (_, i) => (i / 64).toFixed(6))
    const rows = (of: (r: string, g: string, b: string) => string) =>
      steps.flatMap((b) => steps.flatMap((g) => steps.map((r) => of(r, g, b)))).join('\n')
    const image = draw(16, 16, (x, y) => [x / 15, y / 15, ((x * 7 + y) % 16) / 15])
    const same = await given('same.cube', `LUT_3D_SIZE 65\n${rows((r, g, b) => `${r} ${g} ${b}`)}`)
    expect(largestDifference(await apply(image, same, 'same.cube'), image)).toBeLessThan(0.001)
    const swap = await given('swap.cube', `LUT_3D_SIZE 65\n${rows((r, g, b) => `${b} ${g} ${r}`)}`)
    const swapped = (x: number, y: number) => [((x * 7 + y) % 16) / 15, y / 15, x / 15] as const
    const half = draw(16, 16, (x, y) => {
      const [r, g, b] = swapped(x, y)
      return [(r + x / 15) / 2, g, (b + ((x * 7 + y) % 16) / 15) / 2]
    })
    expect(largestDifference(await apply(image, swap, 'swap.cube', { amount: 0.5 }), half)).toBeLessThan(0.001)
    const mask = {
      width: 16,
      height: 16,
      channels: 1 as const,
      data: Array.from({ length: 256 }, (_, i) => (i % 16 < 8 ? 0 : 1)),
    }
    const masked = draw(16, 16, (x, y) => (x < 8 ? [x / 15, y / 15, ((x * 7 + y) % 16) / 15] : [...swapped(x, y)]))
    expect(largestDifference(await apply(image, swap, 'swap.cube', {}, { mask }), masked)).toBeLessThan(0.001)
  })

  it('of two tables in one unit keeps them apart', async () => {
    const curve = (power: number) =>
      `LUT_1D_SIZE 33\n${Array.from({ length: 33 }, (_, i) =>
        Array(3)
          .fill(((i / 32) ** power).toFixed(6))
          .join(' '),
      ).join('\n')}`
    const image = draw(8, 1, (x) => [x / 8, 0.5, 1 - x / 8])
    const [up, down] = [await given('up.cube', curve(0.5)), await given('down.cube', curve(2))]
    const link = (inputs: Record<string, Numbers | number>, id: string, assets: LinkAssets) =>
      ({ definition: lut, inputs, params: { file: { id } }, assets }) as const
    const both = await runFused(bench, [link({ image }, 'up.cube', up), link({ image: 0 }, 'down.cube', down)])
    expect(largestDifference(both, image)).toBeLessThan(0.01)
  })
})
