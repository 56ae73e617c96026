import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SharedUntilIdle } from '../../../src/media/shared-until-idle.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Numbered things; `closed` says which have ended. */
function setUp() {
  const closed: number[] = []
  const spent = new Set<number>()
  let opened = 0
  const shared = new SharedUntilIdle<number>({
    open() {
      opened += 1
      return opened
    },
    close: (one) => void closed.push(one),
    isSpent: (one) => spent.has(one),
    linger: 100,
  })
  return { shared, closed, spent }
}

test('is one for all who need it at the same time, and stays a while for the next', () => {
  const { shared, closed } = setUp()
  const [first, second] = [shared.borrow(), shared.borrow()]
  expect([first.resource, second.resource]).toEqual([1, 1])
  first.giveBack()
  vi.advanceTimersByTime(1000)
  expect(closed).toEqual([])
  second.giveBack()
  vi.advanceTimersByTime(99)
  const third = shared.borrow()
  vi.advanceTimersByTime(1000)
  expect([third.resource, closed]).toEqual([1, []])
})

test('is closed once nobody has needed it for so long, and opened anew', () => {
  const { shared, closed } = setUp()
  shared.borrow().giveBack()
  vi.advanceTimersByTime(100)
  expect(closed).toEqual([1])
  expect(shared.borrow().resource).toBe(2)
})

test('one that is spent is closed when the next is asked for, and who still has it gives back nothing of that', () => {
  const { shared, closed, spent } = setUp()
  const first = shared.borrow()
  spent.add(1)
  const second = shared.borrow()
  expect([second.resource, closed]).toEqual([2, [1]])
  first.giveBack()
  vi.advanceTimersByTime(1000)
  expect(closed).toEqual([1])
  second.giveBack()
  vi.advanceTimersByTime(100)
  expect(closed).toEqual([1, 2])
})
