import { expect, test, vi } from 'vitest'
import { Once } from '../../../src/models/once.ts'

test('is made once, however many ask for it meanwhile and later', async () => {
  const once = new Once<object>()
  const make = vi.fn(async () => ({}))
  const [first, second] = await Promise.all([once.get(make), once.get(make)])
  expect([second, await once.get(make)]).toEqual([first, first])
  expect(make).toHaveBeenCalledTimes(1)
})

test('is made again where it failed: whoever waited is told, whoever asks next is not', async () => {
  const once = new Once<string>()
  const fail = async (): Promise<string> => {
    throw new Error('no network')
  }
  const outcomes = await Promise.allSettled([once.get(fail), once.get(fail)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await once.get(async () => 'there')).toBe('there')
})

test('is handed out to be let go of, also while it is being made, and made anew from then on', async () => {
  const once = new Once<string>()
  expect(await once.take()).toBeUndefined()
  let finish = (_: string): void => undefined
  const making = once.get(() => new Promise((resolve) => (finish = resolve)))
  const taken = once.take()
  const next = once.get(async () => 'second')
  finish('first')
  expect([await making, await taken, await next, await once.take()]).toEqual(['first', 'first', 'second', 'second'])
})

test('a failure of one that was taken takes nothing from the next', async () => {
  const once = new Once<string>()
  let fail = (_: Error): void => undefined
  const making = once.get(() => new Promise((_, reject) => (fail = reject)))
  const taken = once.take()
  const next = once.get(async () => 'second')
  fail(new Error('late'))
  await expect(making).rejects.toThrow('late')
  expect([await taken, await next, await once.get(async () => 'third')]).toEqual([undefined, 'second', 'second'])
})
