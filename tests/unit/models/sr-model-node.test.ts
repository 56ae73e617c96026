import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { AssetFacts, ModelFacts } from '../../../src/graph/facts.ts'
import { cardFacts, parseCatalog } from '../../../src/models/catalog.ts'
import srModel from '../../../src/nodes/sr-model.node.ts'

const image = { type: 'image', width: 31, height: 17, format: 'rgba16float', frameRate: 24 } as const
const catalog = parseCatalog(
  JSON.parse(await readFile(new URL('../../../public/models/catalog.json', import.meta.url), 'utf8')),
)
const defaults = Object.fromEntries(Object.entries(srModel.params).map(([name, spec]) => [name, spec.default]))
const shipped = cardFacts(catalog[0]!)
const facts = (model?: ModelFacts): AssetFacts => ({ media: () => undefined, model: () => model })
const infer = (params: object, model?: ModelFacts) =>
  srModel.infer({ image }, { ...defaults, ...params } as typeof defaults, facts(model))

test('the default model ships, in the version that the default names', () => {
  const { id, sha256 } = defaults.model as { id: string; sha256: string }
  expect(catalog.find((card) => card.id === id)?.sha256).toBe(sha256)
})

describe('infer', () => {
  test.each([1, 2, 3, 4])('gives %d times the size', (scale) => {
    expect(infer({}, { ...shipped, scale })).toEqual({ image: { ...image, width: 31 * scale, height: 17 * scale } })
  })
  test('without a model, or with one that is not here or does not fit, gives a problem on the parameter', () => {
    const problem = (code: string) => ({ problem: expect.objectContaining({ code, param: 'model' }) })
    expect(infer({ model: null })).toEqual(problem('missing-model'))
    expect(infer({ model: { id: 'gone' } })).toEqual(problem('missing-model'))
    expect(infer({}, { ...shipped, task: 'text-detection' })).toEqual(problem('unfit-model'))
  })
})
