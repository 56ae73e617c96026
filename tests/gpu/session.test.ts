/** The engine as its users reach it: real clip, real codecs, preview, export, cancel, loss of the GPU. */
import { ALL_FORMATS, BlobSource, Input, VideoSampleSink } from 'mediabunny'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, ExportProgress, Outcome, PreviewResult } from '../../src/engine/door/api.ts'
import { createSession } from '../../src/engine/door/session.ts'
import { type EdgeId, emptyDocument, type GraphDocument, type OutermostId } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { takeOwnDevices } from './shared-device.ts'

takeOwnDevices()

const id = (name: string) => name as OutermostId

/** Decode → Bicubic → Grain → Encode on the sample. */
function chain(params: Readonly<Record<string, JsonObject>> = {}): GraphDocument {
  const types = ['decode', 'bicubic', 'grain', 'encode']
  const wires = types.slice(1).map((to, i) => ({
    id: `into-${to}` as EdgeId,
    from: { node: id(types[i]!), port: 'image' },
    to: { node: id(to), port: 'image' },
  }))
  const sound = {
    id: 'sound' as EdgeId,
    from: { node: id('decode'), port: 'audio' },
    to: { node: id('encode'), port: 'audio' },
  }
  return {
    ...emptyDocument,
    nodes: Object.fromEntries(
      types.map((type) => [type, { id: id(type), type, params: params[type] ?? {}, position: { x: 0, y: 0 } }]),
    ),
    edges: Object.fromEntries([...wires, sound].map((wire) => [wire.id, wire])),
  }
}

const view = (node: string) => ({ node: id(node), port: 'image' })
const toStore = (fileName: string) => ({ [id('encode')]: { fileName, target: { kind: 'store' as const } } })

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

let engine: Engine

beforeAll(async () => {
  engine = createSession(`${location.origin}/`)
  const status = await engine.status()
  if (!status.adapter) throw new Error(status.reason ?? 'no adapter')
})

afterAll(async () => {
  await engine.clearCache()
})

test('shows a frame of the sample twice its size, and finds it in the cache the second time', async () => {
  const request = { document: chain(), view: view('grain'), frame: 3 }
  const first = value(await engine.preview(request))
  expect(first).toMatchObject({
    state: 'shown',
    desc: { type: 'image', width: 640, height: 360 },
    clock: { node: 'decode', first: 0, last: 95, index: 3 },
  })
  expect(first.clock.timestamp).toBeCloseTo(3 / 24, 4)
  expect(Object.keys(first.nodes)).toEqual(['decode', 'bicubic', 'grain'])
  const again = value(await engine.preview(request))
  expect(Object.values(again.nodes).every((node) => node.cached)).toBe(true)
  const edited = value(await engine.preview({ ...request, document: chain({ grain: { amount: 0.2 } }) }))
  expect([edited.nodes[id('bicubic')]?.cached, edited.nodes[id('grain')]?.cached]).toEqual([true, false])
})

test('a snapshot is the picture: neither black nor the same in every frame', async () => {
  const [a, b] = [
    value(await engine.snapshot({ document: chain(), view: view('bicubic'), frame: 0 })),
    value(await engine.snapshot({ document: chain(), view: view('bicubic'), frame: 30 })),
  ]
  expect([a.width, a.height]).toEqual([640, 360])
  const mean = a.pixels.reduce((sum, level) => sum + level, 0) / a.pixels.length
  expect(mean).toBeGreaterThan(30)
  const difference = a.pixels.reduce((sum, level, i) => sum + Math.abs(level - b.pixels[i]!), 0) / a.pixels.length
  expect(difference).toBeGreaterThan(5)
})

test('of many requests at once the last is shown and those it overtook say so', async () => {
  const all = await Promise.all(
    [10, 11, 12, 13, 14].map((frame) => engine.preview({ document: chain(), view: view('grain'), frame })),
  )
  expect(all.map((outcome) => value(outcome).state)).toEqual([...Array(4).fill('superseded'), 'shown'])
  expect(value(all[4]!).clock.index).toBe(14)
})

test('a slider dragged through many values runs what is below it for few of them, and never what is above', async () => {
  const at = (amount: number) => ({ document: chain({ grain: { amount } }), view: view('grain'), frame: 7 })
  value(await engine.preview(at(0.01)))
  const all = (await Promise.all([0.02, 0.03, 0.04, 0.05, 0.06, 0.07].map((amount) => engine.preview(at(amount))))).map(
    value,
  )
  const shown = all.filter(({ state }) => state === 'shown')
  expect(shown).toHaveLength(1)
  expect(all.at(-1)?.state).toBe('shown')
  const ran = all.flatMap(({ nodes }) => Object.entries(nodes).flatMap(([node, { cached }]) => (cached ? [] : [node])))
  expect(ran).toEqual(['grain'])
  const undone = value(await engine.preview(at(0.01)))
  expect(Object.entries(undone.nodes).filter(([, node]) => !node.cached)).toEqual([])
})

test('renders ahead in the background, says which frames it keeps, and gives way to what is to be seen', async () => {
  await engine.clearCache()
  const request = { document: chain({ grain: { seed: 5 } }), view: view('grain'), frame: 50 }
  const first = value(await engine.preview(request))
  expect(first.readyRuns).toEqual([[50, 50]])
  const ahead = { ...request, background: true, thrifty: true }
  value(await engine.preview({ ...ahead, frame: 51 }))
  const next = value(await engine.preview({ ...ahead, frame: 53 }))
  expect(next.readyRuns).toEqual([
    [50, 51],
    [53, 53],
  ])
  const [behind, seen] = await Promise.all([
    engine.preview({ ...ahead, frame: 60 }),
    engine.preview({ ...request, frame: 51 }),
  ])
  expect(value(behind).state).toBe('superseded')
  expect(value(seen)).toMatchObject({ state: 'shown', clock: { index: 51 } })
  expect(Object.values(value(seen).nodes).every(({ cached }) => cached)).toBe(true)
  const late = engine.preview({ ...request, frame: 52 })
  expect(value(await engine.preview({ ...ahead, frame: 61 })).state).toBe('superseded')
  expect(value(await late).state).toBe('shown')
  // Another value has frames of its own; its undoing finds the earlier ones again.
  const other = { ...request, document: chain({ grain: { seed: 6 } }) }
  expect(value(await engine.preview(other)).readyRuns).toEqual([[50, 50]])
  expect(value(await engine.preview(request)).readyRuns).toEqual([[50, 53]])
})

test('plays with the next frames under way: each is what it is alone, and an edit, a jump or an end comes between', async () => {
  await engine.clearCache()
  const request = { document: chain({ grain: { amount: 0.1 } }), view: view('grain'), frame: 0, thrifty: true }
  for (const frame of [20, 21, 22]) {
    const shown = value(await engine.preview({ ...request, frame, upcoming: [frame + 1, frame + 2] }))
    expect(shown).toMatchObject({ state: 'shown', clock: { index: frame } })
    expect(shown.clock.timestamp).toBeCloseTo(frame / 24, 4)
  }
  // A jump, the end of the clip, and what lies beyond it.
  const jumped = value(await engine.preview({ ...request, frame: 94, upcoming: [95, 96] }))
  expect(jumped.clock.index).toBe(94)
  const [overtaken, edited] = await Promise.all([
    engine.preview({ ...request, frame: 95, upcoming: [0, 1] }),
    engine.preview({ ...request, document: chain({ grain: { amount: 0 } }), frame: 22, upcoming: [23, 24] }),
  ])
  expect(value(overtaken).state).toBe('superseded')
  expect(value(edited)).toMatchObject({ state: 'shown', clock: { index: 22 } })
  const still = { document: request.document, view: request.view, frame: 22 }
  const played = value(await engine.snapshot(still))
  await engine.clearCache()
  expect(value(await engine.snapshot(still)).pixels).toEqual(played.pixels)
})

test('keeps to the budget: frames ahead stay out of a full cache, and the frame being worked on stays in', async () => {
  await engine.clearCache()
  const request = { document: chain(), view: view('grain'), frame: 0 }
  const { cacheBytes } = value(await engine.preview(request))
  const frameBytes = 640 * 360 * 8
  await engine.setCacheBudget(cacheBytes + frameBytes * 2)
  let kept: PreviewResult['readyRuns'] = []
  for (const frame of [1, 2, 3, 4])
    kept = value(await engine.preview({ ...request, frame, background: true, thrifty: true })).readyRuns
  expect(kept).toEqual([[0, 2]])
  const again = value(await engine.preview(request))
  expect(Object.values(again.nodes).every(({ cached }) => cached)).toBe(true)
  expect(again.cacheBytes).toBeLessThanOrEqual(cacheBytes + frameBytes * 2)
  await engine.setCacheBudget(512 * 1024 * 1024)
})

test('a draft renders smaller pictures and counts in the size of the whole', async () => {
  const request = { document: chain({ grain: { seed: 9 } }), view: view('grain'), frame: 2 }
  const whole = value(await engine.preview(request))
  const draft = value(await engine.preview({ ...request, draft: 2 }))
  expect(draft).toMatchObject({ draft: 2, desc: { width: 640, height: 360 } })
  expect(draft.nodes[id('grain')]!.bytes * 4).toBe(whole.nodes[id('grain')]!.bytes)
  const [value1] = await engine.readPixels({ x: 639, y: 359 })
  expect(value1).toMatchObject({ x: 319, y: 179 })
  expect(await engine.readPixels({ x: 640, y: 0 })).toEqual([])
  // A size given in pixels shrinks along.
  const fixed = chain({ bicubic: { mode: 'size', width: 600, height: 300 } })
  expect(value(await engine.preview({ document: fixed, view: view('grain'), frame: 2, draft: 4 }))).toMatchObject({
    draft: 4,
    desc: { width: 600, height: 300 },
  })
})

test('takes thumbnails of any output, and scopes of what is shown', async () => {
  const request = { document: chain(), view: view('bicubic'), others: [view('decode')], frame: 3 }
  value(await engine.preview(request))
  const small = value(await engine.thumbnail({ document: chain(), view: view('decode'), frame: 3 }, 80))
  expect([small?.width, small?.height]).toEqual([80, 45])
  expect(Math.max(...(small?.pixels ?? []).filter((_, i) => i % 4 !== 3))).toBeGreaterThan(60)
  const [a, b] = await engine.scope('histogram')
  const pixels = (counts: Uint32Array | undefined) => counts?.slice(0, 256).reduce((sum, count) => sum + count, 0)
  expect([pixels(a?.counts), pixels(b?.counts)]).toEqual([640 * 360, 320 * 180])
})

test('a file that is not here is a problem on its node, not an exception', async () => {
  const document = chain({ decode: { media: { id: 'holiday.mp4' } } })
  const outcome = await engine.preview({ document, view: view('grain'), frame: 0 })
  expect(outcome).toMatchObject({ ok: false, problems: [{ node: 'decode', param: 'media' }] })
  expect(outcome.ok ? '' : outcome.problems[0]!.message).toContain('holiday.mp4')
})

test('exports a range with sound into a file that others can read', async () => {
  const progress: ExportProgress[] = []
  const report = value(
    await engine.export({ document: chain(), outputs: toStore('range.mp4'), start: 1, frames: 6 }, (at) =>
      progress.push(at),
    ),
  )
  expect(report).toMatchObject({ state: 'done', frames: 6 })
  expect(report.outputs[id('encode')]).toMatchObject({ width: 640, height: 360, frames: 6 })
  expect(progress.at(-1)).toMatchObject({ frame: 6, frames: 6 })
  const file = await engine.takeOutput('range.mp4')
  using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS })
  const track = (await input.getPrimaryVideoTrack())!
  const stamps: number[] = []
  for await (const sample of new VideoSampleSink(track).samples()) {
    stamps.push(sample.timestamp)
    sample.close()
  }
  expect(stamps).toHaveLength(6)
  for (const [i, stamp] of stamps.entries()) expect(stamp).toBeCloseTo(i / 24, 3)
  expect(await input.getPrimaryAudioTrack()).not.toBeNull()
  await engine.releaseOutput('range.mp4')
})

test('a cancelled export stops within a frame and leaves no file', async () => {
  let told = 0
  const running = engine.export({ document: chain(), outputs: toStore('cancelled.mp4') }, ({ frame }) => {
    told = frame
    void engine.cancelExport()
  })
  const { state, frames } = value(await running)
  expect(state).toBe('cancelled')
  // Asked for after the frame that was told of, before the next one is begun.
  expect([told >= 1, frames - told]).toEqual([true, 0])
  await expect(engine.takeOutput('cancelled.mp4')).rejects.toThrow()
})

test('a second export at the same time is refused', async () => {
  const first = engine.export({ document: chain(), outputs: toStore('first.mp4'), frames: 4 }, () => undefined)
  const second = await engine.export({ document: chain(), outputs: toStore('second.mp4'), frames: 1 }, () => undefined)
  expect(second.ok).toBe(false)
  expect(value(await first).frames).toBe(4)
  await engine.releaseOutput('first.mp4')
})

test('loses the GPU and goes on', async () => {
  const { rebuilds } = await engine.status()
  const request = { document: chain(), view: view('grain'), frame: 20 }
  value(await engine.preview(request))
  await engine.loseDevice()
  expect(value(await engine.preview(request)).state).toBe('shown')
  expect((await engine.status()).rebuilds).toBe(rebuilds + 1)
})

test('loses the GPU in the middle of a preview and still shows it', async () => {
  const running = engine.preview({ document: chain(), view: view('grain'), frame: 40 })
  await engine.loseDevice()
  expect(value(await running).state).toBe('shown')
})

test('loses the GPU in the middle of an export: says so, leaves no file, and the next export works', async () => {
  let lost = false
  const outcome = await engine.export({ document: chain(), outputs: toStore('lost.mp4') }, () => {
    if (!lost) void engine.loseDevice()
    lost = true
  })
  expect(outcome.ok).toBe(false)
  expect(outcome.ok ? '' : outcome.problems[0]!.message).toMatch(/graphics processor was lost/)
  await expect(engine.takeOutput('lost.mp4')).rejects.toThrow()
  const next = await engine.export({ document: chain(), outputs: toStore('next.mp4'), frames: 2 }, () => undefined)
  expect(value(next).frames).toBe(2)
  await engine.releaseOutput('next.mp4')
})

test('on software graphics a panned picture is drawn coarsely, and whole once the hand rests', async () => {
  const session = createSession(`${location.origin}/`)
  try {
    expect((await session.status()).adapter?.software).toBe(true)
    const canvas = new OffscreenCanvas(1, 1)
    await session.attachCanvas(canvas)
    const at = (x: number) => ({ width: 80, height: 40, zoom: 2, centre: { x, y: 20 }, background: [0, 0, 0] as const })
    const width = () => expect.poll(() => canvas.width, { timeout: 20_000, interval: 5 })
    await session.setViewport(at(20))
    await width().toBe(80)
    await session.setViewport(at(21))
    await session.setViewport(at(22))
    await width().toBe(40)
    await width().toBe(80)
  } finally {
    await session[Symbol.asyncDispose]()
  }
})
