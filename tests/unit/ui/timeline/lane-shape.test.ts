import { describe, expect, test } from 'vitest'
import { numberDesc } from '../../../../src/graph/node/ports.ts'
import { gapsOf, laneScale } from '../../../../src/ui/timeline/lane-shape.ts'

const none = Number.NaN
const scale = (values: readonly number[], desc = numberDesc()) => laneScale({ values: new Float32Array(values), desc })

describe('the scale of a lane', () => {
  test('is what the number lies within while nothing is measured', () => {
    expect(scale([none], numberDesc({ min: 2, max: 8 }))).toEqual([2, 8])
    expect(scale([])).toEqual([0, 1])
  })

  test('begins at 0 for what cannot be below it, unless low is what is looked for', () => {
    expect(scale([none, 2, 4], numberDesc({ min: 0, max: 100 }))[0]).toBe(0)
    expect(scale([none, 20, 40], numberDesc({ min: 0, worst: 'lowest' }))[0]).toBeCloseTo(18.4, 3)
  })

  test('has room above and below, also where the number never changes', () => {
    const [low, high] = scale([-10, 10])
    expect([low, high]).toEqual([expect.closeTo(-11.6, 3), expect.closeTo(11.6, 3)])
    expect(scale([5, 5])).toEqual([4.5, 5.5])
  })

  test('of marks is from 0 to 1', () => {
    expect(scale([0, 0, 0], numberDesc({ isMark: true }))).toEqual([0, 1])
  })
})

test('frames without a number are told as runs', () => {
  expect(gapsOf(new Float32Array([none, none, 1, none, 2, none]))).toEqual([
    [0, 2],
    [3, 4],
    [5, 6],
  ])
  expect(gapsOf(new Float32Array([1, 2]))).toEqual([])
})
