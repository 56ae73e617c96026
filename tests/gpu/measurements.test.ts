/** Numbers of many frames beside the preview: what they are, what is remembered, what gives way. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, MeasureProgress, MeasureRequest, Outcome } from '../../src/engine/door/api.ts'
import { createSession } from '../../src/engine/door/session.ts'
import { type EdgeId, emptyDocument, type GraphDocument, type OutermostId } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'

const id = (name: string) => name as OutermostId
const frameSeconds = 1 / 24

/** Decode → Scene Cut, on `frames` frames of the sample from `first` on. */
function cuts(first: number, frames: number, more: JsonObject = {}): GraphDocument {
  const trim = { start: first * frameSeconds, end: (first + frames - 0.5) * frameSeconds, ...more }
  return {
    ...emptyDocument,
    nodes: {
      [id('clip')]: { id: id('clip'), type: 'decode', params: trim, position: { x: 0, y: 0 } },
      [id('cuts')]: { id: id('cuts'), type: 'scene-cut', params: {}, position: { x: 0, y: 0 } },
      [id('loose')]: { id: id('loose'), type: 'scene-cut', params: {}, position: { x: 0, y: 0 } },
    },
    edges: {
      ['e' as EdgeId]: {
        id: 'e' as EdgeId,
        from: { node: id('clip'), port: 'image' },
        to: { node: id('cuts'), port: 'image' },
      },
    },
  }
}

const lost = { node: id('cuts'), port: 'lost' }
const unwired = { node: id('loose'), port: 'lost' }

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

let engine: Engine & AsyncDisposable

beforeAll(async () => {
  engine = createSession(`${location.origin}/`)
  const status = await engine.status()
  if (!status.adapter) throw new Error(status.reason ?? 'no adapter')
})

afterAll(() => engine[Symbol.asyncDispose]())

/** Measures; the frames in the order in which they were told of, and their numbers. */
async function measure(request: Omit<MeasureRequest, 'name'>) {
  const told: MeasureProgress[] = []
  const { state, frames } = value(await engine.measure({ name: 'test', ...request }, (news) => void told.push(news)))
  const measured = told.flatMap((news) => news.frameValues)
  expect(told.at(-1)?.framesDone ?? 0).toBe(measured.length)
  const begun = told.map((news) => news.startedShare)
  expect(begun).toEqual(begun.toSorted((a, b) => a - b))
  return { state, frames, order: measured.map(({ frame }) => frame), numbers: measured.map(({ values }) => values) }
}

test('measures each frame of the clip once, in order, and remembers it through edits', async () => {
  const document = cuts(20, 5)
  expect(value(await engine.knownSeries({ document, outputs: [lost] }))[0]?.values).toHaveLength(0)
  const two = await measure({ document, outputs: [lost], frames: [23, 22, 23] })
  expect(two.order).toEqual([23, 22])
  const rest = await measure({ document, outputs: [lost], frames: 'every' })
  expect([rest.state, rest.order]).toEqual(['measured', [20, 21, 24]])
  const [known] = value(await engine.knownSeries({ document, outputs: [lost] }))
  expect(known!.first).toBe(20)
  const [at20, at21, at22, at23, at24] = known!.values
  expect([at21, at24, at23, at22].map((number) => [number])).toEqual([...rest.numbers.slice(1), ...two.numbers])
  expect(at20).toBe(0)
  expect([at21, at22, at23, at24].every((share) => share! >= 0 && share! <= 1)).toBe(true)

  const edited = cuts(20, 6)
  expect(value(await engine.knownSeries({ document: edited, outputs: [lost] }))[0]?.values).toHaveLength(0)
  expect((await measure({ document, outputs: [lost], frames: 'every' })).frames).toBe(0)

  // Each by itself, and from the end back, the frames within give the same.
  const alone = await measure({ document: edited, outputs: [lost], frames: [24, 23, 22, 21] })
  expect(alone.numbers.flat()).toEqual([at24, at23, at22, at21])
})

test('an output that cannot be measured says why, and keeps no other from it', async () => {
  const document = cuts(30, 2)
  const { numbers } = await measure({ document, outputs: [unwired, lost], frames: 'every' })
  expect(numbers.map(([first]) => Number.isNaN(first))).toEqual([true, true])
  expect(numbers.every(([, second]) => Number.isFinite(second))).toBe(true)
  const [loose, wired] = value(await engine.knownSeries({ document, outputs: [unwired, lost] }))
  expect(loose!.problems.map(({ code, node }) => [code, node])).toEqual([['missing-input', 'loose']])
  expect([wired!.problems, wired!.values.length]).toEqual([[], 2])
  const alone = await engine.measure({ name: 'test', document, outputs: [unwired], frames: 'every' }, () => undefined)
  expect(alone.ok).toBe(false)
})

test('gives way: to a later run of its name at once, and to what is to be seen before each frame', async () => {
  const document = cuts(40, 4)
  const first = measure({ document, outputs: [lost], frames: 'every' })
  const second = measure({ document, outputs: [lost], frames: [41] })
  expect([(await first).state, (await second).order]).toEqual(['superseded', [41]])

  const order: string[] = []
  const run = engine.measure(
    { name: 'test', document, outputs: [lost], frames: 'every' },
    ({ frameValues: measured }) => {
      order.push(...measured.map(({ frame }) => String(frame)))
    },
  )
  const preview = engine.preview({ document, view: { node: id('clip'), port: 'image' }, frame: 40 })
  void preview.then(() => order.push('preview'))
  value(await run)
  value(await preview)
  expect(order).toEqual(['preview', '40', '42', '43'])

  let stop: Promise<void> | undefined
  const stopped = engine.measure({ name: 'test', document: cuts(50, 9), outputs: [lost], frames: 'every' }, () => {
    stop ??= engine.stopMeasure('test')
  })
  expect(value(await stopped).state).toBe('superseded')
  await stop
})
