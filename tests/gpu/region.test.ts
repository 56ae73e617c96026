/** A box of a result, rendered alone: the same numbers as in the whole picture, and far less work. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Outcome, Picture8, PreviewRequest, PreviewResult } from '../../src/engine/door/api.ts'
import { createSession, type Session } from '../../src/engine/door/session.ts'
import { UniformArena } from '../../src/gpu/recorder.ts'
import type { GraphDocument, OutermostId } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { fold } from '../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../src/graph/edits/history.ts'
import { parseGraph } from '../../src/graph/file/read.ts'
import type { RegionShare } from '../../src/graph/plan/region.ts'
import { specs } from '../../src/nodes/registry.ts'

const id = (name: string) => name as OutermostId

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

let recipe = ''

/** Bicubic, SR Model, Residual Blend, Text-Protect and Grain on the sample; `params` laid over the recipe's. */
function graph(params: Readonly<Record<string, JsonObject>> = {}): GraphDocument {
  const parsed = parseGraph(recipe, specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  const { document } = parsed
  const nodes = Object.entries(document.nodes).map(([name, node]) => [
    name,
    { ...node, params: { ...node.params, ...params[name] } },
  ])
  return { ...document, nodes: Object.fromEntries(nodes) }
}

/** Everything that reads around a pixel, switched on. */
const busy = () =>
  graph({
    'residual-blend': { haloGuard: 0.7, bandSplit: true, lowStrength: 0.8, highStrength: 1.4 },
    grain: { amount: 0.2, size: 2.3, colour: 1 },
    bicubic: { kernel: 'lanczos-3', linear: true },
  })

let engine: Session
beforeAll(async () => {
  recipe = await (await fetch('/graphs/default.json')).text()
  engine = createSession(`${location.origin}/`)
  const status = await engine.status()
  if (!status.adapter) throw new Error(status.reason ?? 'no adapter')
})
afterAll(() => engine[Symbol.asyncDispose]())

const view = { node: id('grain'), port: 'image' }
const request = (document: GraphDocument, more: Partial<PreviewRequest> = {}): PreviewRequest => ({
  document,
  view,
  frame: 20,
  ...more,
})

/** Of a box at (x, y) of the whole picture: the largest distance of two codes. */
function farthest(box: Picture8, { x, y }: { x: number; y: number }, whole: Picture8): number {
  let far = 0
  for (let row = 0; row < box.height; row++)
    for (let i = 0; i < box.width * 4; i++) {
      const there = whole.pixels[((y + row) * whole.width + x) * 4 + i]
      const distance = Math.abs(box.pixels[row * box.width * 4 + i]! - (there ?? Number.NaN))
      far = Math.max(far, Number.isNaN(distance) ? 256 : distance)
    }
  return far
}

const boxes: readonly RegionShare[] = [
  { x: 200 / 640, y: 100 / 360, width: 90 / 640, height: 61 / 360 },
  { x: 0, y: 0, width: 33 / 640, height: 50 / 360 },
  { x: 541 / 640, y: 293 / 360, width: 99 / 640, height: 67 / 360 },
]

test.each([
  ['the default recipe', () => graph()],
  ['everything that reads around a pixel', busy],
  [
    'text found by a network that holds its answer',
    () => graph({ 'text-protect': { detector: 'neural', interval: 3 } }),
  ],
  ['tiles of a fixed size', () => graph({ 'sr-model': { tile: '128', overlap: 8 } })],
])('%s: a box is what the whole shows there', async (_, make) => {
  const document = make()
  await engine.clearCache()
  const whole = value(await engine.snapshot(request(document)))
  for (const region of boxes) {
    await engine.clearCache()
    const box = value(await engine.snapshot(request(document, { region })))
    const corner = { x: Math.round(region.x * 640), y: Math.round(region.y * 360) }
    expect([box.width, box.height]).toEqual([Math.round(region.width * 640), Math.round(region.height * 360)])
    // A code may fall to either side where tiles of two sizes round otherwise.
    expect(farthest(box, corner, whole), JSON.stringify(corner)).toBeLessThanOrEqual(1)
  }
})

test('a box of a graph with subgraphs is that of the flat graph, and nothing is computed anew for it', async () => {
  const flat = busy()
  const names = ['bicubic', 'sr-model', 'text-protect', 'residual-blend', 'grain'].map(id)
  const once = edit(newHistory(flat), 'Fold', (draft) => fold(draft, specs, names.slice(3)))
  const twice = edit(once.history, 'Fold', (draft) => fold(draft, specs, [...names.slice(0, 3), id('subgraph')]))
  expect([once.result, twice.result]).toEqual([{ node: 'subgraph' }, { node: 'subgraph' }])
  const folded = twice.history.document
  // The card stands for what the last node within makes.
  const card = { document: folded, view: { node: id('subgraph'), port: 'image' }, frame: 20 }
  await engine.clearCache()
  const whole = value(await engine.snapshot(request(flat)))
  await engine.clearCache()
  const [region] = boxes as readonly [RegionShare]
  const box = value(await engine.snapshot({ ...card, region }))
  expect([box.width, box.height]).toEqual([90, 61])
  expect(farthest(box, { x: 200, y: 100 }, whole)).toBeLessThanOrEqual(1)
  const source = { node: id('decode'), port: 'image' }
  const compared = value(await engine.preview({ ...card, region, others: [source] }))
  expect(compared).toMatchObject({ region: { x: 200, y: 100, width: 90, height: 61 }, others: [{ problems: [] }] })
  const again = value(await engine.preview(request(flat, { region, others: [source] })))
  expect(again.nodes[id('grain')]).toBeDefined()
  expect(Object.values(again.nodes).every(({ cached }) => cached)).toBe(true)
})

test('a box is told of, read and kept under a name of its own; the whole serves it', async () => {
  await engine.clearCache()
  const region = boxes[0]!
  const cached = ({ nodes }: PreviewResult) =>
    Object.entries(nodes)
      .filter(([, { cached }]) => cached)
      .map(([name]) => name)
  const first = value(await engine.preview(request(busy(), { region })))
  expect(first).toMatchObject({
    desc: { width: 640, height: 360 },
    region: { x: 200, y: 100, width: 90, height: 61 },
    readyRuns: [[20, 20]],
  })
  expect(await engine.readPixels({ x: 199, y: 120 })).toEqual([])
  expect(await engine.readPixels({ x: 290, y: 120 })).toEqual([])
  const [inBox] = await engine.readPixels({ x: 200, y: 120 })
  const source = { node: id('decode'), port: 'image' }
  value(await engine.preview(request(busy(), { region, others: [source] })))
  expect(await engine.readPixels({ x: 199, y: 120 })).toEqual([])
  expect(await engine.readPixels({ x: 201, y: 121 })).toMatchObject([{ x: 201 }, { x: 100, y: 60 }])
  const other = value(await engine.preview(request(busy(), { region: boxes[1]! })))
  expect(cached(other)).toEqual(['decode', 'bicubic'])
  const again = value(await engine.preview(request(busy(), { region })))
  expect(cached(again)).toContain('grain')
  const whole = value(await engine.preview(request(busy())))
  // Text is looked for in the whole of what Bicubic gives.
  expect(cached(whole)).toEqual(['decode', 'bicubic'])
  expect(whole.region).toBe(null)
  const [inWhole] = await engine.readPixels({ x: 200, y: 120 })
  expect([inWhole?.x, inWhole?.y]).toEqual([inBox?.x, inBox?.y])
  for (const [i, channel] of inWhole!.rgba.entries()) expect(channel).toBeCloseTo(inBox!.rgba[i]!, 2)
  const inside = value(await engine.preview(request(busy(), { region: { x: 0.7, y: 0.1, width: 0.1, height: 0.1 } })))
  expect(cached(inside)).toContain('grain')
  expect(inside.readyRuns).toEqual([[20, 20]])
  expect(await engine.readPixels({ x: 447, y: 40 })).toEqual([])
  expect(await engine.readPixels({ x: 448, y: 40 })).toHaveLength(1)
})

/** Longest side of any picture here, and less than any float's bits: of those, other uniforms than ours consist where these begin. */
const largestSide = 8192

/** Points that passes are run over by `work`; each is told first how many they are. */
async function pointsOf(work: () => Promise<unknown>): Promise<number> {
  using uniforms = vi.spyOn(UniformArena.prototype, 'put')
  await work()
  return uniforms.mock.calls.reduce((sum, [bytes]) => {
    const [width = 0, height = 0] = new Uint32Array(bytes.slice(0, 8).buffer)
    return sum + (Math.max(width, height) <= largestSide ? width * height : 0)
  }, 0)
}

/** The recipe with nothing that looks for text: that takes the whole picture. */
function withoutText(): GraphDocument {
  const { edges, nodes, ...rest } = graph()
  const { [id('text-protect')]: _, ...others } = nodes
  const wires = Object.entries(edges).filter(
    ([, { from, to }]) => from.node !== 'text-protect' && to.node !== 'text-protect',
  )
  return { ...rest, nodes: others, edges: Object.fromEntries(wires) }
}

test.each([
  ['with text looked for, in the whole', () => graph(), { points: 0.5, bytes: 0.5 }],
  ['without', withoutText, { points: 0.1, bytes: 0.2 }],
])('a box of a fortieth takes a part of the work and of the memory: %s', async (_, make, most) => {
  const document = make()
  const render = async (more: Partial<PreviewRequest>) => {
    await engine.clearCache()
    // Models and pipelines are made before what counts.
    value(await engine.preview(request(document, { ...more, frame: 3 })))
    await engine.clearCache()
    let result: PreviewResult | undefined
    const points = await pointsOf(async () => {
      result = value(await engine.preview(request(document, more)))
    })
    const bytes = Object.values(result!.nodes).reduce((sum, node) => sum + node.bytes, 0)
    return { points, bytes, kept: result!.cacheBytes }
  }
  const whole = await render({})
  const box = await render({ region: boxes[0]! })
  const ratio = { points: box.points / whole.points, bytes: box.bytes / whole.bytes }
  console.info(`90 × 61 of 640 × 360: ${JSON.stringify({ whole, box, ratio })}`)
  expect(ratio.points).toBeLessThan(most.points)
  expect(ratio.bytes).toBeLessThan(most.bytes)
  expect(box.kept).toBeLessThan(whole.kept)
})
