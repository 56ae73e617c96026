import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../../src/graph/document/json.ts'
import { migrateParams } from '../../../src/graph/file/migrate.ts'
import type { AssetFacts, ModelFacts } from '../../../src/graph/node/facts.ts'
import { cardFacts, parseCatalog } from '../../../src/models/catalog.ts'
import srModel from '../../../src/nodes/sr-model.node.ts'
import { familyFacts } from '../models/family-facts.ts'

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
    expect(infer({}, { ...shipped, scale })).toMatchObject({
      image: { ...image, width: 31 * scale, height: 17 * scale },
    })
  })
  test('without a model, or with one that is not here or does not fit, gives a problem on the parameter', () => {
    const problem = (code: string) => ({ problem: expect.objectContaining({ code, param: 'model' }) })
    expect(infer({ model: null })).toEqual(problem('missing-asset'))
    expect(infer({ model: { id: 'gone' } })).toEqual(problem('missing-asset'))
    expect(infer({}, { ...shipped, task: 'text-detection' })).toEqual(problem('unfit-model'))
  })
})

const inFamily = (size: 1 | 2 | 3, personality = 0, kinds: 1 | 2 = 1, source = 0): ModelFacts => {
  const family = familyFacts(size, kinds, { personality, source })
  const own = family.members.find(({ place }) => place.personality === personality && place.source === source)!
  return { ...shipped, name: own.name, family }
}
const alone: ModelFacts = (({ family: _, ...rest }) => ({ ...rest, name: 'Alone' }))(shipped)
const mask = (width: number, height: number) =>
  ({ type: 'mask', width, height, format: 'r32float', frameRate: 24 }) as const
const inferMasked = (params: object, model: ModelFacts, size = mask(31, 17)) =>
  srModel.infer({ image, personalityMask: size }, { ...defaults, ...params } as typeof defaults, facts(model))
const result = {
  image: { ...image, width: 62, height: 34, compression: { damage: 0, evidence: 'as a model made it' } },
}
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
      refusal(/is set to 1\.05, .*“l1” ends at 1 \(“perceptual”\)/, onDial),
    )
    expect(infer({ personality: 1 }, inFamily(3, 2))).toEqual(refusal(/starts at “l1”, but “gan” is chosen/, onDial))
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
    expect(inferMasked({ to: 1.5 }, inFamily(2))).toEqual(refusal(/is set to 1\.5/, { param: 'to' }))
    expect(inferMasked({ from: 0, to: 1, personality: 2 }, inFamily(2))).toEqual(result)
  })

  test('is shown where it has a meaning, and where it stands wrong', () => {
    const shown = (name: string, model: ModelFacts, values: object = {}, connected: string[] = []) =>
      srModel.params[name]!.visible!({ ...defaults, ...values } as never, {
        facts: facts(model),
        connectedInputs: new Set(connected),
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

describe('the dial for the source', () => {
  const both = inFamily(3, 0, 2)
  const hand = { source: 'hand', sourceDamage: 0.4 }
  const number = { type: 'number', width: 1, height: 1, format: 'r32float' } as const
  const inferDriven = (model: ModelFacts) =>
    srModel.infer({ image, sourceDamage: number } as never, defaults as never, facts(model))

  test('stands anywhere on a family for both kinds of source, measured, by hand or by a number', () => {
    for (const params of [{}, hand, { ...hand, personality: 1.5 }]) expect(infer(params, both)).toEqual(result)
    expect(infer(hand, inFamily(1, 0, 2))).toEqual(result)
    expect(inferDriven(both)).toEqual(result)
  })

  test('is refused on a model for one kind of source, where it is set or driven; what is measured does not count there', () => {
    for (const model of [alone, inFamily(3), inFamily(3, 0, 2, 1)]) {
      expect(infer({}, model)).toEqual(result)
      expect(infer({ source: 'hand' }, model)).toEqual(result)
      expect(infer({ sourceDamage: 0.4 }, model)).toEqual(result)
      expect(infer(hand, model)).toEqual(refusal(/for one kind of source/, { param: 'sourceDamage' }))
      expect(inferDriven(model)).toEqual(refusal(/for one kind of source/, { port: 'sourceDamage' }))
    }
  })

  test('leaves Personality to a model that begins it at either end, and to no other', () => {
    expect(infer({ personality: 2 }, inFamily(3, 0, 2, 1))).toEqual(result)
    expect(infer({ personality: 1 }, inFamily(3, 2, 2, 1))).toEqual(
      refusal(/starts at “coded-l1”, but “coded-gan” is chosen/, { param: 'personality' }),
    )
  })

  test('is shown where it has a meaning: the choice, and the dial itself once it is set by hand or driven', () => {
    const shown = (name: string, model: ModelFacts, values: object = {}, connected: string[] = []) =>
      srModel.params[name]!.visible!({ ...defaults, ...values } as never, {
        facts: facts(model),
        connectedInputs: new Set(connected),
      })
    const visible = (...given: [ModelFacts, object?, string[]?]) =>
      ['source', 'sourceDamage'].filter((name) => shown(name, ...given))
    expect(visible(both)).toEqual(['source'])
    expect(visible(both, { source: 'hand' })).toEqual(['source', 'sourceDamage'])
    expect(visible(both, {}, ['sourceDamage'])).toEqual(['sourceDamage'])
    for (const model of [alone, inFamily(3), inFamily(3, 0, 2, 1)]) {
      expect(visible(model)).toEqual([])
      expect(visible(model, { source: 'hand' })).toEqual([])
      expect(visible(model, hand)).toEqual(['source', 'sourceDamage'])
    }
  })

  test('says what was measured where that decides, and nothing elsewhere', () => {
    const compression = { damage: 1, evidence: '0.06 bits a pixel' }
    const chosen = (params: object, model: ModelFacts, inputs: object = { image: { ...image, compression } }) =>
      srModel.ownChoices!(inputs as never, { ...defaults, ...params } as never, facts(model))
    expect(chosen({}, both)).toEqual([{ param: 'source', sentence: 'Measured: compressed, 0.06 bits a pixel.' }])
    expect(chosen({}, both, { image })).toEqual([
      { param: 'source', sentence: expect.stringMatching(/^Not measured: .*treated as compressed\.$/) as string },
    ])
    expect(chosen(hand, both)).toEqual([])
    expect(chosen({}, both, { image, sourceDamage: number })).toEqual([])
    for (const model of [alone, inFamily(3), inFamily(3, 0, 2, 1)]) expect(chosen({}, model)).toEqual([])
  })

  test('of a graph from before it stands where its model was: by hand at the one for clean sources, else at compressed', () => {
    const migrated = (params: Record<string, Json>) => {
      migrateParams(srModel, params, 0)
      return params
    }
    const clean = { model: { id: 'framewright-s-clean-x2' } }
    expect(migrated({ ...clean })).toEqual({ ...clean, source: 'hand' })
    const before = { model: { id: 'framewright-s-l1-x2' } }
    expect(migrated({ personality: 2 })).toEqual({ ...before, personality: 2 })
    expect(migrated({ model: null })).toEqual({ model: null })
  })
})

describe('a model that stands for one that ships no more', () => {
  const successor = (model: ModelFacts): ModelFacts => ({ ...model, standsFor: 'old' })

  test('says so, and takes whatever dial the graph had', () => {
    const model = successor(inFamily(2))
    expect(infer({ personality: 2 }, model)).toEqual(result)
    expect(infer({ personality: 2 }, successor(alone))).toEqual(result)
    const choices = srModel.ownChoices!({ image } as never, defaults as never, facts(model))
    expect(choices).toEqual([
      {
        param: 'model',
        sentence: expect.stringMatching(/^“old” no longer ships: the nearest model, “l1”, runs/) as string,
      },
    ])
  })

  test('says otherwise where it is the same model, trained further', () => {
    const model = inFamily(2)
    const choices = srModel.ownChoices!({ image } as never, defaults as never, facts({ ...model, standsFor: model.id }))
    expect(choices).toEqual([
      { param: 'model', sentence: '“l1” was trained further since this graph was made: its new weights run.' },
    ])
  })
})
