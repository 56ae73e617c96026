import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseArguments } from '../../../src/cli/arguments.ts'
import { nothingWritten, pathOf, planOutputs, refuseOverwriting, withFileNames } from '../../../src/cli/plan-outputs.ts'
import type { MediaPlan } from '../../../src/cli/prepare-graph.ts'
import { withMedium } from '../../../src/graph/analysis/medium.ts'
import type { FlatId, GraphDocument, NodeId } from '../../../src/graph/document/document.ts'
import { nodeAt } from '../../../src/graph/document/levels.ts'
import { edit, newHistory } from '../../../src/graph/edits/history.ts'
import { parseGraph } from '../../../src/graph/file/read.ts'
import { loadSpecs } from '../../../src/host/node-specs.ts'

const specs = await loadSpecs()
const parsed = parseGraph(readFileSync(new URL('../../../public/graphs/bicubic.json', import.meta.url), 'utf8'), specs)
if (!parsed.ok) throw new Error(parsed.error.message)
const plain = parsed.document

/** The plain graph with a second Encode, which is called “Small”. */
const twoSinks: GraphDocument = edit(newHistory(plain), 'Add', (draft) => {
  const encode = draft.nodes['encode' as NodeId]!
  const id = 'encode-2' as NodeId
  draft.nodes[id] = { ...encode, id, title: 'Small', params: {} }
}).history.document
const without = (flag: 'bypass' | 'mute'): GraphDocument =>
  edit(newHistory(plain), 'Set', (draft) => {
    draft.nodes['encode' as NodeId]![flag] = true
  }).history.document

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'framewright-outputs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const plan = (document: GraphDocument, ...words: string[]) => {
  const args = parseArguments(words, () => false)
  if (args.command !== 'render') throw new Error(`${words} is no render.`)
  return planOutputs(args, specs, document)
}

describe('where an Encode writes', () => {
  test('is named by the graph, or after the clip, in the folder “out”, for each', () => {
    expect(plan(plain)).toEqual([{ node: 'encode', folder: resolve('out'), fileName: 'field-guide-enhanced.mp4' }])
    const other = withMedium(plain, { node: 'decode' as FlatId, param: 'media' }, { id: 'tapes/My: holiday.v2.mov' })
    expect(plan(other)).toMatchObject([{ fileName: 'My- holiday.v2-enhanced.mp4' }])
    const named = withFileNames(plain, specs, [{ node: 'encode' as FlatId, fileName: 'mine.webm' }])
    expect(nodeAt(named, 'encode')?.params.fileName).toBe('mine.webm')
    expect(plan(named).map(pathOf)).toEqual([resolve('out/mine.webm')])
  })

  test('is what the command line says, for the Encode that it names', () => {
    expect(plan(plain, '--output', join(folder, 'a.mkv'))).toEqual([{ node: 'encode', folder, fileName: 'a.mkv' }])
    const both = plan(
      twoSinks,
      '--output',
      `Small=${join(folder, 'b.mp4')}`,
      '--output',
      `encode=${join(folder, 'a.png')}`,
    )
    expect(both.map(({ node, fileName }) => [node, fileName])).toEqual([
      ['encode-2', 'b.mp4'],
      ['encode', 'a.png'],
    ])
  })

  test('is nowhere where it is bypassed or muted', () => {
    expect(nothingWritten(plain, specs)).toEqual([])
    for (const document of [without('bypass'), without('mute')]) {
      expect(nothingWritten(document, specs)).toMatchObject([{ code: 'no-output', severity: 'error' }])
      expect(plan(document)).toEqual([])
    }
  })

  test('is no folder, no format that is not written, and not one place for two', () => {
    mkdirSync(join(folder, 'a.mp4'))
    expect(() => plan(plain, '--output', join(folder, 'a.mp4'))).toThrow(/is a folder\.$/)
    expect(() => plan(plain, '--output', join(folder, 'a.avi'))).toThrow('“.avi” is not a format that is written.')
    expect(() => plan(plain, '--output', join(folder, 'film'))).toThrow('there is no extension.')
    expect(plan(plain, '--output', join(folder, 'film.MP4'))).toMatchObject([{ fileName: 'film.MP4' }])
    const same = join(folder, 'same.mp4')
    expect(() => plan(twoSinks, '--output', `encode=${same}`, '--output', `Small=${same}`)).toThrow(
      `Two outputs would both write ${same}.`,
    )
  })

  test('is no file that is read, by whatever name', () => {
    const clip = join(folder, 'clip.mp4')
    writeFileSync(clip, 'film')
    symlinkSync(clip, join(folder, 'link.mp4'))
    const media = { files: new Map([['decode', { paths: [clip] }]]) } as unknown as MediaPlan
    const refuse = (name: string) => refuseOverwriting(media, plan(plain, '--output', join(folder, name)))
    expect(() => refuse('clip.mp4')).toThrow('is the file that is being read.')
    expect(() => refuse('link.mp4')).toThrow('is the file that is being read.')
    expect(() => refuse('other.mp4')).not.toThrow()
  })
})
