/** What is done while nobody asks for anything, in its order, and what ends it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PreviewRequest, PreviewResult } from '../../../../src/engine/door/api.ts'
import { createIdle, thumbnailSide } from '../../../../src/ui/store/idle.ts'
import { createPreviewStore } from '../../../../src/ui/store/preview.ts'
import { createViewerSettingsStore } from '../../../../src/ui/store/viewer-settings.ts'
import { oneLevel, sketch, specs } from '../../graph/specs.ts'

const frames = 4
const page = { visibilityState: 'visible' }
beforeEach(() => {
  vi.useFakeTimers()
  page.visibilityState = 'visible'
  vi.stubGlobal('window', { document: page })
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** The graph of a clip and its writer, shown at frame 0, with an engine that keeps every frame. */
async function start() {
  const ready = new Set<number>()
  const preview = vi.fn(async (request: PreviewRequest) => {
    ready.add(request.frame)
    const clock = { node: null, first: 0, last: frames - 1, index: request.background ? 0 : request.frame }
    const value: PreviewResult = {
      ...{
        state: 'shown',
        desc: null,
        others: [],
        numbers: [],
        nodes: {},
        milliseconds: 0,
        cacheBytes: 0,
        gpuBytes: 0,
      },
      ...{ draft: 1, region: null, drivenValues: {}, stoppedCode: {} },
      clock: { ...clock, timestamp: 0, duration: 0 },
      readyRuns: [...ready].map((frame) => [frame, frame] as const),
    }
    return { ok: true as const, value }
  })
  const picture = { data: new Uint8Array(4), width: 1, height: 1 }
  const engine = {
    preview,
    thumbnail: vi.fn(async () => ({ ok: true as const, value: picture })),
    stopBackground: vi.fn(async () => undefined),
  }
  const viewerSettings = createViewerSettingsStore()
  viewerSettings.setState({ thumbnails: true, ahead: true })
  const pictures = createPreviewStore(engine as never, specs, viewerSettings)
  const idle = createIdle({ engine: engine as never, specs, preview: pictures, viewerSettings })
  const document = oneLevel(
    sketch({ clip: {}, scale: {}, writer: {} }, ['clip.image > scale.image', 'scale.image > writer.image']),
  )
  pictures.follow(document as never, { live: false })
  await vi.advanceTimersByTimeAsync(0)
  expect(pictures.getState().result).not.toBeNull()
  preview.mockClear()
  idle.follow(document)
  const asked = () => preview.mock.calls.map(([{ frame }]) => frame)
  return { ...{ engine, idle, pictures, viewerSettings, asked }, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) }
}

test('after a rest come small pictures, after a longer one the frames ahead, until all are there', async () => {
  const { engine, idle, pictures, asked, pass } = await start()
  idle.wake()
  await pass(200)
  expect(engine.thumbnail).not.toHaveBeenCalled()
  await pass(100)
  expect([...idle.getState().thumbnails.keys()]).toEqual(['clip', 'scale', 'writer'])
  expect(engine.thumbnail).toHaveBeenLastCalledWith(expect.objectContaining({ thrifty: true }), thumbnailSide)
  expect(asked()).toEqual([])
  await pass(1200)
  expect(asked()).toEqual([1, 2, 3])
  expect(pictures.getState()).toMatchObject({ ahead: false, readyRuns: [0, 1, 2, 3].map((frame) => [frame, frame]) })
})

test('whoever does something ends it: what comes too late is not taken, and it begins again from there', async () => {
  const { engine, idle, pass } = await start()
  const answers: (() => void)[] = []
  engine.thumbnail.mockImplementation(
    () =>
      new Promise((resolve) => {
        answers.push(() => resolve({ ok: true, value: { data: new Uint8Array(4), width: 1, height: 1 } }))
      }),
  )
  idle.wake()
  await pass(250)
  expect(answers).toHaveLength(1)
  idle.wake()
  expect(engine.stopBackground).toHaveBeenCalledOnce()
  answers[0]!()
  await pass(0)
  expect(idle.getState().thumbnails.size).toBe(0)
  await pass(250)
  expect(answers).toHaveLength(2)
})

test('it rests while something holds it off, while the page is hidden, and while a clip plays', async () => {
  const { engine, idle, pictures, pass } = await start()
  const [first, second] = [idle.holdOff(), idle.holdOff()]
  await pass(2000)
  first()
  await pass(2000)
  expect(engine.thumbnail).not.toHaveBeenCalled()
  page.visibilityState = 'hidden'
  second()
  await pass(2000)
  expect(engine.thumbnail).not.toHaveBeenCalled()
  page.visibilityState = 'visible'
  pictures.setState({ playing: true })
  await pass(2000)
  expect(engine.thumbnail).not.toHaveBeenCalled()
  pictures.setState({ playing: false })
  await pass(250)
  expect(engine.thumbnail).toHaveBeenCalled()
})

test('pictures that are there are not taken again, and go when they are switched off', async () => {
  const { engine, idle, viewerSettings, pass } = await start()
  idle.wake()
  await pass(2000)
  idle.wake()
  await pass(2000)
  expect(engine.thumbnail).toHaveBeenCalledTimes(3)
  viewerSettings.setState({ thumbnails: false })
  expect(idle.getState().thumbnails.size).toBe(0)
})
