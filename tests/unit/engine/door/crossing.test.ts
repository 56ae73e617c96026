/** Page and worker, without either: both ends of the door over a channel. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Engine, ExportProgress, ExportRequest, PreviewRequest } from '../../../../src/engine/door/api.ts'
import { remoteEngine, serveEngine } from '../../../../src/engine/door/crossing.ts'
import { engineBy, type Method, methods } from '../../../../src/engine/door/methods.ts'
import { problemOf } from '../../../../src/engine/run/errors.ts'
import { CodedError } from '../../../../src/graph/document/coded-error.ts'
import { MediaError } from '../../../../src/media/types.ts'

const channels: MessageChannel[] = []
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close()
    port2.close()
  }
})

function connect(engine: Partial<Engine>, stopped: Promise<never> = new Promise<never>(() => undefined)) {
  const channel = new MessageChannel()
  channels.push(channel)
  const create = vi.fn((_baseUrl: string) => engine as Engine)
  serveEngine(create, channel.port2)
  return { create, page: remoteEngine(channel.port1, 'https://example.org/app/', stopped) }
}

const request = {} as PreviewRequest
const picture = () => ({ width: 1, height: 1, pixels: new Uint8ClampedArray([1, 2, 3, 4]) })

describe('the door', () => {
  test('lets every method through, with its arguments and its answer', async () => {
    const asked: [Method, readonly unknown[]][] = []
    const engine = engineBy(async (method, args) => {
      asked.push([method, args])
      return method === 'scope' ? [] : { ok: false, problems: [], method }
    })
    const { page } = connect(engine)
    for (const method of methods) {
      if (method === 'attachCanvas') continue
      const answer = await (page[method] as (...args: unknown[]) => Promise<unknown>)('a', { b: 1 })
      expect(answer).toEqual(method === 'scope' ? [] : { ok: false, problems: [], method })
    }
    expect(asked).toEqual(
      methods.filter((method) => method !== 'attachCanvas').map((method) => [method, ['a', { b: 1 }]]),
    )
  })

  test('opens one engine, before the first call, at the page’s address', async () => {
    const { page, create } = connect({ clearCache: async () => undefined })
    await Promise.all([page.clearCache(), page.clearCache()])
    expect(create.mock.calls).toEqual([['https://example.org/app/']])
  })

  test('moves pixels and counts to the page instead of copying them', async () => {
    const [small, whole, counts] = [picture(), picture(), new Uint32Array([5, 6])]
    const { page } = connect({
      thumbnail: async () => ({ ok: true, value: small }),
      snapshot: async () => ({ ok: true, value: whole }),
      scope: async () => [{ columns: 2, rows: 1, counts }],
    })
    expect(await page.thumbnail(request, 8)).toEqual({ ok: true, value: picture() })
    expect(await page.snapshot(request)).toEqual({ ok: true, value: picture() })
    expect(await page.scope('histogram')).toEqual([{ columns: 2, rows: 1, counts: new Uint32Array([5, 6]) }])
    expect([small.pixels.byteLength, whole.pixels.byteLength, counts.byteLength]).toEqual([0, 0, 0])
  })

  test('moves a canvas to the worker', async () => {
    let arrived: unknown
    const { page } = connect({
      async attachCanvas(canvas) {
        arrived = canvas
      },
    })
    // Node has no canvas; a buffer can be handed over just as well.
    const canvas = new ArrayBuffer(8)
    await page.attachCanvas(canvas as unknown as OffscreenCanvas)
    expect([(arrived as ArrayBuffer).byteLength, canvas.byteLength]).toEqual([8, 0])
  })

  test('tells of progress while an export runs', async () => {
    const heard: number[] = []
    const { page } = connect({
      async export(_request, onProgress) {
        for (const frame of [1, 2]) await onProgress({ frame } as ExportProgress)
        return { ok: false, problems: [] }
      },
    })
    await page.export({} as ExportRequest, ({ frame }) => heard.push(frame))
    expect(heard).toEqual([1, 2])
  })

  test('keeps the code and the advice of what is thrown, so that a problem can be made of it on either side', async () => {
    const thrown = new MediaError('“film.mp4” is damaged.', 'Copy it again.')
    const { page } = connect({ takeOutput: () => Promise.reject(thrown) })
    const caught: unknown = await page.takeOutput('film.mp4').catch((error: unknown) => error)
    expect(caught).toBeInstanceOf(CodedError)
    expect(caught).toMatchObject({ code: 'media-failed', hint: 'Copy it again.', name: 'MediaError' })
    expect(problemOf(caught, () => '')).toEqual(problemOf(thrown, () => ''))
    expect(problemOf(caught, () => '')).toEqual({
      code: 'media-failed',
      severity: 'error',
      message: '“film.mp4” is damaged.',
      hint: 'Copy it again.',
    })
  })

  test('an error without a code has none on the other side', async () => {
    const { page } = connect({ clearCache: () => Promise.reject(new TypeError('no such thing')) })
    const caught: unknown = await page.clearCache().catch((error: unknown) => error)
    expect(caught).not.toBeInstanceOf(CodedError)
    expect(caught).toMatchObject({ name: 'TypeError', message: 'no such thing' })
    expect(problemOf(caught, () => '').code).toBe('render-failed')
  })

  test('answers for an engine that died, and passes on what it throws', async () => {
    const { page } = connect({
      clearCache: () => Promise.reject(new Error('no device')),
    })
    await expect(page.clearCache()).rejects.toThrow('no device')
    const dead = Promise.reject(new Error('The engine stopped: it ran out. Reload the page.'))
    dead.catch(() => undefined)
    const silent = connect({ clearCache: () => new Promise<never>(() => undefined) }, dead)
    await expect(silent.page.clearCache()).rejects.toThrow('The engine stopped')
  })
})
