import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bytesText, pieceJson, pieceText, type Rendered, summaryJson, summaryText } from '../../../src/cli/summary.ts'
import type { ExportReport } from '../../../src/engine/door/api.ts'
import type { FlatId } from '../../../src/graph/document/document.ts'
import { parseGraph } from '../../../src/graph/file/read.ts'
import { loadSpecs } from '../../../src/host/node-specs.ts'

const specs = await loadSpecs()
const parsed = parseGraph(readFileSync(new URL('../../../public/graphs/bicubic.json', import.meta.url), 'utf8'), specs)
if (!parsed.ok) throw new Error(parsed.error.message)
const { document } = parsed
const node = (id: string) => id as FlatId

const report = {
  ...{ state: 'done', frames: 24, seconds: 8, rebuilds: 0, notes: ['A note of the run.'] },
  ...{ peakTextureBytes: 3e6, planPeakBytes: 2e6 },
  steps: [
    { nodes: [node('decode'), node('bicubic')], seconds: 1.234, waitingSeconds: 0.004 },
    { nodes: [node('encode')], seconds: 12.5, waitingSeconds: 0.5, runtime: 'wasm', note: 'in tiles' },
  ],
  outputs: {
    encode: {
      ...{ kind: 'video', width: 640, height: 360, frames: 24, videoCodec: 'avc', audioCodec: 'aac' },
      ...{ audioCopied: true, encoder: 'libx264 of ffmpeg 7', notes: ['A note of the file.'] },
    },
  },
} as unknown as ExportReport

const rendered = (change: Partial<Rendered> = {}): Rendered => ({
  ...{ document, specs, report, warnings: [], notes: ['A note of the clip.'] },
  status: {
    ...{ adapter: { description: 'Graphics', software: true, maxTextureSize: 8192 }, reason: null },
    ...{ isolated: true, wasmThreads: 4, rebuilds: 0 },
  },
  files: [{ node: node('encode'), path: 'out/enhanced.mp4', bytes: 1_234_567 }] as unknown as Rendered['files'],
  ...change,
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9_949, '9.9 kB'],
  [12_345, '12 kB'],
  [1_234_567, '1.2 MB'],
  [5e15, '5000 TB'],
])('%d bytes are told as %s', (bytes, told) => {
  expect(bytesText(bytes)).toBe(told)
})

describe('a render', () => {
  test('tells people what was written, how, and what took the time', () => {
    expect(summaryText(rendered()).split('\n')).toEqual([
      'Wrote out/enhanced.mp4',
      '  640×360, 24 frames, 1.2 MB, avc, sound aac (copied)',
      '  Encoded by: libx264 of ffmpeg 7',
      '  A note of the file.',
      'A note of the run.',
      'Took 8.0 s (3.00 frames/s) on Graphics, of which:',
      '  Decode + Bicubic   1.23 s',
      '  Encode            12.50 s  and 0.50 s of waiting; on wasm; in tiles',
      '',
    ])
  })

  test('tells of pictures by the first and the last, of a frame as one, and of a GPU that was lost', () => {
    const files = [1, 2, 3].map((n) => ({ node: node('encode'), path: `out/p-000${n}.png`, bytes: 1000 }))
    const [encode] = Object.values(report.outputs)
    const one = { ...report, rebuilds: 1, outputs: { encode: { ...encode, frames: 1, audioCodec: null } } }
    const text = summaryText(rendered({ report: one as ExportReport, files: files as unknown as Rendered['files'] }))
    expect(text).toContain('Wrote out/p-0001.png … p-0003.png (3 files)\n  640×360, 1 frame, 3.0 kB, avc\n')
    expect(text).toContain('The GPU was lost once; everything was rebuilt.')
    expect(summaryText(rendered({ report: { ...report, rebuilds: 2 } }))).toContain('The GPU was lost 2 times;')
  })

  test('tells of numbers their mean, where nearly all of them lie, and the worst', () => {
    const numbers = [
      { title: 'Halo', unit: '%', mean: 1.23456, percentile95: 3, worst: { value: 4.1, frame: 7, time: 0.29 } },
      // Where less is worse.
      { title: 'PSNR', unit: '', mean: 40, percentile95: 36, worst: { value: 31, frame: 2, time: 0.08 } },
      { title: 'Text', unit: '', mean: null, percentile95: null, worst: null },
    ]
    const outputs = { report: { kind: 'numbers', numbers, notes: [] } }
    const files = [{ node: node('report'), path: 'out/numbers.csv', bytes: 10 }] as unknown as Rendered['files']
    const text = summaryText(rendered({ report: { ...report, outputs } as unknown as ExportReport, files }))
    expect(text).toContain('  Halo: mean 1.235 %, 95 % of the frames up to 3 %, worst 4.1 % at frame 7 (0.29 s)\n')
    expect(text).toContain('  PSNR: mean 40, 95 % of the frames from 36, worst 31 at frame 2 (0.08 s)\n')
    expect(text).toContain('  Text: no frame has a number\n')
  })

  test('tells programs the same, with the titles of the nodes and the files of each output', () => {
    expect(summaryJson(rendered())).toMatchObject({
      ...{ ok: true, exitCode: 0, frames: 24, seconds: 8, framesPerSecond: 3, rebuilds: 0, wasmThreads: 4 },
      outputs: [{ node: 'encode', width: 640, files: [{ path: 'out/enhanced.mp4', bytes: 1_234_567 }] }],
      steps: [{ titles: ['Decode', 'Bicubic'] }, { titles: ['Encode'], runtime: 'wasm' }],
      notes: ['A note of the clip.', 'A note of the run.'],
    })
  })
})

test('a piece is told by its number, its frames and its place', () => {
  const piece = { ...rendered(), piece: { index: 1, of: 3 }, parts: 'pieces' }
  expect(pieceText(piece)).toBe('Piece 2 of 3: its 24 frames are kept in pieces; took 8.0 s.\n')
  expect(pieceText({ ...piece, report: { ...report, frames: 1 } })).toContain('its 1 frame is kept')
  expect(pieceText({ ...piece, report: { ...report, frames: 0 } })).toBe(
    'Piece 2 of 3 holds no frames: there are fewer segments than pieces.\n',
  )
  expect(pieceJson(piece)).toMatchObject({ ok: true, shard: 2, shards: 3, parts: 'pieces', frames: 24 })
})
