import { describe, expect, it } from 'vitest'
import { BlobWindow } from '../../../src/media/blob-window.ts'
import { numberStatistics } from '../../../src/media/number-statistics.ts'
import { createNumbersSink } from '../../../src/media/numbers-sink.ts'
import type { Segment } from '../../../src/media/segments.ts'
import type { NumberColumn, OutputFiles, SegmentStore } from '../../../src/media/types.ts'

const columns: readonly NumberColumn[] = [
  { title: 'Halo · Score', worst: 'highest' },
  { title: 'PSNR, luma', unit: 'dB', worst: 'lowest' },
]

function files() {
  const written = new Map<string, string>()
  const output: OutputFiles = {
    async open(fileName) {
      let text = ''
      return {
        write: async (_, bytes) => {
          text += new TextDecoder().decode(bytes)
        },
        close: async () => undefined,
        commit: async () => void written.set(fileName, text),
        discard: async () => undefined,
      }
    },
  }
  return { output, written }
}

function store() {
  const kept = new Map<number, { readonly segment: Segment; readonly text: string }>()
  const segments: SegmentStore = {
    list: async () => [...kept.values()].map(({ segment }) => segment),
    remove: async (gone) => gone.forEach(({ first }) => void kept.delete(first)),
    async begin(first) {
      let text = ''
      return {
        append: async (bytes) => {
          text += new TextDecoder().decode(bytes)
        },
        finish: async (next) => void kept.set(first, { segment: { first, next }, text }),
        discard: async () => undefined,
      }
    },
    read: async ({ first }) => new BlobWindow(new Blob([kept.get(first)!.text])),
    annotate: async () => undefined,
    annotations: async () => new Map(),
  }
  return { segments, kept }
}

const later = (value: number) => new Promise<number>((resolve) => setTimeout(() => resolve(value), 1))

it('writes a row a frame, in order though the numbers come later, and leaves out what is none', async () => {
  const { output, written } = files()
  const sink = createNumbersSink({ output, fileName: 'report.csv', columns })
  await sink.write(0, 0, [later(0.25), Promise.resolve(40)])
  await sink.write(1, 0.04, [Promise.resolve(0.5), Promise.resolve(Number.NaN)])
  const report = await sink.finish()
  expect(written.get('report.csv')).toBe(
    'frame,seconds,Halo · Score,"PSNR, luma (dB)"\r\n0,0.000000,0.25,40\r\n1,0.040000,0.5,\r\n',
  )
  expect(report).toMatchObject({ kind: 'numbers', frames: 2, fileName: 'report.csv' })
  expect(report.notes).toEqual(['PSNR, luma has no number at 1 frame of 2; they are left empty, and out of its mean.'])
})

it.each([
  ['a file at once', undefined],
  ['segments', 3],
])('waits in no call for the numbers of that call: %s', async (_, perSegment) => {
  const { output, written } = files()
  const kept = perSegment === undefined ? {} : { segments: { store: store().segments, perSegment } }
  const sink = createNumbersSink({ output, fileName: 'r.csv', columns: columns.slice(0, 1), ...kept })
  for (let index = 0; index < 200; index++) {
    let arrive: (value: number) => void = () => undefined
    const due = new Promise<number>((resolve) => {
      arrive = resolve
    })
    await sink.write(index, index, [due])
    arrive(index)
  }
  expect(await sink.finish()).toMatchObject({ frames: 200, numbers: [{ mean: 99.5 }] })
  expect(written.get('r.csv')?.split('\r\n')).toHaveLength(202)
})

it('keeps a spreadsheet from taking a title for a formula', async () => {
  const { output, written } = files()
  const sink = createNumbersSink({ output, fileName: 'a.CSV', columns: [{ title: '=1+1', worst: 'highest' }] })
  await sink.write(0, 0, [Promise.resolve(1)])
  await sink.finish()
  expect(written.get('a.CSV')).toContain("frame,seconds,'=1+1\r\n")
})

it('keeps its rows in segments, goes on from them, and writes the table of one that was never broken off', async () => {
  const whole = files()
  const unbroken = createNumbersSink({ output: whole.output, fileName: 'r.json', columns })
  const { segments, kept } = store()
  const parts = files()
  const open = () =>
    createNumbersSink({
      output: parts.output,
      fileName: 'r.json',
      columns,
      segments: { store: segments, perSegment: 3 },
    })
  const write = (sink: ReturnType<typeof open>, index: number) =>
    sink.write(index, index / 25, [later(index), Promise.resolve(index === 4 ? Number.NaN : 40 - index)])
  for (let index = 0; index < 8; index++) await write(unbroken, index)
  const first = open()
  for (let index = 0; index < 5; index++) await write(first, index)
  await first.keep()
  expect([...kept.values()].map(({ segment }) => segment)).toEqual([
    { first: 0, next: 3 },
    { first: 3, next: 5 },
  ])
  const second = open()
  for (let index = 5; index < 8; index++) await write(second, index)
  const report = await second.finish()
  expect(report).toEqual(await unbroken.finish())
  expect(parts.written).toEqual(whole.written)
})

describe('statistics', () => {
  const rows = Array.from({ length: 40 }, (_, frame) => ({ frame, time: frame / 10, values: [frame, 60 - frame] }))

  it('counts towards the worse end of the scale', () => {
    expect(numberStatistics(columns[0]!, rows, 0)).toEqual({
      title: 'Halo · Score',
      frames: 40,
      mean: 19.5,
      percentile95: 37,
      worst: { frame: 39, time: 3.9, value: 39 },
    })
    expect(numberStatistics(columns[1]!, rows, 1)).toMatchObject({
      unit: 'dB',
      percentile95: 23,
      worst: { frame: 39, value: 21 },
    })
  })

  it('has none where no frame has a number, and names the first of several worst frames', () => {
    expect(numberStatistics(columns[0]!, [{ frame: 0, time: 0, values: [Number.NaN] }], 0)).toMatchObject({
      frames: 0,
      mean: null,
      percentile95: null,
      worst: null,
    })
    const level = [3, 7, 7].map((value, frame) => ({ frame, time: 0, values: [value] }))
    expect(numberStatistics(columns[0]!, level, 0).worst?.frame).toBe(1)
  })
})
