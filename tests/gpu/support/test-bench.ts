/** What a file of tests has to itself: a GPU that is there from its first test to its last, and a photograph to move. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type Bench, openBench } from '../harness.ts'
import { openPhoto, type Photo } from './moving-photo.ts'

function fromTheFirstTestOn<T>(open: () => Promise<T>): () => T {
  let value: { readonly of: T } | undefined
  beforeAll(async () => {
    value = { of: await open() }
  })
  return () => {
    if (!value) throw new Error('it is there from the first test on')
    return value.of
  }
}

/** To be called at the head of a file. Each test of it fails that leaves a validation error. */
export function testBench(): Bench {
  const bench = fromTheFirstTestOn(openBench)
  afterEach(() => expect(bench().takeErrors()).toEqual([]))
  afterAll(() => bench().close())
  return {
    get gpu() {
      return bench().gpu
    },
    get recorder() {
      return bench().recorder
    },
    takeErrors: () => bench().takeErrors(),
    close: () => bench().close(),
  }
}

/** The same for the photograph that `moving-photo.ts` moves. */
export function testPhoto(): Photo {
  const photo = fromTheFirstTestOn(() => openPhoto())
  return {
    get width() {
      return photo().width
    },
    get height() {
      return photo().height
    },
    at: (x, y) => photo().at(x, y),
  }
}
