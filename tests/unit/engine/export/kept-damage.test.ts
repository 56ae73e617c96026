import { expect, test } from 'vitest'
import { KeptDamage } from '../../../../src/engine/export/kept-damage.ts'
import type { FlatId } from '../../../../src/graph/document/document.ts'
import { DamageLog } from '../../../../src/media/damage.ts'
import { MemorySegments } from '../../../../src/media/encoders/memory-segments.ts'
import { steadyTimeline } from '../../../../src/media/timeline.ts'
import type { SegmentStore } from '../../../../src/media/types.ts'

const node = 'decode' as FlatId
const damageOf = (): DamageLog => new DamageLog('clip.mp4', steadyTimeline(100, 25), [])
const keeping = (damage: DamageLog): KeptDamage => new KeptDamage(new Map([[node, { damage }]]))

async function keep(store: SegmentStore, first: number, next: number): Promise<void> {
  await (await store.begin(first)).finish(next)
}

test('what one run met is told by the next as well, once each', async () => {
  const [first, second] = [damageOf(), damageOf()]
  const store = new MemorySegments()
  const own = keeping(first).beside(store)
  first.hold(3, 2)
  await keep(own, 0, 24)
  first.patch(30)
  first.leaveTraces()
  first.stretch(31, 32, 24)
  await keep(own, 24, 48)
  second.hold(60, 59)
  await keeping(second).recall([store, store])
  expect(second.record()).toEqual({
    held: [
      [60, 59],
      [3, 2],
    ],
    patched: [30],
    traces: true,
    stretched: [[31, 32, 24]],
  })
  expect(second.notes()[0]).toMatch(/2 frames could not be decoded/)
})

test('it lies beside the segment that it concerns, and nothing lies beside one without', async () => {
  const damage = damageOf()
  const store = new MemorySegments()
  const own = keeping(damage).beside(store)
  await keep(own, 0, 24)
  expect(await store.annotations()).toEqual(new Map())
  damage.hold(30, 29)
  const segment = await own.begin(24)
  damage.hold(31, 29)
  await segment.finish(48)
  await keep(own, 48, 72)
  const kept = [...(await store.annotations())].map(([name, text]) => [name, JSON.parse(text)])
  expect(kept).toEqual([
    [
      'damage-24',
      {
        decode: {
          held: [
            [30, 29],
            [31, 29],
          ],
          patched: [],
          traces: false,
          stretched: [],
        },
      },
    ],
  ])
})

test('what is kept of an earlier run is not kept again, and that of a source that is gone is passed over', async () => {
  const damage = damageOf()
  const store = new MemorySegments()
  // As earlier versions wrote it, without sizes.
  const record = { held: [[5, 4]], patched: [], traces: false }
  await store.annotate('damage-0', JSON.stringify({ decode: record, other: record }))
  await store.annotate('encoder', JSON.stringify(['A sentence.']))
  const kept = keeping(damage)
  await kept.recall([store])
  await keep(kept.beside(store), 24, 48)
  expect([...(await store.annotations()).keys()]).toEqual(['damage-0', 'encoder'])
  expect([...damage.standIns]).toEqual([[5, 4]])
})
