/** What is kept of results, what makes room, and when each goes back to the pool. */
import { beforeEach, expect, test } from 'vitest'
import { ResultCache } from '../../../../src/engine/run/result-cache.ts'
import type { Lease } from '../../../../src/gpu/types.ts'
import type { ImageDesc } from '../../../../src/graph/node/ports.ts'
import { wholeOf } from '../../../../src/graph/plan/region.ts'

const desc: ImageDesc = { type: 'image', format: 'rgba16float', frameRate: 10, width: 5, height: 3 }
const bytes = 5 * 3 * 8

let lent: Set<string>
let cache: ResultCache
beforeEach(() => {
  lent = new Set()
  cache = new ResultCache(bytes * 2)
})

function put(key: string, sparing?: number) {
  expect(lent.has(key)).toBe(false)
  lent.add(key)
  const lease: Lease<GPUTexture> = { value: {} as GPUTexture, [Symbol.dispose]: () => void lent.delete(key) }
  return cache.put(key, lease, { desc, part: wholeOf(desc) }, sparing)
}
const keep = (key: string, sparing?: number) => put(key, sparing)[Symbol.dispose]()

test('it keeps to its budget, sparing what is pinned', () => {
  const pinned = put('a')
  keep('b')
  keep('c')
  expect(cache.bytes).toBe(bytes * 2)
  expect(cache.get('b')).toBeUndefined()
  const read = cache.get('c')
  expect(read).toBeDefined()
  pinned[Symbol.dispose]()
  cache.clear()
  expect(cache.bytes).toBe(0)
  expect([...lent], 'a pinned picture outlives the clearing').toEqual(['c'])
  read?.[Symbol.dispose]()
  expect([...lent]).toEqual([])
})

test('what was used last stays longest, and asking whether something is there is no use', () => {
  keep('a')
  keep('b')
  cache.get('a')?.[Symbol.dispose]()
  expect(cache.has('b')).toBe(true)
  keep('c')
  expect([...lent]).toEqual(['a', 'c'])
})

test('a sparing newcomer takes the room of old results only, and stays out where there is none', () => {
  keep('old')
  const mark = cache.mark()
  keep('edited')
  keep('ahead 1', mark)
  expect([...lent]).toEqual(['edited', 'ahead 1'])
  keep('ahead 2', mark)
  expect([...lent]).toEqual(['edited', 'ahead 1'])
  expect(cache.bytes).toBe(bytes * 2)
})

test('a second picture of a key goes back at once; a pin counts once, however often it is let go of', () => {
  const first = put('a')
  const givenBack: string[] = []
  const again = cache.put(
    'a',
    { value: {} as GPUTexture, [Symbol.dispose]: () => void givenBack.push('again') },
    { desc, part: wholeOf(desc) },
  )
  expect([givenBack, again.picture, cache.bytes]).toEqual([['again'], first.picture, bytes])
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  cache.setBudget(0)
  expect([...lent], 'the other still looks at it').toEqual(['a'])
  again[Symbol.dispose]()
  expect([...lent]).toEqual([])
})

test('only what is named is retained', () => {
  keep('a')
  keep('b')
  cache.retain(new Set(['b']))
  expect([[...lent], cache.bytes]).toEqual([['b'], bytes])
})
