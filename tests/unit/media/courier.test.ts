import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Parcel, type Reply, send, textOf } from '../../../src/media/courier.ts'

/** Answers every parcel with its address, and breaks down at one that asks for it. */
class PlayedWorker {
  static readonly all: PlayedWorker[] = []
  onmessage: ((event: { data: { id: number; reply: Reply } }) => void) | null = null
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null = null
  carried = 0
  ended = false

  constructor() {
    PlayedWorker.all.push(this)
  }

  postMessage({ id, parcel }: { id: number; parcel: Parcel }): void {
    this.carried += 1
    queueMicrotask(() => {
      if (this.ended) return
      if (parcel.address === 'break') {
        this.onerror?.({ message: 'out of memory', preventDefault: () => undefined })
        return
      }
      const bytes = new TextEncoder().encode(parcel.address)
      const reply: Reply =
        parcel.address === 'nobody'
          ? { kind: 'failed', message: 'nobody is there' }
          : { kind: 'answer', answer: { ok: true, status: 200, bytes, size: bytes.byteLength } }
      this.onmessage?.({ data: { id, reply } })
    })
  }

  terminate(): void {
    this.ended = true
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('Worker', PlayedWorker)
  PlayedWorker.all.length = 0
})
afterEach(() => {
  vi.runAllTimers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const put = (address: string, bytes = 1) => send({ address, method: 'PUT', body: new Uint8Array(bytes) })

test('a worker is replaced after many parcels or bytes, and ended once all have arrived', async () => {
  const answers = await Promise.all(Array.from({ length: 65 }, (_, index) => put(String(index))))
  expect(answers.map(textOf)).toEqual(Array.from({ length: 65 }, (_, index) => String(index)))
  expect(PlayedWorker.all.map(({ carried, ended }) => [carried, ended])).toEqual([
    [64, true],
    [1, false],
  ])
  await put('large', 64 * 1024 * 1024)
  await put('next')
  expect(PlayedWorker.all.map(({ carried }) => carried)).toEqual([64, 2, 1])
})

test('one that nobody needs is let go', async () => {
  await put('one')
  expect(PlayedWorker.all[0]?.ended).toBe(false)
  vi.advanceTimersByTime(20_000)
  expect(PlayedWorker.all[0]?.ended).toBe(true)
  await put('two')
  expect(PlayedWorker.all).toHaveLength(2)
})

test('whoever waits is told where nobody is reached, and where the worker breaks down; the next goes to another', async () => {
  await expect(put('nobody')).rejects.toThrow('nobody is there')
  await expect(Promise.all([put('break'), put('lost')])).rejects.toThrow('out of memory')
  expect(textOf(await put('after'))).toBe('after')
  expect(PlayedWorker.all).toHaveLength(2)
})
