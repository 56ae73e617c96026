/** The export queue without a browser: the engine is played, the journal and the places are in memory. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ExportReport, ExportRequest, Outcome, OutputTarget } from '../../../../src/engine/door/api.ts'
import type { ExportJournal, JobRecord } from '../../../../src/ui/store/export-journal.ts'
import { type ExportEngine, ExportQueue, type NewExport } from '../../../../src/ui/store/export-queue.ts'
import type { ExportPlaces } from '../../../../src/ui/store/export-targets.ts'
import { text } from '../../../../src/ui/text/text.ts'
import { id, sketch, specs } from '../../graph/specs.ts'

beforeAll(() => void vi.stubGlobal('localStorage', { getItem: () => null }))
afterAll(() => void vi.unstubAllGlobals())

const document = sketch({ scale: {} }, [])
const sink = id('writer')

const newExport = (fileName: string, target: OutputTarget = { kind: 'store' }): NewExport => ({
  graph: 'Default',
  clip: 'clip.mp4',
  request: { document, outputs: { [sink]: { fileName, target } } },
})

const report = (state: ExportReport['state'], frames = 10): Outcome<ExportReport> => ({
  ok: true,
  value: {
    state,
    frames,
    outputs: {},
    seconds: 1,
    steps: [],
    peakTextureBytes: 0,
    planPeakBytes: 0,
    rebuilds: 0,
    notes: [],
  },
})

/** An export that ends when the test says so. */
interface Run {
  readonly request: ExportRequest
  progress(frame: number): void
  end(outcome: Outcome<ExportReport>): void
  fail(error: Error): void
}

function playedPage() {
  const runs: Run[] = []
  const calls: string[] = []
  const segments = new Map<string, number>()
  const engine: ExportEngine = {
    export: (request, onProgress) =>
      new Promise((resolve, reject) => {
        runs.push({
          request,
          progress: (frame) => onProgress({ frame, frames: 10, rate: 1, elapsedSeconds: 1, remaining: 1 }),
          end: resolve,
          fail: reject,
        })
      }),
    pauseExport: async () => void calls.push('pause'),
    cancelExport: async () => void calls.push('cancel'),
    keptExports: async () => [...segments].map(([job, frames]) => ({ job, frames })),
    dropExport: async (job) => {
      calls.push('drop')
      segments.delete(job)
    },
    takeOutput: async (name) => new File(['film'], name),
    releaseOutput: async (name) => void calls.push(`release ${name}`),
    assetFacts: async () => ({ ok: false, problems: [] }),
  }
  const records = new Map<string, JobRecord>()
  const claims = new Set<string>()
  const journal: ExportJournal = {
    note: async (record) => void records.set(record.id, record),
    forget: async (job) => void records.delete(job),
    records: async () => [...records.values()],
    claim: async (job) => {
      if (claims.has(job)) return null
      claims.add(job)
      return { release: () => void claims.delete(job) }
    },
  }
  const answers = { mayWrite: true, target: { kind: 'store' } as Awaited<ReturnType<ExportPlaces['chooseTarget']>> }
  const places: ExportPlaces = {
    chooseFolder: async () => answers.target,
    chooseTarget: async () => answers.target,
    forsakeTarget: async ({ kind }) => void calls.push(`forsake ${kind}`),
    mayWrite: async () => answers.mayWrite,
  }
  const warnings: boolean[] = []
  const page = { journal, places, warnBeforeLeaving: (on: boolean) => void warnings.push(on) }
  const open = () => new ExportQueue(engine, specs, page)
  return { queue: open(), open, runs, calls, records, claims, segments, answers, warnings }
}

const kinds = (queue: ExportQueue) => queue.jobs.map(({ state }) => state.kind)
const runsOf = async (runs: readonly Run[], count: number): Promise<Run> => {
  await vi.waitFor(() => expect(runs).toHaveLength(count))
  return runs[count - 1]!
}

/** A file handle as the picker would give it; the queue only reads its name. */
const fileTarget = (name: string): OutputTarget => ({ kind: 'file', handle: { name } as FileSystemFileHandle })

test('one runs at a time, in the order of asking, and the page warns as long as any runs', async () => {
  const { queue, runs, records, warnings } = playedPage()
  await queue.add([newExport('a.mp4'), newExport('a.mp4')])
  const first = await runsOf(runs, 1)
  expect(kinds(queue)).toEqual(['running', 'waiting'])
  expect(warnings).toEqual([true])
  first.progress(4)
  expect(queue.jobs[0]).toMatchObject({ framesDone: 4, frames: 10 })
  first.end(report('done'))
  const second = await runsOf(runs, 2)
  expect(kinds(queue)).toEqual(['done', 'running'])
  expect(second.request.outputs[sink]?.fileName).toBe('a (2).mp4')
  second.end(report('done'))
  await vi.waitFor(() => expect(warnings.at(-1)).toBe(false))
  expect([...records.values()].map(({ report: noted }) => noted?.state)).toEqual(['done', 'done'])
})

test('a name that another tab writes to is not taken', async () => {
  const { open, queue, runs } = playedPage()
  await queue.add([newExport('Film.mp4')])
  const other = open()
  await other.add([newExport('film.mp4')])
  await runsOf(runs, 2)
  expect(runs[1]?.request.outputs[sink]?.fileName).toBe('film (2).mp4')
})

describe('what is asked of a running export', () => {
  test('a pause keeps its frames, and going on runs the same job again', async () => {
    const { queue, runs, calls } = playedPage()
    await queue.add([newExport('a.mp4')])
    const first = await runsOf(runs, 1)
    const job = queue.jobs[0]!.id
    await queue.pause(job)
    await queue.pause(job)
    expect(calls).toEqual(['pause'])
    first.end(report('paused', 6))
    await vi.waitFor(() => expect(kinds(queue)).toEqual(['paused']))
    expect(queue.jobs[0]?.framesDone).toBe(6)
    await queue.resume(job)
    expect((await runsOf(runs, 2)).request.job).toBe(job)
  })

  test('a cancellation leaves nothing: no frames, no record, no empty file', async () => {
    const { queue, runs, calls, records } = playedPage()
    await queue.add([newExport('a.mp4', fileTarget('a.mp4'))])
    const run = await runsOf(runs, 1)
    await queue.cancel(queue.jobs[0]!.id)
    run.end(report('cancelled', 3))
    await vi.waitFor(() => expect(records.size).toBe(0))
    expect(kinds(queue)).toEqual(['cancelled'])
    expect(queue.jobs[0]?.framesDone).toBe(0)
    expect(calls).toEqual(['cancel', 'forsake file', 'drop'])
  })
})

test('a failure tells why, counts what is still there, and does not hold up the next one', async () => {
  const { queue, runs, segments } = playedPage()
  await queue.add([newExport('a.mp4'), newExport('b.mp4')])
  const run = await runsOf(runs, 1)
  const [first] = queue.jobs
  segments.set(first!.id, 5)
  run.progress(8)
  run.fail(new Error('the encoder ended'))
  await runsOf(runs, 2)
  const state = queue.jobs[0]?.state
  expect(state?.kind === 'failed' && state.problems[0]?.message).toBe(text.exporting.stopped('the encoder ended'))
  expect(queue.jobs[0]?.framesDone).toBe(5)
})

test('a clip that is no longer open stops its export before the engine is asked', async () => {
  const { queue, runs } = playedPage()
  const clip = sketch({ clip: {} }, [])
  await queue.add([{ ...newExport('a.mp4'), request: { ...newExport('a.mp4').request, document: clip } }])
  await vi.waitFor(() => expect(kinds(queue)).toEqual(['failed']))
  const state = queue.jobs[0]?.state
  expect(state?.kind === 'failed' && state.missingFiles).toEqual(['movie'])
  expect(runs).toHaveLength(0)
})

test('without permission it fails with the file named; with another place it goes on', async () => {
  const { queue, runs, answers } = playedPage()
  await queue.add([newExport('a.mp4', fileTarget('a.mp4'))])
  const run = await runsOf(runs, 1)
  const job = queue.jobs[0]!.id
  await queue.pause(job)
  run.end(report('paused'))
  await vi.waitFor(() => expect(kinds(queue)).toEqual(['paused']))
  answers.mayWrite = false
  await queue.resume(job)
  const state = queue.jobs[0]?.state
  expect(state?.kind === 'failed' && state.problems[0]?.message).toBe(text.exporting.notAllowed('a.mp4'))
  answers.target = 'dismissed'
  await queue.writeElsewhere(job)
  expect(kinds(queue)).toEqual(['failed'])
  answers.target = fileTarget('b.mp4')
  await queue.writeElsewhere(job)
  expect((await runsOf(runs, 2)).request.outputs[sink]?.fileName).toBe('b.mp4')
})

test('what an earlier page left comes back paused, and what nobody noted is dropped', async () => {
  const { queue, open, runs, claims, segments, calls } = playedPage()
  await queue.add([newExport('a.mp4')])
  await runsOf(runs, 1)
  const job = queue.jobs[0]!.id
  segments.set(job, 7)
  segments.set('nobody', 3)
  const other = open()
  expect(await other.recall()).toBe(0)
  claims.clear()
  const later = open()
  expect(await later.recall()).toBe(1)
  expect(later.jobs).toMatchObject([{ id: job, framesDone: 7, fromEarlier: true, state: { kind: 'paused' } }])
  expect(calls).toEqual(['drop'])
  expect(segments.has('nobody')).toBe(false)
})

test('an export taken off the list lets go of its files and its claim', async () => {
  const { queue, runs, calls, claims, records } = playedPage()
  await queue.add([newExport('a.mp4')])
  const run = await runsOf(runs, 1)
  const job = queue.jobs[0]!.id
  await queue.remove(job)
  expect(queue.jobs).toHaveLength(1)
  run.end(report('done'))
  await vi.waitFor(() => expect(kinds(queue)).toEqual(['done']))
  await queue.remove(job)
  expect(queue.jobs).toHaveLength(0)
  expect(calls).toEqual(['release a.mp4', 'drop'])
  expect([claims.size, records.size]).toEqual([0, 0])
})
