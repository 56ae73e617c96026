/** People search for what is wrong with their picture, not for the name of what mends it. */
import { expect, it } from 'vitest'
import { definitions } from '../../../../src/nodes/registry.ts'
import { searchNodes } from '../../../../src/ui/kit/node-search.ts'

it.each([
  ['halo', 'dehalo'],
  ['ringing', 'dering'],
  ['mosquito noise', 'dering'],
  ['noisy', 'denoise'],
  ['noise', 'denoise'],
  ['blocky', 'deblock'],
  ['pixelated', 'deblock'],
  ['waxy', 'detail-return'],
  ['plastic skin', 'detail-return'],
  ['face', 'detail-return'],
  ['hallucination', 'energy-cap'],
  ['too much texture', 'energy-cap'],
  ['oversharpened', 'dehalo'],
  ['blurry', 'sharpen'],
  ['out of focus', 'sharpen'],
  ['banding', 'deband'],
  ['gradient', 'deband'],
  ['washed out', 'levels'],
  ['too dark', 'levels'],
  ['colour shift', 'match-colour'],
  ['color shift', 'match-colour'],
  ['too clean', 'grain'],
  ['contradiction', 'consistency'],
  ['text warped', 'consistency'],
  ['opacity', 'mix'],
  ['soften', 'blur'],
])('“%s” finds %s first', (words, type) => {
  expect(searchNodes(definitions.values(), words)[0]?.type).toBe(type)
})
