import { expect, it } from 'vitest'
import {
  inOrderOfFrames,
  interpolations,
  isKeyframe,
  type Keyframe,
  numberAt,
} from '../../../../src/graph/node/keyframes.ts'
import { param } from '../../../../src/graph/node/params.ts'
import { checkParam } from '../../../../src/graph/node/values.ts'

const key = (frame: number, value: number, next: Keyframe['next'] = 'linear'): Keyframe => ({ frame, value, next })

it('stays at its first value before the first key and at its last behind the last', () => {
  const keys = [key(10, 0.5), key(20, 1)]
  expect([0, 10, 20, 99].map((frame) => numberAt(keys, frame))).toEqual([0.5, 0.5, 1, 1])
  expect(numberAt([], 3)).toBe(undefined)
})

it('holds, goes straight, and bends without leaving what lies between its keys', () => {
  expect([10, 15, 19, 20].map((frame) => numberAt([key(10, 1, 'hold'), key(20, 3)], frame))).toEqual([1, 1, 1, 3])
  expect([10, 15, 18].map((frame) => numberAt([key(10, 1), key(20, 3)], frame))).toEqual([1, 2, 2.6])
  const bent = [key(0, 0, 'smooth'), key(4, 1, 'smooth'), key(8, 1, 'smooth'), key(12, 0)]
  const along = Array.from({ length: 13 }, (_, frame) => numberAt(bent, frame)!)
  // Level at either end and at the turn; the cubic's middle is the mean of the two.
  expect(along[2]).toBeCloseTo(0.5, 10)
  expect(along.slice(4, 9)).toEqual([1, 1, 1, 1, 1])
  expect(Math.max(...along)).toBeLessThanOrEqual(1)
  expect(Math.min(...along)).toBeGreaterThanOrEqual(0)
  // By the formula: slopes 0 at 0, and harmonic mean of 1/4 and 1/2, that is 1/3, at 4.
  const rising = [key(0, 0, 'smooth'), key(4, 1, 'smooth'), key(8, 3)]
  expect(numberAt(rising, 2)).toBeCloseTo(0.5 - (4 * (1 / 3)) / 8, 10)
})

it('takes keys in any order, the later of two at one frame', () => {
  expect(inOrderOfFrames([key(9, 1), key(3, 2), key(9, 4)])).toEqual([key(3, 2), key(9, 4)])
})

it('has no values between which it would become infinite', () => {
  expect([3.4e38, 3.5e38, -1e308].map((value) => isKeyframe(key(0, value)))).toEqual([true, false, false])
  for (const next of interpolations) {
    const widest = [key(0, 3.4e38, next), key(1, -3.4e38, next), key(3, 3.4e38, next), key(9, 3.4e38, next)]
    const along = Array.from({ length: 10 }, (_, frame) => numberAt(widest, frame)!)
    expect(Math.max(...along.map(Math.abs))).toBeLessThanOrEqual(3.4001e38)
  }
})

it.each([
  [7, 'Keys: key 1 must have a "frame", a "value" and a "next", but is 7.'],
  [{ ...key(0, 1), frame: -1 }, 'Keys: the frame of key 1 must be a whole number from 0, but is -1.'],
  [{ ...key(0, 1), frame: 1.5 }, 'Keys: the frame of key 1 must be a whole number from 0, but is 1.5.'],
  [key(0, 1.7e308), 'Keys: the value of key 1 must be a number from -3.4e38 to 3.4e38, but is 1.7e+308.'],
  [{ ...key(0, 1), value: null }, 'Keys: the value of key 1 must be a number from -3.4e38 to 3.4e38, but is null.'],
  [{ ...key(0, 1), next: 'bent' }, 'Keys: the next of key 1 must be one of hold, linear, smooth, but is "bent".'],
  [
    { ...key(0, 1), ease: 1 },
    'Keys: key 1 must have a "frame", a "value" and a "next" alone, but is ["frame","value","next","ease"].',
  ],
])('%j is no key, and it is told what of it is wrong', (wrong, sentence) => {
  expect(checkParam(param.keys('Keys', { default: [] }), [wrong])).toBe(sentence)
})
