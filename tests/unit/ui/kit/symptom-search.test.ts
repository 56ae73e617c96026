/** What people call a fault finds nodes and recipes. */
import { expect, it } from 'vitest'
import { definitions } from '../../../../src/nodes/registry.ts'
import { shippedGraphs } from '../../../../src/ui/files/shipped-recipes.ts'
import { absentFor, searchNodes, searchRecipes } from '../../../../src/ui/kit/node-search.ts'
import { text } from '../../../../src/ui/text/text.ts'

/** What people write in forums about what an upscaler gave them, and what they have in hand. */
const symptoms = [
  ...['waxy', 'face', 'faces', 'skin', 'plastic', 'flicker', 'flickering', 'shimmer', 'blurry', 'blur', 'soft'],
  ...['denoise', 'noise', 'noisy', 'blocky', 'blocks', 'pixelated', 'compression', 'artifacts', 'halo', 'haloes'],
  ...['ringing', 'oversharpened', 'text', 'subtitles', 'garbled', 'banding', 'grass', 'hair', 'anime', 'cartoon'],
  ...[
    'jagged',
    'staircase',
    'washed out',
    'mpeg',
    'dirty',
    'too sharp',
    'interlace lines',
    'dark',
    'yellow',
    'ghosting',
  ],
  ...['old film', 'grain', 'youtube', 'fake detail', 'too smooth', 'oil painting', 'low resolution', 'upscale'],
]

it.each(symptoms)('“%s” finds a node or a recipe', (words) => {
  const found = [...searchNodes(definitions.values(), words), ...searchRecipes(shippedGraphs, words)]
  expect(found.map(({ title }) => title)).not.toEqual([])
})

it.each([
  ['waxy', 'plastic-skin'],
  ['faces', 'faces'],
  ['blocky', 'web-video'],
  ['denoise', 'noisy-clip'],
  ['flickering', 'steady-inventive'],
  ['subtitles', 'text-warping'],
  ['cartoons', 'anime'],
  ['halo', 'halo'],
])('“%s” finds the recipe %s first', (words, name) => {
  expect(searchRecipes(shippedGraphs, words)[0]?.name).toBe(name)
})

it('what is typed may go on past a keyword by an ending, and by nothing else', () => {
  const titles = (words: string) => searchNodes(definitions.values(), words).map(({ type }) => type)
  expect(titles('upscaling')).toContain('sr-model')
  expect(titles('texture')[0]).not.toBe('text-protect')
  expect(titles('zzz')).toEqual([])
})

it.each([
  'shaky',
  'stabilis',
  'Red eyes',
  'slow motion',
  'watermarks',
  'colourise',
  'hiss',
  'ugly',
  'jello',
  'purple fringe',
])('“%s”, which nothing here does, is told what to do instead', (words) => {
  expect(absentFor(text.palette.absent, words)?.instead).toMatch(/\.$/)
})

it.each([...symptoms, 'sha', 'interlaced', 'log'])('“%s” is not said to be absent', (words) => {
  expect(absentFor(text.palette.absent, words)).toBeUndefined()
})
