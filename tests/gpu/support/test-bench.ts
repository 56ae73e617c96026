/** What a file of tests has to itself: a GPU that is there from its first test to its last, and a photograph to move. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type Bench, openBench } from '../harness.ts'
import { openPhoto, type Photo } from './moving-photo.ts'

/** What `open` gives before the first test, under a name that the head of the file can hold: its members, one by one. */
export function fromTheFirstTestOn<T extends object>(open: () => Promise<T>): T {
  let value: T | undefined
  beforeAll(async () => {
    value = await open()
  })
  return new Proxy({} as T, {
    get(_target, name) {
      if (!value) throw new Error('it is there from the first test on')
      return Reflect.get(value, name)
    },
  })
}

/** To be called at the head of a file. Each test of it fails that leaves a validation error. */
export function benchFor<B extends Bench>(open: () => Promise<B>, close: (bench: B) => void | Promise<void>): B {
  const bench = fromTheFirstTestOn(open)
  afterEach(() => expect(bench.takeErrors()).toEqual([]))
  afterAll(() => close(bench))
  return bench
}

/** A GPU alone. Benches with models and with families of them stand in `models-support.ts` and `models-dial-support.ts`. */
export const testBench = (): Bench => benchFor(openBench, (bench) => bench.close())

/** The same for the photograph that `moving-photo.ts` moves. */
export function testPhoto(): Photo {
  return fromTheFirstTestOn(() => openPhoto())
}
