/**
 * Resources that are borrowed and given back: what lies idle, by what it can stand in for, and how many bytes that is. Knows nothing
 * of the GPU, so that what becomes of a resource can be told without one.
 */
import type { Lease, PoolStats } from './types.ts'

/** Frames after which an idle resource is given back to the system: long enough for pauses of the hand, short enough to fit a new size. */
export const maxIdleFrames = 24

interface Resource {
  label: string
  destroy(): void
}

interface IdleResource<T> {
  readonly resource: T
  readonly bytes: number
  idleFrames: number
}

/** Bytes and leases of all shelves of a pool. */
export class PoolLedger {
  #liveBytes = 0
  #idleBytes = 0
  #peakBytes = 0
  #leases = 0
  #isClosed = false

  get stats(): PoolStats {
    return {
      liveBytes: this.#liveBytes,
      idleBytes: this.#idleBytes,
      peakBytes: this.#peakBytes,
      leases: this.#leases,
    }
  }

  /** Nothing is lent any more, and what comes back is destroyed rather than shelved. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  lend(bytes: number): void {
    this.#liveBytes += bytes
    this.#peakBytes = Math.max(this.#peakBytes, this.#liveBytes)
    this.#leases += 1
  }

  takeBack(bytes: number): void {
    this.#liveBytes -= bytes
    this.#leases -= 1
  }

  /** @param bytes less than 0 where they are lent again, or destroyed */
  addIdle(bytes: number): void {
    this.#idleBytes += bytes
  }

  resetPeak(): void {
    this.#peakBytes = this.#liveBytes
  }

  close(): void {
    this.#isClosed = true
  }
}

export class Shelf<T extends Resource> {
  readonly #ledger: PoolLedger
  readonly #idle = new Map<string, IdleResource<T>[]>()

  constructor(ledger: PoolLedger) {
    this.#ledger = ledger
  }

  /** @param key the same for resources of which one does as well as another @param bytes the size of each of them */
  lend(key: string, bytes: number, create: () => T, label: string): Lease<T> {
    const ledger = this.#ledger
    if (ledger.isClosed) throw new Error(`pool: ${label} asked for after the pool was disposed`)
    const idle = this.#idle.get(key)?.pop()
    if (idle) ledger.addIdle(-bytes)
    const resource = idle?.resource ?? create()
    if (resource.label !== label) resource.label = label
    ledger.lend(bytes)
    let isReturned = false
    return {
      value: resource,
      [Symbol.dispose]: () => {
        if (isReturned) throw new Error(`pool: the lease of ${label} was given back twice`)
        isReturned = true
        ledger.takeBack(bytes)
        if (ledger.isClosed) resource.destroy()
        else this.#put(key, { resource, bytes, idleFrames: 0 })
      },
    }
  }

  #put(key: string, entry: IdleResource<T>): void {
    this.#ledger.addIdle(entry.bytes)
    const row = this.#idle.get(key)
    if (row) row.push(entry)
    else this.#idle.set(key, [entry])
  }

  /** A frame has passed: what has been idle for too many is destroyed. */
  age(): void {
    for (const [key, row] of this.#idle) {
      const stillUsed = row.filter((entry) => {
        entry.idleFrames += 1
        if (entry.idleFrames <= maxIdleFrames) return true
        this.#destroy(entry)
        return false
      })
      if (stillUsed.length) this.#idle.set(key, stillUsed)
      else this.#idle.delete(key)
    }
  }

  clear(): void {
    for (const row of this.#idle.values()) for (const entry of row) this.#destroy(entry)
    this.#idle.clear()
  }

  #destroy({ resource, bytes }: IdleResource<T>): void {
    resource.destroy()
    this.#ledger.addIdle(-bytes)
  }
}
