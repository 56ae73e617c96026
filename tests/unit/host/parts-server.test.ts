/** Segments on disk: whole or not there, whoever else writes beside. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PartsServer } from '../../../src/host/parts-server.ts'
import { httpSegments } from '../../../src/media/http-segments.ts'
import type { SegmentStore } from '../../../src/media/types.ts'
import { type Listening, listening } from './listening.ts'

let root: string
let parts: PartsServer
let host: Listening
let origin: string

beforeEach(async () => {
  parts = new PartsServer()
  host = await listening((request, response) => parts.answer(request, response))
  ;({ root, origin } = host)
})
afterEach(() => host.close())

const open = async (): Promise<SegmentStore> => httpSegments(`${origin}${await parts.accept(join(root, 'p'))}`)
const bytes = (...values: number[]) => new Uint8Array(values)

test('a segment stands under its name once it is whole, and is read as it was written', async () => {
  const store = await open()
  const segment = await store.begin(48)
  await segment.append(new Uint8Array(3_000_000).fill(5))
  await segment.append(bytes(1, 2))
  expect(await store.list()).toEqual([])
  await segment.finish(96)
  expect(readdirSync(join(root, 'p'))).toEqual(['000000048-000000096.seg'])
  expect(await store.list()).toEqual([{ first: 48, next: 96 }])
  const kept = await store.read({ first: 48, next: 96 })
  const read = await kept.read(0, kept.size)
  expect(read).toHaveLength(3_000_002)
  expect([...(await kept.read(2_999_999, 4_000_000))]).toEqual([5, 1, 2])
  expect([...read.subarray(-3)]).toEqual([5, 1, 2])
  await store.remove([{ first: 48, next: 96 }])
  expect(readdirSync(join(root, 'p'))).toEqual([])
})

test('texts beside the segments are kept by name, the last of each, and are no segments', async () => {
  const store = await open()
  expect(await store.annotations()).toEqual(new Map())
  await store.annotate('damage-48', 'one')
  await store.annotate('damage-48', 'two “ö”')
  await store.annotate('encoder', '')
  expect(await store.annotations()).toEqual(
    new Map([
      ['damage-48', 'two “ö”'],
      ['encoder', ''],
    ]),
  )
  expect(await store.list()).toEqual([])
  expect(readdirSync(join(root, 'p')).sort()).toEqual(['damage-48.note', 'encoder.note'])
  await expect(store.annotate('../job', 'x')).rejects.toThrow()
})

test('nothing stays of what is given up, or not finished when the run ends', async () => {
  const store = await open()
  const given = await store.begin(0)
  await given.append(new Uint8Array(2_000_000))
  await given.discard()
  expect(readdirSync(join(root, 'p'))).toEqual([])
  const open1 = await store.begin(24)
  await open1.append(new Uint8Array(2_000_000))
  parts.end()
  expect(readdirSync(join(root, 'p'))).toEqual([])
  await expect(open1.finish(48)).rejects.toThrow()
})

test('the same segment twice is one, and other runs’ files are left alone', async () => {
  writeFileSync(join(root, 'notes'), '')
  const [one, other] = [await open(), await open()]
  for (const store of [one, other]) {
    const segment = await store.begin(0)
    await segment.append(bytes(9))
    await segment.finish(24)
  }
  expect(await other.list()).toEqual([{ first: 0, next: 24 }])
})

test('a failing disk ends the run with a sentence', async () => {
  const store = await open()
  rmSync(join(root, 'p'), { recursive: true })
  const segment = await store.begin(0)
  await segment.append(bytes(1))
  await expect(segment.finish(24)).rejects.toThrow('cannot be created there')
  expect(parts.failureSignal.reason).toMatchObject({
    exitCode: 4,
    message: expect.stringContaining('cannot be created there'),
  })
})

test('nonsense is refused, and nobody without the token is answered', async () => {
  const address = `${origin}${await parts.accept(join(root, 'p'))}`
  for (const [method, query] of [
    ['PUT', '?begin=-1&position=0'],
    ['PUT', '?begin=0&position=x'],
    ['POST', '?begin=24&next=24'],
    ['POST', '?remove=../x'],
    ['GET', '?segment=../../x'],
  ] as const)
    expect((await fetch(address + query, { method })).status).toBe(400)
  expect((await fetch(`${origin}/parts/00`)).status).toBe(404)
})
