import { expect, it } from 'vitest'
import { withHoldsAt, withKeyAt, withKeyChanged, withoutKeyAt } from '../../../../src/graph/node/key-edits.ts'
import type { Keyframe } from '../../../../src/graph/node/keyframes.ts'

const keys: readonly Keyframe[] = [
  { frame: 0, value: 0, next: 'hold' },
  { frame: 10, value: 2, next: 'linear' },
  { frame: 20, value: 4, next: 'smooth' },
]

it('sets a key on the curve as it is, going on as the curve did there', () => {
  expect(withKeyAt(keys, 15, 9)).toEqual([...keys.slice(0, 2), { frame: 15, value: 3, next: 'linear' }, keys[2]])
  expect(withKeyAt(keys, 4, 9)).toEqual([keys[0], { frame: 4, value: 0, next: 'hold' }, ...keys.slice(1)])
  expect(withKeyAt(keys, 10, 9)).toEqual(keys)
  expect(withKeyAt([], 3, 9)).toEqual([{ frame: 3, value: 9, next: 'linear' }])
})

it('moves a key among the others, onto one of them in its place, and changes nothing where there is none', () => {
  expect(withKeyChanged(keys, 10, { frame: 25 })).toEqual([keys[0], keys[2], { frame: 25, value: 2, next: 'linear' }])
  expect(withKeyChanged(keys, 10, { frame: 20 })).toEqual([keys[0], { frame: 20, value: 2, next: 'linear' }])
  expect(withKeyChanged(keys, 10, { value: -1 })[1]).toEqual({ frame: 10, value: -1, next: 'linear' })
  expect(withKeyChanged(keys, 11, { value: -1 })).toEqual(keys)
})

it('takes a key away', () => {
  expect(withoutKeyAt(keys, 0)).toEqual(keys.slice(1))
})

it('holds by shot: a key on the curve at each cut, and nothing moves before the next', () => {
  expect(withHoldsAt(keys, [10, 15])).toEqual([
    keys[0],
    { frame: 10, value: 2, next: 'hold' },
    { frame: 15, value: 3, next: 'hold' },
    keys[2],
  ])
  // What led up to a cut no longer does.
  expect(withHoldsAt(keys.slice(1), [15])).toEqual([
    { frame: 10, value: 2, next: 'hold' },
    { frame: 15, value: 3, next: 'hold' },
    keys[2],
  ])
  expect(withHoldsAt(keys, [])).toEqual(keys)
})
