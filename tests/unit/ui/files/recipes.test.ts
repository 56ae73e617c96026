/** The gallery and the files of the recipes say the same, and every recipe has its pictures. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { recipePictures, shippedGraphs } from '../../../../src/ui/files/shipped-recipes.ts'

const shipped = new URL('../../../../public/', import.meta.url)

describe('the gallery', () => {
  it('shows every recipe that ships, and at least ten besides the default and the plain one', () => {
    const files = readdirSync(new URL('graphs/', shipped)).filter((name) => name.endsWith('.json'))
    expect(shippedGraphs.map(({ name }) => `${name}.json`).sort()).toEqual(files.sort())
    const needed = [
      'halo',
      'plastic-skin',
      'text-warping',
      'texture-overload',
      'old-film',
      'anime',
      'web-video',
      'screen-text',
      'faces',
      'fast-x2',
    ]
    expect(shippedGraphs.map(({ name }) => name)).toEqual(expect.arrayContaining(needed))
  })

  it.each(shippedGraphs)(
    '$name has the title of its file, a description and two small pictures',
    ({ name, title, purpose }) => {
      const parsed = parseGraph(readFileSync(new URL(`graphs/${name}.json`, shipped), 'utf8'), specs)
      if (!parsed.ok) throw new Error(parsed.error.message)
      expect(parsed.document.title).toBe(title)
      expect(parsed.document.description.length).toBeGreaterThan(60)
      if (!['default', 'fast-x2', 'bicubic'].includes(name)) expect(parsed.document.description).toMatch(/ Costs /)
      expect(purpose).toMatch(/^[A-Z].*\.$/)
      for (const which of ['before', 'after']) {
        const picture = new URL(`${recipePictures}/${name}-${which}.webp`, shipped)
        expect(statSync(picture).size).toBeLessThanOrEqual(25_000)
        expect(readFileSync(picture).subarray(8, 12).toString('latin1')).toBe('WEBP')
      }
    },
  )
})
