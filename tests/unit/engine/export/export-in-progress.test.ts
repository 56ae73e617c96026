/** An export on an executor and sinks that only write down what they are asked for. */
import { describe, expect, test, vi } from 'vitest'
import type { ExportProgress } from '../../../../src/engine/door/api.ts'
import { ExportInProgress, type ExportInProgressParts } from '../../../../src/engine/export/export-in-progress.ts'
import { ExportSinks } from '../../../../src/engine/export/export-sinks.ts'
import { DeviceLostError } from '../../../../src/engine/run/errors.ts'
import type { FrameResult } from '../../../../src/engine/run/executor.ts'
import type { FrameRequest, StepReport } from '../../../../src/engine/run/frame-run.ts'
import type { AnySink, PreparedGraph } from '../../../../src/engine/run/prepared-graph.ts'
import type { Windows } from '../../../../src/engine/run/window-cache.ts'
import type { FlatId } from '../../../../src/graph/document/document.ts'
import type { PlanStep } from '../../../../src/graph/plan/execution-plan.ts'
import type { SegmentStore, SinkReport } from '../../../../src/media/types.ts'

const [encode, also] = ['encode', 'also'] as FlatId[] as [FlatId, FlatId]
const stepOf = (node: FlatId) => ({ nodes: [node] }) as unknown as PlanStep
const decodeStep = stepOf('decode' as FlatId)
const sinkReport = (bytes: number) => ({ bytes }) as unknown as SinkReport

/** Four frames a second; the clip's frames from 2 on are the result's from 0 on. */
const clock = {
  node: null,
  first: 2,
  last: 99,
  time: (index: number) => ({ index, timestamp: index / 4, duration: 1 / 4 }),
}

function setUp(given: Partial<ExportInProgressParts> = {}) {
  const frames: FrameRequest[] = []
  const released: number[] = []
  const ends: string[] = []
  const lost = new AbortController()
  const errors: string[] = []
  const executor = {
    async run(_: PreparedGraph, request: FrameRequest): Promise<FrameResult> {
      frames.push(request)
      return {
        time: clock.time(request.index),
        targets: new Map(),
        numbers: async () => new Map(),
        drivenNumbers: () => Promise.resolve({}),
        checked: async () => undefined,
        reports: async () => [{ step: decodeStep, milliseconds: 250, waiting: 0, runtime: undefined } as StepReport],
        [Symbol.dispose]: () => void released.push(request.index),
      }
    },
  }
  const sinks = new ExportSinks()
  for (const node of [encode, also]) {
    sinks.add(node, {
      finish: async () => {
        ends.push(`finish ${node}`)
        return sinkReport(7)
      },
      keep: async () => void ends.push(`keep ${node}`),
      abort: async () => void ends.push(`abort ${node}`),
      dispose: () => void ends.push(`dispose ${node}`),
    } as unknown as AnySink)
  }
  const parts: ExportInProgressParts = {
    live: { lossSignal: lost.signal },
    executor,
    preparedGraph: { clock } as unknown as PreparedGraph,
    windows: {} as Windows,
    gpuErrors: { take: () => errors.splice(0), [Symbol.dispose]: () => undefined },
    keptFrames: { stores: new Map(), range: { first: 0, next: 8 }, runs: [{ first: 0, next: 8 }], doneCount: 0 },
    sinks,
    places: [encode, also].map((node) => ({ node, step: stepOf(node), frameRate: 4 })),
    framesInFlight: 1,
    ...given,
  }
  const told: ExportProgress[] = []
  const pause = new AbortController()
  const cancel = new AbortController()
  const run = new ExportInProgress(parts)
  const render = (enough?: (rendered: number) => boolean) =>
    run.render({
      signal: cancel.signal,
      pause: pause.signal,
      onProgress: (progress) => told.push(progress),
      ...(enough ? { enough } : {}),
    })
  return { run, render, frames, released, ends, told, pause, cancel, lost, errors, sinks }
}

const stores = new Map([[encode, {} as SegmentStore]])

describe('an export that runs', () => {
  test('makes each frame once, in order, by its place in the clip and in the result', async () => {
    const { run, render, frames, released, told, sinks } = setUp()
    expect(await render()).toBe('rendered')
    expect(frames.map(({ index }) => index)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    expect(frames[0]!.sinks!.time).toEqual({ index: 0, timestamp: 0, duration: 0.25 })
    expect(frames[7]!.sinks!.time).toEqual({ index: 7, timestamp: 1.75, duration: 0.25 })
    expect(frames[0]!.sinks!.instances).toBe(sinks.instances)
    expect(released).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    expect(told.at(-1)).toMatchObject({ frame: 8, frames: 8, remaining: 0 })
    expect(run.framesMade).toBe(8)
  })

  test('makes only what is not kept, and counts what is', async () => {
    const runs = [
      { first: 2, next: 4 },
      { first: 7, next: 8 },
    ]
    const { run, render, frames, told } = setUp({
      keptFrames: { stores, range: { first: 2, next: 8 }, runs, doneCount: 3 },
    })
    await render()
    expect(frames.map(({ index }) => index)).toEqual([4, 5, 9])
    expect(frames.map(({ sinks }) => sinks!.time.index)).toEqual([2, 3, 7])
    expect(run.framesAsked).toBe(6)
    expect(told.at(-1)).toMatchObject({ frame: 6, frames: 6 })
  })

  test('ends with its files whole, and adds up what the steps took', async () => {
    const { run, render, ends } = setUp()
    await render()
    expect(await run.finish()).toEqual({ [encode]: sinkReport(7), [also]: sinkReport(7) })
    expect(ends).toEqual(['finish encode', 'finish also'])
    expect(run.steps[0]).toEqual({ nodes: ['decode'], seconds: 2, waitingSeconds: 0 })
    expect(run.steps.map(({ nodes }) => nodes[0])).toEqual(['decode', 'encode', 'also'])
  })

  test('ends early where a trial has seen enough', async () => {
    const { render, frames } = setUp()
    expect(await render((rendered) => rendered === 3)).toBe('rendered')
    expect(frames).toHaveLength(3)
  })
})

describe('an export that is stopped', () => {
  test('pauses before the next frame, and keeps what it has made', async () => {
    const { run, render, frames, ends, pause, sinks } = setUp({
      keptFrames: { stores, range: { first: 0, next: 8 }, runs: [{ first: 0, next: 8 }], doneCount: 0 },
    })
    const end = await render((rendered) => {
      if (rendered === 3) pause.abort()
      return false
    })
    expect([end, frames.length, run.framesMade]).toEqual(['paused', 3, 3])
    expect(ends).toEqual(['keep encode', 'dispose encode', 'keep also', 'dispose also'])
    await sinks[Symbol.asyncDispose]()
    expect(ends).toHaveLength(4)
  })

  test('goes on where nothing could be kept', async () => {
    const { render, frames, pause } = setUp()
    pause.abort()
    expect(await render()).toBe('rendered')
    expect(frames).toHaveLength(8)
  })

  test('gives the reason for which it was cancelled, and leaves nothing behind', async () => {
    const { render, frames, cancel, ends, sinks } = setUp()
    const reason = new DOMException('the export was cancelled', 'AbortError')
    const end = render((rendered) => {
      if (rendered === 2) cancel.abort(reason)
      return false
    })
    await expect(end).rejects.toBe(reason)
    expect(frames).toHaveLength(2)
    await sinks[Symbol.asyncDispose]()
    expect(ends).toEqual(['abort encode', 'abort also', 'dispose encode', 'dispose also'])
  })

  test('does not wait for a device that is lost', async () => {
    const { render, lost } = setUp({ executor: { run: () => new Promise(() => undefined) } })
    const end = render()
    lost.abort(new DeviceLostError('gone'))
    await expect(end).rejects.toMatchObject({ code: 'device-lost' })
  })

  test('believes no frame that the graphics processor complained of', async () => {
    const { render, errors, frames, released } = setUp()
    errors.push('buffer too small')
    await expect(render()).rejects.toThrow('the graphics processor refused the work: buffer too small')
    expect([frames.length, released.length]).toEqual([1, 1])
  })
})

describe('an export of several frames side by side', () => {
  /** An executor whose frames end when they are told to. */
  function byHand() {
    const under = new Map<number, { resolve: (result: FrameResult) => void; reject: (reason: unknown) => void }>()
    const executor = {
      run: (_: PreparedGraph, { index, signal }: FrameRequest) =>
        new Promise<FrameResult>((resolve, reject) => {
          under.set(index, { resolve, reject })
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        }),
    }
    const result = {
      reports: async () => [],
      checked: async () => undefined,
      [Symbol.dispose]: () => undefined,
    } as unknown as FrameResult
    /** Lets everybody who can go on do so. */
    const settle = async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    }
    return {
      executor,
      under: () => [...under.keys()],
      async end(index: number) {
        under.get(index)!.resolve(result)
        under.delete(index)
        await settle()
      },
      async fail(index: number, reason: unknown) {
        under.get(index)!.reject(reason)
        await settle()
      },
      settle,
    }
  }

  test('begins as many as it may, and the next when the oldest is made', async () => {
    const hand = byHand()
    const { run, render, told } = setUp({ executor: hand.executor, framesInFlight: 3 })
    const end = render()
    await hand.settle()
    expect(hand.under()).toEqual([2, 3, 4])
    await hand.end(3)
    expect([hand.under(), run.framesMade]).toEqual([[2, 4], 0])
    await hand.end(2)
    expect([hand.under(), run.framesMade]).toEqual([[4, 5, 6], 2])
    for (const index of [4, 5, 6, 7, 8, 9]) await hand.end(index)
    expect(await end).toBe('rendered')
    expect(told.at(-1)).toMatchObject({ frame: 8, frames: 8 })
  })

  test('pauses when those that were begun are made', async () => {
    const hand = byHand()
    const kept = { stores, range: { first: 0, next: 8 }, runs: [{ first: 0, next: 8 }], doneCount: 0 }
    const { run, render, ends, pause } = setUp({ executor: hand.executor, framesInFlight: 2, keptFrames: kept })
    const end = render()
    await hand.settle()
    pause.abort()
    await hand.end(2)
    expect([hand.under(), ends]).toEqual([[3], []])
    await hand.end(3)
    expect([await end, run.framesMade]).toEqual(['paused', 2])
    expect(ends).toEqual(['keep encode', 'dispose encode', 'keep also', 'dispose also'])
  })

  test('tells the failure of the earliest frame, and ends when none is under way', async () => {
    const hand = byHand()
    const { render } = setUp({ executor: hand.executor, framesInFlight: 3 })
    const end = render()
    const ended = vi.fn()
    end.catch(ended)
    await hand.settle()
    await hand.fail(3, new Error('second'))
    expect(ended).not.toHaveBeenCalled()
    await hand.fail(2, new Error('first'))
    await expect(end).rejects.toThrow('first')
  })

  test('cancels all of them', async () => {
    const hand = byHand()
    const { render, cancel } = setUp({ executor: hand.executor, framesInFlight: 3 })
    const end = render()
    await hand.settle()
    const reason = new DOMException('the export was cancelled', 'AbortError')
    cancel.abort(reason)
    await expect(end).rejects.toBe(reason)
  })
})

test('what cannot be removed keeps no other sink from ending', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const ends: string[] = []
  const sink = (name: string, abort: () => Promise<void>) =>
    ({ abort, dispose: () => void ends.push(name) }) as unknown as AnySink
  const sinks = new ExportSinks()
  sinks.add(
    encode,
    sink('encode', () => Promise.reject(new Error('the folder is gone'))),
  )
  sinks.add(
    also,
    sink('also', async () => void ends.push('abort also')),
  )
  await sinks[Symbol.asyncDispose]()
  expect(ends).toEqual(['abort also', 'encode', 'also'])
  expect(logged).toHaveBeenCalledWith('Something half-written could not be removed:', new Error('the folder is gone'))
  logged.mockRestore()
})
