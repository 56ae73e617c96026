import { describe, expect, test } from 'vitest'
import { SeriesStore } from '../../../../src/engine/measure/series-store.ts'

const clip = { first: 10, last: 13 }

describe('numbers of whole clips', () => {
  test('are told frame by frame; what was not set is not a number', () => {
    const store = new SeriesStore(1000)
    expect(store.find('a')).toBeUndefined()
    store.set('a', clip, 12, 0.5)
    store.set('a', clip, 10, 2)
    expect(store.find('a')).toEqual({ first: 10, values: new Float32Array([2, Number.NaN, 0.5, Number.NaN]) })
  })

  test('go, the least recently used first, once there is no room for another', () => {
    const store = new SeriesStore(2 * 4 * 4)
    store.set('a', clip, 10, 1)
    store.set('b', clip, 10, 2)
    store.find('a')
    store.set('c', clip, 10, 3)
    expect(['a', 'b', 'c'].map((name) => store.find(name) !== undefined)).toEqual([true, false, true])
    expect(store.bytes).toBe(32)
  })

  test('are kept even where one alone is larger than the room', () => {
    const store = new SeriesStore(8)
    store.set('a', clip, 10, 1)
    store.set('b', clip, 11, 2)
    expect(store.find('a')).toBeUndefined()
    expect(store.find('b')?.values[1]).toBe(2)
  })
})
