/** A range of frames exported alone, beside the same frames in the whole. */
import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from 'mediabunny'
import { beforeAll, expect, test } from 'vitest'
import type { Engine, ExportRequest, Outcome } from '../../src/engine/door/api.ts'
import { createSession } from '../../src/engine/door/session.ts'
import { type EdgeId, emptyDocument, type GraphDocument, type OutermostId } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'

const id = (name: string) => name as OutermostId

/** The sample, a tenth as large, with its sound, and a report of a number of each frame. */
const document: GraphDocument = (() => {
  const wire = (from: string, output: string, to: string, port: string) => ({
    id: `${to}.${port}` as EdgeId,
    from: { node: id(from), port: output },
    to: { node: id(to), port },
  })
  const wires = [
    wire('decode', 'image', 'bicubic', 'image'),
    wire('bicubic', 'image', 'encode', 'image'),
    wire('decode', 'audio', 'encode', 'audio'),
    wire('curve', 'number', 'report', 'number1'),
  ]
  const node = (type: string, params: JsonObject = {}) => [
    type,
    { id: id(type), type, params, position: { x: 0, y: 0 } },
  ]
  const keys = [
    { frame: 0, value: 0, next: 'linear' },
    { frame: 100, value: 100, next: 'linear' },
  ]
  return {
    ...emptyDocument,
    nodes: Object.fromEntries([
      node('decode'),
      node('bicubic', { factor: 0.1 }),
      node('curve', { keys }),
      node('encode', { keyFrameSeconds: 1 }),
      node('report'),
    ]),
    edges: Object.fromEntries(wires.map((each) => [each.id, each])),
  }
})()

let engine: Engine
beforeAll(async () => {
  engine = createSession(`${location.origin}/`)
  const status = await engine.status()
  if (!status.adapter) throw new Error(status.reason ?? 'no adapter')
})

async function exported(fileName: string, more: Partial<ExportRequest>) {
  const rows = 'rows.json'
  const outputs = {
    [id('encode')]: { fileName, target: { kind: 'store' } },
    [id('report')]: { fileName: rows, target: { kind: 'store' } },
  } as const
  const outcome: Outcome<unknown> = await engine.export({ document, outputs, ...more }, () => undefined)
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  const told = JSON.parse(await (await engine.takeOutput(rows)).text()) as Record<string, unknown>
  await engine.releaseOutput(rows)
  using input = new Input({ source: new BlobSource(await engine.takeOutput(fileName)), formats: ALL_FORMATS })
  const stamps = async (track: Awaited<ReturnType<Input['getPrimaryVideoTrack' | 'getPrimaryAudioTrack']>>) => {
    const found: number[] = []
    for await (const packet of new EncodedPacketSink(track!).packets()) found.push(packet.timestamp)
    return found
  }
  const made = {
    pictures: await stamps(await input.getPrimaryVideoTrack()),
    sound: await stamps(await input.getPrimaryAudioTrack()),
    rows: told,
  }
  await engine.releaseOutput(fileName)
  return made
}

const isNear = (seconds: number) => expect.closeTo(seconds, 3)

for (const container of ['mp4', 'webm'])
  test(`${container}: carries the whole's times where these are kept, and else begins at 0`, async () => {
    const whole = await exported(`whole.${container}`, { frames: 60 })
    const range = { first: 30, next: 40 }
    const alone = await exported(`alone.${container}`, { range })
    const kept = await exported(`kept.${container}`, { range, keepTimestamps: true })
    const inWhole = whole.pictures.slice(30, 40)
    expect(kept.pictures).toEqual(inWhole.map(isNear))
    expect(alone.pictures).toEqual(inWhole.map((time) => isNear(time - inWhole[0]!)))
    // Sound lies beside the picture in each.
    const length = inWhole[9]! - inWhole[0]!
    for (const { pictures, sound } of [alone, kept]) {
      expect(Math.abs(sound[0]! - pictures[0]!)).toBeLessThan(0.03)
      expect(Math.abs(sound.at(-1)! - pictures[0]! - length)).toBeLessThan(0.1)
    }
    // What the rows say does not depend on where the file begins.
    const rowsOf = ({ rows }: typeof whole) => rows.rows
    const expected = (rowsOf(whole) as unknown[]).slice(30, 40)
    expect(expected).toHaveLength(10)
    expect(rowsOf(alone)).toEqual(expected)
    expect(rowsOf(kept)).toEqual(expected)
  })

test('in segments it is the same file, and its pieces are cut where those of the whole are', async () => {
  const range = { first: 30, next: 80 }
  const at = async (fileName: string, more: Partial<ExportRequest>) => {
    const outputs = { [id('encode')]: { fileName, target: { kind: 'store' } } } as const
    const outcome = await engine.export({ document, outputs, range, ...more }, () => undefined)
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
    return outcome.value.frames
  }
  const bytesOf = async (fileName: string) => {
    const bytes = new Uint8Array(await (await engine.takeOutput(fileName)).arrayBuffer())
    await engine.releaseOutput(fileName)
    return bytes
  }
  expect(await at('once.mp4', { job: 'once' })).toBe(50)
  // Key frames every 24: 30 to 47, 48 to 71, 72 to 79.
  expect(await at('pieces.mp4', { job: 'pieces', piece: { index: 1, of: 3 } })).toBe(24)
  expect(await at('pieces.mp4', { job: 'pieces', piece: { index: 0, of: 3 } })).toBe(18)
  expect(await at('pieces.mp4', { job: 'pieces', piece: { index: 2, of: 3 } })).toBe(8)
  expect(await at('pieces.mp4', { job: 'pieces', allKept: true })).toBe(50)
  expect(await bytesOf('pieces.mp4')).toEqual(await bytesOf('once.mp4'))
})

test('a range behind the end is refused in a sentence', async () => {
  const outputs = { [id('encode')]: { fileName: 'none.mp4', target: { kind: 'store' } } } as const
  const outcome = await engine.export({ document, outputs, range: { first: 500, next: 510 } }, () => undefined)
  expect(outcome).toMatchObject({ ok: false, problems: [{ message: 'The chosen range holds no frame.' }] })
})
