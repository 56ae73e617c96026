/** Frames on their way into a sink: in order, three at most at once, and what becomes of them after an error. */
import { expect, test } from 'vitest'
import { SinkQueue } from '../../../src/nodes/sink-queue.ts'

/** A queue whose items arrive when they are told to. */
function start(pass: (item: string, index: number) => Promise<void> = async () => undefined) {
  const passed: string[] = []
  const dropped: string[] = []
  const queue = new SinkQueue<string>(
    async (item, index) => {
      await pass(item, index)
      passed.push(`${item}${index}`)
    },
    (item) => void dropped.push(item),
  )
  const coming = () => {
    let resolve = (_: string): void => undefined
    const promise = new Promise<string>((settle) => {
      resolve = settle
    })
    return { promise, resolve }
  }
  return { queue, passed, dropped, coming }
}

const settled = async (promise: Promise<unknown>) => {
  let isSettled = false
  const note = () => {
    isSettled = true
  }
  promise.then(note, note)
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  return isSettled
}

test('what arrives early waits for what was added before it', async () => {
  const { queue, passed, coming } = start()
  const [a, b] = [coming(), coming()]
  await Promise.all([queue.add(a.promise, 0), queue.add(b.promise, 1)])
  b.resolve('b')
  await Promise.resolve()
  expect(passed).toEqual([])
  a.resolve('a')
  await queue.drain()
  expect(passed).toEqual(['a0', 'b1'])
})

test('the third that is on its way waits until one of them is through', async () => {
  const { queue, coming } = start()
  const items = [coming(), coming(), coming()]
  const [first, second, third] = items.map(({ promise }, index) => queue.add(promise, index))
  expect([await settled(first!), await settled(second!), await settled(third!)]).toEqual([true, true, false])
  items[0]!.resolve('a')
  await third
})

test('an error comes out of the next add and of the end; what was on its way is dropped, none is passed on', async () => {
  const { queue, passed, dropped, coming } = start(async (_, index) => {
    if (index === 1) throw new Error('disk full')
  })
  await queue.add(Promise.resolve('a'), 0)
  const late = coming()
  await queue.add(Promise.resolve('b'), 1)
  await queue.add(late.promise, 2).catch(() => undefined)
  late.resolve('c')
  await queue.settle()
  expect([passed, dropped]).toEqual([['a0'], ['c']])
  await expect(queue.add(Promise.resolve('d'), 3)).rejects.toThrow('disk full')
  await expect(queue.drain()).rejects.toThrow('disk full')
  expect([passed, dropped]).toEqual([['a0'], ['c', 'd']])
})

test('a frame that cannot be taken off the GPU is an error like any other', async () => {
  const { queue } = start()
  await queue.add(Promise.reject(new Error('device lost')), 0).catch(() => undefined)
  await expect(queue.drain()).rejects.toThrow('device lost')
})
