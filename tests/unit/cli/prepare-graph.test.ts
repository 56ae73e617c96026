/** What is said of a graph before a browser is started: errors, and only such as no file can mend. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { errorsOfGraph, namedFiles, planMedia } from '../../../src/cli/prepare-graph.ts'
import { parseGraph } from '../../../src/graph/file/read.ts'
import { loadSpecs } from '../../../src/host/node-specs.ts'

const folder = new URL('../../../public/graphs/', import.meta.url)
const specs = await loadSpecs()

const errorsOf = (text: string) => {
  const parsed = parseGraph(text, specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return errorsOfGraph(planMedia(parsed.document, specs, new Map(), undefined), specs)
}

describe('errors of a graph', () => {
  const shipped = readdirSync(folder).filter((name) => name.endsWith('.json'))
  test.for(shipped)('%s has none: its media and models are not known yet', (name) => {
    expect(errorsOf(readFileSync(new URL(name, folder), 'utf8'))).toEqual([])
  })

  const changed = (change: (nodes: Record<string, { params: object }>) => void): string => {
    const file = JSON.parse(readFileSync(new URL('bicubic.json', folder), 'utf8'))
    change(file.nodes)
    return JSON.stringify(file)
  }

  test('a parameter out of range is one, and a medium that nobody finds', () => {
    expect(errorsOf(changed(({ bicubic }) => Object.assign(bicubic!.params, { factor: -1 })))).toMatchObject([
      { node: 'bicubic', param: 'factor', severity: 'error' },
    ])
    expect(errorsOf(changed(({ decode }) => Object.assign(decode!.params, { media: { id: 'nowhere.mp4' } })))).toEqual([
      expect.objectContaining({ node: 'decode', hint: 'Name the file with --input decode=<file>.' }),
    ])
  })
  test('a LUT that nobody finds is one, with how to name it; one beside the graph is found, by its whole path', () => {
    const withLut = (id: string): string => {
      const file = JSON.parse(readFileSync(new URL('bicubic.json', folder), 'utf8'))
      file.nodes.lut = { type: 'lut', position: { x: 0, y: 0 }, params: { file: { id } } }
      file.edges['lut.image'] = { from: { node: 'bicubic', port: 'image' }, to: { node: 'lut', port: 'image' } }
      return JSON.stringify(file)
    }
    expect(errorsOf(withLut('nowhere.cube')).filter(({ code }) => code === 'missing-asset')).toEqual([
      expect.objectContaining({ node: 'lut', hint: 'Name the file with --set lut.file=<file>.' }),
    ])
    const luts = fileURLToPath(new URL('../../fixtures/lut/', import.meta.url))
    const parsed = parseGraph(withLut('tone-1d.cube'), specs)
    if (!parsed.ok) throw new Error(parsed.error.message)
    const plan = planMedia(parsed.document, specs, new Map(), `${luts}graph.json`)
    expect(namedFiles(plan.document, specs)).toEqual([`${luts}tone-1d.cube`])
    expect(errorsOfGraph(plan, specs).filter(({ code }) => code === 'missing-asset')).toEqual([])
  })
})
