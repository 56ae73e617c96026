import { expect, test } from 'vitest'
import { Turns } from '../../../src/media/turns.ts'

test('work begins once what was queued before it has ended, well or not', async () => {
  const turns = new Turns()
  const log: string[] = []
  let release = (): void => undefined
  const first = turns.run(async () => {
    log.push('first begins')
    await new Promise<void>((resolve) => {
      release = resolve
    })
    log.push('first fails')
    throw new Error('the first failed')
  })
  const second = turns.run(async () => {
    log.push('second')
    return 2
  })
  const ended = turns.whenIdle().then(() => log.push('ended'))
  await Promise.resolve()
  expect(log).toEqual(['first begins'])
  release()
  await expect(first).rejects.toThrow('the first failed')
  expect(await second).toBe(2)
  await ended
  expect(log).toEqual(['first begins', 'first fails', 'second', 'ended'])
})
