import { describe, expect, test } from 'vitest'
import { FramesInFlight } from '../../../../src/engine/run/frames-in-flight.ts'

/** Runs of steps 0, 1, … at a frame. */
const tasks = (frame: number, ...steps: readonly number[]) => steps.map((at) => ({ at, frame }))
const nothing = () => []

/** What has come of a promise by now. */
async function state(promise: Promise<void> | undefined): Promise<'free' | 'waits' | 'done' | string> {
  if (!promise) return 'free'
  const waits = Symbol('waits')
  const now = await Promise.race([
    promise.then(
      () => 'done',
      (reason: Error) => reason.message,
    ),
    // After as many turns of the queue as a settled promise takes.
    Promise.resolve()
      .then(() => undefined)
      .then(() => undefined)
      .then(() => waits),
  ])
  return typeof now === 'symbol' ? 'waits' : (now ?? 'done')
}

describe('frames in flight', () => {
  test('take turns at each step, in the order in which they were begun', async () => {
    const flight = new FramesInFlight()
    const [first, second, third] = [flight.begin(4), flight.begin(5), flight.begin(6)]
    const [a, b] = [tasks(4, 0, 1), tasks(5, 0, 1)]
    first.plan(a, nothing)
    second.plan(b, nothing)
    third.plan(tasks(6, 1), nothing)
    expect(first.turn(0)).toBeUndefined()
    expect([await state(second.turn(0)), await state(second.turn(1))]).toEqual(['waits', 'waits'])
    first.passed(a[0]!)
    expect([await state(second.turn(0)), await state(second.turn(1))]).toEqual(['free', 'waits'])
    first.passed(a[1]!)
    expect([await state(second.turn(1)), await state(third.turn(1))]).toEqual(['free', 'waits'])
    const turn = third.turn(1)
    second.passed(b[1]!)
    expect([await state(turn), await state(third.turn(1))]).toEqual(['done', 'free'])
  })

  test('a step that runs several times for a frame is passed after the last', async () => {
    const flight = new FramesInFlight()
    const [first, second] = [flight.begin(0), flight.begin(1)]
    const [before, after] = [
      { at: 0, frame: 0 },
      { at: 0, frame: 1 },
    ]
    first.plan([before, after], nothing)
    second.plan(tasks(2, 0), nothing)
    first.passed(before)
    expect(await state(second.turn(0))).toBe('waits')
    first.passed(after)
    expect(await state(second.turn(0))).toBe('free')
  })

  test('a frame begun after another has ended waits for nothing', () => {
    const flight = new FramesInFlight()
    const first = flight.begin(0)
    first.plan(tasks(0, 0, 1), () => ['held'])
    first.end()
    const second = flight.begin(1)
    expect(second.arrivalOf('held')).toBeUndefined()
    second.plan(tasks(1, 0, 1), nothing)
    expect([second.turn(0), second.turn(1)]).toEqual([undefined, undefined])
  })

  test('what an earlier frame will leave is known as soon as it begins', async () => {
    const flight = new FramesInFlight()
    const first = flight.begin(0)
    first.plan(tasks(0, 0), () => ['held'])
    const second = flight.begin(1)
    const coming = second.arrivalOf('held')
    expect([await state(coming), second.arrivalOf('other')]).toEqual(['waits', undefined])
    first.settle('held')
    expect(await state(coming)).toBe('done')
    expect(flight.begin(2).arrivalOf('held')).toBeUndefined()
  })

  test('no later frame comes past the steps that a broken one did not run', async () => {
    const flight = new FramesInFlight()
    const first = flight.begin(0)
    const ran = tasks(0, 0, 1, 2)
    first.plan(ran, ({ at }) => (at === 1 ? ['held'] : []))
    const second = flight.begin(1)
    const coming = second.arrivalOf('held')
    second.plan(tasks(1, 0, 1, 2), nothing)
    first.passed(ran[0]!)
    first.end({ error: new Error('the model is broken') })
    expect([await state(second.turn(0)), await state(second.turn(1)), await state(second.turn(2))]).toEqual([
      'free',
      'the model is broken',
      'the model is broken',
    ])
    expect(await state(coming)).toBe('the model is broken')
  })

  test('nor does one begun after it broke, until none that was made beside it is under way', async () => {
    const flight = new FramesInFlight()
    const [first, broken] = [flight.begin(4), flight.begin(5)]
    first.plan(tasks(4, 0, 1), nothing)
    broken.plan(tasks(5, 0, 1), nothing)
    for (const task of tasks(4, 0, 1)) first.passed(task)
    broken.end({ error: new Error('broken') })
    const later = flight.begin(6)
    later.plan(tasks(6, 0, 1), nothing)
    expect(await state(later.turn(1))).toBe('broken')
    later.end({ error: new Error('broken') })
    first.end()
    const another = flight.begin(7)
    another.plan(tasks(7, 0, 1), nothing)
    expect(another.turn(0)).toBeUndefined()
  })

  test('tell the earliest and the latest moment that any of them is at', () => {
    const flight = new FramesInFlight()
    const [first, second] = [flight.begin(3), flight.begin(7)]
    expect(flight.moments).toEqual([3, 7])
    first.end()
    second.moment = 8
    expect(flight.moments).toEqual([8, 8])
  })
})
