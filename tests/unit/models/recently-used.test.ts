import { expect, test } from 'vitest'
import { RecentlyUsed } from '../../../src/models/recently-used.ts'

test('what was asked for longest ago makes room', () => {
  const values = new RecentlyUsed<string>(2)
  expect([values.put('a', 'A'), values.put('b', 'B')]).toEqual([[], []])
  expect(values.get('a')).toBe('A')
  expect(values.put('c', 'C')).toEqual(['B'])
  expect([values.get('a'), values.get('b'), values.get('c')]).toEqual(['A', undefined, 'C'])
})

test('one that is put in place of another hands that out', () => {
  const values = new RecentlyUsed<string>(2)
  values.put('a', 'A')
  values.put('b', 'B')
  expect(values.put('a', 'A2')).toEqual(['A'])
  expect(values.put('c', 'C')).toEqual(['B'])
})

test('sizes count where they are told, and one beyond the limit does not stay', () => {
  const values = new RecentlyUsed<number>(10, (size) => size)
  values.put('four', 4)
  values.put('five', 5)
  expect(values.put('three', 3)).toEqual([4])
  expect(values.put('eleven', 11)).toEqual([5, 3, 11])
  expect(values.takeAll()).toEqual([])
})

test('all are handed out at the end', () => {
  const values = new RecentlyUsed<string>(2)
  values.put('a', 'A')
  values.put('b', 'B')
  expect([values.takeAll(), values.takeAll(), values.get('a')]).toEqual([['A', 'B'], [], undefined])
})
