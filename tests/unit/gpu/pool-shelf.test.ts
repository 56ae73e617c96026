import { beforeEach, describe, expect, test } from 'vitest'
import { maxIdleFrames, PoolLedger, Shelf } from '../../../src/gpu/pool-shelf.ts'

class Buffer {
  label = ''
  isDestroyed = false
  destroy() {
    this.isDestroyed = true
  }
}

let ledger: PoolLedger
let shelf: Shelf<Buffer>
beforeEach(() => {
  ledger = new PoolLedger()
  shelf = new Shelf(ledger)
})
const lend = (key = 'small', bytes = 16, label = 'blur') => shelf.lend(key, bytes, () => new Buffer(), label)

describe('a resource given back', () => {
  test('is lent again under the new name to whoever asks for the same kind, and to nobody else', () => {
    const lease = lend()
    lease[Symbol.dispose]()
    const other = lend('large', 64)
    const again = lend('small', 16, 'grain')
    expect(again.value).toBe(lease.value)
    expect(again.value.label).toBe('grain')
    expect(other.value).not.toBe(lease.value)
  })

  test('twice is an error that names it', () => {
    const lease = lend()
    lease[Symbol.dispose]()
    expect(() => lease[Symbol.dispose]()).toThrow('pool: the lease of blur was given back twice')
    expect(ledger.stats).toMatchObject({ liveBytes: 0, idleBytes: 16, leases: 0 })
  })

  test('is destroyed when nobody has wanted it for so many frames, counted from when it came back', () => {
    const lease = lend()
    for (let frame = 0; frame < 100; frame++) shelf.age()
    lease[Symbol.dispose]()
    for (let frame = 0; frame < maxIdleFrames; frame++) shelf.age()
    expect(lease.value.isDestroyed).toBe(false)
    shelf.age()
    expect(lease.value.isDestroyed).toBe(true)
    expect(ledger.stats.idleBytes).toBe(0)
    expect(lend().value).not.toBe(lease.value)
  })
})

test('bytes are told as lent, as idle and at their most, over all shelves', () => {
  const other = new Shelf<Buffer>(ledger)
  const [a, b] = [lend(), other.lend('large', 64, () => new Buffer(), 'noise')]
  expect(ledger.stats).toEqual({ liveBytes: 80, idleBytes: 0, peakBytes: 80, leases: 2 })
  b[Symbol.dispose]()
  expect(ledger.stats).toEqual({ liveBytes: 16, idleBytes: 64, peakBytes: 80, leases: 1 })
  ledger.resetPeak()
  lend()
  expect(ledger.stats).toEqual({ liveBytes: 32, idleBytes: 64, peakBytes: 32, leases: 2 })
  a[Symbol.dispose]()
  lend()
  expect(ledger.stats).toEqual({ liveBytes: 32, idleBytes: 64, peakBytes: 32, leases: 2 })
})

test('closed, it lends nothing, destroys what was idle, and what comes back later', () => {
  const [idle, late] = [lend(), lend()]
  idle[Symbol.dispose]()
  ledger.close()
  shelf.clear()
  expect([idle.value.isDestroyed, late.value.isDestroyed]).toEqual([true, false])
  expect(() => lend()).toThrow('pool: blur asked for after the pool was disposed')
  late[Symbol.dispose]()
  expect(late.value.isDestroyed).toBe(true)
  expect(ledger.stats).toMatchObject({ liveBytes: 0, idleBytes: 0, leases: 0 })
})
