/**
 * What Auto Personality is for, held in small on frames of the sample: against the crisp model its
 * recipe lowers what the source denies, halos, letters bent, texture lost, dots and flicker, and where nothing speaks against it keeps what makes the model crisp.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import recipe from '../../public/graphs/auto-personality.json'
import type { Engine, Outcome } from '../../src/engine/door/api.ts'
import { createSession } from '../../src/engine/door/session.ts'
import { expand } from '../../src/graph/analysis/expand.ts'
import type { EdgeId, FlatDocument, FlatEndpoint, FlatId, NodeRecord } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { parseGraph } from '../../src/graph/file/read.ts'
import { specs } from '../../src/nodes/registry.ts'

let engine: Engine & AsyncDisposable

beforeAll(async () => {
  engine = createSession(`${location.origin}/`)
  const status = await engine.status()
  if (!status.adapter) throw new Error(status.reason ?? 'no adapter')
})
afterAll(() => engine[Symbol.asyncDispose]())

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

const numbers = [
  ['invention', 'contradictionScore'],
  ['halo', 'score'],
  ['texture-loss', 'score'],
  ['text-drift', 'score'],
] as const

const at = (node: string, port = 'image'): FlatEndpoint => ({ node: node as FlatId, port })
const result = 'consistency-2'

/** A quarter of the sample's 320×180, which is enough of its text and of its texture; of its edges it is not. */
const middle = { left: 80, right: 80, top: 45, bottom: 45 }
const whole = { left: 0, right: 0, top: 0, bottom: 0 }

/** The recipe with measures on its result and on both renders that it chooses between. */
function measured(types: readonly (readonly [string, string])[], part: JsonObject, steady = true) {
  const parsed = parseGraph(JSON.stringify(recipe), specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  const flat = expand(parsed.document, specs).document
  const nodes = { ...flat.nodes }
  const set = (id: string, params: JsonObject) => {
    const record = nodes[id as FlatId]!
    nodes[record.id] = { ...record, params: { ...record.params, ...params } }
  }
  // By itself a frame takes a fifth of the time.
  if (!steady) {
    set('auto-personality', { steady: false })
    set('worse', { steady: 0 })
  }
  const edges = { ...flat.edges }
  for (const edge of Object.values(flat.edges))
    if (edge.from.node === 'decode' && edge.from.port === 'image') edges[edge.id] = { ...edge, from: at('source') }
  const put = (id: string, type: string, wires: Readonly<Record<string, FlatEndpoint>>, params: JsonObject = {}) => {
    const node: NodeRecord<FlatId> = { id: id as FlatId, type, params, position: { x: 0, y: 0 } }
    nodes[node.id] = node
    for (const [port, from] of Object.entries(wires)) {
      const edge = `${id}.${port}` as EdgeId
      edges[edge] = { id: edge, from, to: { node: node.id, port } }
    }
  }
  put('source', 'crop', { image: at('decode') }, part)
  const outputs = [result, 'faithful', 'inventive'].map((of) =>
    types.map(([type, port]) => {
      put(`${of}-${type}`, type, { image: at(of), source: at('source') })
      return at(`${of}-${type}`, port)
    }),
  )
  return { document: { ...flat, nodes, edges } satisfies FlatDocument, outputs }
}

/** Of the recipe, of the faithful and of the inventive render. */
async function read(
  types: readonly (readonly [string, string])[],
  frame: number,
  part: JsonObject = middle,
  steady = true,
): Promise<readonly number[][]> {
  const { document, outputs } = measured(types, part, steady)
  const request = { document, outputs: outputs.flat() }
  value(await engine.measure({ ...request, frames: [frame], name: 'auto' }, () => undefined))
  const series = value(await engine.knownSeries(request))
  const read = series.map(({ first, values }) => values[frame - first]!)
  return outputs.map((_, i) => read.slice(i * types.length, (i + 1) * types.length))
}

test.each([
  ['text', 60, middle, true],
  ['edges', 84, whole, false],
  // Hardly any strokes: a mix of two renders reads more of them than either.
  ['texture', 34, middle, false],
])('on %s it lowers what speaks against the crisp model', async (_, frame, part, steady) => {
  const [auto, , inventive] = await read(numbers, frame, part, steady)
  for (const [i, [measure]] of numbers.entries()) expect(auto![i], measure).toBeLessThan(inventive![i]!)
})

type Picture = Pick<ImageData, 'width' | 'height'> & { readonly pixels: Uint8ClampedArray }

async function pictureOf(document: FlatDocument, view: FlatEndpoint, frame: number): Promise<Picture> {
  return value(await engine.snapshot({ document, view, frame }))
}

/** Mean steepness of brightness, of the pixels that count. */
function sharpness({ width, height, pixels }: Picture, counts: (x: number, y: number) => boolean): number {
  const tone = (x: number, y: number) => {
    const i = 4 * (y * width + x)
    return 0.2126 * pixels[i]! + 0.7152 * pixels[i + 1]! + 0.0722 * pixels[i + 2]!
  }
  let sum = 0
  let count = 0
  for (let y = 1; y < height; y++)
    for (let x = 1; x < width; x++)
      if (counts(x, y)) {
        sum += Math.hypot(tone(x, y) - tone(x - 1, y), tone(x, y) - tone(x, y - 1))
        count++
      }
  return sum / count
}

/** The share of pixels around which values alternate, up or down a column, by more than 3 steps for fourteen pixels. */
function dotted({ width, height, pixels }: Picture): number {
  let dots = 0
  for (let y = 7; y < height - 7; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) {
        const at = (k: number) => pixels[4 * ((y + k) * width + x) + channel]!
        const turns = Array.from({ length: 13 }, (_, i) => (2 * at(i - 6) - at(i - 7) - at(i - 5)) * (i % 2 ? -1 : 1))
        if (Math.min(...turns) > 12 || Math.max(...turns) < -12) {
          dots++
          break
        }
      }
  return dots / (width * height)
}

test.each([
  ['texture', 34],
  ['text', 60],
])(
  'on %s it is as sharp as the crisp model where nothing is flagged, and has hardly any of its dots',
  async (_, frame) => {
    const { document } = measured([], middle, false)
    // One at a time: a later picture takes an earlier one's place.
    const auto = await pictureOf(document, at(result), frame)
    const faithful = await pictureOf(document, at('faithful'), frame)
    const inventive = await pictureOf(document, at('inventive'), frame)
    const allowed = await pictureOf(document, at('auto-personality', 'mask'), frame)
    const free = (x: number, y: number) => allowed.pixels[4 * (y * allowed.width + x)]! >= 250
    const [most, least, made] = [inventive, faithful, auto].map((picture) => sharpness(picture, free)) as [
      number,
      number,
      number,
    ]
    expect((made - least) / (most - least)).toBeGreaterThan(0.7)
    expect(dotted(auto)).toBeLessThanOrEqual(dotted(inventive) / 4)
  },
)

test('it flickers less than the crisp model', async () => {
  const [[auto], , [inventive]] = (await read([['flicker', 'score']], 60)) as [number[], number[], number[]]
  expect(auto).toBeLessThan(inventive!)
})
