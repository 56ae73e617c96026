import { describe, expect, test, vi } from 'vitest'
import type { ExportReport, ExportRequest, Outcome } from '../../../../src/engine/door/api.ts'
import { Exports, type ExportWork } from '../../../../src/engine/export/exports.ts'
import type { ExportParts, ExportSignals } from '../../../../src/engine/export/run-export.ts'
import { DeviceLostError } from '../../../../src/engine/run/errors.ts'
import type { Live } from '../../../../src/engine/run/live.ts'

const request = { outputs: {}, job: 'job-1' } as unknown as ExportRequest
const report = (state: ExportReport['state']): Outcome<ExportReport> => ({
  ok: true,
  value: {
    state,
    outputs: {},
    frames: 1,
    seconds: 1,
    steps: [],
    peakTextureBytes: 0,
    planPeakBytes: 0,
    rebuilds: 0,
    notes: [],
  },
})

/** Runs until it is stopped or told to end. */
function setUp() {
  const device = { rebuilds: 0, ready: async () => ({}) as Live }
  const dropped: string[] = []
  const parts = { dropJob: async (job: string) => void dropped.push(job) } as unknown as ExportParts
  const running: { end(outcome: Outcome<ExportReport>): void; fail(error: unknown): void; signals: ExportSignals }[] =
    []
  const estimates: AbortSignal[] = []
  const work: ExportWork = {
    run: (_live, _parts, _request, _onProgress, signals) =>
      new Promise((resolve, reject) => {
        running.push({ end: resolve, fail: reject, signals })
        signals.cancel.addEventListener('abort', () => resolve(report('cancelled')))
        signals.pause.addEventListener('abort', () => resolve(report('paused')))
      }),
    estimate: async (_live, _parts, _request, signal) => {
      estimates.push(signal)
      return { ok: true, value: { state: 'superseded' } }
    },
  }
  const exports = new Exports(device, parts, work)
  const begin = async () => {
    const done = exports.export(request, () => undefined)
    await vi.waitFor(() => expect(running.length).toBeGreaterThan(0))
    return { done, run: running.pop()! }
  }
  return { exports, begin, device, dropped, estimates }
}

describe('exports', () => {
  test('run one at a time', async () => {
    const { exports, begin } = setUp()
    const { done, run } = await begin()
    expect(await exports.export(request, () => undefined)).toMatchObject({
      ok: false,
      problems: [{ message: 'An export is running already.', hint: 'Wait for it, or cancel it.' }],
    })
    run.end(report('done'))
    expect(await done).toEqual(report('done'))
    const next = await begin()
    next.run.end(report('done'))
    expect(await next.done).toEqual(report('done'))
  })

  test('a cancelled one leaves nothing of its job; a paused one does', async () => {
    const { exports, begin, dropped } = setUp()
    const first = await begin()
    exports.pause()
    expect(await first.done).toEqual(report('paused'))
    expect(dropped).toEqual([])
    const second = await begin()
    exports.cancel()
    expect(await second.done).toEqual(report('cancelled'))
    expect(dropped).toEqual(['job-1'])
  })

  test('tell how often the device was lost meanwhile, and that the file is not finished where it was', async () => {
    const { begin, device } = setUp()
    device.rebuilds = 2
    const first = await begin()
    device.rebuilds = 3
    first.run.end(report('done'))
    expect(await first.done).toMatchObject({ ok: true, value: { rebuilds: 1 } })
    const second = await begin()
    second.run.fail(new DeviceLostError('gone'))
    expect(await second.done).toMatchObject({
      ok: false,
      problems: [{ message: 'The graphics processor was lost during the export, so the file was not finished.' }],
    })
  })

  test('end an estimate, as another estimate does; none begins beside an export', async () => {
    const { exports, begin, estimates } = setUp()
    await exports.estimate(request)
    await exports.estimate(request)
    expect(estimates.map(({ aborted }) => aborted)).toEqual([true, false])
    const { done, run } = await begin()
    expect(estimates[1]?.aborted).toBe(true)
    await exports.estimate(request)
    expect(estimates[2]?.aborted).toBe(true)
    run.end(report('done'))
    await done
  })

  test('are cancelled when the session closes', async () => {
    const { exports, begin } = setUp()
    const { done, run } = await begin()
    exports.close()
    expect((await done).ok && run.signals.cancel.reason.message).toBe('the session was closed')
  })
})
