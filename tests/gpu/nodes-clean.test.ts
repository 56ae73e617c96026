/** Clean: what its model makes of a picture, as numpy computes it, by strength and by mask. */
import { expect, test } from 'vitest'
import type { ModelFacts } from '../../src/graph/node/facts.ts'
import clean from '../../src/nodes/clean.node.ts'
import expected from '../fixtures/models/expected.json'
import { download, draw, type Numbers, prepareNode, upload } from './harness.ts'
import { modelFile, testModelBench, worstDifference } from './models-support.ts'

const bench = testModelBench()

const { width, height, picture: bytes, result } = expected['conv-7-x1']
const rgbOf = (numbers: readonly number[], top: number) =>
  draw(width, height, (x, y) => {
    const i = (y * width + x) * 3
    return [numbers[i]! / top, numbers[i + 1]! / top, numbers[i + 2]! / top]
  })
const picture = rgbOf(bytes, 255)
const whole = rgbOf(result, 1)

async function cleaned(model: ModelFacts, params: Readonly<Record<string, unknown>>, mask?: Numbers): Promise<Numbers> {
  const inputs = { image: upload(bench, picture), ...(mask ? { mask: upload(bench, mask) } : {}) }
  const descs = Object.fromEntries(Object.entries(inputs).map(([name, { desc }]) => [name, desc]))
  const { id, sha256 } = model
  const { models } = bench
  const running = await prepareNode(bench, clean, descs, {
    ...{ models, model },
    params: { model: { id, sha256 }, runtime: 'wasm', ...params },
  })
  try {
    return await download(bench, (await running.run(inputs, 0)).image!)
  } finally {
    await running.close()
    for (const { texture } of Object.values(inputs)) texture.destroy()
  }
}

/** `under` and `over` by a share of each pixel. */
const between = (under: Numbers, over: Numbers, share: (x: number) => number) =>
  draw(width, height, (x, y) => {
    const i = (y * width + x) * 4
    const mix = (c: number) => under.data[i + c]! * (1 - share(x)) + over.data[i + c]! * share(x)
    return [mix(0), mix(1), mix(2)]
  })

test('is what numpy makes of the model, in full and by strength', async () => {
  const model = await bench.models.add(await modelFile('conv-7-x1'))
  expect(worstDifference(picture, whole)).toBeGreaterThan(10)
  for (const runtime of ['wasm', 'shaders']) {
    expect(worstDifference(await cleaned(model, { runtime }), whole), runtime).toBeLessThan(0.3)
  }
  expect(
    worstDifference(
      await cleaned(model, { strength: 0.25 }),
      between(picture, whole, () => 0.25),
    ),
  ).toBeLessThan(0.3)
  expect(worstDifference(await cleaned(model, { strength: 0 }), picture)).toBeLessThan(0.13)
})

test('leaves the picture as it is where the mask is 0', async () => {
  const model = await bench.models.add(await modelFile('conv-7-x1'))
  const half = draw(width, height, (x) => (x < 6 ? 0 : 1))
  const want = between(picture, whole, (x) => (x < 6 ? 0 : 1))
  expect(worstDifference(await cleaned(model, {}, half), want)).toBeLessThan(0.3)
})

test('takes no model that enlarges, and says what to do', async () => {
  const model = await bench.models.add(await modelFile('nearest-x2'))
  await expect(cleaned(model, {})).rejects.toThrow(/“nearest-x2” of Clean does not leave pictures at their size/)
  const { id, sha256 } = model
  await expect(
    bench.models.open('restoration', { id, sha256 }, { runtime: 'wasm', tile: 'auto', overlap: 8 }),
  ).rejects.toThrow(/does not leave pictures at their size/)
})
