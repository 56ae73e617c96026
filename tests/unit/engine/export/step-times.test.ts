import { describe, expect, test } from 'vitest'
import { StepTimes } from '../../../../src/engine/export/step-times.ts'
import type { PlanStep } from '../../../../src/graph/plan/execution-plan.ts'

const [decode, model] = [{ nodes: ['decode'] }, { nodes: ['model'] }] as unknown as [PlanStep, PlanStep]

describe('the times of steps', () => {
  test('add up over frames, with what ran them last', async () => {
    const times = new StepTimes()
    const frame = (milliseconds: number, note?: string) =>
      times.addFrame(
        Promise.resolve([
          { step: decode, milliseconds, waiting: 500, runtime: undefined },
          {
            step: model,
            milliseconds: 2 * milliseconds,
            waiting: 0,
            runtime: { runtime: 'wasm', ...(note ? { note } : {}) },
          },
        ]),
      )
    frame(250)
    frame(750, 'Tile shrunk to 256.')
    await times.settled()
    expect(times.report()).toEqual([
      { nodes: ['decode'], seconds: 1, waitingSeconds: 1 },
      { nodes: ['model'], seconds: 2, waitingSeconds: 0, runtime: 'wasm', note: 'Tile shrunk to 256.' },
    ])
  })

  test('that cannot be read are told of at the end, not before', async () => {
    const times = new StepTimes()
    times.addFrame(Promise.reject(new Error('the buffer is gone')))
    times.addFrame(Promise.resolve([]))
    await expect(times.settled()).rejects.toThrow('the buffer is gone')
  })
})
