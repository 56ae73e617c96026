/** The session's own part, on a page that is played: what it evaluates runs here, on an engine that is played as well. */
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineStatus, ExportProgress, ExportRequest, MeasureRequest } from '../../../src/engine/door/api.ts'
import type { HeadlessPage } from '../../../src/host/headless-page.ts'
import { HeadlessSession } from '../../../src/host/headless-session.ts'

class PlayedBrowser extends EventEmitter {
  isConnected = () => true
  version = () => '156.0'
}
class PlayedPage extends EventEmitter {
  chosenPaths: readonly string[] = []
  exposed = 0
  isClosed = () => false
  evaluate = async (work: (argument: unknown) => unknown, argument?: unknown) => work(argument)
  async setInputFiles(_: string, paths: readonly string[]) {
    this.chosenPaths = paths
  }
  async exposeFunction(name: string, take: (value: unknown) => void) {
    this.exposed += 1
    Object.assign(window, { [name]: take })
  }
}

const engine: { -readonly [Method in keyof HeadlessPage['engine']]?: unknown } = {}
const closed = vi.fn(async () => undefined)
let page: PlayedPage
let session: HeadlessSession<never>
const status = { adapter: null } as unknown as EngineStatus

beforeEach(async () => {
  vi.stubGlobal('window', { framewright: { engine, chosenFiles: () => ['a file'] } })
  page = new PlayedPage()
  closed.mockClear()
  session = await HeadlessSession.of({ browser: new PlayedBrowser(), page: page as never, status }, closed)
})
afterEach(() => vi.unstubAllGlobals())

const request = { outputs: {} } as ExportRequest
const progress = { frame: 3 } as ExportProgress

test('progress reaches the export that runs, and nobody afterwards', async () => {
  const heard: ExportProgress[] = []
  engine.export = async (asked: unknown, tell: (told: ExportProgress) => void) => {
    tell(progress)
    return { ok: true, value: asked }
  }
  expect(await session.export(request, (told) => heard.push(told))).toEqual({ ok: true, value: request })
  window.framewrightProgress?.(progress)
  expect(heard).toEqual([progress])
})

test('of measurements frames alone are told, and a failure ends the telling too', async () => {
  const heard: unknown[] = []
  engine.measure = async (_: unknown, tell: (told: object) => void) => {
    tell({ framesDone: 1, frames: 4, nodes: ['x'] })
    throw new Error('out of luck')
  }
  await expect(session.measure({} as MeasureRequest, (told) => heard.push(told))).rejects.toThrow('out of luck')
  window.framewrightMeasured?.({ framesDone: 2, frames: 4 })
  expect(heard).toEqual([{ framesDone: 1, frames: 4 }])
})

test('files go through the page’s field, and what they are comes with them', async () => {
  engine.addAsset = async (kind: string, id: string, files: readonly unknown[]) => ({
    ok: true,
    value: { ref: { kind, id, files } },
  })
  engine.assetFacts = async () => ({ ok: true, value: 'facts' })
  expect(await session.addAsset('media', 'm', ['/a.mp4'])).toEqual({
    ok: true,
    value: { ref: { kind: 'media', id: 'm', files: ['a file'] }, facts: 'facts' },
  })
  expect(page.chosenPaths).toEqual(['/a.mp4'])
})

test('numbers that are none, and pixels, survive the way out of the page', async () => {
  engine.knownSeries = async () => ({ ok: true, value: [{ first: 2, values: new Float32Array([1, Number.NaN]) }] })
  expect(await session.knownSeries({} as never)).toEqual({ ok: true, value: [{ first: 2, values: [1, null] }] })
  engine.thumbnail = async () => ({ ok: true, value: { width: 1, height: 1, pixels: new Uint8ClampedArray([1, 2]) } })
  expect(await session.picture({} as never, 8)).toEqual({
    ok: true,
    value: { width: 1, height: 1, pixels: new Uint8ClampedArray([1, 2]) },
  })
  engine.thumbnail = async () => ({ ok: true, value: null })
  expect(await session.picture({} as never, 8)).toMatchObject({ ok: false, problems: [{ code: 'render-failed' }] })
})

test('its end is told as no crash, and ends what it began', async () => {
  await session[Symbol.asyncDispose]()
  page.emit('crash')
  expect(session.crashSignal.aborted).toBe(false)
  expect(closed).toHaveBeenCalledOnce()
})

test('a page that takes no listeners is closed', async () => {
  page.exposeFunction = async () => {
    throw new Error('gone')
  }
  const opening = HeadlessSession.of({ browser: new PlayedBrowser(), page: page as never, status }, closed)
  await expect(opening).rejects.toThrow('gone')
  expect(closed).toHaveBeenCalledOnce()
})
