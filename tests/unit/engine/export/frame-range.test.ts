import { describe, expect, test } from 'vitest'
import { beginOf, frameCount, frameOf, frameRange, numbersIn } from '../../../../src/engine/export/frame-range.ts'

/** Ten frames a second; frames 20 to 69 after the trim, the first of them at 2 s. */
const clock = {
  node: null,
  first: 20,
  last: 69,
  time: (index: number) => ({ index, timestamp: index / 10, duration: 0.1 }),
}

describe('the frames that an export asks for', () => {
  test.each([
    ['all', {}, 20, 69],
    ['from a time after the trim on', { start: 1 }, 30, 69],
    ['of a time between two frames, the one on screen then', { start: 1.05 }, 30, 69],
    ['of a duration', { start: 1, duration: 0.5 }, 30, 34],
    ['of a duration longer than the clip', { duration: 60 }, 20, 69],
    ['at most so many', { start: 4.7, frames: 2 }, 67, 68],
    ['at most so many, where fewer are left', { start: 4.8, frames: 9 }, 68, 69],
    ['the last', { start: 4.95 }, 69, 69],
    ['by their numbers in the result', { range: { first: 3, next: 8 } }, 23, 27],
    ['by numbers beyond the end, up to that', { range: { first: 48, next: 500 } }, 68, 69],
  ])('%s', (_, request, first, last) => {
    const range = frameRange(clock, request)
    expect(range).toEqual({ first, last })
    expect(frameCount(range!)).toBe(last - first + 1)
  })

  test.each([
    ['from beyond the end', { start: 5 }],
    ['of no duration', { duration: 0 }],
    ['of no frames', { frames: 0 }],
    ['of numbers that no frame has', { range: { first: 50, next: 60 } }],
    ['of numbers that end before they begin', { range: { first: 5, next: 5 } }],
  ])('%s: none', (_, request) => {
    expect(frameRange(clock, request)).toBeNull()
  })
})

test('a frame has the number and the time that it has in the whole, and a file begins with its first', () => {
  const range = { first: 23, last: 27 }
  expect(numbersIn(clock, range)).toEqual({ first: 3, next: 8 })
  const { index, time } = frameOf(clock, 3)
  expect([index, time.index]).toEqual([23, 3])
  expect(time.timestamp).toBeCloseTo(0.3)
  expect(beginOf(clock, range, false)).toEqual({ frame: 3, seconds: 0.3 })
  expect(beginOf(clock, range, true)).toEqual({ frame: 0, seconds: 0 })
})
