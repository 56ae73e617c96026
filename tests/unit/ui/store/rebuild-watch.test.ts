import { expect, test, vi } from 'vitest'
import type { EngineStatus } from '../../../../src/engine/door/api.ts'
import { RebuildWatch } from '../../../../src/ui/store/rebuild-watch.ts'

test('a rebuilt engine is told of once, and asked every three seconds at most', async () => {
  const engine = { rebuilds: 0 } as { -readonly [Key in keyof EngineStatus]: EngineStatus[Key] }
  let now = 1000
  const refreshStatus = vi.fn(async () => undefined)
  const told = vi.fn()
  const watch = new RebuildWatch({ getState: () => ({ engine }) as never, refreshStatus }, told, () => now)
  await watch.look()
  expect(told).not.toHaveBeenCalled()
  engine.rebuilds = 1
  now = 4000
  await watch.look()
  expect(refreshStatus).toHaveBeenCalledTimes(1)
  now = 4001
  await watch.look()
  now = 9000
  await watch.look()
  expect(refreshStatus).toHaveBeenCalledTimes(3)
  expect(told).toHaveBeenCalledTimes(1)
})
