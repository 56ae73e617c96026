import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { Commands } from '../../../src/gpu/recorder.ts'

/** What of a device the recorder uses, and what it was asked for. */
const writes: (readonly [page: number, bytes: Uint8Array])[] = []
const counts = { submits: 0, encoders: 0, destroyed: 0 }
let pages: object[] = []
const device = {
  createBuffer: () => {
    const page = {
      destroy() {
        counts.destroyed++
      },
    }
    pages.push(page)
    return page
  },
  createCommandEncoder: () => ({ index: counts.encoders++, finish: () => ({}) }),
  queue: {
    writeBuffer: (buffer: object, _at: number, bytes: Uint8Array, from: number, length: number) =>
      void writes.push([pages.indexOf(buffer), bytes.slice(from, from + length)]),
    submit() {
      counts.submits++
    },
  },
} as unknown as GPUDevice

beforeAll(() => void vi.stubGlobal('GPUBufferUsage', { UNIFORM: 64, COPY_DST: 8 }))
afterAll(() => void vi.unstubAllGlobals())
beforeEach(() => {
  writes.length = 0
  pages = []
  Object.assign(counts, { submits: 0, encoders: 0, destroyed: 0 })
})

test('all recorders record into one encoder; whoever submits sends what all recorded, and it counts as theirs', () => {
  using commands = new Commands(device)
  const [one, other] = [commands.recorder(), commands.recorder()]
  expect(one.encoder).toBe(other.encoder)
  one.submit()
  other.submit()
  expect([one.submits, other.submits, counts.submits]).toEqual([1, 0, 1])
  expect(other.encoder).toBe(one.encoder)
  expect(counts.encoders).toBe(2)
})

test('uniforms of all are aligned, travel in one write, and begin anew after it', () => {
  using commands = new Commands(device)
  const [one, other] = [commands.recorder(), commands.recorder()]
  const offsets = [one.uniform(new Uint8Array([1, 2])), other.uniform(new Uint8Array([3]))].map(({ offset }) => offset)
  expect(offsets).toEqual([0, 256])
  expect(one.encoder).toBeDefined()
  one.submit()
  expect(writes.map(([page, bytes]) => [page, bytes.length, bytes[0], bytes[1], bytes[256]])).toEqual([
    [0, 512, 1, 2, 3],
  ])
  expect(other.uniform(new Uint8Array([4])).offset).toBe(0)
})

test('what does not fit a page gets another, which stays; more than a page is refused', () => {
  using commands = new Commands(device)
  const recorder = commands.recorder()
  const large = new Uint8Array(40_000)
  recorder.uniform(large)
  recorder.uniform(large)
  expect(recorder.uniform(new Uint8Array(300)).offset).toBe(40_192)
  expect(commands.arena.pageCount).toBe(2)
  expect(recorder.encoder).toBeDefined()
  recorder.submit()
  expect(writes.map(([page, bytes]) => [page, bytes.length])).toEqual([
    [0, 40_704],
    [1, 40_192],
  ])
  recorder.uniform(large)
  expect(commands.arena.pageCount).toBe(2)
  expect(() => recorder.uniform(new Uint8Array(65_537))).toThrow('recorder: uniforms of 65537 bytes exceed a page')
})

test('disposed, its pages are destroyed and what was recorded is not sent', () => {
  const commands = new Commands(device)
  const recorder = commands.recorder()
  recorder.uniform(new Uint8Array(4))
  expect(recorder.encoder).toBeDefined()
  commands[Symbol.dispose]()
  recorder.submit()
  expect([counts.destroyed, counts.submits, recorder.submits]).toEqual([1, 0, 0])
})

test('time that the CPU worked is taken once; findings are taken note of only where somebody hears of them', () => {
  using commands = new Commands(device)
  const findings: unknown[] = []
  const recorder = commands.recorder(undefined, (finding) => void findings.push(finding))
  recorder.worked(2)
  recorder.worked(3)
  expect([recorder.takeWorked(), recorder.takeWorked()]).toEqual([5, 0])
  recorder.foundLater?.(Promise.resolve())
  expect(findings).toHaveLength(1)
  expect('foundLater' in commands.recorder()).toBe(false)
})
