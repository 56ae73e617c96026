import { expect, test } from 'vitest'
import { SampleMemory } from '../../../src/gpu/sample-memory.ts'

test('memory of the same size is used again, once at a time', () => {
  const memory = new SampleMemory()
  const first = memory.take(8)
  const second = memory.take(8)
  expect(second).not.toBe(first)
  memory.giveBack(first)
  expect(memory.take(12)).not.toBe(first)
  expect(memory.take(8)).toBe(first)
  expect(memory.take(8)).not.toBe(first)
})

test('no more than two are kept; what was given back first goes', () => {
  const memory = new SampleMemory()
  const all = [1, 2, 3].map((size) => memory.take(size))
  for (const each of all) memory.giveBack(each)
  expect([memory.take(1) === all[0], memory.take(2) === all[1], memory.take(3) === all[2]]).toEqual([false, true, true])
})
