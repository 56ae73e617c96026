import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SignsOfLife } from '../../../src/media/signs-of-life.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.advanceTimersByTime(10_000)
})
afterEach(() => {
  vi.useRealTimers()
})

const limits = { readings: 2, slack: 50 }

test('are given now and then while a file is read', () => {
  const tell = vi.fn()
  const signs = new SignsOfLife(tell, limits)
  signs.read(1, 100)
  signs.read(1, 100)
  expect(tell).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(499)
  signs.read(1, 100)
  expect(tell).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1)
  signs.read(1, 100)
  expect(tell).toHaveBeenCalledTimes(2)
})

test('end where a file is read again and again, and come back with the next run', () => {
  const tell = vi.fn()
  const signs = new SignsOfLife(tell, limits)
  signs.read(250, 100)
  vi.advanceTimersByTime(1000)
  signs.read(1, 100)
  expect(tell).toHaveBeenCalledTimes(1)
  signs.begin()
  signs.read(1, 100)
  expect(tell).toHaveBeenCalledTimes(2)
})
