/** People search for what is wrong with their picture, not for the name of what mends it. */
import { expect, it } from 'vitest'
import { definitions } from '../../../../src/nodes/registry.ts'
import { fittingPort, inOrder, searchNodes } from '../../../../src/ui/kit/node-search.ts'

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
  ['shadows', 'luma-range'],
  ['skin mask', 'colour-range'],
  ['flat areas', 'detail-mask'],
  ['outlines', 'edge-mask'],
  ['feather', 'combine-masks'],
  ['uncertain', 'disagreement'],
  ['black bars', 'crop'],
  ['upside down', 'flip-rotate'],
  ['too yellow', 'white-balance'],
  ['saturation', 'white-balance'],
  ['lift shadows', 'curves'],
  ['alternative', 'switch'],
  ['ground truth', 'degrade'],
  ['grain lost', 'match-grain'],
  ['opacity', 'mix'],
  ['soften', 'blur'],
  ['measure halo', 'halo'],
  ['psnr', 'quality'],
  ['made up', 'invention'],
])('“%s” finds %s first', (words, type) => {
  expect(searchNodes(definitions.values(), words)[0]?.type).toBe(type)
})

const titles = (words: string) => searchNodes(inOrder(definitions), words).map(({ title }) => title)

it('finds by title, by kind and by what a node fixes, best first', () => {
  expect(titles('halo').slice(0, 2)).toEqual(['Dehalo', 'Residual Blend'])
  expect(titles('mask').slice(0, 8)).toEqual(expect.arrayContaining(['Text-Protect Mask', 'Edge Mask']))
  expect(titles('scale')).toEqual(expect.arrayContaining(['Bicubic', 'SR Model']))
  expect(titles('grain')[0]).toBe('Grain')
  expect(titles('zzz')).toEqual([])
  expect(titles('  ')).toHaveLength(definitions.size)
})

it('a wire let go in space is offered what can take it', () => {
  const takes = [...definitions.values()].filter((spec) => fittingPort(spec, 'image', 'source') !== undefined)
  const gives = [...definitions.values()].filter((spec) => fittingPort(spec, 'image', 'target') !== undefined)
  expect(takes.map(({ type }) => type)).toEqual(expect.arrayContaining(['grain', 'encode', 'sr-model']))
  expect(takes.map(({ type }) => type)).not.toContain('decode')
  expect(gives.map(({ type }) => type)).toContain('decode')
  expect(gives.map(({ type }) => type)).not.toContain('encode')
  expect(searchNodes(takes, 'sr')[0]?.type).toBe('sr-model')
})
