/** Which models are found by what is typed, and by personality. */
import { expect, test } from 'vitest'
import type { ModelFacts } from '../../../../src/graph/node/facts.ts'
import { isSought } from '../../../../src/ui/inspector/ModelChooser.tsx'

const said = {
  name: 'S GAN',
  goodFor: 'Foliage and fabric.',
  getsWrong: 'Letters.',
  licence: 'MIT',
  origin: '',
  scale: 2,
}
const model = { ...said, personality: 'gan' } as ModelFacts

test('a model is found by all words of what is said of it', () => {
  for (const query of ['', 'gan', 'FABRIC mit', 'letters ×2']) expect(isSought(model, query, 'all'), query).toBe(true)
  for (const query of ['anime', 'gan anime']) expect(isSought(model, query, 'all'), query).toBe(false)
})

test('a model is found by its personality alone', () => {
  expect([
    isSought(model, '', 'gan'),
    isSought(model, '', 'l1'),
    isSought({ ...model, personality: null }, '', 'gan'),
  ]).toEqual([...[true, false, false]])
})
