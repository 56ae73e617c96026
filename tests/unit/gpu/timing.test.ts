import { expect, test } from 'vitest'
import { PassSlots, timeByStep } from '../../../src/gpu/timing.ts'

test('passes count for the step they are attributed to, those of none not at all', () => {
  const slots = new PassSlots()
  expect(slots.take()).toBeUndefined()
  slots.attribute(3)
  expect([slots.take(), slots.take()]).toEqual([0, 1])
  slots.attribute(undefined)
  expect(slots.take()).toBeUndefined()
  slots.attribute(1)
  expect(slots.take()).toBe(2)
  expect(slots.drain()).toEqual([3, 3, 1])
  expect([slots.take(), slots.drain()]).toEqual([0, [1]])
})

test('cleared, as after a failed frame, neither passes nor a step are left', () => {
  const slots = new PassSlots()
  slots.attribute(3)
  slots.take()
  slots.clear()
  expect([slots.take(), slots.drain()]).toEqual([undefined, []])
})

test('no more passes are counted than there is room for', () => {
  const slots = new PassSlots()
  slots.attribute(0)
  const taken = Array.from({ length: 130 }, () => slots.take())
  expect(taken.slice(126)).toEqual([126, 127, undefined, undefined])
})

test('times are summed by step, in milliseconds; a clock that ran backwards counts as none', () => {
  const stamps = BigUint64Array.from([0n, 2_000_000n, 5_000_000n, 5_500_000n, 9_000_000n, 1_000_000n])
  expect([...timeByStep([7, 7, 2], stamps)]).toEqual([
    [7, 2.5],
    [2, 0],
  ])
})
