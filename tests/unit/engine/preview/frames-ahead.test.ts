import { expect, test } from 'vitest'
import { FramesAhead } from '../../../../src/engine/preview/frames-ahead.ts'

interface Frame extends Disposable {
  readonly index: number
}

/** Frames are made when they are told to be, and how many are held is known. */
function bench() {
  const begun: number[] = []
  const endings = new Map<number, { resolve(): void; reject(error: Error): void }>()
  let held = 0
  const frames = new FramesAhead<Frame>((index, signal) => {
    begun.push(index)
    return new Promise((resolve, reject) => {
      const frame = () => {
        held += 1
        const letGo = () => {
          held -= 1
        }
        resolve({ index, [Symbol.dispose]: letGo })
      }
      endings.set(index, { resolve: frame, reject })
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  })
  return { frames, begun, end: (index: number) => endings.get(index)!, held: () => held }
}

test('begins the frames that come next beside the one that is asked for, in order, each once', async () => {
  const { frames, begun, end } = bench()
  const first = frames.take(4, [5, 6])
  expect(begun).toEqual([4, 5, 6])
  end(4).resolve()
  using four = await first
  expect(four.index).toBe(4)
  const second = frames.take(5, [6, 7])
  expect(begun).toEqual([4, 5, 6, 7])
  end(5).resolve()
  using five = await second
  expect(five.index).toBe(5)
})

test('lets go of what was begun and is not wanted any more, made or not', async () => {
  const { frames, begun, end, held } = bench()
  const first = frames.take(0, [1, 2])
  for (const index of [0, 1]) end(index).resolve()
  using _zero = await first
  expect(held()).toBe(2)
  const jumped = frames.take(9, [10])
  expect(begun).toEqual([0, 1, 2, 9, 10])
  for (const index of [2, 9]) end(index).resolve()
  using _nine = await jumped
  await Promise.resolve()
  expect(held()).toBe(2)
})

test('ends what is under way, and waits for it', async () => {
  const { frames, end, held } = bench()
  const first = frames.take(0, [1, 2])
  end(1).resolve()
  const failed = expect(first).rejects.toThrow('nothing is played any more')
  await frames[Symbol.asyncDispose]()
  await failed
  expect(held()).toBe(0)
})

test('tells who asks for a frame that it failed, and nobody else', async () => {
  const { frames, end } = bench()
  const first = frames.take(0, [1])
  end(1).reject(new Error('broken'))
  end(0).resolve()
  using _zero = await first
  await expect(frames.take(1, [])).rejects.toThrow('broken')
})
