/** Exports that are kept in segments: paused, gone on with, cancelled, and what one uninterrupted run would give. */
import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input, VideoSampleSink } from 'mediabunny'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { Engine, ExportRequest, Outcome } from '../../src/engine/door/api.ts'
import { createSession } from '../../src/engine/door/session.ts'
import { type EdgeId, emptyDocument, type GraphDocument, type OutermostId } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'

const id = (name: string) => name as OutermostId

/**
 * Decode → Bicubic → Grain → Encode on the sample: 96 frames of 320×180, four seconds with sound. Made a fifth as
 * large, since what is cut and joined does not depend on the size.
 */
function chain(encode: JsonObject = {}, factor = 0.2): GraphDocument {
  const wire = (from: string, to: string, port: string) => ({
    id: `${to}.${port}` as EdgeId,
    from: { node: id(from), port },
    to: { node: id(to), port },
  })
  const wires = [
    wire('decode', 'bicubic', 'image'),
    wire('bicubic', 'grain', 'image'),
    wire('grain', 'encode', 'image'),
    wire('decode', 'encode', 'audio'),
  ]
  const node = (type: string, params: JsonObject = {}) => [
    type,
    { id: id(type), type, params, position: { x: 0, y: 0 } },
  ]
  return {
    ...emptyDocument,
    nodes: Object.fromEntries([node('decode'), node('bicubic', { factor }), node('grain'), node('encode', encode)]),
    edges: Object.fromEntries(wires.map((each) => [each.id, each])),
  }
}

const request = (fileName: string, over: Partial<ExportRequest> = {}): ExportRequest => ({
  document: chain({ keyFrameSeconds: 0.5 }),
  outputs: { [id('encode')]: { fileName, target: { kind: 'store' } } },
  ...over,
})

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

interface Read {
  readonly stamps: readonly number[]
  readonly keys: readonly number[]
  readonly decoded: number
  readonly sound: number
}

async function read(engine: Engine, fileName: string): Promise<Read> {
  const file = await engine.takeOutput(fileName)
  using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
  const track = (await input.getPrimaryVideoTrack())!
  const audio = (await input.getPrimaryAudioTrack())!
  const stamps: number[] = []
  const keys: number[] = []
  for await (const packet of new EncodedPacketSink(track).packets()) {
    if (packet.type === 'key') keys.push(stamps.length)
    stamps.push(packet.timestamp)
  }
  let decoded = 0
  for await (const sample of new VideoSampleSink(track).samples()) {
    decoded += 1
    sample.close()
  }
  let sound = 0
  for await (const packet of new EncodedPacketSink(audio).packets()) sound += packet.duration
  await engine.releaseOutput(fileName)
  return { stamps, keys, decoded, sound }
}

let engine: Engine
beforeAll(async () => {
  engine = createSession(`${location.origin}/`)
  const status = await engine.status()
  if (!status.adapter) throw new Error(status.reason ?? 'no adapter')
})
afterEach(async () => {
  for (const { job } of await engine.keptExports()) await engine.dropExport(job)
})

// MP4 and Matroska are joined by a writer each, and WebM is Matroska with other codecs.
for (const fileName of ['kept.mp4', 'kept.webm'])
  test(`${fileName}: paused twice and gone on with by another engine, it is what one run gives`, async () => {
    // Two segments, which take a second at least, and a part of one: a pause may take effect many frames after it was asked for.
    const frames = 52
    value(await engine.export(request(`whole-${fileName}`, { frames }), () => undefined))
    const whole = await read(engine, `whole-${fileName}`)

    const job = 'a-job'
    const pauseAt = (frame: number, by: Engine) =>
      by.export(request(fileName, { job, frames }), (progress) => {
        if (progress.frame >= frame) void by.pauseExport()
      })
    const first = value(await pauseAt(5, engine))
    expect(first.state).toBe('paused')
    expect(await engine.keptExports()).toEqual([{ job, frames: first.frames }])
    await using other = createSession(`${location.origin}/`)
    const second = value(await pauseAt(first.frames + 1, other))
    expect(second.state).toBe('paused')
    expect(second.frames).toBeGreaterThan(first.frames)
    const last = value(await other.export(request(fileName, { job, frames }), () => undefined))
    expect(last).toMatchObject({ state: 'done', frames })
    expect(await other.keptExports()).toEqual([])

    const joined = await read(other, fileName)
    expect(joined.stamps).toEqual(whole.stamps)
    expect(joined.decoded).toBe(frames)
    expect(joined.sound).toBeCloseTo(whole.sound, 3)
    // Every pause costs one more key frame, and nothing else.
    expect(joined.keys).toEqual([...new Set([...whole.keys, first.frames, second.frames])].sort((a, b) => a - b))
  })

async function bytesOf(engine: Engine, fileName: string): Promise<Uint8Array> {
  const file = await engine.takeOutput(fileName)
  const bytes = new Uint8Array(await file.arrayBuffer())
  await engine.releaseOutput(fileName)
  return bytes
}

for (const fileName of ['same.mp4', 'same.mkv'])
  test(`${fileName}: byte for byte the same at once, in pieces, and around a piece that is there already`, async () => {
    // Two segments, and a part of one.
    const frames = 52
    const run = async (job: string, more: Partial<ExportRequest> = {}) =>
      value(await engine.export(request(fileName, { job, frames, ...more }), () => undefined)).state
    await run('at-once')
    const whole = await bytesOf(engine, fileName)

    for (const index of [2, 0, 1]) expect(await run('pieces', { piece: { index, of: 3 } })).toBe('kept')
    expect(await run('pieces', { allKept: true })).toBe('done')
    expect(await bytesOf(engine, fileName)).toEqual(whole)

    // As where a run was killed when it had made the second segment.
    await run('gaps', { piece: { index: 1, of: 3 } })
    expect(await engine.keptExports()).toEqual([{ job: 'gaps', frames: 24 }])
    const made: number[] = []
    const last = { job: 'gaps', frames }
    value(await engine.export(request(fileName, last), ({ frame }) => made.push(frame)))
    expect(made[0]).toBeGreaterThan(24)
    expect(await bytesOf(engine, fileName)).toEqual(whole)
  })

test('pieces of which one is missing are not put together', async () => {
  const job = 'pieces'
  value(await engine.export(request('lacking.mp4', { job, piece: { index: 1, of: 2 } }), () => undefined))
  const outcome = await engine.export(request('lacking.mp4', { job, allKept: true }), () => undefined)
  expect(outcome).toMatchObject({
    ok: false,
    problems: [{ message: 'Not all of the 96 frames are there: frames 0 to 47 are missing.' }],
  })
})

test('pictures go on where they stopped', async () => {
  const job = 'pictures'
  const pictures = request('still.png', { job, frames: 6 })
  const first = value(
    await engine.export(pictures, () => {
      void engine.pauseExport()
    }),
  )
  expect(first.state).toBe('paused')
  const report = value(await engine.export(pictures, () => undefined))
  expect(report.outputs[id('encode')]).toMatchObject({ fileName: 'still-0001.png', frames: 6 })
  const sizes = new Set<string>()
  for (let number = 1; number <= 6; number += 1) {
    const name = `still-000${number}.png`
    const bitmap = await createImageBitmap(await engine.takeOutput(name))
    sizes.add(`${bitmap.width}×${bitmap.height}`)
    await engine.releaseOutput(name)
  }
  expect([...sizes]).toEqual(['64×36'])
})

test('of a cancelled one nothing is kept', async () => {
  const outcome = await engine.export(request('gone.mp4', { job: 'gone' }), ({ frame }) => {
    if (frame >= 30) void engine.cancelExport()
  })
  expect(value(outcome).state).toBe('cancelled')
  expect(await engine.keptExports()).toEqual([])
  await expect(engine.takeOutput('gone.mp4')).rejects.toThrow('gone.mp4')
})

test('an estimate is near what comes out, and writes nothing', async () => {
  const asked = request('estimated.mp4', { document: chain({ keyFrameSeconds: 1 }, 0.5) })
  const estimate = value(await engine.estimateExport(asked))
  if (estimate.state !== 'measured') throw new Error(estimate.state)
  expect(estimate.estimate).toMatchObject({ frames: 96 })
  expect(estimate.estimate.framesMeasured).toBeGreaterThan(1)
  expect(estimate.estimate.seconds).toBeGreaterThan(0)
  await expect(engine.takeOutput('estimated.mp4')).rejects.toThrow('estimated.mp4')
  const report = value(await engine.export(asked, () => undefined))
  const { bytes } = report.outputs[id('encode')]!
  expect(estimate.estimate.bytes / bytes).toBeGreaterThan(0.6)
  expect(estimate.estimate.bytes / bytes).toBeLessThan(1.6)
  await engine.releaseOutput('estimated.mp4')
})

test('an export ends an estimate that is under way', async () => {
  const [estimate, report] = await Promise.all([
    engine.estimateExport(request('first.mp4')),
    engine.export(request('second.mp4', { frames: 2 }), () => undefined),
  ])
  expect(value(estimate).state).toBe('superseded')
  expect(value(report).state).toBe('done')
  await engine.releaseOutput('second.mp4')
})
