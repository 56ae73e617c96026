import { expect, test } from 'vitest'
import type { Engine } from '../../../../src/engine/door/api.ts'
import type { MediaFacts } from '../../../../src/graph/node/facts.ts'
import { createFactsStore } from '../../../../src/ui/store/facts-store.ts'

const file = new File(['frames'], 'film.ts')
const facts = (frameCount: number, counting?: true) =>
  ({ frameCount, ...(counting ? { counting } : {}) }) as unknown as MediaFacts

/** An engine with one medium, whose frames are counted each time it is added: `counts` end that. */
function countingEngine() {
  const counts: ((frames: number) => void)[] = []
  const engine = {
    addAsset: async (_: string, id: string) => ({ ok: true, value: { ref: { id }, facts: facts(90, true) } }),
    assetFacts: () =>
      new Promise((resolve) => {
        counts.push((frames) => resolve({ ok: true, value: facts(frames) }))
      }),
  } as unknown as Engine
  return { store: createFactsStore(engine), counts }
}

const settled = () => new Promise((resolve) => setTimeout(resolve))

test('a clip is known while its frames are counted, and stands for another once they are', async () => {
  const { store, counts } = countingEngine()
  await store.add('media', [file])
  expect(store.getState().assets.media.get('film.ts')).toEqual({ state: 'known', facts: facts(90, true) })
  const { replacements: replaced } = store.getState()
  counts[0]!(100)
  await settled()
  expect(store.getState().assets.media.get('film.ts')).toEqual({ state: 'known', facts: facts(100) })
  expect(store.getState().replacements).toBe(replaced + 1)
})

test('a count that ends after the name was given anew is not believed', async () => {
  const { store, counts } = countingEngine()
  await store.add('media', [file])
  await store.add('media', [file])
  counts[0]!(70)
  await settled()
  expect(store.getState().assets.media.get('film.ts')).toEqual({ state: 'known', facts: facts(90, true) })
  counts[1]!(100)
  await settled()
  expect(store.getState().assets.media.get('film.ts')).toEqual({ state: 'known', facts: facts(100) })
})
