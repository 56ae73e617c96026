import { describe, expect, test } from 'vitest'
import { frameCount, frameRange } from '../../../../src/engine/export/frame-range.ts'

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
  ])('%s', (_, request, first, last) => {
    const range = frameRange(clock, request)
    expect(range).toEqual({ first, last })
    expect(frameCount(range!)).toBe(last - first + 1)
  })

  test.each([
    ['from beyond the end', { start: 5 }],
    ['of no duration', { duration: 0 }],
    ['of no frames', { frames: 0 }],
  ])('%s: none', (_, request) => {
    expect(frameRange(clock, request)).toBeNull()
  })
})
