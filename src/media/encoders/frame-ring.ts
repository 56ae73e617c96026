/**
 * Bytes from one thread to another that waits for them without an event loop, as a running ffmpeg does: a ring in shared
 * memory. Counters hold bytes written and read so far, modulo 2³².
 */

/** Where the core of ffmpeg finds what it reads. */
export const framesFolder = '/frames'
export const inputPath = `${framesFolder}/file`

const writtenSlot = 0
const readSlot = 1
const endedSlot = 2
const headerBytes = 16

const views = (memory: SharedArrayBuffer) => ({
  counters: new Int32Array(memory, 0, 4),
  bytes: new Uint8Array(memory, headerBytes),
})

/** How many bytes lie between two counters, which may have run over. */
const between = (counters: Int32Array): number =>
  (Atomics.load(counters, writtenSlot) - Atomics.load(counters, readSlot)) >>> 0

/** @param size bytes, a power of two; so the counters may run over. */
export const createRing = (size: number): SharedArrayBuffer => new SharedArrayBuffer(headerBytes + size)

/** Something that changes whenever something was read. */
export const readSoFar = (memory: SharedArrayBuffer): number => Atomics.load(views(memory).counters, readSlot)

/** Writes all of `data`, waiting while there is no room; `failed` ends the wait by rejecting. */
export async function writeRing(memory: SharedArrayBuffer, data: Uint8Array, failure: Promise<never>): Promise<void> {
  const { counters, bytes } = views(memory)
  for (let at = 0; at < data.byteLength; ) {
    const free = bytes.byteLength - between(counters)
    if (free === 0) {
      const waiting = Atomics.waitAsync(counters, readSlot, Atomics.load(counters, readSlot))
      // It may have been read meanwhile: then the counter differs, and there is nothing to wait for.
      if (between(counters) === bytes.byteLength && waiting.async) await Promise.race([waiting.value, failure])
      continue
    }
    const from = (Atomics.load(counters, writtenSlot) >>> 0) % bytes.byteLength
    const count = Math.min(free, data.byteLength - at, bytes.byteLength - from)
    bytes.set(data.subarray(at, at + count), from)
    at += count
    Atomics.add(counters, writtenSlot, count)
    Atomics.notify(counters, writtenSlot)
  }
}

export function endRing(memory: SharedArrayBuffer): void {
  const { counters } = views(memory)
  Atomics.store(counters, endedSlot, 1)
  // Whoever waits, waits for more bytes.
  Atomics.notify(counters, writtenSlot)
}

/** Seconds after which a waiting reader looks again, whatever it was told. */
const lookAgain = 0.5

/** Reads at most `target.byteLength` bytes, at least one unless all were read; blocks the thread meanwhile. */
export function readRing(memory: SharedArrayBuffer, target: Uint8Array): number {
  const { counters, bytes } = views(memory)
  let there = between(counters)
  while (there === 0) {
    if (Atomics.load(counters, endedSlot) === 1 && between(counters) === 0) return 0
    Atomics.wait(counters, writtenSlot, Atomics.load(counters, readSlot), lookAgain * 1000)
    there = between(counters)
  }
  const from = (Atomics.load(counters, readSlot) >>> 0) % bytes.byteLength
  const count = Math.min(there, target.byteLength, bytes.byteLength - from)
  target.set(bytes.subarray(from, from + count))
  Atomics.add(counters, readSlot, count)
  Atomics.notify(counters, readSlot)
  return count
}
