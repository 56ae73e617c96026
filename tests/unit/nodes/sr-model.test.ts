import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { AssetFacts, ModelFacts } from '../../../src/graph/node/facts.ts'
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
    expect(infer({ model: null })).toEqual(problem('missing-asset'))
    expect(infer({ model: { id: 'gone' } })).toEqual(problem('missing-asset'))
    expect(infer({}, { ...shipped, task: 'text-detection' })).toEqual(problem('unfit-model'))
  })
})

const member = (id: string) => ({ id, name: id.toUpperCase(), sha256: id.padEnd(64, '0'), personality: null })
const inFamily = (size: number, place = 0): ModelFacts => {
  const members = ['a', 'b', 'c'].slice(0, size).map(member)
  return { ...shipped, name: members[place]!.name, family: { name: 'f', members, place } }
}
const alone: ModelFacts = (({ family: _, ...rest }) => ({ ...rest, name: 'Alone' }))(shipped)
const mask = (width: number, height: number) =>
  ({ type: 'mask', width, height, format: 'r32float', frameRate: 24 }) as const
const inferMasked = (params: object, model: ModelFacts, size = mask(31, 17)) =>
  srModel.infer({ image, personalityMask: size }, { ...defaults, ...params } as typeof defaults, facts(model))
const result = { image: { ...image, width: 62, height: 34 } }
const refusal = (message: RegExp, at: object) => ({
  problem: expect.objectContaining({
    ...at,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/^[A-Z].*\.$/),
  }),
})

describe('the dial', () => {
  test('stands anywhere along a family, and at 0 for any model', () => {
    for (const personality of [0, 0.05, 1, 1.7, 2]) expect(infer({ personality }, inFamily(3))).toEqual(result)
    expect(infer({ personality: 1 }, inFamily(2))).toEqual(result)
    for (const model of [alone, inFamily(3, 1)]) expect(infer({}, model)).toEqual(result)
  })

  test('is refused on a model without family, beyond the family’s end, and on a later member', () => {
    const onDial = { code: 'unfit-model', param: 'personality' }
    expect(infer({ personality: 1 }, alone)).toEqual(refusal(/“Alone” of SR Model stands alone/, onDial))
    expect(infer({ personality: 1.05 }, inFamily(2))).toEqual(
      refusal(/stands at 1\.05, .*“A” ends at 1 \(“B”\)/, onDial),
    )
    expect(infer({ personality: 1 }, inFamily(3, 2))).toEqual(refusal(/turns from “A” on, but “C” is chosen/, onDial))
  })

  test('goes by a mask of the size of the image or of the result, and of no other', () => {
    expect(inferMasked({}, inFamily(3))).toEqual(result)
    expect(inferMasked({}, inFamily(3), mask(62, 34))).toEqual(result)
    expect(inferMasked({}, inFamily(3), mask(60, 34))).toEqual(
      refusal(/mask is 60×34, but the image is 31×17 and the result 62×34/, {
        code: 'size-mismatch',
        port: 'personalityMask',
      }),
    )
  })

  test('by a mask is refused where there is no family or it does not reach as far; personality then does not matter', () => {
    expect(inferMasked({}, alone)).toEqual(refusal(/stands alone/, { port: 'personalityMask' }))
    expect(inferMasked({ to: 1.5 }, inFamily(2))).toEqual(refusal(/stands at 1\.5/, { param: 'to' }))
    expect(inferMasked({ from: 0, to: 1, personality: 2 }, inFamily(2))).toEqual(result)
  })

  test('is shown where it has a meaning, and where it stands wrong', () => {
    const shown = (name: string, model: ModelFacts, values: object = {}, connected: string[] = []) =>
      srModel.params[name]!.visible!({ ...defaults, ...values } as never, {
        facts: facts(model),
        connected: new Set(connected),
      })
    expect(shown('personality', inFamily(3))).toBe(true)
    expect(shown('personality', alone)).toBe(false)
    expect(shown('personality', inFamily(3, 1))).toBe(false)
    expect(shown('personality', alone, { personality: 1 })).toBe(true)
    expect(shown('personality', inFamily(3), {}, ['personalityMask'])).toBe(false)
    expect(shown('from', inFamily(3))).toBe(false)
    expect(shown('to', inFamily(3), {}, ['personalityMask'])).toBe(true)
  })
})
