import { expect, test, vi } from 'vitest'
import type { EngineStatus } from '../../../src/engine/door/api.ts'
import type { GpuKind } from '../../../src/host/browser.ts'
import { startOnBestGpu } from '../../../src/host/browser-start.ts'

const adapter = (software: boolean) => ({ adapter: { software } }) as EngineStatus
const none = { adapter: null, reason: 'No adapter.' } as EngineStatus

/** Browsers that are played: what each GPU offers, which were ended, and what was said. */
function play(offers: Partial<Record<GpuKind, EngineStatus>>) {
  const ended: GpuKind[] = []
  const say = vi.fn()
  const start = async (gpu: GpuKind) => ({
    gpu,
    status: offers[gpu]!,
    browser: { close: async () => void ended.push(gpu) },
  })
  return { ended, say, best: (...gpus: GpuKind[]) => startOnBestGpu('/bin/browser', gpus, start, say) }
}

test('hardware that works is taken, and nothing else is started', async () => {
  const { ended, say, best } = play({ hardware: adapter(false) })
  expect((await best('hardware', 'software')).gpu).toBe('hardware')
  expect(ended).toEqual([])
  expect(say).not.toHaveBeenCalled()
})

test.each([
  ['offers none', none],
  ['is the CPU’s', adapter(true)],
])('hardware that %s: the browser starts again with what SwiftShader needs, and it is said', async (_, offered) => {
  const { ended, say, best } = play({ hardware: offered, software: adapter(true) })
  expect((await best('hardware', 'software')).gpu).toBe('software')
  expect(ended).toEqual(['hardware'])
  expect(say).toHaveBeenCalledExactlyOnceWith('No usable GPU found; rendering on the CPU (SwiftShader).')
})

test('where hardware alone is asked for, the CPU is no answer, and how to have it is said', async () => {
  const { ended, say, best } = play({ hardware: adapter(true) })
  await expect(best('hardware')).rejects.toMatchObject({
    hint: expect.stringContaining('FRAMEWRIGHT_GPU'),
    exitCode: 4,
  })
  expect(ended).toEqual(['hardware'])
  expect(say).not.toHaveBeenCalled()
})

test('where none works, the last reason is told', async () => {
  const { ended, best } = play({ hardware: adapter(true), software: none })
  await expect(best('hardware', 'software')).rejects.toMatchObject({ hint: 'No adapter.' })
  expect(ended).toEqual(['hardware', 'software'])
})
