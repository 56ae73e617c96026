import { describe, expect, test } from 'vitest'
import { Pace } from '../../../../src/engine/export/pace.ts'

function paceAt(done: number, frames: number) {
  const clock = { milliseconds: 5000 }
  const pace = new Pace(done, frames, () => clock.milliseconds)
  const tell = (frame: number, after: number) => {
    clock.milliseconds += after
    return pace.tell(frame)
  }
  return { pace, tell }
}

describe('pace', () => {
  test('tells the rate, and how long the others take', () => {
    const { tell, pace } = paceAt(0, 10)
    expect(tell(1, 500)).toEqual({ frame: 1, frames: 10, rate: 2, elapsedSeconds: 0.5, remaining: 4.5 })
    expect(pace.seconds).toBe(0.5)
  })

  test('does not count what was there before as quick', () => {
    expect(paceAt(90, 100).tell(91, 1000)).toMatchObject({ rate: 1, remaining: 9 })
  })

  test('is quiet between two tellings, but not at the end', () => {
    const { tell } = paceAt(0, 3)
    expect(tell(1, 200)).toBeDefined()
    expect(tell(2, 50)).toBeUndefined()
    expect(tell(3, 10)).toMatchObject({ frame: 3, remaining: 0 })
  })

  test('forgets how slow the beginning was', () => {
    const { tell } = paceAt(0, 100)
    tell(1, 10_000)
    for (let frame = 2; frame < 40; frame++) tell(frame, 250)
    expect(tell(40, 250)!.rate).toBeCloseTo(4, 1)
  })
})
