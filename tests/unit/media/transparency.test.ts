import { expect, test } from 'vitest'
import { SamplesInStep } from '../../../src/media/transparency.ts'

interface Sample {
  readonly time: number
  close(): void
}

/** Samples of these moments; `closed` says which were closed, `ended` whether nobody reads on. */
function setUp(...times: readonly number[]) {
  const closed: number[] = []
  const outcome = { closed, hasEnded: false }
  async function* samples(): AsyncGenerator<Sample, void, unknown> {
    try {
      for (const time of times) yield { time, close: () => void closed.push(time) }
    } finally {
      outcome.hasEnded = true
    }
  }
  return { inStep: new SamplesInStep(samples(), ({ time }) => time), outcome }
}

test('goes along to the moment that is asked for, and closes what lies before it', async () => {
  const { inStep, outcome } = setUp(0, 0.04, 0.08)
  expect((await inStep.at(0))?.time).toBe(0)
  expect((await inStep.at(0))?.time).toBe(0)
  expect((await inStep.at(0.0805))?.time).toBe(0.08)
  expect(outcome.closed).toEqual([0, 0.04])
})

test('keeps one that comes later for its own moment', async () => {
  const { inStep, outcome } = setUp(0.04)
  expect(await inStep.at(0)).toBeNull()
  expect((await inStep.at(0.04))?.time).toBe(0.04)
  inStep.release()
  expect(outcome.closed).toEqual([0.04])
  expect([await inStep.at(0.04), await inStep.at(0.08)]).toEqual([null, null])
})

test('leaves nothing open when it ends, also where one is awaited', async () => {
  const { inStep, outcome } = setUp(0, 0.04, 0.08)
  await inStep.at(0)
  const next = inStep.at(0.04)
  await inStep.end()
  await next
  expect(outcome).toEqual({ closed: [0, 0.04], hasEnded: true })
  expect(await inStep.at(0.08)).toBeNull()
})
