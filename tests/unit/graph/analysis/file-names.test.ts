import { expect, test } from 'vitest'
import { clipStem, fileNameOf } from '../../../../src/graph/analysis/file-names.ts'
import type { FlatId } from '../../../../src/graph/document/document.ts'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { loadSpecs } from '../../../../src/host/node-specs.ts'

test('a clip lends its name without folder and ending, as a file can be called, and not all of a long one', () => {
  expect(clipStem('samples/field-guide.mp4')).toBe('field-guide')
  expect(clipStem('C:\\tapes\\Holiday 2.1.mov')).toBe('Holiday 2.1')
  expect(clipStem('what? "this" <is>|:*.mp4')).toBe('what- -this- -is----')
  expect([...clipStem(`${'ä'.repeat(200)}.mp4`)]).toHaveLength(48)
  expect(clipStem('.mp4')).toBe('')
})

test('a file is called after the clip that its own pictures are made of, unless the node names it', async () => {
  const specs = await loadSpecs()
  const node = (type: string, params: object = {}) => ({ type, params, position: { x: 0, y: 0 } })
  const read = (params: object) => {
    const parsed = parseGraph(
      JSON.stringify({
        format: 'framewright-graph',
        versions: { document: 2, nodes: {} },
        title: 'Two clips',
        nodes: {
          unused: node('decode', { media: { id: 'unused.mp4' } }),
          decode: node('decode', { media: { id: 'tapes/beach.mkv' } }),
          grain: node('grain'),
          encode: node('encode', params),
          report: node('report'),
        },
        edges: {
          a: { from: { node: 'decode', port: 'image' }, to: { node: 'grain', port: 'image' } },
          b: { from: { node: 'grain', port: 'image' }, to: { node: 'encode', port: 'image' } },
        },
      }),
      specs,
    )
    if (!parsed.ok) throw new Error(parsed.error.message)
    return parsed.document
  }
  const nameOf = (sink: string, params: object = {}) => fileNameOf(read(params), specs, sink as FlatId)
  expect(nameOf('encode')).toBe('beach-enhanced.mp4')
  expect(nameOf('encode', { fileName: 'mine.webm' })).toBe('mine.webm')
  expect(nameOf('report')).toBe('report.csv')
  expect(nameOf('grain')).toBeUndefined()
})
