/** What `measure` takes and refuses, and what it tells, without a browser. */
import { describe, expect, test } from 'vitest'
import { parseMeasureArguments } from '../../../src/cli/measure-arguments.ts'
import { measureNotes } from '../../../src/cli/measure-notes.ts'
import { type MeasureReport, reportHtml, reportJson, reportText } from '../../../src/cli/measure-report.ts'
import { loadGraph } from '../../../src/cli/render-job.ts'
import { measureGraphs } from '../../../src/cli/run-measure.ts'
import { expand } from '../../../src/graph/analysis/expand.ts'
import { sourceOf } from '../../../src/graph/analysis/upstream.ts'
import { viewedOutput } from '../../../src/graph/analysis/viewed-output.ts'
import { findingsOf, type MeasuredFrame } from '../../../src/graph/measures/findings.ts'
import { measuredGraph, readingKey, subjectOf } from '../../../src/graph/measures/measured-graph.ts'
import { type SymptomId, symptoms } from '../../../src/graph/measures/symptoms.ts'
import { CommandFailure, exitCodes } from '../../../src/host/command-failure.ts'
import { loadSpecs } from '../../../src/host/node-specs.ts'

const specs = await loadSpecs()
const parse = (...words: string[]) => parseMeasureArguments(words, () => false)

test('takes one graph or two, a clip, how many frames, and where to write', () => {
  expect(parse('a.json', 'b.json', '--input', 'clip.mp4', '--report', 'Out.HTML', '--frames', '8', '--json')).toEqual({
    command: 'measure',
    graphs: ['a.json', 'b.json'],
    inputs: [{ name: undefined, file: 'clip.mp4' }],
    report: { path: 'Out.HTML', kind: 'html' },
    frames: 8,
    runtime: 'auto',
    json: true,
    allowCode: false,
  })
  expect(parse('--help').command).toBe('help')
})

test.each([
  [[], 'one or two graph files'],
  [['a.json', 'b.json', 'c.json'], 'At most two'],
  [['a.json', '--report', 'out.pdf'], 'out.pdf'],
  [['a.json', '--frames', '0'], '--frames'],
  [['a.json', '--frames', '2.5'], '--frames'],
  [['a.json', '--output', 'x.mp4'], '--output'],
  [['a.json', '--runtime', 'cuda'], 'cuda'],
])('refuses %j in a sentence', (words, named) => {
  try {
    parse(...words)
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    expect(error.exitCode).toBe(exitCodes.usage)
    expect(`${error.message} ${error.hint}`).toContain(named)
    expect(`${error.message} ${error.hint}`.trim()).toMatch(/[.]$/)
    return
  }
  throw new Error('It was accepted.')
})

test('a graph that is not there is named before a browser starts', async () => {
  const started = new AbortController()
  const context = {
    ...{ args: parse('nowhere.json'), specs, interruptSignal: started.signal },
    say: () => started.abort(new Error('It went on to the browser.')),
  }
  await expect(measureGraphs(context)).rejects.toThrow('nowhere.json')
})

test('says beside the numbers what the file says, what counts without its grain, and what could not be measured', async () => {
  const { document } = await loadGraph({ graph: 'public/graphs/default.json', settings: [], strict: false }, specs)
  const flat = expand(document, specs).document
  const view = viewedOutput(flat, specs, null)!
  const subject = subjectOf(flat, specs, view, sourceOf(flat, specs, view), () => undefined)
  const said = new Set<SymptomId>(['combing'])
  const notesOf = (frames: number, fileSays: ReadonlySet<SymptomId>) =>
    measureNotes(
      specs,
      { subject, said: fileSays },
      measuredGraph(subject, specs, symptoms, 96, { said: fileSays }),
      frames,
    )
  const grainless = 'Measured without the grain that is put on at the end: Contradiction score, Flicker.'
  expect(notesOf(4, new Set())).toEqual([grainless])
  expect(notesOf(4, said)).toEqual(['Combing: the file itself says that it is interlaced.', grainless])
  expect(notesOf(1, new Set())).toContain(
    'Combing is not reported for fewer than 2 frames: ask for more with --frames.',
  )
})

describe('the report', () => {
  const key = (id: SymptomId, of: 'result' | 'plain') => {
    const { measure, score } = symptoms.find((each) => each.id === id)!
    return readingKey({ of, measure, output: score })
  }
  const frames = (halo: readonly number[]): readonly MeasuredFrame[] =>
    halo.map((value, i) => ({
      frame: 10 * i,
      values: new Map([
        [key('halo', 'result'), value],
        [key('halo', 'plain'), 0.001],
      ]),
    }))
  const one = (title: string, halo: readonly number[], notes: readonly string[] = []) => {
    const measured = frames(halo)
    return { path: `${title}.json`, title, frames: measured, findings: findingsOf(symptoms, measured), notes }
  }
  const report: MeasureReport = {
    clip: 'clip <1>.mp4',
    frames: [0, 10, 20, 30],
    shots: [
      { first: 0, last: 14 },
      { first: 15, last: 35 },
    ],
    graphs: [
      one('Crisp', [0.05, 0.04, 0.002, 0.002]),
      one('Safe', [0.004, 0.004, 0.006, 0.006], ['Flicker is not measured.']),
    ],
    pictures: [
      {
        symptom: symptoms.find(({ id }) => id === 'halo')!,
        frame: 0,
        pictures: ['data:image/png;base64,AA', 'data:image/png;base64,BB'],
      },
    ],
    titles: new Map([['halo', 'Halo']]),
  }

  test('as text says what stands out of each, and shot by shot what B does better and worse', () => {
    const text = reportText(report)
    expect(text).toMatch(
      /Stands out of A, worst first:\n\s+Halo\s+0\.05 at frame 0 \(5 times the level, Bicubic 0\.001\)/,
    )
    expect(text).toContain('Nothing stands out of B.\n  Flicker is not measured.')
    expect(text).toContain('Frames 0–14\n  B is better in Halo (0.045 → 0.004).')
    expect(text).toContain('Frames 15–35\n  B is worse in Halo (0.002 → 0.006).')
  })

  test('as JSON holds every number and each shot', () => {
    const { shots, lanes, graphs } = reportJson(report)
    expect(graphs[0]?.standsOut).toMatchObject([{ measure: 'halo', frame: 0, worst: 0.05, bicubic: 0.001 }])
    expect(shots.map(({ first, rows }) => [first, rows[0]?.change])).toEqual([
      [0, 'better'],
      [15, 'worse'],
    ])
    expect(lanes.find(({ measure }) => measure === 'halo')?.graphs).toEqual([
      [0.05, 0.04, 0.002, 0.002],
      [0.004, 0.004, 0.006, 0.006],
    ])
  })

  test('as a page asks nothing of a network, and lets no name of a file become markup', () => {
    const html = reportHtml(report)
    expect(html).toContain('<svg')
    expect(html).toContain('data:image/png;base64,BB')
    expect(html).toContain('clip &lt;1&gt;.mp4')
    expect(html).not.toMatch(/https?:|<script|<link|url\(|@import|<1>/)
    expect(html.match(/class="cut"/g)).toHaveLength(1)
  })

  test('sets only what is told of the whole clip in bold, shot by shot', () => {
    const sets = (shot: readonly number[]) => {
      const combing = symptoms.find(({ id }) => id === 'combing')!
      const combed: readonly MeasuredFrame[] = shot.map((value, i) => ({
        frame: 10 * i,
        values: new Map([[readingKey({ of: combing.of, measure: combing.measure, output: combing.score }), value]]),
      }))
      const graph = { ...one('Crisp', []), frames: combed, findings: findingsOf(symptoms, combed) }
      return reportHtml({ ...report, graphs: [graph], pictures: [] }).match(/class="out"/g)?.length ?? 0
    }
    // One combed frame of four is a pattern of the scene’s own.
    expect(sets([0.1, 0.1, 0.1, 0.9])).toBe(0)
    expect(sets([0.9, 0.9, 0.1, 0.1])).toBe(1)
  })

  test('of one graph compares with nothing but Bicubic', () => {
    const alone = { ...report, graphs: report.graphs.slice(0, 1), pictures: [] }
    expect(reportText(alone)).not.toMatch(/\bB\b/)
    expect(reportHtml(alone)).not.toContain('B better')
  })
})
